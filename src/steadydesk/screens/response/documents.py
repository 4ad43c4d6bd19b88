"""Documents as everybody on the staff reads them: the version in force, its control form, and every earlier version."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from steadydesk.documents import queries, reminders
from steadydesk.documents.models import Version
from steadydesk.documents.rules import review_is_overdue
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.people import queries as people
from steadydesk.privacy import queries as privacy
from steadydesk.protocol.schema.control import ControlForm
from steadydesk.screens.response import words
from steadydesk.screens.response.controlling import what_may_be_done
from steadydesk.screens.response.page import counter, page, show
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

_LONGEST_HISTORY = 30


@dataclass(frozen=True)
class Binding:
    """What binds at a site now."""

    site: Site
    document: str
    version: Version | None
    form: ControlForm | None
    overdue: bool
    versions: list[Version]


@page(Permission.PROTOCOL_READ, hidden=False)
def documents(request: HttpRequest, by: Actor) -> HttpResponse:
    """What is in force at each site."""
    here = [site for site in sites.sites() if by.may(Permission.PROTOCOL_READ, site.pk)]
    bindings = [_binding(site) for site in here]
    nowhere = [d.pk for d in queries.documents() if not queries.sites_of(d.pk)]
    elsewhere = [queries.versions(document)[-1] for document in nowhere]
    may_begin = by.may(Permission.PROTOCOL_EDIT) and not counter(by)
    facts: dict[str, Any] = {"bindings": bindings, "elsewhere": elsewhere, "may_begin": may_begin}
    return show(request, by, "response/documents.html", **facts)


@page(Permission.PROTOCOL_READ, hidden=False)
def version(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """One version, in force or long past, with its control form."""
    row = queries.row(document, label)
    form = queries.control_form(row)
    reminders.see(document, by=by, now=clock.now())
    binds = {site: _in_force(site) for site in sites.sites()}
    bound = [site for site, found in binds.items() if found == (document, label)]
    private: dict[str, Any] = (
        {} if counter(by) else {"deeds": what_may_be_done(row, by), "history": _history(document, by)}
    )
    return show(
        request,
        by,
        "response/version.html",
        version=row,
        form=form,
        fields=fields(form, queries.protocol_of(row).document_control.location_until_published),
        bound=bound,
        overdue=bool(bound) and review_is_overdue(form, _today(bound[0])),
        text=queries.as_yaml(row),
        others=[v for v in reversed(queries.versions(document)) if v.pk != row.pk],
        in_force={label for found, label in binds.values() if found == document},
        **private,
    )


@page(Permission.PROTOCOL_READ, hidden=False)
def public(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """The edition for everybody, as a file."""
    row = queries.row(document, label)
    text = privacy.public_edition(row)
    name = {"Content-Disposition": f'attachment; filename="{document}-{label}-public.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=name)


def _history(document: str, by: Actor) -> list[dict[str, Any]]:
    """What happened to the document, the newest first; by whom for those who control documents alone."""
    entries = journal.newest_of(f"protocol:{document}", words.HISTORY, _LONGEST_HISTORY)
    names = people.actor_names(entry.by for entry in entries) if by.may(Permission.PROTOCOL_EDIT) else {}
    places = {site.pk: site.name for site in sites.sites()}
    return [
        {
            "at": entry.at,
            "version": entry.facts.get("version", ""),
            "what": words.HISTORY[entry.type],
            "own": entry.facts.get("own", False),
            "site": places.get(entry.site, ""),
            "name": names.get(entry.by, ""),
        }
        for entry in entries
    ]


def fields(form: ControlForm, awaited: str) -> list[tuple[Any, str]]:
    """D0: every field of the control form in its order, blank ones included.

    ``awaited`` stands for where the document is found until it is published (D11).
    """
    return [(label, _written(name, form, awaited)) for name, label in words.CONTROL]


def _written(name: str, form: ControlForm, awaited: str) -> str:
    value = getattr(form, name)
    match name:
        case "series":
            return _series(form)
        case "date_published":
            return value.strftime("%Y/%m/%d") if value else ""
        case "keywords":
            return ", ".join(value)
        case "authors":
            return "; ".join(", ".join(filter(None, (a.post, a.committee))) for a in value)
        case "location":
            found = value if value != awaited else None
            return (found or "") if form.date_published else awaited
        case _:
            return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value or "")


def _series(form: ControlForm) -> str:
    if not form.series.part_of_series:
        return _("No")
    return ", ".join(filter(None, (_("Yes"), form.series.name, form.series.position)))


def _binding(site: Site) -> Binding:
    document, label = _in_force(site)
    if not label:
        return Binding(site, document, None, None, False, [])
    row = queries.row(document, label)
    form = queries.control_form(row)
    return Binding(site, document, row, form, review_is_overdue(form, _today(site)), queries.versions(document)[::-1])


def _in_force(site: Site) -> tuple[str, str]:
    document = queries.document_at(site.pk)
    return (document, queries.in_force(site.pk).version) if document else ("", "")


def _today(site: Site) -> date:
    return clock.now().astimezone(ZoneInfo(site.time_zone)).date()

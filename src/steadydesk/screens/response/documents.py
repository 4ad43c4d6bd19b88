"""Documents as everybody on the staff reads them: the version in force, its control form, and every earlier version."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from steadydesk.documents import queries
from steadydesk.documents.models import Version
from steadydesk.documents.rules import review_is_overdue
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.protocol.schema.control import ControlForm
from steadydesk.screens.response import words
from steadydesk.screens.response.page import page, show
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site


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
    return show(request, by, "response/documents.html", bindings=[_binding(site) for site in here])


@page(Permission.PROTOCOL_READ, hidden=False)
def version(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """One version, in force or long past, with its control form."""
    row = queries.row(document, label)
    form = queries.control_form(row)
    bound = [site for site in sites.sites() if _in_force(site) == (document, label)]
    return show(
        request,
        by,
        "response/version.html",
        version=row,
        form=form,
        fields=fields(form),
        bound=bound,
        overdue=bool(bound) and review_is_overdue(form, _today(bound[0])),
        text=queries.as_yaml(row),
        others=[v for v in reversed(queries.versions(document)) if v.pk != row.pk],
    )


@page(Permission.PROTOCOL_READ, hidden=False)
def public(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """The edition for everybody, as a file."""
    row = queries.row(document, label)
    text = queries.as_public_yaml(row, sites.safe_rooms())
    name = {"Content-Disposition": f'attachment; filename="{document}-{label}-public.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=name)


def fields(form: ControlForm) -> list[tuple[Any, str]]:
    """D0: every field of the control form in its order, blank ones included."""
    return [(label, _written(name, form)) for name, label in words.CONTROL]


def _written(name: str, form: ControlForm) -> str:
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
            return value or ("" if form.date_published else _("Publication awaited"))
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

"""A document is amended, authorised, reviewed and published, by those who may and away from customers' eyes."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.documents import actions, queries
from steadydesk.documents.models import Version
from steadydesk.documents.rules import STATES, Number, can_be_reviewed, overtaken_by, require_free
from steadydesk.kernel.actor import ROLES, Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound, Refusal, SteadydeskError
from steadydesk.people import queries as people
from steadydesk.protocol.faults import ProtocolFaults
from steadydesk.screens.response.document_forms import AmendForm, DecisionForm, PublishForm
from steadydesk.screens.response.page import page, show
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site


@page(Permission.PROTOCOL_EDIT)
def amend(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """The text of this version, to be saved under the next number."""
    row, newest = _row(document, label, Permission.PROTOCOL_EDIT, by), queries.versions(document)[-1]
    form = AmendForm(_typed(request), initial={"text": row.text, "after": newest.label})
    changes: list[str] = []
    if request.method == "POST" and form.is_valid():
        text, after = form.cleaned_data["text"], form.cleaned_data["after"]
        try:
            saved = actions.save_amendment(document, text, after=after, by=by, now=clock.now())
        except ProtocolFaults as error:
            form.take_faults(error.faults)
        except Refusal:
            newest = queries.versions(document)[-1]
            changes = queries.changed_lines(newest.text, text)
            form.overtaken(newest.label, _writer(newest))
        else:
            messages.success(request, _("Saved as %s, a draft. It binds nobody yet.") % saved.label)
            return redirect("document-version", document, saved.label)
    facts = {"version": row, "newest": newest, "form": form, "changes": changes}
    return show(request, by, "response/amend.html", _status(form), **facts)


@page(Permission.PROTOCOL_PUBLISH)
def authorise(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """Write down that the authority agreed (D6 to D9)."""
    row = _row(document, label, Permission.PROTOCOL_PUBLISH, by)
    STATES.after(row.state, "authorise")
    return _decide(request, by, row, "authorise", actions.authorise)


@page(Permission.PROTOCOL_PUBLISH)
def review(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """Write down that the review found the text good (D2d, D10)."""
    row = _row(document, label, Permission.PROTOCOL_PUBLISH, by)
    require_free(Number.read(row.label).reviewed(), [v.label for v in queries.versions(document)])
    return _decide(request, by, row, "review", actions.complete_review)


@page(Permission.PROTOCOL_PUBLISH)
def publish(request: HttpRequest, by: Actor, document: str, label: str) -> HttpResponse:
    """Put it in force, having seen what it says otherwise than what is in force now."""
    row = _row(document, label, Permission.PROTOCOL_PUBLISH, by)
    STATES.after(row.state, "publish")
    places = [(site, _in_force(site)) for site in _where_it_may_bind(row, by)]
    seen = " ".join(f"{site.pk}={now}" for site, now in places)
    form = PublishForm(_typed(request), sites=[(s.pk, _line(s, now)) for s, now in places], initial={"seen": seen})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["seen"] != seen:
            form.add_error(None, _("Meanwhile something else was put in force. Look at the differences again."))
            form.data = {**form.data, "seen": seen, "sites": form.cleaned_data["sites"]}
        elif _published(form, row, by):
            messages.success(request, _("%s is in force. What began before keeps its version.") % row.label)
            return redirect("document-version", document, label)
    stops = queries.what_stops_publishing(row)
    return show(
        request,
        by,
        "response/publish.html",
        _status(form),
        version=row,
        form=form,
        stops=stops,
        **_compared(row, places),
    )


def what_may_be_done(row: Version, by: Actor) -> list[tuple[str, Any]]:
    """The pages on which this person may go on with this version, by the names of their addresses."""
    here = queries.sites_of(row.document_id)
    every = queries.versions(row.document_id)
    labels, finals = [v.label for v in every], [v.label for v in every if v.state == "final"]
    draft = row.state == "draft" and not overtaken_by(row.label, finals)
    edits, publishes = (_may(p, here, by) for p in (Permission.PROTOCOL_EDIT, Permission.PROTOCOL_PUBLISH))
    found = (
        ("document-amend", edits, _("Amend it")),
        ("document-authorise", publishes and draft, _("Authorise it")),
        ("document-review", publishes and can_be_reviewed(row.label, labels), _("Complete the review")),
        ("document-publish", publishes and row.state == "final", _("Put it in force")),
    )
    return [(name, label) for name, may, label in found if may]


def _decide(request: HttpRequest, by: Actor, row: Version, deed: str, act: Callable[..., Version]) -> HttpResponse:
    own = row.created_by == by.ref
    form = DecisionForm(_typed(request), own=own)
    if request.method == "POST":
        form.is_valid()
        form.take_faults(queries.lacks(row, form.decision(), by.ref, clock.now()))
        if form.is_valid() and (final := _decided(form, row, act, by)):
            messages.success(request, _("%s is authorised. Put it in force when it is to bind.") % final.label)
            return redirect("document-version", row.document_id, final.label)
    facts: dict[str, Any] = {"version": row, "form": form, "deed": deed, "own": own, "writer": _writer(row)}
    facts |= {"others": _who_else(row, by), "may_set_up": by.may(Permission.SET_UP)} if own else {}
    return show(request, by, "response/decide.html", _status(form), **facts)


def _who_else(row: Version, by: Actor) -> list[str]:
    """The names of those who may write down what a person decided, wherever the document is in force."""
    roles = [role for role, may in ROLES.items() if Permission.PROTOCOL_PUBLISH in may]
    here = queries.sites_of(row.document_id) or {site.pk for site in sites.sites()}
    known = [{c.person: c.name for role in roles for c in people.with_role(role, site)} for site in here]
    everywhere = set.intersection(*(set(found) for found in known)) if known else set()
    return sorted({known[0][person] for person in everywhere if person != by.person})


def _decided(form: DecisionForm, row: Version, act: Callable[..., Version], by: Actor) -> Version | None:
    try:
        return act(row, form.decision(), by=by, now=clock.now())
    except SteadydeskError as refusal:
        form.add_error(None, refusal.sentence)
        return None


def _published(form: PublishForm, row: Version, by: Actor) -> bool:
    try:
        actions.publish(row, form.cleaned_data["sites"], by=by, now=clock.now())
    except ProtocolFaults:
        form.add_error(None, _("This version cannot be published: it is from before a check was added. Amend it."))
    except SteadydeskError as refusal:
        form.add_error(None, refusal.sentence)
    return not form.errors


def _compared(row: Version, places: list[tuple[Site, str]]) -> dict[str, Any]:
    """What each version that binds somewhere now says otherwise, and where there is nothing to compare with."""
    found: dict[str, dict[str, Any]] = {}
    for site, binding in places:
        if binding:
            known = found.setdefault(
                binding, {"binding": binding.replace("/", " "), "sites": [], "lines": _lines(binding, row)}
            )
            known["sites"].append(site.name)
    return {"compared": list(found.values()), "first_at": [site.name for site, binding in places if not binding]}


def _lines(binding: str, row: Version) -> list[str]:
    document, _slash, label = binding.partition("/")
    return queries.difference(queries.row(document, label), row)


def _where_it_may_bind(row: Version, by: Actor) -> list[Site]:
    bound = f"{row.document_id}/{row.label}"
    every = [site for site in sites.sites() if by.may(Permission.PROTOCOL_PUBLISH, site.pk)]
    return [site for site in every if _in_force(site) != bound]


def _in_force(site: Site) -> str:
    """The document and its version that bind there now; empty when none was published yet."""
    try:
        force = queries.in_force(site.pk)
    except NotFound:
        return ""
    return f"{force.document}/{force.version}"


def _line(site: Site, binding: str) -> str:
    facts = {"site": site.name, "binding": binding.replace("/", " ")}
    return _("%(site)s, instead of %(binding)s") % facts if binding else _("%(site)s, the first one there") % facts


def _row(document: str, label: str, permission: Permission, by: Actor) -> Version:
    by.check_each(permission, queries.sites_of(document))
    return queries.row(document, label)


def _may(permission: Permission, here: set[str], by: Actor) -> bool:
    return by.may(permission) and all(by.may(permission, site) for site in here)


def _writer(row: Version) -> str:
    return people.actor_names([row.created_by]).get(row.created_by, "") or _("a command")


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK

"""A new document is begun: from one that is there already, from a text, or from a file."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents import actions, queries, rules
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound, SteadydeskError
from steadydesk.protocol import codec, shipped
from steadydesk.protocol.faults import Fault, ProtocolFaults
from steadydesk.screens.response.document_forms import BeginForm, FileForm
from steadydesk.screens.response.page import page, show

TEXT, FILE = "text", "file"
SHIPPED = {
    "exchange": lazy("The reception protocol that comes with Steadydesk"),
    "library": lazy("The library procedure that comes with Steadydesk"),
}


@page(Permission.PROTOCOL_EDIT)
def begin(request: HttpRequest, by: Actor) -> HttpResponse:
    """First what it begins from is chosen, then it is written; what is saved is a draft, v0.01 (D2a)."""
    chosen = request.GET.get("from", "")
    if request.method != "POST":
        form = _empty(chosen) if chosen else None
        return show(request, by, "response/begin.html", form=form, starts=_starts())
    form = _filled(request)
    form.is_valid()
    _take_faults(form, form.cleaned_data.get("text"))
    if form.is_valid() and (saved := _begun(form, by)):
        messages.success(request, _("Saved as %s, a draft. It binds nobody yet.") % saved)
        return redirect("document-version", form.cleaned_data["document"], saved)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return show(request, by, "response/begin.html", status, form=form, starts=_starts())


def _starts() -> list[tuple[str, Any]]:
    """What a new document may begin from, each with what ``from`` of the address says of it."""
    known = [
        (f"{row.document_id}/{row.label}", f"{row.document.title}, {row.label}") for row in queries.to_begin_with()
    ]
    alone = [(TEXT, _("A text of your own, to be pasted or typed")), (FILE, _("A file of your own"))]
    return [*((f"shipped/{name}", label) for name, label in SHIPPED.items()), *known, *alone]


def _empty(chosen: str) -> BeginForm:
    if chosen == FILE:
        return FileForm()
    return BeginForm(initial={"text": "" if chosen == TEXT else _text_of(chosen)})


def _text_of(chosen: str) -> str:
    """The text that a new document begins from. Raises ``NotFound``."""
    document, _slash, label = chosen.partition("/")
    if document != "shipped":
        return queries.row(document, label).text
    if label not in SHIPPED:
        raise NotFound(_("There is nothing to begin from at this address."))
    return shipped.load(label)


def _filled(request: HttpRequest) -> BeginForm:
    """What was sent. A file that can be read becomes a text, so that its faults can be put right in the box."""
    if "text" in request.POST:
        return BeginForm(request.POST)
    file = FileForm(request.POST, request.FILES)
    file.is_valid()
    if "file" not in file.cleaned_data:
        return file
    return BeginForm({"document": request.POST.get("document", ""), "text": file.cleaned_data["file"]})


def _take_faults(form: BeginForm, text: str | None) -> None:
    """Every fault at once: of the text, of the name and of the title."""
    title = _title(form, text) if text else ""
    for fault in rules.faults_of_new(form.cleaned_data.get("document", ""), title, queries.titles()):
        if fault.field != "document":
            line = codec.line_of(text or "", "control", "title")
            form.take_faults([Fault(line, fault.field, fault.reason)])
        elif "document" not in form.errors:
            form.add_error("document", fault.reason)


def _title(form: BeginForm, text: str) -> str:
    """What the text calls itself, empty while it has faults: they are said."""
    try:
        return queries.read(text).control.title
    except ProtocolFaults as error:
        form.take_faults(error.faults)
        return ""


def _begun(form: BeginForm, by: Actor) -> str | None:
    """The number that it was saved under; ``None`` when somebody began the same meanwhile."""
    said = form.cleaned_data
    try:
        return actions.create_document(said["document"], said["text"], by=by, now=clock.now()).label
    except SteadydeskError as refusal:
        form.add_error(None, refusal.sentence)
        return None

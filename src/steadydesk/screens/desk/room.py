"""Telling the room: what everybody who waits was told, in one act, and who was not there to hear it."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.pages.once import act_once
from steadydesk.protocol.schema.waiting import Waiting
from steadydesk.screens.desk import board
from steadydesk.screens.desk.entering import Typed, line_field, text_field, wait_choices
from steadydesk.screens.desk.frame import home, page
from steadydesk.sites.models import Site
from steadydesk.visits import actions, here, queries


class RoomForm(Typed):
    """What the room was told. Nobody is ticked beforehand: a tick says who was not there."""

    wait = forms.ChoiceField(label=lazy("How long"), required=False)
    why = forms.ChoiceField(label=lazy("Reason that was given"), required=False)
    through = line_field(lazy("Through (interpreter, relay, loop)"))
    note = text_field(lazy("Note"))

    def __init__(self, waiting: Waiting | None, data: Any = None) -> None:
        super().__init__(data, auto_id="room_%s")
        reasons = [(c.id, c.label) for c in waiting.wait_reasons] if waiting else []
        self._offer("wait", wait_choices())
        self._offer("why", [("", _("No reason was given")), *reasons])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def room(site: Site, by: Actor) -> dict[str, Any]:
    """What the dialog shows: the words to say, the form, and everybody who waits now."""
    waiting = _waiting(site)
    hidden = encounters.kept_from(by)
    there = [r for r in here.rows(site.pk) if not encounters.is_hidden([r.visit.pk], hidden)]
    rows = [line for line in board.lines(there, board.labels(site.pk), site.pk) if not line.attended]
    return {
        "room": RoomForm(waiting),
        "room_words": (waiting and waiting.room_wording) or "",
        "room_lines": sorted(rows, key=lambda line: (not line.private, line.arrived_at)),
    }


def _waiting(site: Site) -> Waiting | None:
    try:
        return documents.in_force(site.pk).protocol.waiting
    except NotFound:
        return None


@page
def room_list(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who waits now, as the dialog asks for it when it opens."""
    site = home(by)
    by.check(Permission.VISIT_READ, site.pk)
    return render(request, "desk/room_list.html", room(site, by))


@require_POST
@page
def tell_room(request: HttpRequest, by: Actor) -> HttpResponse:
    """Tell whoever stood on the list and was in the room; who came meanwhile was not told."""
    site = home(by)
    form = RoomForm(_waiting(site), request.POST)
    said, status = "", 422
    if form.is_valid():
        try:
            now = clock.now()
            told = act_once(request, lambda: _tell(form, request.POST, site, by, now), by=by, now=now)
            said, status = _("Recorded: %d were told.") % int(told.made), 200
        except Invalid as error:
            form.take_faults(error)
    if status != 200:
        said = " ".join(str(e) for errors in form.errors.values() for e in errors)
    if not request.headers.get("HX-Request"):
        return redirect("desk")
    response = render(request, "desk/said.html", {"said": said}, status=status)
    response["HX-Trigger"] = "live-board"
    return response


def _tell(form: RoomForm, typed: QueryDict, site: Site, by: Actor, now: datetime) -> int:
    """Returns how many were told."""
    shown, away = _ids(typed.getlist("shown")), _ids(typed.getlist("away"))
    here = shown - away if shown else set(queries.waiting_ids(site.pk)) - away
    return len(actions.tell_room(site.pk, here=here, **form.cleaned_data, by=by, now=now))


def _ids(typed: list[str]) -> set[int]:
    return {int(id) for id in typed if id.isascii() and id.isdigit() and len(id) < 19}

"""The page of one call: what it is, what happened, who was told, and every answer as a plain form."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.alarms import actions, queries
from steadydesk.alarms.answers import FIELDS, read_answer
from steadydesk.alarms.state import Alarm
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.people.actions import hash_token
from steadydesk.people.queries import actor_of_token
from steadydesk.screens.desk import help_words
from steadydesk.screens.privacy.looking import keep_look
from steadydesk.screens.response import calls, words
from steadydesk.screens.response.forms import Close, LeaveOut, LetIn, Retreat, StandDown
from steadydesk.screens.response.page import page, show
from steadydesk.sites import queries as sites


@dataclass
class Answers:
    """The forms of a call's page; one of them may be filled with what was refused."""

    alarm: Alarm
    verb: str = ""
    typed: Any = None
    faults: dict[str, str] = field(default_factory=dict)

    def forms(self) -> dict[str, forms.Form]:
        """Each form by the name that the template knows it by."""
        card = actions.book().sites.get(self.alarm.site)
        safe = list(card.safe_rooms().items()) if card else []
        made: dict[str, forms.Form] = {
            "stand_down": StandDown(self._of("stand-down"), prefix=""),
            "leave_out": LeaveOut(self._of("leave-out"), people=actions.staff()),
            "let_in": LetIn(self._of("let-in"), named=actions.named(self.alarm)),
            "retreat": Retreat(self._of("retreat"), places=safe),
            "close": Close(self._of("close"), mode=self.alarm.mode),
        }
        if (form := made.get(self.verb.replace("-", "_"))) is not None:
            form.is_valid()
            for name, reason in self.faults.items():
                if name not in form.errors:
                    form.add_error(name if name in form.fields else None, reason)
        return made

    def _of(self, verb: str) -> Any:
        return self.typed if verb == self.verb else None


@page(Permission.ALARM_READ)
def alarm(request: HttpRequest, by: Actor, id: UUID) -> HttpResponse:
    """The page."""
    found = _seen_by(by, str(id))
    # Whoever answers an open call must not wait for anything; who reads a past one is kept.
    if not found.open:
        keep_look(f"alarm:{id}", "alarm", by)
    return _show(request, by, Answers(found), "response/alarm.html")


@page(Permission.ALARM_READ)
def part(request: HttpRequest, by: Actor, id: UUID) -> HttpResponse:
    """The part of it that changes while one looks."""
    return _show(request, by, Answers(_seen_by(by, str(id))), "response/alarm_part.html")


@page(Permission.ALARM_READ)
def answer(request: HttpRequest, by: Actor, id: UUID, verb: str) -> HttpResponse:
    """Give an answer. A refusal is said on the page; what was typed stays in its form."""
    found = _seen_by(by, str(id))
    body = {name: request.POST[name] for name in FIELDS.get(verb, ()) if name in request.POST}
    try:
        act = read_answer(
            str(id), verb, found.site, body, by=_askers(request, by), book=actions.book(), pressers=found.pressers
        )
        actions.perform(act)
    except Invalid as error:
        filled = Answers(found, verb, request.POST, {f.field: f.reason for f in error.faults})
        return _show(request, by, filled, "response/alarm.html", HTTPStatus.UNPROCESSABLE_ENTITY)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, words.DONE.get(verb, _("Done.")))
    return redirect("alarm", id=id)


def _askers(request: HttpRequest, by: Actor) -> list[Actor]:
    """The person and the desk they sit at: neither answers a call of its own."""
    token = request.COOKIES.get(DESK_COOKIE)
    desk = actor_of_token(hash_token(token)) if token else None
    return [by, desk] if desk else [by]


def _seen_by(by: Actor, id: str) -> Alarm:
    found = queries.alarm(id)
    if not by.may(Permission.ALARM_READ, found.site) or actions.hides(found, by):
        raise NotFound(_("There is no such call."))
    return found


def _show(request: HttpRequest, by: Actor, answers: Answers, template: str, status: int = 200) -> HttpResponse:
    call = calls.as_call(answers.alarm, by)
    return show(
        request,
        by,
        template,
        status,
        call=call,
        site=sites.site(answers.alarm.site),
        lines=calls.timeline(answers.alarm),
        told=calls.told(answers.alarm),
        offers=calls.offers(call, by),
        forms=answers.forms(),
        afterwards=_afterwards(answers.alarm, by),
        course=_course(answers.alarm),
        apart=calls.apart(answers.alarm, by),
    )


def _course(alarm: Alarm) -> list[tuple[str, str]]:
    """How help was got where a visit needed it: the first way, the first answer, the talk until somebody came."""
    found = encounters.of_call(alarm)
    times = encounters.course(found) if found else None
    if found is None or times is None:
        return []
    return help_words.course(times, documents.version(found.document, found.version).protocol)


def _afterwards(alarm: Alarm, by: Actor) -> str:
    """What the form is about that is asked for once a call is over; empty while none is."""
    if alarm.open or not by.may(Permission.VISIT_WORK, alarm.site):
        return ""
    subject = f"alarm:{alarm.id}"
    waits = any(asked.subject == subject for asked in encounters.waiting_afterwards(alarm.site, clock.now()))
    return subject if waits or encounters.afterwards(subject) else ""

"""Readings of what reception asked a service area for, as both of them see it (E4b)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor
from steadydesk.people import queries as people
from steadydesk.people.queries import Contactable
from steadydesk.visits import help_rules, private, queries
from steadydesk.visits.models import HelpOption, HelpRequest, Visit
from steadydesk.visits.timelines import Moment

SAID = ("visit:help-said", "visit:help-rung", "visit:spoken")
"""What stands in the conversation; the options have a list of their own."""


@dataclass(frozen=True)
class Option:
    """One line of the list as it stands now; without an answer nobody has said anything of it."""

    id: str
    label: str
    answer: str = ""
    answer_label: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Asking:
    """A request with its list and what was said about it."""

    request: HelpRequest
    options: list[Option]
    said: list[Moment]
    answers: list[tuple[str, str]]

    @property
    def open(self) -> bool:
        """Whether it still waits for something."""
        return self.request.closed_at is None


def asking(visit: Visit, by: Actor | None = None) -> Asking | None:
    """The last request about the visit, as ``by`` may read it; ``None`` when there was none.

    What was typed of who is kept private is read by those who may know who it is, and by the team that was asked.
    """
    request = HelpRequest.objects.filter(visit=visit).order_by("-pk").first()
    if request is None:
        return None
    form = documents.version(visit.document, visit.version).protocol.help_request
    labels = {answer.id: answer.label for answer in form.answers}
    rows = {row.option: row for row in request.options.all()}
    names = people.actor_names(row.by for row in rows.values())
    said = [m for m in queries.timeline(visit) if m.type in SAID and m.at >= request.asked_at]
    if visit.private and not (by and (by.team == request.team or private.may_read(visit, by))):
        said = [replace(moment, words={}) for moment in said]
    return Asking(
        request=request,
        options=[_option(o.id, o.label, rows.get(o.id), labels, names) for o in help_rules.options(form)],
        said=said,
        answers=list(labels.items()),
    )


def _option(id: str, label: str, row: HelpOption | None, labels: dict[str, str], names: dict[str, str]) -> Option:
    if row is None:
        return Option(id, label)
    return Option(id, label, row.answer, labels.get(row.answer, row.answer), names.get(row.by, ""), row.at)


def asked_of(by: Actor) -> list[HelpRequest]:
    """What reception has asked this person's team for and is not closed, the oldest first."""
    if by.team is None:
        return []
    found = HelpRequest.objects.filter(team=by.team, closed_at=None, visit__ended_at=None)
    return list(found.select_related("visit").order_by("asked_at"))


def may_speak(visit: Visit, team: str, now: datetime) -> list[Contactable]:
    """Who may speak to the customer by telephone: those designated for it, then the team; who is there comes first."""
    listed = [*people.designated(visit.site, visit.service, visit.team), *people.members(team)]
    there = people.available(visit.site, now)
    every = {one.person: one for one in listed if one.person in there or not there}
    officer = people.on_duty(team, now)
    first = [officer] if officer and officer.person in every else []
    of_team = [one for one in every.values() if people.team_of(one.person) == team]
    return list({one.person: one for one in (*first, *of_team, *every.values())}.values())


def as_json(found: Asking) -> dict[str, Any]:
    """The list as the API shows it."""
    request = found.request
    return {
        "visit": str(request.visit_id),
        "team": request.team,
        "asked_at": request.asked_at.isoformat(),
        "answered_at": request.answered_at.isoformat() if request.answered_at else None,
        "closed_at": request.closed_at.isoformat() if request.closed_at else None,
        "complete": request.complete,
        "options": [_option_as_json(option) for option in found.options],
        "said": list(_said_as_json(found.said)),
    }


def _option_as_json(option: Option) -> dict[str, Any]:
    at = option.at.isoformat() if option.at else None
    shown = {"id": option.id, "label": option.label, "answer": option.answer or None}
    return {**shown, "by": option.by or None, "at": at}


def _said_as_json(moments: Iterable[Moment]) -> Iterable[dict[str, Any]]:
    for moment in moments:
        words = [typed.text for said in moment.words.values() for typed in said if typed.state == "there"]
        facts = {name: moment.facts.get(name) for name in ("person", "place")}
        yield {"type": moment.type, "at": moment.at.isoformat(), "by": moment.name, "words": words, **facts}

"""What happened while Steadydesk was away is entered from paper: true times, counted in the figures, nothing fired."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.people import queries as people
from steadydesk.visits import paper_rules, rules
from steadydesk.visits.arriving import arrival_faults, arrive
from steadydesk.visits.models import Referral, Visit
from steadydesk.visits.paper_rules import MET, PaperLine
from steadydesk.visits.paper_waits import count_wait
from steadydesk.visits.settling import Turn, settle


def enter_from_paper(lines: Sequence[PaperLine], site: str, *, by: Actor, now: datetime) -> list[Visit]:
    """Enter a sheet of paper. Nothing rings, no prompt is asked and no deadline is set, for all that is past.

    Who is agitated and still waits is a fact of now: their five minutes begin as they are entered (E2a).

    Everything is checked before anything is written: raises ``Invalid`` with every fault of every line, each field
    as ``2.attended_at``. Then every line is a short write of its own; a sheet that was cut off half way is sent
    again, and the lines that are there already are said.
    """
    by.check(Permission.VISIT_WORK, site)
    if faults := paper_faults(lines, site, by=by, now=now):
        raise Invalid(faults)
    return [_enter(line, by, now) for line in lines]


def dealers(site: str) -> dict[str, str]:
    """Who can have dealt with a customer or taken them on: ``person:3`` or ``team:housing`` → the name."""
    found = {f"person:{c.person}": c.name for c in sorted(people.workers(site), key=lambda c: c.name)}
    return found | {f"team:{t.pk}": t.name for t in people.teams_at(site)}


def paper_faults(lines: Sequence[PaperLine], site: str, *, by: Actor, now: datetime) -> list[FieldFault]:
    """What ``enter_from_paper`` would find wrong; nothing is written."""
    if not 0 < len(lines) <= paper_rules.MOST_LINES:
        return [FieldFault("lines", _("Write from one line up to %d.") % paper_rules.MOST_LINES)]
    known = dealers(site).keys()
    found = [
        FieldFault(f"{number}.{fault.field}", fault.reason)
        for number, line in enumerate(lines)
        for fault in (*paper_rules.line_faults(line, known, now), *arrival_faults(line.arrival, by=by, now=now))
    ]
    return [*found, *_doubles(lines, site)]


def _doubles(lines: Sequence[PaperLine], site: str) -> list[FieldFault]:
    services = documents.in_force(site).protocol.services
    default = services[0].id if services else ""
    known = _there(site, [line.arrival.arrived_at for line in lines])
    return [
        FieldFault(
            f"{number}.another",
            _("%s came in this minute and is there already. Is this another customer?") % ref
            if ref
            else _("A line above says the same. Is this another customer?"),
        )
        for number, ref in paper_rules.the_same(lines, known, default).items()
    ]


def _there(site: str, times: Sequence[datetime | None]) -> dict[tuple[datetime, str], str]:
    """The minutes and services of visits near these times → the ticket."""
    came = [paper_rules.minute(at) for at in times if at is not None and at.tzinfo is not None]
    if not came:
        return {}
    near = Visit.objects.filter(site=site, arrived_at__gte=min(came), arrived_at__lt=max(came) + paper_rules.A_MINUTE)
    rows = near.values_list("arrived_at", "service", "ref").order_by("-arrived_at")
    return {(paper_rules.minute(at), service): ref for at, service, ref in rows}


def _enter(line: PaperLine, by: Actor, now: datetime) -> Visit:
    with write(now):
        visit = arrive(line.arrival, by=by, now=now)
        turn = Turn(visit, documents.version(visit.document, visit.version), by, now)
        _attended(turn, line)
        _outcome(turn, line)
        if line.note.strip():
            turn.record(Event.VISIT_NOTED, note_words=turn.keep(line.note))
        visit.save()
        if line.here and line.attended_at is None:
            _bind_now(turn)
        if line.waited_until is not None:
            count_wait(visit, line.waited_until, turn.force.protocol.waiting)
    return visit


def _bind_now(turn: Turn) -> None:
    if rules.binds_agitated(turn.visit.mood, turn.force.protocol.waiting):
        turn.before, turn.visit.bound_since = copy(turn.visit), turn.now
        settle(turn)


def _attended(turn: Turn, line: PaperLine) -> None:
    """Somebody dealt with the customer, or does so still; when, if it was written down."""
    visit = turn.visit
    visit.attended_at = visit.first_contact_at = line.attended_at
    visit.owner = line.dealt if line.dealt.startswith("person:") else ""
    visit.channel = line.channel
    if line.here and line.attended_at is not None:
        visit.state = "attending"
    if line.attended_at is not None or line.outcome in ("direct", "referred"):
        turn.record(
            Event.VISIT_ATTENDED,
            channel=line.channel,
            attended_at=_time(line.attended_at),
            owner=visit.owner or None,
            on_paper=True,
        )


def _outcome(turn: Turn, line: PaperLine) -> None:
    """How it ended. Where nobody wrote down when, the visit is ended at the last time that is known."""
    if line.here:
        return
    visit = turn.visit
    visit.state, visit.outcome = "closed", line.outcome
    visit.ended_at = line.ended_at or line.attended_at or visit.arrived_at
    facts = {"outcome": line.outcome, "ended_at": _time(line.ended_at), "on_paper": True}
    if line.outcome == "referred":
        _referred(turn, line)
    if line.outcome == "cannot_meet":
        turn.record(Event.VISIT_CANNOT_MEET, **_told(turn, line), **facts)
    elif line.outcome in MET:
        turn.record(Event.VISIT_FINISHED, owner=visit.owner, **facts)
    else:
        turn.record(Event.VISIT_NO_SHOW if line.outcome == "no_show" else Event.VISIT_LEFT, **facts)


def _referred(turn: Turn, line: PaperLine) -> None:
    """They agreed on the day, by telephone or in person (E3b): nobody is asked again."""
    kind, _colon, id = line.dealt.partition(":")
    at = line.attended_at or turn.now
    asked = {"person": int(id)} if kind == "person" else {"team": id}
    turn.visit.team = id if kind == "team" else turn.visit.team
    Referral.objects.create(
        visit=turn.visit, asked_at=at, asked_by=turn.by.ref, agreed_at=at, decided_by=line.dealt, **asked
    )
    turn.record(Event.VISIT_REFERRED, person=asked.get("person"), team=asked.get("team"), on_paper=True)


def _told(turn: Turn, line: PaperLine) -> dict[str, object]:
    """What E3c asks for: the customer was told, why, and what else there is."""
    form, said = turn.force.protocol.cannot_meet, line.cannot
    reason, named = rules.listed([said.reason], form.reasons), rules.listed(said.alternatives, form.alternatives)
    return {
        "told": True,
        "reason": reason[0] if reason else None,
        "reason_words": None if reason else turn.keep(said.reason),
        "alternatives": named,
        "alternatives_words": turn.keep_all([a for a in said.alternatives if a not in named]),
        "none_suitable": said.none_suitable,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

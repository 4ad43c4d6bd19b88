"""What the waiting table shows, worked out before any template sees it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.protocol.schema.waiting import Waiting
from steadydesk.screens.desk import words
from steadydesk.screens.desk.turns import turns
from steadydesk.screens.desk.words import Sign
from steadydesk.sites.models import Site
from steadydesk.visits import apart, company, here, outlook, referrals
from steadydesk.visits import queries as visits
from steadydesk.visits.here import Row, Times
from steadydesk.visits.models import Clock, Prompt, Visit
from steadydesk.visits.outlook_rules import Expected
from steadydesk.visits.referrals import Sent

NOWHERE = Sent()
LIMITS = ("attend", "appointment")
"""The clocks that decide the order. A mood never does: whoever is agitated keeps their place (E2)."""


@dataclass(frozen=True)
class Face:
    """The clock of a row: the limit that comes next, or the one that has passed."""

    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    over: bool

    @property
    def kept(self) -> bool:
        """Whether it was stopped in time, so that nothing is left of it but how long the wait was."""
        return self.stopped_at is not None and not self.over


@dataclass(frozen=True)
class Line:
    """One row. Plain values, so that a row that shows the same is the same."""

    pk: int
    ref: str
    who: str
    service: str
    companions: int
    private: bool
    on_paper: bool
    appointment_at: datetime | None
    face: Face
    signs: tuple[Sign, ...]
    state: str
    owner: str
    due_at: datetime | None
    waits_from: datetime
    arrived_at: datetime
    attended: bool
    interpreter: str
    connecting_since: datetime | None
    says_appointment: bool
    asks_why: bool = False
    """Whether calling them takes others' turn, so that the reason is asked for."""

    @property
    def id(self) -> str:
        """The row's id in the page, by which the order is held."""
        return f"visit-{self.pk}"


@dataclass(frozen=True)
class Question:
    """A prompt that waits for its answer."""

    prompt: Prompt
    text: str
    callee: str
    away: str = ""
    """Who should have been rung and is not here."""
    visits: list[Visit] = field(default_factory=list)
    say: str = ""
    """The protocol's words for the customer."""
    until: datetime | None = None
    """When it is too late to have told them in time."""


@dataclass(frozen=True)
class Labels:
    """What services and teams are called at the site."""

    services: Mapping[str, str]
    teams: Mapping[str, str]
    waiting: Waiting | None = None
    """What the protocol in force says of waiting; ``None`` without one."""

    def of(self, visit: Visit) -> str:
        """What the customer came for."""
        return self.services.get(visit.service) or self.teams.get(visit.team) or visit.service or visit.team

    def shown(self, visit: Visit, *, readable: bool) -> str:
        """The same; of who is kept private only the team that they wait for."""
        return self.of(visit) if readable else self.teams.get(visit.team, visit.team)


@dataclass(frozen=True)
class Wait:
    """How long whoever comes in now may wait for a team, as long as that is honest."""

    team: str
    words: str
    good_until: datetime | None


def labels(site: str) -> Labels:
    """Read the names once for the page."""
    try:
        protocol = documents.in_force(site).protocol
    except NotFound:
        protocol = None
    services = {s.id: s.label for s in protocol.services} if protocol else {}
    return Labels(services, {t.pk: t.name for t in people.teams_at(site)}, protocol.waiting if protocol else None)


def board(
    site: Site,
    now: datetime,
    *,
    staff_only: bool,
    order: Sequence[str] = (),
    hidden: Collection[str] = (),
    team: str = "",
) -> dict[str, Any]:
    """Rows and questions of a site for one kind of screen; ``order`` holds the rows where they stood.

    ``hidden`` names what does not exist for whoever reads it. Whose turn it is, is of everybody or of one ``team``.
    """
    everybody = here.rows(site.pk, now)
    rows = [r for r in everybody if not encounters.is_hidden([r.visit.pk], hidden)]
    named = labels(site.pk)
    turn = turns([r.visit for r in rows], team if team in named.teams else "", now)
    found = [replace(line, asks_why=line.pk in turn.ask_why) for line in lines(rows, named, site.pk)]
    place = {id: n for n, id in enumerate(order)}
    found.sort(key=lambda line: (place.get(line.id, len(place)), *_urgency(line)))
    by_line = {line.pk: line for line in found}
    return {
        "lines": found,
        "questions": questions(rows, named, site, staff_only=staff_only, hidden=hidden),
        "expected": _expected(everybody, named, site, now),
        "once_more": _once_more(site.pk, rows),
        "too_many": _too_many(rows),
        "order": ",".join(order),
        "teams": named.teams,
        "turn": turn,
        "next": by_line.get(turn.next or 0),
        "first": [by_line[id] for id in turn.first],
        "waiting": sum(not line.attended for line in found),
    }


def questions(
    rows: Iterable[Row], named: Labels, site: Site, *, staff_only: bool, hidden: Collection[str] = ()
) -> list[Question]:
    """What waits for an answer, calls first."""
    asked = sorted(visits.open_prompts(site.pk, hidden), key=lambda p: (not p.calls, p.kind != "call_manager", p.pk))
    by_visit = {r.visit.pk: r for r in rows}
    return [_question(p, by_visit, named, site, staff_only=staff_only) for p in asked]


def _expected(rows: Iterable[Row], named: Labels, site: Site, now: datetime) -> list[Wait]:
    """For each team that somebody waits for, or for which somebody was attended to of late."""
    if named.waiting is None:
        return []
    found = outlook.waits_behind((r.visit for r in rows), site, named.waiting.public_wait_valid_for, now)
    return [
        Wait(named.teams[team], words.expected_words(wait), wait.good_until if isinstance(wait, Expected) else None)
        for team, wait in found.items()
        if team in named.teams
    ]


def _once_more(site: str, rows: list[Row]) -> list[Visit]:
    """Visits for which nobody has asked for help in time (L2)."""
    wanted = any(r.visit.problem for r in rows)
    offered = set(encounters.prompted(site)) if wanted else set()
    return [r.visit for r in rows if f"visit:{r.visit.pk}" in offered]


def _too_many(rows: list[Row]) -> list[tuple[Visit, dict[str, Any]]]:
    """Visits with more companions than may come in, to whom nobody has spoken yet, and what to say (E5c)."""
    said = [(r.visit, company.to_say(r.visit)) for r in rows if r.visit.companions]
    return [(visit, say) for visit, say in said if "wording" in say and say["company"].to_ask]


def lines(rows: list[Row], named: Labels, site: str) -> list[Line]:
    """The rows with the names that they need."""
    owners = people.actor_names({r.visit.owner for r in rows})
    sent = referrals.sent_on(site)
    asked = people.names({s.person for s in sent.values() if s.person}) if sent else {}
    beside = apart.of_visits(r.visit.pk for r in rows)
    return [
        _line(
            row,
            named,
            owners,
            to := sent.get(row.visit.pk, NOWHERE),
            asked=asked.get(to.person or 0, "") or named.teams.get(to.team, to.team),
            beside=[other.ref for other in beside.get(row.visit.pk, [])],
        )
        for row in rows
    ]


def asked_people(found: Iterable[Visit]) -> dict[int, str]:
    """Names of the people who are asked to take a customer on."""
    ids = {r.person for v in found for r in v.referrals.all() if r.person}
    return people.names(ids) if ids else {}


def pending(visit: Visit, named: Labels, asked: Mapping[int, str]) -> str:
    """Who is asked to take the customer on and has not answered."""
    referral = referrals.unanswered(visit)
    if referral is None:
        return ""
    return asked.get(referral.person or 0, "") or named.teams.get(referral.team, referral.team)


def _line(row: Row, named: Labels, owners: Mapping[str, str], sent: Sent, *, asked: str, beside: Iterable[str]) -> Line:
    visit = row.visit
    waits = visit.attended_at is None
    marks = words.signs(
        first=row.speak_first and waits,
        over=row.over if waits else [],
        problem=visit.problem,
        referred=asked,
        walk_over=visit.walk_over if waits else "",
    )
    often = words.sent_on_sign(sent.times)
    return Line(
        pk=visit.pk,
        ref=visit.ref,
        who=row.description,
        service=named.shown(visit, readable=not visit.private),
        companions=visit.companions,
        private=visit.private,
        on_paper=visit.on_paper,
        appointment_at=visit.appointment_at,
        face=face(visit, row.clocks),
        signs=(*marks, *([often] if often else []), *map(words.apart_sign, beside)),
        state=visit.state,
        owner=owners.get(visit.owner, ""),
        due_at=next((c.due_at for c in row.clocks if c.kind in LIMITS and c.stopped_at is None), None),
        waits_from=visit.waits_from,
        arrived_at=visit.arrived_at,
        attended=not waits,
        interpreter=visit.interpreter,
        connecting_since=visit.connecting_since,
        says_appointment=visit.says_appointment,
    )


def face(visit: Visit, clocks: Iterable[Clock | Times]) -> Face:
    """The next limit that runs; when all have passed, the longest; none for what is on paper."""
    shown = [c for c in clocks if c.kind in (*LIMITS, "agitated")]
    running = [c for c in shown if c.stopped_at is None and c.over_at is None]
    if running:
        chosen = min(running, key=lambda c: c.due_at)
    elif shown:
        chosen = max(shown, key=lambda c: c.due_at)
    else:
        return Face(visit.waits_from, None, visit.attended_at or visit.ended_at, over=False)
    return Face(chosen.started_at, chosen.due_at, chosen.stopped_at, over=chosen.over_at is not None)


def _urgency(line: Line) -> tuple[bool, datetime, int]:
    """Who waits comes first, by the time that is left to the limit; then who is with somebody."""
    return line.attended, line.due_at or line.waits_from, line.pk


def _question(prompt: Prompt, rows: Mapping[int, Row], named: Labels, site: Site, *, staff_only: bool) -> Question:
    about = sorted(prompt.visits.all(), key=lambda v: v.pk)
    waiting = documents.version(prompt.document, prompt.version).protocol.waiting
    over = {v.pk for v in about if v.pk in rows and set(rows[v.pk].over) & set(LIMITS)}
    limit, passed = waiting.attend_within, len(over) == len(about)
    team = named.teams.get(prompt.team, "")
    text = words.prompt_words(prompt, about, team, limit=limit, passed=passed, staff_only=staff_only)
    callee = words.callee_words(prompt, site.ring_instead, staff_only=staff_only)
    away = words.away_words(prompt.skipped, staff_only=staff_only)
    said = {"tell_room": waiting.room_wording, "promise_due": waiting.promise_wording}.get(prompt.kind) or ""
    return Question(prompt, text, callee, away, about, said, _until(prompt, about, waiting))


def _until(prompt: Prompt, about: Iterable[Visit], waiting: Waiting) -> datetime | None:
    """The end of the time in which the customer is to be told (E1a), or of the wait that they were told."""
    if prompt.kind in ("tell_customer", "tell_room"):
        return prompt.asked_at + waiting.tell_customer_within
    if prompt.kind == "promise_due":
        return min((v.promised_until for v in about if v.promised_until), default=None)
    return None

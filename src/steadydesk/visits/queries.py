"""Readings of visits, prompts and what was kept."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.encounters.queries import is_hidden
from steadydesk.journal import queries as journal
from steadydesk.kernel.errors import NotFound
from steadydesk.kernel.moments import moment
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.visits import company, concerning, interpreters, rules, timelines
from steadydesk.visits.concerning import left
from steadydesk.visits.models import Clock, Headcount, Prompt, Visit
from steadydesk.visits.private import descriptions

PAGE = 100
A_DAY = timedelta(days=1)
TIMES = ("started_at", "due_at", "over_at", "stopped_at")
"""What the contract shows of a clock."""
Moment = timelines.Moment
timeline = timelines.timeline
without_hidden = concerning.without_hidden

_PROMPTS = Prefetch(
    "prompts",
    Prompt.objects.filter(withdrawn_at__isnull=True).prefetch_related(
        Prefetch("visits", Visit.objects.only("id").order_by("arrived_at", "id"))
    ),
)


def _whole(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.prefetch_related("clocks", _PROMPTS)


def visit(id: int) -> Visit:
    """One visit with its clocks and prompts; ``NotFound`` when there is none."""
    found = _whole(Visit.objects.filter(pk=id)).first()
    if found is None:
        raise NotFound(_("There is no such visit."))
    return found


def open_visits(site: str) -> list[Visit]:
    """Who is here, in the order of coming; a mood never changes the order (E2)."""
    return list(_whole(_open(site)))


def _open(site: str) -> QuerySet[Visit]:
    return Visit.objects.filter(site=site, ended_at__isnull=True).order_by("arrived_at", "id")


def with_somebody(site: str, owners: list[str]) -> list[Visit]:
    """Visits that one of these (``person:3``, ``device:7``) has called or attends to, the first to come first."""
    return list(_open(site).filter(owner__in=owners))


def waiting_ids(site: str) -> list[int]:
    """Who waits and has not been attended to."""
    return list(_open(site).filter(attended_at__isnull=True).values_list("pk", flat=True))


def waiting_among(ids: Iterable[int]) -> list[Visit]:
    """Those of these visits that nobody has attended to yet, locked for a change."""
    waiting = Visit.objects.filter(pk__in=list(ids), ended_at__isnull=True, attended_at__isnull=True)
    return list(waiting.select_for_update().order_by("pk"))


def sent_out(site: str, since: datetime) -> list[Visit]:
    """Whose wait the site itself ended at this moment or later."""
    return list(
        Visit.objects.filter(site=site, outcome="site_closed", ended_at__gte=since).order_by("arrived_at", "id")
    )


def counts_open(site: str) -> bool:
    """Whether it is still to be said of anybody what became of them. In plain SQL: mostly it is not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM visits_headcount WHERE site = %s AND answer = '' LIMIT 1", [site])
        return cursor.fetchone() is not None


def headcounts(site: str, why: str = "", since: datetime | None = None) -> list[Headcount]:
    """Customers of whom somebody is still to say what became of them, in the order of coming."""
    found = Headcount.objects.filter(site=site, answer="").select_related("visit")
    if why:
        found = found.filter(why=why)
    if since is not None:
        found = found.filter(asked_at__gte=since)
    return list(found.order_by("visit__arrived_at", "visit_id"))


def counted_among(visits: Iterable[int]) -> set[int]:
    """Those of these visits that a list after an outage asks about just now."""
    found = Headcount.objects.filter(visit__in=list(visits), why="outage", answer="")
    return set(found.values_list("visit_id", flat=True))


def staying(site: str, since: datetime) -> dict[int, int | None]:
    """Visits that go on after closing → the colleague with whom, as said since then."""
    found = Headcount.objects.filter(site=site, why="closing", answer="staying", answered_at__gte=since)
    return dict(found.order_by("pk").values_list("visit_id", "person"))


def page(site: str, *, open: bool | None = None, before: int | None = None) -> list[Visit]:
    """A page of visits at a site, the newest first, older than ``before``."""
    found = Visit.objects.filter(site=site)
    if open is not None:
        found = found.filter(ended_at__isnull=open)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(_whole(found.order_by("-pk"))[:PAGE])


def prompt(id: int) -> Prompt:
    """One prompt; ``NotFound`` when there is none."""
    found = Prompt.objects.filter(pk=id).prefetch_related("visits").first()
    if found is None:
        raise NotFound(_("There is no such prompt."))
    return found


def open_prompts(site: str, hidden: Collection[str] = ()) -> list[Prompt]:
    """What waits for an answer at the site, without the visits that do not exist for a reader: ``hidden`` names them.

    What is about several stays, without those; what is about none of the others goes.
    """
    asked = Prompt.objects.filter(site=site, answered_at__isnull=True, withdrawn_at__isnull=True)
    kept = [int(subject.removeprefix("visit:")) for subject in hidden if subject.startswith("visit:")]
    shown = Visit.objects.exclude(pk__in=kept)
    if kept:
        about = Prompt.visits.through.objects.filter(prompt=OuterRef("pk"))
        asked = asked.filter(~Exists(about) | Exists(about.exclude(visit__in=kept)))
    return list(asked.prefetch_related(Prefetch("visits", shown)).order_by("id"))


def gone(site: str, since: datetime) -> list[Visit]:
    """Who went away or did not come since then, whoever went last first; by the index of arrivals."""
    went = Visit.objects.filter(site=site, arrived_at__gte=since - A_DAY, ended_at__gte=since)
    return list(went.filter(outcome__in=rules.BACK_IN, attended_at__isnull=True).order_by("-ended_at", "-pk"))


def ended_today(visit: Visit, now: datetime) -> bool:
    """Whether the visit ended on this local day of its site, or has not ended."""
    zone = ZoneInfo(sites.site(visit.site).time_zone)
    return visit.ended_at is None or visit.ended_at.astimezone(zone).date() == now.astimezone(zone).date()


def asked_kinds(visit: int) -> set[str]:
    """Kinds of prompt about the visit that somebody has answered or may still answer."""
    asked = Prompt.objects.filter(visits=visit, withdrawn_at__isnull=True).values_list("kind", flat=True)
    return {"tell_customer" if kind == "tell_room" else kind for kind in asked}


def answered_kinds(visit: int) -> set[str]:
    """Kinds of prompt about the visit that somebody has answered."""
    rows = Prompt.objects.filter(visits=visit, answered_at__isnull=False).values_list("kind", flat=True)
    answered = {*rows, *(e.facts["kind"] for e in left(visit) if e.facts["answered"])}
    return {"tell_customer" if kind == "tell_room" else kind for kind in answered}


def board(site: str, hidden: Collection[str] = ()) -> dict[str, Any]:
    """Everybody at the site and every prompt that waits for an answer, as the contract has them."""
    shown = [v for v in open_visits(site) if not is_hidden([v.pk], hidden)]
    prompts = [prompt_as_json(p) for p in open_prompts(site, hidden)]
    return {"visits": many_as_json(shown, hidden), "prompts": prompts}


def teams_without_lead(site: str, now: datetime) -> list[str]:
    """Teams of which neither the manager nor the deputy is available now: a gap in readiness (E2a-dep)."""
    there = people.available(site, now)
    leads = {
        t.pk: {m.person for m in people.members(t.pk) if m.role in ("manager", "deputy")} for t in people.teams_at(site)
    }
    return [team for team, who in leads.items() if not who & there]


def as_json(visit: Visit, hidden: Collection[str] = ()) -> dict[str, Any]:
    """The visit as the contract has it; what is asked about it names nothing that is ``hidden``."""
    return many_as_json([visit], hidden)[0]


def changed_as_json(visit: Visit, hidden: Collection[str] = ()) -> dict[str, Any]:
    """The visit that an action has just changed: its clocks and prompts are read, and mostly there is no prompt.

    Every answer to a desk has it, so the clocks are read in plain SQL: to build this query costs more than to run it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS, [visit.pk])
        clocks = [_stored_clock_as_json(*row) for row in cursor.fetchall()]
    prompts: list[dict[str, Any]] = []
    if asked_about(visit):
        prefetch_related_objects([visit], _PROMPTS)
        prompts = [prompt_as_json(p, hidden) for p in visit.prompts.all()]
    return _as_json(visit, descriptions([visit]), clocks, prompts)


_CLOCKS = f"SELECT kind, {', '.join(TIMES)} FROM visits_clock WHERE visit_id = %s ORDER BY id"


def _stored_clock_as_json(kind: str, *times: datetime | None) -> dict[str, Any]:
    return {"kind": kind, **{name: _time(at and moment(at)) for name, at in zip(TIMES, times, strict=True)}}


def asked_about(visit: Visit) -> bool:
    """Whether any prompt is or was about the visit. In plain SQL, for every answer to a desk asks it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM visits_prompt_visits WHERE visit_id = %s LIMIT 1", [visit.pk])
        return cursor.fetchone() is not None


def many_as_json(visits: Iterable[Visit], hidden: Collection[str] = ()) -> list[dict[str, Any]]:
    """Visits as the contract has them."""
    visits = list(visits)
    words = descriptions(visits)
    return [
        _as_json(
            v, words, [clock_as_json(c) for c in v.clocks.all()], [prompt_as_json(p, hidden) for p in v.prompts.all()]
        )
        for v in visits
    ]


def _as_json(
    visit: Visit, words: dict[int, str], clocks: list[dict[str, Any]], prompts: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "id": str(visit.pk),
        "ref": visit.ref,
        "site": visit.site,
        # It can say who it is; the team that they wait for does not.
        "service": None if visit.private else visit.service or None,
        "team": visit.team or None,
        "state": visit.state,
        "mood": visit.mood,
        "appointment_at": _time(visit.appointment_at),
        "companions": visit.companions,
        "company": company.as_json(visit),
        "place": visit.place or None,
        "interpreter": interpreters.as_json(visit),
        "walk_over": visit.walk_over or None,
        "says_appointment": visit.says_appointment,
        "arrived_at": _time(visit.arrived_at),
        "attended_at": _time(visit.attended_at),
        "ended_at": _time(visit.ended_at),
        "outcome": visit.outcome or None,
        "owner": visit.owner or None,
        "private": visit.private,
        "source": "paper" if visit.on_paper else "desk",
        "description": words.get(visit.description or 0),
        "protocol": {"document": visit.document, "version": visit.version},
        "clocks": clocks,
        "prompts": prompts,
    }


def clock_as_json(clock: Clock) -> dict[str, Any]:
    """A clock as the contract has it."""
    return {"kind": clock.kind, **{name: _time(getattr(clock, name)) for name in TIMES}}


def prompt_as_json(prompt: Prompt, hidden: Collection[str] = ()) -> dict[str, Any]:
    """A prompt as the contract has it; a role of ``None`` says that nobody is left to call."""
    call = {"role": prompt.role or None, "name": prompt.name or None, "phone": prompt.phone or None}
    return {
        "id": str(prompt.pk),
        "kind": prompt.kind,
        "visits": [str(v.pk) for v in prompt.visits.all() if f"visit:{v.pk}" not in hidden],
        "asked_at": _time(prompt.asked_at),
        "repeats": prompt.repeats,
        "call": call if prompt.calls else None,
        "called": prompt.called or None,
        "nobody_at": prompt.skipped,
        "answered_at": _time(prompt.answered_at),
        "answered_by": prompt.answered_by or None,
        "reached": who_was_reached(prompt) or None,
    }


def who_was_reached(prompt: Prompt) -> str:
    """As it was typed; empty when nobody was, or when the words were taken away."""
    id = prompt.reached_words
    return journal.words([id]).get(id, "") if id else ""


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


@dataclass(frozen=True)
class Passage:
    """A visit as its times tell it."""

    visit: int
    service: str
    arrived_at: datetime
    attended_at: datetime | None
    ended_at: datetime | None


def passages(site: str) -> Iterator[Passage]:
    """Every visit that there was at the site, in the order of entry."""
    columns = ("pk", "service", "arrived_at", "attended_at", "ended_at")
    for row in Visit.objects.filter(site=site).order_by("pk").values_list(*columns).iterator():
        yield Passage(*row)


@dataclass(frozen=True)
class Figures:
    """How the ten minutes of E1 were kept: without an appointment, kept, not kept and not known are all arrivals."""

    arrivals: int
    with_appointment: int
    kept: int
    not_kept: int
    not_known: int
    stopped_by_site: int
    """The wait ended in time because the site was closed or emptied: neither kept nor not kept."""
    from_paper: int
    """How many of all these were entered afterwards, from paper."""


def figures(site: str, start: datetime, end: datetime) -> Figures:
    """The figures of arrivals from ``start`` up to ``end``."""
    during = Visit.objects.filter(site=site, arrived_at__gte=start, arrived_at__lt=end)
    of = {"f": Q(appointment_at__isnull=False), "p": Q(on_paper=True)}
    all_, fixed, paper = during.aggregate(a=Count("pk"), **{n: Count("pk", filter=q) for n, q in of.items()}).values()
    over, in_time = Q(over_at__isnull=False), Q(over_at__isnull=True, visit__attended_at__isnull=False)
    clocks = Clock.objects.filter(kind="attend", visit__in=during)
    sent_out = Q(over_at__isnull=True, visit__attended_at__isnull=True, visit__outcome="site_closed")
    counts = {"n": Count("pk", filter=over), "k": Count("pk", filter=in_time), "s": Count("pk", filter=sent_out)}
    not_kept, kept, stopped = clocks.aggregate(**counts).values()
    return Figures(all_, fixed, kept, not_kept, all_ - fixed - kept - not_kept - stopped, stopped, paper)


def choices(visit: Visit) -> dict[str, Any]:
    """What the protocol that the visit began under offers to choose from (E3c-alt)."""
    protocol = documents.version(visit.document, visit.version).protocol
    return {
        "moods": protocol.moods,
        "channels": protocol.channels,
        "wait_reasons": protocol.waiting.wait_reasons,
        "reasons": protocol.cannot_meet.reasons,
        "alternatives": protocol.cannot_meet.alternatives,
        "none_suitable": protocol.cannot_meet.none_suitable,
        "help": protocol.help_request,
        "served_today": service.served_today if (service := protocol.service(visit.service)) else None,
        "encounter": protocol.encounter,
        "outside_support": protocol.outside_support,
        "moves": {move for move in rules.VISIT.moves if rules.VISIT.allows(visit.state, move)},
    }

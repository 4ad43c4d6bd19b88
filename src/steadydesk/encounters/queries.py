"""Readings of what runs beside a visit that needs help."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.alarms import queries as in_alarms
from steadydesk.alarms.state import URGENCIES, Alarm
from steadydesk.buttons import queries as buttons
from steadydesk.documents import queries as documents
from steadydesk.encounters import aftermath, rules
from steadydesk.encounters.models import Encounter, FormText, Judgement, SupportCall, Tick
from steadydesk.encounters.rules import Means, Number
from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound
from steadydesk.protocol.schema import Protocol
from steadydesk.sites import queries as sites

afterwards = aftermath.form_of
waiting_afterwards = aftermath.waiting
site_of_afterwards = aftermath.site_of

LEADS = frozenset({"manager", "deputy", "duty_manager"})
PRESET = "preset_code"
ANSWERED = ("alarm:acknowledged", "alarm:attended")
MOST_AT_ONCE = 5
"""So many encounters at one place are looked through for a call that none of them made itself."""


def encounter(subject: str) -> Encounter | None:
    """What is known since help was wanted; ``None`` when it never was."""
    return Encounter.objects.filter(subject=subject).first()


def kept_from(by: Actor) -> frozenset[str]:
    """What does not exist for whoever asks: the calls that are kept from them, and the visits these came from."""
    return _with_visits(alarms.kept_from(by))


def kept_from_person(person: int) -> frozenset[str]:
    """The same for one person, wherever they are."""
    return _with_visits(in_alarms.kept_from([person]))


def _with_visits(calls: frozenset[str]) -> frozenset[str]:
    if not calls:
        return calls
    ids = [UUID(subject.removeprefix("alarm:")) for subject in calls]
    return calls.union(Encounter.objects.filter(alarm__in=ids).values_list("subject", flat=True))


def people_kept_from(visits: Iterable[int]) -> list[frozenset[int]]:
    """For each of these visits, the people for whom it does not exist: nobody, mostly (ruling 16)."""
    ids = list(visits)
    if not in_alarms.anything_kept():
        return [frozenset()] * len(ids)
    rows = Encounter.objects.filter(subject__in=[f"visit:{id}" for id in ids]).values_list("subject", "alarm")
    made = {subject: alarm for subject, alarm in rows if alarm is not None}
    out = in_alarms.left_out(made.values())
    people = {subject: out.get(alarm, frozenset()) for subject, alarm in made.items()}
    return [people.get(f"visit:{id}", frozenset()) for id in ids]


def shown_to(by: Actor, visits: Iterable[int]) -> list[int]:
    """Those of these visits that exist for whoever acts on many at once (ruling 16)."""
    hidden = kept_from(by)
    return [id for id in visits if f"visit:{id}" not in hidden]


def refuse_hidden(visit: int, by: Actor) -> None:
    """Raise ``NotFound`` for a visit that does not exist for whoever asks (ruling 16)."""
    if f"visit:{visit}" in kept_from(by):
        raise NotFound(_("There is no such visit."))


def is_hidden(visits: Iterable[int], hidden: Collection[str]) -> bool:
    """Whether none of these visits exists for a reader: ``hidden`` names what does not. What is about none is shown."""
    about = list(visits) if hidden else []
    return bool(about) and all(f"visit:{id}" in hidden for id in about)


def prompted(site: str) -> list[str]:
    """Subjects for which help was offered once more and nobody has answered, the oldest first."""
    rows = Encounter.objects.filter(site=site, prompted_at__isnull=False, ended_at__isnull=True)
    return list(
        rows.filter(asked_at__isnull=True, passed_at__isnull=True)
        .order_by("prompted_at")
        .values_list("subject", flat=True)
    )


def call_from(found: Encounter) -> Alarm | None:
    """The call of this encounter: the one that it asked for, else the first from its place since it began."""
    if found.alarm is not None:
        try:
            return in_alarms.alarm(str(found.alarm))
        except NotFound:
            return None
    if not found.place:
        return None
    here = [a for a in in_alarms.at_sites([found.site]) if a.place == found.place and a.mode == "real"]
    later = [a for a in here if a.raised_at >= found.started_at]
    return later[-1] if later else None


def call_about(subject: str) -> Alarm | None:
    """The last call that was made from a visit which needs no help otherwise (E6b)."""
    asked = [e for e in journal.of_subject(subject) if e.type == Event.HELP_ASKED and e.facts.get("alarm")]
    try:
        return in_alarms.alarm(asked[-1].facts["alarm"]) if asked else None
    except NotFound:
        return None


def open_call(site: str, place: str, urgency: str) -> Alarm | None:
    """A real call about a person that is open at this place, at least as urgent, and that nobody stood down."""
    found = in_alarms.at_sites([site], open=True)
    here = (a for a in found if (a.place, a.mode, a.kind) == (place, "real", "person") and not a.stood_down_at)
    return next((a for a in here if URGENCIES.index(a.urgency) >= URGENCIES.index(urgency)), None)


def open_at(site: str, place: str) -> list[str]:
    """What is open at a place: a visit in which help is needed, and calls."""
    if not place:
        return []
    rows = Encounter.objects.filter(site=site, place=place, ended_at__isnull=True).order_by("-started_at")
    calls = [f"alarm:{a.id}" for a in in_alarms.at_sites([site], open=True) if a.place == place]
    return [*rows.values_list("subject", flat=True)[:1], *calls]


def was_rung(subject: str, call: str) -> bool:
    """Whether this telephone call stands beside the subject already."""
    return any(e.type == Event.NUMBER_RUNG and e.facts.get("call") == call for e in journal.of_subject(subject))


def answered_after(found: Encounter) -> timedelta | None:
    """How long it took from the first request until a person answered it (L3b-ii)."""
    call = call_from(found)
    if call is None or found.asked_at is None:
        return None
    answers = [e.at for e in journal.of_subject(f"alarm:{call.id}") if e.type in ANSWERED]
    return max(answers[0] - found.asked_at, timedelta(0)) if answers else None


def talked_for(found: Encounter, subject: str) -> timedelta | None:
    """How long the talk took from card L3a's first tick until a responder was there (L3a-i)."""
    call = call_from(found)
    began = Tick.objects.filter(subject=subject, step="L3a-i").order_by("at").values_list("at", flat=True).first()
    if call is None or call.attended_at is None or began is None:
        return None
    return max(call.attended_at - began, timedelta(0))


@dataclass(frozen=True)
class Course:
    """How help was got: which way was used first, how soon a person answered, how long the talk took until then."""

    way: str
    asked_at: datetime
    answered_after: timedelta | None
    talked_for: timedelta | None


def course(found: Encounter) -> Course | None:
    """The times of this encounter, for the record; ``None`` while nobody has asked for help."""
    if found.asked_at is None:
        return None
    return Course(found.way, found.asked_at, answered_after(found), talked_for(found, found.subject))


def of_call(alarm: Alarm) -> Encounter | None:
    """The encounter that this call belongs to: the one that made it, else the one that ran where it came from."""
    own = Encounter.objects.filter(alarm=UUID(alarm.id)).order_by("started_at").first()
    if own is not None or not alarm.place:
        return own
    here = Encounter.objects.filter(site=alarm.site, place=alarm.place, alarm__isnull=True)
    earlier = here.filter(started_at__lte=alarm.raised_at).order_by("-started_at")[:MOST_AT_ONCE]
    return next((e for e in earlier if (call := call_from(e)) is not None and call.id == alarm.id), None)


def judgements(subject: str) -> list[Judgement]:
    """Every answer whether somebody appears a safety risk, the oldest first."""
    return list(Judgement.objects.filter(subject=subject).order_by("pk"))


def appears(subject: str) -> str:
    """The latest answer; empty when there is none."""
    return Judgement.objects.filter(subject=subject).order_by("-pk").values_list("appears", flat=True).first() or ""


def risk_active(subject: str) -> bool:
    """Whether card L3b is shown for the visit."""
    return appears(subject) in ("appears", "cannot_tell")


def ticks(subject: str) -> dict[tuple[str, str], Tick]:
    """The latest tick of each (card, step)."""
    return {(t.card, t.step): t for t in Tick.objects.filter(subject=subject).order_by("pk")}


def support_calls(subject: str) -> list[SupportCall]:
    """Calls to outside about the subject, the oldest first."""
    return list(SupportCall.objects.filter(subject=subject).order_by("pk"))


def with_reference(reference: str, allowed: Iterable[str]) -> list[SupportCall]:
    """Calls to outside under this reference at these sites, the newest first (E6d)."""
    wanted = reference.strip()
    if not wanted:
        return []
    words = [w.pk for w in journal.words_with(wanted, allowed)]
    return list(SupportCall.objects.filter(reference__in=words).order_by("-pk"))


def form(subject: str) -> dict[str, str]:
    """What stands in a form that is saved while it is typed, by field."""
    rows = {r.field: r.words for r in FormText.objects.filter(subject=subject)}
    texts = journal.words(id for id in rows.values() if id is not None)
    return {field: texts.get(id, "") if id is not None else "" for field, id in rows.items()}


# The ways of getting help


@dataclass(frozen=True)
class Offer:
    """What the help panel shows at one place now (L2-sit)."""

    situation: str
    ways: list[str]
    numbers: tuple[Number, ...]
    walk: tuple[str, ...] | None = None
    """Points with colleagues, the nearest first, for whoever is away from a desk (L2c); ``None`` at a desk."""


def numbers(site: str, protocol: Protocol, now: datetime) -> tuple[Number, ...]:
    """The site's telephone numbers that were tried lately, in the protocol's order (L3b-ii(2))."""
    kept = {t.use: t for t in sites.telephones(site)}
    known = [
        Number(choice.id, choice.label, kept[choice.id].number, kept[choice.id].tested_at)
        for choice in protocol.get_help.telephone_first
        if choice.id in kept
    ]
    return rules.in_date(known, protocol.alarms.tests_every, now)


def _code_tried(site: str, protocol: Protocol, now: datetime) -> bool:
    """The preset code is set up as a telephone of its own, with the day on which it was tried."""
    row = next((t for t in sites.telephones(site) if t.use == PRESET), None)
    return bool(row and row.tested_at and now - row.tested_at <= protocol.alarms.tests_every)


def _wears_one(person: int, protocol: Protocol, now: datetime) -> bool:
    """Whether they said in the shift that runs that they wear a button, and it works."""
    shifts = (s.span.starts_at for s in alarms.book().shifts if s.person == person and s.span.holds(now))
    since = next(shifts, None)
    return since is not None and buttons.wears_one_that_works(person, since, now - protocol.alarms.tests_every)


def offer(site: str, place: str, *, by: Actor | None, now: datetime) -> Offer:
    """What can be used now, by whoever is at this place; it follows who is on shift."""
    protocol = documents.in_force(site).protocol
    roster = alarms.book().roster(site, now)
    spot = next((s for s in sites.places(site) if s.id == place), None)
    me = by.person if by else None
    others = [p for p in roster.answerable() if p.person != me and (not place or p.place != place)]
    chain = alarms.told_from(site, place, me, now)
    means = Means(
        told=len(chain & {p.person for p in others}),
        silent_key=bool(spot and spot.silent_key),
        numbers=numbers(site, protocol, now),
        colleagues_elsewhere=bool(others),
        lead_on_shift=any(p.roles & LEADS for p in others),
        preset_code=_code_tried(site, protocol, now),
        device=me is not None and _wears_one(me, protocol, now),
    )
    where = rules.situation(spot.kind if spot else "", alone=not others)
    walk = alarms.staffed_points(site, place, {by.ref} if by else (), now)
    return Offer(where, rules.working_ways(protocol, where, means), means.numbers, walk)


def places_without_help(site: str, now: datetime) -> list[tuple[str, str]]:
    """(place, situation) at which nothing would be left when colleagues are at work: for the check of the set-up."""
    protocol = documents.in_force(site).protocol
    kept, coded = numbers(site, protocol, now), _code_tried(site, protocol, now)
    gaps = []
    for spot in sites.places(site):
        for alone in (False, True):
            means = Means(0 if alone else 1, bool(spot.silent_key), kept, not alone, not alone, coded)
            where = rules.situation(spot.kind, alone=alone)
            if not rules.working_ways(protocol, where, means) and not kept:
                gaps.append((spot.name, where))
    return gaps

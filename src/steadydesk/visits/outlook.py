"""The expected wait of each service area, and telling customers early when the queue shows that it will be long."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from steadydesk.deadlines.actions import set_deadline, set_no_later
from steadydesk.documents import queries as documents
from steadydesk.journal.actions import write
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound
from steadydesk.kernel.moments import moment
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import outlook_rules, prompting
from steadydesk.visits.concerning import left
from steadydesk.visits.models import Prompt, Visit
from steadydesk.visits.outlook_rules import LOOK_BACK, Expected, Seen

ROOM = "room-look"
SOON = timedelta(seconds=1)
MOST = 300
"""A fuller room is told as a whole, and a look at it may not hold the database."""
LONGEST_DEALING = timedelta(hours=4)
"""Whoever came longer ago is not looked for among those attended to of late."""


def expected_waits(site: Site, now: datetime) -> dict[str, Expected | str]:
    """Team → how long whoever comes in now may wait, or why that cannot be said. Empty without a protocol in force."""
    try:
        valid_for = documents.in_force(site.pk).protocol.waiting.public_wait_valid_for
    except NotFound:
        return {}
    return _expect(site, _waiting(site.pk), valid_for, now)


def waits_behind(here: Iterable[Visit], site: Site, valid_for: timedelta, now: datetime) -> dict[str, Expected | str]:
    """The same for a screen that has read everybody who is here, the first to come first."""
    waiting = [v for v in here if v.attended_at is None and v.appointment_at is None and not v.on_paper]
    return _expect(site, waiting[:MOST], valid_for, now)


def _expect(site: Site, waiting: list[Visit], valid_for: timedelta, now: datetime) -> dict[str, Expected | str]:
    found = _seen(site, waiting, now)
    return {team: outlook_rules.expect(seen, now, valid_for) for team, seen in found.items()}


def look_soon(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody came, or the people present changed: look whether the queue shows who cannot be met in time.

    Many come at once; one look serves all who came within a second.
    """
    if entry.site:
        set_no_later(ROOM, f"site:{entry.site}", now + SOON)


def look_at_room(site: str, *, by: Actor, now: datetime) -> None:
    """Ask for those to be told of whom the queue and the people present show that the limit will pass (E1a)."""
    with write(now):
        waiting, where = _waiting(site), sites.site(site)
        seen = _seen(where, waiting, now, whole=False)
        found = [(_too_late_from(visit, ahead, seen[visit.team], now), visit) for visit, ahead in _in_turn(waiting)]
        moments = [(at, v) for at, v in found if at is not None and not v.cannot_at and not v.promised_until]
        if not moments:
            return
        known, (asked, lost) = _known_to_be_gone(where, seen, now), _asked_of(v for _at, v in moments)
        moments = [(at, v) for at, v in moments if v.pk in lost or not (v.pk in asked or v.team in known)]
        _ask([v for at, v in moments if at <= now and not _was_told(v)], by=by, now=now)
        later = min((moment for moment, _visit in moments if moment > now), default=None)
        if later is not None:
            set_deadline(ROOM, f"site:{site}", later)


def _asked_of(visits: Iterable[Visit]) -> tuple[set[int], set[int]]:
    """Those of whom it was asked before that they be told; and whose question went unanswered with a wait that goes on.

    They were thought to be attended to, or gone.
    """
    links = Prompt.visits.through._default_manager.filter(visit__in=[v.pk for v in visits])
    asked = links.filter(prompt__kind__in=("tell_customer", "tell_room"))
    rows = list(asked.values_list("visit", "prompt__withdrawn_at"))
    stands = {visit for visit, withdrawn_at in rows if withdrawn_at is None}
    return stands, {visit for visit, _withdrawn_at in rows} - stands


def _was_told(visit: Visit) -> bool:
    """Whether they were told of what others are still asked about."""
    return any(e.facts["answered"] for e in left(visit.pk))


def _known_to_be_gone(site: Site, seen: Mapping[str, Seen], now: datetime) -> set[str]:
    """Teams of which nobody is there and of which it was asked since they went: an absence is one question a day.

    Whoever comes during it has the clocks of E1 and E1a like everybody else.
    """
    gone = {team for team, s in seen.items() if s.present == 0}
    if not gone:
        return set()
    today = datetime.combine(now.astimezone(zone := ZoneInfo(site.time_zone)), time.min, zone)
    asked = Prompt.objects.filter(site=site.pk, kind__in=("tell_customer", "tell_room"), asked_at__gte=today)
    latest = dict(asked.filter(visits__team__in=gone).order_by("asked_at").values_list("visits__team", "asked_at"))
    return {team for team, at in latest.items() if at >= people.gone_since(team, today, now)}


def _too_late_from(visit: Visit, ahead: int, seen: Seen, now: datetime) -> datetime | None:
    waiting = documents.version(visit.document, visit.version).protocol.waiting
    limit = visit.waits_from + waiting.attend_within
    # Past the limit itself the clock of E1 asks.
    return outlook_rules.too_late_from(limit, ahead, seen, now) if now <= limit else None


def _ask(visits: Iterable[Visit], *, by: Actor, now: datetime) -> None:
    alike: dict[tuple[str, str], list[Visit]] = {}
    for visit in visits:
        alike.setdefault((visit.document, visit.version), []).append(visit)
    for version, group in alike.items():
        prompting.ask([("tell_customer", v) for v in group], documents.version(*version), by=by, now=now)


def _in_turn(waiting: Iterable[Visit]) -> Iterable[tuple[Visit, int]]:
    """Everybody who waits, with how many wait before them for the same team."""
    before: dict[str, int] = {}
    for visit in waiting:
        yield visit, before.get(visit.team, 0)
        before[visit.team] = before.get(visit.team, 0) + 1


def _waiting(site: str) -> list[Visit]:
    """Who waits without an appointment, the first to come first."""
    found = Visit.objects.filter(site=site, ended_at__isnull=True, attended_at__isnull=True, on_paper=False)
    columns = ("team", "document", "version", "waits_from", "promised_until", "cannot_at", "site")
    return list(found.filter(appointment_at__isnull=True).only(*columns).order_by("arrived_at", "id")[:MOST])


def _seen(site: Site, waiting: Iterable[Visit], now: datetime, *, whole: bool = True) -> dict[str, Seen]:
    """What is known of each team for which somebody waits or was attended to of late.

    Not the ``whole`` leaves out what happened of late where it decides nothing: the turn of all who wait is next.
    """
    by_team: dict[str, list[Visit]] = {}
    for visit in waiting:
        by_team.setdefault(visit.team, []).append(visit)
    there = people.present(site.pk, now)
    queue = there is not None and any(len(visits) > there.get(team, 0) for team, visits in by_team.items())
    waits: dict[str, list[timedelta]] = {}
    dealings: dict[str, list[timedelta]] = {}
    for team, came, attended, ended in _past(site.pk, now) if whole or queue else ():
        waits.setdefault(team, []).append(attended - came)
        if ended is not None:
            dealings.setdefault(team, []).append(ended - attended)
    state = Seen(is_open=site.state == "open")
    return {
        team: replace(
            state,
            waits=waits.get(team, []),
            dealings=dealings.get(team, []),
            waiting=[now - v.waits_from for v in by_team.get(team, [])],
            present=there.get(team, 0) if there is not None and team else None,
            promise_broken=any(v.promised_until and v.promised_until < now for v in by_team.get(team, [])),
        )
        for team in sorted({*waits, *by_team})
    }


def _past(site: str, now: datetime) -> Iterable[tuple[str, datetime, datetime, datetime | None]]:
    """Whom each team attended to last within the last hour, the last one first."""
    since = now - LOOK_BACK - LONGEST_DEALING
    times = (connection.ops.adapt_datetimefield_value(at) for at in (since, now - LOOK_BACK))
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [site, *times, False, 2 * outlook_rules.MOST])
        for team, came, attended, ended in cursor.fetchall():
            yield team, moment(came), moment(attended), ended and moment(ended)


_LATELY = """
SELECT team, waits_from, attended_at, ended_at FROM (
    SELECT team, waits_from, attended_at, ended_at,
        ROW_NUMBER() OVER (PARTITION BY team ORDER BY attended_at DESC) AS nth
    FROM visits_visit
    WHERE site = %s AND arrived_at >= %s AND attended_at >= %s AND on_paper = %s AND appointment_at IS NULL
) lately WHERE nth <= %s ORDER BY attended_at DESC
"""
# Of a team's hundreds only so many count, and to read a row costs many times what the database takes to find it. In
# plain SQL: every board asks it, and to build the query costs more than to run it.

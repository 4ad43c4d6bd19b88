"""What the published rota of the next two weeks lacks, and which calendars cannot be read (E2a-dep, L2d-i)."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steadydesk.loneworking import periods
from steadydesk.people import queries as people
from steadydesk.rota import calendars
from steadydesk.rota import gaps as rota
from steadydesk.rota import queries as in_rota
from steadydesk.rota.gaps import AHEAD
from steadydesk.rota.rules import Span
from steadydesk.rota.words import FAULTS, NOBODY, when
from steadydesk.sites.models import Site

CLAUSES = {"desk": "", "duty": "E4a-duty", "lead": "E2a-dep"}
MOST = 20


def lacking(site: Site, now: datetime) -> Iterator[tuple[str, str]]:
    """A sentence for each gap, with its clause."""
    teams = {team.pk: team.name for team in people.teams_at(site.pk)}
    found = rota.gaps(site.pk, now, now + AHEAD)
    for gap in found[:MOST]:
        facts = {"team": teams.get(gap.team, gap.team), "when": when(gap.span, site.time_zone)}
        yield str(NOBODY[gap.kind]) % facts, CLAUSES[gap.kind]
    if len(found) > MOST:
        yield _("And %d more gaps on the page of the rota.") % (len(found) - MOST), ""
    yield from _alone(site, now)
    names = people.names(row.person_id for row in calendars.failing(site.pk))
    for row in calendars.failing(site.pk):
        facts = {"name": names[row.person_id], "when": _day(row.read_at, site) if row.read_at else _("never")}
        why = str(FAULTS.get(row.fault, row.fault))
        yield _("A calendar of %(name)s cannot be read; last: %(when)s.") % facts + f" {why}", ""


def _alone(site: Site, now: datetime) -> Iterator[tuple[str, str]]:
    """Those that a manager keeps; the others are named where a reason is asked for, and once is enough."""
    asked = {(p.person, p.starts_at) for p in periods.without_reason(periods.to_come(site.pk, now))}
    for days in rota.published(site.pk, now, now + AHEAD):
        for period in in_rota.lone_periods(site.pk, days.start, days.end)[:MOST]:
            if (period.person, period.start) in asked:
                continue
            said = _("Somebody works alone, in the evening: %s.") if period.evening else _("Somebody works alone: %s.")
            yield said % when(Span(period.start, period.end), site.time_zone), "L2d-i"


def _day(at: datetime, site: Site) -> str:
    return date_format(at.astimezone(ZoneInfo(site.time_zone)), "D j M, H:i")

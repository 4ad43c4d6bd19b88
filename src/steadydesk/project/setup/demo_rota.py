"""The rota of the demonstration: it is published, so that returns can be booked and somebody is alone one evening."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from steadydesk.people import queries as people
from steadydesk.project.setup.demo import DEMO
from steadydesk.rota import actions, gaps
from steadydesk.rota.actions import Wish
from steadydesk.rota.patterns import DUTY
from steadydesk.sites import queries as sites
from steadydesk.sites.rules import Hours

FOUR_WEEKS = timedelta(days=28)
A_DAY = timedelta(days=1)
THURSDAY = 3
ALONE = ("branch", "iris")
"""Who has an evening alone, and where: so that a playground has one to look at."""
DUTIES = (("housing", "tariq", {0, 1, 2, 5, 6}), ("housing", "lucy", {3, 4}))
"""Team, person and weekdays."""
SHORTER = timedelta(hours=2)


def publish_demo(now: datetime) -> None:
    """Everybody works the hours of their site from tomorrow on, for four weeks."""
    for site in sites.sites():
        hours = sites.hours(site.pk)
        if gaps.published_until(site.pk) is None and hours.known:
            first = now.astimezone(ZoneInfo(site.time_zone)).date() + A_DAY
            actions.add_patterns(_wishes(site.pk, hours, first, now), by=DEMO, now=now)
            reason = "Only one of us can stay on Thursdays."
            actions.publish(site.pk, first, first + FOUR_WEEKS, reason, by=DEMO, now=now)


def _wishes(site: str, hours: Hours, first: date, now: datetime) -> list[Wish]:
    """The demonstration's hours are the same each day."""
    spans = hours.weekly.get(THURSDAY, ())
    if not spans:
        return []
    opens, closes = spans[0].opens, spans[-1].closes
    every, others = frozenset(range(7)), frozenset(range(7)) - {THURSDAY}
    found: list[Wish] = []
    for post in people.roll_call(site, now):
        if not people.works_for(post.person, site):
            continue
        place = people.shift_place(post.person, site, now) or ""
        leaves = site == ALONE[0] and people.logins([post.person])[post.person] != ALONE[1]
        whole = others if leaves else every
        found.append(Wish(site, whole, opens, closes, first, person=post.person, place=place))
        if leaves:
            short = Wish(site, frozenset({THURSDAY}), opens, _earlier(closes), first, person=post.person, place=place)
            found.append(short)
    here = {team.pk for team in people.teams_at(site)}
    for team, login, days in DUTIES:
        officer = people.find(login)
        if team in here and officer is not None:
            wish = Wish(site, frozenset(days), opens, closes, first, kind=DUTY, person=officer.person, team=team)
            found.append(wish)
    return found


def _earlier(closes: time) -> time:
    return (datetime.combine(date(2000, 1, 2), closes) - SHORTER).time()

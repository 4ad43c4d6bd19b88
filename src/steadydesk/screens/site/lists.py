"""The lists “who is still here?” as screens show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.encounters import queries as encounters
from steadydesk.screens.site import words
from steadydesk.sites.models import Site
from steadydesk.sites.rules import A_DAY, A_DESKS_DAY, begins_asking, is_of_today
from steadydesk.visits import expected, private, queries
from steadydesk.visits.models import Headcount, Visit
from steadydesk.visits.rules import ANSWERS


@dataclass(frozen=True)
class Row:
    """One customer on a list."""

    id: int
    visit: Visit
    who: str
    stays_with: int | None = None


@dataclass(frozen=True)
class List:
    """One list, with what can be answered for each."""

    why: str
    title: str
    since: datetime | None
    until: datetime | None
    rows: list[Row]
    answers: list[tuple[str, str]]

    @property
    def for_all(self) -> str:
        """The answer that may be given for everybody at once: the one that loses nothing."""
        return {"emptied": "back", "outage": "here"}.get(self.why, "")


def open_lists(site: str, now: datetime, *, every: bool = False, hidden: Collection[str] = ()) -> list[List]:
    """What is still to be answered at the site; ``every`` includes what is left of earlier days.

    ``hidden`` names what does not exist for whoever reads it (ruling 16).
    """
    asked_of = queries.headcounts(site, since=begins_asking(now, every=every))
    rows = [r for r in asked_of if not encounters.is_hidden([r.visit.pk], hidden)]
    named = private.told_apart([r.visit for r in rows])
    found = ((why, [r for r in rows if r.why == why]) for why in words.LISTS if every or why != "closing")
    return [_list(why, asked, named) for why, asked in found if asked]


def _list(why: str, asked: Sequence[Headcount], named: dict[int, str]) -> List:
    return List(
        why=why,
        title=str(words.LISTS[why]),
        since=asked[0].since,
        until=asked[0].asked_at,
        rows=[Row(r.pk, r.visit, named.get(r.visit.description or 0, "")) for r in asked],
        answers=[(a, str(words.ANSWERS[a])) for a in ANSWERS[why]],
    )


def first_day(lists: Collection[List], zone: ZoneInfo, now: datetime) -> date | None:
    """The day on which an outage of more than a day began: times of its list are said with their day."""
    since = [found.since for found in lists if found.why == "outage" and found.since is not None]
    return min(since).astimezone(zone).date() if since and now - min(since) >= A_DAY else None


def closing_list(site: Site, now: datetime, hidden: Collection[str] = ()) -> list[Row]:
    """Everybody who is at a site that closes or has closed, but ``hidden``; with whom somebody stays is said."""
    if site.state not in ("closing", "closed"):
        return []
    visits = [v for v in queries.open_visits(site.pk) if not encounters.is_hidden([v.pk], hidden)]
    named = private.told_apart(visits)
    stays = queries.staying(site.pk, now - A_DESKS_DAY)
    return [Row(v.pk, v, named.get(v.description or 0, ""), stays.get(v.pk)) for v in visits]


def still_expected(site: Site, now: datetime) -> list[expected.Row]:
    """Returns and other appointments of today: at closing, who has not come."""
    return expected.open_today(site.pk, now) if site.state in ("closing", "closed") else []


def summary(site: Site, now: datetime, *, every: bool = False, hidden: Collection[str] = ()) -> list[dict[str, Any]]:
    """For the top of a desk, and for a manager: which lists wait for an answer, and how many are on each."""
    asked = open_lists(site.pk, now, every=every, hidden=hidden) if queries.counts_open(site.pk) else []
    found: list[dict[str, Any]] = [{"title": x.title, "count": len(x.rows), "why": x.why} for x in asked]
    if site.off_since and site.off_until and (every or is_of_today(site.off_until, now)):
        since, until = words.span(site.off_since, site.off_until)
        said = _("The server was off from %(since)s to %(until)s: what fell due") % {"since": since, "until": until}
        waiting = sum(x["count"] for x in found if x["why"] == "outage")
        found = [{"title": said, "count": waiting, "why": "outage"}, *(x for x in found if x["why"] != "outage")]
    if site.state == "closing":
        unanswered = [r for r in closing_list(site, now, hidden) if r.stays_with is None]
        if unanswered:
            found.append({"title": str(words.LISTS["outage"]), "count": len(unanswered), "why": "now"})
    return found

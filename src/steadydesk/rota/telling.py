"""Who hears of a rota by message: of times that nobody covers, while there is time to find somebody, and of swaps."""

from collections.abc import Iterable
from datetime import datetime

from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.people import queries as people
from steadydesk.rota import queries
from steadydesk.rota.models import Swap
from steadydesk.sites import queries as sites

LEADS = ("manager", "deputy")


def tell_of_gaps(site: str, teams: Iterable[str], now: datetime) -> None:
    """Times that nobody covers were found: those who lead the team are told, once for all of them.

    Of the desks, and of a team that nobody leads, the managers of the site are told. The page says which times.
    """
    name = sites.site(site).name
    for team in sorted(set(teams)):
        found = people.team(team) if team else None
        delivery.queue(
            Message("rota_gap", site, f"{name}, {found.name}" if found else name),
            people=_leads(site, team),
            key=f"gaps:{site}:{team}:{now:%Y-%m-%dT%H:%M:%S}",
            subject=f"gaps:{site}",
            site=site,
            now=now,
        )


def _leads(site: str, team: str) -> list[int]:
    of_team = [c.person for post in LEADS for c in people.with_post(team, post)] if team else []
    return list(dict.fromkeys(of_team or [c.person for c in people.with_role("manager", site)]))


def tell_of_offer(row: Swap, now: datetime) -> None:
    """Whoever is asked for a swap by name is told; without a name everybody who could work then."""
    asked = [row.taker_id] if row.taker_id else queries.who_could(row.site_id, row.starts_at, row.ends_at)
    _tell("swap", row, [person for person in asked if person and person != row.giver_id], now)


def tell_of_taking(row: Swap, now: datetime) -> None:
    """The shift has changed hands: whoever offered it is told, and nobody else is asked any more."""
    tell_no_more(row, now)
    _tell("swap_taken", row, [row.giver_id], now)


def tell_no_more(row: Swap, now: datetime) -> None:
    """Nobody need answer the offer."""
    delivery.withdraw(f"swap:{row.pk}", now)


def _tell(kind: str, row: Swap, who: Iterable[int], now: datetime) -> None:
    delivery.queue(
        Message(kind, str(row.pk), sites.site(row.site_id).name, number=row.pk),
        people=who,
        key=f"swap:{row.pk}:{kind}",
        subject=f"swap:{row.pk}",
        site=row.site_id,
        now=now,
    )

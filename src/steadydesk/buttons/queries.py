"""Readings of worn and wall buttons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.buttons import rules
from steadydesk.buttons.models import Button, Zone
from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.kernel.errors import NotFound

UNKNOWN = "button:unknown"
"""What is kept of devices that nobody registered."""
REFUSALS = 20
BROKER = (Event.BROKER_LOST, Event.BROKER_BACK)
LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Refused:
    """A press or another event that was not taken."""

    at: datetime
    device: str
    reason: str


def buttons(site: str) -> list[Button]:
    """The site's buttons that are in use, in the order in which they were set up."""
    rows = Button.objects.filter(site=site, retired_at__isnull=True).select_related("place", "person")
    return list(rows.order_by("pk"))


def every_button() -> list[Button]:
    """As ``buttons``, of every site; for the alarm book."""
    return list(Button.objects.filter(retired_at__isnull=True).select_related("place").order_by("pk"))


def button(id: int) -> Button:
    """One that is in use. Raises ``NotFound``."""
    found = Button.objects.filter(pk=id, retired_at__isnull=True).select_related("place").first()
    if found is None:
        raise NotFound(_("There is no such button."))
    return found


def zones() -> dict[str, tuple[str, str]]:
    """Gateways' words and the site and the place that each means."""
    return {z: (site, place) for z, site, place in Zone.objects.values_list("name", "place__site", "place__slug")}


def standing(row: Button) -> str:
    """How it stands, in the words of the rules."""
    return rules.standing(
        has_secret=bool(row.salt),
        worn=row.kind == rules.WORN,
        assigned=row.person_id is not None,
        heard=row.heard_at is not None,
        silent=row.is_silent,
        low=row.is_low,
    )


def wears_one_that_works(person: int, since: datetime, tested_since: datetime) -> bool:
    """Whether they said in their shift (from ``since``) that they have a button which was heard, charged and tested."""
    return any(
        standing(row) == "heard"
        and row.confirmed_at is not None
        and row.confirmed_at >= since
        and row.tested_at is not None
        and row.tested_at >= tested_since
        for row in worn_by(person)
    )


def is_on_trial(row: Button, now: datetime) -> bool:
    """Whether its next press calls nobody."""
    return row.trial_until is not None and now < row.trial_until


def worn_by(person: int) -> list[Button]:
    """The buttons that are assigned to the person."""
    rows = Button.objects.filter(person=person, retired_at__isnull=True).select_related("site")
    return list(rows.order_by("pk"))


def names(ids: Iterable[int]) -> dict[int, str]:
    """What these buttons are called, retired ones too."""
    return dict(Button.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def refused(rows: Iterable[Button], since: datetime) -> list[Refused]:
    """What was lately not taken from these buttons, and from devices that nobody registered; the newest first."""
    called = {f"button:{row.pk}": row.name for row in rows}
    found = [
        Refused(e.at, called.get(subject) or e.facts["device"], e.facts["reason"])
        for subject in (*called, UNKNOWN)
        for e in journal.newest_of(subject, [Event.BUTTON_REFUSED], REFUSALS)
        if e.at >= since
    ]
    return sorted(found, key=lambda r: r.at, reverse=True)[:REFUSALS]


def unheard_since(now: datetime) -> datetime | None:
    """Since when buttons that speak MQTT cannot be heard; ``None`` while they can, or while none does.

    Every machine listens for itself, and one that is lost is a loss.
    """
    if settings.BROKER is None:
        return None
    last = {e.facts.get("machine"): e for e in reversed(journal.latest([], BROKER, now - LOOK_BACK))}
    return min((e.at for e in last.values() if e.type == Event.BROKER_LOST), default=None)


def was_refused(subject: str, reason: str, now: datetime, within: timedelta) -> bool:
    """Whether the same is on record already. By which name a stranger came does not count: it may be any."""
    lately = journal.newest_of(subject, [Event.BUTTON_REFUSED], REFUSALS)
    return any(now - e.at < within and e.facts["reason"] == reason for e in lately)


def has_checked_in(subject: str, key: str) -> bool:
    """Whether this very check-in is on record already."""
    return any(e.facts["key"] == key for e in journal.newest_of(subject, [Event.BUTTON_CHECKED_IN], REFUSALS))

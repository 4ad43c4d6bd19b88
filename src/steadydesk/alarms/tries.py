"""Was the chain tried lately, and whom did it not reach? Read from the tests themselves; nothing is entered twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from steadydesk.alarms.models import Act, Alarm
from steadydesk.delivery.queries import Receipt, receipts
from steadydesk.kernel.words import gettext as _

ANSWERS = ("acknowledge", "decline", "attend", "seen")
"""Whatever shows that the person has had the call before them."""


@dataclass(frozen=True)
class Missed:
    """Somebody whom the test was sent to and who never had it before them."""

    person: int
    why: str


@dataclass(frozen=True)
class Try:
    """The last test of a site's chain."""

    at: datetime
    told: int
    missed: tuple[Missed, ...]


def last_try(site: str) -> Try | None:
    """The newest test that has ended; ``None`` when there was none."""
    tests = Alarm.objects.filter(site=site, mode="test", kind="person", closed_at__isnull=False)
    found = tests.order_by("-raised_at").first()
    if found is None:
        return None
    reached = _answered(found)
    by_person: dict[int, list[Receipt]] = {}
    for receipt in receipts(f"alarm:{found.pk}"):
        if receipt.person is not None:
            by_person.setdefault(receipt.person, []).append(receipt)
    missed = (Missed(p, why(tried)) for p, tried in by_person.items() if p not in reached)
    return Try(found.raised_at, len(by_person), tuple(missed))


def _answered(alarm: Alarm) -> set[int]:
    """Who has seen or answered it, and who made it."""
    acts = Act.objects.filter(alarm=alarm, verb__in=(*ANSWERS, "close", "press")).values_list("by", flat=True)
    people = {int(by.removeprefix("person:")) for by in acts if by.startswith("person:")}
    seen = {r.person for r in receipts(f"alarm:{alarm.pk}") if r.seen_at and r.person is not None}
    return people | seen


def why(tried: Iterable[Receipt]) -> str:
    """Why somebody was not reached: the last failure of each channel; a message that went out was not looked at."""
    said = dict.fromkeys(r.failures[-1].said for r in tried if r.failures and not r.sent_at)
    return " ".join(said) or _("It went out, and they have not looked at it.")

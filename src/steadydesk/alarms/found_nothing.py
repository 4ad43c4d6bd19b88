"""Real calls at which nothing was found, counted against the site's limit: by site, never by person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.alarms.models import Alarm
from steadydesk.documents.queries import in_force
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.protocol.schema import Protocol


@dataclass(frozen=True)
class FoundNothing:
    """How many calls of the time before now found nothing, and how many may."""

    count: int
    limit: int
    over: timedelta

    @property
    def is_near(self) -> bool:
        """Whether one more reaches the limit, or it is reached."""
        return self.count >= self.limit - 1

    @property
    def is_reached(self) -> bool:
        """Whether there are as many as there may be."""
        return self.count >= self.limit


def found_nothing(site: str, *, by: Actor, now: datetime) -> FoundNothing:
    """The site's count. Exercises and calls of a kind that is never false, such as medical ones, are left out.

    Whoever answers for safety alone may know: a count that colleagues see makes the next one hesitate to call.
    """
    by.check(Permission.FALSE_CALLS_READ, site)
    protocol = in_force(site).protocol
    terms = protocol.alarms
    calls = Alarm.objects.filter(site=site, mode="real", raised_at__gt=now - terms.false_calls_counted_over)
    count = calls.filter(kind__in=_kinds(protocol), body__disposition="nothing_found").count()
    return FoundNothing(count, terms.false_call_limit, terms.false_calls_counted_over)


def _kinds(protocol: Protocol) -> list[str]:
    return [id for id, kind in protocol.alarms.kinds.items() if kind.can_be_false_call]

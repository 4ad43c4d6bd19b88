"""What desks keep of members of staff: when they tapped in and out, and how they do it."""

from collections.abc import Iterator

from steadydesk.desks.models import Tap
from steadydesk.kernel.records import Overdue, Record


def forget(what: Overdue) -> int:
    """When one member of staff worked at which desk."""
    if what.person in what.held.subjects:
        return 0
    past = Tap.objects.filter(person=int(what.person.removeprefix("person:")), ended_at__lt=what.before)
    ids = list(past.order_by("pk").values_list("pk", flat=True)[: what.at_most])
    return Tap.objects.filter(pk__in=ids).delete()[0] if ids else 0


def about(subject: str) -> Iterator[Record]:
    """When a member of staff tapped in and out, the newest first."""
    noun, _, id = subject.partition(":")
    if noun == "person" and id.isdigit():
        for tap in Tap.objects.filter(person=int(id)).select_related("device").order_by("-pk"):
            ended = tap.ended_at.isoformat() if tap.ended_at else None
            yield Record("presence", subject, tap.at, facts={"tapped_in_at": tap.device.name, "tapped_out": ended})

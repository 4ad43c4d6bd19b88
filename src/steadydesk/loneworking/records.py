"""What is kept of lone shifts, and how it is forgotten."""

from collections.abc import Iterator

from steadydesk.kernel.records import Overdue, Record
from steadydesk.loneworking.models import LoneShift


def forget(what: Overdue) -> int:
    """Shifts that ended long enough ago."""
    old = LoneShift.objects.filter(site=what.site, ended_at__lt=what.before)
    kept = [int(ref.removeprefix("person:")) for ref in what.held.people if ref.startswith("person:")]
    ids = list(old.exclude(person__in=kept).order_by("ended_at").values_list("pk", flat=True)[: what.at_most])
    LoneShift.objects.filter(pk__in=ids).delete()
    return len(ids)


def about(subject: str) -> Iterator[Record]:
    """The lone shifts of a member of staff, the newest first."""
    noun, _colon, id = subject.partition(":")
    if noun != "person" or not id.isdigit():
        return
    for row in LoneShift.objects.filter(person=int(id)).order_by("-pk"):
        ended = row.ended_at.isoformat() if row.ended_at else None
        facts = {"place": row.place, "state": row.state, "confirmed": row.confirmed, "ended_at": ended}
        yield Record("lone_shift", row.subject, row.began_at, row.site, facts)

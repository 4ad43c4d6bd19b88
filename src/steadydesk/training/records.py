"""What is kept of rehearsals, and how it is forgotten."""

from collections.abc import Iterator

from django.db.models import Q

from steadydesk.kernel.records import Overdue, Record
from steadydesk.training.models import Rehearsal


def forget(what: Overdue) -> int:
    """Rehearsals of long ago."""
    old = Rehearsal.objects.filter(site=what.site, held_on__lt=what.before.date())
    kept = [int(ref.removeprefix("person:")) for ref in what.held.people if ref.startswith("person:")]
    ids = list(old.exclude(person__in=kept).order_by("held_on").values_list("pk", flat=True)[: what.at_most])
    Rehearsal.objects.filter(pk__in=ids).delete()
    return len(ids)


def about(subject: str) -> Iterator[Record]:
    """The rehearsals of a member of staff, alone or as the one it was held with, the newest first."""
    noun, _colon, id = subject.partition(":")
    if noun != "person" or not id.isdigit():
        return
    for row in Rehearsal.objects.filter(Q(person=int(id)) | Q(partner=int(id))).order_by("-pk"):
        facts = {"what": row.what, "held_on": row.held_on.isoformat(), "taken_back": row.taken_back_at is not None}
        yield Record("rehearsal", row.subject, row.recorded_at, row.site, facts)

"""What is kept of who may come in, and how it is forgotten."""

from collections.abc import Iterator

from steadydesk.incidents.models import Badge, Challenge
from steadydesk.kernel.records import Overdue, Record


def forget(what: Overdue) -> int:
    """Challenges and badges from long enough ago; nobody who is still in the building."""
    old = Challenge.objects.filter(site=what.site, met_at__lt=what.before).exclude(by__in=what.held.people)
    ids = list(old.exclude(pk__in=what.held.ids("challenge")).values_list("pk", flat=True)[: what.at_most])
    Challenge.objects.filter(pk__in=ids).delete()
    gone = Badge.objects.filter(site=what.site, left_at__lt=what.before).exclude(pk__in=what.held.ids("badge"))
    kept = [int(ref.removeprefix("person:")) for ref in what.held.people if ref.startswith("person:")]
    left = list(gone.exclude(person__in=kept).values_list("pk", flat=True)[: what.at_most - len(ids)])
    Badge.objects.filter(pk__in=left).delete()
    return len(ids) + len(left)


def about(subject: str) -> Iterator[Record]:
    """The badges of a member of staff, and what they logged at doors; or one entry."""
    noun, _colon, id = subject.partition(":")
    if not id.isdigit():
        return
    if noun == "person":
        yield from (_badge(row) for row in Badge.objects.filter(person=int(id)).order_by("-pk"))
        yield from (_challenge(row) for row in Challenge.objects.filter(by=subject).order_by("-pk"))
    elif noun == "badge":
        yield from (_badge(row) for row in Badge.objects.filter(pk=int(id)))
    elif noun == "challenge":
        yield from (_challenge(row) for row in Challenge.objects.filter(pk=int(id)))


def _badge(row: Badge) -> Record:
    facts = {"kind": row.kind, "badge": row.state, "left_at": row.left_at.isoformat() if row.left_at else None}
    words = (row.name,) if row.name is not None else ()
    return Record("access_challenge", row.subject, row.came_at, row.site, facts, words)


def _challenge(row: Challenge) -> Record:
    facts = {"place": row.place, "challenged": row.challenged, "result": row.result, "accounted": row.accounted}
    return Record("access_challenge", row.subject, row.met_at, row.site, facts)

"""What is kept of decisions about customers, and how it is forgotten."""

from collections.abc import Iterator

from django.db.models import Q

from steadydesk.customers.models import Withdrawal
from steadydesk.journal.actions import erase_words
from steadydesk.kernel.records import Overdue, Record


def forget(what: Overdue) -> int:
    """Withdrawals that ended long enough ago, with everything that was typed for them."""
    held = [f"visit:{id}" for id in what.held.ids("visit")]
    old = Withdrawal.objects.filter(site=what.site, ended_at__lt=what.before).exclude(subject__in=held)
    rows = list(old.exclude(decided_by__in=what.held.people).order_by("ended_at")[: what.at_most])
    erase_words(id for row in rows for id in _words(row))
    Withdrawal.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def about(subject: str) -> Iterator[Record]:
    """What was decided after a visit; or everything that a member of staff decided, the newest first."""
    theirs = Q(decided_by=subject) | Q(letter_by=subject) if subject.startswith("person:") else Q(subject=subject)
    for row in Withdrawal.objects.filter(theirs).order_by("-pk"):
        facts = {"scope": row.scope, "services": row.services, "state": row.state, "by": row.decided_by}
        times = {name: at.isoformat() if (at := getattr(row, name)) else None
                 for name in ("starts_at", "ends_at", "letter_at", "ended_at")}  # fmt: skip
        yield Record("withdrawal", row.subject, row.decided_at, row.site, {**facts, **times}, _words(row))


def _words(row: Withdrawal) -> tuple[int, ...]:
    return (row.reason, row.customer, *row.answers.values())

"""What is kept of lone shifts, and how it is forgotten."""

from collections.abc import Iterator

from steadydesk.kernel.records import Overdue, Record
from steadydesk.loneworking.models import Check, LonePeriod, LoneShift, Mobile


def forget(what: Overdue) -> int:
    """Shifts that ended, and periods of the rota that passed, long enough ago."""
    kept = [int(ref.removeprefix("person:")) for ref in what.held.people if ref.startswith("person:")]
    shifts = LoneShift.objects.filter(site=what.site, ended_at__lt=what.before).exclude(person__in=kept)
    ids = list(shifts.order_by("ended_at").values_list("pk", flat=True)[: what.at_most])
    LoneShift.objects.filter(pk__in=ids).delete()
    periods = LonePeriod.objects.filter(site=what.site, ends_at__lt=what.before).exclude(person__in=kept)
    more = list(periods.order_by("ends_at").values_list("pk", flat=True)[: what.at_most - len(ids)])
    LonePeriod.objects.filter(pk__in=more).delete()
    return len(ids) + len(more)


def forget_checks(what: Overdue) -> int:
    """Looks at telephones and devices, long enough ago."""
    old = Check.objects.filter(site=what.site, at__lt=what.before).order_by("at")
    ids = list(old.values_list("pk", flat=True)[: what.at_most])
    Check.objects.filter(pk__in=ids).delete()
    return len(ids)


def about(subject: str) -> Iterator[Record]:
    """The lone shifts of a member of staff, the newest first; then the rota's periods and the telephone they hold."""
    noun, _colon, id = subject.partition(":")
    if noun != "person" or not id.isdigit():
        return
    for row in LoneShift.objects.filter(person=int(id)).order_by("-pk"):
        ended = row.ended_at.isoformat() if row.ended_at else None
        facts = {"place": row.place, "state": row.state, "confirmed": row.confirmed, "ended_at": ended}
        words = tuple(w for w in row.gaps.values_list("words", flat=True) if w is not None)
        yield Record("lone_shift", row.subject, row.began_at, row.site, facts, words)
    for period in LonePeriod.objects.filter(person=int(id)).order_by("-pk"):
        span = {"ends_at": period.ends_at.isoformat(), "evening": period.evening}
        words = (period.words,) if period.words is not None else ()
        yield Record("lone_shift", period.subject, period.starts_at, period.site, span, words)
    for mobile in Mobile.objects.filter(person=int(id)):
        facts = {"name": mobile.name, "number": mobile.number}
        yield Record("check_of_equipment", mobile.subject, None, mobile.site_id, facts)

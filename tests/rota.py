"""What the stories of the rota share."""

from datetime import date, datetime, time

from steadydesk.journal.models import Entry
from steadydesk.people.models import Duty, Person, Shift
from steadydesk.rota import actions
from steadydesk.rota.actions import Wish

MONDAY = date(2026, 3, 2)
NEXT_MONDAY = date(2026, 3, 9)
NEXT_SUNDAY = date(2026, 3, 15)
WEEKDAYS = frozenset(range(5))


def pk(login):
    """The person's id."""
    return Person.objects.get(login=login).pk


def wish(login=None, hours="09:00-17:00", days=WEEKDAYS, site="exchange", **more):
    """A pattern from next Monday on, as somebody would type it."""
    starts, _, ends = hours.partition("-")
    columns = {"from_day": NEXT_MONDAY, **more}
    who = {"person": pk(login)} if login else {}
    return Wish(site, frozenset(days), time.fromisoformat(starts), time.fromisoformat(ends), **columns, **who)


def plan(world, *args, by="grace", **more):
    """Plan it; returns the pattern's id."""
    return actions.add_pattern(wish(*args, **more), by=world.person(by), now=world.now)


def publish(world, first=NEXT_MONDAY, last=NEXT_SUNDAY, site="exchange", reason="nobody else could come", by="grace"):
    """Publish these days."""
    return actions.publish(site, first, last, reason, by=world.person(by), now=world.now)


def clear():
    """Nobody is at work but as a test says."""
    Shift.objects.all().delete()
    Duty.objects.all().delete()


def shifts(login):
    """The person's shifts, as ``Mon 9 09:00-17:00`` in UTC."""
    rows = Shift.objects.filter(person__login=login).order_by("starts_at")
    return [f"{r.starts_at:%a %-d %H:%M}-{r.ends_at:%H:%M}" if r.ends_at else "open" for r in rows]


def at(day, hour):
    """A moment of a day in March, UTC."""
    return datetime.fromisoformat(f"2026-03-{day:02d}T{hour}:00+00:00")


def withdrawn(login):
    """What of the person's time was withdrawn, in order."""
    rows = Entry.objects.filter(type="rota:availability-withdrawn", subject=f"person:{pk(login)}").order_by("id")
    return [(e.facts["start"][5:16], e.facts["end"][5:16]) for e in rows]


def entries(type):
    """The facts of every entry of this type."""
    return [e.facts for e in Entry.objects.filter(type=type).order_by("id")]

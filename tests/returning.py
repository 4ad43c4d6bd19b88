"""The words in which the stories about returns are told: on Tuesday most of the teams are at work."""

from datetime import timedelta

from django.db.models import Q

from steadydesk.people.models import Absence, Person, Shift
from steadydesk.rota import actions as rota
from steadydesk.sites.models import OpeningHours, SpecialDay
from steadydesk.visits import actions
from steadydesk.visits.actions import Wanted
from steadydesk.visits.models import ExpectedArrival, Prompt

HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


def pk_of(login):
    return Person.objects.get(login=login).pk


def works(world, login, begins, hours, *, alone=True, site="exchange"):
    """Somebody has a shift from then on; ``alone``: it is the only one they have."""
    start = world.now + begins
    if alone:
        Shift.objects.filter(person__login=login).delete()
    Shift.objects.create(person_id=pk_of(login), site_id=site, starts_at=start, ends_at=start + timedelta(hours=hours))
    return start


def only(world, *logins, begins=A_DAY, hours=2):
    """Of everybody these alone are at work, tomorrow."""
    Shift.objects.all().delete()
    for login in logins:
        works(world, login, begins, hours)
    return world.now + begins


def book(world, visit, whom, at, by="amira", **said):
    return actions.book_return(visit, Wanted(whom, at, **said), by=world.person(by), now=world.now)


def appoint(world, whom, at, by="tariq", **said):
    return actions.book_appointment("exchange", Wanted(whom, at, **said), by=world.person(by), now=world.now)


def again(row):
    return ExpectedArrival.objects.get(pk=row.pk)


def sick(world, login, days=5):
    """They say that they are ill and for how long; what follows from it has happened."""
    person = world.person(login)
    rota.plan_absence(int(person.id), world.now, world.now + days * A_DAY, "ill", by=person, now=world.now)
    world.advance(timedelta(seconds=1))


def all_are_met_or_told(now):
    """By the rows of people and of the site alone, and not by what gives the times."""
    for row in ExpectedArrival.objects.filter(state="open", starts_at__gt=now):
        asked = Prompt.objects.filter(expected=row, kind="return_uncertain")
        said = asked.filter(answered_at=None, withdrawn_at=None).exists() or asked.exclude(answered_at=None).exists()
        assert (row.uncertain_since and said) or _is_met(row), f"nobody is there at {row.starts_at}, and nobody knows"


def _is_met(row):
    """Whether somebody is at work, not away and not with another customer for the whole time, at the open site."""
    if not _is_open(row):
        return False
    members = Person.objects.filter(is_active=True, memberships__team=row.team).values_list("pk", flat=True)
    return any(_is_free(person, row) for person in ([row.person] if row.person else members))


def _is_open(row):
    """Whether the site's hours have it open then; one without a usual week is opened by hand, but for its holidays."""
    week = OpeningHours.objects.get(pk="exchange").weekly
    special = SpecialDay.objects.filter(site="exchange", day=row.day).first()
    if not week and not special:
        return True
    opens, _dash, closes = (special.spans if special else week.get(str(row.day.weekday()), "")).partition("-")
    return bool(opens) and f"{row.starts_at:%H:%M}" >= opens and f"{row.ends_at:%H:%M}" <= closes


def _is_free(person, row):
    during = {"starts_at__lt": row.ends_at, "ends_at__gt": row.starts_at}
    there = Shift.objects.filter(person=person, site=row.site, starts_at__lte=row.starts_at)
    there = there.filter(Q(ends_at__gte=row.ends_at) | Q(ends_at=None, starts_at__date=row.day))
    away = Absence.objects.filter(person=person, starts_at__lt=row.ends_at).exclude(ends_at__lte=row.starts_at)
    others = ExpectedArrival.objects.filter(person=person, state__in=("open", "came"), **during).exclude(pk=row.pk)
    return there.exists() and not away.exists() and not others.exists()

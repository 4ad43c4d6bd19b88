"""The words in which the stories about returns are told: on Tuesday most of the teams are at work."""

from datetime import timedelta

from steadydesk.people.models import Person, Shift
from steadydesk.rota import actions as rota
from steadydesk.visits import actions, expected
from steadydesk.visits.actions import Wanted

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
    return expected.one(row.pk)


def sick(world, login, days=5):
    """They say that they are ill and for how long; what follows from it has happened."""
    person = world.person(login)
    rota.plan_absence(int(person.id), world.now, world.now + days * A_DAY, "ill", by=person, now=world.now)
    world.advance(timedelta(seconds=1))

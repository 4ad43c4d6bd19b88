"""Whatever happens on an afternoon: nobody is without owner or running clock, and no clock fires early, late or twice.

A step is a function in ``STEPS``: it does one thing to the visit that its number picks, and may be refused. Whoever
builds something new that happens to a visit adds its step here.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import hypothesis
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from steadydesk.deadlines.models import Deadline
from steadydesk.journal import queries as journal
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from steadydesk.people import actions as people
from steadydesk.people.models import Absence, Person, Shift
from steadydesk.rota import actions as rota
from steadydesk.sites import actions as sites
from steadydesk.visits import actions as visits
from steadydesk.visits import expected
from steadydesk.visits.models import Clock, ExpectedArrival, Prompt, Referral, Visit
from tests.returning import all_are_met_or_told, appoint, book, works
from tests.visiting import act, arrive, met
from tests.world import MONDAY

TICK = timedelta(seconds=1)
MOODS = ("calm", "distressed", "agitated", "aggressive")
SERVICES = ("housing", "childrens", "benefits", "nowhere_tonight")
PEOPLE = ("amira", "ben", "tariq", "nina", "mei", "farid")
TEAMS = ("housing", "childrens", "finance")
STATES = ("closing", "open", "emptied", "open", "closed", "open", "locked_down", "open")
HOURS = ("08:00-18:00", "08:00-18:00", "10:00-14:00", "")
ATTENDED = ("direct", "referred", "cannot_meet")

Step = Callable[..., object]
STEPS: dict[str, Step] = {}
PROMISES: list[str] = []
"""Steps about times that customers are given; an afternoon of these alone finds more."""


def step(does: Step) -> Step:
    STEPS[does.__name__] = does
    return does


def promise(does: Step) -> Step:
    PROMISES.append(does.__name__)
    return step(does)


def of(n, choices):
    return choices[n % len(choices)]


def among(n, **states):
    """One of the visits that are so, so that what follows upon something else happens often enough."""
    found = list(Visit.objects.filter(**states).order_by("pk").values_list("pk", flat=True))
    return of(n, found) if found else of(n, list(Visit.objects.values_list("pk", flat=True)))


def referred(n):
    """A customer whom somebody is asked to take on, and somebody of those who are asked."""
    asked = Referral.objects.filter(agreed_at=None, declined_at=None, withdrawn_at=None).order_by("pk")
    if not asked:
        raise Refusal("not_agreed", "nobody is asked")
    referral = of(n, list(asked))
    who = [Person.objects.get(pk=referral.person)] if referral.person else []
    return referral, who or list(Person.objects.filter(memberships__team=referral.team).order_by("pk"))


@step
def comes(world, visit, n):
    arrive(world, service=of(n, SERVICES), mood=of(n // 4, MOODS))


@step
def comes_by_appointment(world, visit, n):
    arrive(world, service="finance", appointment_at=world.now + timedelta(minutes=n - 30))


@step
def time_passes(world, visit, n):
    world.advance(timedelta(seconds=7 * n + 1))


@step
def much_time_passes(world, visit, n):
    world.advance(timedelta(minutes=n % 15 + 1))


@step
def seems_otherwise(world, visit, n):
    act(world, "change_mood", visit, of(n, MOODS), by=of(n, PEOPLE))


@step
def is_told(world, visit, n):
    act(world, "tell", visit, wait=f"PT{n % 20 + 1}M")


@step
def is_called(world, visit, n):
    act(world, "call", visit, by=of(n, PEOPLE))


@step
def is_attended(world, visit, n):
    act(world, "attend", visit, channel="face_to_face", by=of(n, PEOPLE))


@step
def is_finished(world, visit, n):
    act(world, "finish", among(n, state="attending"), by=of(n, PEOPLE))


@step
def is_referred_to_a_team(world, visit, n):
    act(world, "refer", visit, team=of(n, TEAMS), by=of(n, PEOPLE))


@step
def is_referred_to_a_person(world, visit, n):
    act(world, "refer", visit, person=of(n, PEOPLE), by=of(n // 6, PEOPLE))


@step
def is_taken_on(world, visit, n):
    referral, asked = referred(n)
    act(world, "agree", referral.visit_id, by=of(n, asked).login)


@step
def is_not_taken_on(world, visit, n):
    referral, asked = referred(n)
    act(world, "decline", referral.visit_id, reason="Not ours", offered=["letter"], by=of(n, asked).login)


@step
def the_request_is_taken_back(world, visit, n):
    referral, _asked = referred(n)
    by = Person.objects.get(pk=int(referral.asked_by.removeprefix("person:")))
    act(world, "take_back", referral.visit_id, by=by.login)


@step
def help_is_asked_for(world, visit, n):
    act(world, "ask_help", visit, team=of(n, TEAMS))


@step
def cannot_be_met(world, visit, n):
    met(world, visit)


@step
def goes_away(world, visit, n):
    act(world, "leave", among(n, ended_at=None))


@step
def does_not_come(world, visit, n):
    act(world, "no_show", visit)


@step
def is_back_in(world, visit, n):
    act(world, "reinstate", among(n, outcome__in=("left", "no_show", "site_closed")))


@step
def the_site_changes(world, visit, n):
    sites.change_state(
        "exchange", of(n, STATES), reason="threat" if n % 8 == 6 else "", by=world.person("joan"), now=world.now
    )


@step
def somebody_is_away_or_back(world, visit, n):
    who = world.person(of(n, PEOPLE))
    change = people.mark_absent if n % 2 else people.mark_present
    change(int(who.id), "exchange", by=who, now=world.now)


# Times that customers are given, and what takes them away.


def given(n, **states):
    """One of the times that customers were given."""
    rows = list(ExpectedArrival.objects.filter(**states).order_by("pk"))
    if not rows:
        raise Refusal("not_available", "nobody was given a time")
    return of(n, rows)


def quarter(world, n):
    """One of the quarters of the next fifteen hours."""
    return world.now.replace(minute=0, second=0, microsecond=0) + (n + 1) * timedelta(minutes=15)


@promise
def is_asked_to_return(world, visit, n):
    whom = of(n, (*PEOPLE[2:], *(f"team:{team}" for team in TEAMS)))
    offered = expected.times_for(Visit.objects.get(pk=visit), whom, world.now) if n % 3 else []
    book(world, visit, whom, of(n, offered) if offered else quarter(world, n))


@promise
def is_given_a_time_by_letter(world, visit, n):
    appoint(world, of(n, (*PEOPLE[2:], "team:housing")), quarter(world, n), by="joan")


@promise
def gets_another_time(world, visit, n):
    whom = "" if n % 2 else of(n, ("team:housing", "team:finance"))
    row = given(n, state="open")
    visits.move_expected(row.pk, quarter(world, n), whom=whom, by=world.person("amira"), now=world.now)


@promise
def does_not_want_the_time(world, visit, n):
    undo = visits.undo_return if n % 2 else visits.call_off
    undo(given(n, state="open").pk, by=world.person("amira"), now=world.now)


@promise
def wants_the_time_after_all(world, visit, n):
    visits.take_up(given(n, state="called_off").pk, by=world.person("amira"), now=world.now)


@promise
def comes_at_the_time(world, visit, n):
    row = given(n, state="open")
    visits.expect(visit, row.pk, row.reference, by=world.person("amira"), now=world.now)


@promise
def knows_that_nobody_will_be_there(world, visit, n):
    asked = Prompt.objects.filter(kind="return_uncertain", answered_at=None, withdrawn_at=None)
    visits.say_told(of(n, [*asked, Prompt(pk=0)]).pk, "phone", by=world.person("amira"), now=world.now)


@promise
def somebody_will_be_away(world, visit, n):
    who, begins = world.person(of(n, PEOPLE[2:])), quarter(world, n // 2)
    if n % 4 == 0:
        rota.report_ill(int(who.id), "exchange", by=who, now=world.now)
    else:
        rota.plan_absence(int(who.id), begins, begins + timedelta(hours=n % 5 + 1), by=who, now=world.now)


@promise
def somebody_is_not_away_after_all(world, visit, n):
    away = Absence.objects.filter(ends_at__gt=world.now).order_by("pk")
    rota.end_absence(of(n, [*away, Absence(pk=0)]).pk, by=world.person("joan"), now=world.now)


@promise
def a_shift_is_moved_or_not_worked(world, visit, n):
    turns, joan = list(Shift.objects.filter(ends_at__gt=world.now).order_by("pk")), world.person("joan")
    if not turns:
        raise Refusal("not_available", "nobody has a shift that ends")
    turn = of(n, turns)
    if n % 3 == 0:
        rota.remove_turn(turn.pk, by=joan, now=world.now)
    elif n % 3 == 1:
        begins = turn.starts_at + timedelta(minutes=15 * (n % 7))
        rota.change_times(turn.pk, begins, turn.ends_at - timedelta(hours=n % 3), by=joan, now=world.now)
    else:
        rota.cover(turn.pk, Person.objects.get(login=of(n, PEOPLE)).pk, by=joan, now=world.now)


@promise
def the_hours_change(world, visit, n):
    week = dict.fromkeys(range(7), of(n, HOURS))
    sites.save_hours("exchange", week, 0, by=world.person("sasha"), now=world.now)


@promise
def a_day_is_a_holiday_or_not(world, visit, n):
    sasha, day = world.person("sasha"), world.now.date() + timedelta(days=n % 2)
    if n % 3:
        sites.save_special_days("exchange", [sites.Day(day, "Holiday")], by=sasha, now=world.now)
    else:
        sites.delete_special_day("exchange", day, by=sasha, now=world.now)


def afternoons(steps):
    return st.lists(st.tuples(st.sampled_from(steps), st.integers(0, 59)), min_size=5, max_size=40)


often = settings(
    max_examples=settings.default.max_examples if settings.default.max_examples > 100 else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@hypothesis.given(afternoons(sorted(STEPS)))
@often
def test_nobody_is_without_an_owner_or_a_running_clock_and_no_clock_fires_early_late_or_twice(world, afternoon):
    play(world, afternoon, _nobody_is_forgotten)


@hypothesis.example([("the_hours_change", 31), ("a_day_is_a_holiday_or_not", 2), ("is_asked_to_return", 55)])
@hypothesis.given(afternoons([*PROMISES, *PROMISES, "comes", "time_passes", "much_time_passes", "is_attended"]))
@often
def test_no_time_is_given_or_left_standing_silently_at_which_nobody_is_there(world, afternoon):
    sites.save_hours("exchange", dict.fromkeys(range(7), HOURS[0]), 0, by=world.person("sasha"), now=world.now)
    for login in PEOPLE[2:]:
        for begins in (timedelta(hours=1), timedelta(days=1)):
            works(world, login, begins, 8, alone=begins < timedelta(days=1))

    def look():
        world.advance(timedelta(0))  # what is to be looked at now
        _nobody_is_forgotten()
        all_are_met_or_told(world.now)

    play(world, afternoon, look)


def play(world, afternoon, look):
    """Let it happen, look after each step, and leave no trace."""
    with transaction.atomic():
        clock.freeze(MONDAY)
        for service in SERVICES[:3]:
            arrive(world, service=service)
        for name, n in afternoon:
            with suppress(Refusal, Invalid, NotAllowed, NotFound):
                STEPS[name](world, among(n, ended_at=None), n)
            look()
        _clocks_fired_in_time_and_once()
        transaction.set_rollback(True)
    world.messages()


def _nobody_is_forgotten():
    for visit in Visit.objects.all():
        if visit.ended_at is None:
            assert visit.outcome in ("", "referred")
            waits = Clock.objects.filter(visit=visit, kind__in=("attend", "appointment"), stopped_at=None).exists()
            attended = visit.state == "attending" and visit.owner
            assert attended or (visit.state in ("waiting", "offered") and waits), f"{visit} is nobody's"
        else:
            assert visit.state == "closed"
            assert visit.outcome in (*ATTENDED, "left", "no_show", "site_closed")
            assert visit.attended_at is not None or visit.outcome not in ATTENDED
            assert not Clock.objects.filter(visit=visit, stopped_at=None).exists()
            asked = Prompt.objects.filter(visits=visit, answered_at=None, withdrawn_at=None)
            assert not asked.exclude(kind="return_uncertain").exists(), "asked of whoever is gone"
    for referral in Referral.objects.filter(agreed_at=None, declined_at=None, withdrawn_at=None):
        assert Deadline.objects.filter(kind="referral-unanswered", subject=f"visit:{referral.visit_id}").exists()


def _clocks_fired_in_time_and_once():
    for visit in Visit.objects.all():
        entries = journal.of_subject(f"visit:{visit.pk}")
        moved = {e.at for e in entries if e.type != "visit:over-time"}
        fired = [e for e in entries if e.type == "visit:over-time"]
        once = [(e.facts["clock"], e.facts["due_at"]) for e in fired]
        assert len(once) == len(set(once)), "fired twice"
        for entry in fired:
            late = entry.at - type(entry.at).fromisoformat(entry.facts["due_at"])
            assert late > timedelta(0), "fired early"
            # What was done at that very moment may show a limit that had passed: a mood, or a true time of arrival.
            assert late <= TICK or entry.at in moved, "fired late"

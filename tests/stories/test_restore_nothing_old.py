"""Every kind of deadline after a restore: what is settled, what may fire late in silence, and what tells of now."""

from datetime import date, timedelta

import pytest

from steadydesk.chaintests import actions as chaintests
from steadydesk.deadlines.actions import set_deadline
from steadydesk.deadlines.models import Deadline
from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.engine import alive
from steadydesk.engine.table import CLOCKWORK, TOGETHER
from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.loneworking import actions as lone
from steadydesk.people.models import Device, Person
from steadydesk.privacy import actions as privacy
from steadydesk.project.backup import settling, table
from steadydesk.project.backup.settling import Restore
from steadydesk.rota import gaps
from steadydesk.sites.actions import change_state, save_hours
from steadydesk.visits import actions, forewarning
from steadydesk.visits.forewarning import Warned
from steadydesk.visits.models import Prompt
from tests import returning
from tests.visiting import MINUTE, act, arrive, prompts
from tests.withdrawing import withdraw

HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
LATER = 40 * HOUR
"""It is one o'clock in the morning, two nights later."""


def restore(world, later=LATER):
    """So much later the records are there again, and everything that fires late does."""
    world.messages()
    taken_at = world.now
    clock.advance(later)
    settling.settle(Restore(taken_at, world.now), world.now)
    world.advance(HOUR)


def listed(name):
    return [e.facts[name] for e in journal.of_type(Event.SITE_RESTORED) if name in e.facts]


def hours(world):
    save_hours("exchange", dict.fromkeys(range(7), "08:00-18:00"), 15, by=world.person("sasha"), now=world.now)


def over(world, by):
    """A visit that needed help has ended: they are asked afterwards whether anybody was touched or hurt."""
    visit = arrive(world, by=by)
    act(world, "mark_problem", visit, by=by)
    act(world, "leave", visit, by=by)
    return f"visit:{visit}"


def tap_in(world, login):
    person, desk = world.person(login), in_desks.standing(world.device("desk-1"))
    desks.set_pin(person.person, "2580", by=person, now=world.now)
    desks.tap_in("2580", person=person.person, by=desk, now=world.now)


# Every kind is named, and the reason is true


def appointments(world):
    arrive(world, appointment_at=world.now + A_DAY)
    set_deadline(actions.APPOINTMENTS, "visit:0", world.now)


def chain_test(world):
    chaintests.start_test("exchange", None, by=world.person("helen"), now=world.now)


def forewarned(world):
    said = Warned(date(2026, 3, 3), "Was shouting", "Ada Long", ())
    forewarning.forewarn("exchange", said, by=world.person("tariq"), now=world.now)


def sent_home(world):
    arrive(world)
    change_state("exchange", "closed", by=world.person("joan"), now=world.now)


def described(world):
    act(world, "leave", arrive(world, description="red coat"))


SILENT = {
    "appointments": appointments,
    "chain-test-ends": chain_test,
    "engine-alive": lambda world: alive.renew(world.now),
    "forewarning-over": forewarned,
    "privacy-purge": lambda world: privacy.purge_before_serving(world.now),
    "site-wait": sent_home,
    "visit-wipe": described,
    "withdrawal-ends": lambda world: withdraw(world, ends_at=world.now + A_DAY),
}


def in_time(world):
    arrive(world)
    world.advance(timedelta(milliseconds=1))


def booked(world):
    start = returning.only(world, "nina", begins=3 * A_DAY, hours=2)
    row = returning.book(world, arrive(world, service="childrens"), "nina", start)
    set_deadline("expected-look", f"expected:{row.pk}", world.now)


def held(world):
    until = world.now + A_DAY
    privacy.place_hold(f"visit:{arrive(world)}", "a court asks", until, by=world.person("dana"), now=world.now)


def at_site(kind):
    return lambda world: set_deadline(kind, "site:exchange", world.now)


OF_NOW = {
    "chain-test-due": (lambda world: chaintests.schedule_tests(by=system("start"), now=world.now - 99 * A_DAY), ""),
    "document-review": (lambda world: set_deadline("document-review", "protocol:demo", world.now), ""),
    "expected-look": (booked, ""),
    "hold-due": (held, "hold"),
    "lone-checks": (at_site("lone-checks"), ""),
    "lone-look": (at_site("lone-look"), ""),
    "room-look": (in_time, ""),
    "rota-gaps": (at_site(gaps.LOOK), ""),
}
"""How it comes to be due, and of what it then tells."""


def test_every_kind_of_deadline_is_settled_or_may_fire_late_for_a_reason_that_a_test_drives():
    settled = [kind for settling in table.SETTLING.values() for kind in settling.kinds]
    assert sorted([*settled, "alarm", *table.SILENT, *table.OF_NOW]) == sorted({*CLOCKWORK, *TOGETHER})
    assert all([*table.SILENT.values(), *table.OF_NOW.values()])
    assert (set(SILENT), set(OF_NOW)) == (set(table.SILENT), set(table.OF_NOW))


@pytest.mark.parametrize("kind", SILENT)
def test_what_may_fire_late_in_silence_tells_nobody_and_asks_nothing(world, kind):
    SILENT[kind](world)
    assert Deadline.objects.filter(kind=kind).exists()
    asked = Prompt.objects.count()
    restore(world)
    assert not Deadline.objects.filter(kind=kind, due_at__lte=world.now).exists(), "it fired, late"
    assert (world.messages(), Prompt.objects.count()) == ([], asked)


@pytest.mark.parametrize("kind", OF_NOW)
def test_what_tells_of_now_tells_of_nothing_else(world, kind):
    make_due, told_of = OF_NOW[kind]
    make_due(world)
    assert Deadline.objects.filter(kind=kind).exists()
    asked = Prompt.objects.count()
    restore(world)
    assert {row.message["kind"] for row in world.messages()} == ({told_of} if told_of else set())
    assert Prompt.objects.count() == asked


# The day of the backup is over


def test_nobody_is_reminded_a_day_later_of_a_form_of_the_day_that_is_over(world):
    hours(world)
    subject = over(world, "amira")
    restore(world)
    assert world.messages() == [] and listed("forms") == [[subject]]
    assert [e.facts["state"] for e in journal.of_subject("site:exchange") if e.type == "site:state-changed"][
        -1
    ] == "closed"
    world.advance("18:30")
    assert all(row.message["kind"] != "form" for row in world.messages()), "nor at the next closing"


def test_nobody_is_reminded_of_a_form_by_a_tap_that_ended_while_nothing_ran(world):
    tap_in(world, "amira")
    over(world, "amira")
    restore(world)
    assert world.messages() == [] and in_desks.tapped_in(Device.objects.get(name="desk-1").pk) == []


def test_a_day_pass_ended_while_nothing_ran_and_its_holder_is_told_nothing(world):
    desk = Device.objects.get(name="desk-1").pk
    pin = desks.give_pass("Kit Long", desk, trained=True, by=world.person("helen"), now=world.now)
    guest = Person.objects.get(name="Kit Long").pk
    desks.tap_in(pin, person=guest, by=in_desks.standing(world.device("desk-1")), now=world.now)
    restore(world)
    assert world.messages() == [] and in_desks.passes("exchange") == []


def test_desks_that_nobody_started_then_are_not_told_of_at_night(world):
    hours(world)
    world.token(device="desk-1")
    change_state("exchange", "closed", by=world.person("joan"), now=world.now)
    clock.freeze(world.now + A_DAY - 10 * MINUTE)
    desks.expect_desks("exchange", world.now + 5 * MINUTE, by=system("clock"), now=world.now)
    change_state("exchange", "open", by=world.person("joan"), now=world.now)
    restore(world, 16 * HOUR)
    assert world.messages() == []


def test_a_restore_within_the_same_hours_leaves_the_reminder_for_closing(world):
    hours(world)
    over(world, "amira")
    restore(world, HOUR)
    assert listed("forms") == []
    world.advance("18:30")
    assert "form" in {row.message["kind"] for row in world.messages()}


# What a lock-down holds back


def test_a_prompt_that_a_lock_down_held_back_is_not_asked_when_it_is_lifted_after_a_restore(world):
    visit = arrive(world, mood="agitated")
    world.advance(9 * MINUTE)
    change_state("exchange", "locked_down", by=world.person("joan"), now=world.now)
    world.advance(10 * MINUTE)
    [held] = [p["id"] for p in prompts(visit, "call_manager")]
    restore(world)
    assert held in [id for said in listed("prompts") for id in said]
    [entry] = [e for e in journal.of_subject(f"prompt:{held}") if e.type == "prompt:withdrawn"]
    assert entry.by == "system:restore"
    change_state("exchange", "open", by=world.person("joan"), now=world.now)
    world.advance(HOUR)
    assert world.messages() == [] and prompts(visit) == []


def test_a_prompt_that_was_held_back_a_minute_ago_is_asked_when_the_lock_down_is_lifted(world):
    visit = arrive(world, mood="agitated")
    change_state("exchange", "locked_down", by=world.person("joan"), now=world.now)
    world.advance(5 * MINUTE + timedelta(seconds=1))
    assert prompts(visit, "call_manager")
    world.messages()
    taken_at = world.now
    clock.advance(timedelta(seconds=20))
    settling.settle(Restore(taken_at, world.now), world.now)
    change_state("exchange", "open", by=world.person("joan"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert world.messages() and prompts(visit, "call_manager")


def test_whoever_works_alone_in_a_lock_down_is_not_asked_when_it_is_lifted_a_day_later(world):
    row = lone.begin_lone_shift("branch", "desk", (), "", by=world.person("iris"), now=world.now)
    change_state("branch", "locked_down", by=world.person("ruth"), now=world.now)
    restore(world)
    assert listed("lone_shifts") == [[str(row.pk)]]
    change_state("branch", "open", by=world.person("ruth"), now=world.now)
    world.advance(HOUR)
    assert world.messages() == []

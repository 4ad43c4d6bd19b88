"""A desk signs in by a code, people tap in at it, and a change of shift leaves nobody without somebody."""

from datetime import time, timedelta

import pytest

from steadydesk.alarms import bookkeeping
from steadydesk.api.stream import Stream
from steadydesk.desks import actions, queries
from steadydesk.desks.models import DayPass, Terms
from steadydesk.journal.hub import Hub
from steadydesk.journal.models import Entry
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.people import queries as people
from steadydesk.people.actions import hash_token
from steadydesk.people.models import Device, Person, Role, Shift
from steadydesk.visits import actions as visits
from tests.alarming import answer, press
from tests.visiting import arrive, shown
from tests.world import TESTER, World

PIN = "2580"


def device(name):
    return Device.objects.get(name=name).pk


def desk(world, name="desk-1"):
    """The desk as it stands now, with whoever acts there."""
    return queries.standing(world.device(name))


def pin(world, login, number=PIN):
    actions.set_pin(world.person(login).person, number, by=world.person(login), now=world.now)
    return world.person(login).person


def tap_in(world, login, name="desk-1", key=PIN, **more):
    return actions.tap_in(key, person=world.person(login).person, by=desk(world, name), now=world.now, **more)


def here(name="desk-1"):
    return [h.name for h in queries.tapped_in(device(name))]


def refused(code, action, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        action(*args, **kwargs)
    assert caught.value.code == code, caught.value.code


def last(type):
    return Entry.objects.filter(type=type).order_by("-id").first()


# Enrolling


def test_a_code_makes_a_browser_a_desk_once(world: World) -> None:
    code = actions.make_code(device("desk-2"), by=world.person("sasha"), now=world.now)
    assert len(code) == 9 and code[4] == "-"
    token = actions.enrol_desk(f" {code.lower()} ", by=TESTER, now=world.now)
    found = people.actor_of_token(hash_token(token))
    assert found.kind == "device" and found.place == "desk-2"
    refused("bad_code", actions.enrol_desk, code, by=TESTER, now=world.now)
    assert last("desk:enrolled").subject == f"device:{device('desk-2')}"


def test_a_code_is_good_for_a_quarter_of_an_hour_and_only_the_newest(world: World) -> None:
    first, second = (actions.make_code(device("desk-2"), by=TESTER, now=world.now) for _ in range(2))
    refused("bad_code", actions.enrol_desk, first, by=TESTER, now=world.now)
    world.advance("09:15")
    refused("bad_code", actions.enrol_desk, second, by=TESTER, now=world.now)


def test_only_who_may_make_credentials_makes_a_code(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.make_code(device("desk-2"), by=world.person("helen"), now=world.now)


def test_a_browser_that_stands_elsewhere_calls_from_there_at_once(world: World) -> None:
    token = world.token(device="desk-1")
    world.token(device="desk-2")
    actions.move_desk(token, device("desk-2"), by=desk(world), now=world.now)
    assert bookkeeping.load(world.now).actors[hash_token(token)].place == "desk-2"
    assert last("desk:moved").facts["before"] == f"device:{device('desk-1')}"


def test_a_counter_screen_cannot_make_itself_a_screen_behind_the_staff_door(world: World) -> None:
    world.token(device="back-office")
    assert [d.name for d in queries.places_to_stand(desk(world))] == []
    refused("not_available", actions.move_desk, world.token(device="desk-1"), device("back-office"),
            by=desk(world), now=world.now)  # fmt: skip


# Tapping in


def test_who_is_tapped_in_alone_is_named_with_the_desk(world: World) -> None:
    amira = pin(world, "amira")
    tap_in(world, "amira")
    visit = visits.arrive(visits.Arrival(description="red coat"), by=desk(world), now=world.now)
    entry = last("visit:arrived")
    assert entry.by == f"person:{amira}" and entry.facts["desk"] == f"device:{device('desk-1')}"
    visits.attend(visit.pk, channel="face_to_face", by=desk(world), now=world.now)
    assert shown(visit.pk)["owner"] == f"person:{amira}"


def test_a_desk_with_nobody_or_with_two_names_itself(world: World) -> None:
    for login in ("amira", "ben"):
        pin(world, login)
        tap_in(world, login)
    visits.arrive(visits.Arrival(), by=desk(world), now=world.now)
    assert last("visit:arrived").by == f"device:{device('desk-1')}"
    actions.tap_out(world.person("amira").person, by=desk(world), now=world.now)
    assert desk(world).ref == world.person("ben").ref


def test_two_at_most_are_tapped_in_at_one_desk(world: World) -> None:
    for login in ("amira", "ben", "joan"):
        pin(world, login)
    tap_in(world, "amira"), tap_in(world, "ben")
    refused("desk_full", tap_in, world, "joan")


def test_tapping_in_elsewhere_moves_you_and_the_place_of_your_shift(world: World) -> None:
    amira = pin(world, "amira")
    tap_in(world, "amira", "desk-1")
    tap_in(world, "amira", "desk-2")
    assert here("desk-1") == [] and len(here("desk-2")) == 1
    assert people.shift_place(amira, "exchange", world.now) == "desk-2"


def test_tapping_in_begins_the_shift_and_going_home_ends_it(world: World) -> None:
    amira = pin(world, "amira")
    Shift.objects.filter(person=amira).delete()
    tap_in(world, "amira")
    assert amira in people.available("exchange", world.now)
    actions.tap_out(amira, by=desk(world), now=world.now)
    assert amira in people.available("exchange", world.now)
    tap_in(world, "amira")
    actions.tap_out(amira, going_home=True, by=desk(world), now=world.now)
    assert amira not in people.available("exchange", world.now)


def test_a_site_may_keep_presence_apart_from_tapping_in(world: World) -> None:
    amira = pin(world, "amira")
    Shift.objects.filter(person=amira).delete()
    terms = Terms(site_id="exchange", presence_follows=False)
    actions.save_terms(terms, by=world.person("sasha"), now=world.now)
    tap_in(world, "amira")
    assert amira not in people.available("exchange", world.now)


def test_a_badge_needs_no_name(world: World) -> None:
    amira = world.person("amira").person
    actions.set_badge(amira, "0007731942", by=world.person("sasha"), now=world.now)
    assert actions.tap_in("0007731942", by=desk(world), now=world.now) == amira
    with pytest.raises(Invalid):
        actions.set_badge(world.person("ben").person, "0007731942", by=world.person("sasha"), now=world.now)


def test_a_pin_that_somebody_else_set_is_changed_at_its_first_use(world: World) -> None:
    amira = world.person("amira").person
    actions.set_pin(amira, "9182", by=world.person("sasha"), now=world.now)
    refused("new_pin", tap_in, world, "amira", key="9182")
    with pytest.raises(Invalid):
        tap_in(world, "amira", key="9182", new_pin="1234")
    with pytest.raises(Invalid):
        tap_in(world, "amira", key="9182", new_pin="9182")
    assert here() == []
    tap_in(world, "amira", key="9182", new_pin=PIN)
    assert len(here()) == 1
    refused("not_known", tap_in, world, "amira", "desk-2", key="9182")
    tap_in(world, "amira", "desk-2")


def test_nobody_sets_anothers_pin_but_who_sets_up(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.set_pin(world.person("ben").person, PIN, by=world.person("helen"), now=world.now)


def test_five_wrong_pins_make_that_person_wait_at_that_desk_alone(world: World) -> None:
    for login in ("amira", "ben"):
        pin(world, login)
    for _ in range(5):
        refused("not_known", tap_in, world, "amira", key="0000")
    refused("wait", tap_in, world, "amira")
    tap_in(world, "ben")
    tap_in(world, "amira", "desk-2")
    world.advance("09:05:01")
    tap_in(world, "amira")


def test_wrong_badges_bar_badges_and_the_desk_says_that_a_pin_still_opens_it(world: World) -> None:
    pin(world, "amira")
    for _ in range(5):
        with pytest.raises(Refusal):
            actions.recognise("no badge of anybody", by=world.device("desk-1"), now=world.now)
    with pytest.raises(Refusal, match="choose your name and use your PIN"):
        actions.recognise("no badge of anybody", by=world.device("desk-1"), now=world.now)
    tap_in(world, "amira")


def test_somebody_of_another_site_cannot_tap_in(world: World) -> None:
    pin(world, "ruth")
    refused("other_site", tap_in, world, "ruth")


def test_what_is_kept_of_pins_and_badges_is_no_pin_and_no_badge(world: World) -> None:
    from steadydesk.desks.models import Key

    amira = pin(world, "amira")
    actions.set_badge(amira, "0007731942", by=world.person("sasha"), now=world.now)
    key = Key.objects.get(pk=amira)
    assert PIN not in key.pin and "7731942" not in key.badge
    assert not Entry.objects.filter(facts__icontains="7731942").exists()


def test_somebody_who_forgot_to_tap_out_is_gone_the_next_day(world: World) -> None:
    amira = pin(world, "amira")
    tap_in(world, "amira")
    world.advance("23:00")
    assert here() == [] and amira not in people.available("exchange", world.now)


# Calls


def test_who_stands_at_the_desk_does_not_count_as_somebody_who_could_come(world: World) -> None:
    from steadydesk.people.actions import confirm_duty_phone

    viktor = pin(world, "viktor")
    confirm_duty_phone(viktor, by=world.person("viktor"), now=world.now)
    asker = f"device:{device('desk-1')}"
    before = bookkeeping.load(world.now).can_answer("exchange", "desk-1", asker, world.now)
    tap_in(world, "viktor")
    assert bookkeeping.load(world.now).can_answer("exchange", "desk-1", asker, world.now) == before - 1


def test_a_call_from_a_desk_names_who_is_tapped_in_there_alone(world: World) -> None:
    amira = pin(world, "amira")
    tap_in(world, "amira")
    actors = bookkeeping.load(world.now).at_desk([world.device("desk-1")])
    assert [a.ref for a in actors] == [f"person:{amira}", f"device:{device('desk-1')}"]
    actions.lock_desk(by=desk(world), now=world.now)
    assert bookkeeping.load(world.now).at_desk([world.device("desk-1")]) == [world.device("desk-1")]


# The lock


def test_a_locked_desk_can_call_for_help_and_nothing_else(world: World) -> None:
    from steadydesk.kernel.actor import Permission

    actions.lock_desk(by=desk(world), now=world.now)
    locked = desk(world)
    assert locked.may(Permission.ALARM_RAISE, "exchange") and locked.may(Permission.STREAM_READ, "exchange")
    assert not locked.may(Permission.VISIT_READ, "exchange") and not locked.may(Permission.VISIT_WORK, "exchange")


def test_a_locked_desk_is_told_of_calls_and_of_no_customer(world: World) -> None:
    visit = arrive(world)
    ask = world.client(device="desk-1")
    assert ask.get(f"/api/v1/visits/{visit}").status_code == 200
    actions.lock_desk(by=desk(world), now=world.now)
    assert ask.get(f"/api/v1/visits/{visit}").status_code == 403
    book = bookkeeping.load(world.now)
    credentials = [hash_token(world.token(device="desk-1")), hash_token(world.token("amira"))]
    stream = Stream(Hub(lambda row: {}, lambda rows: None), None, lambda: book, dict, lambda: True)
    sees = stream._subscriber(book.who(credentials), None).sees
    assert sees["exchange"] == {"alarm", "clock", "desk", "engine", "site"}
    assert sees.keys() == {"", "exchange"}, "whoever signed in there has gone away"


def test_without_any_pin_at_the_site_anybody_unlocks(world: World) -> None:
    actions.lock_desk(by=desk(world), now=world.now)
    assert actions.unlock_desk(by=desk(world), now=world.now)
    assert not desk(world).locked


def test_only_who_was_there_sees_again_what_was_half_typed(world: World) -> None:
    for login in ("amira", "ben"):
        pin(world, login)
    tap_in(world, "amira")
    actions.lock_desk(by=desk(world), now=world.now)
    refused("not_known", actions.unlock_desk, by=desk(world), now=world.now)
    ask = {"by": desk(world), "now": world.now}
    refused("not_known", actions.unlock_desk, "1111", person=world.person("amira").person, **ask)
    assert desk(world).locked
    assert not actions.unlock_desk(PIN, person=world.person("ben").person, **ask)
    actions.lock_desk(by=desk(world), now=world.now)
    assert actions.unlock_desk(PIN, person=world.person("amira").person, **ask)


def test_a_locked_screen_is_no_screen_of_somebody_who_can_answer(world: World) -> None:
    viktor = pin(world, "viktor")
    tap_in(world, "viktor", "back-office")
    office = desk(world, "back-office")
    actions.use_desk(unlocked=True, by=office, now=world.now)

    def can():
        asker = f"device:{device('desk-1')}"
        return bookkeeping.load(world.now).can_answer("exchange", "desk-1", asker, world.now)

    before = can()
    actions.lock_desk(by=office, now=world.now)
    assert before >= 1 and can() == before - 1
    assert viktor


def test_a_manager_unlocks_from_afar_and_nobody_stays_tapped_in(world: World) -> None:
    pin(world, "amira")
    tap_in(world, "amira")
    actions.lock_desk(by=desk(world), now=world.now)
    with pytest.raises(NotAllowed):
        actions.unlock_from_afar(device("desk-1"), by=world.person("ben"), now=world.now)
    actions.unlock_from_afar(device("desk-1"), by=world.person("helen"), now=world.now)
    assert not desk(world).locked and here() == []


# Taking over


def test_taking_over_leaves_nobody_without_somebody(world: World) -> None:
    for login in ("amira", "ben"):
        pin(world, login)
    tap_in(world, "amira")
    attended, called, waiting = (arrive(world) for _ in range(3))
    visits.attend(attended, channel="face_to_face", by=desk(world), now=world.now)
    visits.call(called, by=desk(world), now=world.now)
    elsewhere = arrive(world)
    visits.attend(elsewhere, channel="phone", by=world.person("nina"), now=world.now)
    ben = world.person("ben")
    left = actions.take_over(ben.person, by=desk(world), now=world.now)
    assert left == [world.person("amira").person] and desk(world).ref == ben.ref
    assert [shown(v)["owner"] for v in (attended, called)] == [ben.ref, ben.ref]
    assert shown(waiting)["owner"] is None and shown(elsewhere)["owner"] == world.person("nina").ref
    assert last("desk:taken-over").facts["left"] == left
    assert Entry.objects.filter(type="visit:handed-over").count() == 2


def test_what_a_desk_without_a_name_began_is_taken_over_too(world: World) -> None:
    pin(world, "ben")
    visit = arrive(world)
    visits.attend(visit, channel="face_to_face", by=desk(world), now=world.now)
    assert shown(visit)["owner"] == f"device:{device('desk-1')}"
    actions.take_over(world.person("ben").person, by=desk(world), now=world.now)
    assert shown(visit)["owner"] == world.person("ben").ref


# Day passes


def give(world, name="Kit Long", place="desk-1", by="helen", **more):
    number = actions.give_pass(name, device(place), by=world.person(by), now=world.now, **more)
    return number, Person.objects.get(name=name).pk


def test_a_day_pass_is_for_one_desk_and_ends_by_itself(world: World) -> None:
    number, guest = give(world)
    refused("other_desk", actions.tap_in, number, person=guest, by=desk(world, "desk-2"), now=world.now)
    actions.tap_in(number, person=guest, by=desk(world), now=world.now)
    assert here() == ["Kit Long"] and guest in people.available("exchange", world.now)
    world.advance("18:00")
    assert here() == [] and guest not in people.available("exchange", world.now)
    assert queries.passes("exchange") == [] and last("pass:ended").by == "system:clock"
    refused("not_known", actions.tap_in, number, person=guest, by=desk(world), now=world.now)


def test_of_two_at_a_desk_one_goes_home_and_says_so_there(world: World) -> None:
    for login in ("amira", "ben"):
        pin(world, login)
        tap_in(world, login)
    amira, ben = world.person("amira").person, world.person("ben").person
    with pytest.raises(NotAllowed):
        actions.send_home(amira, device("desk-1"), by=desk(world, "desk-2"), now=world.now)
    actions.send_home(amira, device("desk-1"), by=desk(world), now=world.now)
    assert here() == ["Ben Carter"]
    assert people.available("exchange", world.now) >= {ben} and amira not in people.available("exchange", world.now)
    assert last("desk:tapped-out").by == f"person:{amira}"


def test_a_day_pass_of_the_set_up_file_is_for_the_desk_of_its_shift(world: World) -> None:
    pin(world, "vera")
    refused("other_desk", tap_in, world, "vera", "desk-1")
    tap_in(world, "vera", "desk-2")
    assert here("desk-2") == ["Vera Stone"]
    actions.tap_out(world.person("vera").person, going_home=True, by=desk(world, "desk-2"), now=world.now)
    refused("other_desk", tap_in, world, "vera", "desk-2")


def test_first_aid_beside_a_day_pass_opens_no_other_desk(world: World) -> None:
    pin(world, "vera")
    Role.objects.create(person_id=world.person("vera").person, role="first_aider", site_id="exchange")
    refused("other_desk", tap_in, world, "vera", "desk-1")


def test_who_has_a_day_pass_and_is_trained_answers_a_call_at_the_desk_as_the_others_do(world: World) -> None:
    number, guest = give(world)
    actions.tap_in(number, person=guest, by=desk(world), now=world.now)
    call = press(world, device="room-1")
    answer(world, call, "acknowledge", "desk-1", status=403)
    actions.tap_out(guest, by=desk(world), now=world.now)
    number, trained = give(world, "Ro Silva", trained=True)
    actions.tap_in(number, person=trained, by=desk(world), now=world.now)
    after = answer(world, call, "acknowledge", "desk-1")
    assert [c["name"] for c in after["coming"]] == ["Ro Silva"]
    world.messages()


def test_a_day_pass_is_never_told_of_a_call_unless_marked_trained(world: World) -> None:
    _, guest = give(world)
    _, trained = give(world, "Ro Silva", trained=True)
    for person, _place in ((guest, "desk-1"), (trained, "desk-1")):
        from steadydesk.people.actions import start_shift

        start_shift(person, "exchange", place=None, by=TESTER, now=world.now)
    roster = bookkeeping.load(world.now).roster("exchange", world.now)
    told = {p.person for p in roster.answerable()}
    assert guest not in told and trained in told


def test_a_manager_ends_a_day_pass_before_its_time_and_nobody_else_gives_one(world: World) -> None:
    give(world)
    [held] = queries.passes("exchange")
    with pytest.raises(NotAllowed):
        actions.revoke_pass(held.id, by=world.person("amira"), now=world.now)
    with pytest.raises(NotAllowed):
        give(world, "Ro Silva", by="amira")
    with pytest.raises(NotAllowed):
        give(world, "Ro Silva", by="ruth")
    actions.revoke_pass(held.id, by=world.person("helen"), now=world.now)
    assert queries.passes("exchange") == []
    assert not Person.objects.get(name="Kit Long").is_active


def test_a_day_pass_names_every_fault_at_once(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        give(world, " ", ends_at=world.now - timedelta(hours=1))
    assert {f.field for f in caught.value.faults} == {"name", "ends"}
    assert not DayPass.objects.exists()


# Opening time


def test_at_opening_time_a_list_says_which_desks_nobody_started(world: World) -> None:
    from steadydesk.people.actions import start_desk

    for name in ("desk-1", "desk-2"):
        world.token(device=name)
    terms = Terms(site_id="exchange", desks_expected=time(9, 30))
    actions.save_terms(terms, by=world.person("sasha"), now=world.now)
    start_desk(device("desk-1"), by=desk(world), now=world.now)
    world.advance("09:31")
    assert last("desk:not-started").facts["devices"] == [device("desk-2")]
    (told,) = world.messages()
    assert (told.subject, told.message["kind"], told.message["place"]) == ("desks:exchange", "desks", "The Exchange")
    assert told.person == world.person("joan").person, "the duty manager"
    assert [d.name for d in queries.list_desks_not_started("exchange", world.now)] == ["desk-2"]
    start_desk(device("desk-2"), by=desk(world, "desk-2"), now=world.now)
    assert queries.list_desks_not_started("exchange", world.now) == []
    told.refresh_from_db()
    assert told.state == "withdrawn", "the last one that was missing was started"
    world.advance("23:00")
    world.advance("09:31")
    assert world.told() == {"joan"}
    assert set(last("desk:not-started").facts["devices"]) == {device("desk-1"), device("desk-2")}

"""After records were brought back from a backup: nothing old fires, and one list says what was open."""

from datetime import timedelta
from uuid import uuid4

import pytest

from steadydesk.alarms import queries as alarms
from steadydesk.alarms.desk import act_as_json
from steadydesk.alarms.press import presser, read_press
from steadydesk.alarms.spool import Spool
from steadydesk.buttons import actions as buttons
from steadydesk.buttons.models import Button
from steadydesk.delivery.models import Delivery
from steadydesk.incidents import actions as incidents
from steadydesk.incidents import queries as in_building
from steadydesk.incidents.actions import Visitor
from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry, Words
from steadydesk.journal.queries import words_about
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.loneworking import actions as lone
from steadydesk.privacy import actions as privacy
from steadydesk.privacy.again import Gone
from steadydesk.project import upgrade
from steadydesk.project.backup import erasures, settling
from steadydesk.project.backup.settling import Restore
from steadydesk.project.commands import engine
from steadydesk.sites.actions import save_hours
from steadydesk.visits import headcount
from steadydesk.visits import queries as visits
from steadydesk.visits.models import Headcount
from tests import alarming, returning
from tests.alarming import answer, press
from tests.visiting import MINUTE, act, arrive, events, prompts, shown

HOUR = timedelta(hours=1)


@pytest.fixture
def monday(world):
    """10:31, when the backup is made: one who waits too long, one who came just now, a call, messages on their way."""
    late = arrive(world, mood="agitated")
    world.advance(9 * MINUTE)
    assert prompts(late, "call_manager")
    alarm = press(world, mode="real")
    world.messages()
    return late, alarm, world.now


def restore(world, taken_at, later):
    """So much later the records are there again, and no engine ran in between."""
    clock.advance(later)
    settling.settle(Restore(taken_at, world.now), world.now)


def lists():
    return [e.facts for e in journal.of_type(Event.SITE_RESTORED)]


def test_nobody_is_called_about_anything_that_was_open(world, monday):
    _late, _alarm, taken_at = monday
    assert Delivery.objects.filter(state="waiting").exists()
    restore(world, taken_at, 3 * HOUR)
    assert not Delivery.objects.filter(state="waiting").exists()
    world.advance(2 * HOUR)
    assert world.messages() == []
    assert not Delivery.objects.filter(state="waiting").exists()


def test_one_list_says_what_was_open(world, monday):
    late, alarm, taken_at = monday
    asked = [p["id"] for p in prompts(late)]
    waiting = Delivery.objects.filter(state="waiting").count()
    restore(world, taken_at, 3 * HOUR)
    [said] = lists()
    assert said["taken_at"] == taken_at.isoformat()
    assert (said["visits"], said["alarms"]) == ([str(late)], [alarm["id"]])
    assert (sorted(said["prompts"]), said["messages"]) == (sorted(asked), waiting)


def test_an_alarm_that_was_open_is_shown_open_and_a_new_press_there_calls_everybody(world, monday):
    _late, alarm, taken_at = monday
    restore(world, taken_at, 3 * HOUR)
    assert alarming.shown(world, alarm)["state"] == "open"
    assert press(world, mode="real", status=200)["id"] == alarm["id"]
    assert world.told() >= alarming.FIRST
    world.advance(20 * alarming.SECOND)
    assert world.told() >= alarming.SECOND_STEP


def test_an_answer_that_is_taken_back_wakes_the_alarm_too(world, monday):
    _late, alarm, taken_at = monday
    answer(world, alarm, "acknowledge", "tariq")
    restore(world, taken_at, 3 * HOUR)
    world.advance(10 * MINUTE)
    assert world.messages() == []
    answer(world, alarm, "decline", "tariq")
    world.advance(MINUTE)
    assert world.told()


def test_an_overdue_visit_stays_to_be_ended_and_counts_as_not_known(world, monday):
    late, _alarm, taken_at = monday
    restore(world, taken_at, 3 * HOUR)
    assert shown(late)["state"] == "waiting"
    act(world, "attend", late, channel="face_to_face")
    found = visits.figures("exchange", taken_at - HOUR, world.now)
    assert (found.arrivals, found.kept, found.not_kept, found.not_known) == (1, 0, 0, 1)


def test_who_is_not_overdue_goes_on_as_they_were(world, monday):
    _late, _alarm, taken_at = monday
    fresh = arrive(world)
    restore(world, taken_at, 2 * MINUTE)
    world.advance(9 * MINUTE)
    assert prompts(fresh)
    world.messages()


def test_settling_twice_says_and_does_nothing_more(world, monday):
    _late, _alarm, taken_at = monday
    restore(world, taken_at, 3 * HOUR)
    restore(world, taken_at, MINUTE)
    assert len(lists()) == 1


def said_of_records():
    return [e.type for e in journal.of_subject(settling.RECORDS)]


def before_a_page(world, folder):
    upgrade.prepare(folder)


def before_the_engine_alone(world, folder):
    engine.prepare(world.now)


@pytest.mark.parametrize("begin", [before_a_page, before_the_engine_alone])
def test_what_falls_due_before_the_first_page_or_deadline_is_settled_then_and_only_after_a_restore(
    world, monday, tmp_path, begin
):
    _late, _alarm, taken_at = monday
    fresh = arrive(world)
    begin(world, tmp_path)
    assert lists() == [] and said_of_records() == []
    settling.begin(tmp_path, taken_at, world.now)
    clock.advance(HOUR)
    begin(world, tmp_path)
    assert str(fresh) in lists()[-1]["visits"]
    assert said_of_records() == ["records:brought-back", "records:settled"]
    begin(world, tmp_path)
    assert len(said_of_records()) == 2, "another machine finds that it was done"
    world.advance(HOUR)
    assert world.messages() == []


def test_a_call_that_comes_in_while_it_starts_is_not_of_the_backup(world, monday, tmp_path):
    _late, old, taken_at = monday
    clock.advance(HOUR)
    settling.begin(tmp_path, taken_at, world.now)
    clock.advance(10 * alarming.SECOND)
    there = press(world, login="iris", mode="real")
    kept = press(world, device="back-office", mode="real", ago="PT5M")
    waiting = Delivery.objects.filter(state="waiting").count()
    settling.before_serving(world.now)
    assert Delivery.objects.filter(state="waiting").count() == waiting > 0
    assert not any(id in said.get("alarms", []) for said in lists() for id in (there["id"], kept["id"]))
    world.messages()
    world.advance(20 * alarming.SECOND)
    told = {row.subject for row in world.messages()}
    assert {f"alarm:{there['id']}", f"alarm:{kept['id']}"} <= told and f"alarm:{old['id']}" not in told


def test_a_call_of_the_backup_that_somebody_woke_while_it_starts_stays_awake(world, monday, tmp_path):
    _late, old, taken_at = monday
    clock.advance(HOUR)
    settling.begin(tmp_path, taken_at, world.now)
    assert press(world, mode="real", status=200)["id"] == old["id"]
    world.messages()
    settling.before_serving(world.now)
    world.advance(20 * alarming.SECOND)
    assert world.told() >= alarming.SECOND_STEP


def test_what_the_spool_holds_is_on_record_and_calls_nobody_and_numbers_go_on_further_on(world, tmp_path):
    spool = Spool.open(tmp_path / "spool", slots=8)
    by = presser([world.device("desk-1")])
    told, _odd = read_press(by, str(uuid4()), {}, settling.alarms.book(), world.now)
    spool.append(act_as_json(told))
    spool.close()
    newest = journal.last_id()
    settling.begin(tmp_path, world.now, world.now)
    assert next(e.type for e in journal.of_subject(f"alarm:{told.alarm}")) == "alarm:raised"
    assert journal.last_id() > newest + settling.GAP - 1
    assert lists()[0]["alarms"] == [told.alarm]
    world.advance(HOUR)
    assert world.messages() == []
    reopened = Spool.open(tmp_path / "spool")
    assert reopened.pending() == []
    reopened.close()


def test_who_worked_alone_when_the_backup_was_made_is_not_taken_for_lost(world):
    def begin(login):
        return lone.begin_lone_shift("branch", "desk", (), "fine", by=world.person(login), now=world.now)

    iris, owen = begin("iris"), begin("owen")
    lone.check_in(owen.pk, "fine", by=world.person("owen"), now=world.now)
    taken_at = world.now
    restore(world, taken_at, 3 * HOUR)
    world.advance(HOUR)
    assert not alarms.at_sites(["branch"]), "neither silence nor an answer of that day calls"
    assert not world.messages()
    [facts] = [f for f in lists() if "lone_shifts" in f]
    assert facts["lone_shifts"] == [str(iris.pk), str(owen.pk)]


def test_who_has_just_begun_to_work_alone_is_asked_in_time_after_a_restore(world):
    lone.begin_lone_shift("branch", "desk", (), "", by=world.person("iris"), now=world.now)
    restore(world, world.now, MINUTE)
    world.advance(HOUR)
    assert alarms.at_sites(["branch"])[0].source == "check_in"
    world.messages()


# What else has a time of its own


def told_a_day_later(world, taken_at):
    """Everything that anybody is told after a restore on the next day."""
    world.messages()
    restore(world, taken_at, 20 * HOUR)
    world.advance(HOUR)
    return world.messages()


def listed(name):
    return [f[name] for f in lists() if name in f]


def test_who_was_asked_to_take_a_customer_on_is_not_asked_again_a_day_later_and_may_still_answer(world):
    visit = arrive(world, service="childrens")
    act(world, "attend", visit, channel="face_to_face")
    act(world, "refer", visit, person="nina")
    assert told_a_day_later(world, world.now) == [] and prompts(visit) == []
    assert listed("referrals") == [[str(visit)]]
    act(world, "agree", visit, by="nina")


def test_nobody_is_told_a_day_later_of_a_visitor_without_a_badge_and_they_stay_on_the_page(world):
    came = Visitor("visitor", "Kit of Lifts", "none")
    badge = incidents.sign_in_visitor("exchange", came, by=world.person("amira"), now=world.now)
    assert told_a_day_later(world, world.now) == []
    assert listed("access") == [[f"badge:{badge.pk}"]]
    assert [p.badge for p in in_building.visitors("exchange")] == [badge.pk]


def test_help_that_nobody_had_asked_for_is_not_offered_a_day_later(world):
    visit = arrive(world)
    act(world, "mark_problem", visit)
    told_a_day_later(world, world.now)
    assert events(visit, "visit:help-prompted") == []
    assert listed("encounters") == [[f"visit:{visit}"]]


def test_a_list_after_an_outage_that_nobody_answered_asks_nobody_after_a_restore(world):
    visit = arrive(world)
    clock.advance(HOUR)
    headcount.count_after_outage(world.now - HOUR, by=system("engine"), now=world.now)
    assert Headcount.objects.filter(visit=visit, answer="").exists()
    assert told_a_day_later(world, world.now) == [] and prompts(visit) == []
    assert listed("visits") == [[str(visit)]]


@pytest.mark.parametrize("later", [11 * HOUR, 20 * HOUR], ids=["after closing", "the next day"])
def test_whoever_gave_a_time_is_not_told_that_nobody_came_while_nothing_was_recorded(world, later):
    start = returning.only(world, "nina", begins=timedelta(days=1), hours=2)
    row = returning.book(world, arrive(world, service="childrens"), "nina", start)
    clock.freeze(start - HOUR)
    save_hours("exchange", dict.fromkeys(range(7), "08:00-18:00"), 30, by=world.person("sasha"), now=world.now)
    world.messages()
    restore(world, world.now, later)
    world.advance(HOUR)
    assert world.messages() == []
    assert listed("expected") == [[str(row.pk)]]


def test_a_button_that_nothing_listened_to_is_not_called_silent_before_its_time(world):
    button = Button(name="wall-9", site_id="exchange", kind="worn", every_minutes=30)
    buttons.save_row(button, by=system("test"), now=world.now)
    world.messages()
    restore(world, world.now, 20 * HOUR)
    world.advance(20 * MINUTE)
    assert world.messages() == []
    world.advance(20 * MINUTE)
    assert world.messages(), "from then on its silence is told"


# What was erased after the backup was made


def said_of(world, text):
    """A note about a customer; returns its number."""
    visit = arrive(world)
    act(world, "note", visit, text)
    return words_about([f"visit:{visit}"])[-1].pk


def as_it_was(words):
    """The records of an older backup, in which nobody had decided anything about these words."""
    Words.objects.filter(pk=words.pk).delete()
    words.withdrawn_at = None
    words.save(force_insert=True)


@pytest.mark.clause("E8a")
def test_e8a_what_was_erased_or_withdrawn_after_the_backup_goes_again_when_it_is_brought_back(world, tmp_path):
    erased, withdrawn, stays = (Words.objects.get(pk=said_of(world, text)) for text in ("one", "two", "three"))
    taken_at = world.now
    world.advance(MINUTE)
    privacy.erase_words(erased.pk, "asked", by=world.person("dana"), now=world.now)
    privacy.take_words_back(withdrawn.pk, "not_true", by=world.person("dana"), now=world.now)
    erasures.keep(tmp_path, now=world.now)
    listed = erasures.read(tmp_path / erasures.FILE)
    assert not any(text in (tmp_path / erasures.FILE).read_text() for text in ("one", "two"))
    Entry.objects.filter(type__startswith="words:").delete()
    as_it_was(erased)
    as_it_was(withdrawn)
    assert settling.begin(tmp_path, taken_at, world.now, listed) == 2
    assert not Words.objects.filter(pk=erased.pk).exists()
    assert Words.objects.get(pk=withdrawn.pk).withdrawn_at == world.now
    assert Words.objects.get(pk=stays.pk).withdrawn_at is None
    said = [
        (e.type, e.by, e.facts["words"], e.facts["reason"]) for e in Entry.objects.filter(type__startswith="words:")
    ]
    assert said == [
        ("words:erased", "system:restore", erased.pk, "asked"),
        ("words:withdrawn", "system:restore", withdrawn.pk, "not_true"),
    ]
    assert settling.begin(tmp_path, taken_at, world.now, listed) == 0
    world.messages()


def test_a_list_of_erasures_takes_nothing_that_only_bears_the_same_number(world, tmp_path):
    kept = Words.objects.get(pk=said_of(world, "another installation's"))
    strange = [
        Gone(kept.pk, "visit:999999", "words:erased", "asked", world.now),
        Gone(kept.pk, kept.subject, "words:erased", "asked", world.now - HOUR),
    ]
    assert settling.begin(tmp_path, world.now, world.now, strange) == 0
    assert Words.objects.filter(pk=kept.pk).exists()
    world.messages()


@pytest.mark.clause("E8a")
def test_e8a_nothing_past_its_time_is_readable_when_an_old_backup_is_served(world, tmp_path):
    old = said_of(world, "of long ago")
    settling.begin(tmp_path, world.now, world.now)
    clock.freeze(world.now + timedelta(days=800))
    upgrade.prepare(tmp_path)
    assert not Words.objects.filter(pk=old).exists()
    assert said_of_records()[-1] == "records:settled"
    world.messages()

"""Somebody works alone: asked again and again, helped when silent, and helped unseen when they cannot speak."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steadydesk.alarms.models import Alarm
from steadydesk.alarms.queries import at_sites
from steadydesk.deadlines.models import Deadline
from steadydesk.documents.queries import in_force
from steadydesk.journal.actions import write
from steadydesk.journal.models import Entry
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.loneworking import actions, queries
from steadydesk.loneworking.clockwork import ENGINE
from steadydesk.loneworking.models import LoneShift
from steadydesk.people.models import Membership, Role, Shift
from steadydesk.sites.actions import change_state
from tests.alarming import answer as answer_call

TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')
"""Another in each page, whatever was answered."""
SAVEPOINT = re.compile(r"s\d+_x\d+")
VALUE = re.compile(r"'[^']*'(::\w+( with time zone)?)?|\bNULL\b|\b\d+\b")
EVERY, GRACE, MINUTE = timedelta(minutes=30), timedelta(minutes=5), timedelta(minutes=1)


@pytest.fixture
def lone(world):
    """Iris has begun a lone shift at the branch; “nothing new” is what calls for help."""
    terms = in_force("branch").protocol.lone_working.check_ins
    assert (terms.every, terms.grace) == (EVERY, GRACE)
    return actions.begin_lone_shift("branch", "desk", (), "nothing_new", by=world.person("iris"), now=world.now)


def say(world, row, answer="in_order", by="iris", **more):
    actions.check_in(row.pk, answer, by=world.person(by), now=world.now, **more)


def calls():
    return [(a.source, a.place) for a in reversed(at_sites(["branch"]))]


def entries(row):
    return list(Entry.objects.filter(subject=row.subject).order_by("id").values_list("type", flat=True))


def test_a_lone_worker_who_does_not_answer_is_asked_and_then_helped_whatever_provision_is_missing(world, lone):
    assert lone.confirmed == []
    world.advance(EVERY - MINUTE)
    assert world.messages() == []
    world.advance(2 * MINUTE)
    [message] = world.messages("screen")
    assert (message.person, message.message["kind"]) == (lone.person, "check_in")
    world.advance(GRACE)
    assert calls() == [("check_in", "desk")]
    assert "iris" not in world.told() >= {"owen"}
    assert entries(lone) == ["lone:began", "lone:asked", "lone:missed"]
    assert queries.shift(lone.pk).state == "missed"


def test_a_check_in_before_the_grace_is_over_calls_nobody_and_counts_anew(world, lone):
    world.advance(EVERY + GRACE - MINUTE)
    world.messages()
    say(world, lone)
    world.advance(EVERY - MINUTE)
    assert calls() == [] and world.messages() == []
    world.advance(MINUTE)
    assert world.told() == {"iris"}


def test_an_answer_after_the_call_leaves_the_call_open_and_begins_to_ask_again(world, lone):
    world.advance(EVERY + GRACE)
    world.messages()
    say(world, lone, "fine")
    assert at_sites(["branch"], open=True) != []
    assert queries.due_at(queries.shift(lone.pk)) == world.now + EVERY


def test_the_duress_answer_calls_for_help_at_once_and_silently_and_the_shift_goes_on(world, lone):
    say(world, lone, "nothing_new")
    world.advance(timedelta(0))
    assert calls() == [("duress", "desk")]
    assert "iris" not in world.told()
    assert entries(lone) == ["lone:began", "lone:checked-in"]
    assert queries.due_at(queries.shift(lone.pk)) == world.now + EVERY
    say(world, lone, "in_order")
    world.advance(timedelta(0))
    assert calls() == [("duress", "desk")], "an ordinary answer after it calls nobody again"


def test_a_duress_answer_stands_though_an_ordinary_one_or_the_end_follows_before_it_is_read(world, lone):
    say(world, lone, "nothing_new")
    clock.freeze(world.now + timedelta(milliseconds=5))
    say(world, lone, "in_order")
    actions.check_out(lone.pk, by=world.person("iris"), now=world.now)
    world.advance(timedelta(0))
    assert calls() == [("duress", "desk")]
    world.messages()


@pytest.mark.parametrize("what", ["locked_down", "emptied", "clock"])
def test_a_duress_answer_stands_though_the_site_or_the_clock_changes_in_the_same_moment(world, lone, what, monkeypatch):
    save = LoneShift.save

    def save_late(row, **how):
        LoneShift.objects.filter(pk=row.pk).update(duress_at=world.now)
        save(row, **how)

    monkeypatch.setattr(LoneShift, "save", save_late)
    if what == "clock":
        with write(world.now):
            actions.follow_clock(Entry(facts={"by_s": 60}), ENGINE, world.now)
    else:
        change_state("branch", what, reason="threat", by=world.person("owen"), now=world.now)
    assert queries.shift(lone.pk).duress_at == world.now
    world.messages()


@pytest.mark.parametrize("how", ["duress", "check_in"])
def test_help_comes_to_where_they_work_alone_though_their_roles_and_shifts_are_elsewhere_now(world, lone, how):
    Role.objects.filter(person=lone.person).update(site="exchange")
    Membership.objects.filter(person=lone.person).delete()
    Shift.objects.filter(person=lone.person).delete()
    if how == "duress":
        say(world, lone, "nothing_new")
    world.advance(EVERY + GRACE if how == "check_in" else timedelta(0))
    assert calls() == [(how, "desk")]
    world.messages()


WAYS = {
    "page": ("/check-ins/answer", {}),
    "script": ("/check-ins/answer", {"headers": {"Steadydesk-Press": "1"}}),
    "program": ("/api/v1/lone-shifts/own/check-in", {"content_type": "application/json"}),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_duress_answer_looks_byte_for_byte_like_any_other_and_costs_the_same(world, lone, way):
    iris, (address, how) = world.client("iris"), WAYS[way]
    iris.post(address, {"answer": "fine"}, **how)
    seen, asked = {}, {}
    for answer in ("in_order", "nothing_new"):
        with CaptureQueriesContext(connection) as made:
            reply = iris.post(address, {"answer": answer}, **how)
        asked[answer] = [VALUE.sub("?", SAVEPOINT.sub("", query["sql"])) for query in made.captured_queries]
        page = iris.get("/check-ins/part")
        seen[answer] = (reply.status_code, reply.content, dict(reply.headers), TOKEN.sub("", page.text))
    assert seen["in_order"] == seen["nothing_new"]
    assert asked["in_order"] == asked["nothing_new"], "every statement, but for its values"
    facts = list(Entry.objects.filter(type="lone:checked-in").values_list("facts", flat=True))
    assert facts == [{}, {}, {}]
    world.advance(timedelta(0))
    assert calls() == [("duress", "desk")]
    world.messages()


def test_cut_off_between_the_missed_check_in_and_its_record_it_is_one_call(world, lone, monkeypatch):
    world.advance(EVERY)
    row, silent = queries.shift(lone.pk), Deadline.objects.get(subject=lone.subject, kind=actions.SILENCE)
    clock.freeze(silent.due_at)

    def cut_off(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_keep_missed", cut_off)
        with pytest.raises(KeyboardInterrupt):
            actions.pass_silence(row.pk, by=ENGINE, now=world.now)
    assert queries.shift(lone.pk).state == "asked"
    world.advance(timedelta(seconds=2))
    assert queries.shift(lone.pk).state == "missed"
    assert Alarm.objects.count() == 1
    assert at_sites(["branch"])[0].presses == 1
    world.messages()


@pytest.mark.parametrize("off", [EVERY + MINUTE, EVERY + 40 * MINUTE])
def test_after_an_outage_the_worker_is_asked_first_and_told_since_when(world, lone, off):
    clock.freeze(world.now + off)
    world.advance(timedelta(0))
    assert calls() == []
    assert world.told() == {"iris"}
    [asked] = Entry.objects.filter(type="lone:asked")
    assert asked.facts == {"since": (lone.began_at + EVERY).isoformat()}
    clock.freeze(world.now + GRACE + MINUTE)
    world.advance(timedelta(0))
    assert calls() == [], "the server was off over the grace too: nobody could answer"
    world.advance(GRACE)
    assert calls() == [("check_in", "desk")]
    world.messages()


def test_a_locked_down_site_holds_the_questions_but_never_the_duress_answer_and_begins_anew_when_it_is_over(
    world, lone
):
    joan = world.person("owen")
    change_state("branch", "locked_down", reason="threat", by=joan, now=world.now)
    world.advance(2 * EVERY)
    assert calls() == []
    say(world, lone, "nothing_new")
    world.advance(timedelta(0))
    assert calls() == [("duress", "desk")]
    world.messages()
    world.advance(EVERY)
    world.messages()
    change_state("branch", "open", by=joan, now=world.now)
    assert world.told() == set(), "what was not asked meanwhile was not missed"
    assert queries.due_at(queries.shift(lone.pk)) == world.now + EVERY


def test_who_was_asked_before_the_lockdown_is_asked_again_with_the_whole_grace_when_it_is_over(world, lone):
    owen = world.person("owen")
    world.advance(EVERY)
    assert "iris" in world.told()
    change_state("branch", "locked_down", reason="threat", by=owen, now=world.now)
    world.advance(2 * EVERY)
    assert calls() == []
    change_state("branch", "open", by=owen, now=world.now)
    assert "iris" in world.told()
    assert queries.due_at(queries.shift(lone.pk)) == world.now + GRACE


def test_whoever_was_asked_whether_they_are_out_still_owes_an_answer_when_the_site_opens_again(world, lone):
    owen = world.person("owen")
    change_state("branch", "emptied", reason="fire_alarm", by=owen, now=world.now)
    owed = queries.due_at(queries.shift(lone.pk))
    change_state("branch", "open", by=owen, now=world.now)
    assert queries.due_at(queries.shift(lone.pk)) == owed
    world.messages()


def test_an_emptied_site_asks_at_once_whether_they_are_out(world, lone):
    change_state("branch", "emptied", reason="fire_alarm", by=world.person("owen"), now=world.now)
    assert "iris" in world.told()
    assert queries.due_at(queries.shift(lone.pk)) == world.now + GRACE


def test_one_press_says_in_which_safe_room_they_are_until_an_explicit_all_clear(world, lone):
    id = actions.go_to_safe_room(lone.pk, by=world.person("iris"), now=world.now)
    shown = world.client("owen").get(f"/api/v1/alarms/{id}").json()
    assert shown["safe_room"] == "Safe room"
    assert "Safe room" in world.client("owen").get(f"/alarms/{id}").text
    answer_call(world, {"id": id}, "attend", "owen")
    assert world.client("owen").get(f"/api/v1/alarms/{id}").json()["safe_room"] == "Safe room"
    answer_call(world, {"id": id}, "all-clear", "owen")
    assert not world.client("owen").get(f"/api/v1/alarms/{id}").json()["safe_room"]
    world.messages()


def test_check_out_ends_the_questions_and_a_second_start_is_the_same_shift(world, lone):
    iris = world.person("iris")
    again = actions.begin_lone_shift("branch", "stacks", by=iris, now=world.now)
    assert again.pk == lone.pk
    with pytest.raises(NotFound):
        actions.check_out(lone.pk, by=world.person("paul"), now=world.now)
    actions.check_out(lone.pk, by=iris, now=world.now)
    world.advance(3 * EVERY)
    assert calls() == [] and world.messages() == []
    with pytest.raises(NotFound):
        say(world, lone, by="paul")
    with pytest.raises(Invalid):
        say(world, lone, "help")


def test_the_page_begins_and_answers_in_one_press_and_a_counter_learns_nothing(world):
    iris = world.client("iris")
    page = iris.get("/check-ins").text
    assert "I work alone from now" in page and "checked" not in page
    said = {"place": "desk", "confirmed": ["phone_on_me"], "duress_answer": "fine"}
    assert iris.post("/check-ins/begin", said).status_code == 302
    row = queries.running(int(world.person("iris").id))
    assert (row.confirmed, row.duress_answer) == (["phone_on_me"], "fine")
    assert "Nearest safe room: Safe room." in iris.get("/check-ins").text
    assert "Iris Lund" in world.client("ruth").get("/manage/alone").text
    assert iris.post("/check-ins/answer", {"answer": "in_order"}).status_code == 302
    assert iris.post("/check-ins/end", {"ending": "door_locked"}).status_code == 302
    assert queries.running(row.person) is None


# Check-ins that a phone without a link kept


def test_a_kept_check_in_counts_from_when_it_was_made(world, lone):
    world.advance(25 * MINUTE)
    say(world, lone, ago=10 * MINUTE)
    assert queries.due_at(queries.shift(lone.pk)) == lone.began_at + 15 * MINUTE + EVERY


def test_a_kept_check_in_from_before_the_question_does_not_answer_it(world, lone):
    world.advance(EVERY + MINUTE)
    world.messages()
    say(world, lone, ago=10 * MINUTE)
    assert queries.shift(lone.pk).state == "asked"
    world.advance(GRACE)
    assert calls() == [("check_in", "desk")]
    world.told()


@pytest.mark.parametrize(("minutes", "state"), [(10, "missed"), (3, "well")])
def test_a_late_check_in_cancels_no_call(world, lone, minutes, state):
    world.advance(EVERY + GRACE + MINUTE)
    say(world, lone, ago=minutes * MINUTE)
    assert (queries.shift(lone.pk).state, [a.state for a in at_sites(["branch"])]) == (state, ["open"])
    world.told()


def test_a_kept_duress_answer_calls_with_the_time_at_which_it_was_given(world, lone):
    world.advance(20 * MINUTE)
    said = world.now - 5 * MINUTE
    say(world, lone, "nothing_new", ago=5 * MINUTE)
    world.advance(timedelta())
    [call] = at_sites(["branch"])
    assert (call.source, call.raised_at, call.received_at) == ("duress", said, world.now)
    world.told()


def test_a_kept_duress_answer_that_is_sent_again_calls_nobody_again(world, lone):
    world.advance(20 * MINUTE)
    say(world, lone, "nothing_new", ago=5 * MINUTE)
    world.advance(timedelta())
    answer_call(world, {"id": at_sites(["branch"])[0].id}, "attend", "owen")
    for off in (-2, 2):
        say(world, lone, "nothing_new", ago=5 * MINUTE + timedelta(seconds=off))
        world.advance(timedelta())
    assert [(a.state, a.presses) for a in at_sites(["branch"])] == [("attended", 1)]
    say(world, lone, "nothing_new", ago=4 * MINUTE)
    world.advance(timedelta())
    assert [(a.state, a.presses) for a in at_sites(["branch"])] == [("open", 2)], "a minute later it is another"
    world.told()


@pytest.mark.parametrize("ago", ["nonsense", "-PT5S", "PT25H", "P1M", ""])
def test_a_check_in_of_an_age_that_cannot_be_does_not_put_off_the_next_question(world, lone, ago):
    world.advance(20 * MINUTE)
    said = world.client(login="iris").post("/check-ins/answer", {"answer": "fine", "ago": ago}, follow=True)
    assert "at most a day" in said.content.decode()
    assert queries.shift(lone.pk).last_at == lone.began_at

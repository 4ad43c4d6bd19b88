"""A site opens, closes, is emptied and locked down: by its hours and by hand. Nothing of a wait is lost on the way."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from steadydesk.deadlines.models import Deadline
from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.desks.models import Terms
from steadydesk.engine import alive
from steadydesk.engine.loop import run_due
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock as present
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.project.setup import actions as setting_up
from steadydesk.project.setup.reading import SetUpFaults, read
from steadydesk.sites import actions, queries
from steadydesk.visits import actions as visits
from steadydesk.visits import kept
from steadydesk.visits import queries as in_visits
from tests.visiting import MINUTE, SECOND, act, arrive, clock, events, prompts, shown

NINE_TO_FIVE = dict.fromkeys(range(5), "09:00-17:00")
GERMANY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//a public office//EN
BEGIN:VEVENT
SUMMARY:Karfreitag
DTSTART:20260403
DTEND:20260403
RRULE:
UID:1
END:VEVENT
BEGIN:VEVENT
SUMMARY:Tag der Arbeit
DTSTART;VALUE=DATE:20200501
DTEND;VALUE=DATE:20200502
RRULE:FREQ=YEARLY
UID:2
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()


def hours(world, weekly=NINE_TO_FIVE, minutes=15):
    actions.save_hours("exchange", weekly, minutes, by=world.person("sasha"), now=world.now)


def become(world, state, by="joan", reason=""):
    actions.change_state("exchange", state, reason=reason, by=world.person(by), now=world.now)


def state():
    return queries.site("exchange").state


def changes():
    found = [e for e in journal.of_subject("site:exchange") if e.type == "site:state-changed"]
    return [(e.facts["state"], e.facts["by_hours"], e.at.strftime("%a %H:%M")) for e in found]


def figures(world):
    start = world.now.replace(hour=0, minute=0, second=0)
    found = in_visits.figures("exchange", start, start + timedelta(days=1))
    return found.kept, found.not_kept, found.not_known, found.stopped_by_site


# By the hours


def test_the_hours_open_and_close_the_site_each_once(world):
    hours(world)
    assert state() == "open"
    world.advance("17:30")
    world.advance("09:30")
    assert changes() == [("closing", True, "Mon 16:45"), ("closed", True, "Mon 17:00"), ("open", True, "Tue 09:00")]
    assert Deadline.objects.filter(subject="site:exchange", kind__startswith="site-").count() == 3


def test_a_site_without_hours_is_changed_by_hand_alone(world):
    world.advance("23:00")
    become(world, "closed")
    world.advance("09:00")
    assert changes() == [("closed", False, "Mon 23:00")]


def test_what_was_said_by_hand_holds_until_the_hours_next_change_it_and_a_danger_until_somebody_lifts_it(world):
    hours(world)
    become(world, "closed")
    world.advance("16:59")
    assert state() == "closed", "closing time does not open it"
    world.advance("09:00")
    assert state() == "open"
    become(world, "locked_down", reason="threat")
    world.advance("09:00")
    assert state() == "locked_down"
    actions.follow_hours_again("exchange", by=world.person("joan"), now=world.now)
    assert (state(), queries.status(queries.site("exchange"), world.now).by_hours) == ("open", True)


def test_hours_recorded_while_it_was_closed_by_hand_leave_it_so(world):
    become(world, "closed")
    hours(world)
    assert state() == "closed"


def test_after_days_without_a_server_the_closing_that_was_missed_ends_the_waits_and_the_site_is_open(world):
    hours(world)
    world.advance("16:40")
    visit = arrive(world)
    present.freeze(datetime(2026, 3, 4, 10, tzinfo=UTC))
    run_due(world.now)
    assert state() == "open"
    assert shown(visit)["outcome"] == "site_closed"
    world.messages()


def test_a_special_day_and_a_holiday_from_a_calendar_file_keep_it_closed(world):
    hours(world)
    assert actions.import_holidays("exchange", GERMANY, by=world.person("sasha"), now=world.now) >= 5
    days = {d.day: d.name for d in queries.special_days("exchange", date(2026, 1, 1))}
    assert days[date(2026, 4, 3)] == "Karfreitag"
    assert days[date(2026, 5, 1)] == days[date(2027, 5, 1)] == "Tag der Arbeit"
    present.freeze(datetime(2026, 4, 2, 18, tzinfo=UTC))
    run_due(world.now)
    found = queries.status(queries.site("exchange"), world.now)
    assert (found.next_state, found.next_at) == ("open", datetime(2026, 4, 6, 8, tzinfo=UTC)), "summer time by then"


@pytest.mark.parametrize("file", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", b"a,b,c\n1,2,3\n"])
def test_a_file_that_is_no_calendar_is_refused_with_a_sentence(world, file):
    with pytest.raises(Invalid):
        actions.import_holidays("exchange", file, by=world.person("sasha"), now=world.now)


def test_every_day_that_cannot_be_read_is_named_at_once_and_nothing_is_saved(world):
    with pytest.raises(Invalid) as refused:
        hours(world, {0: "nine to five", 1: "09:00-17:00", 2: "25:00-26:00"}, 999)
    assert [f.field for f in refused.value.faults] == ["day_0", "day_2", "closing_minutes"]
    assert not queries.hours("exchange").known


@pytest.mark.parametrize(("step", "expected"), [(2 * 3600, "closed"), (-3600, "open")])
def test_when_the_clock_steps_the_hours_go_by_the_clock_on_the_wall(world, step, expected):
    hours(world)
    world.advance("16:00")
    present.freeze(world.now + timedelta(seconds=step))
    with write(world.now):
        record(Event.CLOCK_STEPPED, "clock:system", by=system("engine"), by_s=step)
    run_due(world.now)
    assert state() == expected
    world.advance("09:01")
    assert state() == "open"


def test_ten_minutes_after_opening_it_is_put_on_record_which_desks_nobody_has_started_and_the_duty_manager_told(world):
    Terms.objects.filter(pk="exchange").delete()
    hours(world)
    world.token(device="desk-1")
    world.advance("18:00")
    world.advance("09:09")
    assert not _not_started()
    world.advance("09:10")
    (found,) = _not_started()
    assert found.facts["devices"]
    assert world.told() == {"joan"}


def test_who_looks_at_the_list_of_desks_has_seen_the_message(world):
    hours(world)
    world.token(device="desk-1")
    world.advance("18:00")
    world.advance("09:10")
    (told,) = world.messages()
    assert world.client("helen").get("/manage/desks?site=exchange").status_code == 200
    told.refresh_from_db()
    assert told.state != "seen", "somebody else looked"
    assert world.client("joan").get("/manage/desks?site=exchange").status_code == 200
    told.refresh_from_db()
    assert told.state == "seen"


def test_nobody_is_told_of_desks_on_a_day_on_which_it_stays_closed(world):
    hours(world)
    terms = Terms(site_id="exchange", desks_expected=time(9, 30))
    desks.save_terms(terms, by=world.person("sasha"), now=world.now)
    world.token(device="desk-1")
    become(world, "closed")
    world.advance("09:31")
    assert not _not_started()


def _not_started():
    return [e for e in journal.of_subject("site:exchange") if e.type == "desk:not-started"]


def test_a_day_pass_ends_at_closing_time(world):
    hours(world)
    desk = int(world.device("desk-1").id)
    desks.give_pass("Kit", desk, by=world.person("joan"), now=world.now)
    assert in_desks.passes("exchange")[0].ends_at == datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_a_day_pass_outlasts_the_break_at_noon_and_ends_when_somebody_closes_the_site(world):
    hours(world, {0: "09:00-12:30, 13:30-17:00"})
    desk = int(world.device("desk-1").id)
    desks.give_pass("Kit", desk, by=world.person("joan"), now=world.now)
    (kit,) = in_desks.passes("exchange")
    assert kit.ends_at == datetime(2026, 3, 2, 17, tzinfo=UTC)
    world.advance("12:45")
    assert in_desks.passes("exchange"), "the site closed for noon"
    world.advance("15:00")
    become(world, "closed", by="joan")
    assert not in_desks.passes("exchange")


@pytest.mark.parametrize(
    ("monday", "ends"),
    [
        ("09:00-15:00", "15:00"),
        ("09:00-18:00", "18:00"),
        ("09:00-09:30", "10:00, at once"),
        ("", "10:00, at once"),
    ],
)
def test_a_day_pass_follows_new_hours_unless_somebody_said_when_it_ends(world, monday, ends):
    hours(world)
    desk = int(world.device("desk-1").id)
    desks.give_pass("Kit", desk, by=world.person("joan"), now=world.now)
    [kit] = in_desks.passes("exchange")
    until_four = world.now.replace(hour=16)
    desks.give_pass("Lou", desk, ends_at=until_four, by=world.person("joan"), now=world.now)
    world.advance("10:00")
    hours(world, {0: monday, 1: "09:00-17:00"})
    left = {p.name: f"{p.ends_at:%H:%M}" for p in in_desks.passes("exchange")}
    assert left == {"Lou": "16:00"} | ({} if "at once" in ends else {"Kit": ends})
    assert [e.type for e in journal.of_subject(f"pass:{kit.id}")][:2] == ["pass:given", "pass:moved"]
    if "at once" not in ends:
        world.advance(ends)
        assert "Kit" not in {p.name for p in in_desks.passes("exchange")}


def test_a_day_pass_ends_at_once_on_a_day_that_becomes_a_holiday_and_stays_where_no_hours_are_left(world):
    hours(world)
    desk = int(world.device("desk-1").id)
    desks.give_pass("Kit", desk, by=world.person("joan"), now=world.now)
    hours(world, {})
    assert [f"{p.ends_at:%H:%M}" for p in in_desks.passes("exchange")] == ["17:00"]
    hours(world)
    actions.save_special_days(
        "exchange", [actions.Day(world.now.date(), "Storm")], by=world.person("sasha"), now=world.now
    )
    assert not in_desks.passes("exchange")


# By hand


def test_everybody_at_work_may_say_that_the_site_is_emptied_and_only_a_manager_that_it_is_closed(world):
    become(world, "emptied", by="amira", reason="fire_alarm")
    become(world, "open", by="amira")
    with pytest.raises(NotAllowed):
        become(world, "closed", by="amira")
    actions.change_state("exchange", "locked_down", reason="threat", by=world.device("desk-1"), now=world.now)
    with pytest.raises(NotAllowed):
        become(world, "open", by="robin")
    with pytest.raises(Invalid):
        become(world, "emptied", reason="because")


@pytest.mark.parametrize("danger", ["emptied", "locked_down"])
def test_who_says_that_it_is_over_opens_the_site_and_only_a_manager_leaves_it_closed(world, danger):
    become(world, danger, by="amira", reason="threat")
    for shut in ("closed", "closing"):
        with pytest.raises(NotAllowed):
            become(world, shut, by="amira")
    hours(world, {0: "08:00-08:30"})
    actions.follow_hours_again("exchange", by=world.device("desk-1"), now=world.now)
    assert state() == "closed", "as the hours say"
    become(world, danger, by="amira", reason="threat")
    become(world, "closed", by="joan")
    assert state() == "closed"


def test_a_danger_that_whoever_lifts_it_did_not_know_of_stays(world):
    become(world, "emptied", by="amira", reason="exercise")
    seen = actions.Lifted("emptied", queries.status(queries.site("exchange"), world.now).since)
    amira, joan = world.person("amira"), world.person("joan")
    world.advance(MINUTE)
    become(world, "locked_down", by="helen", reason="threat")
    with pytest.raises(Refusal, match="something else"):
        actions.follow_hours_again("exchange", lifts=seen, by=amira, now=world.now)
    for becomes in ("open", "closed"):
        with pytest.raises(Refusal, match="something else"):
            actions.change_state("exchange", becomes, lifts=seen, by=joan, now=world.now)
    assert state() == "locked_down"
    become(world, "emptied", by="helen", reason="threat")
    with pytest.raises(Refusal, match="something else"):
        actions.follow_hours_again("exchange", lifts=seen, by=amira, now=world.now)
    actions.change_state("exchange", "locked_down", lifts=seen, by=amira, now=world.now)
    assert state() == "locked_down", "a danger may be said from any page"
    actions.follow_hours_again("exchange", lifts=actions.Lifted("locked_down"), by=amira, now=world.now)
    assert state() == "open"


# Emptied


@pytest.mark.clause("E1")
def test_e1_after_a_fire_bell_a_list_puts_each_back_at_the_old_place_and_the_time_outside_counts_for_nobody(world):
    first, second, third = arrive(world), arrive(world), arrive(world, mood="agitated")
    world.advance("09:04")
    become(world, "emptied", by="amira", reason="fire_alarm")
    world.advance("09:30")
    assert {shown(v)["outcome"] for v in (first, second, third)} == {"site_closed"}
    assert figures(world) == (0, 0, 0, 3)
    become(world, "open", by="amira")
    rows = in_visits.headcounts("exchange", "emptied")
    assert [r.visit_id for r in rows] == [first, second, third]
    world.advance("09:30:30")
    for row, answer in zip(rows, ("back", "left", "back"), strict=True):
        visits.answer_headcount(row.pk, answer, by=world.person("amira"), now=world.now)
    assert not in_visits.headcounts("exchange")
    assert [v.pk for v in in_visits.open_visits("exchange")] == [first, third]
    assert clock(first)["due_at"] == "2026-03-02T09:36:00+00:00", "four minutes waited, twenty-six outside"
    assert clock(first)["over_at"] is None and prompts(third, "call_manager") == []
    world.advance("09:32")
    assert prompts(third, "call_manager")
    world.advance("09:37")
    assert clock(first)["over_at"]
    assert [e.type for e in events(second)][-1] == "visit:counted"
    assert figures(world) == (0, 2, 0, 1)
    world.messages()


@pytest.mark.parametrize("first", ["joan", "her hours"])
@pytest.mark.clause("E1")
def test_e1_who_came_before_it_was_closed_waited_until_then_and_not_until_it_was_emptied_too(world, first):
    if first == "joan":
        world.advance("09:10")
        become(world, "closed", by="joan")
    else:
        hours(world, {0: "08:00-09:10"})
        world.advance("09:10")
    world.advance("09:20")
    become(world, "emptied", by="amira", reason="fire_alarm")
    world.advance("09:30")
    late = arrive(world, arrived_at=world.now.replace(minute=5))
    assert in_visits.visit(late).ended_at == world.now.replace(minute=10)
    become(world, "open", by="amira")
    world.advance("09:40")
    become(world, "emptied", by="amira", reason="fire_alarm")
    again = arrive(world, arrived_at=world.now.replace(minute=35))
    assert in_visits.visit(again).ended_at == world.now.replace(minute=40), "not of the time before"


@pytest.mark.clause("E1a")
def test_e1a_a_bell_right_after_the_limit_stops_the_telling_and_whoever_comes_back_is_still_to_be_told(world):
    visit = arrive(world)
    world.advance("09:11")
    become(world, "emptied", by="amira", reason="fire_alarm")
    world.advance("09:30")
    tallies = told(world)
    assert (tallies.not_kept, tallies.stopped) == (0, 1), "two minutes to tell them, one of which was left"
    assert figures(world) == (0, 1, 0, 0), "the limit itself was passed"
    become(world, "open", by="amira")
    [row] = in_visits.headcounts("exchange", "emptied")
    visits.answer_headcount(row.pk, "back", by=world.person("amira"), now=world.now)
    assert (told(world).stopped, told(world).not_known) == (0, 1), "they are here again, and were not told"
    world.advance("09:30:30")
    act(world, "tell", visit, wait="PT10M")
    assert told(world).kept == 1
    world.messages()


def told(world):
    return kept.kept("exchange", world.now.replace(hour=0, minute=0, second=0), world.now).e1a


def test_putting_a_whole_room_back_in_asks_one_question_and_not_thirty(world):
    for _ in range(30):
        arrive(world)
    world.advance("09:09:30")
    become(world, "emptied", reason="fire_alarm")
    world.advance("09:20")
    become(world, "open")
    assert visits.answer_all("exchange", "emptied", "back", by=world.person("amira"), now=world.now) == 30
    world.advance("09:21")
    open_ = in_visits.open_prompts("exchange")
    assert sorted(p.kind for p in open_) == ["ask_service", "tell_room"]
    assert {p.visits.count() for p in open_ if p.kind == "tell_room"} == {30}
    world.messages()


def test_what_was_answered_is_not_answered_again_and_somebody_put_back_in_elsewhere_is_off_the_list(world):
    one, two = arrive(world), arrive(world)
    become(world, "emptied", reason="exercise")
    world.advance(SECOND)
    become(world, "open")
    row = in_visits.headcounts("exchange")[0]
    visits.answer_headcount(row.pk, "left", by=world.person("amira"), now=world.now)
    with pytest.raises(Refusal):
        visits.answer_headcount(row.pk, "back", by=world.person("amira"), now=world.now)
    act(world, "reinstate", two)
    assert not in_visits.headcounts("exchange")
    assert shown(one)["outcome"] == "site_closed"


# Locked down


def test_locked_down_the_clocks_go_on_and_nobody_is_asked_or_called_until_it_is_over(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:03")
    become(world, "locked_down", reason="threat")
    world.advance("09:20")
    assert clock(visit, "agitated")["over_at"], "the clock ran on"
    assert not world.told(), "nobody was called"
    assert all(p["repeats"] == 0 for p in prompts(visit))
    become(world, "open")
    world.advance(SECOND)
    assert "tariq" in world.told()
    assert {p["kind"]: p["repeats"] for p in prompts(visit)}["call_manager"] == 1
    world.advance("09:30")
    assert {p["kind"]: p["repeats"] for p in prompts(visit)}["call_manager"] > 1
    world.messages()


# Closing


def test_at_closing_each_is_asked_about_and_who_was_not_is_shown_to_the_manager_next_morning(world):
    hours(world)
    world.advance("16:40")
    gone, stays, silent, busy = (arrive(world) for _ in range(4))
    act(world, "attend", busy, channel="face_to_face")
    world.advance("16:46")
    joan = world.person("joan")
    visits.answer_at_closing(gone, "left", by=joan, now=world.now)
    visits.answer_at_closing(stays, "staying", person=int(world.person("ben").id), by=joan, now=world.now)
    with pytest.raises(Invalid):
        visits.answer_at_closing(silent, "staying", by=joan, now=world.now)
    world.advance("17:01")
    assert [shown(v)["state"] for v in (gone, stays, silent, busy)] == ["closed", "waiting", "closed", "attending"]
    assert events(silent, "visit:left")[0].facts["asked"] is False
    world.advance("09:30")
    assert [(r.visit_id, r.why) for r in in_visits.headcounts("exchange")] == [(silent, "closing")]
    world.messages()


# After an outage


def outage(world, minutes=40):
    alive.renew(world.now)
    present.freeze(world.now + timedelta(minutes=minutes))
    alive.find_outage(world.now)
    run_due(world.now)


def test_after_an_outage_one_list_asks_and_no_storm_of_prompts(world):
    waiting = [arrive(world) for _ in range(12)]
    world.advance("09:02")
    outage(world)
    rows = in_visits.headcounts("exchange", "outage")
    assert [r.visit_id for r in rows] == waiting
    assert rows[0].since == datetime(2026, 3, 2, 9, 2, tzinfo=UTC)
    assert not in_visits.open_prompts("exchange")
    assert all(clock(v)["over_at"] == "2026-03-02T09:10:00+00:00" for v in waiting), "the true clock"
    amira = world.person("amira")
    visits.answer_headcount(rows[0].pk, "here", by=amira, now=world.now)
    assert prompts(waiting[0], "tell_customer")
    true_time = datetime(2026, 3, 2, 9, 8, tzinfo=UTC)
    visits.answer_headcount(rows[1].pk, "attended", at=true_time, by=amira, now=world.now)
    assert (clock(waiting[1])["over_at"], shown(waiting[1])["attended_at"]) == (None, true_time.isoformat())
    visits.answer_headcount(rows[2].pk, "left", at=true_time, by=amira, now=world.now)
    assert shown(waiting[2])["ended_at"] == true_time.isoformat()
    with pytest.raises(Invalid):
        visits.answer_headcount(rows[3].pk, "left", at=world.now + MINUTE, by=amira, now=world.now)


def test_a_list_that_nobody_answers_is_followed_by_one_question_about_the_room(world):
    for _ in range(12):
        arrive(world)
    outage(world)
    world.advance(5 * MINUTE)
    assert [p.kind for p in in_visits.open_prompts("exchange")] == ["tell_room"]
    assert not in_visits.headcounts("exchange", "outage")
    world.messages()


def test_a_server_that_was_off_for_less_than_a_minute_was_not_off(world):
    visit = arrive(world)
    world.advance("09:09:50")
    alive.renew(world.now)
    present.freeze(world.now + timedelta(seconds=45))
    alive.find_outage(world.now)
    run_due(world.now)
    assert not in_visits.headcounts("exchange")
    assert prompts(visit, "tell_customer")
    world.messages()


# Set up from a file


def test_the_set_up_file_records_hours_and_special_days_and_twice_changes_nothing(world):
    text = """
sites:
  - id: exchange
    name: The Exchange
    hours: {monday: "09:00-12:30, 13:30-17:00", tuesday: ["10:00-16:00"], closing_minutes: 20}
    special_days:
      - {day: 2026-12-25, name: Christmas Day}
    places: [{id: reception, name: Reception, kind: reception}]
"""
    run = [setting_up.set_up(read(text, setting_up.known()), by=world.person("sasha"), now=world.now) for _ in range(2)]
    assert run[0] >= 2 and run[1] == 0
    found = queries.hours("exchange")
    assert [len(found.weekly[day]) for day in (0, 1)] == [2, 1]
    assert found.special == {date(2026, 12, 25): ()}


def test_a_set_up_file_whose_hours_cannot_be_read_names_the_line(world):
    text = """
sites:
  - id: hall
    name: Hall
    hours: {monday: "nine to five"}
    places: [{id: reception, name: Reception, kind: reception}]
"""
    with pytest.raises(SetUpFaults) as refused:
        read(text, setting_up.known())
    assert [(f.line, "nine to five" in f.sentence) for f in refused.value.faults] == [(5, True)]

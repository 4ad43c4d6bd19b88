"""Alone at a site: found by itself, provided or not, kept by a manager with a reason, and safe in the room."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.alarms import bookkeeping
from steadydesk.alarms.queries import at_sites
from steadydesk.api.stream import Stream
from steadydesk.buttons import actions as buttons
from steadydesk.buttons.models import Button
from steadydesk.buttons.rules import Said
from steadydesk.delivery.models import Delivery
from steadydesk.desks import actions as desks
from steadydesk.documents.models import Binding
from steadydesk.documents.queries import in_force
from steadydesk.journal.hub import Hub
from steadydesk.journal.models import Entry, Words
from steadydesk.journal.reader import Row
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.loneworking import actions, choices, figures, mobiles, periods, provisions, queries, reminders
from steadydesk.loneworking.models import LonePeriod, LoneShift, Mobile
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.people import actions as people
from steadydesk.people.models import Membership, Person, Role, Shift
from steadydesk.readiness.queries import gaps
from steadydesk.reports.table import lone as lone_report
from steadydesk.sites import actions as sites
from steadydesk.sites.models import Place
from steadydesk.sites.queries import site
from tests.alarming import answer as answer_call
from tests.rota import NEXT_MONDAY, clear, plan, publish
from tests.world import TESTER

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ROOM = ("locks", "telephone", "no_windows", "no_easy_access")
OTHERS = ("ruth", "owen", "paul")


def go_home(world, *logins):
    for login in logins:
        people.end_shift(int(world.person(login).id), "branch", by=world.person(login), now=world.now)


@pytest.fixture
def alone(world):
    """Everybody but Iris has gone home from the branch, and a minute has passed."""
    go_home(world, *OTHERS)
    world.advance(MINUTE)
    assert world.told() == {"iris"}
    return queries.running(int(world.person("iris").id))


def provide(world, confirmed=("phone_on_me",)):
    """Everything that a lone worker is to have, in date, for Iris."""
    ruth, iris = world.person("ruth"), int(world.person("iris").id)
    sites.inspect_safe_room("branch", "safe-room", dict.fromkeys(ROOM, True), by=ruth, now=world.now)
    sites.record_police_route("branch", "County Alarms", "A-17", "They ring back", by=ruth, now=world.now)
    sites.say_police_route_tested("branch", True, by=ruth, now=world.now)
    button = Button.objects.get(site="branch", kind="worn")
    buttons.assign(button.pk, iris, by=ruth, now=world.now)
    buttons.note_said(button.pk, Said("heard", "1", world.now, battery=90), by=TESTER, now=world.now)
    mobiles.look_at("branch", f"button:{button.pk}", {"test": True}, by=ruth, now=world.now)
    telephone = Mobile.objects.get(site="branch")
    assert telephone.person_id == iris
    mobiles.look_at("branch", telephone.subject, {"speed_dial": True, "battery": True}, by=ruth, now=world.now)
    if (row := queries.running(iris)) is not None:
        actions.confirm_start(row.pk, confirmed, "", by=world.person("iris"), now=world.now)
    return button, telephone


def stand(row, now):
    """Each provision with what it lacks."""
    return {p.id: p.why for p in provisions.of_shift(queries.shift(row.pk), now)}


def rota(world, *spans, person="iris"):
    """Shifts to come, as a published rota writes them: hours from now."""
    pk = int(world.person(person).id)
    for start, end in spans:
        row = Shift(person_id=pk, site_id="branch", starts_at=world.now + start * HOUR, ends_at=world.now + end * HOUR)
        people.save_row(row, by=world.person("sasha"), now=world.now)


# Found by itself


def test_whoever_is_left_alone_is_protected_from_the_first_minute_and_asked_what_is_on_them(world, alone):
    assert (alone.found, alone.confirmed_at, alone.began_at) == (True, None, world.now)
    assert "this began by itself" in world.client("iris").get("/check-ins").text
    world.advance(30 * MINUTE)
    assert world.told() == {"iris"}
    world.advance(5 * MINUTE)
    assert [a.source for a in at_sites(["branch"])] == ["check_in"]
    world.messages()


def test_a_change_of_shift_within_a_minute_leaves_nobody_alone(world):
    go_home(world, *OTHERS)
    people.start_shift(int(world.person("paul").id), "branch", by=world.person("paul"), now=world.now)
    world.advance(2 * MINUTE)
    assert not LoneShift.objects.exists()


def test_it_ends_by_itself_when_somebody_comes_and_says_so_and_not_because_the_rota_expects_them(world, alone):
    rota(world, (1, 3), person="paul")
    world.advance(HOUR + MINUTE)
    assert queries.shift(alone.pk).ended_at is None, "they may not come"
    world.messages()
    ruth = world.person("ruth")
    people.start_shift(int(ruth.id), "branch", by=ruth, now=world.now)
    row = queries.shift(alone.pk)
    assert (row.state, row.ending, row.ended_at) == ("over", "not_alone", world.now)
    world.messages()


def test_a_shift_that_was_begun_by_hand_goes_on_though_somebody_comes(world):
    row = actions.begin_lone_shift("branch", "stacks", by=world.person("iris"), now=world.now)
    go_home(world, "paul")
    people.start_shift(int(world.person("paul").id), "branch", by=world.person("paul"), now=world.now)
    assert queries.shift(row.pk).ended_at is None


def test_the_rota_leaves_somebody_alone_at_its_own_time(world):
    rota(world, (1, 6))
    Shift.objects.filter(site="branch", ends_at__isnull=True).update(ends_at=world.now + 2 * HOUR)
    world.advance(2 * HOUR)
    row = queries.running(int(world.person("iris").id))
    assert (row.found, row.began_at, row.until) == (True, world.now, world.now + 4 * HOUR)
    world.messages()


def test_without_a_protocol_and_without_a_place_it_begins_with_what_is_shipped(world):
    Binding.objects.filter(site="branch").delete()
    Place.objects.filter(site="branch").delete()
    go_home(world, *OTHERS)
    world.advance(MINUTE)
    row = queries.running(int(world.person("iris").id))
    assert (row.place, row.document) == ("", "")
    world.advance(35 * MINUTE)
    assert [(a.source, a.place_name) for a in at_sites(["branch"])] == [("check_in", "Mill Street Library")]
    assert world.client("iris").get("/check-ins").status_code == 200
    world.messages()


# The worker


def test_they_are_asked_at_the_time_they_were_to_be_gone_and_called_for_when_nobody_answers(world, alone):
    until = world.now + 10 * MINUTE
    iris = world.person("iris")
    choices.extend_stay(alone.pk, until, "child", by=iris, now=world.now)
    assert queries.due_at(queries.shift(alone.pk)) == until
    world.advance(10 * MINUTE)
    assert world.told() == {"iris"}
    choices.extend_stay(alone.pk, until + 20 * MINUTE, "child", by=iris, now=world.now)
    assert queries.shift(alone.pk).state == "asked", "to stay is no answer to how they are"
    world.advance(5 * MINUTE)
    assert len(at_sites(["branch"])) == 1
    world.messages()
    with pytest.raises(Invalid):
        choices.extend_stay(alone.pk, world.now, "child", by=iris, now=world.now)
    with pytest.raises(Invalid):
        choices.extend_stay(alone.pk, world.now + HOUR, "", by=iris, now=world.now)


def test_to_go_they_say_that_the_door_is_locked(world, alone):
    iris = world.client("iris")
    iris.post("/check-ins/end")
    assert queries.shift(alone.pk).ended_at is None
    iris.post("/check-ins/end", {"ending": "door_locked"})
    assert queries.shift(alone.pk).ending == "door_locked"
    world.advance(2 * HOUR)
    assert world.messages() == [] and at_sites(["branch"]) == []


@pytest.mark.clause("L2d-ii")
def test_l2d_ii_a_no_withholds_the_word_provided_and_offers_three_ways_and_never_the_check_ins(world, alone):
    page = world.client("iris").get("/check-ins").text
    for said in ("Not provided", "Close the branch", "Ask the manager", "Stay until a set time"):
        assert said in page
    assert alone.missing == ["device", "safe_room", "mobile"]
    assert queries.due_at(alone) == world.now + 30 * MINUTE
    provide(world)
    assert stand(alone, world.now) == {"device": (), "safe_room": (), "mobile": ()}
    page = world.client("iris").get("/check-ins").text
    assert ">Provided<" in page and "Close the branch" not in page
    with pytest.raises(Refusal):
        choices.choose_offer(alone.pk, "close", by=world.person("iris"), now=world.now)
    assert queries.due_at(queries.shift(alone.pk)) == world.now + 30 * MINUTE


@pytest.mark.clause("L2d")
def test_l2d_without_a_device_it_is_not_provided_until_a_manager_accepts_it_by_name_with_a_reason(world, alone):
    iris, ruth = world.client("iris"), world.client("ruth")
    iris.post("/check-ins/choose", {"offer": "ask_manager"})
    assert world.told() == {"owen"}
    assert "Answer: they ask you" in ruth.get("/manage/alone?site=branch").text
    typed = {"site": "branch", "answer": "stay", "until": "12:00", "reason": ""}
    refused = ruth.post(f"/manage/alone/{alone.pk}/answer", typed)
    assert refused.status_code == 422 and 'value="12:00"' in refused.text
    with pytest.raises(Invalid, match="Write why"):
        choices.answer_gap(alone.pk, "stay", " ", world.now + HOUR, by=world.person("ruth"), now=world.now)
    typed["reason"] = "The device is at the workshop"
    assert ruth.post(f"/manage/alone/{alone.pk}/answer", typed).status_code == 302
    assert world.told() == {"iris"}
    for page in (iris.get("/check-ins"), ruth.get("/manage/alone?site=branch")):
        assert "Ruth Allen says: stay until 2 Mar, 12:00." in page.text
        assert "The device is at the workshop" in page.text
        assert "Not provided" in page.text
    words = Words.objects.get(text="The device is at the workshop")
    assert (
        words.retention == "lone_shift"
        and words.expires_at == world.now + in_force("branch").protocol.retention["lone_shift"]
    )
    assert queries.shift(alone.pk).until == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert queries.due_at(queries.shift(alone.pk)) == alone.began_at + 30 * MINUTE, "the check-ins go on"


def test_nobody_accepts_their_own_gap_and_only_those_who_lead_accept_one(world, alone):
    until = world.now + HOUR
    with pytest.raises(NotAllowed):
        choices.answer_gap(alone.pk, "stay", "why", until, by=world.person("paul"), now=world.now)
    Role.objects.create(person_id=alone.person, role="manager", site_id="branch")
    with pytest.raises(Refusal):
        choices.answer_gap(alone.pk, "stay", "why", until, by=world.person("iris"), now=world.now)
    with pytest.raises(Invalid) as caught:
        choices.answer_gap(alone.pk, "", " ", None, by=world.person("ruth"), now=world.now)
    assert {f.field for f in caught.value.faults} == {"answer", "reason"}


def test_to_close_is_told_to_those_who_look_after_the_site_and_a_manager_may_say_so_too(world, alone):
    choices.choose_offer(alone.pk, "close", by=world.person("iris"), now=world.now)
    assert world.told() == {"owen"}
    choices.answer_gap(alone.pk, "close", "Nobody else can come", by=world.person("ruth"), now=world.now)
    assert "Ruth Allen says: close the branch." in world.client("iris").get("/check-ins").text
    assert world.told() == {"iris"}


@pytest.mark.parametrize("how", ["over", "seen"])
def test_a_question_to_those_who_look_after_the_site_ends_with_the_shift_and_when_they_see_it(world, alone, how):
    choices.choose_offer(alone.pk, "close", by=world.person("iris"), now=world.now)
    assert world.told() == {"owen"}
    asked = Delivery.objects.filter(subject=f"{alone.subject}:asks")
    if how == "over":
        actions.check_out(alone.pk, by=world.person("iris"), now=world.now)
    else:
        assert world.client("owen").get("/manage/alone?site=branch").status_code == 200
    assert {row.state for row in asked} == {"withdrawn" if how == "over" else "seen"}


@pytest.mark.clause("L2d-ii(1)")
@pytest.mark.parametrize("what", ["nobody_wears_it", "silent", "low", "untried", "failed", "route"])
def test_l2d_ii_1_the_device_is_a_yes_only_assigned_heard_charged_tried_and_with_a_route_in_date(world, alone, what):
    button, _telephone = provide(world)
    ruth = world.person("ruth")
    assert stand(alone, world.now)["device"] == ()
    lone, now = in_force("branch").protocol.lone_working, world.now
    if what == "nobody_wears_it":
        buttons.assign(button.pk, None, by=ruth, now=now)
    elif what == "low":
        buttons.note_said(button.pk, Said("battery", "2", now, battery=5), by=TESTER, now=now)
    elif what == "silent":
        now += lone.device_heard_within + MINUTE
    elif what == "failed":
        mobiles.look_at("branch", f"button:{button.pk}", {"test": False}, by=ruth, now=now)
    elif what == "untried":
        now += lone.device_tested_every + MINUTE
        Button.objects.filter(pk=button.pk).update(heard_at=now)
    else:
        sites.say_police_route_tested("branch", False, by=ruth, now=now)
    lacks = {
        "nobody_wears_it": ("no_device",), "silent": ("device_silent",), "low": ("device_low",),
        "untried": ("device_test_overdue",), "failed": ("device_test_not_good",), "route": ("no_route",),
    }  # fmt: skip
    assert stand(alone, now)["device"] == lacks[what]
    world.messages()


@pytest.mark.clause("L2d-ii(3)")
def test_l2d_ii_3_the_telephone_has_number_holder_and_dated_looks_and_the_worker_says_it_is_on_them(world, alone):
    _button, telephone = provide(world, confirmed=())
    assert stand(alone, world.now)["mobile"] == ("mobile_unsaid",)
    form = world.client("iris").get("/check-ins").text
    assert "The mobile telephone is on me and charged" in form and "checked" not in form
    said = {"confirmed": ["phone_on_me"], "duress_answer": "fine"}
    assert world.client("iris").post("/check-ins/confirm", said).status_code == 302
    assert stand(alone, world.now)["mobile"] == ()
    page = world.client("ruth").get("/manage/alone?site=branch").text
    for shown in ("07700 900159", "Iris Lund", "Emergency number on speed dial", "2 Mar 2026"):
        assert shown in page
    later = world.now + in_force("branch").protocol.lone_working.device_tested_every + MINUTE
    assert set(stand(alone, later)["mobile"]) == {"speed_dial_overdue", "battery_overdue"}
    mobiles.look_at("branch", telephone.subject, {"speed_dial": False}, by=world.person("ruth"), now=world.now)
    assert stand(alone, world.now)["mobile"] == ("speed_dial_not_good",)
    assert "emergency number on speed dial: found not to be in order" in sentences(world)


def sentences(world, about="alone"):
    return " ".join(g.sentence for g in gaps(site("branch"), world.now) if g.about == about)


# The safe room


@pytest.mark.clause("L2d-ii(2)e")
def test_l2d_ii_2e_one_press_moves_the_call_to_the_room_tells_responders_and_only_all_clear_ends_it(world, alone):
    provide(world)
    world.advance(35 * MINUTE)
    assert "owen" in world.told(), "nobody answered, so help was called"
    id = actions.go_to_safe_room(alone.pk, by=world.person("iris"), now=world.now)
    told = world.messages()
    assert [d.message["place"] for d in told if d.message["kind"] == "safe_room"][:1] == ["Safe room"]
    assert alone.person not in {d.person for d in told}
    owen = world.client("owen")
    assert "Safe room, called from Issue desk" in owen.get(f"/alarms/{id}").text
    assert "second door on the left" in owen.get("/respond/calls").text
    world.client("iris").post("/check-ins/inside", {"inside": "3"})
    page = owen.get(f"/alarms/{id}/police").text
    for said in ("Mill Street Library", "3 people are in a safe room: Safe room, since 09:36", "second door",
                 "The door to the car park", "extension 309", "They ring back"):  # fmt: skip
        assert said in page
    answer_call(world, {"id": id}, "attend", "owen")
    assert "Safe room, called from" in owen.get(f"/alarms/{id}").text
    answer_call(world, {"id": id}, "all-clear", "owen")
    assert "Safe room, called from" not in owen.get(f"/alarms/{id}").text
    world.messages()


def test_a_second_press_in_the_safe_room_joins_the_call_and_changes_nothing(world, alone):
    iris = world.person("iris")
    first = actions.go_to_safe_room(alone.pk, by=iris, now=world.now)
    since = queries.shift(alone.pk).refuge_at
    world.advance(MINUTE)
    assert actions.go_to_safe_room(alone.pk, by=iris, now=world.now) == first
    assert queries.shift(alone.pk).refuge_at == since
    moves = Entry.objects.filter(type="alarm:safe-room").count()
    assert moves == 1
    world.messages()


def test_a_safe_room_with_the_longest_name_is_told_of_in_a_key_that_every_database_takes(world, alone):
    Place.objects.filter(site="branch", slug="safe-room").update(slug="r" * 60)
    world.advance(35 * MINUTE)
    world.messages()
    actions.go_to_safe_room(alone.pk, by=world.person("iris"), now=world.now)
    told = [row for row in world.messages() if row.message["kind"] == "safe_room"]
    assert told and max(len(row.key) for row in told) <= Delivery._meta.get_field("key").max_length


def test_a_change_of_roles_does_not_keep_the_call_from_moving_to_the_safe_room(world, alone):
    Role.objects.filter(person=alone.person).update(site="exchange")
    Membership.objects.filter(person=alone.person).delete()
    actions.go_to_safe_room(alone.pk, by=world.person("iris"), now=world.now)
    [call] = at_sites(["branch"])
    assert call.safe_room == "Safe room"
    world.messages()


def test_what_is_read_to_the_police_never_opens_where_customers_read_along(world, alone):
    id = actions.go_to_safe_room(alone.pk, by=world.person("iris"), now=world.now)
    world.messages()
    assert world.client(device="branch-desk").get(f"/alarms/{id}/police").status_code == 302
    assert world.client("amira").get(f"/alarms/{id}/police").status_code == 404


def test_a_call_of_somebody_alone_goes_to_colleagues_at_home_and_to_nobody_who_is_away(world, alone):
    people.mark_absent(int(world.person("ruth").id), "branch", by=world.person("ruth"), now=world.now)
    world.advance(35 * MINUTE)
    assert {"owen", "morgan"} & world.told() == {"owen"}, "in the order that the protocol has"
    world.advance(5 * MINUTE)
    assert "ruth" not in world.told()
    [call] = at_sites(["branch"])
    answer_call(world, {"id": call.id}, "acknowledge", "owen")
    people.start_shift(int(world.person("paul").id), "branch", by=world.person("paul"), now=world.now)
    world.messages()


def test_after_the_shift_is_over_by_the_rota_a_missed_check_in_still_reaches_somebody(world, alone):
    Shift.objects.filter(site="branch", ends_at__isnull=True).update(ends_at=world.now + MINUTE)
    world.advance(35 * MINUTE)
    assert "owen" in world.told()


def test_whoever_is_tapped_in_checks_in_at_the_desk_in_words_that_customers_may_read(world, alone):
    desk, iris = world.device("branch-desk"), world.person("iris")
    desks.set_pin(alone.person, "48151", by=iris, now=world.now)
    desks.tap_in("48151", person=alone.person, by=desk, now=world.now)
    browser = world.client()
    browser.cookies[DESK_COOKIE] = world.token(device="branch-desk")
    board = browser.get("/desk").text
    assert "next 09:31" in board
    page = browser.get("/check-ins")
    assert page.status_code == 200
    for told in ("alone", "police", "safe room", "Not provided", "call for help"):
        assert told not in page.text, told
    world.advance(30 * MINUTE)
    assert world.told() == {"iris"}
    assert "Please answer before 09:36" in browser.get("/check-ins/line").text
    assert browser.post("/check-ins/answer", {"answer": "fine"}).status_code == 302
    assert queries.shift(alone.pk).state == "well"
    assert browser.post("/check-ins/safe").status_code == 403, "customers read along"
    Place.objects.filter(site="branch", slug="desk").update(staff_only=True)
    assert browser.post("/check-ins/safe").status_code == 302
    assert queries.shift(alone.pk).refuge == "safe-room"
    assert browser.post("/check-ins/end", {"ending": "door_locked"}).status_code == 302
    assert "09:36" not in browser.get("/check-ins/line").text
    world.messages()


# The rota and the month


@pytest.mark.clause("L2d-i")
def test_l2d_i_a_lone_period_in_the_rota_warns_and_needs_a_written_reason_and_counts_in_the_months_report(world):
    rota(world, (32, 36))
    world.advance(MINUTE)
    assert world.told() == {"owen"}
    [period] = periods.to_come("branch", world.now)
    assert period.evening
    ruth = world.client("ruth")
    page = ruth.get("/manage/alone?site=branch").text
    assert "Mill Street Library" in page and "Tue 3 Mar, 17:00 – 21:00 · evening" in page
    assert "Alone in the evening by the rota, without a manager's reason: Tue 3 Mar, 17:00" in sentences(world)
    address = f"/manage/alone/periods/{period.pk}"
    assert ruth.post(address, {"site": "branch", "do": "keep", "reason": " "}).status_code == 422
    assert ruth.post(address, {"site": "branch", "do": "keep", "reason": "Council election"}).status_code == 302
    assert "Kept by Ruth Allen" in ruth.get("/manage/alone?site=branch").text
    assert "Alone in the evening" not in sentences(world)
    csv = lone_report("branch", "2026-03-01", "2026-03-31").content.decode()
    assert csv.splitlines()[1] == "2026-03,1,1,1,0,0,0.0,0,0"
    assert "Iris" not in csv and "lund" not in csv.lower()
    names = {f.name for model in (LoneShift, LonePeriod, Person) for f in model._meta.get_fields()}
    assert not names & {"gender", "sex"}
    ruth.post(address, {"site": "branch", "do": "let_go"})
    assert "Alone in the evening" in sentences(world)


def test_a_period_that_the_rota_has_no_more_is_cleared_and_asks_for_nothing(world):
    rota(world, (32, 36))
    world.advance(MINUTE)
    world.messages()
    rota(world, (32, 36), person="paul")
    world.advance(2 * MINUTE)
    assert periods.to_come("branch", world.now) == []
    assert Entry.objects.filter(type="lone:cleared").count() == 1
    assert "Alone" not in sentences(world)


def test_a_period_across_the_end_of_what_is_looked_through_warns_once_and_keeps_its_reason(world):
    rota(world, (28 * 24 - 1, 28 * 24 + 3))
    periods.look_ahead("branch", by=TESTER, now=world.now)
    later = world.now + 4 * HOUR
    [period] = periods.look_ahead("branch", by=TESTER, now=later)
    assert period.ends_at - period.starts_at == 4 * HOUR
    periods.keep_period(period.pk, "Council election", by=world.person("ruth"), now=later)
    assert periods.look_ahead("branch", by=TESTER, now=later + HOUR) == []
    assert [row.kept_at for row in periods.to_come("branch", later)] == [later]
    assert Entry.objects.filter(type="lone:warned").count() == 1
    world.messages()


@pytest.mark.parametrize("weeks", [4, 7])
def test_the_reason_that_a_rota_was_published_with_counts_for_a_period_that_is_weeks_ahead_too(world, weeks):
    first = NEXT_MONDAY + timedelta(weeks=weeks - 1)
    plan(world, "iris", "07:00-10:00", days={0}, site="branch", by="ruth", from_day=first)
    publish(world, NEXT_MONDAY, first, site="branch", by="ruth")
    world.advance(timedelta(weeks=weeks))
    assert Entry.objects.filter(type="lone:warned").count() == 1
    assert "without a manager" not in sentences(world)
    assert "lone_period" not in {m.message["kind"] for m in world.messages()}


def test_whoever_a_rota_sets_up_in_a_quiet_month_is_looked_at_though_nobody_comes_or_goes_before(world):
    clear()
    rota(world, (8 * 24 + 1, 8 * 24 + 5))
    world.advance(8 * DAY + 2 * HOUR)
    assert queries.running(int(world.person("iris").id)).found
    world.messages()


def test_the_month_counts_what_was_worked_alone_and_not_by_whom(world, alone):
    world.advance(35 * MINUTE)
    actions.check_out(alone.pk, by=world.person("iris"), now=world.now)
    [month] = figures.months("branch", world.now - DAY, world.now + DAY)
    assert (month.worked, month.worked_evening, month.not_provided, month.missed) == (1, 0, 1, 1)
    assert month.minutes == 35
    world.messages()


# What is inspected


@pytest.mark.clause("LP4")
def test_lp4_the_safe_rooms_owner_is_told_before_it_is_due_and_the_readiness_page_shows_it_overdue(world):
    assert reminders.owners("branch", "LP4") == [int(world.person("ruth").id)]
    sites.inspect_safe_room("branch", "safe-room", dict.fromkeys(ROOM, True), by=world.person("ruth"), now=world.now)
    due = [d for d in reminders.dues("branch", world.now) if d.clause == "LP4"]
    assert {d.item for d in due} == set(ROOM)
    page = world.client("ruth").get("/manage/safety?site=branch").text
    assert "Manager" in page and "due again 1 Apr 2026" in page
    world.advance(23 * DAY)
    assert world.told() == {"ruth"}, "a week before the telephone is due"
    assert sentences(world, "safe_rooms") == ""
    world.advance(7 * DAY + MINUTE)
    assert world.told() == {"ruth"}
    assert "Telephone works, a test call was made” was inspected too long ago" in sentences(world, "safe_rooms")
    sites.inspect_safe_room("branch", "safe-room", {"telephone": True}, by=world.person("ruth"), now=world.now)
    assert sentences(world, "safe_rooms") == ""
    world.advance(7 * DAY)
    assert world.messages() == []


def test_the_page_says_who_is_reminded_of_safe_rooms_and_how_often_each_item_is_inspected(world):
    page = " ".join(world.client("ruth").get("/manage/safety?site=branch").text.split())
    owners = page.split('id="owners"')[1].split("</p>")[0]
    assert "Reminded before an inspection is due: " in owners and "Ruth Allen" in owners and "/documents/" in owners
    item = in_force("branch").protocol.safe_room.items[0]
    assert f"never inspected · every {item.inspected_every.days} days" in page


def test_a_desk_is_told_that_something_of_lone_work_changed_so_that_its_line_follows_at_once(world, alone):
    first = Entry.objects.get(type="lone:began").pk - 1

    def told(client):
        return {e["type"] for e in client.get(f"/screens/news?after={first}").json()["events"]}

    assert "lone:began" in told(world.client(device="branch-desk"))
    assert "lone:began" not in told(world.client("paul")), "colleagues are not told who is alone"
    assert "lone:began" not in told(world.client(device="desk-1")), "nor is a desk of another site"
    assert 'hx-trigger="live-lone from:body' in world.client("iris").get("/check-ins/line").text


def test_a_desk_learns_that_lone_work_changed_and_neither_whose_nor_what_is_missing(world, alone):
    entry = Entry.objects.get(type="lone:began")
    news = world.client(device="branch-desk").get(f"/screens/news?after={entry.pk - 1}").json()["events"]
    [told] = [(e["subject"], e["facts"]) for e in news if e["type"] == "lone:began"]
    assert told == ("site:branch", {}) and entry.facts
    book, row = bookkeeping.load(world.now), Row(entry.pk, entry.type, "", entry.site, entry.subject, entry.facts)
    hub = Hub(lambda row: {"subject": row.subject, "facts": row.facts}, lambda rows: None)

    async def heard(by):
        sent = []

        async def send(message):
            sent.append(message["body"].decode())

        screen = Stream(hub, None, lambda: book, dict, lambda: True)._subscriber([by], send)
        hub.join(screen)
        hub._keep(screen, [row])
        hub.go_live(screen, 0)
        return "".join(sent)

    desk, manager = (asyncio.run(heard(by)) for by in (world.device("branch-desk"), world.person("owen")))
    assert "lone:began" in desk and '"facts":{}' in desk and entry.subject not in desk
    assert entry.subject in manager, "who may read of lone workers is told all of it"


def test_telephones_and_devices_are_reminded_of_by_their_owner_too(world):
    provide(world)
    world.advance(6 * DAY)
    assert world.told() == {"morgan"}, "the safety lead owns devices"
    assert Entry.objects.filter(type="lone:checks-due").count() >= 1
    world.messages()


def test_a_telephone_is_set_up_changed_and_retired_and_bad_input_loses_nothing(world):
    ruth = world.client("ruth")
    address = "/manage/alone/mobiles/{}"
    typed = {"site": "branch", "do": "save", "name": "Second", "number": "", "person": ""}
    refused = ruth.post(address.format(0), typed)
    assert refused.status_code == 422 and 'value="Second"' in refused.text
    assert ruth.post(address.format(0), {**typed, "number": "1", "name": "Branch telephone"}).status_code == 422
    assert ruth.post(address.format(0), {**typed, "number": "07700 900160"}).status_code == 302
    second = Mobile.objects.get(name="Second")
    assert ruth.post(address.format(second.pk), {**typed, "number": "2"}).status_code == 302
    assert ruth.post(address.format(second.pk), {"site": "branch", "do": "retire"}).status_code == 302
    assert "Second" not in ruth.get("/manage/alone?site=branch").text
    look = {"site": "branch", "subject": second.subject, "item-battery": "yes"}
    assert ruth.post("/manage/alone/look", look).status_code == 404


# By program


def test_a_program_does_what_the_page_does(world, alone):
    iris, ruth, api = world.client("iris"), world.client("ruth"), "/api/v1/lone-shifts"
    json = {"content_type": "application/json"}
    own = iris.get(f"{api}/own").json()
    assert (own["began_by_itself"], own["provided"]) == (True, False)
    assert iris.post(f"{api}/own/check-in", {"answer": "fine"}, **json).status_code == 200
    until = (world.now + HOUR).isoformat()
    assert iris.post(f"{api}/own/stay", {"until": until, "reason": "child"}, **json).json()["until"] == until
    assert iris.post(f"{api}/own/offer", {"offer": "ask_manager"}, **json).json()["gap"]["answer"] is None
    said = {"answer": "stay", "reason": "Somebody comes at ten", "until": until}
    assert ruth.post(f"{api}/{alone.pk}/answer", said, **json).json()["gap"]["answer"] == "stay"
    [shown] = ruth.get("/api/v1/sites/branch/lone-shifts").json()["items"]
    assert shown["provisions"][0]["yes"] is False
    alarm = iris.post(f"{api}/own/safe-room", **json).json()["alarm"]
    assert iris.post(f"{api}/own/inside", {"inside": 2}, **json).status_code == 200
    assert "2 people" in " ".join(ruth.get(f"{api}/police-text/{alarm}").json()["lines"])
    assert iris.post(f"{api}/own/check-out", {"ending": "x"}, **json).status_code == 422
    assert iris.post(f"{api}/own/check-out", {"ending": "door_locked"}, **json).status_code == 200
    rota(world, (32, 36))
    world.advance(2 * MINUTE)
    [period] = ruth.get("/api/v1/sites/branch/lone-periods").json()["items"]
    kept = ruth.post(f"/api/v1/sites/branch/lone-periods/{period['id']}", {"reason": "Election"}, **json).json()
    assert kept["kept_by"] == world.person("ruth").ref
    world.messages()

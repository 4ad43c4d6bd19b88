"""Paper in: what was written down while Steadydesk was away is entered with its true times, and fires nothing."""

import csv
import io
from datetime import timedelta

import pytest

from steadydesk.alarms import from_paper as alarms
from steadydesk.alarms import queries as in_alarms
from steadydesk.deadlines.models import Deadline
from steadydesk.journal import queries as journal
from steadydesk.kernel.errors import Invalid, NotAllowed
from steadydesk.privacy import actions as privacy
from steadydesk.reports.table import calls, waits
from steadydesk.sites import actions as sites
from steadydesk.visits import paper, queries
from steadydesk.visits.models import Prompt, Referral
from steadydesk.visits.paper_rules import PaperLine
from steadydesk.visits.rules import Arrival, CannotBeMet
from tests.visiting import MINUTE, act, arrive, clock, events, shown

TOLD = CannotBeMet(reason="papers_missing", alternatives=("appointment",), told=True)


def at(world, time):
    """A time of today, as “15:02”."""
    hour, minute = time.split(":")
    return world.now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


def line(world, came, attended=None, ended=None, outcome="", **more):
    fields = {name: more.pop(name) for name in ("mood", "service", "description", "appointment_at") if name in more}
    times = {"attended_at": attended and at(world, attended), "ended_at": ended and at(world, ended)}
    arrival = Arrival(site="exchange", arrived_at=came and at(world, came), source="paper", **fields)
    return PaperLine(arrival, outcome=outcome, **times, **more)


def enter(world, *lines, by="amira"):
    return paper.enter_from_paper(lines, "exchange", by=world.person(by), now=world.now)


def refused(world, *lines):
    with pytest.raises(Invalid) as found:
        enter(world, *lines)
    return {fault.field: fault.reason for fault in found.value.faults}


def today(world):
    found = queries.figures("exchange", at(world, "00:00"), at(world, "23:59"))
    return {name: getattr(found, name) for name in ("arrivals", "with_appointment", "kept", "not_kept", "not_known")}


def visit_deadlines():
    return Deadline.objects.filter(subject__regex="^(visit|prompt|alarm):").values_list("kind", "subject")


@pytest.fixture
def quarter_to_four(world):
    """The power was cut from 15:00 to 15:40; somebody had printed the pack in the morning."""
    sites.say_pack_printed("exchange", by=world.person("amira"), now=world.now)
    world.advance("15:45")
    world.messages()
    return world


def test_six_people_on_paper_are_counted_by_their_true_times_and_nothing_is_fired(quarter_to_four):
    world = quarter_to_four
    before, due = journal.last_id(), set(visit_deadlines())
    tom = f"person:{world.person('tom').id}"
    entered = enter(
        world,
        line(world, "15:02", "15:12", "15:20", "direct", channel="face_to_face", dealt=tom),
        line(world, "15:03", "15:14", "15:16", "cannot_meet", cannot=TOLD, mood="aggressive"),
        line(world, "15:05", None, "15:30", "direct", channel="phone"),
        line(world, "15:06", None, "15:31", "left", mood="agitated"),
        line(world, "15:08", "15:10", None, "referred", dealt="team:housing"),
        line(world, "15:39", description="red coat"),
    )
    assert today(world) == {"arrivals": 6, "with_appointment": 0, "kept": 2, "not_kept": 2, "not_known": 2}
    assert not Prompt.objects.exists() and world.messages() == []
    assert set(visit_deadlines()) == due
    world.advance("16:30")
    assert not Prompt.objects.exists() and world.messages() == []
    told = {entry.type for entry in journal.at_sites(["exchange"], before)}
    assert told <= {
        "visit:arrived", "visit:attended", "visit:finished", "visit:cannot-meet", "visit:left", "visit:referred",
    }  # fmt: skip
    assert [visit.on_paper for visit in entered] == [True] * 6
    assert [shown(visit.pk)["state"] for visit in entered] == ["closed"] * 5 + ["waiting"]


def test_who_is_still_here_is_attended_at_the_desk_and_counted_then(quarter_to_four):
    world = quarter_to_four
    soon, late = enter(world, line(world, "15:39", description="red coat"), line(world, "15:30"))
    act(world, "attend", soon.pk, channel="face_to_face")
    assert clock(soon.pk)["over_at"] is None
    world.advance("15:50")
    act(world, "attend", late.pk, channel="phone")
    assert clock(late.pk)["over_at"] is not None
    assert [e for v in (soon, late) for e in events(v.pk, "visit:over-time")] == []
    assert today(world) == {"arrivals": 2, "with_appointment": 0, "kept": 1, "not_kept": 1, "not_known": 0}


def test_an_appointment_on_paper_has_no_ten_minutes(quarter_to_four):
    world = quarter_to_four
    enter(
        world,
        line(world, "15:00", "15:30", "15:40", "direct", channel="phone", appointment_at=at(world, "15:30")),
    )
    assert today(world) == {"arrivals": 1, "with_appointment": 1, "kept": 0, "not_kept": 0, "not_known": 0}


def test_every_fault_of_every_line_is_said_at_once_and_nothing_is_written(quarter_to_four):
    world = quarter_to_four
    found = refused(
        world,
        line(world, "15:02", "15:12", "15:20", "direct"),
        line(world, None, ended="15:20"),
        line(world, "15:10", "15:05", "15:01", "no_show"),
        line(world, "15:11", None, None, "referred"),
        line(world, "15:12", "15:13", "15:14", "cannot_meet"),
        line(world, "16:12", mood="cross", service="no-such"),
        line(world, "15:20", "15:21", "15:22", "direct", channel="phone", dealt="person:999999"),
    )
    assert set(found) == {
        "0.channel", "1.arrived_at", "1.outcome", "2.attended_at", "2.ended_at", "2.outcome", "3.dealt",
        "4.reason", "4.alternatives", "4.told", "5.arrived_at", "5.mood", "5.service", "6.dealt",
    }  # fmt: skip
    assert today(world)["arrivals"] == 0


def test_what_is_there_already_is_said_and_entered_only_as_another_customer(quarter_to_four):
    world = quarter_to_four
    [first] = enter(world, line(world, "15:02", ended="15:30", outcome="left"))
    again = line(world, "15:02", ended="15:30", outcome="left")
    assert refused(world, again, line(world, "15:03"), line(world, "15:03")) == {
        "0.another": f"{first.ref} came in this minute and is there already. Is this another customer?",
        "2.another": "A line above says the same. Is this another customer?",
    }
    enter(world, line(world, "15:02", ended="15:30", outcome="left", another=True))
    assert today(world)["arrivals"] == 2


def test_a_line_goes_under_paper_in_the_record_with_its_words_kept_as_ever(quarter_to_four):
    world = quarter_to_four
    [gone] = enter(world, line(world, "15:02", ended="15:30", outcome="left", note="Came for a parking permit"))
    [arrived] = events(gone.pk, "visit:arrived")
    [left] = events(gone.pk, "visit:left")
    assert arrived.facts["on_paper"] and left.facts["on_paper"]
    assert left.facts["ended_at"] == at(world, "15:30").isoformat() and left.at == world.now
    [noted] = events(gone.pk, "visit:noted")
    assert journal.words([noted.facts["note_words"]]) == {noted.facts["note_words"]: "Came for a parking permit"}


def test_a_referral_on_paper_was_agreed_on_the_day_and_asks_nobody(quarter_to_four):
    world = quarter_to_four
    [visit] = enter(world, line(world, "15:02", "15:08", "15:30", "referred", dealt="team:housing"))
    row = Referral.objects.get(visit=visit)
    assert (row.team, row.agreed_at) == ("housing", at(world, "15:08")) and world.messages() == []


def test_paper_is_entered_by_whoever_works_at_the_site(quarter_to_four):
    with pytest.raises(NotAllowed):
        enter(quarter_to_four, line(quarter_to_four, "15:02"), by="ruth")


def test_an_arrival_that_the_desk_typed_on_paper_before_is_not_known_until_somebody_attends(world):
    late = arrive(world, source="paper", arrived_at=world.now - 5 * MINUTE)
    assert shown(late)["clocks"] == []
    act(world, "leave", late)
    assert clock(late)["over_at"] is None


def test_what_came_from_paper_is_marked_in_the_api_on_the_board_and_in_the_figures(world):
    late, typed = arrive(world, source="paper", arrived_at=world.now - 5 * MINUTE), arrive(world)
    assert [shown(visit)["source"] for visit in (late, typed)] == ["paper", "desk"]
    board = world.client(device="back-office").get("/desk/board").content.decode()
    assert board.count("from paper") == 1
    today = world.now.date().isoformat()
    [names, numbers] = csv.reader(io.StringIO(waits("exchange", today, today).content.decode("utf-8-sig")))
    assert dict(zip(names, numbers, strict=True))["from paper"] == "1"


def test_a_call_on_paper_is_a_record_that_rings_nowhere(quarter_to_four):
    world = quarter_to_four
    viktor = int(world.person("viktor").id)
    call = alarms.PaperCall("desk-1", at(world, "15:12"), came=[viktor], note="Shouting, went when asked")
    alarms.enter_call(call, "exchange", by=world.person("amira"), now=world.now)
    [entry] = alarms.calls_from_paper("exchange", world.now - timedelta(hours=1))
    assert entry.facts["source"] == "paper" and entry.facts["came"] == [viktor]
    assert entry.facts["called_at"] == at(world, "15:12").isoformat()
    assert world.messages() == [] and in_alarms.open_alarms() == []


def test_a_call_on_paper_says_where_and_when(quarter_to_four):
    world = quarter_to_four
    wrong = alarms.PaperCall("moon", None, kind="ufo", came=[-1])
    with pytest.raises(Invalid) as found:
        alarms.enter_call(wrong, "exchange", by=world.person("amira"), now=world.now)
    assert {fault.field for fault in found.value.faults} == {"place", "at", "kind", "came"}


@pytest.mark.clause("E8a")
def test_e8a_what_was_written_of_a_call_on_paper_is_seen_withdrawn_held_found_and_counted(quarter_to_four):
    world = quarter_to_four
    call = alarms.PaperCall("desk-1", at(world, "15:12"), note="Mr Quillfeather, shouting")
    alarms.enter_call(call, "exchange", by=world.person("joan"), now=world.now)
    [entry] = alarms.calls_from_paper("exchange", world.now - timedelta(hours=1))
    joan, dana, words = world.client("joan"), world.client("dana"), f"/privacy/words/{entry.facts['note_words']}"
    seen = joan.get("/paper?site=exchange").text
    assert "Mr Quillfeather, shouting" in seen and words in seen
    found = dana.post("/privacy", {"text": "quillfeather"}).text
    assert f"/privacy/records/{entry.subject}" in found
    assert "Mr Quillfeather, shouting" in dana.get(f"/privacy/records/{entry.subject}").text
    until = world.now + timedelta(days=30)
    hold = privacy.place_hold(entry.subject, "a court asks", until, by=world.person("dana"), now=world.now)
    assert hold.site == "exchange"
    assert joan.post(words, {"do": "withdraw", "reason": "not_needed"}).status_code == 302
    assert "Quillfeather" not in joan.get("/paper?site=exchange").text
    today = world.now.date().isoformat()
    [names, numbers] = csv.reader(io.StringIO(calls("exchange", today, today).content.decode("utf-8-sig")))
    told = dict(zip(names, numbers, strict=True))
    assert (told["calls"], told["calls entered from paper"]) == ("0", "1")

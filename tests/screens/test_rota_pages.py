"""The pages of the rota, by Django's test client: the week, planning, one's own shifts."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from steadydesk.people.models import Absence, Duty, Shift
from steadydesk.rota.models import Calendar, Feed, Pattern, Planned, Swap
from steadydesk.sites import actions as sites
from tests.rota import clear, pk, plan, publish, shifts
from tests.stories.test_rota_calendars import MEETING
from tests.world import TESTER

A_DAY = timedelta(days=1)
WEEK = "/rota?site=exchange&week=2026-03-09"


@pytest.fixture(autouse=True)
def _nobody_at_work(world):
    clear()


def text(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def pattern(**more):
    typed = {"site": "exchange", "kind": "work", "days": ["0", "1"], "starts": "09:00", "ends": "17:00"}
    return {**typed, "from_day": "2026-03-09", "until_day": "", "every_weeks": "1", "team": "", "place": "", **more}


def test_a_manager_plans_sees_the_draft_publishes_and_everybody_sees_the_week(world):
    lead, colleague = world.client("grace"), world.client("sam")
    assert lead.post("/rota/plan/save", pattern(person=str(pk("nina")))).status_code == 302
    assert "planned, not published" in text(lead.get(WEEK))
    assert "Nina" not in text(colleague.get(WEEK)), "a draft is not yet true"
    assert "would add 2" in text(lead.get("/rota/plan?site=exchange&first=2026-03-09&last=2026-03-15"))
    days = {"site": "exchange", "first": "2026-03-09", "last": "2026-03-15", "reason": "the others are away"}
    assert lead.post("/rota/publish", days).status_code == 302
    said = text(colleague.get(WEEK))
    assert "Nina Petrova" in said
    assert "09:00–17:00" in said
    assert "Published until Sun 15 March 2026" in said


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(world):
    lead = world.client("grace")
    page = lead.post("/rota/plan/save", pattern(days=[], ends="09:00", every_weeks="44"))
    assert page.status_code == 422
    said = page.content.decode()
    assert 'value="44"' in said
    assert 'value="2026-03-09"' in said
    assert "Ensure this value is less than or equal to 12." in said
    page = lead.post("/rota/plan/save", pattern(days=[], ends="09:00"))
    assert "Choose at least one day." in text(page)
    assert "Choose who." in text(page)
    assert not Pattern.objects.exists()


def test_a_pattern_is_changed_and_ended_where_it_is_listed(world):
    id, lead = plan(world, "nina"), world.client("grace")
    assert 'value="09:00"' in lead.get(f"/rota/plan?site=exchange&change={id}").content.decode()
    lead.post("/rota/plan/save", pattern(person=str(pk("nina")), change=str(id), starts="10:00"))
    assert Pattern.objects.get().starts.hour == 10
    lead.post(f"/rota/plan/{id}/end", {"site": "exchange"})
    assert "Nothing is planned yet." in text(lead.get("/rota/plan?site=exchange"))


@pytest.mark.clause("L2d-i")
def test_l2d_i_publishing_warns_of_site_hours_and_evening_and_asks_for_a_reason(world):
    sites.save_hours("branch", {0: "09:00-19:00"}, by=TESTER, now=world.now)
    plan(world, "iris", "09:00-19:00", days={0}, site="branch", by="ruth")
    lead, days = world.client("ruth"), {"site": "branch", "first": "2026-03-09", "last": "2026-03-15"}
    said = text(lead.get("/rota/plan?site=branch&first=2026-03-09&last=2026-03-15"))
    assert "alone at Mill Street Library while it is open" in said
    assert "Iris Lund Mon 9 Mar, 09:00 to 19:00 in the evening" in said
    page = lead.post("/rota/publish", days)
    assert page.status_code == 422
    assert "Say why." in text(page)
    assert lead.post("/rota/publish", {**days, "reason": "One of us has the key"}).status_code == 302
    assert "Somebody works alone, in the evening: Mon 9 Mar, 09:00 to 19:00." in text(
        lead.get("/rota?site=branch&week=2026-03-09")
    )


def test_one_shift_is_corrected_covered_taken_out_and_put_back(world):
    plan(world, "nina", days={0})
    publish(world)
    lead, address = world.client("grace"), f"/rota/work/{Shift.objects.get().pk}"
    assert "Nina Petrova , Mon 9 Mar, 09:00–17:00" in text(lead.get(address))
    lead.post(address, {"do": "times", "starts": "2026-03-09T10:00", "ends": "2026-03-09T18:00"})
    assert shifts("nina") == ["Mon 9 10:00-18:00"]
    assert lead.post(address, {"do": "times", "starts": "2026-03-09T10:00", "ends": "x"}).status_code == 422
    assert lead.post(address, {"do": "cover", "person": ""}).status_code == 422
    lead.post(address, {"do": "cover", "person": str(pk("sam"))})
    assert shifts("sam") == ["Mon 9 10:00-18:00"]
    lead.post(address, {"do": "remove"})
    assert "Taken out this week" in text(lead.get(WEEK))
    lead.post(f"/rota/taken-out/{Planned.objects.get().pk}", {"site": "exchange", "week": "2026-03-09"})
    assert shifts("nina") == ["Mon 9 09:00-17:00"]
    assert lead.get("/rota/work/999999").status_code == 404
    assert world.client("ruth").get(f"/rota/work/{Shift.objects.get().pk}").status_code == 404


def test_a_duty_is_corrected_on_the_same_page(world):
    plan(world, "tariq", days={0}, kind="duty", team="housing")
    publish(world)
    lead = world.client("helen")
    assert "on duty for Housing" in text(lead.get(WEEK))
    lead.post(f"/rota/duty/{Duty.objects.get().pk}", {"do": "cover", "person": str(pk("lucy"))})
    assert Duty.objects.get().person_id == pk("lucy")


def test_ill_today_is_two_presses_and_the_week_says_away_without_a_reason(world):
    plan(world, "nina", days={0})
    publish(world)
    world.advance(7 * A_DAY)
    me = world.client("nina")
    assert "Yes, I am ill today" in text(me.get("/rota/mine"))
    me.post("/rota/mine/ill")
    assert "I am back" in text(me.get("/rota/mine"))
    said = text(world.client("sam").get("/rota?site=exchange"))
    assert "away" in said
    assert "ill" not in said.lower().replace("will", "").replace("still", "").replace("mill", "").split()
    me.post(f"/rota/mine/away/{Absence.objects.get().pk}/end")
    assert "I am back" not in text(me.get("/rota/mine"))
    world.messages()


def test_leave_is_planned_by_whole_days_and_one_that_ends_before_it_begins_is_not(world):
    me = world.client("nina")
    me.post("/rota/mine/away", {"kind": "leave", "first": "2026-03-09", "until": "2026-03-10"})
    row = Absence.objects.get()
    assert row.ends_at - row.starts_at == 2 * A_DAY
    page = me.post("/rota/mine/away", {"kind": "leave", "first": "2026-03-09", "until": "2026-03-01"})
    assert page.status_code == 422
    assert "The last day comes after the first one" in text(page)


def test_a_swap_is_offered_taken_and_shown_to_both(world):
    plan(world, "nina", days={0})
    publish(world)
    nina, sam = world.client("nina"), world.client("sam")
    nina.post(f"/rota/mine/offer/{Shift.objects.get().pk}", {"person": str(pk("sam"))})
    assert "offered to Sam Doyle" in text(nina.get("/rota/mine"))
    assert "Would you work these?" in text(sam.get("/rota/mine"))
    sam.post(f"/rota/mine/swaps/{Swap.objects.get().pk}", {"do": "take"})
    assert "taken over from Nina Petrova" in text(sam.get("/rota/mine"))
    assert "taken by Sam Doyle from Nina Petrova" in text(nina.get(WEEK))
    assert world.told() == {"nina"}, "nobody need answer any more"


def test_a_calendar_is_uploaded_named_by_address_and_taken_away_and_its_address_is_never_shown(world):
    me = world.client("nina")
    file = SimpleUploadedFile("nina.ics", MEETING)
    assert me.post("/rota/mine/calendars/file", {"label": "Home", "file": file}).status_code == 302
    assert (
        me.post("/rota/mine/calendars", {"label": "Work", "address": "https://example.org/s3cret"}).status_code == 302
    )
    said = me.get("/rota/mine").content.decode()
    assert "Home" in said
    assert "not read yet" in said
    assert "s3cret" not in said
    page = me.post("/rota/mine/calendars", {"label": "Work", "address": "ftp://x"})
    assert page.status_code == 422
    assert "This is not an address of a calendar" in text(page)
    bad = SimpleUploadedFile("nina.ics", b"hello")
    assert "This is not an iCalendar file" in text(me.post("/rota/mine/calendars/file", {"label": "x", "file": bad}))
    for row in Calendar.objects.all():
        me.post(f"/rota/mine/calendars/{row.pk}", {"do": "remove"})
    assert not Calendar.objects.exists()


def test_ones_shifts_open_under_a_secret_address_until_it_is_ended(world):
    plan(world, "nina", days={0}, place="desk-1")
    publish(world)
    me = world.client("nina")
    page = me.post("/rota/mine/feed", {"do": "make"})
    address = re.search(r"/rota/feed/[\w-]+\.ics", page.content.decode()).group()
    assert address.split("/")[-1].removesuffix(".ics") not in str(list(Feed.objects.values())), "only its hash is kept"
    found = world.client().get(address)
    assert found.headers["Content-Type"].startswith("text/calendar")
    said = found.content.decode()
    assert "DTSTART:20260309T090000Z" in said
    assert "SUMMARY:Desk 1\\, The Exchange" in said
    assert "/rota/feed/" not in me.get("/rota/mine").content.decode(), "it is shown once"
    me.post("/rota/mine/feed", {"do": "revoke"})
    assert world.client().get(address).status_code == 404


def test_a_rota_goes_out_as_a_file_and_comes_back_as_the_same_plan(world):
    plan(world, "nina", days={0, 1}, place="desk-1")
    plan(world, "tariq", "22:00-06:00", days={5}, kind="duty", team="housing")
    publish(world)
    lead = world.client("grace")
    for form in ("csv", "ics"):
        out = lead.get(f"/rota/file.{form}?site=exchange&week=2026-03-09").content
        before = {(r.person_id, r.starts_at, r.ends_at) for r in [*Shift.objects.all(), *Duty.objects.all()]}
        Pattern.objects.all().delete()
        clear()
        file = SimpleUploadedFile(f"rota.{form}", out)
        assert lead.post("/rota/plan/file", {"site": "exchange", "file": file}).status_code == 302
        publish(world)
        assert {(r.person_id, r.starts_at, r.ends_at) for r in [*Shift.objects.all(), *Duty.objects.all()]} == before
        again = SimpleUploadedFile(f"rota.{form}", out)
        lead.post("/rota/plan/file", {"site": "exchange", "file": again})
        assert Pattern.objects.count() == 3, "twice changes nothing"


def test_every_faulty_line_of_a_file_is_named_and_nothing_is_planned(world):
    lines = [
        "kind,person,team,place,start,end",
        "work,nina,,desk-1,2026-03-09T09:00,2026-03-09T17:00",
        "work,nobody,,,2026-03-09T09:00,2026-03-09T17:00",
        "work,nina,,cellar,2026-03-09T09:00,2026-03-09T17:00",
        "work,nina,,,today,2026-03-09T17:00",
        "work,nina,,,2026-03-09T17:00,2026-03-09T09:00",
    ]
    file = SimpleUploadedFile("rota.csv", "\n".join(lines).encode())
    page = world.client("grace").post("/rota/plan/file", {"site": "exchange", "file": file})
    said = text(page)
    assert page.status_code == 422
    for line, reason in ((3, "Nobody who works here"), (4, "no such place"), (5, "are times"), (6, "ends after it")):
        assert re.search(f"line {line}: [^.]*{reason}", said), (line, said)
    assert "line 2:" not in said
    assert not Pattern.objects.exists()


@pytest.mark.parametrize("file", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"BEGIN:VCALENDAR\nnothing"])
def test_what_is_no_rota_at_all_is_said_in_a_sentence(world, file):
    page = world.client("grace").post(
        "/rota/plan/file", {"site": "exchange", "file": SimpleUploadedFile("x.csv", file)}
    )
    assert page.status_code == 422


def test_who_is_on_now_and_who_comes_next_is_said_and_a_week_without_anybody_too(world):
    plan(world, "nina", days={0})
    publish(world)
    assert "Nobody is at work." in text(world.client("sam").get("/rota?site=exchange"))
    world.advance(7 * A_DAY - timedelta(hours=1))
    assert "Next, Mon 09:00: Nina Petrova" in text(world.client("sam").get("/rota?site=exchange"))
    world.advance(timedelta(hours=2))
    assert "At work: Nina Petrova" in text(world.client("sam").get("/rota?site=exchange"))
    assert "Nobody works here this week" in text(world.client("sam").get("/rota?site=exchange&week=2027-01-01"))
    assert world.client("sam").get("/rota?site=exchange&week=9999-12-31").status_code == 200
    assert "Lucy Bell" in text(world.client("sam").get("/rota?site=exchange&team=housing&week=2026-03-09"))
    world.messages()

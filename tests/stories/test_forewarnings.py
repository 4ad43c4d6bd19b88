"""A customer is expected agitated: who is told, until when, and that nobody else ever learns of it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from steadydesk.documents.queries import in_force
from steadydesk.journal import queries as journal
from steadydesk.journal.models import Words
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from steadydesk.people.models import Person
from steadydesk.privacy import finding
from steadydesk.privacy.models import View
from steadydesk.sites.queries import site
from steadydesk.visits import actions, forewarning
from steadydesk.visits.actions import Warned
from steadydesk.visits.models import Forewarning
from tests.returning import pk_of
from tests.screens.test_desk_pages import enrolled
from tests.screens.test_return_pages import signed_in
from tests.visiting import arrive, shown

TUESDAY = date(2026, 3, 3)
TEXT = "Was shouting on the telephone because of a letter"


def warn(world, *, day=TUESDAY, named=("nina",), by="tariq", **said):
    warned = Warned(day, said.pop("text", TEXT), said.pop("fact", "Ada Long"), tuple(map(pk_of, named)), **said)
    return actions.forewarn("exchange", warned, by=world.person(by), now=world.now)


def seen(world, login):
    return [w.text for w in forewarning.seen_by(world.person(login), "exchange", world.now)]


@pytest.mark.clause("E5a-exp")
def test_e5a_exp_on_that_day_reception_and_named_colleagues_see_it_and_nobody_else(world):
    warn(world, around=time(10))
    everybody = set(Person.objects.exclude(login="lena").values_list("login", flat=True))
    assert {login for login in everybody if seen(world, login)} == {"tariq"}, "before the day, who wrote it"
    world.advance("08:00")
    assert {login for login in everybody if seen(world, login)} == {"tariq", "nina", "amira", "ben"}
    world.advance(timedelta(days=1))
    assert {login for login in everybody if seen(world, login)} == set()


@pytest.mark.clause("E5a-exp")
def test_e5a_exp_when_the_day_is_over_it_is_gone_with_its_words(world):
    row = warn(world)
    assert Words.objects.filter(retention="forewarning").count() == 2
    world.advance("23:59")
    world.advance("23:59")
    assert Forewarning.objects.count() == 1
    world.advance(timedelta(minutes=2))
    assert Forewarning.objects.count() == 0
    assert Words.objects.filter(retention="forewarning").count() == 0
    subject = [e for e in journal.of_subject(f"forewarning:{row.pk}") if e.type == "forewarning:gone"]
    assert len(subject) == 1, "that there was one stays on record, and no word"


@pytest.mark.clause("E5a-exp")
def test_e5a_exp_no_search_no_stream_and_no_list_of_visits_has_it(world):
    row = warn(world, day=world.now.date())
    visit = arrive(world, description="Ada Long")
    forewarning.match(row.pk, visit, "ada long", by=world.person("amira"), now=world.now)
    assert [f.subject for f in finding.find("shouting", ["exchange"])[0]] == []
    assert [f.subject for f in finding.find("telephone", ["exchange"])[0]] == []
    for client in (world.client("sam"), world.client("sasha"), world.client("ben")):
        for path in ("visits?site=exchange", f"visits/{visit}", f"journal?subject=visit:{visit}", "journal"):
            assert "shouting" not in client.get(f"/api/v1/{path}").text
            assert "forewarning" not in client.get(f"/api/v1/{path}").text
        assert "forewarning" not in client.get("/screens/news?after=0").text
    assert shown(visit)["mood"] == "calm", "the mood is what staff see, not what they were told"


@pytest.mark.clause("E5a-exp")
def test_e5a_exp_a_counter_shows_a_mark_and_no_word(world):
    row = warn(world, day=world.now.date())
    desk, office = enrolled(world, "desk-1"), signed_in("amira")
    board = desk.get("/desk").text
    assert "◇ 1" in board
    for page in (board, desk.get("/expected").text):
        assert "shouting" not in page and "Expected agitated" not in page
    assert "◇ 1" in desk.get("/expected").text
    assert TEXT in office.get("/expected").text
    assert View.objects.filter(subject=f"forewarning:{row.pk}", screen="forewarning").count() == 1, "who looked is kept"
    assert "shouting" not in signed_in("sam").get("/expected").text
    assert "◇" not in enrolled(world, "room-1").get("/desk").text, "not at a desk of the service"
    assert world.client(device="desk-1").get("/api/v1/sites/exchange/forewarnings").json()["items"] == []
    (item,) = world.client("nina").get("/api/v1/sites/exchange/forewarnings").json()["items"]
    assert (item["text"], item["named"]) == (TEXT, ["Nina Petrova"])


@pytest.mark.clause("E5a-exp")
def test_e5a_exp_a_person_makes_sure_by_a_second_fact_that_it_is_them(world):
    row = warn(world, day=world.now.date())
    visit = arrive(world)
    with pytest.raises(Invalid) as invalid:
        forewarning.match(row.pk, visit, "Bea Long", by=world.person("amira"), now=world.now)
    assert invalid.value.faults[0].field == "fact"
    with pytest.raises(NotFound):
        forewarning.match(row.pk, visit, "Ada Long", by=world.person("sam"), now=world.now)
    forewarning.match(row.pk, visit, "Ada Long", by=world.person("nina"), now=world.now)
    with pytest.raises(Refusal):
        forewarning.match(row.pk, visit, "Ada Long", by=world.person("amira"), now=world.now)
    assert forewarning.count_today(world.person("amira"), site("exchange"), world.now) == 0
    forewarning.part(row.pk, by=world.person("nina"), now=world.now)
    assert forewarning.count_today(world.person("amira"), site("exchange"), world.now) == 1


def test_what_cannot_be_used_is_said_of_every_field_at_once(world):
    with pytest.raises(Invalid) as invalid:
        warn(world, day=world.now.date() - timedelta(days=1), text=" ", named=("ruth",), fact="x" * 300)
    assert {f.field for f in invalid.value.faults} == {"day", "text", "fact", "named"}
    with pytest.raises(NotAllowed):
        warn(world, by="ruth")


def test_whoever_wrote_it_takes_it_back_and_it_is_gone_at_once(world):
    row = warn(world, day=world.now.date())
    with pytest.raises(NotAllowed):
        forewarning.take_back(row.pk, by=world.person("nina"), now=world.now)
    forewarning.change_named(row.pk, [pk_of("sam")], by=world.person("tariq"), now=world.now)
    assert (seen(world, "nina"), seen(world, "sam")) == ([], [TEXT])
    forewarning.take_back(row.pk, by=world.person("tariq"), now=world.now)
    assert Words.objects.filter(retention="forewarning").count() == 0
    assert seen(world, "amira") == []


def test_the_day_is_that_of_the_site(world):
    world.advance(datetime(2026, 3, 2, 23, 30, tzinfo=UTC) - world.now)
    warn(world, day=date(2026, 3, 2))
    assert in_force("exchange").protocol.retention["forewarning"] == timedelta(0)
    assert seen(world, "amira") == [TEXT]
    world.advance(timedelta(minutes=31))
    assert seen(world, "amira") == []


def test_it_is_written_from_a_page_that_no_customer_reads(world):
    page = signed_in("tariq")
    assert "Warn of somebody expected agitated" in page.get("/expected").text
    typed = {"site": "exchange", "day": "2026-03-03", "text": "", "fact": "Ada Long", "named": [pk_of("nina")]}
    wrong = page.post("/expected/warn", typed)
    assert wrong.status_code == 422 and 'value="Ada Long"' in wrong.text
    assert page.post("/expected/warn", {**typed, "text": TEXT}).status_code == 302
    assert enrolled(world, "desk-1").get("/expected/warn").status_code == 403
    assert seen(world, "tariq") == [TEXT]
    (row,) = Forewarning.objects.all()
    page.post(f"/expected/warnings/{row.pk}/take-back")
    assert Forewarning.objects.count() == 0


def test_everything_about_a_member_of_staff_has_the_warnings_that_they_wrote(world):
    warn(world)
    found = list(finding.about([f"person:{pk_of('tariq')}"]))
    (one,) = [r for r in found if r.kind == "forewarning" and r.facts.get("day")]
    assert set(journal.words(one.words).values()) == {TEXT, "Ada Long"}


@pytest.mark.clause("E5a-exp")
def test_e5a_exp_whoever_wrote_it_or_sits_at_reception_says_anew_who_sees_it(world):
    row = warn(world, day=world.now.date())
    page = signed_in("tariq").get("/expected").text
    assert "Who sees it" in page
    assert f'value="{pk_of("nina")}" ' in page and "checked" in page
    assert "Who sees it" not in signed_in("nina").get("/expected").text, "who was told does not tell others"
    chosen = {"named": [str(pk_of("sam"))]}
    assert signed_in("nina").post(f"/expected/warnings/{row.pk}/named", chosen).status_code in (302, 403)
    assert seen(world, "sam") == []
    assert signed_in("tariq").post(f"/expected/warnings/{row.pk}/named", chosen).status_code == 302
    assert (seen(world, "sam"), seen(world, "nina")) == ([TEXT], [])
    there = f"/api/v1/sites/exchange/forewarnings/{row.pk}/named"
    told = world.client("amira").post(there, {"named": [pk_of("nina")]}, content_type="application/json")
    assert (told.status_code, told.json()["named"]) == (200, [pk_of("nina")])
    wrong = world.client("amira").post(there, {"named": [pk_of("ruth")]}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "named")
    assert seen(world, "nina") == [TEXT], "nothing changed by what cannot be used"

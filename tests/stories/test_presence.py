"""Who is there is told at the site that it is about, and what a person did at a screen is theirs alone."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from steadydesk.alarms import bookkeeping
from steadydesk.api.stream import Stream
from steadydesk.journal.hub import Hub
from steadydesk.journal.models import Entry
from steadydesk.people import actions as people
from steadydesk.people.models import Person
from steadydesk.sites import queries as sites

MINUTE = timedelta(minutes=1)


def use(world, key="screen-1", login="tariq", place="back-office", unlocked=True):
    by = world.person(login)
    at = sites.place("exchange", place).pk
    people.use_screen(key, int(by.id), at, unlocked=unlocked, by=by, now=world.now)


def stream(world):
    book = bookkeeping.load(world.now)
    return Stream(Hub(lambda row: {}, lambda rows: None), None, lambda: book, dict, lambda: True)


def presence(login="tariq"):
    """What was journalled of this person since the stage was set."""
    about = Entry.objects.filter(type="presence:changed", subject=f"person:{Person.objects.get(login=login).pk}")
    return [e for e in about.order_by("id") if "on_shift" not in e.facts]


def test_a_screen_that_stays_in_use_is_no_news_and_one_that_changes_is(world):
    for _minute in range(30):
        use(world)
        world.advance(MINUTE)
    assert [e.facts for e in presence()] == [{"screen": True}]
    [card] = bookkeeping.load(world.now).screens
    assert card.used_at == world.now - MINUTE, "that it is in use is known all the same"
    use(world, unlocked=False)
    use(world)
    use(world, place="reception")
    world.advance(10 * MINUTE)
    use(world, place="reception")
    assert [e.facts["screen"] for e in presence()] == [True, False, True, True, True]


def test_a_thousand_screens_are_read_again_in_one_statement_and_the_book_is_not(world):
    use(world)
    [entry] = presence()
    assert bookkeeping.touches(entry.type, entry.facts) == "screens"
    assert bookkeeping.touches("presence", {"on_shift": True}) == "book"
    assert bookkeeping.touches("visit", {}) == ""
    assert bookkeeping.read_screens(world.now) == bookkeeping.load(world.now).screens
    with CaptureQueriesContext(connection) as asked:
        bookkeeping.read_screens(world.now)
    assert len(asked) == 1


def test_presence_names_the_sites_that_it_is_about(world):
    use(world)
    tariq = world.person("tariq")
    people.confirm_duty_phone(int(tariq.id), by=tariq, now=world.now)
    people.mark_absent(int(tariq.id), "exchange", by=tariq, now=world.now)
    assert {e.site for e in presence()} == {"exchange"}


def test_a_stream_of_another_site_hears_of_no_presence_here(world):
    screen, sees = stream(world), {}
    for asker in (world.person("tariq"), world.device("branch-desk")):
        subscriber = screen._subscriber([asker], None)
        sees[asker.site] = {site for site in ("", "exchange", "branch") if subscriber.may_see(site, "presence")}
        assert subscriber.may_see("", "clock"), "what is about the installation is told to all"
    assert sees == {"exchange": {"exchange"}, "branch": {"branch"}}


def test_what_somebody_did_at_a_screen_is_told_to_colleagues_as_a_change_and_no_more(world):
    use(world)
    tariq = world.person("tariq")
    people.confirm_duty_phone(int(tariq.id), by=tariq, now=world.now)
    people.mark_absent(int(tariq.id), "exchange", by=tariq, now=world.now)

    news = world.client("helen").get("/screens/news?after=0").json()["events"]
    told = [
        (e["subject"], e["facts"]) for e in news if e["type"] == "presence:changed" and "on_shift" not in e["facts"]
    ]
    assert told == [("site:exchange", {}), ("site:exchange", {}), (f"person:{tariq.id}", {"absent": True})]

    def read(login):
        items = world.client(login).get("/api/v1/journal", {"subject": f"person:{tariq.id}"}).json()["items"]
        return [e["facts"] for e in items if e["type"] == "presence:changed" and "on_shift" not in e["facts"]]

    assert read("tariq") == [{"screen": True}, {"duty_phone": True}, {"absent": True}]
    assert read("helen") == [{"absent": True}]


def test_who_helps_out_at_another_building_is_told_how_many_could_answer_there(world):
    use(world)
    ruth = world.person("ruth")
    screen = stream(world)
    subscriber = screen._subscriber([ruth], None)
    assert b'"can_answer":0' in screen.heartbeat(subscriber), "nobody at the library uses a screen"
    people.end_shift(int(ruth.id), "branch", by=ruth, now=world.now)
    people.start_shift(int(ruth.id), "exchange", by=world.person("helen"), now=world.now)
    assert b'"can_answer":1' in stream(world).heartbeat(subscriber)
    assert world.client("ruth").get("/screens/news").json()["can_answer"] == 1

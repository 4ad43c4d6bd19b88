"""A program that cannot know whether its request came through sends it again, and it is done once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from steadydesk.journal.models import Entry, Sent
from steadydesk.visits.models import ExpectedArrival, Forewarning, Visit
from tests.returning import A_DAY, only
from tests.visiting import arrive, events

KEY = "door-7 2026-03-02 0815"


def send(client, path, body, key=KEY):
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers={"Idempotency-Key": key})


def test_an_arrival_that_is_sent_again_is_one_customer_and_the_answer_is_the_same(world):
    desk = world.client(device="desk-1")
    first, again = (send(desk, "visits", {"description": "red coat", "mood": "agitated"}) for _try in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Visit.objects.count() == 1
    assert len(events(int(first.json()["id"]), "visit:arrived")) == 1


def test_the_same_key_for_something_else_is_refused_with_a_sentence(world):
    desk = world.client(device="desk-1")
    visit = send(desk, "visits", {"description": "red coat"}).json()["id"]
    for path, body in (("visits", {"description": "blue coat"}), (f"visits/{visit}/note", {"text": "a note"})):
        reply = send(desk, path, body)
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
        [fault] = reply.json()["errors"]
        assert fault["field"] == "Idempotency-Key" and "used before for something else" in fault["reason"]
    assert Visit.objects.count() == 1 and not events(int(visit), "visit:noted")


def test_a_key_is_known_for_a_day_and_to_whoever_sent_it_alone(world):
    desk, other = world.client(device="desk-1"), world.client(device="desk-2")
    assert {send(c, "visits", {}).status_code for c in (desk, other)} == {201}
    world.advance(timedelta(hours=23))
    assert send(desk, "visits", {}).status_code == 200
    world.advance(timedelta(hours=2))
    assert send(desk, "visits", {}).status_code == 201
    world.messages()
    assert Sent.objects.count() == 1, "what is older is not kept"


def test_what_was_refused_or_could_not_be_read_may_be_sent_again(world):
    desk = world.client(device="desk-1")
    assert send(desk, "visits", {"team": "nowhere"}).status_code == 422
    assert send(desk, "visits", {"team": "housing"}).status_code == 201
    assert send(desk, "visits", {}, key="k" * 201).status_code == 422
    assert not Entry.objects.filter(facts__icontains=KEY).exists()


def test_notes_promises_words_to_the_team_returns_appointments_and_warnings_are_made_once(world):
    tariq, at = world.client("tariq"), only(world, "tariq").isoformat()
    visit, other = arrive(world, team="housing", service=""), arrive(world, team="housing", service="")
    assert send(tariq, f"visits/{visit}/ask-help", {"team": "housing"}, "").status_code == 200
    day = (world.now + A_DAY).date().isoformat()
    sent = {
        f"visits/{visit}/note": {"text": "a note"},
        f"visits/{visit}/tell": {"wait": "PT20M"},
        f"visits/{visit}/help/say": {"text": "anybody there?"},
        "sites/exchange/expected": {"with": "tariq", "at": at, "who": "Kit"},
        "sites/exchange/forewarnings": {"day": day, "text": "loud voice"},
        "sites/exchange/challenges": {"place": "staff-door", "result": "walked_on"},
        "sites/exchange/visitors": {"kind": "visitor", "name": "Kit", "state": "worn"},
    }
    for path, body in sent.items():
        replies = [send(tariq, path, body, path) for _try in range(2)]
        assert [r.status_code for r in replies] in ([200, 200], [201, 200]), (path, replies[0].text)
        assert replies[0].json() == replies[1].json(), path
    for type in ("visit:noted", "visit:told", "visit:help-said"):
        assert len(events(visit, type)) == 1, type
    assert (ExpectedArrival.objects.count(), Forewarning.objects.count()) == (1, 1)
    assert other != visit
    world.messages()


def test_a_return_that_is_sent_again_takes_one_time(world):
    ben, at = world.client("ben"), only(world, "tariq").isoformat()
    visit = arrive(world, team="housing", service="")
    said = {"with": "tariq", "at": at, "who": "Kit"}
    first, again = (send(ben, f"visits/{visit}/return", said) for _try in range(2))
    assert (first.status_code, again.status_code) == (200, 200), again.text
    assert again.json() == first.json()
    assert ExpectedArrival.objects.count() == 1
    world.messages()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_come_at_once_by_one_key_one_is_done_and_both_are_answered_the_same(world):
    token, start, replies = world.client(device="desk-1"), Barrier(2), []

    def run():
        start.wait()
        replies.append(send(token, "visits", {"description": "red coat"}))
        connection.close()

    threads = [Thread(target=run) for _try in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.status_code for r in replies) == [200, 201]
    assert replies[0].json()["id"] == replies[1].json()["id"]
    assert Visit.objects.count() == 1

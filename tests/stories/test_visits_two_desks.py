"""Two desks reach for the same customer, or for the same time, at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from steadydesk.kernel.errors import Refusal
from steadydesk.visits import actions
from steadydesk.visits.models import ExpectedArrival
from tests.returning import A_DAY, book, only, works
from tests.visiting import arrive, events, shown


def at_once(who, reach):
    """Let each reach at the same moment, by a connection of their own; returns those who were refused, and how."""
    start, refusals = Barrier(len(who)), []

    def run(one):
        start.wait()
        try:
            reach(one)
        except Refusal as refusal:
            refusals.append((one, refusal))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[one]) for one in who]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


@pytest.mark.django_db(transaction=True)
def test_of_two_desks_at_once_one_has_the_customer_and_the_other_is_told(world):
    visit = arrive(world)
    desks = [world.device("desk-1"), world.device("desk-2")]

    refused = at_once(desks, lambda desk: actions.attend(visit, channel="face_to_face", by=desk, now=world.now))

    ((loser, refusal),) = refused
    assert refusal.code == "already_attended"
    (attended,) = events(visit, "visit:attended")
    assert {attended.by, loser.ref} == {desk.ref for desk in desks}
    assert shown(visit)["owner"] == attended.by


@pytest.mark.clause("E3b-ret")
@pytest.mark.django_db(transaction=True)
def test_e3b_ret_of_two_desks_that_book_the_last_time_at_once_one_has_it_and_the_other_hears_which_are_left(world):
    last = only(world, "nina", hours=0.5)
    later = works(world, "nina", 2 * A_DAY, 0.5, alone=False)
    visits = {login: arrive(world, service="childrens") for login in ("amira", "ben")}

    refused = at_once(visits, lambda login: book(world, visits[login], "nina", last, by=login))

    ((loser, refusal),) = refused
    assert (refusal.code, refusal.facts["times"]) == ("not_available", [later.isoformat()])
    (row,) = ExpectedArrival.objects.all()
    assert row.starts_at == last and row.visit_id != visits[loser]
    assert shown(visits[loser])["state"] == "waiting", "their place is as it was"
    book(world, visits[loser], "nina", later, by=loser)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_are_kept_apart_only_one_is_called_when_two_desks_call_at_once(world):
    one, other = arrive(world), arrive(world)
    actions.keep_apart(one, other, by=world.person("amira"), now=world.now)
    desks = {one: world.device("desk-1"), other: world.device("desk-1")}

    refused = at_once(desks, lambda visit: actions.call(visit, by=desks[visit], now=world.now))

    ((_later, refusal),) = refused
    assert refusal.code == "kept_apart"

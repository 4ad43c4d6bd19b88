"""Two desks reach for the same customer at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from steadydesk.kernel.errors import Refusal
from steadydesk.visits import actions
from tests.visiting import arrive, events, shown


@pytest.mark.django_db(transaction=True)
def test_of_two_desks_at_once_one_has_the_customer_and_the_other_is_told(world):
    visit = arrive(world)
    desks = [world.device("desk-1"), world.device("desk-2")]
    start, refusals = Barrier(2), []

    def reach(desk):
        start.wait()
        try:
            actions.attend(visit, channel="face_to_face", by=desk, now=world.now)
        except Refusal as refusal:
            refusals.append((desk.ref, refusal.code))
        finally:
            connection.close()

    threads = [Thread(target=reach, args=[desk]) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (loser,) = refusals
    assert loser[1] == "already_attended"
    (attended,) = events(visit, "visit:attended")
    assert {attended.by, loser[0]} == {desk.ref for desk in desks}
    assert shown(visit)["owner"] == attended.by

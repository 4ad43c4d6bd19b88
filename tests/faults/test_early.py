"""Messages while storage is away: what hangs in one channel holds up no other."""

import threading
from queue import Queue

import pytest

from steadydesk.delivery import early
from steadydesk.delivery.early import RINGING_HANDS, EarlySender
from steadydesk.delivery.rules import Channels, Message, Recipient, delivery_rows
from tests.calls import NOW

pytestmark = pytest.mark.fault
WITHIN_S = 60


def rows(key, *, people=1, urgency="help"):
    told = [Recipient(n, f"{n}@example.org", f"20{n}") for n in range(people)]
    message = Message("alarm", "1", "Desk 1", urgency=urgency)
    channels = Channels(mail=True, phone=True)
    return delivery_rows(
        message, told, key=key, subject="alarm:1", site="exchange", urgent=True, now=NOW, channels=channels
    )


@pytest.fixture
def ringing(monkeypatch):
    """Telephones that ring until they are lifted; every attempt by any channel as (channel, key)."""
    lifted, tried = threading.Event(), Queue()

    def ring(outgoing):
        tried.put(("phone", outgoing.key))
        lifted.wait(WITHIN_S)

    monkeypatch.setitem(early.TRANSPORTS, "phone", ring)
    monkeypatch.setitem(early.TRANSPORTS, "mail", lambda outgoing: tried.put(("mail", outgoing.key)))
    sender = EarlySender()
    yield sender, tried
    lifted.set()
    sender.stop()


def test_telephones_that_ring_hold_up_no_mail(ringing):
    sender, tried = ringing
    sent = Queue()
    sender.send(rows("one", people=RINGING_HANDS + 1), {}, lambda _key: None, sent.put)
    mails = {sent.get(timeout=WITHIN_S) for _ in range(RINGING_HANDS + 1)}
    assert {key.rpartition(":")[2] for key in mails} == {"mail"}
    found = [tried.get(timeout=WITHIN_S)[0] for _ in range(2 * RINGING_HANDS + 1)]
    assert found.count("phone") == RINGING_HANDS, "one more waits for the first that is lifted"


def test_a_telephone_that_rings_is_rung_again_only_when_it_is_more_urgent(ringing):
    sender, tried = ringing
    for key, urgency in (("one", "nearby"), ("two", "nearby"), ("three", "help")):
        sender.send(rows(key, urgency=urgency), {}, lambda _key: None, lambda _key: None)
    found = {tried.get(timeout=WITHIN_S) for _ in range(5)}
    assert {key for channel, key in found if channel == "phone"} == {"one:0:phone", "three:0:phone"}

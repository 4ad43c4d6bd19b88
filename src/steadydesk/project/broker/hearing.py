"""From a message at the broker to an event for the server: what is old or came twice is left out."""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from steadydesk.project.broker.forms import CALLS, Form, Spoken, read_message

ECHO_S = 2.0
"""The same words of the same button again within this time are the same press: nobody presses twice so fast."""
COUNT_S = 60.0
"""So long the same number of a button is the same press: several gateways hear it, and the number turns over."""
QUIET_S = 30.0
"""What a button says by itself is told once in this time."""
REMEMBERED = 500

Event = dict[str, Any]
Tell = Callable[[Event], None]

log = logging.getLogger(__name__)


class Hearing:
    """Reads messages one after another. ``call`` takes what somebody did, ``mention`` what a button says by itself."""

    def __init__(self, forms: tuple[Form, ...], call: Tell, mention: Tell) -> None:
        self._forms, self._call, self._mention = forms, call, mention
        self._last: OrderedDict[str, float] = OrderedDict()

    def hear(self, topic: str, payload: bytes, *, retained: bool, now: datetime, tick: float) -> None:
        """One message; ``tick`` is the monotonic clock in seconds.

        A retained message was said before we came, nobody knows when: it calls nobody.
        """
        said = read_message(self._forms, topic, payload)
        if said is None or retained:
            log.debug("a message was left out: %s", "retained" if said else "of no button")
            return
        event: Event = {"device": said.device, "kind": said.kind, "at": (said.at or now).isoformat()}
        event |= {} if said.battery is None else {"battery": said.battery}
        event |= {"zone": said.zone} if said.zone else {}
        if said.kind not in CALLS:
            if not self._again(f"{said.device} {said.kind}", QUIET_S, tick):
                self._mention(event)
            return
        known, within = _known_by(said, topic, payload)
        if within and self._again(known, within, tick):
            log.info("a press came twice")
            return
        # Every machine that listens gives it the same id, so that two of them tell of one press.
        event["event_id"] = known if not within else _hash(f"{known} {int(now.timestamp() / within)}")
        self._call(event)

    def _again(self, what: str, within_s: float, tick: float) -> bool:
        """Whether the same came just now."""
        last = self._last.get(what)
        if last is not None and tick - last < within_s:
            return True
        self._last.pop(what, None)
        self._last[what] = tick
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return False


def _known_by(said: Spoken, topic: str, payload: bytes) -> tuple[str, float]:
    """What tells this event from every other, and for how many seconds; 0 for ever: then the server leaves it out."""
    if said.id:
        return _hash(f"id {said.device} {said.kind} {said.id}"), 0.0
    if said.count:
        return _hash(f"count {said.device} {said.kind} {said.count}"), COUNT_S
    return _hash(f"words {topic} {payload.hex()}"), ECHO_S


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]

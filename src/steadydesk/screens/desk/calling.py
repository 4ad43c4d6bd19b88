"""A call that is made by a form: the same press, under the same key, as the page's script sends, so it is one call."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from steadydesk.alarms import actions as alarms
from steadydesk.alarms.state import Alarm
from steadydesk.kernel.actor import Actor

PRESS_FIELDS = ("kind", "urgency", "to", "source", "about")


def callers(by: Actor, desk: Actor | None) -> list[Actor]:
    """Who presses, as the door of calls sees them: a person and the desk they sit at."""
    if by.kind == "device":
        return alarms.book().at_desk([replace(by, acting="", locked=False)])
    return [by, desk] if desk else [by]


def press(by: Actor, desk: Actor | None, key: str, said: dict[str, Any]) -> Alarm:
    """Make the call, or find the one that the script has made already."""
    body = {name: said[name] for name in PRESS_FIELDS if said.get(name)}
    return alarms.raise_alarm(callers(by, desk), key or None, body).alarm


def fresh_key() -> str:
    """A key for a press that a page offers."""
    return str(uuid4())

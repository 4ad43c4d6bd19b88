"""What buttons say over MQTT, and how it is read. Pure.

A line of the setting is a topic, a form by name, and what differs from it: ``buttons/{device} json action=data.key``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from steadydesk.buttons.rules import BATTERY, CHECK_IN, DURESS, HEARD, PRESS, UNREADABLE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 20_000
"""Bytes: no button says more."""
CALLS = frozenset({PRESS, CHECK_IN, DURESS})
"""What somebody did; the rest a button says by itself."""

_FORMS: Mapping[str, Mapping[str, str]] = {
    "text": {
        "press": "press,pressed,on,1,true,single,help,sos",
        "quiet": "release,released,off,0,false,none,unavailable,unknown,,online,offline",
    },
    "json": {"action": "action", "press": "*", "battery": "battery", "id": "id", "zone": "zone"},
    "zigbee2mqtt": {"action": "action", "press": "*", "quiet": ",*release*", "battery": "battery"},
    "esphome": {"press": "on", "quiet": "off,unavailable,unknown,"},
    "tasmota": {"action": "Button1.Action", "press": "*", "quiet": ",clear"},
    "shelly-blu": {
        "device": "params.events.0.data.address",
        "action": "params.events.0.data.button",
        "press": "[1-9]*",
        "quiet": "0",
        "battery": "params.events.0.data.battery",
        "count": "params.events.0.data.pid",
    },
}
_PATTERNS = ("press", "check_in", "duress", "quiet")
_PATHS = ("device", "action", "battery", "zone", "id", "count", "at")
_LEVEL = re.compile(r"\{(device|zone)\}|\+|#|[^+#{}\0]*")


class FormFault(ValueError):
    """A line that cannot be used; the sentence says what to do."""


@dataclass(frozen=True)
class Form:
    """How the messages of one topic are read."""

    topic: str
    """As the broker is asked for it."""
    shape: re.Pattern[str]
    paths: Mapping[str, str]
    """What stands where in JSON; without ``action`` the whole message is the word."""
    patterns: Mapping[str, tuple[str, ...]]
    """The words that mean something, ``*`` for any, without regard to capitals."""


@dataclass(frozen=True)
class Spoken:
    """What a message says."""

    device: str
    kind: str
    id: str = ""
    """The same for one event for ever."""
    count: str = ""
    """A number that turns over: it tells events apart for a minute, not for ever."""
    at: datetime | None = None
    battery: float | None = None
    zone: str = ""


def read_form(line: str) -> Form:
    """One line of the setting. Raises ``FormFault``."""
    topic, *words = line.split()
    name, more = (words[0] if words else ""), words[1:]
    if name not in _FORMS:
        raise FormFault(f"“{line}”: after the topic write one of {', '.join(_FORMS)}.")
    said = dict(_FORMS[name])
    for part in more:
        key, is_given, value = part.partition("=")
        if not is_given or key not in (*_PATTERNS, *_PATHS):
            raise FormFault(f"“{part}” is not known; write one of {', '.join((*_PATTERNS, *_PATHS))}, =, and a value.")
        said[key] = value
    levels = topic.split("/")
    if not all(_LEVEL.fullmatch(level) for level in levels) or "#" in levels[:-1]:
        raise FormFault(f"“{topic}” is no topic: a level is a word, {{device}}, {{zone}}, +, or # as the last.")
    if "{device}" not in levels and not said.get("device"):
        raise FormFault(f"“{line}” does not say which button it is: write {{device}} into the topic, or device=PATH.")
    patterns = {key: tuple(said.get(key, "").casefold().split(",")) if key in said else () for key in _PATTERNS}
    return Form(
        topic="/".join("+" if level.startswith("{") else level for level in levels),
        shape=re.compile("/".join(_shape(level) for level in levels), re.DOTALL),
        paths={key: said[key] for key in _PATHS if said.get(key)},
        patterns=patterns,
    )


def _shape(level: str) -> str:
    if level.startswith("{"):
        return f"(?P<{level[1:-1]}>[^/]+)"
    return {"+": "[^/]*", "#": ".*"}.get(level) or re.escape(level)


def read_message(forms: tuple[Form, ...], topic: str, payload: bytes) -> Spoken | None:
    """What the message says by the first form that fits its topic; ``None`` when it is of no button."""
    for form in forms:
        if found := form.shape.fullmatch(topic):
            return _read(form, found.groupdict(), payload)
    return None


def _read(form: Form, levels: Mapping[str, str], payload: bytes) -> Spoken | None:
    by_topic = levels.get("device", "")
    try:
        if len(payload) > LARGEST:
            raise ValueError
        text = payload.decode()
        body = json.loads(text) if form.paths.keys() & {"action", "device"} else None
        if body is not None and not isinstance(body, dict | list):
            raise ValueError
    except (ValueError, RecursionError):
        return Spoken(by_topic, UNREADABLE) if by_topic else None
    found = {key: _at(body, path) for key, path in form.paths.items()}
    device = _word(found.get("device")) or by_topic
    if not device:
        return None
    battery = found.get("battery")
    level = float(battery) if isinstance(battery, int | float) and not isinstance(battery, bool) else None
    word = found.get("action") if "action" in form.paths else text.strip()
    return Spoken(
        device,
        _kind(form, word, level),
        _word(found.get("id")),
        _word(found.get("count")),
        _moment(found.get("at")),
        level,
        _word(found.get("zone")) or levels.get("zone", ""),
    )


def _kind(form: Form, said: Any, battery: float | None) -> str:
    """Duress before everything: the gesture for it must never be taken for another."""
    if said is None:
        return HEARD if battery is None else BATTERY
    word = _word(said).casefold()
    for key, kind in (("duress", DURESS), ("check_in", CHECK_IN), ("quiet", HEARD), ("press", PRESS)):
        if any(fnmatchcase(word, pattern) for pattern in form.patterns[key]):
            return kind
    return UNREADABLE


def _at(body: Any, path: str) -> Any:
    """What stands there; ``None`` when nothing does."""
    for step in path.split("."):
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        elif isinstance(body, dict):
            body = body.get(step)
        else:
            return None
    return body


def _word(said: Any) -> str:
    if isinstance(said, bool):
        return str(said).lower()
    return str(said) if isinstance(said, str | int | float) else ""


def _moment(said: Any) -> datetime | None:
    """Unix seconds, or a time with its zone; what is neither is left out."""
    try:
        if isinstance(said, str):
            at = datetime.fromisoformat(said)
            return at if at.tzinfo else None
        return EPOCH + timedelta(seconds=float(said))
    except (TypeError, ValueError, OverflowError, OSError):
        return None

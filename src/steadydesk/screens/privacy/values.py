"""What stands in a record, as a reader sees it: times by the clock on the wall, words for codes, never a raw key."""

from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import ROLES
from steadydesk.people import queries as people
from steadydesk.screens.desk import words as at_desk
from steadydesk.screens.response import words as of_calls

CODES = {
    "urgency": of_calls.URGENCIES,
    "source": of_calls.SOURCES,
    "disposition": of_calls.DISPOSITIONS,
    "outcome": at_desk.OUTCOMES,
    "prompt": of_calls.PROMPTS,
    "type": of_calls.EVENTS,
}
"""Name of a fact → what its codes are called."""


def shown(name: str, value: Any) -> str:
    """One value in words."""
    if value is True or value == "True":
        return _("yes")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        return ", ".join(shown("", one) for one in value if one not in (None, "", [], {}))
    if isinstance(value, str) and (at := _moment(value)):
        return at
    if name == "role" and value in ROLES:
        return people.role_name(value)
    said = CODES.get(name, {}).get(value) if isinstance(value, str) else None
    return str(said) if said else _spelt(name, str(value))


def _moment(value: str) -> str:
    try:
        at = parse_datetime(value)
    except ValueError:
        return ""
    return date_format(timezone.localtime(at), "j M Y, H:i:s") if at and at.tzinfo else ""


def _spelt(name: str, value: str) -> str:
    """A code that has no words of its own, at least as words."""
    if name == "type":
        noun, _colon, what = value.partition(":")
        return f"{noun}: {what}".replace("-", " ").replace("_", " ")
    return value.replace("_", " ") if name in PLAIN else value


PLAIN = frozenset({"mood", "state", "channel", "post", "act", "mode", "kind", "service", "team", "screen", "factor"})
"""Facts whose values are codes of one or a few words."""


def titles(subjects: set[str]) -> dict[str, str]:
    """What records are called: members of staff by name, the others by their noun and number."""
    names = people.actor_names(subjects)
    return {subject: names.get(subject) or _title(subject) for subject in subjects}


def _title(subject: str) -> str:
    noun, _colon, id = subject.partition(":")
    known = {
        "visit": _("Visit %s"),
        "alarm": _("Call %s"),
        "paper-call": _("Call on paper %s"),
        "expected": _("Appointment %s"),
        "forewarning": _("Warning %s"),
        "prompt": _("Question %s"),
        "device": _("Desk %s"),
        "button": _("Button %s"),
        "person": _("Person %s"),
        "site": _("Site %s"),
    }
    # Calls are numbered by chance: the first letters tell them apart.
    return known[noun] % id[:8] if noun in known else subject

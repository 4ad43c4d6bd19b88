"""When a lone worker is asked whether all is well, and when silence becomes a call for help (L2d). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from steadydesk.kernel.states import StateTable
from steadydesk.kernel.words import gettext as _

ANSWERS = ("in_order", "fine", "nothing_new")
"""Each says that all is well. One of them, chosen by the worker beforehand, calls for help."""
AWAY = timedelta(seconds=30)
"""Looked at later than this, nobody could have answered in time: the worker is asked first, and not taken for lost."""
SAME_ANSWER = timedelta(seconds=30)
"""A phone without a link sends an answer again, and says when it was given only nearly alike each time: made within
this, a duress answer is the one that was read already."""
SETTLES = timedelta(minutes=1)
"""At a change of shift one goes before the other has come: whoever is alone for longer works alone."""
ENDINGS = ("door_locked", "not_alone")
"""How the worker may end it: they locked the door and are on their way, or somebody is with them."""
REASONS = ("child", "customer", "waiting", "other")
"""Why somebody stays longer: a child is still here, a customer is, they wait for somebody, or something else."""
LONGEST_STAY = timedelta(hours=12)

SHIFTS = StateTable(
    name="lone shift",
    states=("well", "asked", "missed", "over"),
    moves={
        "ask": {"well": "asked", "asked": "asked"},
        "miss": {"asked": "missed"},
        "check in": {"well": "well", "asked": "well", "missed": "well"},
        "check out": {"well": "over", "asked": "over", "missed": "over"},
    },
    refusals={
        "well": ("incomplete", _("Nobody has asked yet.")),
        "asked": ("already_answered", _("The question is asked already.")),
        "missed": ("already_answered", _("Help is called already.")),
        "over": ("already_answered", _("This shift is over. Begin another.")),
    },
)

Step = Literal["ask", "alarm", ""]


@dataclass(frozen=True)
class Terms:
    """How often somebody is asked, and how long an answer may take."""

    every: timedelta = timedelta(minutes=30)
    grace: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Facts:
    """What counts of a lone shift."""

    state: str
    last_at: datetime
    asked_at: datetime | None
    held: bool = False
    until: datetime | None = None
    """When they were to be gone: they are asked then, also between two check-ins."""


def answered(facts: Facts, made_at: datetime) -> Facts:
    """What an answer comes to that was given then. One from before the question, kept by a phone without a link, is
    no answer to it, and brings nobody back who was missed since."""
    last_at = max(facts.last_at, made_at)
    if facts.asked_at and made_at < facts.asked_at:
        return replace(facts, last_at=last_at)
    return replace(facts, state=SHIFTS.after(facts.state, "check in"), last_at=last_at, asked_at=None)


def duress_at(known: datetime | None, made_at: datetime) -> datetime:
    """When the duress answer was given that counts: sent again, it is the one that is known."""
    return known if known is not None and abs(made_at - known) <= SAME_ANSWER else made_at


def next_look(facts: Facts, terms: Terms) -> datetime | None:
    """When something follows from silence; ``None`` while nothing does."""
    if facts.held:
        return None
    if facts.state == "well":
        due = facts.last_at + terms.every
        return min(due, facts.until) if facts.until and facts.until > facts.last_at else due
    if facts.state == "asked" and facts.asked_at:
        return facts.asked_at + terms.grace
    return None


def step(facts: Facts, terms: Terms, now: datetime) -> Step:
    """What follows now: a question; a call for help after the grace; a question again after an outage."""
    due = next_look(facts, terms)
    if due is None or now < due:
        return ""
    return "alarm" if facts.state == "asked" and now - due <= AWAY else "ask"

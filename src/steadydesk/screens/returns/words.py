"""How pages say what becomes of a time that a customer was given."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.delivery.queries import Receipt
from steadydesk.visits.models import ExpectedArrival

STATES = {
    "open": lazy("expected"),
    "came": lazy("came"),
    "not_come": lazy("did not come"),
    "called_off": lazy("called off"),
}
HOW_TOLD = {
    "phone": lazy("telephone"),
    "mail": lazy("e-mail"),
    "letter": lazy("letter"),
    "in_person": lazy("face to face"),
    "no_way": lazy("no way to reach them"),
}
DONE = {
    "move": lazy("They have the new time. Give them a new slip."),
    "call-off": lazy("Called off. The time is free again."),
    "take-up": lazy("They are expected again."),
    "not-come": lazy("Recorded: did not come."),
    "undo": lazy("Undone: the customer waits again at the old place."),
    "mail": lazy("The e-mail is on its way."),
    "text": lazy("The text message is on its way."),
}
SENT = {"mail": lazy("E-mail"), "text": lazy("Text message")}
GIVEN = {
    "print": lazy("on paper"),
    "calendar": lazy("for a calendar"),
    "mail": lazy("by e-mail"),
    "text": lazy("as a text message"),
}
WHY_NOT = {
    "past": lazy("the time is past"),
    "private": lazy("they are kept private and no safe way was confirmed"),
    "gone": lazy("the address is not kept any more"),
    "no_way": lazy("this is not set up any more"),
}
STANDS = {
    "waiting": lazy("on its way"),
    "sent": lazy("handed over"),
    "failed": lazy("did not get through: tell the customer in another way"),
    "withdrawn": lazy("not sent"),
    "unknown": lazy("not known whether it arrived, and not sent again by itself: ask the customer"),
}
"""A server or gateway that took it is no customer who read it."""


def state_words(row: ExpectedArrival) -> str:
    """Where it stands."""
    to_tell = row.state == "open" and row.uncertain_since is not None
    return _("nobody will be there: tell the customer") if to_tell else str(STATES[row.state])


def receipt_words(found: Iterable[Receipt]) -> list[tuple[str, str, str]]:
    """(by which way, how far it got and when, why not) of everything that was sent."""
    return [
        (
            str(SENT.get(r.channel, r.channel)),
            f"{STANDS.get(r.state, r.state)}, {at_words(r.sent_at or r.send_at)}",
            r.failures[-1].said if r.failures and r.state != "sent" else "",
        )
        for r in found
    ]


def unsent_words(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(by which way, why not) of what is true now and was not sent."""
    return [(str(SENT.get(way, way)), str(WHY_NOT.get(why, why))) for way, why in found]


def confirmed(facts: Mapping[str, Any]) -> str:
    """That a confirmation was given, or what changed was sent."""
    given = _("The change was sent: %s") if facts.get("again") else _("Confirmation given: %s")
    said = given % GIVEN.get(facts.get("way", ""), "")
    return _("%s, with who may come along") % said if facts.get("policy") else said


def not_sent(facts: Mapping[str, Any]) -> str:
    """That what is true now was not sent, and why."""
    ((way, why),) = unsent_words([(facts.get("way", ""), facts.get("why", ""))])
    return _("%(way)s: not sent, for %(why)s") % {"way": way, "why": why}


def not_through(facts: Mapping[str, Any]) -> str:
    """That a message failed, or may have."""
    if facts.get("unknown"):
        return _("It is not known whether a message about it arrived")
    return _("A message about it did not get through")


def at_words(at: datetime) -> str:
    """A time as it is said at a desk."""
    return date_format(localtime(at), "D j M, H:i")

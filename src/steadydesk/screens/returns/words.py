"""How pages say what becomes of a time that a customer was given."""

from collections.abc import Iterable
from datetime import datetime

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
STANDS = {
    "waiting": lazy("on its way"),
    "sent": lazy("handed over"),
    "failed": lazy("did not get through: tell the customer in another way"),
    "withdrawn": lazy("not sent"),
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


def at_words(at: datetime) -> str:
    """A time as it is said at a desk."""
    return date_format(localtime(at), "D j M, H:i")

"""A person's own sign-ins and what was changed about them, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.journal.rules import OF_SIGN_IN

SEEN = OF_SIGN_IN | {Event.BROWSER_ADDED, Event.BROWSER_REMOVED, Event.SERVICE_CHANGED}
SHOWN = 20
WORDS = {
    Event.SIGNED_IN: gettext_noop("Signed in"),
    Event.SIGNED_OUT: gettext_noop("Signed out"),
    Event.SIGNED_OUT_EVERYWHERE: gettext_noop("Signed out everywhere"),
    Event.SIGN_IN_REFUSED: gettext_noop("A sign-in was refused"),
    Event.PASSWORD_CHANGED: gettext_noop("The password was changed"),
    Event.EMAIL_CHANGED: gettext_noop("The e-mail address was changed"),
    Event.RECOVERY_CODES_MADE: gettext_noop("Codes on paper were made anew"),
    Event.RECOVERY_CODE_USED: gettext_noop("A code on paper was used to sign in"),
    Event.BROWSER_ADDED: gettext_noop("A browser takes push messages for you from now on"),
    Event.SERVICE_CHANGED: gettext_noop("The service that you are reached by was changed"),
}
OF_FACTORS = {
    (Event.FACTOR_ADDED, "app"): gettext_noop("An app for codes was added"),
    (Event.FACTOR_ADDED, "passkey"): gettext_noop("A passkey was added"),
    (Event.FACTOR_ADDED, "single_sign_on"): gettext_noop("The organisation's sign-in was connected"),
    (Event.FACTOR_REMOVED, "app"): gettext_noop("The app for codes was taken away"),
    (Event.FACTOR_REMOVED, "passkey"): gettext_noop("A passkey was taken away"),
    (Event.FACTOR_REMOVED, "single_sign_on"): gettext_noop("The organisation's sign-in was disconnected"),
}

OF_BROWSERS = {
    "removed": gettext_noop("A browser takes no push messages for you any more"),
    "signed_out": gettext_noop("A browser takes no push messages for you any more: it was signed out"),
    "lost": gettext_noop("A browser stopped taking push messages for you: add it again"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    at: datetime
    what: str
    by_others: bool
    """Not oneself: an administrator, or somebody who tried."""


def of(ref: str) -> list[Line]:
    """The newest, newest first."""
    return [
        Line(e.at, _words(e), e.by.startswith("person:") and e.by != ref) for e in journal.newest_of(ref, SEEN, SHOWN)
    ]


def _words(entry: Entry) -> str:
    if entry.facts.get("waits"):
        return _("Too many sign-ins were tried: everybody who tries as you must wait")
    event = Event(entry.type)
    if event is Event.BROWSER_REMOVED:
        return _(OF_BROWSERS[entry.facts["why"]])
    return _(WORDS[event] if event in WORDS else OF_FACTORS[event, entry.facts["kind"]])

"""What a message says outside Steadydesk: the place, and to open Steadydesk. Never a name, never a risk."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steadydesk.delivery.channels.transport import Outgoing
from steadydesk.delivery.rules import Message

_ALARM = {
    "nearby": gettext_lazy("Please stand near: %(place)s"),
    "manager": gettext_lazy("A manager is asked to come: %(place)s"),
    "help": gettext_lazy("Help is asked for now: %(place)s"),
}
_CALL = gettext_lazy("You are called: %(place)s")
_PROMPT = gettext_lazy("A question waits for you: %(place)s")
_FORM = gettext_lazy("A form waits for you: %(place)s")
_MODE = {"drill": gettext_lazy("DRILL: %(sentence)s"), "test": gettext_lazy("TEST: %(sentence)s")}


def sentence(message: Message) -> str:
    """The message in one line; a drill or a test says so first."""
    # A line break in a place's name must not end a mail's subject.
    place = " ".join(message.place.split()) or _("place not known")
    said = {"prompt": _PROMPT, "form": _FORM}.get(message.kind) or _ALARM.get(message.urgency, _CALL)
    plain = str(said) % {"place": place}
    return str(_MODE[message.mode]) % {"sentence": plain} if message.mode in _MODE else plain


def subject_line(outgoing: Outgoing) -> str:
    """The sentence with its number; a repeat has the same number and says again."""
    line = _("%(sentence)s (%(number)s, again)") if outgoing.again else _("%(sentence)s (%(number)s)")
    return line % {"sentence": sentence(outgoing.message), "number": outgoing.message.number}


def text(outgoing: Outgoing) -> str:
    """The whole message."""
    return f"{sentence(outgoing.message)}\n\n{_('Open Steadydesk.')}\n"

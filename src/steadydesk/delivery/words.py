"""What a message says outside Steadydesk: the place, and to open Steadydesk. Never a name, never a risk."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steadydesk.delivery.channels.transport import Outgoing
from steadydesk.delivery.rules import LETTER, Message

_ALARM = {
    "nearby": gettext_lazy("Please stand near: %(place)s"),
    "manager": gettext_lazy("A manager is asked to come: %(place)s"),
    "help": gettext_lazy("Help is asked for now: %(place)s"),
}
_KIND = {
    "medical": gettext_lazy("Somebody is ill or hurt: %(place)s"),
    "building": gettext_lazy("The building is in danger: %(place)s"),
    "emergency_call": gettext_lazy("The emergency number was dialled: %(place)s"),
    "phrase": gettext_lazy("A manager is asked for by the phrase: %(place)s"),
}
_CALL = gettext_lazy("You are called: %(place)s")
_OTHER = {
    "prompt": gettext_lazy("A question waits for you: %(place)s"),
    "speak": gettext_lazy("Please speak to a customer by telephone: %(place)s"),
    "sent_on": gettext_lazy("A customer was sent on more than once: %(place)s"),
    "check_in": gettext_lazy("Please answer your check-in: %(place)s"),
    "lone_began": gettext_lazy("Please look at your check-ins: %(place)s"),
    "lone_told": gettext_lazy("There is an answer for you: %(place)s"),
    "lone_asks": gettext_lazy("A manager is asked something: %(place)s"),
    "lone_period": gettext_lazy("The rota needs a manager's word: %(place)s"),
    "checks_due": gettext_lazy("Something is to be inspected: %(place)s"),
    "review_due": gettext_lazy("A document is to be reviewed: %(place)s"),
    "safe_room": gettext_lazy("The call stands here now: %(place)s"),
    "form": gettext_lazy("A form waits for you: %(place)s"),
    "desks": gettext_lazy("It is open and not every desk was started: %(place)s"),
    "button_low": gettext_lazy("A button needs a new battery: %(place)s"),
    "button_silent": gettext_lazy("A button is not heard of any more: %(place)s"),
    "button_refused": gettext_lazy("A button was pressed that nobody is known to wear. Look for them: %(place)s"),
    "not_come": gettext_lazy("A customer who was given a time did not come: %(place)s"),
    "rota_gap": gettext_lazy("The rota has times that nobody covers: %(place)s"),
    "swap": gettext_lazy("Would you work a shift of a colleague? %(place)s"),
    "swap_taken": gettext_lazy("The shift that you offered is somebody else's now: %(place)s"),
    "letter": gettext_lazy("Your appointment: %(place)s"),
    "no_badge": gettext_lazy("Somebody without a badge is not accounted for: %(place)s"),
    "hold": gettext_lazy("The day of a hold on records has come: %(place)s"),
    "chain_test": gettext_lazy("Are you reached? Open this and say that you have it: %(place)s"),
    "trial": gettext_lazy("This only tries how you are reached: %(place)s"),
}
_DISPLAY = {
    "nearby": gettext_lazy("%(place)s, stand near"),
    "manager": gettext_lazy("%(place)s, manager please"),
    "help": gettext_lazy("%(place)s, help now"),
    "medical": gettext_lazy("%(place)s, somebody ill or hurt"),
    "building": gettext_lazy("%(place)s, building in danger"),
    "emergency_call": gettext_lazy("%(place)s, emergency number dialled"),
    "phrase": gettext_lazy("%(place)s, manager by phrase"),
}
_SPEAK = gettext_lazy("%(place)s, speak to a customer")
_ASKED = gettext_lazy("%(place)s, you are asked for")
_TRIAL = gettext_lazy("%(place)s, only a trial")
_EVERYWHERE = gettext_lazy("the whole organisation")
_MODE = {"drill": gettext_lazy("DRILL: %(sentence)s"), "test": gettext_lazy("TEST: %(sentence)s")}


def sentence(message: Message) -> str:
    """The message in one line; a drill or a test says so first."""
    # A line break in a place's name must not end a mail's subject.
    place = " ".join(message.place.split()) or (
        _EVERYWHERE if message.kind in ("hold", "trial") else _("place not known")
    )
    alarm = _KIND.get(message.about) or _ALARM.get(message.urgency, _CALL)
    said = _OTHER.get(message.kind) or alarm
    plain = str(said) % {"place": place}
    return str(_MODE[message.mode]) % {"sentence": plain} if message.mode in _MODE else plain


def caller_name(message: Message) -> str:
    """What the display of a telephone shows while it rings; there is room for little."""
    place = " ".join(message.place.split()) or _("place not known")
    plain_call = {"trial": _TRIAL, "chain_test": _TRIAL, "speak": _SPEAK, "prompt": _ASKED}.get(message.kind)
    said = (
        plain_call or _DISPLAY.get(message.about) or _DISPLAY.get(message.urgency) or gettext_lazy("%(place)s, called")
    )
    plain = str(said) % {"place": place}
    return str(_MODE[message.mode]) % {"sentence": plain} if message.mode in _MODE else plain


def subject_line(outgoing: Outgoing) -> str:
    """The sentence with its number; a repeat has the same number and says again."""
    if outgoing.message.kind == LETTER:
        return sentence(outgoing.message)
    line = _("%(sentence)s (%(number)s, again)") if outgoing.again else _("%(sentence)s (%(number)s)")
    return line % {"sentence": sentence(outgoing.message), "number": outgoing.message.number}


def text(outgoing: Outgoing) -> str:
    """The whole message; a customer's letter has words of its own."""
    if outgoing.text:
        return f"{outgoing.text}\n"
    return f"{sentence(outgoing.message)}\n\n{_('Open Steadydesk.')}\n"

"""What a service area can do for a customer whom reception has: the list, and when it is complete (E4b)."""

from collections.abc import Iterable, Set

from steadydesk.kernel.errors import Refusal
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.schema.base import Choice
from steadydesk.protocol.schema.waiting import HelpRequest

BY_PHONE = "speak_by_phone"
"""E4b-tel: always one of the options."""
OFFERED = "offered"


def options(form: HelpRequest) -> list[Choice]:
    """The options of the protocol, and that somebody speaks by telephone now if it forgot that."""
    if any(option.id == BY_PHONE for option in form.options):
        return list(form.options)
    return [*form.options, Choice(id=BY_PHONE, label=_("Speak to the customer by telephone now"))]


def unmarked(every: Iterable[Choice], marked: Set[str]) -> list[Choice]:
    """The options of which nobody has said whether they were offered, are not possible, or not needed."""
    return [option for option in every if option.id not in marked]


def refuse_incomplete(every: Iterable[Choice], marked: Set[str]) -> None:
    """It cannot be closed until each option has its answer (E4b)."""
    if left := unmarked(every, marked):
        names = ", ".join(option.label for option in left)
        raise Refusal("incomplete", _("Say first whether this was offered, is not possible or not needed: %s") % names)

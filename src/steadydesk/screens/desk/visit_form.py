"""The base of every form about one visit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import FieldFault
from steadydesk.screens.desk.entering import Typed
from steadydesk.visits.models import Visit


class VisitForm(Typed):
    """One action on one visit."""

    name: ClassVar[str]
    """The last part of its address."""
    move: ClassVar[str] = "change"
    """The move that must be possible; an empty one always is."""
    apart: ClassVar[bool] = False
    """Whether it stands in a panel of its own instead of the list of actions."""
    title: ClassVar[Any]
    done: ClassVar[Any]
    presses: ClassVar[bool] = False
    """Whether a call goes out by it: that has a key of its own, and stands whatever else fails."""
    suits: ClassVar[Any] = None
    """A function of the visit: whether there is a reason to offer it, where not for all."""
    say: str = ""
    """The protocol's words to the customer, to be read out."""
    say_also: str = ""
    """What to see to beside them."""

    def __init__(self, visit: Visit, choices: Mapping[str, Any], data: Any = None, *, staff_only: bool) -> None:
        super().__init__(data, auto_id=f"{self.name}_%s")
        self.visit, self.staff_only = visit, staff_only
        self.desk: Actor | None = None
        """The desk that the browser is, for what goes out from its place."""
        self.prepare(choices)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Fill the lists from the protocol that the visit began under."""

    def faults(self) -> list[FieldFault]:
        """What is wrong with it, whoever does it: to be said together with a name that is missing."""
        return []

    def act(self, by: Actor, now: datetime) -> Visit:
        """Do it."""
        raise NotImplementedError

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

"""An interpreter is being connected: one press each."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as lazy

from steadydesk.screens.desk.company_forms import Pressed
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.visits import actions
from steadydesk.visits.interpreter_rules import INTERPRETER
from steadydesk.visits.models import Visit


def _possible(move: str) -> Callable[[Visit], bool]:
    return lambda visit: INTERPRETER.allows(visit.interpreter, move)


class Connecting(Pressed):
    """Somebody calls up an interpreter."""

    name, title, done = "interpreter", lazy("Connect an interpreter"), lazy("Connecting an interpreter.")
    press = staticmethod(actions.begin_connecting)
    suits = staticmethod(_possible("begin"))


class IsConnected(Pressed):
    """The interpreter is there."""

    name, title, done = "interpreter-there", lazy("The interpreter is there"), lazy("Recorded.")
    press = staticmethod(actions.connect)
    suits = staticmethod(_possible("connect"))


class NotReached(Pressed):
    """None was found."""

    name, title, done = "interpreter-not-reached", lazy("No interpreter was reached"), lazy("Recorded.")
    press = staticmethod(actions.give_up_connecting)
    suits = staticmethod(_possible("give-up"))


class Undone(Pressed):
    """A press by mistake."""

    name, title, done = "interpreter-undo", lazy("No interpreter was called"), lazy("Taken back.")
    press = staticmethod(actions.undo_connecting)
    suits = staticmethod(_possible("undo"))


INTERPRETER_FORMS: dict[str, type[VisitForm]] = {
    form.name: form for form in (Connecting, IsConnected, NotReached, Undone)
}

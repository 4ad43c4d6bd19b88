"""An interpreter is being connected. It stops no clock: whoever waits for an interpreter still waits (E1-att)."""

from datetime import datetime

from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.visits import interpreters
from steadydesk.visits.interpreter_rules import INTERPRETER
from steadydesk.visits.models import Visit
from steadydesk.visits.settling import Turn, settle, take


def begin_connecting(visit: int, *, by: Actor, now: datetime) -> Visit:
    """Somebody rings or calls up an interpreter; a second time when the line broke or the language was wrong."""
    with write(now):
        turn = _turn(visit, "begin", by, now)
        turn.visit.connecting_since = now
        turn.record(Event.INTERPRETER_CONNECTING)
        return settle(turn)


def connect(visit: int, *, by: Actor, now: datetime) -> Visit:
    """The interpreter is there."""
    return _end(visit, "connect", Event.INTERPRETER_CONNECTED, by, now)


def give_up_connecting(visit: int, *, by: Actor, now: datetime) -> Visit:
    """No interpreter was reached."""
    return _end(visit, "give-up", Event.INTERPRETER_NOT_REACHED, by, now)


def undo_connecting(visit: int, *, by: Actor, now: datetime) -> Visit:
    """Nobody was rung: a press by mistake."""
    with write(now):
        turn = _turn(visit, "undo", by, now)
        turn.visit.connecting_since = None
        turn.record(Event.INTERPRETER_UNDONE)
        return settle(turn)


def _turn(visit: int, move: str, by: Actor, now: datetime) -> Turn:
    turn = take(visit, "change", by=by, now=now)
    turn.visit.interpreter = INTERPRETER.after(turn.visit.interpreter, move)
    return turn


def _end(visit: int, move: str, event: Event, by: Actor, now: datetime) -> Visit:
    with write(now):
        turn = _turn(visit, move, by, now)
        length = interpreters.spent(turn.visit, now)
        turn.visit.connecting_s, turn.visit.connecting_since = int(length.total_seconds()), None
        turn.record(event, seconds=turn.visit.connecting_s)
        return settle(turn)

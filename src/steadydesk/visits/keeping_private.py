"""A customer is kept private, by whom it may be read who it is, and when it is over."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.people import queries as people
from steadydesk.visits import private, rules
from steadydesk.visits.models import KeptPrivate, Visit
from steadydesk.visits.settling import Turn, settle, take


def keep_private(visit: int, named: Iterable[int], *, by: Actor, now: datetime) -> Visit:
    """Keep it private, or choose anew who may read who it is; whoever says so first is one of them."""
    chosen = sorted(set(named))
    with write(now):
        turn = _turn(visit, by, now)
        if not set(chosen) <= {c.person for c in people.workers(turn.visit.site)}:
            rules.refuse({"named": _("Choose colleagues who work at this site.")})
        if not turn.visit.private and by.person is not None:
            chosen = sorted({*chosen, by.person})
        turn.visit.private = True
        note_private(turn, chosen)
        return settle(turn)


def note_private(turn: Turn, named: list[int]) -> None:
    """Write down who may read who it is."""
    values = {"named": named, "written_by": turn.by.ref}
    KeptPrivate.objects.update_or_create(visit=turn.visit, defaults=values)
    turn.record(Event.VISIT_KEPT_PRIVATE, named=named)


def end_private(visit: int, *, by: Actor, now: datetime) -> Visit:
    """They need not be kept private any more, or never asked for it."""
    with write(now):
        turn = _turn(visit, by, now)
        if not turn.visit.private:
            raise Refusal("not_available", _("This customer is not kept private."))
        turn.visit.private = False
        KeptPrivate.objects.filter(visit=turn.visit).delete()
        turn.record(Event.VISIT_NOT_PRIVATE)
        return settle(turn)


def _turn(visit: int, by: Actor, now: datetime) -> Turn:
    turn = take(visit, "change", by=by, now=now)
    if not private.may_choose(turn.visit, by):
        raise Refusal("not_named", _("Whoever is named for this customer changes this, or a manager."))
    return turn

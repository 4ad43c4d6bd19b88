"""A customer is kept private, by whom it may be read who it is, and when it is over."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.delivery import actions as delivery
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.people import queries as people
from steadydesk.visits import private, rules
from steadydesk.visits.models import ExpectedArrival, KeptPrivate, Visit
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
        _keep_return(turn)
        return settle(turn)


def _keep_return(turn: Turn) -> None:
    """The time they were given is kept private too: nothing leaves about it before a safe way is confirmed."""
    for row in ExpectedArrival.objects.select_for_update().filter(visit=turn.visit, state="open", private=False):
        row.private = True
        row.save(update_fields=["private"])
        for way in delivery.withdraw_letters(f"expected:{row.pk}"):
            turn.record(Event.EXPECTED_NOT_SENT, expected=row.pk, way=way, why="private")


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
        ExpectedArrival.objects.filter(visit=turn.visit, state="open").update(private=False, safe_way=False)
        turn.record(Event.VISIT_NOT_PRIVATE)
        return settle(turn)


def _turn(visit: int, by: Actor, now: datetime) -> Turn:
    # Whoever was given a time is still to come: they are kept private after the visit too.
    move = "keep-private" if ExpectedArrival.objects.filter(visit=visit, state="open").exists() else "change"
    turn = take(visit, move, by=by, now=now)
    if not private.may_choose(turn.visit, by):
        raise Refusal("not_named", _("Whoever is named for this customer changes this, or a manager."))
    return turn

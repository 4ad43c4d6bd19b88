"""Shifts that change hands: offered to a colleague or to anybody, taken by a named one, and both are shown."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import planning
from steadydesk.rota import telling, turns
from steadydesk.rota.models import Swap


def offer_swap(shift: int, to: int | None = None, *, by: Actor, now: datetime) -> int:
    """Ask a colleague, or with ``None`` everybody there, to work a shift of one's own."""
    with write(now):
        turn = planning.find_turn(shift)
        if turn is None or by.person != turn.person:
            raise NotFound(_("There is no such shift of yours."))
        if turn.starts_at <= now:
            raise Refusal("not_available", _("It has begun."))
        if to == turn.person:
            raise Invalid.one("person", _("Choose somebody else."))
        if to is not None:
            turns.refuse_taker(turn, to)
        if Swap.objects.filter(shift=shift, state=Swap.State.OFFERED).exists():
            raise Refusal("already_answered", _("It is offered already. Take that back first."))
        span = {"starts_at": turn.starts_at, "ends_at": turn.ends_at}
        row = Swap.objects.create(
            shift=shift, site_id=turn.site, giver_id=turn.person, taker_id=to, offered_at=now, **span
        )
        record(Event.ROTA_SWAP_OFFERED, f"swap:{row.pk}", by=by, site=turn.site, shift=shift, to=to)
        telling.tell_of_offer(row, now)
    return row.pk


def take_swap(id: int, *, by: Actor, now: datetime) -> None:
    """Work it instead of whoever offered it. The first to say so does."""
    with write(now):
        row = _open(id, now)
        person = by.person
        if person is None or person == row.giver_id or row.taker_id not in (None, person):
            raise NotFound(_("There is no such offer for you."))
        by.check(Permission.VISIT_READ, row.site_id)
        turn = planning.find_turn(row.shift)
        if turn is None or turn.person != row.giver_id:
            raise Refusal("not_available", _("This shift is somebody else's by now, or is not worked."))
        turns.give(row.shift, turn, person, by=by, now=now)
        _settle(row, Swap.State.TAKEN, person, now)
        telling.tell_of_taking(row, now)
        subject, site = f"swap:{id}", row.site_id
        record(Event.ROTA_SWAP_TAKEN, subject, by=by, site=site, shift=row.shift, giver=row.giver_id, taker=person)


def withdraw_swap(id: int, *, by: Actor, now: datetime) -> None:
    """Work it oneself after all; or, when asked by name, say that one cannot."""
    with write(now):
        row = _open(id, now)
        if by.person not in (row.giver_id, row.taker_id) and not by.may(Permission.PRESENCE_SET, row.site_id):
            raise NotFound(_("There is no such offer for you."))
        _settle(row, Swap.State.WITHDRAWN, row.taker_id, now)
        telling.tell_no_more(row, now)
        record(Event.ROTA_SWAP_WITHDRAWN, f"swap:{id}", by=by, site=row.site_id, shift=row.shift)


def _open(id: int, now: datetime) -> Swap:
    row = Swap.objects.select_for_update().filter(pk=id).first()
    if row is None:
        raise NotFound(_("There is no such offer."))
    if row.state != Swap.State.OFFERED or row.starts_at <= now:
        raise Refusal("already_answered", _("Somebody was faster, it was taken back, or the shift has begun."))
    return row


def _settle(row: Swap, state: str, taker: int | None, now: datetime) -> None:
    row.state, row.taker_id, row.settled_at = state, taker, now
    row.save(update_fields=["state", "taker", "settled_at"])

"""Correct what was published: one shift or duty at a time, and put back what was taken out by mistake."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import planning, times
from steadydesk.people import queries as people
from steadydesk.people.planning import Turn
from steadydesk.rota.models import Planned, Swap
from steadydesk.rota.patterns import DUTY
from steadydesk.rota.publishing import Key, wanted
from steadydesk.rota.telling import tell_no_more, tell_of_taking
from steadydesk.rota.withdrawing import watched


def change_times(
    id: int, starts_at: datetime, ends_at: datetime, *, duty: bool = False, by: Actor, now: datetime
) -> None:
    """It begins and ends at these moments instead."""
    if ends_at <= starts_at or ends_at <= now:
        raise Invalid.one("ends", _("It ends after it begins, and not in the past."))
    with write(now):
        turn = _own(id, duty, by)
        _change(id, turn._replace(starts_at=starts_at, ends_at=ends_at), turn, by=by, now=now)


def cover(id: int, person: int, *, duty: bool = False, by: Actor, now: datetime) -> None:
    """A named colleague works it. Raises ``Invalid`` when they do not work there or are at work already."""
    with write(now):
        turn = _own(id, duty, by)
        refuse_taker(turn, person)
        _change(id, turn._replace(person=person), turn, by=by, now=now)
        if person != turn.person and not duty:
            # Whoever offered it need not look any further, and nobody else may take it.
            _end_offers(id, tell_of_taking, by=by, now=now)


def give(id: int, turn: Turn, person: int, *, by: Actor, now: datetime) -> None:
    """The same, when two colleagues agreed; inside their write."""
    refuse_taker(turn, person)
    _change(id, turn._replace(person=person), turn, by=by, now=now)


def refuse_taker(turn: Turn, person: int) -> None:
    """Nobody is put where they do not work, or in two places at once. Raises ``Invalid``."""
    if person not in people.active([person]) or not people.works_for(person, turn.site):
        raise Invalid.one("person", _("Choose somebody who works at this site."))
    others = times.shifts(turn.starts_at, turn.ends_at, [person])
    if not turn.team and any(other.ends_at is not None for other in others):
        raise Invalid.one("person", _("They are at work at that time already. Choose somebody else."))


def _change(id: int, turn: Turn, before: Turn, *, by: Actor, now: datetime) -> None:
    with watched({before.person, turn.person}, by=by, now=now):
        planning.change_turn(id, turn)
    record(
        Event.ROTA_TURN_CHANGED,
        _subject(id, turn),
        by=by,
        site=turn.site,
        person=turn.person,
        before=before.person,
        start=turn.starts_at.isoformat(),
        end=turn.ends_at.isoformat(),
    )


def remove_turn(id: int, *, duty: bool = False, by: Actor, now: datetime) -> None:
    """It is not worked. One that has begun is ended where people come and go, and stays known."""
    with write(now):
        turn = _own(id, duty, by)
        if turn.starts_at <= now:
            raise Refusal("not_available", _("It has begun. End it on the list of who is here."))
        with watched({turn.person}, by=by, now=now):
            planning.take_turn(id, duty=duty)
        if not duty:
            _end_offers(id, tell_no_more, by=by, now=now)
        record(Event.ROTA_TURN_CHANGED, _subject(id, turn), by=by, site=turn.site, person=turn.person, removed=True)


def _end_offers(shift: int, tell: Callable[[Swap, datetime], None], *, by: Actor, now: datetime) -> None:
    """The shift is not theirs to offer any more."""
    for row in Swap.objects.select_for_update().filter(shift=shift, state=Swap.State.OFFERED):
        row.state, row.settled_at = Swap.State.WITHDRAWN, now
        row.save(update_fields=["state", "settled_at"])
        tell(row, now)
        record(Event.ROTA_SWAP_WITHDRAWN, f"swap:{row.pk}", by=by, site=row.site_id, shift=shift)


def restore_turn(planned: int, *, by: Actor, now: datetime) -> None:
    """What was taken out is worked after all, as its pattern has it."""
    with write(now):
        row = Planned.objects.select_for_update().select_related("pattern").filter(pk=planned).first()
        if row is None or not by.may(Permission.PRESENCE_SET, row.pattern.site_id):
            raise NotFound(_("There is no such shift."))
        duty, site = row.pattern.kind == DUTY, row.pattern.site_id
        turn = wanted(site, row.day, row.day).get(Key(row.pattern_id, row.day, row.person_id))
        if planning.find_turn(row.row, duty=duty) is not None:
            return
        if turn is None or turn.ends_at <= now:
            raise Refusal("not_available", _("Its pattern does not have it any more. Plan a single shift."))
        refuse_taker(turn, turn.person)
        [row.row] = planning.plan_turns([turn])
        row.starts_at, row.ends_at, row.place = turn.starts_at, turn.ends_at, turn.place
        row.save()
        record(Event.ROTA_TURN_CHANGED, _subject(row.row, turn), by=by, site=site, person=turn.person, restored=True)


def _own(id: int, duty: bool, by: Actor) -> Turn:
    turn = planning.find_turn(id, duty=duty)
    if turn is None or not by.may(Permission.PRESENCE_SET, turn.site):
        raise NotFound(_("There is no such shift."))
    return turn


def _subject(id: int, turn: Turn) -> str:
    return f"duty:{id}" if turn.team else f"shift:{id}"

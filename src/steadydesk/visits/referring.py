"""Handing a customer over, never without the agreement of whoever takes them on (E3b, E4a)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.people import queries as people
from steadydesk.people.queries import Contactable
from steadydesk.sites import queries as sites
from steadydesk.visits import rules
from steadydesk.visits.models import Referral, Visit
from steadydesk.visits.settling import Turn, end_referral, pending, settle, take


def refer(visit: int, *, person: str = "", team: str = "", by: Actor, now: datetime) -> Visit:
    """Ask a named person, or a team, to take the customer on. The wait goes on until somebody agrees.

    A duty officer is on the rota for just this and has agreed (E4a-duty). ``person`` is a login or an id.
    """
    if bool(person) == bool(team):
        rules.refuse(dict.fromkeys(("person", "team"), _("Name a person or a team, one of them.")))
    rules.refuse({"person": rules.text_fault(person), "team": rules.text_fault(team)})
    with write(now):
        turn = take(visit, "refer", by=by, now=now)
        end_referral(turn)
        referral = Referral(visit=turn.visit, asked_at=now, asked_by=by.ref)
        if person:
            referral.person = _designated(person, turn).person
        else:
            referral.team = _team(team, turn)
        officer = _duty_officer(referral, turn)
        referral.save()
        turn.record(Event.VISIT_REFERRED, person=referral.person, team=referral.team or None)
        if officer is not None:
            _accept(turn, referral, f"person:{officer.person}")
        _send(turn, referral, officer)
        return settle(turn)


def agree(visit: int, *, by: Actor, now: datetime) -> Visit:
    """Take the customer on: the one asked, or a member of the team asked, by name (E3b, E4a)."""
    with write(now):
        turn = take(visit, "accept", by=by, now=now)
        _accept(turn, _asked(turn), by.ref)
        return settle(turn)


def decline(visit: int, *, reason: str, offered: Sequence[str] = (), by: Actor, now: datetime) -> Visit:
    """Say no, why, and what is offered instead. The customer keeps their place and their time."""
    odd = next((f for o in offered if (f := rules.text_fault(o, required=True))), None)
    rules.refuse({"reason": rules.text_fault(reason, required=True), "offered": odd})
    with write(now):
        turn = take(visit, "decline", by=by, now=now)
        referral = _asked(turn)
        referral.declined_at, referral.decided_by = now, by.ref
        referral.save()
        turn.record(
            Event.VISIT_DECLINED,
            referral=referral.pk,
            reason_words=turn.keep(reason),
            offered_words=turn.keep_all(offered),
        )
        return settle(turn)


def take_back(visit: int, *, by: Actor, now: datetime) -> Visit:
    """Whoever asked, or has the customer, waits for the answer no longer. The customer stays where they are."""
    with write(now):
        turn = take(visit, "decline", by=by, now=now)
        referral = _last(turn)
        if not rules.takes_back({by.ref, by.holder}, referral.asked_by, turn.visit.owner):
            raise NotAllowed(_("Only who asked, or who has the customer, can take this back."))
        end_referral(turn)
        turn.record(Event.VISIT_TAKEN_BACK, referral=referral.pk)
        return settle(turn)


def refuse_while_pending(turn: Turn) -> None:
    """A customer who is being handed over is not finished with."""
    if pending(turn).exists():
        raise Refusal("not_agreed", _("Nobody has agreed to take this customer on yet. You can take the request back."))


def _asked(turn: Turn) -> Referral:
    """The referral that waits for an answer, if it is this actor's to give."""
    referral = _last(turn)
    if turn.by.ref not in {f"person:{id}" for id in _people_asked(referral)}:
        raise NotAllowed(_("Only who was asked can answer this. Sign in as that person."))
    return referral


def _last(turn: Turn) -> Referral:
    """The referral that waits for an answer."""
    referral = pending(turn).last()
    if referral is None:
        raise Refusal("not_agreed", _("Nobody is asked to take this customer on."))
    return referral


def _accept(turn: Turn, referral: Referral, owner: str) -> None:
    visit = turn.visit
    referral.agreed_at, referral.decided_by = turn.now, owner
    referral.save()
    visit.state, visit.owner, visit.outcome = "attending", owner, "referred"
    visit.team = referral.team or visit.team
    visit.attended_at = visit.attended_at or turn.now
    turn.record(Event.VISIT_AGREED, referral=referral.pk, owner=owner)


def _designated(word: str, turn: Turn) -> Contactable:
    """A person who may be handed a customer: somebody with a post in a team of this site."""
    found = people.find(word)
    if found is not None:
        for team in people.teams_at(turn.visit.site):
            if any(m.person == found.person for m in people.members(team.pk)):
                return found
    raise Invalid.one("person", _("There is nobody “%s” in a team of this site.") % word)


def _team(id: str, turn: Turn) -> str:
    team = people.team(id)
    if team is None or team.site_id != turn.visit.site:
        raise Invalid.one("team", _("There is no team “%s” at this site.") % id)
    return team.pk


def _duty_officer(referral: Referral, turn: Turn) -> Contactable | None:
    """Who answers for the team's rota now; a gap in it means that the team has to agree."""
    team = people.team(referral.team) if referral.team else None
    at_once = turn.force.protocol.referral.duty_rota_takes_at_once
    return people.on_duty(team.pk, turn.now) if team and team.runs_duty_rota and at_once else None


def _people_asked(referral: Referral) -> set[int]:
    return {referral.person} if referral.person else {m.person for m in people.members(referral.team)}


def _send(turn: Turn, referral: Referral, officer: Contactable | None) -> None:
    """Page whoever takes the customer on or is asked to."""
    asked = {officer.person} if officer else _people_asked(referral)
    told = asked & people.available(turn.visit.site, turn.now) or asked
    delivery.queue(
        Message("prompt", str(turn.visit.pk), sites.site(turn.visit.site).name, number=turn.visit.pk),
        people=sorted(told),
        key=f"referral:{referral.pk}",
        subject=turn.subject,
        site=turn.visit.site,
        now=turn.now,
    )

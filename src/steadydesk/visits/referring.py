"""Handing a customer over, never without the agreement of whoever takes them on (E3b, E4a)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import set_deadline
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.people import queries as people
from steadydesk.people.queries import Contactable
from steadydesk.sites import queries as sites
from steadydesk.visits import prompting, referral_rules, rules
from steadydesk.visits.models import Referral, Visit
from steadydesk.visits.settling import AGREEMENT, Turn, end_referral, look_at, pending, settle, stop_asking, take


def refer(visit: int, *, person: str = "", team: str = "", by: Actor, now: datetime) -> Visit:
    """Ask a named person, or a team, to take the customer on. The wait goes on until somebody agrees.

    A duty officer is on the rota for just this and has agreed (E4a-duty). ``person`` is a login or an id.
    """
    if bool(person) == bool(team):
        rules.refuse(dict.fromkeys(("person", "team"), _("Name a person or a team, one of them.")))
    rules.refuse({"person": rules.text_fault(person), "team": rules.text_fault(team)})
    with write(now):
        turn = take(visit, "refer", by=by, now=now)
        _refuse_second(turn)
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
        else:
            _ask_again_later(turn)
        _send(turn, referral, officer)
        _look_whether_sent_on(turn)
        return settle(turn)


def ask_again(visit: int, *, by: Actor, now: datetime) -> None:
    """Nobody has answered: from now on it is asked again and again, and of those above them too (E4a)."""
    turn = look_at(visit, by=by, now=now)
    referral = pending(turn).last()
    if referral is None:
        return
    first = f"person:{referral.person}" if referral.person else "team"
    team = referral.team or people.team_of(referral.person or 0) or turn.visit.team
    prompting.ask_first(rules.ASK_AGREEMENT, turn.visit, first, team, turn.force, by=by, now=now)
    _ask_again_later(turn)


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
        stop_asking(turn)
        named = rules.listed(offered, turn.force.protocol.help_request.options)
        turn.record(
            Event.VISIT_DECLINED,
            referral=referral.pk,
            reason_words=turn.keep(reason),
            offered=named,
            offered_words=turn.keep_all(o for o in offered if o not in named),
        )
        return settle(turn)


def take_back(visit: int, *, by: Actor, now: datetime) -> Visit:
    """Whoever asked, or has the customer, waits for the answer no longer. The customer stays where they are."""
    with write(now):
        turn = take(visit, "decline", by=by, now=now)
        referral = _last(turn)
        if not referral_rules.takes_back({by.ref, by.holder}, referral.asked_by, turn.visit.owner):
            raise NotAllowed(_("Only who asked, or who has the customer, can take this back."))
        end_referral(turn)
        turn.record(Event.VISIT_TAKEN_BACK, referral=referral.pk)
        return settle(turn)


def refuse_while_pending(turn: Turn) -> None:
    """A customer who is being handed over is not finished with."""
    if pending(turn).exists():
        raise Refusal("not_agreed", _("Nobody has agreed to take this customer on yet. You can take the request back."))


def _refuse_second(turn: Turn) -> None:
    """Of two desks that ask at once the second is told whom the first one asked; it may not ask over their heads."""
    referral = pending(turn).last()
    by = turn.by
    if referral and not referral_rules.takes_back({by.ref, by.holder}, referral.asked_by, turn.visit.owner):
        asked = _name_of(referral)
        raise Refusal("not_agreed", _("%s is asked already. Whoever asked can take that back first.") % asked)


def _name_of(referral: Referral) -> str:
    if referral.person:
        return people.names([referral.person])[referral.person]
    team = people.team(referral.team)
    return team.name if team else referral.team


def _ask_again_later(turn: Turn) -> None:
    if not turn.visit.on_paper:
        after = turn.force.protocol.referral.agreement_asked_again_after
        set_deadline(AGREEMENT, turn.subject, turn.now + after)


def _look_whether_sent_on(turn: Turn) -> None:
    """Being sent from one to the next is what makes people angry: whoever is on duty for the site is told."""
    visit = turn.visit
    times = Referral.objects.filter(visit=visit, withdrawn_at=None).count()
    if visit.on_paper or not referral_rules.sent_on_too_often(times, turn.force.protocol.waiting):
        return
    turn.record(Event.VISIT_SENT_ON, times=times)
    message = Message("sent_on", str(visit.pk), sites.site(visit.site).name, number=visit.pk)
    delivery.tell_who_looks_after(message, f"sent-on:{visit.pk}:{times}", visit.site, now=turn.now)


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
    stop_asking(turn)
    visit.state, visit.owner, visit.outcome = "attending", owner, "referred"
    visit.team = referral.team or visit.team
    visit.attended_at = visit.attended_at or turn.now
    turn.record(Event.VISIT_AGREED, referral=referral.pk, owner=owner)


def _designated(word: str, turn: Turn) -> Contactable:
    """The person, if they are on the designated list for what the customer came for (E3b); else who is, is said."""
    visit = turn.visit
    listed = people.designated(visit.site, visit.service, visit.team)
    found = people.find(word)
    if found is not None and any(one.person == found.person for one in listed):
        return found
    said = {"who": found.name if found else word, "names": ", ".join(one.name for one in listed)}
    raise Invalid.one("person", _("%(who)s is not designated for this. Designated: %(names)s.") % said)


def _team(id: str, turn: Turn) -> str:
    team = people.team(id)
    if team is None or team.site_id != turn.visit.site:
        raise Invalid.one("team", _("There is no team “%s” at this site.") % id)
    return team.pk


def _duty_officer(referral: Referral, turn: Turn) -> Contactable | None:
    """Who answers for the team's rota now; a gap in it means that the team has to agree."""
    team = people.team(referral.team) if referral.team else None
    at_once = turn.force.protocol.referral.duty_rota_takes_at_once
    officer = people.on_duty(team.pk, turn.now) if team and team.runs_duty_rota and at_once else None
    return None if officer and officer.person in people.absent(turn.now) else officer


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

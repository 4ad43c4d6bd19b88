"""Reception asks the service area for help: one list, one conversation, closed when each option is answered (E4b)."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.visits import help_requests, help_rules, prompting, rules
from steadydesk.visits.models import HelpOption, HelpRequest, Visit
from steadydesk.visits.settling import Turn, look_at, take

LONGEST_PHONE = 40


def ask_help(visit: int, *, team: str = "", by: Actor, now: datetime) -> Visit:
    """Ask the service area what can be done. It is paged, and those above it when it does not answer.

    A second desk that asks the same finds the list that is there.
    """
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        asked = people.team(team or turn.visit.team)
        if asked is None or asked.site_id != turn.visit.site:
            raise Invalid.one("team", _("There is no team “%s” at this site.") % (team or turn.visit.team))
        if _open(turn) is None:
            HelpRequest.objects.create(visit=turn.visit, team=asked.pk, asked_at=now, asked_by=by.ref)
            turn.record(Event.HELP_REQUESTED, team=asked.pk)
            prompting.ask_first(rules.ASK_HELP, turn.visit, "team", asked.pk, turn.force, by=by, now=now)
        return turn.visit


def mark_option(visit: int, option: str, answer: str, *, by: Actor, now: datetime) -> Visit:
    """Say of one option whether it was offered, is not possible, or not needed; a later answer replaces an earlier."""
    with write(now):
        turn, request = _taken(visit, by, now)
        form = turn.force.protocol.help_request
        rules.refuse(
            {
                "option": rules.choice_fault(option, [o.id for o in help_rules.options(form)], _("option")),
                "answer": rules.choice_fault(answer, [a.id for a in form.answers], _("answer")),
            }
        )
        _mark(turn, request, option, answer)
        _hear(turn, request)
        return turn.visit


def say(visit: int, text: str, *, by: Actor, now: datetime) -> Visit:
    """Write to the other side, about this visit; it is read on both screens."""
    rules.refuse({"text": rules.text_fault(text, required=True)})
    with write(now):
        turn, request = _taken(visit, by, now)
        turn.record(Event.HELP_SAID, said_words=turn.keep(text, "help_request"))
        _hear(turn, request)
        return turn.visit


def ring_to_speak(visit: int, person: str = "", *, by: Actor, now: datetime) -> Visit:
    """Have somebody rung who is to speak to the customer now, by their telephone first (E4b-tel).

    Without a name it is who is on duty for the team, else the first of it who is there. Raises ``Invalid`` when
    nobody is, or when the one who is named is neither designated nor of the team.
    """
    rules.refuse({"person": rules.text_fault(person)})
    with write(now):
        turn, request = _taken(visit, by, now)
        able = help_requests.may_speak(turn.visit, request.team, now)
        wanted = people.find(person) if person else next(iter(able), None)
        if wanted is None or all(one.person != wanted.person for one in able):
            names = ", ".join(one.name for one in able)
            raise Invalid.one("person", _("Ring one of these: %s.") % names if names else _("Nobody is there."))
        turn.record(Event.HELP_RUNG, person=wanted.person)
        delivery.queue(
            Message("speak", str(visit), sites.site(turn.visit.site).name, number=visit),
            people=[wanted.person],
            key=f"speak:{request.pk}:{wanted.person}:{now:%H:%M:%S}",
            subject=f"help:{request.pk}",
            site=turn.visit.site,
            rings_first=True,
            now=now,
        )
        return turn.visit


def record_spoken(visit: int, *, person: str = "", place: str = "", phone: str = "", by: Actor, now: datetime) -> Visit:
    """Somebody spoke to the customer by telephone: who, and from which room or by which phone (E4b-tel)."""
    with write(now):
        turn, request = _taken(visit, by, now)
        who = people.find(person or by.ref)
        known = {p.id for p in sites.places(turn.visit.site)}
        blank = not place and not phone.strip()
        rules.refuse(
            {
                "person": None if who and people.works_for(who.person, turn.visit.site) else _("Say who spoke."),
                "place": _("Say from which room, or by which phone.") if blank else _unknown_place(place, known),
                "phone": rules.text_fault(phone, longest=LONGEST_PHONE),
            }
        )
        assert who is not None  # a name that is not known is a fault
        kept = turn.keep(phone, "help_request")
        turn.record(Event.HELP_SPOKEN, person=who.person, place=place or None, phone_words=kept)
        _mark(turn, request, help_rules.BY_PHONE, help_rules.OFFERED)
        _hear(turn, request, spoke=who.person)
        delivery.withdraw(f"help:{request.pk}", now)
        return turn.visit


def close_help(visit: int, *, by: Actor, now: datetime) -> Visit:
    """The list is done with; refused while an option has no answer (E4b)."""
    with write(now):
        turn, request = _taken(visit, by, now)
        marked = set(request.options.values_list("option", flat=True))
        help_rules.refuse_incomplete(help_rules.options(turn.force.protocol.help_request), marked)
        _end(turn, request, complete=True)
        return turn.visit


def _end(turn: Turn, request: HelpRequest, *, complete: bool) -> None:
    """Nothing is asked any more."""
    request.closed_at, request.closed_by, request.complete = turn.now, turn.by.ref, complete
    request.save()
    turn.record(Event.HELP_CLOSED, complete=complete)
    prompting.withdraw_kinds(turn.visit, rules.ASK_HELP, by=turn.by, now=turn.now)
    delivery.withdraw(f"help:{request.pk}", turn.now)


def end_help(entry: Entry, by: Actor, now: datetime) -> None:
    """The customer went, or was dealt with: what was not answered stays so, and the record says it."""
    visit = int(entry.subject.partition(":")[2])
    request = HelpRequest.objects.filter(visit=visit, closed_at=None).first()
    if request is not None:
        turn = look_at(visit, by=by, now=now)
        marked = set(request.options.values_list("option", flat=True))
        every = help_rules.options(turn.force.protocol.help_request)
        _end(turn, request, complete=not help_rules.unmarked(every, marked))


def _taken(visit: int, by: Actor, now: datetime) -> tuple[Turn, HelpRequest]:
    turn = take(visit, "change", by=by, now=now)
    request = _open(turn)
    if request is None:
        raise Refusal("not_available", _("Nobody is asked for help about this customer now."))
    return turn, request


def _open(turn: Turn) -> HelpRequest | None:
    return HelpRequest.objects.filter(visit=turn.visit, closed_at=None).first()


def _mark(turn: Turn, request: HelpRequest, option: str, answer: str) -> None:
    said = {"answer": answer, "by": turn.by.ref, "at": turn.now}
    HelpOption.objects.update_or_create(request=request, option=option, defaults=said)
    turn.record(Event.HELP_MARKED, option=option, answer=answer)


def _hear(turn: Turn, request: HelpRequest, spoke: int | None = None) -> None:
    """The first word of the team answers the question that pages it; reception's own does not.

    ``spoke`` is who spoke to the customer, whoever writes it down.
    """
    of_team = turn.by.team == request.team or spoke in {member.person for member in people.members(request.team)}
    if request.answered_at is None and of_team:
        request.answered_at = turn.now
        request.save(update_fields=["answered_at"])
        prompting.answer_of(turn.visit, [rules.ASK_HELP], by=turn.by, now=turn.now)


def _unknown_place(place: str, known: set[str]) -> str | None:
    return None if not place or place in known else _("There is no place “%s” at this site.") % place

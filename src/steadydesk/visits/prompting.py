"""Prompts: asked once, repeated and climbing until a person answers, withdrawn when their reason goes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadlines, set_for_all
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.documents import queries as documents
from steadydesk.documents.queries import InForce
from steadydesk.encounters import queries as encounters
from steadydesk.journal.actions import keep_words, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound, Refusal
from steadydesk.protocol.schema.waiting import Waiting
from steadydesk.sites import queries as sites
from steadydesk.visits import rules
from steadydesk.visits.concerning import about, concern, join, leave, note, staff_for, subject, take_off
from steadydesk.visits.models import ExpectedArrival, Prompt, Visit
from steadydesk.visits.rules import Callee
from steadydesk.visits.staff import Staff
from steadydesk.visits.ticket_rules import AT_KIOSK

REPEAT = "prompt-repeat"
RELEASED = "prompt-released"
RINGING = "call_manager"
"""What also rings telephones: somebody agitated cannot wait until a screen is looked at (E2a)."""
LONGEST_NAME = 120
LONGEST_ROLE = 40


def ask(asked: Iterable[tuple[str, Visit]], force: InForce, *, by: Actor, now: datetime) -> None:
    """Ask each kind about its visit, unless that is asked already. The visits are of one site."""
    together: dict[tuple[str, str], list[Visit]] = {}
    for kind, visit in asked:
        if kind in rules.TOGETHER:
            team = visit.team if kind == "ask_service" else ""
            together.setdefault((kind, team), []).append(visit)
        elif not _open(visit.site, kind).filter(visits=visit).exists() and not _joins(kind, visit, force, by, now):
            _ask(kind, [visit], force, by=by, now=now)
    for (kind, _team), visits in together.items():
        _ask_together(kind, visits, force, by=by, now=now)


def _ask_together(kind: str, visits: list[Visit], force: InForce, *, by: Actor, now: datetime) -> None:
    """Many at once become one prompt: one to tell the room, one to each team, one for all promises (E1).

    Thousands may stand in one prompt, and more come in pieces: of those it is about, only these are looked for.
    """
    site, team, whole = visits[0].site, visits[0].team, rules.TOGETHER[kind]
    held = [p for p in _held(site, kind, whole) if kind != "ask_service" or p.team == team]
    known = set(about(held).filter(visit__in=visits).values_list("visit", flat=True))
    fresh = [v for v in visits if v.pk not in known]
    room = next((p for p in held if p.kind != kind or len(about([p])[:2]) > 1), None)
    if room is not None:
        join(room, fresh, by=by)
    elif fresh and len(held) + len(fresh) >= force.protocol.waiting.tell_room_from:
        alone = list(Visit.objects.filter(prompts__in=held).order_by("pk"))
        withdraw_all(held, by=by, now=now)
        _ask(whole, [*alone, *fresh], force, by=by, now=now)
    else:
        for visit in fresh:
            _ask(kind, [visit], force, by=by, now=now)


def _joins(kind: str, visit: Visit, force: InForce, by: Actor, now: datetime) -> bool:
    """Nobody is rung forty times about forty agitated: who falls due joins the prompt that rings the same person (E1).

    Whoever would be rung for this visit is being rung already; a prompt that has gone on to the next is not joined.
    """
    if kind != RINGING:
        return False
    alone = Prompt(site=visit.site, team=visit.team, kind=kind, calls=True)
    _choose(alone, force.protocol.waiting, staff_for(alone, now, [visit.pk]))
    same = {"team": visit.team, "called": alone.called, "document": force.document, "version": force.version}
    held = _held(visit.site, kind).filter(**same).first()
    if held is not None:
        join(held, [visit], by=by)
    return held is not None


def ask_first(kind: str, visit: Visit, first: str, team: str, force: InForce, *, by: Actor, now: datetime) -> None:
    """Ask one person (``person:3``) or a ``team`` about a visit, and then those above them, unless that is asked."""
    if not _open(visit.site, kind).filter(visits=visit).exists():
        prompt = Prompt(site=visit.site, team=team or visit.team, kind=kind, first=first)
        _begin(prompt, [visit], force, by=by, now=now)


def ask_about_time(row: ExpectedArrival, first: str, force: InForce, *, by: Actor, now: datetime) -> None:
    """Ask whoever gave a customer this time (``first``), and then those above, unless that is asked already (E4c)."""
    if not _open(row.site).filter(expected=row).exists():
        prompt = Prompt(site=row.site, team=row.team, kind="return_uncertain", expected=row, first=first)
        _begin(prompt, [row.visit] if row.visit else [], force, by=by, now=now)


def ask_at_kiosk(site: str, ref: str, force: InForce, *, by: Actor, now: datetime) -> None:
    """Ask the desk to look for a customer who has this ticket of a kiosk and could not be entered."""
    _begin(Prompt(site=site, kind=AT_KIOSK, name=ref), [], force, by=by, now=now)


def withdraw_of_time(row: ExpectedArrival, *, by: Actor, now: datetime) -> None:
    """The time can be kept after all, or the customer does not come."""
    withdraw_all(_held(row.site).filter(expected=row), by=by, now=now)


def _ask(kind: str, visits: list[Visit], force: InForce, *, by: Actor, now: datetime) -> None:
    last = visits[-1]
    _begin(Prompt(site=last.site, team=last.team, kind=kind), visits, force, by=by, now=now)


def _begin(prompt: Prompt, visits: list[Visit], force: InForce, *, by: Actor, now: datetime) -> None:
    prompt.document, prompt.version = force.document, force.version
    prompt.asked_at, prompt.calls = now, prompt.kind in rules.CALLING
    staff = staff_for(prompt, now, [v.pk for v in visits])
    _choose(prompt, force.protocol.waiting, staff)
    prompt.save()
    concern(prompt, visits)
    note(Event.PROMPT_ASKED, prompt, by=by, visits=[str(v.pk) for v in visits])
    if sites.holds_prompts(prompt.site):
        return
    _send(prompt, staff)
    _repeat_later(prompt, force.protocol.waiting, now)


def release(entry: Entry, by: Actor, now: datetime) -> None:
    """What could not be asked while the site was emptied or locked down is asked again now that it is not."""
    before, after = sites.prompts_in(entry.facts["before"]), sites.prompts_in(entry.facts["state"])
    if (before, after) == ("hold", "ask"):
        set_for_all(RELEASED, [subject(p) for p in _open(entry.site)], now)


def pass_on(entry: Entry, by: Actor, now: datetime) -> None:
    """Help was asked for: whoever may no longer know of the visit is not waited for, the next is asked (ruling 16)."""
    visit = entry.subject.removeprefix("visit:")
    if not visit.isdigit() or not entry.facts.get("alarm"):
        return
    asked = _open(entry.site).filter(visits=int(visit), calls=True)
    names_them = [p for p in asked if p.called.isdigit() and int(p.called) in staff_for(p, now).without]
    set_for_all(REPEAT, [subject(p) for p in names_them], now)


def is_held_too_long(prompt: Prompt, now: datetime) -> bool:
    """Whether it would have been asked again by now if the state of its site did not hold it back."""
    waiting = documents.version(prompt.document, prompt.version).protocol.waiting
    due_at = prompt.asked_at + rules.repeat_after(prompt.kind, prompt.repeats, waiting)
    return due_at <= now and sites.holds_prompts(prompt.site)


def ask_again(id: int, *, by: Actor, now: datetime) -> None:
    """Ask the prompt that was held; nobody was rung meanwhile, so nobody counts as not reached."""
    prompt = Prompt.objects.filter(pk=id, answered_at__isnull=True, withdrawn_at__isnull=True).first()
    if prompt is None or sites.holds_prompts(prompt.site):
        return
    waiting = documents.version(prompt.document, prompt.version).protocol.waiting
    staff = staff_for(prompt, now)
    _choose(prompt, waiting, staff)
    prompt.repeats += 1
    prompt.save()
    note(Event.PROMPT_REPEATED, prompt, by=by, repeats=prompt.repeats)
    _send(prompt, staff)
    _repeat_later(prompt, waiting, now)


def repeat(id: int, *, by: Actor, now: datetime) -> None:
    """Nobody has answered: ask again, and count who was called as not reached (E2a)."""
    unanswered = Prompt.objects.filter(pk=id, answered_at__isnull=True, withdrawn_at__isnull=True)
    prompt = unanswered.select_for_update().first()
    if prompt is None or sites.holds_prompts(prompt.site):
        return
    waiting = documents.version(prompt.document, prompt.version).protocol.waiting
    staff = staff_for(prompt, now)
    climbed = _climb(prompt, waiting, staff)
    if prompt.calls and not prompt.called:
        # Everybody was tried. There is no silent end: the chain begins anew.
        prompt.tried = []
        climbed = _choose(prompt, waiting, staff)
    prompt.repeats += 1
    prompt.save()
    note(Event.PROMPT_REPEATED, prompt, by=by, repeats=prompt.repeats)
    if climbed:
        note(Event.PROMPT_CLIMBED, prompt, by=by)
    _send(prompt, staff)
    _repeat_later(prompt, waiting, now)


def answer_prompt(
    id: int,
    *,
    reached: str | None,
    role: str = "",
    called: str | None = None,
    note: str = "",
    by: Actor,
    now: datetime,
) -> Prompt:
    """Say who was reached; ``None`` is nobody, and the prompt stays and names the next (E2a).

    That nobody answered holds for whom it was said of (``role``, ``called``): when another is called by now,
    somebody else said it first or it climbed, and nothing is changed. Refuses with ``already_answered``.
    Telling the customer is itself recorded on the visit.
    """
    _check_answer(reached, role, note)
    with write(now):
        prompt = Prompt.objects.select_for_update().filter(pk=id).first()
        if prompt is None:
            raise NotFound(_("There is no such prompt."))
        by.check(Permission.PROMPT_ANSWER, prompt.site)
        if encounters.is_hidden(prompt.visits.values_list("pk", flat=True), encounters.kept_from(by)):
            raise NotFound(_("There is no such prompt."))
        if prompt.answered_at is not None:
            raise Refusal("already_answered", _("This was answered before."))
        if prompt.withdrawn_at is not None:
            raise Refusal("already_answered", _("The visit was attended to or has ended: nobody is asked now."))
        if reached is None:
            same = called in (None, prompt.called) and role in ("", prompt.role)
            return _not_reached(prompt, by=by, now=now) if same else prompt
        kept = _kept(prompt, {"reached": reached, "note": note}, by)
        prompt.reached_words, prompt.reached_role = kept["reached_words"], role
        _answered(prompt, by=by, now=now, **kept)
    return prompt


def _kept(prompt: Prompt, typed: dict[str, str], by: Actor) -> dict[str, int]:
    """What was typed, in rows of their own (E8a)."""
    lasts = documents.version(prompt.document, prompt.version).protocol.retention["visit_note"]
    about, site = subject(prompt), prompt.site
    return {
        f"{name}_words": keep_words(text, about, retention="visit_note", lasts=lasts, by=by, site=site)
        for name, text in typed.items()
        if text.strip()
    }


def _check_answer(reached: str | None, role: str, note: str) -> None:
    found = {
        "reached": None if reached is None else rules.text_fault(reached, required=True, longest=LONGEST_NAME),
        "role": rules.text_fault(role, longest=LONGEST_ROLE),
        "note": rules.text_fault(note),
    }
    rules.refuse(found)


def _not_reached(prompt: Prompt, *, by: Actor, now: datetime) -> Prompt:
    waiting = documents.version(prompt.document, prompt.version).protocol.waiting
    staff = staff_for(prompt, now)
    _climb(prompt, waiting, staff)
    prompt.save()
    note(Event.PROMPT_CLIMBED, prompt, by=by)
    _send(prompt, staff)
    _repeat_later(prompt, waiting, now)
    return prompt


def answer_of(visit: Visit, kinds: Iterable[str], *, by: Actor, now: datetime) -> None:
    """What was done on the visit answers these prompts about it; one that is about others too stays for them."""
    for prompt in _held(visit.site, *kinds).filter(visits=visit):
        if not leave(prompt, visit, answered=True, by=by):
            _answered(prompt, by=by, now=now)


def answer_room(site: str, told: Iterable[int], *, by: Actor, now: datetime) -> None:
    """These customers were told in one act. Of those who were not there it is asked anew."""
    for prompt in _held(site, *rules.TOLD_AT_ONCE):
        about = list(prompt.visits.all())
        missing = [v for v in about if v.pk not in set(told)]
        if len(missing) == len(about):
            continue
        take_off(prompt, missing, by=by)
        _answered(prompt, by=by, now=now)
        kind = "tell_customer" if prompt.kind == "tell_room" else prompt.kind
        ask([(kind, v) for v in missing], documents.version(prompt.document, prompt.version), by=by, now=now)


def withdraw_kinds(visit: Visit, *kinds: str, by: Actor, now: datetime) -> None:
    """This need not be asked about the visit any more."""
    alone = [p for p in _held(visit.site, *kinds).filter(visits=visit) if not leave(p, visit, by=by)]
    withdraw_all(alone, by=by, now=now)


def withdraw_from(visit: Visit, *, by: Actor, now: datetime) -> None:
    """Nobody waits here any more, so nobody need be asked about it."""
    about = _held(visit.site).filter(visits=visit)
    if visit.ended_at is None:
        about = about.exclude(kind=rules.ASK_HELP)  # whoever attends to the customer may wait for the team's answer
    alone = [p for p in about if not leave(p, visit, by=by)]
    withdraw_all(alone, by=by, now=now)


def _answered(prompt: Prompt, *, by: Actor, now: datetime, **facts: Any) -> None:
    prompt.answered_at, prompt.answered_by = now, by.ref
    prompt.save()
    about = [str(pk) for pk in prompt.visits.values_list("pk", flat=True)]
    note(Event.PROMPT_ANSWERED, prompt, by=by, visits=about, **facts)
    _be_quiet(prompt, now)


def withdraw_all(prompts: Iterable[Prompt], *, by: Actor, now: datetime) -> None:
    """Nobody is asked these any more."""
    for prompt in prompts:
        prompt.withdrawn_at = now
        prompt.save()
        note(Event.PROMPT_WITHDRAWN, prompt, by=by)
        _be_quiet(prompt, now)


def _be_quiet(prompt: Prompt, now: datetime) -> None:
    clear_deadline(REPEAT, subject(prompt))
    if prompt.calls:
        delivery.withdraw(subject(prompt), now)


def _repeat_later(prompt: Prompt, waiting: Waiting, now: datetime) -> None:
    due_at = now + rules.repeat_after(prompt.kind, prompt.repeats, waiting)
    set_deadlines(subject(prompt), {REPEAT: due_at})


def _climb(prompt: Prompt, waiting: Waiting, staff: Staff) -> bool:
    """Count who was called as tried and name the next; whether that is somebody else."""
    before = prompt.called
    if prompt.calls and before:
        prompt.tried = [*prompt.tried, before]
    _choose(prompt, waiting, staff)
    return prompt.called != before


def _choose(prompt: Prompt, waiting: Waiting, staff: Staff) -> bool:
    """Name whom the prompt calls now; whether there is anybody."""
    if not prompt.calls:
        return False
    # What is kept from somebody goes to the safety lead when nobody else is there (ruling 16).
    last = "role:safety_lead" if staff.without else ""
    levels = dict.fromkeys(filter(None, (prompt.first, *rules.levels(prompt.kind, waiting), last)))
    chain = ((level.removeprefix("role:"), staff.at(level)) for level in levels)
    call = rules.choose_call(chain, staff.there, set(prompt.tried))
    callee = call.callee or Callee("", "", "", "")
    prompt.called, prompt.role, prompt.name = callee.key, callee.role, callee.name
    prompt.phone, prompt.skipped = callee.phone or staff.line, list(call.skipped)
    return call.callee is not None


def _send(prompt: Prompt, staff: Staff) -> None:
    """Page whoever the prompt names; somebody agitated has them rung too, or their team's line (E2a)."""
    if prompt.kind == RINGING:
        # Whoever was rung before did not answer: the one who is named now is rung instead.
        delivery.stop_ringing(subject(prompt), staff.now)
    if not prompt.called:
        return
    delivery.queue(
        Message("prompt", str(prompt.pk), staff.site_name, number=prompt.pk, again=prompt.repeats > 0),
        people=sorted(staff.behind(prompt.called)),
        key=f"{subject(prompt)}:{prompt.repeats}:{len(prompt.tried)}",
        subject=subject(prompt),
        site=prompt.site,
        rings=prompt.kind == RINGING,
        line=staff.line,
        now=staff.now,
    )


def _open(site: str, *kinds: str) -> QuerySet[Prompt]:
    """Prompts at the site that nobody has answered and that still have their reason."""
    found = Prompt.objects.filter(site=site, answered_at__isnull=True, withdrawn_at__isnull=True)
    return found.filter(kind__in=kinds) if kinds else found


def _held(site: str, *kinds: str) -> QuerySet[Prompt]:
    """The same, locked until the action ends: an answer given meanwhile must not be overwritten."""
    return _open(site, *kinds).select_for_update(of=("self",)).order_by("pk")

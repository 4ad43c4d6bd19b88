"""How a desk says things: in full where only staff read, by neutral marks where a customer may read along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext

from steadydesk.visits.models import Prompt, Visit
from steadydesk.visits.outlook_rules import Expected
from steadydesk.visits.rules import MOODS

MARKS = dict(zip(MOODS, ("·", "○", "○○", "○○○"), strict=True))
"""A mood at a counter: only staff know what the rings say (ruling 13)."""
OUTCOMES = {
    "direct": lazy("dealt with"),
    "referred": lazy("referred"),
    "cannot_meet": lazy("cannot be met now"),
    "left": lazy("went away"),
    "no_show": lazy("did not come when called"),
    "site_closed": lazy("the site was closed or emptied"),
}


@dataclass(frozen=True)
class Sign:
    """A sign at a row: a mark, and its words where they may be read."""

    mark: str
    words: str
    level: str = ""
    """The class of alarm it has on a staff-only screen: one, two or three."""


def mood_words(mood: str, labels: Mapping[str, str], *, staff_only: bool) -> str:
    """How a mood stands on this screen."""
    return labels.get(mood, mood) if staff_only else MARKS.get(mood, mood)


def signs(*, first: bool, over: list[str], problem: bool, referred: str, walk_over: str = "") -> list[Sign]:
    """What stands out about a visit, the gravest first."""
    found = []
    if first:
        found.append(Sign("○", _("Speak to first"), "one"))
    if "agitated" in over:
        found.append(Sign("▲", _("Manager to be told"), "two"))
    if problem:
        found.append(Sign("□", _("Needs help"), "one"))
    if referred:
        found.append(Sign("→", _("Asked: %s") % referred, "three"))
    if walk_over:
        found.append(Sign("⇢", walk_over_words(walk_over, staff_only=True), "three"))
    return found


def walk_over_words(why: str, *, staff_only: bool) -> str:
    """That somebody goes to the customer; why is nobody's business at a counter."""
    return _("Go to them: does not hear a call") if why == "hearing" and staff_only else _("Go to them")


def sent_on_sign(times: int) -> Sign | None:
    """A customer who was sent on more than once."""
    return Sign("⇄", _("Sent on %d times") % times, "two") if times > 1 else None


def apart_sign(ref: str) -> Sign:
    """Not to be called beside another. At a counter the mark alone: it tells nobody of whom."""
    return Sign("⇹", _("Not beside %s") % ref, "three")


def state_words(state: str) -> str:
    """Where the visit stands, in words that anybody may read."""
    known = {
        "waiting": pgettext("visit", "Waiting"),
        "offered": pgettext("visit", "Called"),
        "attending": pgettext("visit", "Attended"),
        "closed": pgettext("visit", "Ended"),
    }
    return known[state]


def button_labels(ref: str) -> dict[str, str]:
    """What a row's buttons are called where only their names are heard."""
    facts = {"ref": ref}
    return {
        "call": _("Call %(ref)s") % facts,
        "again": _("Call %(ref)s again") % facts,
        "not_here": _("%(ref)s is not here") % facts,
        "attend": _("Attend %(ref)s") % facts,
        "finish": _("Finish %(ref)s") % facts,
        "more": _("More for %(ref)s") % facts,
    }


def outcome_words(outcome: str) -> str:
    """How a visit ended."""
    return str(OUTCOMES.get(outcome, outcome))


def role_words(role: str) -> str:
    """A post or a level of a chain as people say it."""
    known = {
        "manager": _("manager"),
        "deputy": _("deputy"),
        "duty_manager": _("duty manager"),
        "duty": _("duty officer"),
        "team": _("team"),
        "security": _("security"),
    }
    return known.get(role, role.replace("_", " "))


def prompt_words(
    prompt: Prompt, about: Sequence[Visit], team: str, *, limit: timedelta, passed: bool, staff_only: bool
) -> str:
    """What a prompt asks of whoever sits here. A counter's words would do for any customer (ruling 13).

    ``passed`` says that everybody whom it is about has waited longer than ``limit``.
    """
    refs = ", ".join(v.ref for v in about[:4])
    every = ", ".join(v.ref for v in about)
    shown = refs if len(about) <= 4 else _("%(refs)s and %(more)d more") % {"refs": refs, "more": len(about) - 4}
    facts: dict[str, Any] = {"who": shown, "count": len(about), "team": team or _("the team")}
    facts["minutes"] = int(limit.total_seconds() // 60)
    if prompt.kind == "call_manager":
        # Whoever is reached is told of each of them (E2a).
        facts["who"] = every
        full = _("%(who)s has waited past the limit for somebody agitated: tell the manager") % facts
        return full if staff_only else _("%(who)s: ring") % facts
    if prompt.kind == "return_uncertain":
        return _("Nobody will be there at the time that a customer was given: tell them before they travel")
    if prompt.kind == "at_kiosk":
        whom = prompt.name or _("no number is known")
        return _("Somebody took a ticket at the kiosk (%s) and is on no list: go and look") % whom
    known = {
        "ask_agreement": _("%(who)s: has %(team)s agreed to take them on?"),
        "ask_help": _("%(who)s: %(team)s is asked for help and has not answered"),
        "ask_service": _("%(who)s: can %(team)s come in time?"),
        "tell_customer": _("%(who)s may wait longer than %(minutes)s minutes: tell them how long"),
        "tell_room": _("%(count)s may wait longer than %(minutes)s minutes: tell the room"),
        "promise_due": _("The wait that %(who)s was told runs out: tell them again"),
    }
    if passed:
        known["tell_customer"] = _("Tell %(who)s how long it will take")
        known["tell_room"] = _("%(count)s over %(minutes)s minutes: tell the room")
    elif any(v.cannot_at for v in about):
        known["tell_customer"] = _("%(team)s cannot come in time: tell %(who)s how long it will take")
    return known.get(prompt.kind, prompt.kind) % facts


def prompt_kind(kind: str) -> str:
    """What a prompt asks, in few words, without saying about whom."""
    known = {
        "call_manager": _("Call the manager"),
        "ask_agreement": _("Will they take the customer on?"),
        "ask_help": _("Asked for help: no answer yet"),
        "ask_service": _("Can the team come in time?"),
        "tell_customer": _("Tell how long it will take"),
        "tell_room": _("Tell the room"),
        "promise_due": _("A promised wait runs out"),
        "return_uncertain": _("Tell a customer not to come in vain"),
        "at_kiosk": _("Look for somebody with a ticket of the kiosk"),
    }
    return known.get(kind, kind)


def expected_words(expected: Expected | str | None) -> str:
    """A span in minutes; what cannot be said honestly is not said."""
    if not isinstance(expected, Expected):
        return _("not known")
    low, high = (int(t / timedelta(minutes=1)) for t in (expected.low, expected.high))
    return _("%(low)d to %(high)d minutes") % {"low": low, "high": high}


def contact_words(after: timedelta | None) -> str:
    """How long an agitated customer waited for the first word (E2)."""
    if after is None:
        return _("Nobody has spoken to them yet.")
    minutes, seconds = divmod(round(after.total_seconds()), 60)
    return _("First spoken to after %(minutes)d min %(seconds)d s.") % {"minutes": minutes, "seconds": seconds}


def callee_words(prompt: Prompt, ring_instead: str, *, staff_only: bool) -> str:
    """Whom to ring, with the number; when nobody is left, the site's own number."""
    if not prompt.calls:
        return ""
    if not prompt.role:
        return (_("Nobody is left in the chain: ring %s") if staff_only else _("Ring %s")) % ring_instead
    if prompt.role == "team":
        return prompt.phone
    facts = {"name": prompt.name, "role": role_words(prompt.role), "phone": prompt.phone}
    if staff_only and prompt.role != "person":
        return _("%(name)s, %(role)s, %(phone)s") % facts
    return _("%(name)s %(phone)s") % facts


def away_words(levels: Sequence[str], *, staff_only: bool) -> str:
    """Who stands above whoever is asked and is not here (E2a-dep); a counter need not tell customers so."""
    posts = [role_words(level.removeprefix("team:")) for level in levels if not level.startswith("person:")]
    return _("Away: %s.") % ", ".join(posts) if posts and staff_only else ""


def field_words(field: str) -> str:
    """What a field of the record is called."""
    known = {
        "service": _("Service"),
        "team": _("Team"),
        "mood": pgettext("field of the record", "Mark"),
        "appointment_at": _("Time of the appointment"),
        "companions": _("Others with them"),
        "arrived_at": _("Time of arrival"),
        "attended_at": _("Time when somebody attended"),
        "ended_at": _("Time of the end"),
        "outcome": _("Outcome"),
        "owner": _("Who dealt with it"),
        "channel": _("How they were dealt with"),
        "private": _("Private"),
        "description": _("Who"),
        "note": _("Note"),
    }
    return known.get(field, field)


def clock_words(kind: str, *, staff_only: bool) -> str:
    """What a clock counts towards. That one is about a mood is not said at a counter."""
    known = {
        "attend": _("time to attend"),
        "agitated": _("time to tell the manager") if staff_only else _("time to ring"),
        "ask_service": _("time to ask the team"),
        "promise": _("wait that was promised"),
        "appointment": _("time of the appointment"),
    }
    return known.get(kind, kind)

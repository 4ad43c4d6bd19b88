"""The record of a visit in sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.contacts import queries as contacts
from steadydesk.documents import queries as documents
from steadydesk.journal.events import Event
from steadydesk.journal.queries import Typed
from steadydesk.people import queries as people
from steadydesk.privacy.rules import REASONS
from steadydesk.protocol.durations import parse_duration
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.desk import company_words, help_words, turns, words
from steadydesk.screens.desk.board import Labels
from steadydesk.screens.returns import words as return_words
from steadydesk.screens.site.words import ANSWERS
from steadydesk.sites import queries as sites
from steadydesk.visits.models import Visit
from steadydesk.visits.queries import Moment, timeline

DELIVERED = (Event.DELIVERY_SENT, Event.DELIVERY_FAILED, Event.DELIVERY_SEEN)
AGAIN = (Event.PROMPT_REPEATED, Event.PROMPT_CLIMBED, *DELIVERED)
"""What goes on until somebody answers."""


@dataclass(frozen=True)
class Told:
    """One line: when, what, who, and the words that were typed."""

    at: datetime
    text: str
    by: str
    words: list[Typed]
    times: int = 1
    until: datetime | None = None
    """When it was so for the last time, where it was so more than once."""


@dataclass(frozen=True)
class Names:
    """What the facts' ids are called."""

    labels: Labels
    moods: Mapping[str, str]
    channels: Mapping[str, str]
    chosen: Mapping[str, str]
    """Reasons and alternatives."""
    people: Mapping[str, str]
    contacts: Mapping[int, str]
    protocol: Protocol
    staff_only: bool
    site: str


def told(visit: Visit, choices: Mapping[str, Any], labels: Labels, *, staff_only: bool) -> list[Told]:
    """Everything about the visit, oldest first."""
    moments = timeline(visit)
    refs = {m.by for m in moments} | {o for m in moments for o in _refs(m.facts)}
    chosen = {c.id: c.label for c in (*choices["reasons"], *choices["alternatives"])}
    protocol = documents.version(visit.document, visit.version).protocol
    names = Names(
        labels=labels,
        moods=choices["moods"],
        channels=choices["channels"],
        chosen=chosen,
        people=people.actor_names(refs),
        contacts=contacts.names(m.facts["contact"] for m in moments if m.facts.get("contact")),
        protocol=protocol,
        staff_only=staff_only,
        site=visit.site,
    )
    runs = groupby(enumerate(moments), lambda m: "again" if m[1].type in AGAIN else m[0])
    return [line for _key, run in runs for line in _folded([_told(m, names) for _n, m in run])]


def _folded(run: Sequence[Told]) -> list[Told]:
    """What was said again and again until somebody answered is one line for each sentence."""
    found: dict[str, Told] = {}
    for line in run:
        before = found.get(line.text)
        found[line.text] = replace(before, times=before.times + 1, until=line.at) if before else line
    return list(found.values())


def _refs(facts: Mapping[str, Any]) -> list[str]:
    person = facts.get("person")
    owner = facts.get("owner")
    corrected = [ref for end in ("from", "to") if str(ref := facts.get(end, "")).startswith(("person:", "device:"))]
    return [*([f"person:{person}"] if person else []), *([owner] if owner else []), *corrected]


def _told(moment: Moment, names: Names) -> Told:
    by = moment.name or names.people.get(moment.by, "") or _("Steadydesk")
    typed = [text for texts in moment.words.values() for text in texts]
    return Told(moment.at, sentence(moment, names), by, typed)


def sentence(moment: Moment, names: Names) -> str:
    """What happened, in words that this screen may show."""
    write = _SENTENCES.get(moment.type)
    return write(moment.facts, names) if write else moment.type


def _arrived(facts: Mapping[str, Any], names: Names) -> str:
    service = names.labels.services.get(facts.get("service", "")) or names.labels.teams.get(facts.get("team", ""), "")
    came = parse_datetime(facts.get("arrived_at") or "")
    said = {"service": service, "at": date_format(localtime(came), "H:i:s") if came else ""}
    text = _("Came at %(at)s: %(service)s") % said
    mood = facts.get("mood", "calm")
    more = [text] if mood == "calm" else [text, _mood(mood, names)]
    return ". ".join([*more, _("Entered from paper")] if facts.get("on_paper") else more)


def _mood(mood: str, names: Names) -> str:
    return words.mood_words(mood, names.moods, staff_only=names.staff_only)


def _mood_changed(facts: Mapping[str, Any], names: Names) -> str:
    change = {"before": _mood(facts.get("before", ""), names), "now": _mood(facts.get("mood", ""), names)}
    return _("Mark: %(before)s, now %(now)s") % change


def _was_told(facts: Mapping[str, Any], names: Names) -> str:
    wait = facts.get("wait")
    if not wait:
        return _("The customer was told")
    return _("The customer was told: %d minutes") % (parse_duration(wait).total_seconds() // 60)


def _over(facts: Mapping[str, Any], names: Names) -> str:
    return _("Over time: %s") % words.clock_words(facts.get("clock", ""), staff_only=names.staff_only)


def _referred(facts: Mapping[str, Any], names: Names) -> str:
    to = names.people.get(f"person:{facts.get('person')}") or names.labels.teams.get(facts.get("team") or "", "")
    return _("Asked to take the customer on: %s") % to


def _agreed(facts: Mapping[str, Any], names: Names) -> str:
    return _("Taken on by %s") % names.people.get(facts.get("owner", ""), "")


def _declined(facts: Mapping[str, Any], names: Names) -> str:
    known = {o.id: o.label for o in names.protocol.help_request.options}
    offered = ", ".join(known.get(o, o) for o in facts.get("offered") or ())
    if offered:
        return _("Not taken on. Offered instead: %s") % offered
    return _("Not taken on") if facts.get("offered_words") else _("Not taken on. Nothing was offered instead")


def _sent_on(facts: Mapping[str, Any], names: Names) -> str:
    return _("Sent on %d times: the duty manager was told") % facts.get("times", 0)


def _help_marked(facts: Mapping[str, Any], names: Names) -> str:
    form = names.protocol.help_request
    labels = {c.id: c.label for c in (*form.options, *form.answers)}
    option, answer = facts.get("option", ""), facts.get("answer", "")
    return f"{labels.get(option, option)}: {labels.get(answer, answer)}"


def _help_requested(facts: Mapping[str, Any], names: Names) -> str:
    team = facts.get("team", "")
    return _("Asked for help: %s") % names.labels.teams.get(team, team)


def _spoken(facts: Mapping[str, Any], names: Names) -> str:
    who = names.people.get(f"person:{facts.get('person')}", "")
    place = facts.get("place")
    where = {p.id: p.name for p in sites.places(names.site)}.get(place, place) if place else ""
    said = _("Spoke to the customer by telephone: %s") % who
    return f"{said}, {where}" if where else said


def _help_rung(facts: Mapping[str, Any], names: Names) -> str:
    return _("Rung, to speak to the customer: %s") % names.people.get(f"person:{facts.get('person')}", "")


def _help_closed(facts: Mapping[str, Any], names: Names) -> str:
    return _("The list of options was closed") if facts.get("complete") else _("Ended before every option was answered")


def _handed_over(facts: Mapping[str, Any], names: Names) -> str:
    return _("Handed over to %s") % names.people.get(facts.get("owner", ""), "")


def _cannot_meet(facts: Mapping[str, Any], names: Names) -> str:
    said = [_("The need cannot be met now; the customer was told")]
    if reason := facts.get("reason"):
        said.append(_("Why: %s") % names.chosen.get(reason, reason))
    if named := facts.get("alternatives"):
        said.append(_("Named: %s") % ", ".join(names.chosen.get(a, a) for a in named))
    if facts.get("none_suitable"):
        said.append(_("No alternative was suitable"))
    return ". ".join(said)


def _to_return(facts: Mapping[str, Any], names: Names) -> str:
    whom = names.people.get(f"person:{facts.get('person')}") or names.labels.teams.get(facts.get("team") or "", "")
    at = parse_datetime(facts.get("return_at") or "")
    when = date_format(localtime(at), "j M H:i") if at else ""
    return _("Given a time: %(at)s, %(whom)s") % {"at": when, "whom": whom}


def _ended(facts: Mapping[str, Any], names: Names) -> str:
    return _from_paper(_("Ended: %s") % words.outcome_words(facts.get("outcome", "")), facts, "ended_at")


def _from_paper(text: str, facts: Mapping[str, Any], name: str) -> str:
    """What came off paper says when it really was, or that nobody wrote it down."""
    if not facts.get("on_paper"):
        return text
    at = parse_datetime(facts.get(name) or "")
    when = date_format(localtime(at), "j M H:i") if at else _("time not written down")
    return _("%(what)s (%(when)s, from paper)") % {"what": text, "when": when}


def _asked(facts: Mapping[str, Any], names: Names) -> str:
    kinds = {
        "call_manager": _("Asked to ring"),
        "ask_agreement": _("Nobody has agreed: asked again"),
        "ask_help": _("Asked the team for help"),
        "ask_service": _("Asked whether the team can come in time"),
        "tell_customer": _("Asked to tell the customer"),
        "tell_room": _("Asked to tell the room"),
        "promise_due": _("Asked to tell the customer again"),
        "return_uncertain": _("Asked to tell the customer before they travel"),
        "at_kiosk": _("Asked to look for somebody with a ticket of the kiosk"),
    }
    text = kinds.get(facts.get("kind", ""), _("Asked"))
    person = names.people.get(f"person:{facts.get('person')}", "")
    role = words.role_words(facts.get("role") or "")
    return _with_away(f"{text}: {person or role}" if person or role else text, facts, names)


def _attended(facts: Mapping[str, Any], names: Names) -> str:
    channel = facts.get("channel", "")
    said = _("Attended: %s") % names.channels.get(channel, channel) if channel else _("Attended")
    return _from_paper(said, facts, "attended_at")


def _taken_back(facts: Mapping[str, Any], names: Names) -> str:
    return _("Words withdrawn: %s") % REASONS.get(facts.get("reason", ""), "")


def _erased(facts: Mapping[str, Any], names: Names) -> str:
    return _("Words erased: %s") % REASONS.get(facts.get("reason", ""), "")


def _climbed(facts: Mapping[str, Any], names: Names) -> str:
    person = names.people.get(f"person:{facts.get('person')}", "")
    text = _("Not reached; next: %s") % (person or words.role_words(facts.get("role") or ""))
    return _with_away(text, facts, names)


def _with_away(text: str, facts: Mapping[str, Any], names: Names) -> str:
    away = words.away_words(facts.get("nobody_at", ()), staff_only=names.staff_only)
    return ". ".join(filter(None, (text, away)))


def _counted(facts: Mapping[str, Any], names: Names) -> str:
    answer = facts.get("answer", "")
    person = names.people.get(f"person:{facts.get('person')}", "")
    return " ".join([_("Who is still here?"), str(ANSWERS.get(answer, answer)), person]).strip()


def _help_asked(facts: Mapping[str, Any], names: Names) -> str:
    return help_words.asked(facts, names.protocol)


def _rung(facts: Mapping[str, Any], names: Names) -> str:
    return help_words.rung(facts, names.protocol)


def _judged(facts: Mapping[str, Any], names: Names) -> str:
    return help_words.judged(facts, names.protocol, staff_only=names.staff_only)


def _ticked(facts: Mapping[str, Any], names: Names) -> str:
    return help_words.ticked(facts, names.protocol)


def _supported(facts: Mapping[str, Any], names: Names) -> str:
    return help_words.supported(facts, names.protocol, names.contacts)


def _withdrawn(facts: Mapping[str, Any], names: Names) -> str:
    until = parse_datetime(facts.get("ends_at") or "")
    return _("Service withdrawn until %s") % (date_format(localtime(until), "j M H:i") if until else "")


def _decided(write: Callable[[Mapping[str, Any], Names], str]) -> Callable[[Mapping[str, Any], Names], str]:
    """What a manager decided stands on its own page, which no customer reads."""
    return lambda facts, names: write(facts, names) if names.staff_only else _("A manager decided")


def _behind_the_door(write: Callable[[Mapping[str, Any], Names], str]) -> Callable[[Mapping[str, Any], Names], str]:
    """Which way help was called and what was done stands where no customer reads along (ruling 13)."""
    return lambda facts, names: write(facts, names) if names.staff_only else _("Entered on the record")


def _always(text: Any) -> Callable[[Mapping[str, Any], Names], str]:
    return lambda _facts, _names: str(text)


def _of_return(write: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any], Names], str]:
    return lambda facts, _names: write(facts)


def _of_company(write: company_words.Sentence) -> Callable[[Mapping[str, Any], Names], str]:
    return lambda facts, names: write(facts, names.protocol, names.site)


_SENTENCES: Mapping[str, Any] = {
    **{event: _of_company(write) for event, write in company_words.SENTENCES.items()},
    Event.VISIT_ARRIVED: _arrived,
    Event.VISIT_MOOD_CHANGED: _mood_changed,
    Event.VISIT_TOLD: _was_told,
    Event.VISIT_CANNOT_IN_TIME: _always(lazy("The team said that it cannot come in time")),
    Event.VISIT_OVER_TIME: _over,
    Event.VISIT_CALLED: turns.called,
    Event.VISIT_UNDONE: turns.undone,
    Event.VISIT_ATTENDED: _attended,
    Event.VISIT_FINISHED: _ended,
    Event.VISIT_REFERRED: _referred,
    Event.VISIT_AGREED: _agreed,
    Event.VISIT_HANDED_OVER: _handed_over,
    Event.VISIT_DECLINED: _declined,
    Event.VISIT_SENT_ON: _sent_on,
    Event.VISIT_TAKEN_BACK: _always(lazy("The request was taken back")),
    Event.VISIT_CANNOT_MEET: _cannot_meet,
    Event.VISIT_RETURN_BOOKED: _to_return,
    Event.VISIT_RETURN_UNDONE: _always(lazy("The return was booked by mistake: back in at the old place")),
    Event.EXPECTED_MOVED: _to_return,
    Event.EXPECTED_CALLED_OFF: _always(lazy("The time was called off")),
    Event.EXPECTED_TAKEN_UP: _always(lazy("Expected after all")),
    Event.EXPECTED_CONFIRMED: _of_return(return_words.confirmed),
    Event.EXPECTED_NOT_SENT: _of_return(return_words.not_sent),
    Event.EXPECTED_UNCERTAIN: _always(lazy("Nobody will be there at the time that was given")),
    Event.EXPECTED_CERTAIN: _always(lazy("Somebody will be there after all")),
    Event.EXPECTED_CAME: _always(lazy("Came to the time that was given, by a second fact")),
    Event.EXPECTED_PARTED: _always(lazy("It was not who was expected")),
    Event.EXPECTED_NOT_COME: _always(lazy("Did not come at the time that was given")),
    Event.VISIT_LEFT: _ended,
    Event.VISIT_NO_SHOW: _ended,
    Event.VISIT_REINSTATED: _always(lazy("Back in at the old place")),
    Event.VISIT_NOTED: _always(lazy("Note")),
    Event.VISIT_CORRECTED: turns.corrected,
    Event.VISIT_COUNTED: _counted,
    Event.HELP_REQUESTED: _help_requested,
    Event.HELP_MARKED: _help_marked,
    Event.HELP_SAID: _always(lazy("Said")),
    Event.HELP_RUNG: _help_rung,
    Event.HELP_SPOKEN: _spoken,
    Event.HELP_CLOSED: _help_closed,
    Event.VISIT_PROBLEM: _always(lazy("Help was asked for")),
    Event.HELP_OFFERED: _always(lazy("Help was offered on the screen")),
    Event.HELP_ASKED: _behind_the_door(_help_asked),
    Event.NUMBER_RUNG: _rung,
    Event.HELP_PROMPTED: _always(lazy("Nobody had asked for help: offered once more")),
    Event.HELP_PASSED: _always(lazy("No help is needed now")),
    Event.RISK_JUDGED: _judged,
    Event.STEP_TICKED: _behind_the_door(_ticked),
    Event.SUPPORT_CALLED: _behind_the_door(_supported),
    Event.SUPPORT_ANSWERED: _behind_the_door(_supported),
    Event.AFTER_ANSWERED: _always(lazy("What is asked afterwards was answered")),
    Event.AFTER_REMINDED: _always(lazy("Reminded of what is asked afterwards")),
    Event.SERVICE_WITHDRAWN: _decided(_withdrawn),
    Event.LETTER_GIVEN: _decided(_always(lazy("The letter was given"))),
    Event.SERVICE_GIVEN_AGAIN: _decided(_always(lazy("Served again as before"))),
    Event.WORDS_WITHDRAWN: _taken_back,
    Event.WORDS_ERASED: _erased,
    Event.HOLD_PLACED: _always(lazy("Held: nothing of this is forgotten")),
    Event.HOLD_LIFTED: _always(lazy("The hold was lifted")),
    Event.HOLD_OVERDUE: _always(lazy("Asked whether the hold is still needed")),
    Event.PERSON_EXPORTED: _always(lazy("Given away to the person it is about")),
    Event.PROMPT_ASKED: _asked,
    Event.PROMPT_JOINED: _asked,
    Event.PROMPT_REPEATED: _always(lazy("Asked again")),
    Event.PROMPT_CLIMBED: _climbed,
    Event.PROMPT_ANSWERED: _always(lazy("Answered")),
    Event.PROMPT_WITHDRAWN: _always(lazy("Not asked any more")),
    Event.VISIT_LEFT_PROMPT: _always(lazy("Not asked any more")),
    Event.DELIVERY_SENT: _always(lazy("A message about it went out")),
    Event.DELIVERY_FAILED: _of_return(return_words.not_through),
    Event.DELIVERY_SEEN: _always(lazy("The message about it was seen")),
}

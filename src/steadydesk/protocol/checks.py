"""What no single setting can show: whether the settings of a document fit each other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from steadydesk.kernel.words import gettext as _
from steadydesk.protocol import cards, keeping
from steadydesk.protocol.clauses import CLAUSES
from steadydesk.protocol.faults import Path, sentence_for
from steadydesk.protocol.schema import Document, Protocol
from steadydesk.protocol.schema.alarms import Situation
from steadydesk.protocol.schema.base import CitingChoice
from steadydesk.protocol.schema.control import ControlForm


@dataclass(frozen=True)
class Clash:
    """Two settings that do not fit each other; `path` is the one to change, `beside` the other."""

    path: Path
    sentence: str
    beside: Path = ()


def clashes(document: Document) -> Iterator[Clash]:
    """Everything in the document that does not fit. Pure."""
    for check in _CHECKS:
        yield from check(document.protocol)
    control = document.control
    if control.authorised_on and control.review_on and control.review_on <= control.authorised_on:
        sentence = _("the review date must be after the authorised date")
        yield Clash(("control", "review_on"), sentence, beside=("control", "authorised_on"))


def wording_faults(form: ControlForm) -> Iterator[tuple[str, str]]:
    """(field, sentence) for what was filled in and cannot stand on the form: too long, empty, or not to be shown."""
    try:
        ControlForm.model_validate(form.model_dump())
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=False):
            yield str(error["loc"][0]), sentence_for(error["type"], error.get("ctx"))


def publishing_clashes(protocol: Protocol) -> Iterator[Clash]:
    """What may stand in a draft and stops publishing: a risk model nobody has confirmed (ruling 12)."""
    if not protocol.assessment.model.confirmed:
        sentence = _("the risk model “%s” is not confirmed; confirm its headings or select another")
        yield Clash(("assessment", "selected"), sentence % protocol.assessment.model.label)


def _cards_exist(protocol: Protocol) -> Iterator[Clash]:
    for id in cards.ALWAYS:
        if protocol.card(id) is None:
            yield Clash(("cards",), _("the card %s is missing") % id)
    for kind, alarm in protocol.alarms.kinds.items():
        if protocol.card(alarm.card) is None:
            sentence = _("there is no card “%s”") % alarm.card
            yield Clash(("alarms", "kinds", kind, "card"), sentence, beside=("cards",))


def _cards_keep_their_steps(protocol: Protocol) -> Iterator[Clash]:
    for place, card in enumerate(protocol.cards):
        steps = cards.FIXED_STEPS.get(card.id)
        if steps and tuple(step.clause for step in card.steps) != steps:
            sentence = _("this card has exactly these steps, in this order: %s")
            yield Clash(("cards", place, "steps"), sentence % ", ".join(steps))
        if card.id == cards.RISK and not card.steps[-1].permanent:
            yield Clash(("cards", place, "steps"), _("the last line of this card is permanent"))


def _modes_differ(protocol: Protocol) -> Iterator[Clash]:
    """Nobody may take a drill for a real call, or a real call for a drill."""
    said: dict[str, str] = {}
    for mode, label in protocol.alarms.modes.items():
        other = said.setdefault(label.casefold(), mode)
        if other != mode:
            path: Path = ("alarms", "modes", mode)
            yield Clash(path, _("this is said of %s too") % other, beside=("alarms", "modes", other))


def _clauses_exist(protocol: Protocol) -> Iterator[Clash]:
    cited: list[tuple[Path, str | None]] = []
    for place, card in enumerate(protocol.cards):
        cited += [(("cards", place, "steps", row, "clause"), step.clause) for row, step in enumerate(card.steps)]
    lists: dict[Path, tuple[CitingChoice, ...]] = {
        ("preparations",): protocol.preparations,
        ("safe_room", "items"): protocol.safe_room.items,
        ("lone_working", "provisions"): protocol.lone_working.provisions,
        ("training", "topics"): protocol.training.topics,
    }
    for path, entries in lists.items():
        cited += [((*path, place, "clause"), entry.clause) for place, entry in enumerate(entries)]
    for where, clause in cited:
        if clause is not None and clause not in CLAUSES:
            yield Clash(where, _("there is no clause “%s”") % clause)


def _companions_are_told(protocol: Protocol) -> Iterator[Clash]:
    for place, service in enumerate(protocol.services):
        if service.companions_limit is None:
            continue
        for key in ("companions_wording", "companions_advice"):
            if getattr(service, key) is None:
                sentence = _("a limit of companions needs the words that tell it to the customer")
                yield Clash(("services", place, key), sentence, beside=("services", place, "companions_limit"))


def _phone_is_an_option(protocol: Protocol) -> Iterator[Clash]:
    if all(option.id != "speak_by_phone" for option in protocol.help_request.options):
        yield Clash(("help_request", "options"), _("speaking by phone is always an option; add speak_by_phone"))


def _help_from_everywhere(protocol: Protocol) -> Iterator[Clash]:
    covered = {situation for way in protocol.get_help.ways for situation in way.situations}
    for situation in SITUATIONS:
        if situation not in covered:
            yield Clash(("get_help", "ways"), _("no way of getting help is offered for “%s”") % situation)


def _codes_delay_nobody(protocol: Protocol) -> Iterator[Clash]:
    help = protocol.get_help
    for country in help.refused_numbers:
        number = help.shadows(help.preset_alarm_code, country)
        if number:
            facts = {"code": help.preset_alarm_code, "number": number, "country": country}
            sentence = _("dialling %(code)s could delay a call to %(number)s (%(country)s)") % facts
            yield Clash(("get_help", "preset_alarm_code"), sentence, beside=("get_help", "refused_numbers"))
    for country, numbers in help.emergency_numbers.items():
        for row, number in enumerate(numbers):
            if number not in help.refused_numbers.get(country, ()):
                path: Path = ("get_help", "emergency_numbers", country, row)
                sentence = _("%s must stand among the refused numbers too, or a code could delay it") % number
                yield Clash(path, sentence, beside=("get_help", "refused_numbers"))
    if help.extension_length != 3 and help.extension_length_reason is None:
        sentence = _("an extension of another length than three digits needs a reason")
        yield Clash(("get_help", "extension_length_reason"), sentence, beside=("get_help", "extension_length"))


def _risk_models_fit(protocol: Protocol) -> Iterator[Clash]:
    assessment = protocol.assessment
    if all(model.id != assessment.selected for model in assessment.models):
        sentence = _("there is no risk model “%s”") % assessment.selected
        yield Clash(("assessment", "selected"), sentence, beside=("assessment", "models"))
    for place, model in enumerate(assessment.models):
        if model.confirmed and any(not heading.label for heading in model.headings):
            sentence = _("a confirmed risk model has no empty heading")
            yield Clash(("assessment", "models", place, "confirmed"), sentence)


def _choices_exist(protocol: Protocol) -> Iterator[Clash]:
    actions = {action.id for action in protocol.observed_signs.actions}
    for place, sign in enumerate(protocol.observed_signs.signs):
        for row, id in enumerate(sign.suggests):
            if id not in actions:
                path: Path = ("observed_signs", "signs", place, "suggests", row)
                yield Clash(path, _("there is no action “%s”") % id, beside=("observed_signs", "actions"))
    topics = {topic.id for topic in protocol.training.topics}
    for place, curriculum in enumerate(protocol.training.curricula):
        for row, id in enumerate(curriculum.topics):
            if id not in topics:
                path = ("training", "curricula", place, "topics", row)
                yield Clash(path, _("there is no topic “%s”") % id, beside=("training", "topics"))


def _nothing_is_kept_for_ever(protocol: Protocol) -> Iterator[Clash]:
    kept = {str(kind): lasts for kind, lasts in protocol.retention.items()}
    for kind, sentence in keeping.kept_too_long(kept):
        yield Clash(("retention", kind), sentence)
    for kind, sentence in keeping.kept_without_log(kept):
        yield Clash(("retention", kind), sentence, beside=("retention", "journal"))


SITUATIONS: tuple[Situation, ...] = ("desk_phone", "device_worn", "away_from_desk", "alone")


def _the_agitated_chain_names_people(protocol: Protocol) -> Iterator[Clash]:
    """Who is near an alarm, or on the list of outside contacts, is nobody whom a prompt could name (E2a-dep)."""
    for place, target in enumerate(protocol.waiting.agitated_chain):
        if target in ("nearest", "contacts"):
            sentence = _("“%s” is for calls alone; write role:…, team:…, person:… or duty")
            yield Clash(("waiting", "agitated_chain", place), sentence % target)


_CHECKS: tuple[Callable[[Protocol], Iterator[Clash]], ...] = (
    _cards_exist,
    _cards_keep_their_steps,
    _modes_differ,
    _clauses_exist,
    _companions_are_told,
    _phone_is_an_option,
    _help_from_everywhere,
    _codes_delay_nobody,
    _risk_models_fit,
    _choices_exist,
    _nothing_is_kept_for_ever,
    _the_agitated_chain_names_people,
)

"""What is offered to whoever needs help, and what a card asks. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol import cards
from steadydesk.protocol.schema import Protocol

APPEARS = ("appears", "does_not_appear", "cannot_tell")
EFFECTS = ("calmer", "same", "worse")
"""What came of a way of calming things down (E6a)."""
DONE = ("done",)
STEP_OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "L3b-iii": ("done", "not_possible", "by_colleague"),
    "L3a-iii": ("yes", "no", "not_yet"),
}
"""Steps of a card that are answered otherwise than by “done”."""
THREE_RS = "three_rs"
AT_A_DESK = ("reception", "desk")
EMERGENCY = "emergency"
"""The number that nobody rings to try it."""
LONGEST_TEXT = 10_000
LONGEST_REFERENCE = 60


@dataclass(frozen=True)
class Number:
    """A telephone number of the site."""

    use: str
    label: str
    number: str
    tested_at: datetime | None


@dataclass(frozen=True)
class Means:
    """What can be used now at one place to get help."""

    told: int
    """How many people on shift a call from here is told to."""
    silent_key: bool
    numbers: tuple[Number, ...]
    """Those that were tried within the set time."""
    colleagues_elsewhere: bool
    lead_on_shift: bool
    preset_code: bool = False
    """Whether the preset alarm code was tried within the set time (L3b-ii(4))."""
    device: bool = False
    """Whether whoever asks wears a button that works."""


WORKS: Mapping[str, Callable[[Means], bool]] = {
    "silent_alarm": lambda m: m.silent_key and m.told > 0,
    "call_colleague": lambda m: m.told > 0,
    "extension": lambda m: any(n.use == "help_extension" for n in m.numbers),
    "preset_code": lambda m: m.preset_code,
    "worn_device": lambda m: m.device and m.told > 0,
    "walk_to_staff": lambda m: m.colleagues_elsewhere,
    "phrase": lambda m: m.lead_on_shift,
}
"""When a way of the protocol works; one that is not here is not installed, and is offered nowhere (L2-sit)."""


def situation(kind: str, *, alone: bool) -> str:
    """Where whoever needs help is, in the protocol's words: being alone counts before everything else."""
    if alone:
        return "alone"
    return "desk_phone" if kind in AT_A_DESK else "away_from_desk"


def working_ways(protocol: Protocol, where: str, means: Means) -> list[str]:
    """The ways that the site has configured for this situation and that work now, in the protocol's order (L2-sit).

    Whoever wears a button is in two: where they are, and with a device worn.
    """
    both = {where, "device_worn"} if means.device else {where}
    fitting = (way for way in protocol.get_help.ways if both.intersection(way.situations))
    return [way.id for way in fitting if way.id in WORKS and WORKS[way.id](means)]


def in_date(numbers: Iterable[Number], tests_every: timedelta, now: datetime) -> tuple[Number, ...]:
    """The numbers that were tried lately, and the emergency number."""
    return tuple(
        n for n in numbers if n.use == EMERGENCY or (n.tested_at is not None and now - n.tested_at <= tests_every)
    )


def card_of(appears: str) -> str:
    """The card that an answer shows; “cannot tell” is treated as a risk (L3-out)."""
    return cards.NOT_A_RISK if appears == "does_not_appear" else cards.RISK


def steps_of(protocol: Protocol, card: str) -> dict[str, tuple[str, ...]]:
    """What can be ticked on a card, with the outcomes of each."""
    if card == cards.DE_ESCALATION:
        return {t.id: EFFECTS for t in protocol.encounter.techniques}
    found = protocol.card(card)
    fixed = cards.FIXED_STEPS.get(card)
    if fixed:
        return {step: STEP_OUTCOMES.get(step, DONE) for step in fixed}
    return {str(n): DONE for n, _step in enumerate(found.steps, 1)} if found else {}


def check_tick(protocol: Protocol, card: str, step: str, outcome: str) -> None:
    """Raise ``Invalid`` for a step or an outcome that the card does not have."""
    known = steps_of(protocol, card)
    faults = []
    if step not in known:
        faults.append(FieldFault("step", _("This card has no such step.")))
    elif outcome not in known[step]:
        faults.append(FieldFault("outcome", _("Choose one of: %s.") % ", ".join(known[step])))
    if faults:
        raise Invalid(faults)


@dataclass(frozen=True)
class Repair:
    """One of the three Rs, as said (L3a-ii)."""

    which: str
    outcome: str
    fix: str = ""
    until: datetime | None = None

    def faults(self, protocol: Protocol, now: datetime) -> list[FieldFault]:
        """What is missing: to put it right needs what is done and by when; an apology alone leaves it open."""
        form = protocol.encounter
        found = []
        which = next((r for r in form.three_rs if r.id == self.which), None)
        if which is None:
            found.append(FieldFault("which", _("Choose one.")))
        if self.outcome not in {o.id for o in form.three_rs_outcomes}:
            found.append(FieldFault("outcome", _("Choose one.")))
        if which is not None and which.asks_for_fix_and_time and self.outcome == "done":
            if not self.fix.strip():
                found.append(FieldFault("fix", _("Say what is done to put it right.")))
            if self.until is None:
                found.append(FieldFault("until", _("Say by when.")))
        if len(self.fix) > LONGEST_TEXT:
            found.append(FieldFault("fix", _("This is longer than %d characters.") % LONGEST_TEXT))
        if self.until is not None and self.until <= now:
            found.append(FieldFault("until", _("This time is past.")))
        return found


BASES = ("named_now", "danger_to_life")
"""By what right somebody of the family may be called: the customer names them now, or a life is in danger."""


@dataclass(frozen=True)
class Support:
    """A call to somebody from outside, as said (L3a-iii, E6d)."""

    service: str
    contact: int | None = None
    """Whom of the emergency contact list."""
    outcome: str = ""
    reference: str = ""
    basis: str = ""
    whom: str = ""
    """Somebody of the family: who, and by what number."""
    why: str = ""
    """What the danger to life is."""
    said: str = ""

    def is_family(self, protocol: Protocol) -> bool:
        """Whether it is somebody of the customer's family."""
        return any(k.id == self.service and k.family for k in protocol.outside_support.kinds)

    def faults(self, protocol: Protocol, contacts: Mapping[int, str]) -> list[FieldFault]:
        """What is missing or is not on the lists; ``contacts`` are those of the site with the kind of each."""
        form = protocol.outside_support
        odd = {
            "service": self.service not in {k.id for k in form.kinds},
            "contact": self.contact is not None and contacts.get(self.contact) != self.service,
            "outcome": bool(self.outcome) and self.outcome not in {o.id for o in form.outcomes},
        }
        found = [FieldFault(name, _("Choose one.")) for name, wrong in odd.items() if wrong]
        return [*found, *reference_faults(self.reference), *(self._family_faults() if self.is_family(protocol) else ())]

    def _family_faults(self) -> list[FieldFault]:
        """The contact that the customer names now, or one used for danger to life with its basis; what was said."""
        missing = {
            "basis": (self.basis not in BASES, _("Say by what right.")),
            "whom": (not self.whom.strip(), _("Say who, and by what number.")),
            "why": (self.basis == "danger_to_life" and not self.why.strip(), _("Say why a life depends on it.")),
            "said": (not self.said.strip() and self.outcome != "not_reached", _("Say what was said.")),
        }
        return [FieldFault(name, sentence) for name, (wrong, sentence) in missing.items() if wrong] + [
            FieldFault(name, _("This is longer than %d characters.") % LONGEST_TEXT)
            for name in ("whom", "why", "said")
            if len(getattr(self, name)) > LONGEST_TEXT
        ]


def reference_faults(reference: str) -> list[FieldFault]:
    """Their number for it is short."""
    long = len(reference) > LONGEST_REFERENCE
    return [FieldFault("reference", _("This is longer than %d characters.") % LONGEST_REFERENCE)] if long else []


CONTACT = ("yes", "no", "not_known")
INJURIES = ("yes", "no")
SHORT_TEXT = 1_000


@dataclass(frozen=True)
class Aftermath:
    """What somebody says once it is over (L3b-vi)."""

    contact: str
    injuries: str
    who: str = ""
    account: str = ""

    def faults(self) -> list[FieldFault]:
        """What is missing: nothing is taken for a no."""
        missing = {
            "contact": (self.contact not in CONTACT, _("Say whether anybody touched, held or moved anybody.")),
            "injuries": (self.injuries not in INJURIES, _("Say whether anybody is hurt.")),
            "who": (self.injuries == "yes" and not self.who.strip(), _("Say who is hurt.")),
        }
        found = [FieldFault(name, sentence) for name, (wrong, sentence) in missing.items() if wrong]
        long = [name for name in ("who", "account") if len(getattr(self, name)) > SHORT_TEXT]
        return found + [FieldFault(name, _("This is longer than %d characters.") % SHORT_TEXT) for name in long]

"""When a service may be withdrawn from a customer, and what the letter says (E6c). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from steadydesk.kernel.errors import FieldFault, Refusal
from steadydesk.kernel.states import StateTable
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.schema import EnquiryType, Protocol

LONGEST_TEXT = 4_000

WITHDRAWALS = StateTable(
    name="withdrawal of service",
    states=("decided", "in_force", "ended"),
    moves={
        "give the letter": {"decided": "in_force"},
        "end": {"decided": "ended", "in_force": "ended"},
    },
    refusals={
        "decided": ("incomplete", _("It is not in force before the customer has the letter.")),
        "in_force": ("already_answered", _("The customer has the letter already.")),
        "ended": ("already_answered", _("This withdrawal has ended.")),
    },
)


@dataclass(frozen=True)
class Decision:
    """A withdrawal of service, as said by whoever decides it."""

    scope: str
    starts_at: datetime | None
    ends_at: datetime | None
    customer: str
    reason: str
    answers: Mapping[str, str] = field(default_factory=dict)
    """Each check of the protocol, answered: adjustments, illness, the customer's own account ..."""
    services: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    ways_work: bool = False
    for_today: bool = False

    def faults(self, protocol: Protocol, now: datetime) -> list[FieldFault]:
        """Everything that is missing; the short form asks the same list."""
        form = protocol.withdrawal
        known = {s.id for s in protocol.services}
        odd = {
            "scope": (self.scope not in {s.id for s in form.scopes}, _("Choose one.")),
            "services": (not known.issuperset(self.services), _("Choose from the list.")),
            "customer": (not self.customer.strip(), _("Say whom it is about, as the letter shall name them.")),
            "reason": (not self.reason.strip(), _("Say what was done, in plain facts.")),
            "ways": (
                not self.ways or not {w.id for w in form.ways_left}.issuperset(self.ways),
                _("Say how the customer is served meanwhile."),
            ),
            "ways_work": (not self.ways_work, _("Try it first: a way that does not work is none.")),
        }
        odd |= {c.id: (not self.answers.get(c.id, "").strip(), _("Answer this.")) for c in form.checks}
        texts = {"customer": self.customer, "reason": self.reason, **self.answers}
        long = [FieldFault(name, _("This is longer than %d characters.") % LONGEST_TEXT)
                for name, text in texts.items() if len(text) > LONGEST_TEXT]  # fmt: skip
        return [
            *(FieldFault(n, said) for n, (wrong, said) in odd.items() if wrong),
            *self._time_faults(protocol, now),
            *long,
        ]

    def _time_faults(self, protocol: Protocol, now: datetime) -> Iterable[FieldFault]:
        if self.starts_at is None:
            yield FieldFault("starts_at", _("Say from when."))
        if self.ends_at is None:
            yield FieldFault("ends_at", _("Say until when: it ends by itself."))
        elif self.ends_at <= max(self.starts_at or now, now):
            yield FieldFault("ends_at", _("This must be later than its beginning."))
        elif self.starts_at and self.ends_at - self.starts_at > protocol.withdrawal.longest:
            days = protocol.withdrawal.longest.days
            yield FieldFault("ends_at", _("The protocol allows at most %d days.") % days)


def deciders(protocol: Protocol, *, for_today: bool) -> tuple[str, ...]:
    """The roles that may decide; a manager on the spot for today alone."""
    form = protocol.withdrawal
    return tuple(dict.fromkeys((*form.decider_roles, *(form.for_today_roles if for_today else ()))))


def must_be_served(protocol: Protocol) -> list[EnquiryType]:
    """Services that cannot be withdrawn from anyone."""
    return [s for s in protocol.services if s.must_be_served]


def refuse_what_must_be_served(protocol: Protocol, services: Iterable[str]) -> None:
    """Raise the refusal when one of these may not be withdrawn, or when no other is left to withdraw."""
    served = {s.id: s.label for s in must_be_served(protocol)}
    wanted = list(services) or [s.id for s in protocol.services if s.id not in served]
    if named := [served[id] for id in wanted if id in served]:
        raise Refusal("not_available", _("This must be served whoever asks: %s.") % ", ".join(named))
    if not wanted:
        raise Refusal("not_available", _("Every service here must be served whoever asks."))

"""The decision to withdraw a service. Nothing is chosen beforehand; the checks are the protocol's own.

No field is required by the form itself: the action says of each in its own words what is missing.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from steadydesk.customers.rules import LONGEST_TEXT, Decision
from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.pages.fields import Day, Words
from steadydesk.protocol.schema import Protocol

READ_BY = _("Read by managers of the site; it goes when the protocol says that it is kept long enough.")
IN_LETTER = _("Stands in the letter, and is read by managers of the site.")


def _text(label: Any, read_by: Any, rows: int = 2) -> Words:
    box = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return Words(label=label, read_by=read_by, max_length=LONGEST_TEXT, required=False, widget=box)


class WithdrawForm(forms.Form):
    """In the short form, for today, the times are today's."""

    customer = Words(label=_("Customer, as the letter names them"), read_by=IN_LETTER, max_length=200, required=False)
    reason = _text(_("What was done, in plain facts"), IN_LETTER, rows=3)
    scope = forms.ChoiceField(label=_("What is withdrawn"), required=False, widget=forms.RadioSelect)
    services = forms.MultipleChoiceField(
        label=_("Which services (none ticked: every one that may be withdrawn)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first = Day(label=_("First day"), required=False)
    last = Day(label=_("Last day"), required=False)
    ways = forms.MultipleChoiceField(
        label=_("How they are served meanwhile"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ways_work = forms.BooleanField(label=_("I have tried that this works"), required=False)

    def __init__(self, protocol: Protocol, data: Any = None, *, for_today: bool) -> None:
        super().__init__(data, auto_id="withdraw_%s")
        self.for_today, self.checks = for_today, protocol.withdrawal.checks
        form = protocol.withdrawal
        self._offer("scope", [(s.id, s.label) for s in form.scopes])
        self._offer("services", [(s.id, s.label) for s in protocol.services if not s.must_be_served])
        self._offer("ways", [(w.id, w.label) for w in form.ways_left])
        for check in self.checks:
            self.fields[check.id] = _text(check.label, READ_BY)
        if for_today:
            del self.fields["first"], self.fields["last"]
        self.order_fields(["customer", "reason", *(c.id for c in self.checks), "scope", "services", "first", "last"])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def decision(self, zone: str, now: datetime) -> Decision:
        """What was said; the last day is counted in."""
        said = self.cleaned_data
        first, last = said.get("first"), said.get("last")
        return Decision(
            scope=said["scope"],
            starts_at=max(_midnight(first, zone), now) if first else None,
            ends_at=_midnight(last + timedelta(days=1), zone) if last else None,
            customer=said["customer"],
            reason=said["reason"],
            answers={c.id: said[c.id] for c in self.checks},
            services=tuple(said["services"]),
            ways=tuple(said["ways"]),
            ways_work=said["ways_work"],
            for_today=self.for_today,
        )

    def take_faults(self, error: Invalid) -> None:
        """Put every fault beside its field."""
        names = {"starts_at": "first", "ends_at": "last"}
        for fault in (FieldFault(names.get(f.field, f.field), f.reason) for f in error.faults):
            self.add_error(fault.field if fault.field in self.fields else None, fault.reason)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))

"""Saying that a customer who is here was given a time: by a second fact, and by a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.pages.fields import Words
from steadydesk.screens.desk.entering import CHOOSE
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.visits import actions, expected
from steadydesk.visits.models import Visit


class Expected(VisitForm):
    """Which of those who are expected it is. What is asked for does not stand in the list."""

    name, title, done = "expected", lazy("Was expected"), lazy("Their own time counts now.")
    expected = forms.ChoiceField(label=lazy("Which appointment"), required=True)
    fact = Words(
        label=lazy("What they say: the letters on their slip, or their name"),
        required=False,
        max_length=200,
        strip=True,
        read_by=lazy("It is compared with what was noted, and not kept."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Those of today who have not come."""
        rows = expected.open_today(self.visit.site, clock.now())
        named = [(str(r.expected.pk), _label(r)) for r in rows]
        self._offer("expected", [CHOOSE, *named])

    def act(self, by: Actor, now: datetime) -> Visit:
        """The clock of the appointment runs from now on."""
        said = self.cleaned_data
        return actions.expect(self.visit.pk, int(said["expected"]), said["fact"], by=by, now=now)


class NotExpected(VisitForm):
    """It was somebody else."""

    name, title, done = "not-expected", lazy("Was not expected"), lazy("They wait without appointment.")

    def act(self, by: Actor, now: datetime) -> Visit:
        """The other is expected still."""
        return actions.part(self.visit.pk, by=by, now=now)


def _label(row: expected.Row) -> str:
    at = date_format(localtime(row.expected.starts_at), "H:i")
    return " · ".join(part for part in (at, row.service, row.whom) if part)


EXPECTED_FORMS: dict[str, type[VisitForm]] = {form.name: form for form in (Expected, NotExpected)}

"""A sheet of paper as a form: one day, many lines. Nothing is chosen beforehand, and a blank line is no line."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as plazy

from steadydesk.kernel.errors import FieldFault
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.desk import words
from steadydesk.screens.paper.times import WHICH, NotATime, moment
from steadydesk.visits.paper_rules import PaperLine
from steadydesk.visits.rules import MOST_COMPANIONS, Arrival, CannotBeMet

READ_BY = "paper-read-by"
"""The line of the page that says who may read what is typed."""
NOT_WRITTEN = ("", lazy("Not written down"))
WHICHES = [
    ("", lazy("Which one?")),
    (WHICH[0], lazy("The first, before the clocks went back")),
    (WHICH[1], lazy("The second, after the clocks went back")),
]
TIMES_AS = ("%H:%M", "%H%M", "%H.%M")
TIMES = ("arrived", "appointment", "attended", "ended")


def time_field(label: Any) -> forms.TimeField:
    """A time of the day by the wall's clock: typed as 1002 or 10:02, which is quicker than a clock to set."""
    box = forms.TextInput(attrs={"inputmode": "numeric", "aria-describedby": READ_BY, "autocomplete": "off"})
    return forms.TimeField(label=label, required=False, input_formats=TIMES_AS, widget=box)


def which_field() -> forms.ChoiceField:
    """Asked only about an hour that came twice."""
    return forms.ChoiceField(label=lazy("Which one?"), choices=WHICHES, required=False)


def words_field(label: Any) -> forms.CharField:
    """Typed words; one line on the page says for all of them who may read."""
    box = forms.TextInput(attrs={"dir": "auto", "aria-describedby": READ_BY, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, widget=box)


class Line(forms.Form):
    """One customer, in the order of the columns of the blank list."""

    arrived = time_field(lazy("Came at"))
    arrived_which = which_field()
    who = words_field(lazy("Name or who"))
    service = forms.ChoiceField(label=lazy("For"), required=False)
    appointment = time_field(lazy("Appointment"))
    appointment_which = which_field()
    mood = forms.ChoiceField(label=lazy("Mark"), required=False)
    attended = time_field(lazy("Attended at"))
    attended_which = which_field()
    dealt = forms.ChoiceField(label=lazy("By"), required=False)
    outcome = forms.ChoiceField(label=lazy("How it ended"), required=False)
    ended = time_field(lazy("Ended at"))
    ended_which = which_field()
    channel = forms.ChoiceField(label=lazy("How they were dealt with"), required=False)
    reason = forms.ChoiceField(label=lazy("Why it could not be met"), required=False)
    alternatives = forms.MultipleChoiceField(
        label=lazy("What else was named"), required=False, widget=forms.CheckboxSelectMultiple
    )
    told = forms.BooleanField(label=lazy("The customer was told, and why"), required=False)
    team = forms.ChoiceField(label=lazy("Team"), required=False)
    companions = forms.IntegerField(
        label=lazy("Others with them"), required=False, min_value=0, max_value=MOST_COMPANIONS
    )
    private = forms.BooleanField(label=lazy("Private"), required=False)
    note = words_field(lazy("Note"))
    another = forms.BooleanField(label=lazy("Another customer"), required=False)

    FIELDS: ClassVar = {
        "arrived_at": "arrived", "appointment_at": "appointment", "attended_at": "attended", "ended_at": "ended",
        "description": "who", "none_suitable": "alternatives",
    }  # fmt: skip
    """The action's names → the form's."""
    DETAILS: ClassVar = ("team", "companions", "private", "note")

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, Any]]], site: str, **how: Any) -> None:
        super().__init__(*args, **how)
        self.site = site
        self.moments: dict[str, datetime | None] = dict.fromkeys(TIMES)
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = found

    @property
    def has_details(self) -> bool:
        """Whether something stands among what is seldom needed."""
        return any(self[name].value() or self[name].errors for name in self.DETAILS)

    def read_times(self, day: date | None, zone: ZoneInfo) -> None:
        """Turn what the wall's clock showed into moments; what it cannot have shown is a fault."""
        for name in TIMES:
            at = self.cleaned_data.get(name)
            if at is None or day is None:
                continue
            try:
                self.moments[name] = moment(day, at, zone, self.cleaned_data.get(f"{name}_which", ""))
            except NotATime as error:
                self.add_error(f"{name}_which" if error.twice else name, error.sentence)

    def line(self) -> PaperLine:
        """What stands here, as far as it can be read."""
        said = self.cleaned_data
        named = tuple(said.get("alternatives", ()))
        cannot = CannotBeMet(
            reason=said.get("reason", ""),
            alternatives=tuple(a for a in named if a != NONE_SUITABLE),
            none_suitable=NONE_SUITABLE in named,
            told=said.get("told", False),
        )
        return PaperLine(
            self._arrival(said),
            attended_at=self.moments["attended"],
            ended_at=self.moments["ended"],
            outcome=said.get("outcome", ""),
            channel=said.get("channel", "") if said.get("outcome") == "direct" else "",
            dealt=said.get("dealt", ""),
            cannot=cannot,
            note=said.get("note", ""),
            another=said.get("another", False),
        )

    def _arrival(self, said: dict[str, Any]) -> Arrival:
        """Who has gone needs no words to be known by; they would be wiped at once."""
        here = not said.get("outcome") and self.moments["ended"] is None
        return Arrival(
            site=self.site,
            service=said.get("service") or None,
            team=said.get("team") or None,
            mood=said.get("mood") or "calm",
            appointment_at=self.moments["appointment"],
            arrived_at=self.moments["arrived"],
            companions=said.get("companions") or 0,
            private=said.get("private", False),
            description=said.get("who", "").strip() if here else "",
            source="paper",
        )

    def take_fault(self, field: str, reason: str) -> None:
        """Beside its field, unless something is said there already."""
        name = self.FIELDS.get(field, field)
        which = f"{name}_which"
        if name in self.errors or which in self.errors:
            return
        self.add_error(name if name in self.fields else None, reason)

    def add_error(self, field: str | None, error: Any) -> None:
        """A box that names the line about its readers names its fault as well."""
        super().add_error(field, error)
        box = self.fields[field].widget.attrs if field in self.fields else {}
        if field and "aria-describedby" in box:
            box["aria-describedby"] = f"{READ_BY} {self[field].auto_id}_error"


NONE_SUITABLE = "none-suitable"


class Sheet(forms.BaseFormSet):
    """All the lines."""

    def filled(self) -> list[Line]:
        """The lines on which something stands."""
        return [form for form in self.forms if form.has_changed()]

    def lines(self, day: date | None, zone: ZoneInfo) -> Sequence[PaperLine]:
        """What stands on them, as far as it can be read."""
        found = []
        for form in self.filled():
            form.read_times(day, zone)
            found.append(form.line())
        return found

    def take_faults(self, faults: Iterable[FieldFault]) -> None:
        """Put each where it belongs; one that belongs to no line is returned by nobody and stands above."""
        filled = self.filled()
        for fault in faults:
            number, _dot, field = fault.field.partition(".")
            if number.isdigit():
                filled[int(number)].take_fault(field, fault.reason)


class Day(forms.Form):
    """The day that all times of the sheet are of."""

    day = forms.DateField(label=lazy("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class Call(forms.Form):
    """A call that somebody wrote down."""

    at = time_field(lazy("When"))
    at_which = which_field()
    place = forms.ChoiceField(label=lazy("Where"), required=False)
    kind = forms.ChoiceField(label=lazy("What kind of call"), required=False)
    came = forms.MultipleChoiceField(label=lazy("Who came"), required=False, widget=forms.CheckboxSelectMultiple)
    note = words_field(lazy("What happened, facts only"))

    def __init__(self, data: Any = None, *, choices: dict[str, list[tuple[str, Any]]]) -> None:
        super().__init__(data, auto_id="call_%s", prefix="call")
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = found

    def called_at(self, day: date | None, zone: ZoneInfo) -> datetime | None:
        """When it was, if that can be read."""
        at = self.cleaned_data.get("at")
        if at is None or day is None:
            return None
        try:
            return moment(day, at, zone, self.cleaned_data.get("at_which", ""))
        except NotATime as error:
            self.add_error("at_which" if error.twice else "at", error.sentence)
            return None

    def take_faults(self, faults: Iterable[FieldFault]) -> None:
        """Beside their fields."""
        for fault in faults:
            if fault.field not in self.errors and f"{fault.field}_which" not in self.errors:
                self.add_error(fault.field, fault.reason)


def line_choices(protocol: Protocol, dealers: dict[str, str], *, staff_only: bool) -> dict[str, list[tuple[str, Any]]]:
    """What can be chosen on a line. At a counter a mood is its mark."""
    labels = {str(mood): label for mood, label in protocol.moods.items()}
    form = protocol.cannot_meet
    people = [(ref, name) for ref, name in dealers.items() if ref.startswith("person:")]
    teams = [(ref, name) for ref, name in dealers.items() if ref.startswith("team:")]
    return {
        "service": [NOT_WRITTEN, *((s.id, s.label) for s in protocol.services)],
        "team": [NOT_WRITTEN, *((ref.removeprefix("team:"), name) for ref, name in teams)],
        "mood": [NOT_WRITTEN, *((m, words.mood_words(m, labels, staff_only=staff_only)) for m in labels)],
        "dealt": [NOT_WRITTEN, (_("Colleagues"), people), (_("Teams"), teams)],
        "outcome": [("", plazy("outcome", "Still here")), *words.OUTCOMES.items()],
        "channel": [NOT_WRITTEN, *((str(c), label) for c, label in protocol.channels.items())],
        "reason": [NOT_WRITTEN, *((r.id, r.label) for r in form.reasons)],
        "alternatives": [*((a.id, a.label) for a in form.alternatives), (NONE_SUITABLE, form.none_suitable)],
    }

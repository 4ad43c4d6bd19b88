"""What is typed before there is a visit, or about more than one; and the fields that every form is made of."""

from datetime import datetime, time
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid
from steadydesk.pages.fields import Words
from steadydesk.screens.desk import words
from steadydesk.visits import actions, typed_rules
from steadydesk.visits.models import Prompt, Visit
from steadydesk.visits.rules import LONGEST_TEXT, MOST_COMPANIONS

READ_BY = lazy("Colleagues who work with visits here can read this.")
WAITS = (5, 10, 15, 20, 30, 45, 60)
CHOOSE = ("", lazy("Choose"))
ENTERED = UUID("0f5d2a57-6f5e-4b0c-8a51-2f3f0d6c9e74")
"""The namespace of what an arrival is known by when it is sent again."""


def text_field(label: Any, *, rows: int = 2, required: bool = False) -> forms.CharField:
    """Typed words, which say who may read them."""
    box = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return Words(label=label, required=required, max_length=LONGEST_TEXT, widget=box, read_by=READ_BY)


def line_field(label: Any, *, required: bool = False, longest: int = 200) -> forms.CharField:
    """Typed words that fit on one line, and say who may read them."""
    box = forms.TextInput(attrs={"dir": "auto"})
    return Words(label=label, required=required, max_length=longest, widget=box, read_by=READ_BY, strip=True)


class Typed(forms.Form):
    """A form whose action may refuse what was typed."""

    def take_faults(self, error: Invalid) -> None:
        """Put every fault beside its field; what belongs to none stands above."""
        for fault in error.faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.reason)


class ArrivalForm(Typed):
    """A customer comes in: words that tell them apart are enough."""

    # The strip above the board is low: the line that says who may read this stands beside its buttons.
    description = Words(
        label=lazy("Name or who"),
        required=False,
        max_length=LONGEST_TEXT,
        strip=True,
        widget=forms.TextInput(attrs={"dir": "auto", "aria-describedby": "arrival-read-by arrival_description_error"}),
        read_by="",
    )
    service = forms.ChoiceField(label=lazy("For"), required=False)
    appointment = forms.TimeField(
        label=lazy("Appointment"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    companions = forms.IntegerField(
        label=lazy("Others with them"), required=False, min_value=0, max_value=MOST_COMPANIONS
    )
    not_counted = forms.IntegerField(label=lazy("Not counted"), required=False, min_value=0, max_value=MOST_COMPANIONS)
    mood = forms.ChoiceField(label=lazy("Mark"), required=False)
    arrived = forms.TimeField(
        label=lazy("Came at"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    private = forms.BooleanField(label=lazy("Private"), required=False)
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid4)

    FIELDS: ClassVar = {"appointment_at": "appointment", "arrived_at": "arrived"}

    def __init__(self, site: str, data: Any = None, *, staff_only: bool) -> None:
        super().__init__(data, auto_id="arrival_%s")
        self.site = site
        protocol = documents.in_force(site).protocol
        self._choices("service", [(s.id, s.label) for s in protocol.services])
        labels = {str(mood): label for mood, label in protocol.moods.items()}
        moods = [(m, words.mood_words(m, labels, staff_only=staff_only)) for m in labels]
        self._choices("mood", moods)
        self.never_counted = ", ".join(protocol.companions.never_counted)
        if staff_only:
            self.fields["mood"].label = _("Mood")

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def arrive(self, *, by: Actor, now: datetime) -> Visit:
        """Enter the customer. Times are of today, at the site; shortly after midnight one came yesterday."""
        said = self.cleaned_data
        return actions.arrive(
            actions.Arrival(
                site=self.site,
                service=said["service"] or None,
                mood=said["mood"] or "calm",
                appointment_at=today_at(said["appointment"], now),
                arrived_at=just_at(said["arrived"], now),
                companions=said["companions"] or 0,
                not_counted=said["not_counted"] or 0,
                private=said["private"],
                description=said["description"].strip(),
            ),
            by=by,
            now=now,
            key=self._key(),
        )

    def _key(self) -> str:
        """Other words on a page that was gone back to are another customer; the same ones sent again are not."""
        said = {name: str(value) for name, value in self.cleaned_data.items()}
        return str(uuid5(ENTERED, repr(sorted(said.items())))) if said["key"] else ""

    def take_faults(self, error: Invalid) -> None:
        """The action names its own fields; two of them are typed as a time of today."""
        for fault in error.faults:
            name, reason = self.FIELDS.get(fault.field, fault.field), fault.reason
            if name == "arrived":
                elsewhere = _("Times here are of today: who came on another day is entered on “From paper”.")
                reason = f"{reason} {elsewhere}"
            self.add_error(name if name in self.fields else None, reason)


def today_at(at: time | None, now: datetime) -> datetime | None:
    """A time of today at the site."""
    return None if at is None else typed_rules.today_at(at, _zone(), now)


def just_at(at: time | None, now: datetime) -> datetime | None:
    """The time at the site at which somebody came."""
    return None if at is None else typed_rules.just_at(at, _zone(), now)


def _zone() -> ZoneInfo:
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)  # each page opens in the time of its site
    return zone


def wait_choices() -> list[tuple[str, Any]]:
    """Lengths of time as they are said at a desk."""
    return [("", _("No time was given")), *((f"PT{m}M", _("%d minutes") % m) for m in WAITS)]


class PromptForm(Typed):
    """Who was reached, by name; or nobody."""

    reached = line_field(lazy("Spoke to"), longest=120)
    role = forms.CharField(required=False, widget=forms.HiddenInput)
    called = forms.CharField(required=False, widget=forms.HiddenInput)

    def answer(self, prompt: int, *, by: Actor, now: datetime) -> Prompt:
        """A blank name is nobody: the next in the chain is named."""
        said = self.cleaned_data
        reached, called = said["reached"].strip() or None, said["called"] if "called" in self.data else None
        return actions.answer_prompt(prompt, reached=reached, role=said["role"], called=called, by=by, now=now)


class EnrolForm(forms.Form):
    """The code that an administrator made; a script may send a token instead."""

    code = forms.CharField(
        label=lazy("Code"),
        help_text=lazy("Eight letters and digits, good for a quarter of an hour"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__({"code": data["token"]} if data and "token" in data else data)

"""What is typed to give a customer a time, to confirm it, and to warn of somebody for one day."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.pages.fields import Day, Words
from steadydesk.screens.desk.entering import CHOOSE, Typed, line_field
from steadydesk.screens.paper.times import NotATime, moment
from steadydesk.screens.returns import words
from steadydesk.visits import expected
from steadydesk.visits.actions import Wanted, Warned
from steadydesk.visits.forewarning import LONGEST

READ_ON_THE_DAY = lazy("Reception and the colleagues you choose can read this, on that day alone. Then it is gone.")


class TimeForm(Typed):
    """With whom, and one of the times that are free, by one press; or another, which is looked at first."""

    whom = forms.ChoiceField(label=lazy("With whom"), required=True)
    at = forms.CharField(required=False, max_length=40)
    day = Day(label=lazy("Another day"), required=False)
    time = forms.TimeField(
        label=lazy("At"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    who = line_field(lazy("Name, or words to know them by when they come"))

    FIELDS = {"with": "whom", "at": "time"}

    def __init__(self, site: str, zone: str, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, auto_id="return_%s", initial=initial)
        self.zone = ZoneInfo(zone)
        field = self.fields["whom"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [CHOOSE, *expected.choices(site)]

    def wanted(self) -> Wanted:
        """The time as typed or pressed, for the action. Raises ``Invalid`` there for what cannot be used."""
        said = self.cleaned_data
        return Wanted(said["whom"], self.chosen_at(), said["who"].strip(), said.get("service", ""))

    def chosen_at(self) -> datetime | None:
        """The press, or else the day and time beside it."""
        said = self.cleaned_data
        if said["at"]:
            try:
                return datetime.fromisoformat(said["at"])
            except ValueError:
                return None
        return said.get("moment")

    def clean(self) -> dict[str, Any]:
        """A time by the clocks of the site."""
        said = self.cleaned_data
        if said.get("day") and said.get("time"):
            try:
                said["moment"] = moment(said["day"], said["time"], self.zone)
            except NotATime as error:
                self.add_error("time", error.sentence)
        return said

    def take_faults(self, error: Any) -> None:
        """The action names its own fields."""
        for fault in error.faults:
            name = self.FIELDS.get(fault.field, fault.field)
            self.add_error(name if name in self.fields else None, fault.reason)


class AppointmentForm(TimeForm):
    """The same for a customer who is not here."""

    service = forms.ChoiceField(label=lazy("For"), required=False)

    def __init__(self, site: str, zone: str, data: Any = None, *, initial: Any = None, services: Any = ()) -> None:
        super().__init__(site, zone, data, initial=initial)
        field = self.fields["service"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Not said")), *services]


class SendForm(Typed):
    """Where a confirmation is sent, by one of the ways."""

    way = ""
    title: Any = ""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{self.way}_%s")


class MailForm(SendForm):
    """By mail."""

    way, title = "mail", lazy("Send by e-mail")
    address = Words(
        label=lazy("E-mail address that the customer gives now"),
        required=False,
        max_length=254,
        strip=True,
        read_by=lazy("Kept only until some days after the appointment. The mail says when, where and what to bring."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )


class TextForm(SendForm):
    """As a text message."""

    way, title = "text", lazy("Send as a text message")
    address = Words(
        label=lazy("Telephone number that the customer gives now"),
        required=False,
        max_length=40,
        strip=True,
        read_by=lazy(
            "With its country, as in +44 1632 960001. Kept only until some days after the appointment. The message "
            "says when, where and the letters to say at the desk, and not what it is about."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "dir": "ltr"}),
    )


class ToldForm(Typed):
    """How the customer was told that nobody will be there."""

    how = forms.ChoiceField(label=lazy("Told by"), required=True)
    note = line_field(lazy("Note"))

    def __init__(self, data: Any = None, *, prompt: int = 0) -> None:
        super().__init__(data, auto_id=f"told_{prompt}_%s")
        field = self.fields["how"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [CHOOSE, *words.HOW_TOLD.items()]


class ForewarnForm(Typed):
    """A customer who is expected agitated."""

    day = Day(label=lazy("Day"), required=False)
    around = forms.TimeField(
        label=lazy("About when, if it is known"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    text = Words(
        label=lazy("What colleagues need to know"),
        required=False,
        max_length=LONGEST,
        read_by=READ_ON_THE_DAY,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    fact = Words(
        label=lazy("How it is made sure that it is them"),
        required=False,
        max_length=200,
        strip=True,
        read_by=lazy(
            "What the customer will be asked for, such as a name or a number. It is not shown, only compared."
        ),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    named = forms.MultipleChoiceField(
        label=lazy("Colleagues who see it beside reception"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, colleagues: list[tuple[str, str]], data: Any = None, *, today: date | None = None) -> None:
        super().__init__(data, auto_id="forewarn_%s", initial={"day": today})
        field = self.fields["named"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = colleagues

    def warned(self) -> Warned:
        """The same for the action."""
        said = self.cleaned_data
        named = tuple(int(id) for id in said["named"])
        return Warned(said["day"], said["text"].strip(), said["fact"], named, said["around"])


class NamedForm(Typed):
    """Who sees a warning beside reception, said anew."""

    named = forms.MultipleChoiceField(
        label=lazy("Colleagues who see it beside reception"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, colleagues: list[tuple[str, str]], data: Any = None, *, id: int = 0, named: Any = ()) -> None:
        super().__init__(data, auto_id=f"named_{id}_%s", initial={"named": [str(person) for person in named]})
        field = self.fields["named"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = colleagues


class MetForm(Typed):
    """Who it is, and what they said."""

    visit = forms.ChoiceField(label=lazy("Who is here"), required=True)
    fact = Words(
        label=lazy("What they say"),
        required=False,
        max_length=200,
        strip=True,
        read_by=lazy("It is compared with what was noted, and not kept."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, here: list[tuple[str, str]], data: Any = None, *, id: int = 0) -> None:
        super().__init__(data, auto_id=f"met_{id}_%s")
        field = self.fields["visit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [CHOOSE, *here]

"""Forms of the rota."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from steadydesk.kernel.errors import Invalid
from steadydesk.pages.fields import Day, Words
from steadydesk.people import queries as people
from steadydesk.rota.actions import Wish
from steadydesk.sites import queries as sites

CLOCK = {"type": "time"}


class Typed(forms.Form):
    """Takes the faults that an action found, each beside its field."""

    ids: ClassVar[str] = ""
    """Several forms stand on a page."""

    def __init__(self, data: Any = None, files: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, files, auto_id=f"{self.ids}_%s", initial=initial)

    def take_faults(self, error: Invalid) -> None:
        """What belongs to no field stands above them."""
        for fault in error.faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.reason)


class PatternForm(Typed):
    """When somebody works, week by week."""

    kind = forms.ChoiceField(label=_("What"), choices=[("work", _("At work")), ("duty", _("On a team's duty rota"))])
    person = forms.TypedChoiceField(label=_("Who"), coerce=int, empty_value=None, required=False)
    team = forms.ChoiceField(
        label=_("Team"), required=False, help_text=_("without a person: everybody of it; or the team of the duty rota")
    )
    place = forms.ChoiceField(label=_("Place"), required=False)
    days = forms.MultipleChoiceField(
        label=_("Days"), choices=list(WEEKDAYS.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(format="%H:%M", attrs=CLOCK))
    ends = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(format="%H:%M", attrs=CLOCK),
        help_text=_("earlier than it begins: on the next day"),
    )
    from_day = Day(label=_("First day"))
    until_day = Day(label=_("Last day"), required=False, help_text=_("the same as the first for a single shift"))
    every_weeks = forms.IntegerField(label=_("Every how many weeks"), initial=1, min_value=1, max_value=12)

    ids = "plan"

    def __init__(self, site: str, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._site = site
        nobody = [("", _("Choose"))]
        workers = sorted(people.workers(site), key=lambda c: c.name.casefold())
        here = [(c.person, c.name) for c in workers if people.works_for(c.person, site)]
        self._choose("person", nobody + here)
        self._choose("team", nobody + [(t.pk, t.name) for t in people.teams_at(site)])
        doors = [(p.id, p.name) for p in sites.places(site) if p.kind != "door"]
        self._choose("place", [("", _("Nowhere in particular")), *doors])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wish(self) -> Wish:
        """What was typed, as the action takes it."""
        said = dict(self.cleaned_data)
        days = frozenset(int(day) for day in said.pop("days"))
        if said["until_day"] is not None and said["until_day"] == said["from_day"]:
            days = days or frozenset({said["from_day"].weekday()})
        return Wish(self._site, days, **said)


class PublishForm(Typed):
    """From which day to which the plan becomes true."""

    first = Day(label=_("From"))
    last = Day(label=_("Until"))
    reason = Words(
        label=_("Why somebody is alone"),
        required=False,
        max_length=1000,
        read_by=_("Managers, the safety lead and administrators of this site can read this."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    ids = "publish"


class ImportForm(Typed):
    """A rota that was written elsewhere."""

    file = forms.FileField(
        label=_("A rota as CSV or iCalendar"),
        help_text=_("It becomes a plan; publish it when it is right."),
        widget=forms.FileInput(attrs={"accept": ".csv,.ics,text/csv,text/calendar"}),
    )

    ids = "import"


class AwayForm(Typed):
    """From which day to which somebody is away."""

    kind = forms.ChoiceField(
        label=_("Why"),
        choices=[("leave", _("on leave")), ("ill", _("ill")), ("away", _("away"))],
        help_text=_("Managers read this; colleagues read that you are away."),
    )
    first = Day(label=_("First day"))
    until = Day(label=_("Last day"))

    ids = "away"


class AddressForm(Typed):
    """A calendar that is fetched."""

    label = Words(label=_("What you call it"), read_by=_("You can read this, and data protection."), max_length=60)
    address = Words(
        label=_("Secret address of the calendar"),
        max_length=1000,
        read_by=_("from your calendar's settings: private address in iCal format. It is shown to nobody here."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )

    ids = "address"


class FileForm(Typed):
    """A calendar that is uploaded."""

    label = Words(label=_("What you call it"), read_by=_("You can read this, and data protection."), max_length=60)
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("iCalendar (.ics); only when you are busy is kept, never what it is"),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    ids = "file"


class TurnForm(Typed):
    """Another time, or another person, for one published shift."""

    starts = forms.DateTimeField(label=_("Begins"))
    ends = forms.DateTimeField(label=_("Ends"))

    ids = "turn"

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for name in ("starts", "ends"):
            box = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
            self.fields[name].widget = box

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """By the clocks of the site, in which the page is shown."""
        return self.cleaned_data["starts"], self.cleaned_data["ends"]

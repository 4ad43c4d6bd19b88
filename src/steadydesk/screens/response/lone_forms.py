"""Forms of the pages about working alone."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as lazy

from steadydesk.loneworking import queries
from steadydesk.pages.fields import Words
from steadydesk.people import queries as people
from steadydesk.screens.response.lone_words import ANSWERS, REASONS
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

READ_BY = lazy("Managers and the safety lead of this site can read this, and the worker it is about.")
LONGEST = 2_000


class Until(forms.TimeField):
    """A time of day, as the site's clocks show it."""

    def __init__(self, **how: Any) -> None:
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **how)


def next_at(at: time | None, site: Site, now: datetime) -> datetime | None:
    """The next moment at which the site's clocks show this."""
    if at is None:
        return None
    zone = ZoneInfo(site.time_zone)
    today = datetime.combine(now.astimezone(zone).date(), at, zone)
    return today if today > now else today + timedelta(days=1)


class ConfirmForm(forms.Form):
    """What the worker says of themselves. Nothing of it withholds anything."""

    confirmed = forms.MultipleChoiceField(label=lazy("What is so"), required=False, widget=forms.CheckboxSelectMultiple)
    duress_answer = forms.ChoiceField(
        label=lazy("Which answer shall call for help, silently"),
        help_text=lazy("It looks like the other two, to everybody, and works at any time. Tell nobody."),
        required=False,
        widget=forms.RadioSelect,
        choices=list(ANSWERS.items()),
    )

    def __init__(self, site: Site, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="begin_%s")
        protocol = queries.protocol_at(site.pk)
        questions = protocol.lone_working.start_questions if protocol else ()
        self.fields["confirmed"].choices = [(q.id, q.label) for q in questions]  # type: ignore[attr-defined]
        if not questions:
            del self.fields["confirmed"]


class BeginForm(ConfirmForm):
    """Nothing here is needed to begin, but where they are."""

    place = forms.ChoiceField(label=lazy("Where you work"))
    field_order = ("place", "confirmed", "duress_answer")

    def __init__(self, site: Site, data: Any = None, initial: Any = None) -> None:
        super().__init__(site, data, initial)
        places = [(spot.id, spot.name) for spot in sites.places(site.pk)]
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        if not places:
            del self.fields["place"]


class StayForm(forms.Form):
    """“A child is still here.”"""

    until = Until(label=lazy("I stay until"))
    reason = forms.ChoiceField(label=lazy("Why"), choices=list(REASONS.items()), widget=forms.RadioSelect)


class AnswerForm(forms.Form):
    """What a manager says to somebody who works alone although a provision is missing."""

    answer = forms.ChoiceField(
        label=lazy("What you say"),
        choices=[("stay", lazy("Stay until a time")), ("close", lazy("Close the branch"))],
        widget=forms.RadioSelect,
    )
    until = Until(label=lazy("Until"), required=False)
    reason = Words(
        label=lazy("Why"), read_by=READ_BY, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )


class KeepForm(forms.Form):
    """Why somebody will be alone."""

    reason = Words(
        label=lazy("Why nobody else can be there"),
        read_by=READ_BY,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class MobileForm(forms.Form):
    """A telephone that lone workers carry."""

    name = forms.CharField(label=lazy("What people call it"), max_length=60)
    number = Words(label=lazy("Number"), read_by=READ_BY, max_length=40)
    person = forms.TypedChoiceField(label=lazy("Who holds it"), required=False, coerce=int, empty_value=None)

    def __init__(self, site: Site, data: Any = None, **how: Any) -> None:
        super().__init__(data, **how)
        workers = sorted(people.workers(site.pk), key=lambda c: c.name.casefold())
        choices = [("", lazy("Nobody")), *((c.person, c.name) for c in workers)]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

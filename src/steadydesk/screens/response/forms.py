"""Forms of the response pages. Nothing is chosen beforehand; every text box says who may read it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steadydesk.pages.fields import Words
from steadydesk.screens.response import words

READ_BY = _("Read by everybody who may see calls at this site, and kept with the call.")
LONGEST = 10_000


class StandDown(forms.Form):
    """“Not needed after all.”"""

    reason = Words(
        label=_("Why it is not needed"), read_by=READ_BY, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )


class Retreat(forms.Form):
    """“I am in the safe room.”"""

    place = forms.ChoiceField(label=_("Safe room"), choices=(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]


class LeaveOut(forms.Form):
    """“It is about one of us.”"""

    about = forms.ChoiceField(
        label=_("Whom it is about"),
        choices=(),
        help_text=_("From now on it is kept from them, from who manages them and from whom they manage."),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        elected = ("elected_member", _("An elected member"))
        self.fields["about"].choices = [("", _("Choose")), elected, *people]  # type: ignore[attr-defined]


class LetIn(forms.Form):
    """“They were named by mistake.”"""

    about = forms.ChoiceField(
        label=_("Who was named by mistake"),
        choices=(),
        help_text=_("They, who manages them and whom they manage see the whole call from now on."),
    )

    def __init__(self, *args: Any, named: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", _("Choose")), *named]  # type: ignore[attr-defined]


class Close(forms.Form):
    """How it ended."""

    disposition = forms.ChoiceField(label=_("How it ended"), choices=(), widget=forms.RadioSelect)
    note = Words(
        label=_("Note"), read_by=READ_BY, max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, mode: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [d for d in words.DISPOSITIONS if (d == mode if mode != "real" else d not in ("drill", "test"))]
        self.fields["disposition"].choices = [(d, words.DISPOSITIONS[d]) for d in allowed]  # type: ignore[attr-defined]


class Drill(forms.Form):
    """Start a drill."""

    mode = forms.ChoiceField(
        label=_("What to start"),
        choices=[("drill", _("A drill, through the whole chain")), ("test", _("A test of one place"))],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(label=_("Where"), choices=())

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("Choose a place")), *places]  # type: ignore[attr-defined]


class Span(forms.Form):
    """The days of a report."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

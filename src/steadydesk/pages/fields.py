"""The field for words that a person types."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from steadydesk.kernel.clock import clock

FARTHEST = timedelta(days=3652)
"""Nothing is decided for longer; what is typed beyond is a slip."""


class Words(forms.CharField):
    """Free text. It says who may read it, in a line that ``pages/forms/field.html`` ties to the box."""

    def __init__(self, *, read_by: Any, **how: Any) -> None:
        super().__init__(help_text=read_by, strip=how.pop("strip", False), **how)
        self.read_by = read_by


def _farthest() -> date:
    return (clock.now() + FARTHEST).date()


class Day(forms.DateField):
    """A day to come, as the browser's own calendar gives it."""

    def __init__(self, **how: Any) -> None:
        box = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        near = MaxValueValidator(_farthest, _("Choose a day within the next ten years."))
        super().__init__(widget=box, validators=[near], **how)

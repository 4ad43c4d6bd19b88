"""The field for words that a person types."""

from typing import Any

from django import forms


class Words(forms.CharField):
    """Free text. It says who may read it, in a line that ``pages/forms/field.html`` ties to the box."""

    def __init__(self, *, read_by: Any, **how: Any) -> None:
        super().__init__(help_text=read_by, strip=how.pop("strip", False), **how)
        self.read_by = read_by

"""What is written down about a document: a changed text, the authority's decision, where it binds.

No field is required by the form itself: the rules of documents say of each in their own words what is missing.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents.rules import Authorisation
from steadydesk.kernel.errors import FieldFault
from steadydesk.pages.fields import Words
from steadydesk.protocol.faults import Fault

LONGEST = 500_000
"""Characters of a protocol; the shipped ones have forty thousand."""
READ_BY = lazy("Everybody on the staff can read it.")
DAYS = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
"""D6: day, month, year, and never the other way round."""


class ControlDay(forms.DateField):
    """A day of the control form, typed as the form asks for it."""

    def __init__(self, label: Any, hint: Any) -> None:
        box = forms.DateInput(format=DAYS[0], attrs={"inputmode": "numeric", "autocomplete": "off", "size": 12})
        wrong = lazy("This is no day. Write day/month/year, as in 2/9/2026.")
        super().__init__(
            label=label,
            help_text=hint,
            required=False,
            widget=box,
            input_formats=DAYS,
            error_messages={"invalid": wrong},
        )
        self.read_by = READ_BY


def _source() -> Words:
    box = {"rows": 30, "spellcheck": "false", "wrap": "off", "dir": "ltr", "class": "source"}
    return Words(label=lazy("The text"), read_by=READ_BY, max_length=LONGEST, widget=forms.Textarea(attrs=box))


class SourceForm(forms.Form):
    """The whole text of a document."""

    text = _source()

    def clean_text(self) -> str:
        """With the line ends that it was saved with, not those that browsers send."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def take_faults(self, faults: Iterable[Fault]) -> None:
        """Every fault of the text, with its line."""
        for fault in faults:
            said = {"line": fault.line, "key": fault.key, "sentence": fault.sentence}
            self.add_error("text", _("Line %(line)s, %(key)s: %(sentence)s") % said)


class BeginForm(SourceForm):
    """A new document: what it is called in addresses and commands, and its text."""

    field_order = ("document", "text")
    document = Words(
        label=lazy("Short name"),
        read_by=lazy("Letters a to z, digits and hyphens. Everybody on the staff can read it."),
        max_length=60,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class FileForm(BeginForm):
    """The same from a file. One with faults comes back as a text, to be put right in the box."""

    field_order = ("document", "file")
    text = None  # type: ignore[assignment]
    file = forms.FileField(
        label=lazy("A file in YAML"),
        help_text=lazy("What does not fit is said for each line, and the text is shown to be put right."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,application/yaml,text/yaml"}),
    )

    def clean_file(self) -> str:
        """What it says."""
        found = self.cleaned_data["file"]
        if found.size > 4 * LONGEST:
            raise forms.ValidationError(_("The file is too long to be a protocol."))
        try:
            return str(found.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(
                _("The file is not text in UTF-8. Save it as UTF-8 and choose it again.")
            ) from None


class AmendForm(SourceForm):
    """The next version. ``after`` is the newest one that the writer has seen."""

    after = forms.CharField(widget=forms.HiddenInput, required=False)

    def overtaken(self, newest: str, name: str) -> None:
        """Somebody saved ``newest`` meanwhile; who saves once more has been told."""
        said = _("%(name)s saved %(newest)s meanwhile. Your text is kept: look at the differences, then save it again.")
        self.add_error(None, said % {"name": name, "newest": newest})
        self.data = {**self.data, "after": newest}


def _by_committee() -> forms.BooleanField:
    untold = lazy("Say so, if it did. What a person decided is written down by somebody else than the writer.")
    return forms.BooleanField(
        label=lazy("A committee or a group decided this, and it is minuted"), error_messages={"required": untold}
    )


MINUTE = lazy("Authorisation information: minute item or meeting")


def _minute() -> Words:
    missing = lazy("Whoever wrote the version says where the decision of the committee or group is minuted.")
    return Words(label=MINUTE, read_by=READ_BY, strip=True, error_messages={"required": missing})


class DecisionForm(forms.Form):
    """What the authority decided (D6 to D9)."""

    authorised_on = ControlDay(lazy("Authorised on (day/month/year)"), lazy("The day of the decision."))
    authority = Words(
        label=lazy("Authorising authority"),
        read_by=lazy("A committee, a group, or a person by their post. Everybody on the staff can read it."),
        required=False,
        strip=True,
    )
    authorisation_information = Words(
        label=MINUTE, read_by=lazy("It may stay blank. Everybody on the staff can read it."), required=False, strip=True
    )
    review_on = ControlDay(lazy("Review date (day/month/year)"), lazy("After the day of authorisation."))

    def __init__(self, *args: Any, own: bool = False, **how: Any) -> None:
        """``own``: whoever types wrote the version, and so can write down what a committee decided and nothing else."""
        super().__init__(*args, **how)
        if own:
            self.fields = {"by_committee": _by_committee(), **self.fields}
            self.fields["authorisation_information"] = _minute()

    def decision(self) -> Authorisation:
        """What was typed so far; what cannot be read is missing."""
        said = self.cleaned_data
        return Authorisation(
            on=said.get("authorised_on"),
            authority=said.get("authority") or None,
            review_on=said.get("review_on"),
            information=said.get("authorisation_information") or None,
            by_committee=bool(said.get("by_committee")),
        )

    def take_faults(self, faults: Iterable[FieldFault]) -> None:
        """Put each beside its field, unless what stands there could not be read anyway."""
        unread = set(self.errors)
        for fault in faults:
            field = fault.field.removeprefix("control.")
            if field not in unread:
                self.add_error(field if field in self.fields else None, fault.reason)


class PublishForm(forms.Form):
    """Where it binds from now on. ``seen`` is what bound there when the page was drawn."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    sites = forms.MultipleChoiceField(
        label=lazy("Put it in force at"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": lazy("Choose at least one site.")},
    )

    def __init__(self, *args: Any, sites: list[tuple[str, str]], **how: Any) -> None:
        super().__init__(*args, **how)
        self.fields["sites"].choices = sites  # type: ignore[attr-defined]

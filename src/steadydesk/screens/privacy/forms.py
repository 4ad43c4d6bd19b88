"""Forms about data of people. Nothing is chosen beforehand; every text box says who may read it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from steadydesk.kernel.errors import Invalid
from steadydesk.pages.fields import Words
from steadydesk.privacy import rules
from steadydesk.privacy.rules import Proposal

READ_BY_WATCHERS = _(
    "Read by whoever is responsible for data protection; kept with the list of who looked at whose data."
)
READ_WITH_HOLD = _("Read by everybody who may place holds, and kept with the hold. Name nobody.")


class Typed(forms.Form):
    """A form whose action may refuse what was typed."""

    def take_faults(self, error: Invalid) -> None:
        """Put every fault beside its field; what belongs to none stands above."""
        for fault in error.faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.reason)


class Find(Typed):
    """Somebody, as they were typed: a name, a ticket, what they looked like; or a colleague."""

    text = Words(label=_("Name, ticket or words"), read_by=READ_BY_WATCHERS, max_length=rules.LONGEST_SEARCH)


class Reason(Typed):
    """Why words are withdrawn or erased."""

    reason = forms.ChoiceField(label=_("Why"), choices=(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(key, str(label)) for key, label in rules.REASONS.items()]  # type: ignore[attr-defined]


class PlaceHold(Typed):
    """Keep everything about a subject."""

    reason = Words(
        label=_("Why it must be kept"),
        read_by=READ_WITH_HOLD,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(label=_("Ask again on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def until_at(self, zone: str) -> datetime:
        """The start of that day at the site."""
        return datetime.combine(self.cleaned_data["until"], time.min, ZoneInfo(zone))


class Decide(Typed):
    """What of others is taken out of a file: a person reads each and decides."""

    staff = forms.ChoiceField(
        label=_("Names of staff beside what they did"),
        choices=[("leave", _("Leave them in")), ("out", _("Take them out"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Leave them in, or take them out.")},
    )
    rest = forms.ChoiceField(
        label=_("Those that are not decided below"),
        required=False,
        choices=[("", _("Each is decided below")), ("out", _("Take them out")), ("leave", _("Leave them in"))],
    )

    def __init__(self, proposals: Sequence[Proposal], texts: Mapping[int, str], data: Any = None) -> None:
        super().__init__(data)
        self.proposals = proposals
        for proposal in proposals:
            self.fields[proposal.key] = forms.ChoiceField(
                label=f"“{proposal.text}”",
                help_text=f"{proposal.why}: {rules.around(texts.get(proposal.words, ''), proposal)}",
                required=False,
                choices=[("out", _("Take it out")), ("leave", _("Leave it in"))],
                widget=forms.RadioSelect,
            )

    def clean(self) -> dict[str, Any]:
        """Each is decided, here or together with the rest."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not said.get("rest"):
            for proposal in self.proposals:
                if not said.get(proposal.key) and proposal.key not in self.errors:
                    self.add_error(proposal.key, _("Take it out, or leave it in."))
        return said

    def taken_out(self) -> list[tuple[int, int, int]]:
        """The parts that go."""
        said = self.cleaned_data
        return [(p.words, p.start, p.end) for p in self.proposals if (said.get(p.key) or said["rest"]) == "out"]

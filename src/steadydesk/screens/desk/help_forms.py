"""What can be done about a visit that needs help. These stand in panels of their own, not in the list of actions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.encounters import actions as encounters
from steadydesk.encounters import queries as in_encounters
from steadydesk.encounters.rules import APPEARS, Repair
from steadydesk.kernel.actor import Actor
from steadydesk.screens.desk import calling
from steadydesk.screens.desk.entering import CHOOSE, line_field, text_field, today_at
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.visits import queries
from steadydesk.visits.models import Visit


class HelpForm(VisitForm):
    """About help; ``subject`` is how records name the visit."""

    apart = True

    @property
    def subject(self) -> str:
        """``visit:12``."""
        return f"visit:{self.visit.pk}"

    def act(self, by: Actor, now: datetime) -> Visit:
        """Do it, and read the visit again."""
        self.do(by, now)
        return queries.visit(self.visit.pk)

    def do(self, by: Actor, now: datetime) -> None:
        """What the form is for."""
        raise NotImplementedError


class CallForHelp(HelpForm):
    """Call, from this visit."""

    name, title, done = "call-help", lazy("Call"), lazy("Sent.")
    kind = forms.CharField(required=False)
    urgency = forms.CharField(required=False)
    to = forms.CharField(required=False)
    source = forms.CharField(required=False)
    key = forms.CharField(required=False, max_length=60)

    def do(self, by: Actor, now: datetime) -> None:
        """The call goes out first; that it was asked for is kept after it."""
        said = self.cleaned_data
        alarm = calling.press(by, self.desk, said["key"], {**said, "source": said["source"] or "button"})
        if in_encounters.encounter(self.subject) is not None:
            encounters.ask_help(self.subject, alarm.source, alarm.id, by=by, now=now)


class Rang(HelpForm):
    """Help was asked for without the screen."""

    name, title, done = "help-way", lazy("Asked for help"), lazy("Recorded.")
    way = forms.ChoiceField(choices=[(w, w) for w in ("telephone", "phrase", "walk_to_staff")])

    def do(self, by: Actor, now: datetime) -> None:
        """Keep the time and the way."""
        encounters.ask_help(self.subject, self.cleaned_data["way"], by=by, now=now)


class Shown(HelpForm):
    """The help control is on the screen."""

    name, title, done = "help-shown", lazy("Go on"), ""

    def do(self, by: Actor, now: datetime) -> None:
        """Keep when."""
        encounters.offer_help(self.subject, by=by, now=now)


class NoHelp(HelpForm):
    """None is needed now."""

    name, title, done = "no-help", lazy("Not needed now"), lazy("Recorded.")

    def do(self, by: Actor, now: datetime) -> None:
        """The question goes."""
        encounters.pass_help(self.subject, by=by, now=now)


class Judge(HelpForm):
    """Whether somebody appears a risk: a person says so, and nothing is chosen beforehand (L3)."""

    name, title, done = "judge", lazy("Mark"), lazy("Recorded.")
    appears = forms.ChoiceField(choices=[(a, a) for a in APPEARS])
    key = forms.CharField(required=False, max_length=60)

    def do(self, by: Actor, now: datetime) -> None:
        """“Appears” calls for help at once unless such a call is open here, “cannot tell” the manager (L3b, L3-out)."""
        appears, place = self.cleaned_data["appears"], by.place or ""
        urgency = "help" if appears == "appears" else "manager"
        if appears != "does_not_appear" and in_encounters.open_call(self.visit.site, place, urgency) is None:
            alarm = calling.press(by, self.desk, self.cleaned_data["key"], {"urgency": urgency, "source": "button"})
            encounters.ask_help(self.subject, alarm.source, alarm.id, by=by, now=now)
        encounters.judge_risk(self.subject, self.visit.site, appears, by=by, now=now)


class TickStep(HelpForm):
    """A step of a card was taken."""

    name, move, title, done = "tick", "", lazy("Done"), lazy("Recorded.")
    card = forms.CharField(max_length=60)
    step = forms.CharField(max_length=60)
    outcome = forms.CharField(max_length=40, error_messages={"required": lazy("Choose one.")})

    def do(self, by: Actor, now: datetime) -> None:
        """An addition."""
        said = self.cleaned_data
        step = (said["card"], said["step"], said["outcome"])
        encounters.tick_step(self.subject, self.visit.site, step, by=by, now=now)


class ThreeRs(HelpForm):
    """Recognition, recovery, restitution (L3a-ii)."""

    name, move, title, done = "repair", "", lazy("Record"), lazy("Recorded.")
    which = forms.ChoiceField(label=lazy("What"))
    outcome = forms.ChoiceField(label=lazy("Outcome"))
    fix = text_field(lazy("What is done to put it right"))
    until = forms.TimeField(
        label=lazy("By when, today"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The organisation's words; what it has not yet confirmed is marked so."""
        form = choices["encounter"]
        mark = _("%s (to be confirmed by the organisation)")
        labels = [(r.id, r.label if r.confirmed else mark % r.label) for r in form.three_rs]
        self._offer("which", [CHOOSE, *labels])
        self._offer("outcome", [CHOOSE, *((o.id, o.label) for o in form.three_rs_outcomes)])

    def do(self, by: Actor, now: datetime) -> None:
        """A fix without a time is refused."""
        said = self.cleaned_data
        repair = Repair(said["which"], said["outcome"], said["fix"], today_at(said["until"], now))
        encounters.record_repair(self.subject, self.visit.site, repair, by=by, now=now)


class Support(HelpForm):
    """Somebody from outside was called (E6d)."""

    name, move, title, done = "support", "", lazy("Called from outside"), lazy("Recorded.")
    service = forms.ChoiceField(label=lazy("Whom"))
    reference = line_field(lazy("Their reference"), longest=60)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The kinds of the protocol; family has rules of its own and comes with the contact list."""
        kinds = choices["outside_support"].kinds
        self._offer("service", [CHOOSE, *((k.id, k.label) for k in kinds if not k.family)])

    def do(self, by: Actor, now: datetime) -> None:
        """Called now."""
        said = self.cleaned_data
        encounters.log_support(
            self.subject, self.visit.site, said["service"], reference=said["reference"], by=by, now=now
        )


class SupportAnswer(HelpForm):
    """What became of it."""

    name, move, title, done = "support-answer", "", lazy("Record"), lazy("Recorded.")
    call = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=lazy("Outcome"), required=False)
    reference = line_field(lazy("Their reference"), longest=60)
    arrived = forms.BooleanField(label=lazy("They are here"), required=False)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The outcomes of the protocol."""
        self._offer("outcome", [CHOOSE, *((o.id, o.label) for o in choices["outside_support"].outcomes)])

    def do(self, by: Actor, now: datetime) -> None:
        """Add it."""
        said = dict(self.cleaned_data)
        encounters.answer_support(said.pop("call"), self.subject, **said, by=by, now=now)


HELP_FORMS: dict[str, type[HelpForm]] = {
    form.name: form for form in (CallForHelp, Rang, Shown, NoHelp, Judge, TickStep, ThreeRs, Support, SupportAnswer)
}
"""What the help panel offers, by the last part of its address."""

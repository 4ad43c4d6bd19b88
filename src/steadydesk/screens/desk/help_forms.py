"""What can be done about a visit that needs help. These stand in panels of their own, not in the list of actions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.contacts import queries as contacts
from steadydesk.contacts.models import Contact
from steadydesk.encounters import actions as encounters
from steadydesk.encounters import queries as in_encounters
from steadydesk.encounters.rules import APPEARS, Repair, Support
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid
from steadydesk.screens.desk import calling
from steadydesk.screens.desk.entering import CHOOSE, line_field, text_field, today_at
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.visits import actions as visits
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

    name, title, done, presses = "call-help", lazy("Call"), lazy("Sent."), True
    kind = forms.CharField(required=False)
    urgency = forms.CharField(required=False)
    to = forms.CharField(required=False)
    source = forms.CharField(required=False)
    about = forms.CharField(required=False)
    key = forms.CharField(required=False, max_length=60)

    def do(self, by: Actor, now: datetime) -> None:
        """The call goes out first; that it was asked for is kept after it."""
        said = self.cleaned_data
        alarm = calling.press(by, self.desk, said["key"], {**said, "source": said["source"] or "button"})
        if in_encounters.encounter(self.subject) is not None:
            encounters.ask_help(self.subject, alarm.source, alarm.id, by=by, now=now)
        else:
            encounters.record_call(self.subject, self.visit.site, alarm.source, alarm.id, by=by, now=now)


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

    name, title, done, presses = "judge", lazy("Mark"), lazy("Recorded."), True
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


class CallOutside(HelpForm):
    """Somebody from outside was called: each call, and each failure to reach somebody (L3a-iii(1), E6d)."""

    name, move, title, done = "support", "", lazy("Called from outside"), lazy("Recorded.")
    whom = forms.ChoiceField(label=lazy("Whom"))
    outcome = forms.ChoiceField(label=lazy("Outcome"), required=False)
    reference = line_field(lazy("Their reference"), longest=60)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The kinds of the protocol, each with the contacts of the site's list; a family has rules of its own."""
        form, known = choices["outside_support"], contacts.contacts(self.visit.site)
        kinds = [k for k in form.kinds if not k.family]
        lists = {k.id: [(f"{k.id}:{c.pk}", _contact(c)) for c in known if c.kind == k.id] for k in kinds}
        other = _("%s, not from the list")
        groups = [(k.label, [*lists[k.id], (f"{k.id}:", other % k.label)]) for k in kinds]
        self._offer("whom", [CHOOSE, *groups])
        self._offer("outcome", [("", _("Not known yet")), *((o.id, o.label) for o in form.outcomes)])

    def do(self, by: Actor, now: datetime) -> None:
        """Called now."""
        said = self.cleaned_data
        service, _colon, contact = said["whom"].partition(":")
        call = Support(service, int(contact) if contact else None, said["outcome"], said["reference"])
        visits.call_outside(self.visit.pk, call, by=by, now=now)


def _contact(contact: Contact) -> str:
    return ", ".join(filter(None, (contact.name, contact.phone, contact.reached)))


class CallFamily(HelpForm):
    """Somebody of the family: only whom the customer names now, or for danger to life (L3a-iii(2))."""

    name, move, title, done = "family", "", lazy("Called the family"), lazy("Recorded.")
    basis = forms.ChoiceField(
        label=lazy("By what right"),
        widget=forms.RadioSelect,
        choices=[
            ("named_now", lazy("The customer names them now")),
            ("danger_to_life", lazy("A life depends on it")),
        ],
    )
    family = line_field(lazy("Who, and by what number"))
    why = text_field(lazy("Why a life depends on it"))
    said = text_field(lazy("What was said"))
    outcome = forms.ChoiceField(label=lazy("Outcome"), required=False)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The outcomes of the protocol."""
        form = choices["outside_support"]
        self.kind = next((k.id for k in form.kinds if k.family), "")
        self._offer("outcome", [CHOOSE, *((o.id, o.label) for o in form.outcomes)])

    def do(self, by: Actor, now: datetime) -> None:
        """Called now."""
        said = dict(self.cleaned_data)
        call = Support(self.kind, whom=said.pop("family"), **said)
        visits.call_outside(self.visit.pk, call, by=by, now=now)

    def take_faults(self, error: Invalid) -> None:
        """The action's own word for whom."""
        super().take_faults(Invalid([replace(f, field="family") if f.field == "whom" else f for f in error.faults]))


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
    form.name: form
    for form in (CallForHelp, Rang, Shown, NoHelp, Judge, TickStep, ThreeRs, CallOutside, CallFamily, SupportAnswer)
}
"""What the help panel offers, by the last part of its address."""

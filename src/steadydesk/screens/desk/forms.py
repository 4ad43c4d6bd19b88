"""What can be typed about a visit. A form knows the action that it feeds; what is wrong with it is decided there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.people import queries as people
from steadydesk.screens.desk import words
from steadydesk.screens.desk.asking_forms import ON_THE_LIST, AskHelp
from steadydesk.screens.desk.company_forms import COMPANY_FORMS, Pressed
from steadydesk.screens.desk.entering import CHOOSE, line_field, text_field, wait_choices
from steadydesk.screens.desk.expected_forms import EXPECTED_FORMS
from steadydesk.screens.desk.help_forms import HELP_FORMS
from steadydesk.screens.desk.interpreter_forms import INTERPRETER_FORMS
from steadydesk.screens.desk.private_forms import PRIVATE_FORMS
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.visits import actions
from steadydesk.visits.models import Visit
from steadydesk.visits.rules import CannotBeMet


class Plain(VisitForm):
    """An action that needs no words."""

    def act(self, by: Actor, now: datetime) -> Visit:
        """Call the action of the same name."""
        return PLAIN[self.name](self.visit.pk, by=by, now=now)


class Call(Plain):
    """Call the customer to this desk."""

    name, move, title, done = "call", "call", lazy("Call"), lazy("Called.")


class CallBefore(VisitForm):
    """Call somebody before others who have waited longer, and say why."""

    name, move, title, done = "call-before", "call", lazy("Call before the others"), lazy("Called.")
    reason = line_field(lazy("Why before those who have waited longer"))

    def act(self, by: Actor, now: datetime) -> Visit:
        """The reason is kept."""
        if not self.cleaned_data["reason"]:
            raise Invalid.one("reason", _("Say why they are called before the others."))
        return actions.call(self.visit.pk, reason=self.cleaned_data["reason"], by=by, now=now)


class Undo(Plain):
    """The last press was a mistake."""

    name, move, title, done = "undo", "", lazy("Undo"), lazy("Undone: as if it had not been pressed.")


class Finish(Plain):
    """Dealt with."""

    name, move, title, done = "finish", "finish", lazy("Finish"), lazy("Finished.")


class Leave(Plain):
    """Gone."""

    name, move, title, done = "leave", "leave", lazy("Left"), lazy("Recorded: went away.")


class NoShow(Plain):
    """Called in vain."""

    name, move, title, done = "no-show", "no-show", lazy("Not here"), lazy("Recorded: did not come.")


class BackIn(Plain):
    """In again, at the old place."""

    name, move, title, done = "reinstate", "reinstate", lazy("Back in"), lazy("Back in at the old place.")


class GetHelp(Plain):
    """The interaction needs help; help is offered first."""

    name, title, done = "problem", lazy("Get help"), lazy("Recorded.")


class Agree(Plain):
    """Take the customer on."""

    name, move, title, done = "agree", "accept", lazy("Take them on"), lazy("You have taken this customer on.")


class TakeBack(Plain):
    """Wait for the answer no longer."""

    name, move, title = "take-back", "decline", lazy("Take the request back")
    done = lazy("Nobody is asked any more.")


PRESSES = (Plain, Pressed)
"""What is done in one press."""
PLAIN: dict[str, Any] = {
    "call": actions.call,
    "undo": actions.undo,
    "finish": actions.finish,
    "leave": actions.leave,
    "no-show": actions.no_show,
    "reinstate": actions.reinstate,
    "problem": actions.mark_problem,
    "agree": actions.agree,
    "take-back": actions.take_back,
}


class Attend(VisitForm):
    """Begin to deal with the customer; each channel is a button of its own."""

    name, move, title, done = "attend", "attend", lazy("Attend"), lazy("With you now.")
    channel = forms.ChoiceField(label=lazy("How"), required=True)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The channels in the organisation's words."""
        self._offer("channel", list(choices["channels"].items()))

    def act(self, by: Actor, now: datetime) -> Visit:
        """Stops the clock."""
        return actions.attend(self.visit.pk, channel=self.cleaned_data["channel"], by=by, now=now)


class Refer(VisitForm):
    """Ask a team or a person to take the customer on."""

    name, move, title, done = "refer", "refer", lazy("Refer"), lazy("Asked.")
    to = forms.ChoiceField(label=lazy("To whom"), required=True)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Teams, and everybody with a post in one."""
        teams = people.teams_at(self.visit.site)
        rota = {True: _("%s (duty rota)"), False: _("%s (has to agree)")}
        listed = people.designated(self.visit.site, self.visit.service, self.visit.team)
        there = people.available(self.visit.site, clock.now())
        names = {m.ref: m.name if m.person in there else _("%s (not here now)") % m.name for m in listed}
        self._offer(
            "to",
            [
                CHOOSE,
                (_("Team"), [(f"team:{t.pk}", rota[t.runs_duty_rota] % t.name) for t in teams]),
                (_("Person"), [(f"person:{id}", name) for id, name in names.items()]),
            ],
        )

    def act(self, by: Actor, now: datetime) -> Visit:
        """Ask them."""
        kind, _colon, id = self.cleaned_data["to"].partition(":")
        return actions.refer(self.visit.pk, **{kind: id}, by=by, now=now)

    def take_faults(self, error: Invalid) -> None:
        """A person and a team are chosen in one list."""
        super().take_faults(Invalid([replace(f, field="to") for f in error.faults]))


class Decline(VisitForm):
    """Say no to a referral, why, and what is offered instead. Nothing is chosen beforehand."""

    name, move, title, done = "decline", "decline", lazy("Do not take them on"), lazy("Declined.")
    reason = text_field(lazy("Why"))
    offered = forms.MultipleChoiceField(
        label=lazy("Offered instead"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other = line_field(lazy("Something else that was offered"))
    nothing = forms.BooleanField(label=lazy("Nothing is offered instead"), required=False)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """What a team can do for a customer whom it does not take on, in the organisation's words."""
        self._offer("offered", [(c.id, c.label) for c in choices["help"].options])

    def act(self, by: Actor, now: datetime) -> Visit:
        """The customer keeps their place."""
        said = self.cleaned_data
        offered = [*said["offered"], *filter(None, [said["other"].strip()])]
        if bool(offered) == said["nothing"]:
            raise Invalid.one("offered", _("Say what is offered instead, or that nothing is."))
        return actions.decline(self.visit.pk, reason=said["reason"], offered=offered, by=by, now=now)


class CannotMeet(VisitForm):
    """The need cannot be met now. Nothing is chosen beforehand."""

    name, move, title, done = "cannot-meet", "cannot-meet", lazy("Cannot meet"), lazy("Recorded.")
    reason = forms.ChoiceField(label=lazy("Reason that was given"), required=False)
    other = line_field(lazy("In other words"))
    alternatives = forms.MultipleChoiceField(
        label=lazy("Alternatives that were named"), required=False, widget=forms.CheckboxSelectMultiple
    )
    none_suitable = forms.BooleanField(required=False)
    told = forms.BooleanField(label=lazy("I have told the customer, and why"), required=False)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The organisation's own reasons and alternatives."""
        self._offer("reason", [CHOOSE, *((c.id, c.label) for c in choices["reasons"])])
        self._offer("alternatives", [(c.id, c.label) for c in choices["alternatives"]])
        self.fields["none_suitable"].label = choices["none_suitable"]

    def act(self, by: Actor, now: datetime) -> Visit:
        """Closes the visit."""
        return actions.cannot_meet(self.visit.pk, self._said(), by=by, now=now)

    def faults(self) -> list[FieldFault]:
        """What the rule finds, while it is not yet known who says it."""
        return [FieldFault(name, fault) for name, fault in self._said().faults().items() if fault]

    def _said(self) -> CannotBeMet:
        said = self.cleaned_data
        return CannotBeMet(
            reason=said["other"].strip() or said["reason"],
            alternatives=tuple(said["alternatives"]),
            none_suitable=said["none_suitable"],
            told=said["told"],
        )


class Tell(VisitForm):
    """The customer was told how long it will take."""

    name, title, done = "tell", lazy("Told the wait"), lazy("Recorded: told.")
    wait = forms.ChoiceField(label=lazy("How long"), required=False)
    why = forms.ChoiceField(label=lazy("Reason that was given"), required=False)
    through = line_field(lazy("Through (interpreter, relay)"))
    note = text_field(lazy("Note"))

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """A wait is a promise with a clock of its own; none need be given."""
        self._offer("wait", wait_choices())
        self._offer("why", [("", _("No reason was given")), *((c.id, c.label) for c in choices["wait_reasons"])])

    def act(self, by: Actor, now: datetime) -> Visit:
        """Answers the prompt as well."""
        return actions.tell(self.visit.pk, **self.cleaned_data, by=by, now=now)


class CannotInTime(VisitForm):
    """The service area cannot come in time: the customer is to be told."""

    name, title, done = "cannot-in-time", lazy("The team cannot come in time"), lazy("Now tell the customer.")
    reason = line_field(lazy("Why, in the team's words"))

    def act(self, by: Actor, now: datetime) -> Visit:
        """Prompts whoever sits at reception."""
        return actions.say_cannot_in_time(self.visit.pk, reason=self.cleaned_data["reason"], by=by, now=now)


class Mood(VisitForm):
    """How the customer seems; by marks alone where a customer may read along."""

    name, title, done = "mood", lazy("Mark"), lazy("Recorded.")
    mood = forms.ChoiceField(label=lazy("Mark"), required=True, widget=forms.RadioSelect)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Words on a staff-only screen, rings elsewhere."""
        labels = choices["moods"]
        self._offer("mood", [(m, words.mood_words(m, labels, staff_only=self.staff_only)) for m in labels])
        if self.staff_only:
            self.fields["mood"].label = _("Mood")
        self.initial["mood"] = self.visit.mood

    def act(self, by: Actor, now: datetime) -> Visit:
        """The place in the queue stays."""
        return actions.change_mood(self.visit.pk, self.cleaned_data["mood"], by=by, now=now)


class Note(VisitForm):
    """Words for the record."""

    name, move, title, done = "note", "", lazy("Note"), lazy("Noted.")
    text = text_field(lazy("Note"), rows=3)

    def act(self, by: Actor, now: datetime) -> Visit:
        """Stops no clock."""
        return actions.note(self.visit.pk, self.cleaned_data["text"], by=by, now=now)


class Correct(VisitForm):
    """Add what is right; what was recorded stays."""

    name, move, title, done = "correct", "", lazy("Correct"), lazy("Put right, with what it said before on record.")
    field = forms.ChoiceField(label=lazy("What was wrong"), required=True)
    value = line_field(lazy("What is right"))
    reason = text_field(lazy("Why it is corrected"))

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Every field that may be corrected, in words."""
        self._offer("field", [CHOOSE, *((f, words.field_words(f)) for f in actions.CORRECTABLE)])

    def act(self, by: Actor, now: datetime) -> Visit:
        """An addition to the record."""
        return actions.correct(self.visit.pk, **self.cleaned_data, by=by, now=now)


FORMS: dict[str, type[VisitForm]] = {
    form.name: form
    for form in (
        GetHelp, Undo, Call, Finish, Agree, BackIn, Leave, NoShow, Attend, CallBefore, Refer, CannotMeet, Tell,
        CannotInTime, Decline, TakeBack, Mood, Note, Correct,
    )
}  # fmt: skip
FORMS.update({AskHelp.name: AskHelp, **ON_THE_LIST, **HELP_FORMS})
FORMS.update(EXPECTED_FORMS)
FORMS.update({**COMPANY_FORMS, **INTERPRETER_FORMS, **PRIVATE_FORMS})
"""Every action on a visit by the last part of its address."""

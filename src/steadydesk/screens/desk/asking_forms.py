"""Asking the service area for help: the list that reception and the team answer together (E4b)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.people import queries as people
from steadydesk.screens.desk.entering import CHOOSE, line_field, text_field
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.sites import queries as sites
from steadydesk.visits import actions, help_requests
from steadydesk.visits.models import Visit


class AskHelp(VisitForm):
    """Ask the team what can be done."""

    name, title, done = "ask-help", lazy("Ask the team for help"), lazy("The team is asked.")
    team = forms.ChoiceField(label=lazy("Which team"), required=True)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The visit's own team comes first."""
        teams = sorted(people.teams_at(self.visit.site), key=lambda t: t.pk != self.visit.team)
        self._offer("team", [(t.pk, t.name) for t in teams])

    def act(self, by: Actor, now: datetime) -> Visit:
        """Opens the list."""
        return actions.ask_help(self.visit.pk, team=self.cleaned_data["team"], by=by, now=now)


class Mark(VisitForm):
    """What became of one option: each answer is a button of its own."""

    name, title, done, apart = "help-mark", lazy("Mark"), lazy("Recorded."), True
    option = forms.CharField(max_length=60)
    answer = forms.CharField(max_length=60)

    def act(self, by: Actor, now: datetime) -> Visit:
        """Both sides see it."""
        said = self.cleaned_data
        return actions.mark_option(self.visit.pk, said["option"], said["answer"], by=by, now=now)


class Say(VisitForm):
    """Words for the other side."""

    name, title, done, apart = "help-say", lazy("Send"), lazy("Sent."), True
    text = text_field(lazy("Write to the other side"), required=True)

    def act(self, by: Actor, now: datetime) -> Visit:
        """Read on both screens."""
        return actions.say(self.visit.pk, self.cleaned_data["text"], by=by, now=now)


class Ring(VisitForm):
    """Have somebody rung who speaks to the customer now."""

    name, title, done, apart = "help-ring", lazy("Ring them"), lazy("They are rung."), True
    person = forms.ChoiceField(label=lazy("Who is to speak by telephone now"), required=True)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The right person first, with their number."""
        now = clock.now()
        found = help_requests.asking(self.visit)
        able = help_requests.may_speak(self.visit, found.request.team, now) if found else []
        self._offer("person", [(one.ref, " ".join(filter(None, (one.name, one.phone)))) for one in able])

    def act(self, by: Actor, now: datetime) -> Visit:
        """By their telephone first."""
        return actions.ring_to_speak(self.visit.pk, self.cleaned_data["person"], by=by, now=now)


class Spoken(VisitForm):
    """Who spoke to the customer, and from where."""

    name, title, done, apart = "help-spoken", lazy("They spoke"), lazy("Recorded."), True
    person = forms.ChoiceField(label=lazy("Who spoke"), required=True)
    place = forms.ChoiceField(label=lazy("From which room"), required=False)
    phone = line_field(lazy("Or by which phone"), longest=40)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Everybody who works here, and every place."""
        staff = sorted(people.workers(self.visit.site), key=lambda one: one.name)
        self._offer("person", [CHOOSE, *((one.ref, one.name) for one in staff)])
        self._offer("place", [CHOOSE, *((p.id, p.name) for p in sites.places(self.visit.site))])

    def act(self, by: Actor, now: datetime) -> Visit:
        """The option counts as offered."""
        return actions.record_spoken(self.visit.pk, **self.cleaned_data, by=by, now=now)


class CloseHelp(VisitForm):
    """The list is done with."""

    name, title, done, apart = "help-close", lazy("Close the list"), lazy("Closed."), True

    def act(self, by: Actor, now: datetime) -> Visit:
        """Refused while an option has no answer."""
        return actions.close_help(self.visit.pk, by=by, now=now)


ON_THE_LIST: dict[str, type[VisitForm]] = {form.name: form for form in (Mark, Say, Ring, Spoken, CloseHelp)}
"""What can be done while a team is asked."""

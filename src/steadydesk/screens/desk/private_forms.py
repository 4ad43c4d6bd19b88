"""Who is kept private, for whom, and who is not to meet whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor
from steadydesk.people import queries as people
from steadydesk.screens.desk.company_forms import Pressed
from steadydesk.screens.desk.entering import CHOOSE
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.visits import actions, apart, expected, private
from steadydesk.visits.here import rows
from steadydesk.visits.models import Visit


def _is_to_come(visit: Visit) -> bool:
    """Whether they are here, or will be at a time that they were given."""
    if visit.ended_at is None:
        return True
    given = expected.of_visit(visit)
    return given is not None and given.state == "open"


class KeepPrivate(VisitForm):
    """Ticket only, but for those who are ticked."""

    name, title, done, move = "private", lazy("Keep private"), lazy("Kept private."), "keep-private"
    suits = staticmethod(_is_to_come)
    named = forms.MultipleChoiceField(
        label=lazy("Who may read who it is"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Everybody who works here; ticked are those who may read it now."""
        waiting = documents.version(self.visit.document, self.visit.version).protocol.waiting
        self.say = waiting.private_wording or ""
        self._offer("named", [(str(c.person), c.name) for c in people.workers(self.visit.site)])
        self.initial["named"] = [str(person) for person in private.named(self.visit)]

    def act(self, by: Actor, now: datetime) -> Visit:
        """Whoever says so first is one of them."""
        named = [int(id) for id in self.cleaned_data["named"]]
        return actions.keep_private(self.visit.pk, named, by=by, now=now)


class NotPrivate(Pressed):
    """It need not be so any more."""

    name, title, done, move = "not-private", lazy("Not private any more"), lazy("Recorded."), "keep-private"
    press = staticmethod(actions.end_private)
    suits = staticmethod(lambda visit: visit.private and _is_to_come(visit))


class KeepApart(VisitForm):
    """Another who is here is not to meet them. Nothing asks why."""

    name, title, done = "apart", lazy("Keep apart from"), lazy("A word comes before both are called close by.")
    other = forms.ChoiceField(label=lazy("Ticket"), required=True)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Everybody else who is here, by ticket alone."""
        there = {v.pk for v in apart.of_visits([self.visit.pk]).get(self.visit.pk, [])} | {self.visit.pk}
        others = [v for v in rows(self.visit.site) if v.visit.pk not in there]
        self._offer("other", [CHOOSE, *((str(row.visit.pk), row.visit.ref) for row in others)])

    def act(self, by: Actor, now: datetime) -> Visit:
        """A mark on both."""
        return actions.keep_apart(self.visit.pk, int(self.cleaned_data["other"]), by=by, now=now)


class EndApart(VisitForm):
    """They may meet."""

    name, title, done = "apart-end", lazy("Need not be kept apart from"), lazy("Taken back.")
    other = forms.ChoiceField(label=lazy("Ticket"), required=True)
    suits = staticmethod(lambda visit: bool(apart.of_visits([visit.pk])))

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Those whom they are kept apart from."""
        others = apart.of_visits([self.visit.pk]).get(self.visit.pk, [])
        self._offer("other", [CHOOSE, *((str(v.pk), v.ref) for v in others)])

    def act(self, by: Actor, now: datetime) -> Visit:
        """The marks go."""
        return actions.end_apart(self.visit.pk, int(self.cleaned_data["other"]), by=by, now=now)


class CallAnyway(Pressed):
    """To be called all the same."""

    name, move, title, done = "call-anyway", "call", lazy("Call all the same"), lazy("Called.")
    suits = staticmethod(lambda visit: apart.in_the_way(visit, "") is not None)

    def act(self, by: Actor, now: datetime) -> Visit:
        """The desk has read whom they may meet."""
        return actions.call(self.visit.pk, anyway=True, by=by, now=now)


PRIVATE_FORMS: dict[str, type[VisitForm]] = {
    form.name: form for form in (CallAnyway, KeepPrivate, NotPrivate, KeepApart, EndApart)
}

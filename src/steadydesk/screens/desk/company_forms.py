"""Who came along, who waits elsewhere, and where the customer is taken to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor
from steadydesk.screens.desk.entering import text_field
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.visits import actions, apart, company, taking
from steadydesk.visits.models import Visit
from steadydesk.visits.rules import MOST_COMPANIONS


def count_field(label: Any) -> forms.IntegerField:
    """How many people; a blank is none."""
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_COMPANIONS)


class Others(VisitForm):
    """Companions above the limit were asked to wait elsewhere, in the protocol's words."""

    name, title, done = "others", lazy("Others wait elsewhere"), lazy("Recorded.")
    asked = count_field(lazy("How many were asked"))
    where = forms.ChoiceField(label=lazy("Where they went"), required=False, widget=forms.RadioSelect)
    suits = staticmethod(lambda visit: "wording" in company.to_say(visit))

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """The places of the protocol; nothing is chosen beforehand, but what was said before."""
        said = company.to_say(self.visit)
        protocol = documents.version(self.visit.document, self.visit.version).protocol
        self._offer("where", [(c.id, c.label) for c in protocol.companions.where_the_others_go])
        self.say, self.say_also = said.get("wording") or "", said.get("child_rule", "")
        found = said["company"]
        self.initial.update(asked=found.asked or found.surplus, where=found.where)

    def act(self, by: Actor, now: datetime) -> Visit:
        """Said anew, it replaces what was said before."""
        said = self.cleaned_data
        return actions.ask_others(self.visit.pk, said["asked"] or 0, said["where"], by=by, now=now)


class Companions(VisitForm):
    """More came along, or some went."""

    name, title, done = "companions", lazy("Others with them"), lazy("Recorded.")
    companions = count_field(lazy("Friends and family"))
    not_counted = count_field(lazy("Not counted"))

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """As it stands now."""
        protocol = documents.version(self.visit.document, self.visit.version).protocol
        self.fields["not_counted"].help_text = ", ".join(protocol.companions.never_counted)
        self.initial.update(companions=self.visit.companions, not_counted=self.visit.not_counted)

    def act(self, by: Actor, now: datetime) -> Visit:
        """The desk is asked anew when they are more than may come in."""
        said = self.cleaned_data
        return actions.count_companions(
            self.visit.pk, said["companions"] or 0, said["not_counted"] or 0, by=by, now=now
        )


class TakeTo(VisitForm):
    """To a room or a desk."""

    name, title, done = "take-to", lazy("Take to a place"), lazy("Recorded.")
    place = forms.ChoiceField(label=lazy("Where to"), required=False)
    reason = text_field(lazy("A manager's reason, where more come along than a room is for"))
    anyway = forms.BooleanField(label=lazy("Also where they may meet whom they are kept apart from"), required=False)

    def prepare(self, choices: Mapping[str, Any]) -> None:
        """Rooms and desks of the site. A reason is asked for only where one is needed."""
        spots = [(spot.id, spot.name) for spot in taking.places(self.visit.site)]
        self._offer("place", [("", _("Where people wait")), *spots])
        self.initial["place"] = self.visit.place
        if not company.of_visit(self.visit).above:
            del self.fields["reason"]
        if not apart.of_visits([self.visit.pk]):
            del self.fields["anyway"]

    def act(self, by: Actor, now: datetime) -> Visit:
        """Refused above the limit, unless a manager says why."""
        said = self.cleaned_data
        how = {"reason": said.get("reason", ""), "anyway": said.get("anyway", False)}
        return actions.take_to(self.visit.pk, said["place"], **how, by=by, now=now)


class Pressed(VisitForm):
    """Needs no words: one press."""

    press: ClassVar[Any]

    def act(self, by: Actor, now: datetime) -> Visit:
        """Call the action."""
        return type(self).press(self.visit.pk, by=by, now=now)


class OthersUndo(Pressed):
    """Nobody was asked after all."""

    name, title, done = "others-undo", lazy("Nobody was asked to wait elsewhere"), lazy("Taken back.")
    press = staticmethod(actions.unask_others)
    suits = staticmethod(lambda visit: visit.others_asked > 0)


def _untold(visit: Visit) -> bool:
    return visit.policy_told_at is None and bool(company.to_say(visit).get("advice"))


class TellPolicy(Pressed):
    """The customer was told who may come along."""

    name, title, done = "tell-policy", lazy("Told who may come along"), lazy("Recorded: told.")
    press = staticmethod(actions.tell_policy)
    suits = staticmethod(_untold)


COMPANY_FORMS: dict[str, type[VisitForm]] = {
    form.name: form for form in (Others, OthersUndo, TellPolicy, TakeTo, Companions)
}

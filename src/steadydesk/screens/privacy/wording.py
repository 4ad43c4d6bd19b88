"""One typed text: withdrawn or erased, with a reason that is chosen."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.journal.models import Words
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import queries as people
from steadydesk.privacy import actions
from steadydesk.screens.privacy import words as labels
from steadydesk.screens.privacy.forms import Reason
from steadydesk.screens.response.page import page, show

ACTS = {"withdraw": actions.take_words_back, "erase": actions.erase_words}


@page()
def words(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """The text, and what may be done about it by whoever looks."""
    row = actions.words_for(id, by)
    verbs = verbs_for(row, by)
    if not verbs:
        raise NotFound(_("These words are gone, or are not yours to withdraw."))
    form, verb = Reason(request.POST or None), request.POST.get("do", "")
    if request.method == "POST" and form.is_valid() and verb in verbs:
        try:
            ACTS[verb](id, form.cleaned_data["reason"], by=by, now=clock.now())
        except Invalid as error:
            form.take_faults(error)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            said = _("The words are withdrawn.") if verb == "withdraw" else _("The words are gone for good.")
            messages.success(request, said)
            return redirect(_back(row, by))
    actions.note_view(row.subject, "words", by=by, now=clock.now())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    who = people.actor_names([row.by]).get(row.by, "")
    kind = labels.KINDS.get(row.retention, row.retention)
    return show(request, by, "privacy/words.html", status, words=row, who=who, kind=kind, form=form, verbs=verbs)


def verbs_for(row: Words, by: Actor) -> list[str]:
    """What this person may do with the text: one's own may always be withdrawn."""
    mine = row.by == by.ref or by.may(Permission.WORDS_WITHDRAW, row.site or None)
    can = ["withdraw"] if mine and row.withdrawn_at is None else []
    return [*can, "erase"] if by.may(Permission.WORDS_ERASE, row.site or None) else can


def _back(row: Words, by: Actor) -> str:
    """To the page that shows the text."""
    noun, _colon, id = row.subject.partition(":")
    if by.may(Permission.PERSON_FIND):
        return f"/privacy/records/{row.subject}" if noun in ("visit", "alarm", "expected", "paper-call") else "/privacy"
    pages = {"visit": f"/visits/{id}", "alarm": f"/alarms/{id}", "expected": f"/expected/{id}", "paper-call": "/paper"}
    return pages.get(noun, "/")

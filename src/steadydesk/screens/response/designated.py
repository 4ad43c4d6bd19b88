"""To whom customers are referred: the designated lists of a site, for those who manage it (E3b)."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.people import queries as people
from steadydesk.screens.desk.entering import CHOOSE, Typed
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites.models import Site
from steadydesk.visits import designating

NEEDS = Permission.PRESENCE_SET


class DesignateForm(Typed):
    """Who is to have the customers who come for what."""

    word = forms.ChoiceField(label=lazy("Customers who come for"), required=False)
    person = forms.ChoiceField(label=lazy("are referred to"), required=False)

    FIELDS = {"for": "word"}

    def __init__(self, site: str, lists: list[designating.Listed], data: Any = None) -> None:
        super().__init__(data, auto_id="designate_%s")
        workers = sorted(((str(c.person), c.name) for c in people.workers(site)), key=lambda c: c[1].casefold())
        for name, offered in (("word", [(one.word, one.label) for one in lists]), ("person", workers)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [CHOOSE, *offered]


@page(NEEDS)
def designated(request: HttpRequest, by: Actor) -> HttpResponse:
    """The lists, and a form for one more line."""
    site = choose_site(request, by, NEEDS)
    form = DesignateForm(site.pk, designating.lists(site.pk), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        person = int(said["person"]) if said["person"] else None
        try:
            designating.designate(site.pk, said["word"], person, by=by, now=clock.now())
        except Invalid as error:
            for fault in error.faults:
                form.add_error(form.FIELDS.get(fault.field, fault.field), fault.reason)
        else:
            messages.success(request, _("They are on the list from now on."))
            return redirect(f"{request.path}?site={site.pk}")
    return _draw(request, by, site, form)


@page(NEEDS)
def take_off(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """One line goes."""
    site = designating.take_off(id, by=by, now=clock.now())
    messages.success(request, _("Taken off the list."))
    return redirect(f"/manage/designated?site={site}")


def _draw(request: HttpRequest, by: Actor, site: Site, form: DesignateForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    lists = designating.lists(site.pk)
    return show(request, by, "response/designated.html", status, site=site, form=form, lists=lists)

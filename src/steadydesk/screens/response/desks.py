"""The manager's page of desks: which were started and used, who is there, day passes; and codes for new ones."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.delivery import actions as delivery
from steadydesk.desks import actions, queries
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.people import devices
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites.models import Site


class PassForm(forms.Form):
    """A day pass: a name and a desk are enough."""

    name = forms.CharField(
        label=lazy("Name"), max_length=120, help_text=lazy("Colleagues see it; so do customers who read the desk")
    )
    device = forms.ChoiceField(label=lazy("Desk"))
    ends = forms.TimeField(
        label=lazy("Until"),
        required=False,
        help_text=lazy("Leave it empty for closing time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    trained = forms.BooleanField(label=lazy("Trained for calls: may be told of one"), required=False)

    def __init__(self, data: Any = None, *, desks: list[queries.Desk]) -> None:
        super().__init__(data, auto_id="pass_%s")
        field = self.fields["device"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *((str(d.device), d.place) for d in desks if d.worked_at)]

    def take_faults(self, error: Invalid) -> None:
        """Each beside its field."""
        for fault in error.faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.reason)


@page(Permission.PRESENCE_SET)
def manage_desks(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every desk of the site, and the day passes that run."""
    site = choose_site(request, by, Permission.PRESENCE_SET)
    delivery.see_desks(site.pk, by=by, now=clock.now())
    return _show(request, by, site)


def _show(request: HttpRequest, by: Actor, site: Site, form: PassForm | None = None, status: int = 200) -> HttpResponse:
    every = queries.desks(site.pk)
    late = {d.device for d in queries.list_desks_not_started(site.pk, clock.now())}
    return show(
        request,
        by,
        "response/desks.html",
        status,
        site=site,
        rows=[(d, d.device in late) for d in every],
        late=len(late),
        passes=queries.passes(site.pk),
        form=form or PassForm(desks=every),
        makes_codes=by.may(Permission.TOKEN_CREATE, site.pk),
    )


@page(Permission.PRESENCE_SET)
def give_pass(request: HttpRequest, by: Actor) -> HttpResponse:
    """Give somebody a day pass; the PIN is shown once."""
    site, now = choose_site(request, by, Permission.PRESENCE_SET), clock.now()
    form = PassForm(request.POST, desks=queries.desks(site.pk))
    if form.is_valid():
        said = form.cleaned_data
        ends_at = _today(said["ends"], site, now)
        try:
            pin = actions.give_pass(
                said["name"], int(said["device"]), ends_at=ends_at, trained=said["trained"], by=by, now=now
            )
        except Invalid as error:
            form.take_faults(error)
        else:
            shown = _("{name} taps in with the PIN {pin} It is shown only now.")
            messages.success(request, format_html(shown, name=said["name"], pin=_large(pin)))
            return _back(site)
    return _show(request, by, site, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _today(at: Any, site: Site, now: datetime) -> datetime | None:
    zone = ZoneInfo(site.time_zone)
    return datetime.combine(now.astimezone(zone).date(), at, zone) if at else None


@page(Permission.PRESENCE_SET)
def end_pass(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """End a day pass before its time."""
    site = _site_of(request, by, [p.id for p in queries.passes(_asked(request, by).pk)], id)
    actions.revoke_pass(id, by=by, now=clock.now())
    messages.success(request, _("The day pass has ended."))
    return _back(site)


def _unlock(request: HttpRequest, by: Actor, device: int) -> None:
    actions.unlock_from_afar(device, by=by, now=clock.now())
    messages.success(request, _("It can be used again. Nobody is tapped in there now."))


def _make_code(request: HttpRequest, by: Actor, device: int) -> None:
    code = actions.make_code(device, by=by, now=clock.now())
    said = _("{place}: {code} Type it in at the desk within a quarter of an hour; it is shown only now.")
    messages.success(request, format_html(said, place=devices.one(device).place, code=_large(code)))


def _large(code: str) -> SafeString:
    """Read aloud across a room and typed in at another machine."""
    return format_html('<strong class="code">{}</strong>', code)


def _revoke(request: HttpRequest, by: Actor, device: int) -> None:
    devices.revoke_desk(device, by=by, now=clock.now())
    messages.success(request, _("No browser is this desk any more. A new code makes one."))


CHANGES: dict[str, Callable[[HttpRequest, Actor, int], None]] = {
    "unlock": _unlock,
    "code": _make_code,
    "revoke": _revoke,
}


@page(Permission.PRESENCE_SET)
def change_desk(request: HttpRequest, by: Actor, device: int) -> HttpResponse:
    """Unlock a desk; an administrator makes a code for it, or takes it away from every browser."""
    site = _site_of(request, by, [d.device for d in queries.desks(_asked(request, by).pk)], device)
    change = CHANGES.get(request.POST.get("do", ""))
    if change is None:
        raise Invalid.one("do", _("There is no such change."))
    change(request, by, device)
    return _back(site)


def _asked(request: HttpRequest, by: Actor) -> Site:
    return choose_site(request, by, Permission.PRESENCE_SET)


def _site_of(request: HttpRequest, by: Actor, known: list[int], id: int) -> Site:
    """The site that was asked for, when what is to be changed is there."""
    if id not in known:
        raise NotFound(_("There is no such thing at this site."))
    return _asked(request, by)


def _back(site: Site) -> HttpResponse:
    return redirect(f"/manage/desks?site={site.pk}")

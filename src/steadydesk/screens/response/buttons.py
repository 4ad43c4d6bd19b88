"""The page of worn and wall buttons: how each stands, who wears it, what was refused; and secrets for signing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steadydesk.buttons import actions, queries
from steadydesk.buttons.models import Button
from steadydesk.delivery import actions as delivery
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.people import queries as people
from steadydesk.screens.desk.stations import number
from steadydesk.screens.response import words
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites.models import Site

LOOK_BACK = timedelta(days=7)
PIECE = 8


@dataclass(frozen=True)
class Row:
    """A button with how it stands."""

    button: Button
    standing: Any
    well: bool
    on_trial: bool


@page(Permission.PRESENCE_SET)
def manage_buttons(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every button of the site, and what was lately not taken."""
    site, now = choose_site(request, by, Permission.PRESENCE_SET), clock.now()
    found = queries.buttons(site.pk)
    if by.person is not None:
        for button in found:
            delivery.mark_seen(f"button:{button.pk}", by.person, by=by, now=now)
    refused = queries.refused(found, now - LOOK_BACK)
    return show(
        request,
        by,
        "response/buttons.html",
        site=site,
        rows=[_row(b, now) for b in found],
        refused=[(r.at, r.device, words.REFUSED[r.reason]) for r in refused],
        people=sorted(people.workers(site.pk), key=lambda c: c.name),
        makes_secrets=by.may(Permission.TOKEN_CREATE),
    )


def _row(button: Button, now: datetime) -> Row:
    standing = queries.standing(button)
    return Row(button, words.BUTTONS[standing], standing == "heard", queries.is_on_trial(button, now))


def _assign(request: HttpRequest, by: Actor, button: int) -> None:
    person = number(request.POST.get("person"))
    actions.assign(button, person, by=by, now=clock.now())
    messages.success(request, _("Saved.") if person else _("Nobody wears it now."))


def _begin_trial(request: HttpRequest, by: Actor, button: int) -> None:
    actions.begin_trial(button, by=by, now=clock.now())
    messages.success(request, _("Press it within a minute: that calls nobody. The press after it calls."))


def _make_secret(request: HttpRequest, by: Actor, button: int) -> None:
    name = queries.button(button).name
    secret = actions.make_secret(button, by=by, now=clock.now())
    said = _("The secret of {name} is {secret} Set it in the device; it is shown only now.")
    messages.success(request, format_html(said, name=name, secret=_breakable(secret)))


def _breakable(secret: str) -> SafeString:
    """On a phone it goes over several lines; what is copied has no breaks."""
    pieces = ((secret[n : n + PIECE],) for n in range(0, len(secret), PIECE))
    return format_html("<code>{}</code>", format_html_join(mark_safe("<wbr>"), "{}", pieces))


def _retire(request: HttpRequest, by: Actor, button: int) -> None:
    actions.retire(button, by=by, now=clock.now())
    messages.success(request, _("It is used no longer; what it sends is refused."))


CHANGES: dict[str, Callable[[HttpRequest, Actor, int], None]] = {
    "assign": _assign,
    "test": _begin_trial,
    "secret": _make_secret,
    "retire": _retire,
}


@page(Permission.PRESENCE_SET)
def change_button(request: HttpRequest, by: Actor, button: int) -> HttpResponse:
    """Say who wears it; an administrator makes a secret for it, or retires it."""
    site = _site_of(request, by, button)
    change = CHANGES.get(request.POST.get("do", ""))
    if change is None:
        raise Invalid.one("do", _("There is no such change."))
    change(request, by, button)
    return redirect(f"/manage/buttons?site={site.pk}")


def _site_of(request: HttpRequest, by: Actor, button: int) -> Site:
    """The site that was asked for, when the button is there."""
    site = choose_site(request, by, Permission.PRESENCE_SET)
    if queries.button(button).site_id != site.pk:
        raise NotFound(_("There is no such thing at this site."))
    return site

"""One's own page: shift, duty phone, and the browsers and programs that are signed in as oneself."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.documents import reminders
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.pages.cookies import PERSON_COOKIE
from steadydesk.people import actions, factors, queries
from steadydesk.people import queries as people
from steadydesk.screens.opening import home
from steadydesk.screens.response import after, duty, sign_ins
from steadydesk.screens.response.page import counter, page, show
from steadydesk.training import queries as training


@page(hidden=False)
def me(request: HttpRequest, by: Actor) -> HttpResponse:
    """The page."""
    own = duty.of(by, home(by), clock.now())
    tokens = queries.tokens_of(int(by.id))
    here = actions.hash_token(request.COOKIES.get(PERSON_COOKIE, ""))
    known = in_desks.has_pin(int(by.id))
    second: dict[str, Any] = {"factors": factors.of(int(by.id)), "codes_left": len(factors.codes_left(int(by.id)))}
    found: dict[str, Any] = {"duty": own, "tokens": tokens, "languages": _offered(), "has_pin": known, "here": here}
    site = home(by)
    found["afterwards"] = after.waiting(site.pk, clock.now(), by, of=by.ref) if site and not counter(by) else []
    found["reviews"] = [] if counter(by) else reminders.waiting_for(int(by.id), clock.now())
    found["rehearsed"] = _rehearsed(int(by.id))
    return show(request, by, "response/me.html", back="me", history=sign_ins.of(by.ref), **second, **found)


def _rehearsed(person: int) -> list[tuple[date, str]]:
    """One's own rehearsals of the phrase, with whom."""
    rows = training.of_person(person)
    names = people.names(row.partner for row in rows)
    return [(row.held_on, names.get(row.partner, "")) for row in rows]


def _offered() -> list[tuple[str, str]]:
    """Each language by its own name; nothing while there is only one."""
    return list(settings.LANGUAGES) if len(settings.LANGUAGES) > 1 else []


@page(hidden=False)
def choose_language(request: HttpRequest, by: Actor) -> HttpResponse:
    """The language of all pages from the next one on."""
    actions.choose_language(request.POST.get("language", ""), by=by, now=clock.now())
    return redirect("me")


@page(hidden=False)
def revoke(request: HttpRequest, by: Actor, token: int) -> HttpResponse:
    """End one of one's own credentials."""
    if all(t.pk != token for t in queries.tokens_of(int(by.id))):
        raise NotFound(_("There is no such token, or it was revoked before."))
    actions.revoke_token(token, by=by, now=clock.now())
    messages.success(request, _("It is signed out from now on."))
    return redirect("me")


@page(hidden=False)
def sign_out_everywhere(request: HttpRequest, by: Actor) -> HttpResponse:
    """End every browser of one's own, this one too."""
    actions.sign_out_everywhere(int(by.id), by=by, now=clock.now())
    return redirect("account_login")


@page(hidden=False)
def choose_pin(request: HttpRequest, by: Actor) -> HttpResponse:
    """The PIN by which one taps in at a desk."""
    new, again = (request.POST.get(name, "").strip() for name in ("new_pin", "again"))
    try:
        if new != again:
            raise Invalid.one("again", _("The two are not the same. Type the PIN twice."))
        desks.set_pin(int(by.id), new, by=by, now=clock.now())
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
    else:
        messages.success(request, _("You tap in with this PIN from now on."))
    return redirect("me")

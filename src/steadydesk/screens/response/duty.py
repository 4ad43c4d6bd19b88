"""Whether somebody can be reached: their shift, and the phone they carry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.buttons import actions as buttons
from steadydesk.buttons import queries as in_buttons
from steadydesk.buttons.models import Button
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import actions, queries
from steadydesk.screens.desk.stations import number
from steadydesk.screens.opening import home
from steadydesk.screens.response import words
from steadydesk.screens.response.page import page
from steadydesk.sites.models import Site

CHANGES: dict[str, Callable[..., None]] = {
    "start": actions.start_shift,
    "end": actions.end_shift,
    "absent": actions.mark_absent,
    "present": actions.mark_present,
}
WORN: dict[str, Callable[..., None]] = {
    "wear": buttons.confirm_worn,
    "lay-down": buttons.lay_down,
    "test": buttons.begin_trial,
}
BACK = ("respond", "me")


@dataclass(frozen=True)
class Worn:
    """A button that somebody wears."""

    button: Button
    confirmed: bool
    """Whether they said in this shift that they have it."""
    trouble: Any
    """Why it may not call; empty when nothing is known against it."""
    on_trial: bool


@dataclass(frozen=True)
class Duty:
    """One person's own state."""

    on_shift: bool
    works: bool
    """Whether they hold a role to work at the site; who helps out there is put on shift by a manager."""
    absent: bool
    phone_until: datetime | None
    """Until when the duty phone counts as answered; ``None`` when it does not now."""
    worn: tuple["Worn", ...] = ()
    """The buttons that are assigned to them."""


def of(by: Actor, site: Site | None, now: datetime) -> Duty:
    """The state of whoever looks."""
    person = int(by.id)
    here = queries.roll_call(site.pk, now) if site else []
    since = next((p.since for p in here if p.person == person), None)
    return Duty(
        on_shift=since is not None,
        works=site is not None and queries.works_for(person, site.pk),
        absent=person in set(queries.absent(now)),
        phone_until=_phone_until(person, site, now),
        worn=tuple(_worn(b, since, now) for b in in_buttons.worn_by(person)),
    )


def _phone_until(person: int, site: Site | None, now: datetime) -> datetime | None:
    at = queries.duty_phone_confirmed_at(person)
    terms = alarms.book().terms.get(site.pk) if site else None
    within = terms.duty_phone_confirmed_within if terms else timedelta(0)
    return at + within if at and at + within > now else None


def _worn(button: Button, since: datetime | None, now: datetime) -> Worn:
    standing = in_buttons.standing(button)
    trouble = "" if standing == "heard" else words.BUTTONS[standing]
    return Worn(button, _confirmed(button, since), trouble, in_buttons.is_on_trial(button, now))


def _confirmed(button: Button, since: datetime | None) -> bool:
    return since is None or (button.confirmed_at is not None and button.confirmed_at >= since)


@page(hidden=False)
def change(request: HttpRequest, by: Actor) -> HttpResponse:
    """Start or end one's own shift, go away and come back, say that the duty phone is answered or a button is worn."""
    what, now = request.POST.get("do", ""), clock.now()
    if what == "phone":
        actions.confirm_duty_phone(int(by.id), by=by, now=now)
        messages.success(request, _("Your phone counts as answered from now on."))
    elif what in WORN:
        WORN[what](number(request.POST.get("button")) or 0, by=by, now=now)
        tries = _("Press it within a minute: that calls nobody. The press after it calls.")
        messages.success(request, tries if what == "test" else _("Saved."))
    elif what in CHANGES:
        site = home(by)
        if site is None:
            raise Refusal("not_available", _("You belong to no site. Ask an administrator."))
        CHANGES[what](int(by.id), site.pk, by=by, now=now)
    else:
        raise Invalid.one("do", _("There is no such change."))
    back = request.POST.get("back")
    return redirect(back if back in BACK else "me")

"""How one is reached away from a screen: by which ways, in which order, and whether each was tried."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steadydesk.delivery import reached, rules, ways
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.screens.opening import home, local_time
from steadydesk.screens.response import words
from steadydesk.screens.response.browsers import push_part
from steadydesk.screens.response.page import page, show

NOT_WANTED: tuple[str, Promise] = ("", gettext_lazy("no place in the order"))
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class Ways(forms.Form):
    """A place in the order for each way, and the quiet hours."""

    quiet_begins = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=TIME)
    quiet_ends = forms.TimeField(label=gettext_lazy("Quiet until"), required=False, widget=TIME)

    def __init__(self, typed: Any, standings: list[reached.Standing], person: int) -> None:
        begins, ends = reached.quiet_hours(person) or (None, None)
        initial: dict[str, Any] = {s.channel: s.rank or "" for s in standings}
        super().__init__(typed, initial={**initial, "quiet_begins": begins, "quiet_ends": ends})
        places = [NOT_WANTED, *((n, str(n)) for n in range(1, len(standings) + 1))]
        ranks = {
            s.channel: forms.TypedChoiceField(
                label=words.CHANNELS[s.channel], choices=places, coerce=int, empty_value=None, required=False
            )
            for s in standings
        }
        self.fields = {**ranks, **self.fields}


@page()
def choose(request: HttpRequest, by: Actor) -> HttpResponse:
    """The page, and the choice made on it."""
    with local_time(home(by)):
        standings = reached.standings(int(by.id), clock.now())
        form = Ways(request.POST if request.method == "POST" else None, standings, int(by.id))
        if request.method == "POST" and form.is_valid() and _chosen(form, by):
            messages.success(request, _("You are reached this way from now on."))
            return redirect("me-reached")
        found = [(s, words.CHANNELS[s.channel], words.DELIVERIES.get(s.state, "")) for s in standings]
        return show(
            request,
            by,
            "response/reached.html",
            status=422 if form.errors else 200,
            form=form,
            ways=found,
            wait=int(rules.NEXT_WAY_AFTER.total_seconds()),
            chosen=any(s.rank for s in standings),
            kinds=sorted({_kind(*allowed) for allowed in settings.APPRISE}),
            service_given=reached.service_given(int(by.id)),
            **push_part(request, by),
        )


def _kind(scheme: str, server: str) -> str:
    return f"{scheme}://{server}" if server else scheme


def _chosen(form: Ways, by: Actor) -> bool:
    typed = dict(form.cleaned_data)
    quiet = (typed.pop("quiet_begins"), typed.pop("quiet_ends"))
    try:
        ways.choose_ways(typed, quiet, by=by, now=clock.now())
    except Invalid as error:
        for fault in error.faults:
            form.add_error(fault.field, str(fault.reason))
    return not form.errors


@page()
def trial(request: HttpRequest, by: Actor, channel: str, what: str) -> HttpResponse:
    """Send a trial by one way, or say that it came."""
    site = home(by)
    done: dict[str, tuple[Callable[[], None], str]] = {
        "test": (
            lambda: ways.try_way(channel, site.name if site else "", by=by, now=clock.now()),
            _("A test is on its way. Say here when it has come."),
        ),
        "came": (lambda: ways.confirm_way(channel, by=by, now=clock.now()), _("Tested: it reached you.")),
    }
    if what not in done:
        raise Invalid.one("what", _("There is no such change."))
    act, said = done[what]
    try:
        act()
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, said)
    return redirect("me-reached")

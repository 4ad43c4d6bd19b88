"""The public board: which tickets are called now, and words that promise only what is true (E2)."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.cookies import DESK_COOKIE, give
from steadydesk.pages.middleware import actor
from steadydesk.screens import opening
from steadydesk.screens.public.languages import in_each
from steadydesk.sites.models import Site
from steadydesk.visits.called import public_board

A_YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)


def _admit(request: HttpRequest) -> Actor:
    """A public board, or somebody at work who looks at what it shows."""
    by = actor(request)
    by.check(Permission.BOARD_READ)
    return by


@opening.opened_by(_admit)
def board(request: HttpRequest, by: Actor) -> HttpResponse:
    """The whole page, which then keeps itself up to date. The credential is given anew, so it never runs out."""
    site = _home(by)
    response = render(
        request, "public/board.html", {**_shown(site), "lost": _said(lambda: _("Please ask at the desk."))}
    )
    if by.board and DESK_COOKIE in request.COOKIES:
        give(response, DESK_COOKIE, request.COOKIES[DESK_COOKIE], lasts=A_YEAR)
    return response


@opening.opened_by(_admit)
def board_part(request: HttpRequest, by: Actor) -> HttpResponse:
    """The part that is fetched again every two seconds. A board has no stream: what staff are told it must not hear."""
    return render(request, "public/board_part.html", _shown(_home(by)))


def _home(by: Actor) -> Site:
    site = opening.home(by)
    if site is None:
        raise NotFound(_("There is no site yet. Set one up first."))
    by.check(Permission.BOARD_READ, site.pk)
    return site


def _shown(site: Site) -> dict[str, Any]:
    is_open = site.state == "open"
    return {
        "site": site,
        "is_open": is_open,
        "calls": public_board(site.pk) if is_open else [],
        "headings": _said(lambda: _("Now")),
        "to": _("to"),
        "lines": _said(lambda: _promise(site)) if is_open else _said(lambda: _not_open(site.state)),
        "now": clock.now(),
    }


def _said(sentence: Any) -> list[dict[str, Any]]:
    """The same in each language, without what is alike in several."""
    found: dict[str, dict[str, Any]] = {}
    for code, _name, right_to_left in in_each():
        found.setdefault(str(sentence()), {"code": code, "rtl": right_to_left})
    return [{"text": text, **said} for text, said in found.items()]


def _promise(site: Site) -> str:
    """What is tried, never what nobody can know; and how somebody who cannot hear or see a call is reached."""
    come = _("If you would like us to come to you, tell us at the desk.")
    try:
        minutes = documents.in_force(site.pk).protocol.waiting.attend_within // MINUTE
    except NotFound:
        return come
    said = _("We try to speak to you within %d minutes. If we cannot, we tell you.") % minutes
    return f"{said} {come}"


def _not_open(state: str) -> str:
    if state in ("closed", "closing"):
        return _("No more tickets are called here now. If you are waiting, please ask a member of staff.")
    return _("Please do as the staff tell you.")


urlpatterns = [
    path("board", require_safe(board), name="board"),
    path("board/part", require_safe(board_part), name="board-part"),
]

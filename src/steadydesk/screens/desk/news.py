"""What scripts ask for: the news when no stream comes through, that the screen is used, the service worker."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from steadydesk.alarms import actions as alarms
from steadydesk.alarms import queries as in_alarms
from steadydesk.alarms.recorder import with_names
from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries as journal
from steadydesk.journal.models import Entry
from steadydesk.journal.rules import BEYOND, OF_A_SITE, is_bare, is_lost, is_personal, is_told, needed, read_cursor
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotSignedIn
from steadydesk.pages.cookies import PERSON_COOKIE
from steadydesk.pages.middleware import actor
from steadydesk.people import actions as people
from steadydesk.people.queries import shift_place
from steadydesk.screens.state import state
from steadydesk.sites import queries as sites
from steadydesk.visits import queries as visits

PAGE = 200
A_MINUTE = 60


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The heartbeat and what came after ``after``, for a browser whose stream is blocked on its way."""
    try:
        by = actor(request)
    except NotSignedIn as error:
        return JsonResponse({"detail": str(error.sentence), "code": error.code}, status=401)
    response = JsonResponse({**beat(by, clock.now()), **_since(by, _cursor(request))})
    response["Cache-Control"] = "no-store"
    return response


def _cursor(request: HttpRequest) -> int | None:
    try:
        return read_cursor(request.GET.get("after", ""))
    except Invalid:
        return BEYOND


def beat(by: Actor, now: datetime) -> dict[str, Any]:
    """The same as the stream's heartbeat."""
    book = alarms.book()
    can = book.can_answer(*book.where(by.person, by.site or "", by.place or "", now), by.holder, now)
    return {"now": now.isoformat(), "can_answer": can, **state()}


def _since(by: Actor, after: int | None) -> dict[str, Any]:
    oldest, latest = journal.first_id(), journal.last_id()
    if after is None or is_lost(after, oldest, latest):
        return {"events": [], "after": latest, "reset": after is not None}
    allowed = by.sites(Permission.STREAM_READ, [s.pk for s in sites.sites()])
    entries, hidden = journal.at_sites(allowed, after, PAGE), encounters.kept_from(by)
    return {
        "events": [_event(e, by) for e in visits.without_hidden(entries, hidden) if _may_see(by, e)],
        "after": entries[-1].id if entries else latest,
        "reset": False,
    }


def _may_see(by: Actor, entry: Entry) -> bool:
    family = entry.type.split(":")[0]
    permission = needed(family, by)
    if permission is None or not is_told(family, by) or (not entry.site and family in OF_A_SITE):
        return False
    return by.may(permission, entry.site or None)


def _event(entry: Entry, by: Actor) -> dict[str, Any]:
    event = journal.as_event(entry)
    if is_personal(entry.type, entry.facts) or is_bare(entry.type.split(":")[0], by):
        event |= {"subject": f"site:{entry.site}", "facts": {}}
    if entry.type.startswith("alarm:"):
        book = alarms.book()
        facts = {k: v for k, v in entry.facts.items() if k != "alarm"}
        event["facts"] = {**facts, **with_names(entry.facts["alarm"], lambda p: in_alarms.name_of(book, p))}
    return {**event, "id": str(entry.id)}


@require_POST
def used(request: HttpRequest) -> HttpResponse:
    """A person uses this screen, or has locked it: kept, once a minute, to know whether somebody could answer."""
    by: Actor | None = getattr(request, "actor", None)
    token = request.COOKIES.get(PERSON_COOKIE)
    unlocked = request.POST.get("unlocked", "yes") == "yes"
    if by is not None and by.kind == "device":
        _desk_used(by, unlocked=unlocked)
    if by is None or by.kind != "person" or not token or not by.site:
        return HttpResponse(status=204)
    key = people.hash_token(token)
    known, state_now = f"used-{key}", (by.place, unlocked)
    if caches["memory"].get(known) != state_now:
        caches["memory"].set(known, state_now, A_MINUTE)
        now = clock.now()
        # A phone is where its person's shift is; without a place it is in nobody's earshot.
        where = by.place or shift_place(int(by.id), by.site, now)
        place = sites.place(by.site, where).pk if where else None
        people.use_screen(key, int(by.id), place, unlocked=unlocked, by=by, now=now)
    return HttpResponse(status=204)


def _desk_used(by: Actor, *, unlocked: bool) -> None:
    here = tuple(h.person for h in in_desks.tapped_in(int(by.id)))
    known, state_now = f"used-{by.holder}", (here, unlocked)
    if not by.locked and caches["memory"].get(known) != state_now:
        caches["memory"].set(known, state_now, A_MINUTE)
        desks.use_desk(unlocked=unlocked, by=by, now=clock.now())


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker stands at the root, for it may keep pages below its own address only."""
    found = finders.find("steadydesk/sw.js")
    if not isinstance(found, str):
        raise Http404
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")

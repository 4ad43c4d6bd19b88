"""Log who was met without a badge, account for them, and keep the badges of who is in the building (E5j, E5k)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.documents import queries as documents
from steadydesk.incidents import queries, rules
from steadydesk.incidents.models import Badge, Challenge
from steadydesk.incidents.rules import Met
from steadydesk.journal.actions import erase_words, keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.sites import queries as sites
from steadydesk.visits import actions as visits
from steadydesk.visits.rules import Arrival

LOOK = "access"
_MODELS: dict[str, type[Challenge] | type[Badge]] = {"challenge": Challenge, "badge": Badge}
"""The noun of a subject → what it is."""
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Visitor:
    """Who comes in to visit or to work here, as typed at reception."""

    kind: str
    name: str
    state: str
    host: int | None = None


def log_challenge(site: str, met: Met, *, by: Actor, now: datetime) -> Challenge:
    """Somebody without a badge was met; who goes to reception is expected there, whoever walks on is looked for.

    Raises ``Invalid`` with every fault at once, ``NotFound`` when no protocol is in force at the site.
    """
    by.check(Permission.VISIT_WORK, site)
    protocol = documents.in_force(site).protocol
    spots = {spot.id: spot.name for spot in sites.places(site)}
    results = [choice.id for choice in protocol.access.results]
    if faults := rules.challenge_faults(met, spots, results, now):
        raise Invalid(faults)
    at, challenged = met.met_at or now, met.result != rules.NOT_CHALLENGED
    with write(now):
        row = Challenge(site=site, place=met.place, met_at=at, challenged=challenged, result=met.result, by=by.ref)
        if met.result == rules.WENT_TO_RECEPTION:
            row.visit = _arrive(row, by, now)
        if not rules.is_open(met.result):
            row.accounted_at, row.accounted_by = now, by.ref
            row.accounted = "reception" if row.visit else "badge"
        row.save()
        facts = {"place": met.place, "challenged": challenged, "result": met.result, "visit": row.visit}
        record(Event.ACCESS_CHALLENGED, row.subject, by=by, site=site, at=at, **facts)
        if row.accounted_at is None:
            set_deadline(LOOK, row.subject, at + protocol.access.no_badge_alert_after)
    return row


def _arrive(row: Challenge, by: Actor, now: datetime) -> int:
    """They are at reception now, like everybody else who comes in."""
    where = sites.place(row.site, row.place).name
    said = _("no badge, sent from %s") % where
    return visits.arrive(Arrival(site=row.site, description=said), by=by, now=now).pk


def account_for(challenge: int, how: str, *, by: Actor, now: datetime) -> None:
    """Somebody knows now what became of them."""
    row = queries.challenge(challenge)
    by.check(Permission.VISIT_WORK, row.site)
    if how not in rules.ENDINGS:
        raise Invalid.one("how", _("Say what became of them."))
    with write(now):
        row = _taken(row)
        if row.accounted_at is not None:
            raise Refusal("already_done", _("Somebody has accounted for them already."))
        if how == "reception":
            row.visit = _arrive(row, by, now)
        row.accounted, row.accounted_at, row.accounted_by = how, now, by.ref
        row.save()
        _settle(row.subject, now)
        record(Event.ACCESS_ACCOUNTED, row.subject, by=by, site=row.site, how=how, visit=row.visit)


def sign_in_visitor(site: str, visitor: Visitor, *, by: Actor, now: datetime) -> Badge:
    """A visitor or contractor comes in; their name goes when they do."""
    by.check(Permission.VISIT_WORK, site)
    protocol = documents.in_force(site).protocol
    faults = rules.visitor_faults(visitor.kind, visitor.name, visitor.state, _states(protocol))
    if faults:
        raise Invalid(faults)
    if visitor.host is not None and all(c.person != visitor.host for c in people.workers(site)):
        raise Invalid.one("host", _("Choose somebody of the site."))
    with write(now):
        row = Badge(site=site, kind=visitor.kind, host=visitor.host, state=visitor.state, came_at=now, by=by.ref)
        row.save()
        lasts = protocol.retention["access_challenge"]
        row.name = keep_words(
            visitor.name.strip(), row.subject, retention="access_challenge", lasts=lasts, by=by, site=site
        )
        row.save(update_fields=["name"])
        record(Event.VISITOR_CAME, row.subject, by=by, site=site, kind=row.kind, badge=row.state, name=row.name)
        _look_later(row, protocol, now)
    return row


def note_badge(badge: int, state: str, *, by: Actor, now: datetime) -> None:
    """What badge somebody has now."""
    row = queries.badge(badge)
    by.check(Permission.VISIT_WORK, row.site)
    protocol = _known(row.site, state)
    with write(now):
        row = _taken(row)
        if row.left_at is not None:
            raise Refusal("already_done", _("They have left."))
        row.state, row.told_at = state, None
        row.save(update_fields=["state", "told_at"])
        record(Event.BADGE_CHANGED, row.subject, by=by, site=row.site, badge=state, person=row.person)
        _look_later(row, protocol, now)


def note_colleague(site: str, person: int, state: str, *, by: Actor, now: datetime) -> Badge:
    """What badge a colleague who is at work has. The row of a shift before is closed."""
    by.check(Permission.VISIT_WORK, site)
    protocol = _known(site, state)
    since = queries.at_work(site, now).get(person)
    if since is None:
        raise Invalid.one("person", _("Choose somebody who is at work here."))
    with write(now):
        Badge.objects.filter(site=site, person=person, left_at__isnull=True, came_at__lt=since).update(left_at=now)
        row, _fresh = Badge.objects.update_or_create(
            site=site,
            person=person,
            left_at=None,
            defaults={"state": state, "told_at": None},
            create_defaults={"kind": rules.COLLEAGUE, "state": state, "came_at": now, "by": by.ref},
        )
        record(Event.BADGE_CHANGED, row.subject, by=by, site=site, badge=state, person=person)
        _look_later(row, protocol, now)
    return row


def sign_out(badge: int, *, by: Actor, now: datetime) -> None:
    """They leave; what they gave as their name is erased."""
    row = queries.badge(badge)
    by.check(Permission.VISIT_WORK, row.site)
    with write(now):
        row = _taken(row)
        if row.left_at is not None:
            raise Refusal("already_done", _("They have left."))
        if row.name is not None:
            erase_words([row.name])
        row.left_at, row.name = now, None
        row.save(update_fields=["left_at", "name"])
        _settle(row.subject, now)
        record(Event.VISITOR_LEFT, row.subject, by=by, site=row.site, badge=row.state)


def look_again(subject: str, *, by: Actor, now: datetime) -> None:
    """Nobody has accounted for somebody without a badge: the duty manager is told (E5k)."""
    noun, _colon, key = subject.partition(":")
    with write(now):
        row = _MODELS[noun]._base_manager.select_for_update().filter(pk=int(key)).first()
        if row is None or row.told_at is not None or not _is_open(row):
            return
        row.told_at = now
        row.save(update_fields=["told_at"])
        where = sites.place(row.site, row.place).name if isinstance(row, Challenge) else sites.site(row.site).name
        record(Event.ACCESS_UNACCOUNTED, subject, by=by, site=row.site)
        delivery.tell_who_looks_after(Message("no_badge", key, where), subject, row.site, now=now)


def settle_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """Nobody is told any more of those who were unaccounted for; they stay on the page. Returns them by site."""
    found: dict[str, list[str]] = {}
    for subject in deadlines.subjects_due(LOOK, now):
        clear_deadline(LOOK, subject)
        row = _MODELS[subject.partition(":")[0]]._base_manager.filter(pk=int(subject.partition(":")[2])).first()
        if row is not None and row.told_at is None and _is_open(row):
            found.setdefault(row.site, []).append(subject)
    return found


def _is_open(row: Challenge | Badge) -> bool:
    if isinstance(row, Challenge):
        return row.accounted_at is None
    return row.left_at is None and row.state in rules.WITHOUT


def _look_later(row: Badge, protocol: Protocol, now: datetime) -> None:
    at = rules.tell_at(now, protocol.access.no_badge_alert_after, row.state)
    if at is None:
        _settle(row.subject, now)
    else:
        set_deadline(LOOK, row.subject, at)


def _settle(subject: str, now: datetime) -> None:
    clear_deadline(LOOK, subject)
    delivery.withdraw(subject, now)


def _known(site: str, state: str) -> Protocol:
    protocol = documents.in_force(site).protocol
    if state not in _states(protocol):
        raise Invalid.one("state", _("Say what badge they have."))
    return protocol


def _states(protocol: Protocol) -> list[str]:
    return [choice.id for choice in protocol.access.badge_states]


def _taken(row: Row) -> Row:
    """The row as it stands, for this transaction alone."""
    return type(row)._base_manager.select_for_update().get(pk=row.pk)

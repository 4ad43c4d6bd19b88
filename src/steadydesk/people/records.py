"""What is kept of the members of staff themselves, and how it is forgotten."""

from collections.abc import Iterator
from typing import Any

from django.contrib.sessions.models import Session

from steadydesk.journal.actions import record
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.kernel.records import Overdue, Record
from steadydesk.people import factors
from steadydesk.people.credentials import BROWSER
from steadydesk.people.models import Absence, Duty, Membership, Person, Role, Screen, Shift, Token

OF_ACCOUNT = ("login", "name", "email", "phone", "subject", "is_active", "is_staff")


def forget_presence(what: Overdue) -> int:
    """When one member of staff was at work, away, on duty, and where they last used a screen."""
    id = _id(what)
    gone = 0
    for model in (Shift, Absence, Duty):
        gone += _delete(model, what, person=id, ends_at__lt=what.before)
    return gone + _delete(Screen, what, person=id, used_at__lt=what.before)


def forget_sign_ins(what: Overdue) -> int:
    """Credentials that were ended or ran out; and, with whoever comes first, sessions of browsers that have ended."""
    ended = Session.objects.filter(expire_date__lt=what.before).order_by("expire_date")
    old = list(ended.values_list("pk", flat=True)[: what.at_most])
    sessions = Session.objects.filter(pk__in=old).delete()[0] if old else 0
    ran_out = _delete(Token, what, person=_id(what), label=BROWSER, ends_at__lt=what.before)
    return sessions + ran_out + _delete(Token, what, person=_id(what), revoked_at__lt=what.before)


def forget_leaver(what: Overdue) -> int:
    """Somebody who left long enough ago: the journal still says that a person acted, and no longer who."""
    found = Person.objects.filter(pk=_id(what), is_active=False, left_at__lt=what.before).exclude(login=_left(what))
    person = found.first()
    if person is None:
        return 0
    person.login, person.name, person.email, person.phone, person.subject = _left(what), "", "", "", ""
    person.set_unusable_password()
    person.last_login = None
    person.save()
    for model in (Membership, Role, Token, Screen):
        model._default_manager.filter(person=person).delete()
    factors.forget(person)
    record(Event.LEAVER_FORGOTTEN, what.person, by=system("purge"))
    return 1


def _left(what: Overdue) -> str:
    return f"left-{_id(what)}"


def _id(what: Overdue) -> int:
    return int(what.person.removeprefix("person:"))


def _delete(model: Any, what: Overdue, **which: Any) -> int:
    if what.person in what.held.subjects:
        return 0
    ids = list(model._default_manager.filter(**which).values_list("pk", flat=True)[: what.at_most])
    return int(model._default_manager.filter(pk__in=ids).delete()[0]) if ids else 0


def everybody() -> list[str]:
    """Every member of staff, past and present, as the journal names them."""
    return [f"person:{id}" for id in Person.objects.order_by("pk").values_list("pk", flat=True)]


def about(subject: str) -> Iterator[Record]:
    """The account of a member of staff, their posts, their times and their credentials."""
    noun, _, id = subject.partition(":")
    person = Person.objects.filter(pk=id).first() if noun == "person" and id.isdigit() else None
    if person is None:
        return
    account = {name: getattr(person, name) for name in OF_ACCOUNT}
    yield Record("account", subject, person.left_at, facts=account)
    for member in Membership.objects.filter(person=person).order_by("pk"):
        yield Record("account", subject, None, facts={"team": member.team_id, "post": member.post})
    for role in Role.objects.filter(person=person).order_by("pk"):
        yield Record("account", subject, None, role.site_id or "", {"role": role.role})
    for shift in Shift.objects.filter(person=person).order_by("-starts_at"):
        yield Record("presence", subject, shift.starts_at, shift.site_id, _at_work(shift))
    for absence in Absence.objects.filter(person=person).order_by("-starts_at"):
        yield Record(
            "presence", subject, absence.starts_at, facts={"away_until": _time(absence.ends_at), "away": absence.kind}
        )
    for duty in Duty.objects.filter(person=person).order_by("-starts_at"):
        yield Record("presence", subject, duty.starts_at, facts={"duty_of": duty.team_id, "until": _time(duty.ends_at)})
    for screen in Screen.objects.filter(person=person).order_by("-used_at"):
        yield Record("presence", subject, screen.used_at, facts={"screen_unlocked": screen.unlocked})
    for factor in factors.of(person.pk):
        yield Record("sign_in", subject, factor.added_at, facts={"factor": factor.kind, "name": factor.name})
    for token in Token.objects.filter(person=person).order_by("-created_at"):
        yield Record(
            "sign_in", subject, token.created_at, facts={"token": token.label, "ended": _time(token.revoked_at)}
        )


def _at_work(shift: Shift) -> dict[str, Any]:
    return {"at_work": True, "shift_until": _time(shift.ends_at)}


def _time(at: Any) -> str | None:
    return at.isoformat() if at else None

"""Readings of the tests of the chain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.alarms import figures, tries
from steadydesk.alarms.tries import Missed, Try
from steadydesk.chaintests import rules
from steadydesk.chaintests.models import Asked, ChainTest
from steadydesk.delivery.queries import Receipt, receipts
from steadydesk.documents.queries import in_force
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class Answer:
    """How a test went with one person."""

    person: int
    answered_at: datetime | None
    why: str
    """Why it did not reach them; empty when it did, or may yet."""
    receipts: tuple[Receipt, ...]


def subject_of(id: int) -> str:
    """What a test's messages and entries are about."""
    return f"chain-test:{id}"


def test(id: int, by: Actor) -> ChainTest:
    """One test, for whoever was asked or leads there. Raises ``NotFound``."""
    row = ChainTest.objects.filter(pk=id).first()
    asked = row is not None and Asked.objects.filter(test=id, person=by.person).exists()
    if row is None or not (asked or by.may(Permission.ALARM_DRILL, row.site)):
        raise NotFound(_("There is no such test."))
    return row


def answers(id: int) -> list[Answer]:
    """How the test went with each, in the order of their names."""
    ended = ChainTest.objects.filter(pk=id, ended_at__isnull=False).exists()
    by_person: dict[int, list[Receipt]] = {}
    for receipt in receipts(subject_of(id)):
        if receipt.person is not None:
            by_person.setdefault(receipt.person, []).append(receipt)
    found = []
    for row in Asked.objects.filter(test=id).order_by("person__name", "pk"):
        theirs = tuple(by_person.get(row.person_id, ()))
        why = tries.why(theirs) if ended and row.answered_at is None else ""
        found.append(Answer(row.person_id, row.answered_at, why, theirs))
    return found


def newest(site: str, limit: int = 20) -> list[ChainTest]:
    """The tests of a site, the newest first."""
    return list(ChainTest.objects.filter(site=site).order_by("-started_at", "-pk")[:limit])


def running(site: str) -> ChainTest | None:
    """The test that runs there."""
    return ChainTest.objects.filter(site=site, ended_at__isnull=True).first()


def waiting_for(person: int) -> list[int]:
    """The tests that wait for this person's answer."""
    rows = Asked.objects.filter(person=person, answered_at__isnull=True, test__ended_at__isnull=True)
    return list(rows.order_by("pk").values_list("test", flat=True))


def last_ended(site: str) -> ChainTest | None:
    """The newest that has ended and counts."""
    return ChainTest.objects.filter(site=site, ended_at__isnull=False, stopped=False).order_by("-started_at").first()


def last_try(site: str) -> Try | None:
    """The newest test of the chain, of either kind: people who were asked, or a call of the mode *test*."""
    called, asked = tries.last_try(site), last_ended(site)
    if asked is None or (called is not None and called.at > asked.started_at):
        return called
    missed = (Missed(a.person, a.why) for a in answers(asked.pk) if a.answered_at is None)
    return Try(asked.started_at, asked.told, tuple(missed))


def due_since(site: str, now: datetime) -> datetime | None:
    """Since when a test is due; ``None`` while none is, or nobody ever made one."""
    last = last_try(site)
    try:
        every = in_force(site).protocol.alarms.tests_every
    except NotFound:
        return None
    return last.at + every if last and last.at + every <= now else None


def unreached(site: str) -> tuple[int, int] | None:
    """(not reached, told) of the last test of people; ``None`` when everyone was, or there was none."""
    last = last_ended(site)
    return (last.missed, last.told) if last is not None and last.missed else None


def months(site: str, firsts: Iterable[tuple[datetime, datetime]]) -> list[rules.Month]:
    """What each of these months came to, from its first moment to the next one's."""
    found = []
    for start, end in firsts:
        tests = ChainTest.objects.filter(site=site, started_at__gte=start, started_at__lt=end, stopped=False)
        ended = list(tests.filter(ended_at__isnull=False).values_list("told", "missed"))
        found.append(rules.month(start, figures.first_answers(site, start, end), ended))
    return found

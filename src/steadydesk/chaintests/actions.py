"""The chain is tested: named people are told over the ways that they have, and each says that they were reached."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.alarms import queries as in_alarms
from steadydesk.chaintests import queries, rules
from steadydesk.chaintests.models import Asked, ChainTest
from steadydesk.deadlines.actions import clear_deadline, set_deadline, set_no_later
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.documents.queries import in_force
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import queries as in_people
from steadydesk.sites import queries as sites
from steadydesk.visits import queries as visits

DUE, ENDS = "chain-test-due", "chain-test-ends"


def start_test(site: str, people: Iterable[int] | None, *, why: str = "asked", by: Actor, now: datetime) -> int:
    """Ask these people, or everybody on shift whom a call would be told to, over every way they have.

    Returns the id of the test. Refused while another runs at the site, or somebody calls there.
    """
    by.check(Permission.ALARM_DRILL, site)
    row = sites.site(site)
    asked = _asked(site, people, now)
    if in_alarms.at_sites([site], open=True, watching=alarms.watching(by)):
        raise Refusal("alarm_open", _("There is a call open at this site. No test now."))
    try:
        with write(now):
            test = ChainTest.objects.create(
                site=site,
                why=why,
                started_by=by.ref,
                started_at=now,
                answer_by=now + rules.ANSWER_WITHIN,
                told=len(asked),
            )
            Asked.objects.bulk_create([Asked(test=test, person_id=p) for p in asked])
            delivery.queue(
                Message("chain_test", str(test.pk), row.name, mode="test"),
                people=asked,
                key=queries.subject_of(test.pk),
                subject=queries.subject_of(test.pk),
                site=site,
                rings=True,
                now=now,
            )
            set_deadline(ENDS, queries.subject_of(test.pk), now + rules.LOOK_WHETHER_CALLED)
            record(Event.CHAIN_TEST_STARTED, queries.subject_of(test.pk), by=by, site=site, why=why, told=len(asked))
    except IntegrityError:
        raise Refusal("test_open", _("A test runs at this site already.")) from None
    return test.pk


def _asked(site: str, people: Iterable[int] | None, now: datetime) -> list[int]:
    if people is None:
        found = sorted(alarms.told_from(site, "", None, now))
        if not found:
            raise Refusal("nobody", _("Nobody is on shift whom a call would be told to."))
        return found
    known = {c.person for c in in_people.workers(site)}
    chosen = list(dict.fromkeys(people))
    if not chosen or not known.issuperset(chosen):
        raise Invalid.one("people", _("Choose at least one person, each of whom works at this site."))
    return chosen


def answer_test(id: int, *, by: Actor, now: datetime) -> None:
    """“I have it.” The last of them ends the test."""
    test = _test(id)
    with write(now):
        if not Asked.objects.filter(test=id, person=by.person, answered_at__isnull=True).update(answered_at=now):
            raise Refusal("not_asked", _("You were not asked, or you have answered before."))
        if by.person is not None:
            delivery.mark_seen(queries.subject_of(id), by.person, by=by, now=now)
        record(Event.CHAIN_TEST_ANSWERED, queries.subject_of(id), by=by, site=test.site)
        if not test.ended_at and not Asked.objects.filter(test=id, answered_at__isnull=True).exists():
            _end(test, by, now)


def stop_test(id: int, *, by: Actor, now: datetime) -> None:
    """It began by mistake: it ends and counts for nothing."""
    test = _test(id)
    by.check(Permission.ALARM_DRILL, test.site)
    if test.ended_at:
        raise Refusal("ended", _("This test has ended."))
    with write(now):
        ChainTest.objects.filter(pk=id).update(stopped=True)
        _end(test, by, now)


def look_after_test(id: int, *, by: Actor, now: datetime) -> None:
    """A real call stops a test that runs there, and it counts for nothing; else it ends when its time is over.

    Who has not answered by then was not reached.
    """
    test = ChainTest.objects.filter(pk=id, ended_at__isnull=True).first()
    called = test is not None and _is_called(test)
    with write(now):
        if test is None:
            clear_deadline(ENDS, queries.subject_of(id))
        elif called:
            ChainTest.objects.filter(pk=id).update(stopped=True)
            _end(test, by, now)
        elif now >= test.answer_by:
            _end(test, by, now)
        else:
            due = min(test.answer_by, now + rules.LOOK_WHETHER_CALLED)
            set_deadline(ENDS, queries.subject_of(id), due)


def _is_called(test: ChainTest) -> bool:
    """Whether somebody calls there. What is kept from whoever started the test does not show in it."""
    starter = [int(test.started_by.removeprefix("person:"))] if test.started_by.startswith("person:") else []
    return any(a.mode == "real" for a in in_alarms.at_sites([test.site], open=True, watching=starter))


def _end(test: ChainTest, by: Actor, now: datetime) -> None:
    missed = Asked.objects.filter(test=test, answered_at__isnull=True).count()
    ChainTest.objects.filter(pk=test.pk).update(ended_at=now, missed=missed)
    delivery.withdraw(queries.subject_of(test.pk), now)
    clear_deadline(ENDS, queries.subject_of(test.pk))
    if not ChainTest.objects.filter(pk=test.pk, stopped=True).exists():
        _schedule(test.site, now)
    record(Event.CHAIN_TEST_ENDED, queries.subject_of(test.pk), by=by, site=test.site, told=test.told, missed=missed)


def _schedule(site: str, now: datetime) -> None:
    try:
        every = in_force(site).protocol.alarms.tests_every
    except NotFound:
        return
    set_deadline(DUE, f"site:{site}", now + every)


def schedule_tests(*, by: Actor, now: datetime) -> None:
    """At the start: each site with a procedure is tested by itself from now on, as often as that says."""
    with write(now):
        for site in sites.sites():
            try:
                every = in_force(site.pk).protocol.alarms.tests_every
            except NotFound:
                continue
            set_no_later(DUE, f"site:{site.pk}", now + every)


def look_whether_to_test(site: str, due_at: datetime, *, by: Actor, now: datetime) -> None:
    """A test is due: it begins when nobody is disturbed by it, or is looked at again soon."""
    row = sites.site(site)
    calls, waiting = len(in_alarms.at_sites([site], open=True)), len(visits.waiting_ids(site))
    since = queries.due_since(site, now) or due_at
    begin = rules.may_begin(is_open=row.state == "open", calls=calls, waiting=waiting, due_at=since, now=now)
    with write(now):
        set_deadline(DUE, f"site:{site}", now + rules.LOOK_AGAIN)
    if begin and alarms.told_from(site, "", None, now) and not queries.running(site):
        start_test(site, None, why="due", by=by, now=now)


def _test(id: int) -> ChainTest:
    row = ChainTest.objects.filter(pk=id).first()
    if row is None:
        raise NotFound(_("There is no such test."))
    return row

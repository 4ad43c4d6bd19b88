"""What alarms keep of people, and how it is forgotten."""

from collections.abc import Iterator
from uuid import UUID

from steadydesk.alarms.answers import is_id
from steadydesk.alarms.models import Act, Alarm, LeftOut
from steadydesk.alarms.recorder import event_facts
from steadydesk.alarms.state import from_json
from steadydesk.journal.records import forget_words_of
from steadydesk.kernel.records import Overdue, Record

NOT_TOLD = ("refs", "pressers", "about", "left_out")


def forget(what: Overdue) -> int:
    """Closed alarms with every press and answer, and what was typed with them."""
    old = Alarm.objects.filter(site=what.site, raised_at__lt=what.before, closed_at__lt=what.before)
    kept = [id for id in what.held.ids("alarm") if is_id(id)]
    theirs = Act.objects.filter(by__in=what.held.people).values("alarm_id")
    ids = list(
        old.exclude(pk__in=kept)
        .exclude(pk__in=theirs)
        .order_by("raised_at")
        .values_list("pk", flat=True)[: what.at_most]
    )
    if ids:
        forget_words_of(f"alarm:{id}" for id in ids)
        Act.objects.filter(alarm__in=ids).delete()
        LeftOut.objects.filter(alarm__in=ids).delete()
        Alarm.objects.filter(pk__in=ids).delete()
    return len(ids)


def about(subject: str) -> Iterator[Record]:
    """One alarm with what was done to it; or every press and answer of a member of staff, the newest first."""
    noun, _, id = subject.partition(":")
    if noun == "alarm" and is_id(id):
        for alarm in Alarm.objects.filter(pk=UUID(id)):
            facts = event_facts(from_json(alarm.body))
            yield Record(
                "alarm",
                subject,
                alarm.raised_at,
                alarm.site,
                {k: str(v) for k, v in facts.items() if k not in NOT_TOLD},
            )
        yield from (_act(a) for a in Act.objects.filter(alarm_id=UUID(id)).select_related("alarm").order_by("at"))
    elif noun == "person":
        theirs = Act.objects.filter(by=subject).select_related("alarm").order_by("-at")
        yield from (_act(a) for a in theirs.iterator(200))


def _act(act: Act) -> Record:
    facts = {k: v for k, v in act.facts.items() if k not in ("words", *NOT_TOLD)}
    words = (act.facts["words"],) if isinstance(act.facts.get("words"), int) else ()
    return Record(
        "alarm", f"alarm:{act.alarm_id}", act.at, act.alarm.site, {"act": act.verb, "by": act.by, **facts}, words
    )


def site_of(id: str) -> str | None:
    """The site of an alarm; ``None`` when there is none."""
    return Alarm.objects.filter(pk=id).values_list("site", flat=True).first() if is_id(id) else None


def with_ids(ids: list[str], sites: list[str]) -> list[Alarm]:
    """Those of these alarms that are at the sites, the newest first."""
    known = [id for id in ids if is_id(id)]
    return list(Alarm.objects.filter(pk__in=known, site__in=sites).order_by("-raised_at"))

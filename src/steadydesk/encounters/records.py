"""What encounters keep of people, and how it is forgotten."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q

from steadydesk.encounters.models import AfterEvent, Encounter, FormText, Judgement, SupportCall, Tick
from steadydesk.kernel.records import Overdue, Record

_BESIDE = ((Encounter, "started_at"), (FormText, "started_at"), (Judgement, "at"), (Tick, "at"))
_INCIDENTS = ((SupportCall, "called_at"), (AfterEvent, "asked_at"))


def forget(what: Overdue) -> int:
    """What ran beside visits and calls that began long enough ago; the words go with their own kinds."""
    return _forget(_BESIDE, what)


def forget_incidents(what: Overdue) -> int:
    """Who was called from outside and what was said once it was over: kept as the words of it are."""
    return _forget(_INCIDENTS, what)


def _forget(models: tuple[tuple[type[Model], str], ...], what: Overdue) -> int:
    held = [f"visit:{id}" for id in what.held.ids("visit")] + [f"alarm:{id}" for id in what.held.ids("alarm")]
    gone = 0
    for model, began in models:
        old = model._default_manager.filter(**{"site": what.site, f"{began}__lt": what.before})
        old = old.exclude(subject__in=held).exclude(by__in=what.held.people)
        ids = list(old.order_by("pk").values_list("pk", flat=True)[: what.at_most - gone])
        model._default_manager.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone


def about(subject: str) -> Iterator[Record]:
    """What ran beside one visit or call; or whatever a member of staff did in one."""
    theirs = Q(by=subject) if subject.startswith("person:") else Q(subject=subject)
    for e in Encounter.objects.filter(theirs).order_by("-pk"):
        times = {name: _time(getattr(e, name)) for name in ("offered_at", "asked_at", "prompted_at", "ended_at")}
        yield Record("visit", e.subject, e.started_at, e.site, {"way": e.way, "by": e.by, **times})
    for j in Judgement.objects.filter(theirs).order_by("-pk"):
        yield Record("visit", j.subject, j.at, j.site, {"appears": j.appears, "by": j.by})
    for t in Tick.objects.filter(theirs).order_by("-pk"):
        facts = {"card": t.card, "step": t.step, "outcome": t.outcome, "until": _time(t.until), "by": t.by}
        yield Record("visit", t.subject, t.at, t.site, facts, (t.words,) if t.words else ())
    for s in SupportCall.objects.filter(theirs).order_by("-pk"):
        arrived = _time(s.arrived_at)
        support = {"service": s.service, "contact": s.contact, "basis": s.basis, "outcome": s.outcome, "by": s.by}
        yield Record(
            "incident",
            s.subject,
            s.called_at,
            s.site,
            {**support, "arrived_at": arrived},
            (s.reference,) if s.reference else (),
        )
    asked = Q(asked_of=subject) | theirs if subject.startswith("person:") else theirs
    yield from (_afterwards(row) for row in AfterEvent.objects.filter(asked).order_by("-pk"))
    for f in FormText.objects.filter(theirs).order_by("-pk"):
        yield Record(
            "alarm", f.subject, f.saved_at, f.site, {"field": f.field, "by": f.by}, (f.words,) if f.words else ()
        )


def _afterwards(row: AfterEvent) -> Record:
    facts = {"contact": row.contact, "injuries": row.injuries, "answered_at": _time(row.answered_at), "by": row.by}
    return Record("incident", row.subject, row.asked_at, row.site, facts, tuple(w for w in (row.who, row.account) if w))


def _time(at: Any) -> str | None:
    return at.isoformat() if at else None

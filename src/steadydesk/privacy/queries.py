"""Readings about keeping and looking."""

from collections.abc import Iterable
from datetime import datetime

from steadydesk.contacts import queries as contacts
from steadydesk.documents import queries as documents
from steadydesk.documents.models import Version
from steadydesk.journal import queries as journal
from steadydesk.kernel.records import Held
from steadydesk.loneworking import queries as loneworking
from steadydesk.people import roll as people
from steadydesk.privacy.models import Export, Hold, Purge, View
from steadydesk.privacy.table import KINDS

PAGE = 100


def forgotten_kinds() -> frozenset[str]:
    """The kinds of the protocol's ``retention`` of which anything is kept, and so forgotten in its time."""
    return frozenset(kind.name for kind in KINDS)


def public_edition(version: Version) -> str:
    """A version of a protocol as anybody may read it, without a number at which its people are rung."""
    numbers = {*people.numbers(), *contacts.numbers(), *loneworking.numbers()}
    return documents.as_public_yaml(version, numbers)


def held() -> Held:
    """Everything under a hold now; its day may have passed, it binds until it is lifted."""
    return Held(frozenset(Hold.objects.filter(lifted_at__isnull=True).values_list("subject", flat=True)))


def holds(*, open: bool = True) -> list[Hold]:
    """Holds that bind, those asked about first; or those that were lifted."""
    return list(Hold.objects.filter(lifted_at__isnull=open))


def holds_on(subject: str) -> list[Hold]:
    """Holds that bind on one subject."""
    return list(Hold.objects.filter(subject=subject, lifted_at__isnull=True))


def reasons(found: Iterable[Hold]) -> dict[int, str]:
    """Why each was placed, by the id of the hold."""
    found = list(found)
    texts = journal.words(hold.reason for hold in found)
    return {hold.pk: texts.get(hold.reason, "") for hold in found}


def views(*, before: int | None = None, by: str = "", subject: str = "") -> list[View]:
    """A page of the view log, the newest first."""
    found = View.objects.all()
    if before is not None:
        found = found.filter(pk__lt=before)
    if by:
        found = found.filter(by=by)
    if subject:
        found = found.filter(subject=subject)
    return list(found[:PAGE])


def seen_lately(subject: str, by: str, screen: str, since: datetime) -> bool:
    """Whether this very look is in the view log already."""
    return View.objects.filter(subject=subject, by=by, screen=screen, at__gte=since).exists()


def last_purge() -> Purge | None:
    """The last round of forgetting that was finished."""
    return Purge.objects.filter(ended_at__isnull=False).first()


def export(id: int) -> Export | None:
    """What was decided for one file."""
    return Export.objects.filter(pk=id).first()

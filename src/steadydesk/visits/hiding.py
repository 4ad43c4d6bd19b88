"""Which visits a record is about, and whether there is such a record for whoever asks (ruling 16)."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound
from steadydesk.visits import private
from steadydesk.visits.models import ExpectedArrival, Forewarning, Prompt, Visit

WRITTEN = ("visit", "prompt", "expected", "forewarning")
"""Nouns of records that stand beside a visit, or are one."""


def visits_of(subject: str) -> list[Visit]:
    """The visits that this record is about; none for what stands beside no visit."""
    noun, _colon, id = subject.partition(":")
    if noun not in WRITTEN or not (id.isascii() and id.isdigit() and len(id) < 19):
        return []
    if noun == "visit":
        return list(Visit.objects.filter(pk=id))
    if noun == "prompt":
        prompt = Prompt.objects.filter(pk=id).select_related("expected").first()
        return [] if prompt is None else [*prompt.visits.all(), *(_both(prompt.expected) if prompt.expected else ())]
    if noun == "expected":
        row = ExpectedArrival.objects.filter(pk=id).select_related("visit", "came").first()
        return _both(row) if row else []
    warned = Forewarning.objects.filter(pk=id, came__isnull=False).select_related("came").first()
    return [warned.came] if warned and warned.came else []


def _both(row: ExpectedArrival) -> list[Visit]:
    """Of one customer: the visit at which the time was given, and the one at which they came."""
    return [visit for visit in (row.visit, row.came) if visit is not None]


def is_hidden(subject: str, hidden: Collection[str]) -> bool:
    """Whether there is no such record for a reader, where ``hidden`` names what does not exist for them."""
    if subject in hidden:
        return True
    if not hidden or subject.startswith("visit:"):
        return False
    about = [f"visit:{visit.pk}" in hidden for visit in visits_of(subject)]
    # A question may be about several customers: it is there for whoever may know of one of them.
    return all(about) and bool(about) if subject.startswith("prompt:") else any(about)


def without_hidden(rows: list[ExpectedArrival], by: Actor) -> list[ExpectedArrival]:
    """Times of customers of whom there is something to know for whoever asks."""
    hidden = encounters.kept_from(by)
    return [row for row in rows if not {f"visit:{row.visit_id}", f"visit:{row.came_id}"} & hidden]


def refuse_hidden_time(row: ExpectedArrival, by: Actor) -> None:
    """Raise ``NotFound`` for the time of a customer whose visit does not exist for whoever asks."""
    if not without_hidden([row], by):
        raise NotFound(_("There is no such appointment."))


def refuse_hidden_question(prompt: int, by: Actor) -> None:
    """Raise ``NotFound`` for a question about nobody of whom there is something to know for whoever answers."""
    if is_hidden(f"prompt:{prompt}", encounters.kept_from(by)):
        raise NotFound(_("There is no such prompt."))


def may_read(subject: str, by: Actor) -> bool:
    """Whether whoever asks may know who these customers are; some are kept private."""
    return all(private.may_read(visit, by) for visit in visits_of(subject))

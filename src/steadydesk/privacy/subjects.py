"""The subjects that personal data are about: visits, alarms and members of staff."""

from django.utils.translation import gettext as _

from steadydesk.alarms import from_paper
from steadydesk.alarms import records as alarms
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.visits import expected_records, hiding
from steadydesk.visits import queries as visits

TOO_LONG = 19
"""An id of so many digits is beyond every number that a database counts to."""


def site_of(subject: str) -> str | None:
    """The site of a visit or an alarm, empty for a member of staff; ``None`` when there is no such subject."""
    noun, _colon, id = subject.partition(":")
    if noun == "alarm":
        return alarms.site_of(id)
    if noun == from_paper.NOUN:
        return from_paper.site_of(subject)
    if not (id.isascii() and id.isdigit() and len(id) < TOO_LONG):
        return None
    if noun == "person":
        return "" if people.names([int(id)]) else None
    if noun == "expected":
        return expected_records.site_of(id)
    try:
        return visits.visit(int(id)).site if noun == "visit" else None
    except NotFound:
        return None


def refuse_hidden(subject: str, by: Actor) -> None:
    """Raise ``NotFound`` for what is about whoever asks, or stands beside a visit that is (ruling 16)."""
    if hiding.is_hidden(subject, encounters.kept_from(by)):
        raise NotFound(_("There is no such record."))

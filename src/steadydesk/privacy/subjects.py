"""The subjects that personal data are about: visits, alarms and members of staff."""

from steadydesk.alarms import from_paper
from steadydesk.alarms import records as alarms
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.visits import expected_records
from steadydesk.visits import queries as visits


def site_of(subject: str) -> str | None:
    """The site of a visit or an alarm, empty for a member of staff; ``None`` when there is no such subject."""
    noun, _, id = subject.partition(":")
    if noun == "alarm":
        return alarms.site_of(id)
    if noun == from_paper.NOUN:
        return from_paper.site_of(subject)
    if not (id.isascii() and id.isdigit()):
        return None
    if noun == "person":
        return "" if people.names([int(id)]) else None
    if noun == "expected":
        return expected_records.site_of(id)
    try:
        return visits.visit(int(id)).site if noun == "visit" else None
    except NotFound:
        return None

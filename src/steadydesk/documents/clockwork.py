"""What happens when a review of a document is near, or late."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.documents import reminders
from steadydesk.kernel.actor import system

DOCUMENTS = system("documents")


def remind(due: Due, now: datetime) -> None:
    """Its author."""
    reminders.remind(due.key, by=DOCUMENTS, now=now)


WORK: Clockwork = {reminders.REVIEW: remind}

"""Reports of capabilities that stand beside ``reports``, handed to its child process at start."""

from steadydesk.privacy import giving
from steadydesk.reports.table import File


def person_file(export: int) -> File:
    """What is kept about one person, as a person decided to give it away."""
    return File(*giving.make(export))

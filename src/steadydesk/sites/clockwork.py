"""What happens when a site's hours change it."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.sites import actions
from steadydesk.sites.standing import HOURS, KINDS

_BOUNDARIES = {kind: boundary for boundary, kind in KINDS.items()}


def pass_boundary(due: Due, now: datetime) -> None:
    """It opens, is about to close, or closes."""
    actions.pass_boundary(due.key, _BOUNDARIES[due.kind], by=HOURS, now=now)


WORK: Clockwork = dict.fromkeys(_BOUNDARIES, pass_boundary)

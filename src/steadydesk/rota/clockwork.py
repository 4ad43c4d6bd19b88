"""What happens when a rota is to be looked at."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system
from steadydesk.rota import actions
from steadydesk.rota.gaps import LOOK

ROTA = system("rota")


def look(due: Due, now: datetime) -> None:
    """At one site, for what nobody covers."""
    actions.look_for_gaps(due.key, by=ROTA, now=now)


WORK: Clockwork = {LOOK: look}

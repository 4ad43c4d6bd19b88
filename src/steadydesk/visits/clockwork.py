"""What happens when a moment comes for a visit, a prompt, or everybody who waits at a site."""

from datetime import datetime

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import Lane, take
from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system
from steadydesk.visits import actions, headcount, outlook, prompting, queries, settling
from steadydesk.visits.models import Visit
from steadydesk.visits.settling import CLOCK, look_again

ENGINE = system("clock")
TOGETHER = 20
"""As many as the engine takes in one piece."""


def look_at_visit(due: Due, now: datetime) -> None:
    """A clock of the visit may have passed, and of others at the same moment: they are decided together.

    Ten thousand may come at one instant. Only visits of the same site and version are taken along, so what would
    fail for one fails for all, and no bad row holds up a good one.
    """
    rows = {int(d.subject.partition(":")[2]): d for d in deadlines.due(now, Lane.REST, TOGETHER) if d.kind == CLOCK}
    waiting = {v.pk: v for v in queries.waiting_among([int(due.key), *rows])}
    first = waiting.get(int(due.key))
    if first is None:
        return
    alike = [v for v in waiting.values() if _under(v) == _under(first) and v.pk in rows and take(rows[v.pk])]
    look_again([first, *alike], by=ENGINE, now=now)


def _under(visit: Visit) -> tuple[str, str, str]:
    return visit.site, visit.document, visit.version


def repeat_prompt(due: Due, now: datetime) -> None:
    """Nobody may have answered the prompt."""
    prompting.repeat(int(due.key), by=ENGINE, now=now)


def ask_again(due: Due, now: datetime) -> None:
    """Prompts are not held any more."""
    prompting.ask_again(int(due.key), by=ENGINE, now=now)


def end_of_list(due: Due, now: datetime) -> None:
    """Nobody has answered the list after an outage."""
    actions.end_of_list(int(due.key), by=ENGINE, now=now)


def stop_wait(due: Due, now: datetime) -> None:
    """The site was closed or emptied."""
    actions.stop_wait(int(due.key), by=ENGINE, now=now)


def look_at_appointments(due: Due, now: datetime) -> None:
    """The clock stepped."""
    actions.look_at_appointments(int(due.key), now)


def wipe_description(due: Due, now: datetime) -> None:
    """The visit has ended."""
    settling.wipe_description(int(due.key))


def look_at_room(due: Due, now: datetime) -> None:
    """Somebody came, somebody went off shift, or the queue has not moved for long enough."""
    outlook.look_at_room(due.key, by=ENGINE, now=now)


WORK: Clockwork = {
    CLOCK: look_at_visit,
    settling.WIPE: wipe_description,
    prompting.REPEAT: repeat_prompt,
    prompting.RELEASED: ask_again,
    headcount.COUNT_STANDS: end_of_list,
    actions.SITE_WAIT: stop_wait,
    actions.APPOINTMENTS: look_at_appointments,
    outlook.ROOM: look_at_room,
}

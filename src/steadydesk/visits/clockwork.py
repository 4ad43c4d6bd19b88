"""What happens when a moment comes for a visit, a prompt, or everybody who waits at a site."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due, Together
from steadydesk.kernel.actor import system
from steadydesk.visits import actions, headcount, outlook, prompting, queries, referring, settling
from steadydesk.visits.models import Visit
from steadydesk.visits.settling import CLOCK, look_again

ENGINE = system("clock")


def look_at_visits(dues: list[Due], now: datetime) -> None:
    """Clocks of these visits may have passed; those of one site and one version are decided together."""
    alike: dict[tuple[str, str, str], list[Visit]] = {}
    for visit in queries.waiting_among(int(due.key) for due in dues):
        alike.setdefault((visit.site, visit.document, visit.version), []).append(visit)
    for visits in alike.values():
        look_again(visits, by=ENGINE, now=now)


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


def ask_for_agreement(due: Due, now: datetime) -> None:
    """Nobody has said whether they take the customer on."""
    referring.ask_again(int(due.key), by=ENGINE, now=now)


def look_at_room(due: Due, now: datetime) -> None:
    """Somebody came, somebody went off shift, or the queue has not moved for long enough."""
    outlook.look_at_room(due.key, by=ENGINE, now=now)


WORK: Clockwork = {
    settling.WIPE: wipe_description,
    prompting.REPEAT: repeat_prompt,
    prompting.RELEASED: ask_again,
    headcount.COUNT_STANDS: end_of_list,
    actions.SITE_WAIT: stop_wait,
    actions.APPOINTMENTS: look_at_appointments,
    outlook.ROOM: look_at_room,
    settling.AGREEMENT: ask_for_agreement,
}

TOGETHER: dict[str, Together] = {CLOCK: look_at_visits}

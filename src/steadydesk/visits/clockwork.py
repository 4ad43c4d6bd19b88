"""What happens when a moment comes for a visit, a prompt, or everybody who waits at a site."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due, Together
from steadydesk.kernel.actor import system
from steadydesk.visits import (
    actions,
    expecting,
    forewarning,
    headcount,
    outlook,
    prompting,
    queries,
    referring,
    returning,
)
from steadydesk.visits.models import Visit
from steadydesk.visits.settling import AGREEMENT, CLOCK, look_again

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
    expecting.look_before_asking(int(due.key), by=ENGINE, now=now)
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


def ask_for_agreement(due: Due, now: datetime) -> None:
    """Nobody has said whether they take the customer on."""
    referring.ask_again(int(due.key), by=ENGINE, now=now)


def look_at_expected(due: Due, now: datetime) -> None:
    """Somebody may not be there at the time that a customer was given."""
    expecting.look(int(due.key), by=ENGINE, now=now)


def end_of_expected_day(due: Due, now: datetime) -> None:
    """The day on which a customer was expected is over."""
    expecting.end_of_day(int(due.key), by=ENGINE, now=now)


def end_of_forewarning(due: Due, now: datetime) -> None:
    """The day for which colleagues were warned is over."""
    forewarning.end(int(due.key), by=ENGINE, now=now)


def look_at_room(due: Due, now: datetime) -> None:
    """Somebody came, somebody went off shift, or the queue has not moved for long enough."""
    outlook.look_at_room(due.key, by=ENGINE, now=now)


WORK: Clockwork = {
    prompting.REPEAT: repeat_prompt,
    prompting.RELEASED: ask_again,
    headcount.COUNT_STANDS: end_of_list,
    actions.SITE_WAIT: stop_wait,
    actions.APPOINTMENTS: look_at_appointments,
    outlook.ROOM: look_at_room,
    AGREEMENT: ask_for_agreement,
    expecting.LOOK: look_at_expected,
    returning.DAY_OVER: end_of_expected_day,
    forewarning.OVER: end_of_forewarning,
}

TOGETHER: dict[str, Together] = {CLOCK: look_at_visits}

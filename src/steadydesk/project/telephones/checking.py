"""What ``check`` says of the telephone line, and how to mend it."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from steadydesk.alarms.numbers import HELP, plain
from steadydesk.project.listeners.standing import TELEPHONES, standing
from steadydesk.project.telephones.line import Line, addresses
from steadydesk.sites import queries as sites

AT_A_DESK = ("reception", "desk", "interview_room")


def findings() -> Iterator[str]:
    """Everything that would keep a call for help by telephone from coming in, or from ringing."""
    line: Line | None = settings.LINE
    if line is None:
        return
    yield from _of_the_system(line)
    codes = {plain(t.number) for site in sites.sites() for t in sites.telephones(site.pk) if t.use == HELP}
    if line.user and plain(line.user) not in codes:
        yield (
            f"STEADYDESK_SIP_USER is {line.user}, and no site has that as its help_extension: a call to it raises "
            "nothing unless the telephone system says in To what was dialled. Set the site's number to it."
        )
    for site in sites.sites():
        if site.pk and not any(t.use == HELP for t in sites.telephones(site.pk)):
            yield f"{site.pk}: no help_extension is set up among its telephones, so only the alarm code calls help."
        for spot in sites.places(site.pk):
            if spot.kind in AT_A_DESK and not spot.extension:
                yield f"{site.pk}: “{spot.name}” has no extension, so a call from its telephone names no place."


def _of_the_system(line: Line) -> Iterator[str]:
    if line.server is not None and not addresses(line):
        yield f"Nobody knows the name {line.server[0]}: look at STEADYDESK_SIP_SERVER and at the name service."
    state = standing(Path(settings.DATA), TELEPHONES) if line.user else None
    if state is not None and not state.well:
        yield (
            f"The telephone system {line.server[0] if line.server else ''} does not register {line.user} since "
            f"{state.since:%d %B %H:%M} ({state.said}): look at STEADYDESK_SIP_USER and STEADYDESK_SIP_SECRET, "
            "and at the extension there."
        )

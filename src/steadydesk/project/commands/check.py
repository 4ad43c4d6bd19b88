"""``steadydesk check``: what would go wrong on the day."""

import argparse
import sys
from collections.abc import Collection, Iterator

from steadydesk.kernel.errors import NotFound
from steadydesk.project.commands.installation import is_up_to_date, load_django
from steadydesk.protocol.faults import ProtocolFaults

HELP = "say what is wrong with the installation; 0 when nothing is"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How strictly."""
    parser.add_argument("--deploy", action="store_true", help="also what matters when people reach it over a network")


def run(args: argparse.Namespace) -> int:
    """Print every fault on a line of its own."""
    load_django()
    faults = [*_of_django(), *_of_records()]
    if args.deploy:
        faults += _of_deployment()
    for fault in faults:
        print(fault)
    if not faults:
        print("nothing is wrong", file=sys.stderr)
    return 1 if faults else 0


def _of_django() -> list[str]:
    from django.core.checks import WARNING, run_checks

    found = run_checks()
    return [str(message.msg) for message in found if message.level >= WARNING]


def _of_records() -> Iterator[str]:
    from django.conf import settings

    if not is_up_to_date():
        yield f"There is no installation of this version in {settings.DATA}; “steadydesk run” brings it up to date."
        return
    from steadydesk.project import reached_check
    from steadydesk.project.backup import erasures
    from steadydesk.project.broker import checking as broker
    from steadydesk.project.telephones import checking
    from steadydesk.sites import queries as sites

    every = sites.sites()
    if not every:
        yield "No site is set up; use “steadydesk setup FILE”."
    for site in every:
        yield from _of_site(site.pk)
    yield from checking.findings()
    yield from reached_check.findings()
    yield from broker.findings()
    yield from erasures.findings()


def _of_site(site: str) -> Iterator[str]:
    from steadydesk.documents import queries as documents
    from steadydesk.encounters import queries as encounters
    from steadydesk.kernel.clock import clock
    from steadydesk.people import queries as people

    try:
        protocol = documents.in_force(site).protocol
    except NotFound:
        yield f"{site}: no protocol is in force; use “steadydesk protocol import FILE --publish --site {site}”."
        return
    except ProtocolFaults as unreadable:
        first = unreadable.faults[0]
        yield f"{site}: the protocol in force cannot be read ({first.key}: {first.sentence}); publish a sound version."
        return
    teams = {team.pk for team in people.teams_at(site)}
    for service in protocol.services:
        if service.team not in teams:
            yield f"{site}: the service “{service.label}” belongs to the team “{service.team}”, which is not set up."
    yield from _of_codes(site, protocol.get_help.refused_numbers)
    for place, where in encounters.places_without_help(site, clock.now()):
        yield f"{site}: at “{place}” there is no way of getting help ({where}); set up a telephone, and try it."
    for team in sorted(teams):
        if not people.with_post(team, "manager"):
            yield f"{site}: the team “{team}” has no manager, so its prompts begin with the deputy."


def _of_codes(site: str, refused: Collection[str]) -> Iterator[str]:
    from steadydesk.alarms.codes import code_faults
    from steadydesk.sites import queries as sites

    row = sites.site(site)
    yield from (f"{site}: {said}" for said in dict.fromkeys(f.sentence for f in code_faults(row)))
    if row.country not in refused:
        yield (
            f"{site}: the protocol names no public numbers of {row.country}, so no code is checked against them; "
            "add them under get_help.refused_numbers."
        )


def _of_deployment() -> Iterator[str]:
    from steadydesk.kernel.clock import clock
    from steadydesk.project import deploying

    if is_up_to_date():
        yield from deploying.findings(clock.now())

"""``steadydesk protocol authorise|review|publish``: what happens to a version after it was saved."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from steadydesk.project.commands.installation import open_installation

if TYPE_CHECKING:
    from steadydesk.documents.rules import Authorisation

_VERSION = "its number, as in v1.2"


def add_verbs(verbs: Any, data: argparse.ArgumentParser) -> None:
    """Each names the version as ``v1.2``, and the document by itself or by the site where it is in force."""
    for name, run, said in (
        ("authorise", run_authorise, "record that the authority agreed to a draft; prints its number"),
        ("review", run_review, "record that the review found a version good; prints the next whole number"),
    ):
        verb = verbs.add_parser(name, parents=[data], help=said, description=said)
        verb.add_argument("version", metavar="VERSION", help=_VERSION)
        which = verb.add_mutually_exclusive_group(required=True)
        which.add_argument("--site", metavar="ID", action="append", help="the site whose document it is")
        which.add_argument("--document", metavar="NAME", help="the document by its short name")
        verb.add_argument("--on", metavar="DAY", type=_day, required=True, help="the decision, as in 2/9/2026")
        verb.add_argument("--authority", metavar="WHO", required=True, help="the committee, group or person")
        verb.add_argument("--review-on", metavar="DAY", type=_day, required=True, help="when it is to be reviewed")
        verb.add_argument("--information", metavar="WORDS", help="the minute or the meeting")
        verb.set_defaults(run=run)
    said = "put an authorised version in force; prints its number"
    publish = verbs.add_parser("publish", parents=[data], help=said, description=said)
    publish.add_argument("version", metavar="VERSION", help=_VERSION)
    said = "the site whose document it is, and where it binds; once more for each further site"
    publish.add_argument("--site", metavar="ID", action="append", required=True, help=said)
    publish.add_argument("--document", metavar="NAME", help="the document, where it is not the one in force there")
    publish.set_defaults(run=run_publish)


def run_authorise(args: argparse.Namespace) -> int:
    """Acts as administrator; the author's post still cannot authorise it (D7)."""
    open_installation()
    from steadydesk.documents import actions

    return _decide(args, actions.authorise, "protocol authorise")


def run_review(args: argparse.Namespace) -> int:
    """Acts as administrator (D2d)."""
    open_installation()
    from steadydesk.documents import actions

    return _decide(args, actions.complete_review, "protocol review")


def run_publish(args: argparse.Namespace) -> int:
    """Acts as administrator; binds at the next request of a running server."""
    open_installation()
    from steadydesk.documents import actions
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.kernel.errors import Refusal

    row = _row(args)
    try:
        actions.publish(row, list(dict.fromkeys(args.site)), by=system("protocol publish"), now=clock.now())
    except ValueError as faults:
        raise Refusal("invalid", f"{row.label} does not pass today's checks; amend it first.\n{faults}") from faults
    print(row.label)
    return 0


def _decide(args: argparse.Namespace, act: Callable[..., Any], name: str) -> int:
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock

    print(act(_row(args), _decision(args), by=system(name), now=clock.now()).label)
    return 0


def _decision(args: argparse.Namespace) -> "Authorisation":
    from steadydesk.documents.rules import Authorisation

    return Authorisation(args.on, args.authority.strip() or None, args.review_on, args.information)


def _row(args: argparse.Namespace) -> Any:
    from steadydesk.documents import queries
    from steadydesk.sites import queries as sites

    if args.document:
        return queries.row(args.document, args.version)
    site = sites.site(args.site[0]).pk
    return queries.row(queries.document_at(site) or site, args.version)


def _day(text: str) -> date:
    """Day, month, year (D6)."""
    try:
        return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is no day; write day/month/year, as in 2/9/2026") from error

"""``steadydesk protocol check|new|import|export`` and the steps between: the written procedure as a file."""

import argparse
from pathlib import Path

from steadydesk.project.commands.controlling import add_verbs
from steadydesk.project.commands.installation import open_installation
from steadydesk.project.commands.reading import print_faults, read_text
from steadydesk.protocol import codec, shipped
from steadydesk.protocol.faults import ProtocolFaults

HELP = "check a protocol file, take one in, authorise, review and publish it, or give the one in force away"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its verbs, each with ``--data`` like every command."""
    from steadydesk.project.commands.main import data_option

    verbs = parser.add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", parents=[data_option()], help="every fault of a file, with its line")
    check.add_argument("file", metavar="FILE", type=Path)
    check.set_defaults(run=run_check)
    new = verbs.add_parser("new", parents=[data_option()], help="begin a document from a file: a draft, v0.01")
    new.add_argument("file", metavar="FILE", type=Path)
    new.add_argument(
        "--document", metavar="NAME", required=True, help="its short name: letters a to z, digits, hyphens"
    )
    new.set_defaults(run=run_new)
    take = verbs.add_parser("import", parents=[data_option()], help="save a file as the next amendment")
    take.add_argument("file", metavar="FILE", type=Path)
    take.add_argument("--site", metavar="ID", required=True, help="the site whose protocol it is, or is to be")
    take.add_argument("--document", metavar="NAME", help="the document, where it is not the one in force at the site")
    take.add_argument("--publish", action="store_true", help="put it in force there at once")
    take.set_defaults(run=run_import)
    add_verbs(verbs, data_option())
    give = verbs.add_parser("export", parents=[data_option()], help="print a protocol as YAML")
    which = give.add_mutually_exclusive_group(required=True)
    which.add_argument("--site", metavar="ID", help="the version in force at the site")
    which.add_argument("--shipped", choices=shipped.NAMES, help="one that comes with Steadydesk, to begin with")
    give.add_argument(
        "--public", action="store_true", help="the edition for everybody: no codes, phrase, safe rooms or numbers"
    )
    give.set_defaults(run=run_export)


def run_check(args: argparse.Namespace) -> int:
    """Needs no installation."""
    try:
        codec.read(read_text(args.file))
    except ProtocolFaults as faults:
        return print_faults(args.file, faults)
    return 0


def run_new(args: argparse.Namespace) -> int:
    """Acts as administrator; prints the number of the draft alone."""
    text = read_text(args.file)
    open_installation()
    from steadydesk.documents import actions
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock

    try:
        version = actions.create_document(args.document, text, by=system("protocol new"), now=clock.now())
    except ProtocolFaults as faults:
        return print_faults(args.file, faults)
    print(version.label)
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Acts as administrator; prints the number of the saved version alone."""
    text = read_text(args.file)
    open_installation()
    from steadydesk.documents import actions, queries
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.sites import queries as sites

    site = sites.site(args.site).pk
    document = queries.document(args.document).pk if args.document else queries.document_at(site) or site
    by, now = system("protocol import"), clock.now()
    try:
        if args.publish:
            version = actions.import_and_publish(document, text, [site], by=by, now=now)
        else:
            version = actions.import_document(document, text, by=by, now=now)
    except ProtocolFaults as faults:
        return print_faults(args.file, faults)
    print(version.label)
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Prints YAML that ``import`` takes in again."""
    if args.shipped:
        text = shipped.load(args.shipped)
        print(codec.write_public(codec.read(text)) if args.public else text, end="")
        return 0
    open_installation()
    from steadydesk.documents import queries
    from steadydesk.privacy import queries as privacy
    from steadydesk.sites import queries as sites

    found = queries.in_force(sites.site(args.site).pk)
    row = queries.row(found.document, found.version)
    print(privacy.public_edition(row) if args.public else queries.as_yaml(row), end="")
    return 0

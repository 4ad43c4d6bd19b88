"""``steadydesk export``: everything that is kept about one person, as a file; nothing is sent anywhere."""

import argparse
import sys
from pathlib import Path

from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.project.commands.installation import open_installation

HELP = "make a file of everything that is kept about one person, without what is about others"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom, what of others is taken out, and where to."""
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--person", metavar="LOGIN", help="a member of staff")
    whom.add_argument("--find", metavar="WORDS", help="list visits and calls with this name, ticket or words")
    whom.add_argument("--records", metavar="SUBJECT", nargs="+", help="visits and calls as --find names them: visit:12")
    parser.add_argument(
        "--take-out", metavar="WHICH", help="all, none, or numbers such as 1,3; without it the proposals are printed"
    )
    parser.add_argument("--name-staff", action="store_true", help="leave in the names of staff beside what they did")
    parser.add_argument("--to", metavar="FILE", type=Path, help="the ZIP file to write")


def run(args: argparse.Namespace) -> int:
    """List, propose, or write."""
    open_installation()
    if args.find:
        return _list(args.find)
    subjects = [_person(args.person)] if args.person else args.records
    return _propose(subjects) if args.take_out is None else _write(subjects, args)


def _list(text: str) -> int:
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.privacy import actions, finding
    from steadydesk.sites import queries as sites

    actions.note_search(text, by=system("export"), now=clock.now())
    rows, cut = finding.find(text, [site.pk for site in sites.sites()])
    for found in rows:
        print(found.subject, f"{found.at:%Y-%m-%d %H:%M}", found.site, found.ref, *found.said, sep="\t")
    if cut:
        print("There is more than this: only the newest were looked at. Search with more words.", file=sys.stderr)
    return 0


def _person(login: str) -> str:
    from steadydesk.people import queries as people

    found = people.find(login)
    if found is None:
        raise NotFound(f"There is nobody with the login “{login}”.")
    return f"person:{found.person}"


def _propose(subjects: list[str]) -> int:
    from steadydesk.privacy import giving

    for number, one in enumerate(giving.proposals(_known(subjects)), 1):
        print(number, one.text, one.why, sep="\t")
    print("Read these, then say which are taken out: --take-out all, none or 1,3,… and --to FILE")
    return 0


def _write(subjects: list[str], args: argparse.Namespace) -> int:
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.privacy import actions, giving

    if args.to is None:
        raise Refusal("incomplete", "Say where the file goes: --to FILE")
    proposals = giving.proposals(_known(subjects))
    out = [(p.words, p.start, p.end) for n, p in enumerate(proposals, 1) if n in _chosen(args.take_out, len(proposals))]
    by = system("export")
    made = actions.make_export(subjects, out, staff_named=args.name_staff, by=by, now=clock.now())
    _name, _kind, content = giving.make(made.pk)
    try:
        args.to.touch(mode=0o600)
        args.to.write_bytes(content)
    except OSError as error:
        raise Refusal("not_available", f"{args.to} cannot be written ({error.strerror}).") from error
    print(args.to)
    return 0


def _known(subjects: list[str]) -> list[str]:
    from steadydesk.privacy.subjects import site_of

    for subject in subjects:
        if site_of(subject) is None:
            raise NotFound(f"There is no record “{subject}”.")
    return subjects


def _chosen(which: str, count: int) -> set[int]:
    if which in ("all", "none"):
        return set(range(1, count + 1)) if which == "all" else set()
    numbers = which.split(",")
    if not all(n.strip().isdecimal() and 1 <= int(n) <= count for n in numbers):
        raise Invalid.one("take-out", f"Write all, none, or numbers from 1 to {count}, as in 1,3.")
    return {int(n) for n in numbers}

"""``steadydesk tls``: HTTPS without a proxy and without anybody outside."""

import argparse
from pathlib import Path

from steadydesk.project.commands.installation import load_django

HELP = "make the certificate that is served, renew it, or say what desks must trust"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Three verbs."""
    from steadydesk.project.commands.main import data_option

    verbs = parser.add_subparsers(metavar="VERB", required=True)
    make = verbs.add_parser("make", help="make a local authority and a certificate", parents=[data_option()])
    make.add_argument(
        "--name",
        metavar="NAME",
        action="append",
        required=True,
        help="a name or address under which people reach this machine; give each",
    )
    make.set_defaults(run=_make)
    renew = verbs.add_parser(
        "renew", help="renew the certificate now; a running server takes it", parents=[data_option()]
    )
    renew.set_defaults(run=_renew)
    trust = verbs.add_parser(
        "trust", help="say which file desks must trust, and its fingerprint", parents=[data_option()]
    )
    trust.set_defaults(run=_trust)


def _make(args: argparse.Namespace) -> int:
    load_django()
    from django.conf import settings

    from steadydesk.kernel.clock import clock
    from steadydesk.project.tls import folder
    from steadydesk.project.tls.authority import Names

    names = Names.read(args.name)
    folder.make(settings.DATA, names, clock.now())
    print(f"“steadydesk run” serves HTTPS for {names} from its next start, and renews it by itself.")
    return _trust(args)


def _renew(args: argparse.Namespace) -> int:
    load_django()
    from django.conf import settings

    from steadydesk.kernel.clock import clock
    from steadydesk.project.tls import folder

    ends = folder.renew(settings.DATA, clock.now())
    print(f"The certificate is good until {ends:%d %B %Y}; a running server takes it within ten seconds.")
    return 0


def _trust(args: argparse.Namespace) -> int:
    load_django()
    from cryptography.hazmat.primitives import hashes
    from django.conf import settings

    from steadydesk.kernel.errors import NotFound
    from steadydesk.project.tls import folder
    from steadydesk.project.tls.pair import folder_of

    authority = folder.read_authority(settings.DATA)
    if authority is None:
        raise NotFound("There is no authority here. Make one with “steadydesk tls make --name NAME”.")
    file: Path = folder_of(settings.DATA) / folder.AUTHORITY
    print(f"Let each desk and phone trust {file}; docs/operate/tls.md says how.")
    print(f"Its fingerprint (SHA-256): {authority.certificate.fingerprint(hashes.SHA256()).hex(':').upper()}")
    return 0

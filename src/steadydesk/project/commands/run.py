"""``steadydesk run``: everything on one machine."""

import argparse
import sys

from steadydesk.project.commands import serving
from steadydesk.project.commands.installation import has_records, is_up_to_date, load_django, refuse_unfinished

HELP = "serve on this machine: pages, alarms and engine; what dies is started again"
add_arguments = serving.add_address


def run(args: argparse.Namespace) -> int:
    """Bring the database up to date and serve until told to stop."""
    serving.require_free(args.host, args.port)
    load_django()
    scheme = serving.require_certificate()
    refuse_unfinished()
    from django.conf import settings

    from steadydesk.project import upgrade
    from steadydesk.sites import queries as sites

    print(f"Steadydesk is at {scheme}://{args.host}:{args.port}/", flush=True)
    if has_records() and not is_up_to_date():
        # The errand of the parent, beside the server: calls are taken meanwhile.
        (settings.DATA / upgrade.MARK).touch()
        serving.hand_over(args.host, args.port, upgrade=True)
    upgrade.prepare(settings.DATA)
    if not sites.sites():
        print("Nothing is set up yet. Do it with “steadydesk setup FILE”; this server will see it.", file=sys.stderr)
    serving.hand_over(args.host, args.port)

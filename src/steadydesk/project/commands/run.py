"""``steadydesk run``: everything on one machine."""

import argparse
import sys

from steadydesk.project.commands import serving
from steadydesk.project.commands.installation import load_django, open_installation

HELP = "serve on this machine: pages, alarms and engine; what dies is started again"
add_arguments = serving.add_address


def run(args: argparse.Namespace) -> int:
    """Bring the database up to date and serve until told to stop."""
    serving.require_free(args.host, args.port)
    load_django()
    scheme = serving.require_certificate()
    open_installation(migrate=True)
    from django.conf import settings

    from steadydesk.kernel.clock import clock
    from steadydesk.privacy import actions as privacy
    from steadydesk.project.backup import settling
    from steadydesk.sites import queries as sites

    settling.before_serving(settings.DATA, clock.now())
    # Also after a restore: what was forgotten since the backup goes again before anybody can read it.
    privacy.purge_before_serving(clock.now())
    if not sites.sites():
        print("Nothing is set up yet. Do it with “steadydesk setup FILE”; this server will see it.", file=sys.stderr)
    print(f"Steadydesk is at {scheme}://{args.host}:{args.port}/", flush=True)
    serving.hand_over(args.host, args.port)

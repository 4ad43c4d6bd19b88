"""``steadydesk web``: one of many serving machines on one PostgreSQL."""

import argparse

from steadydesk.project.commands import serving
from steadydesk.project.commands.installation import load_django, open_installation, require_postgres

HELP = "serve pages and alarms on one of many machines; its own engine stands by (PostgreSQL only)"
add_arguments = serving.add_address


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. The database is brought up to date by ``run`` or ``engine``, not by each machine."""
    load_django()
    require_postgres("web")
    serving.require_free(args.host, args.port)
    serving.require_certificate()
    open_installation()
    from steadydesk.kernel.clock import clock
    from steadydesk.project.backup import settling

    # After a restore this may be the first that serves, and its engine the first that fires.
    settling.before_serving(clock.now())
    serving.hand_over(args.host, args.port)

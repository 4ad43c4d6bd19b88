"""The parent's errand beside the server: ``python -m steadydesk.project.commands.upgrading``."""

import sys

from steadydesk.kernel.errors import SteadydeskError
from steadydesk.project.commands.installation import load_django


def main() -> int:
    """Bring the records to this version, and say how it went."""
    load_django()
    from django.conf import settings

    from steadydesk.project import upgrade

    try:
        upgrade.prepare(settings.DATA)
    except SteadydeskError as refused:
        print(f"{refused} Calls are taken meanwhile; pages are not served.", file=sys.stderr, flush=True)
        return 1
    print("The records are of this version now.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

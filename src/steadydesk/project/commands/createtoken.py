"""``steadydesk createtoken``: a credential for a person or a desk, shown once."""

import argparse
from typing import TYPE_CHECKING

from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.project.commands.installation import open_installation

if TYPE_CHECKING:
    from steadydesk.people.models import Device, Person

HELP = "make a credential for a person or a desk and print it alone; it cannot be shown again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """For whom."""
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--person", metavar="LOGIN")
    whose.add_argument("--device", metavar="NAME", help="a desk; it is set up at --place when it is new")
    parser.add_argument(
        "--code", action="store_true", help="for a desk: a short code, to be typed in at its browser within 15 minutes"
    )
    parser.add_argument("--board", action="store_true", help="the device is a public board: it shows called tickets")
    parser.add_argument("--kiosk", action="store_true", help="the device is a kiosk at which customers take a ticket")
    parser.add_argument("--wall", action="store_true", help="the device is a wall board for staff: it only reads")
    parser.add_argument(
        "--phones", action="store_true", help="the device is a telephone system: it tells of calls, and reads nothing"
    )
    parser.add_argument("--place", metavar="ID", help="where the desk is: desk-1, or exchange/desk-1")


def run(args: argparse.Namespace) -> int:
    """Print the token, or the code, alone."""
    open_installation()
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.people.actions import create_token

    by, now = system("createtoken"), clock.now()
    if args.code and (args.phones or not args.device):
        raise Invalid.one("code", "A code is for a desk: name it with --device.")
    if args.code:
        from steadydesk.desks.actions import make_code

        token = make_code(_device(args).pk, by=by, now=now)
    elif args.person:
        token = create_token(person=_person(args.person), label="command line", by=by, now=now)
    else:
        device = _device(args)
        token = create_token(device=device, label="command line", by=by, now=now)
    print(token)
    return 0


def _person(login: str) -> "Person":
    from steadydesk.people.models import Person

    found = Person.objects.filter(login=login, is_active=True).first()
    if found is None:
        raise NotFound(f"There is no person “{login}”.")
    return found


def _device(args: argparse.Namespace) -> "Device":
    """The desk of that name; a new one is set up at the place, a known one is moved there."""
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.people.actions import save_row
    from steadydesk.people.models import Device

    device = Device.objects.filter(name=args.device).first()
    if args.place is None:
        if device is None:
            raise NotFound(f"There is no desk “{args.device}”. Say where it is with --place, and it is set up.")
        return device
    site, id = _place(args.place)
    if device is None or device.place_id != id:
        kind = next((kind for kind in ("phones", "wall", "board", "kiosk") if getattr(args, kind)), "desk")
        device = device or Device(name=args.device, kind=kind)
        device.site_id, device.place_id = site, id
        save_row(device, by=system("createtoken"), now=clock.now())
    return device


def _place(written: str) -> tuple[str, int]:
    """The site and the row that “desk-1” or “exchange/desk-1” means."""
    from steadydesk.sites import queries as sites

    site, _, id = written.rpartition("/")
    spots = [s for one in sites.sites() if site in ("", one.pk) for s in sites.places(one.pk) if s.id == id]
    if not spots:
        raise Invalid.one("place", f"There is no place “{written}”.")
    if len(spots) > 1:
        which = ", ".join(f"{spot.site}/{spot.id}" for spot in spots)
        raise Invalid.one("place", f"“{written}” is at several sites; write one of {which}.")
    return spots[0].site, spots[0].pk

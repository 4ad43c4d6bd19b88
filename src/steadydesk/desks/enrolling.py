"""A browser becomes a desk by a code that is typed once, and says where it stands at each start."""

import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.desks import queries, rules
from steadydesk.desks.models import EnrolCode
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission, system
from steadydesk.kernel.errors import Refusal
from steadydesk.people import actions as people
from steadydesk.people import devices

ENROLLED = "desk"
"""What a token is called that a code made."""


def make_code(device: int, *, by: Actor, now: datetime) -> str:
    """A code for the desk, good once and for a quarter of an hour; an earlier one is good no longer."""
    desk = devices.one(device)
    by.check(Permission.TOKEN_CREATE, desk.site)
    code = "".join(secrets.choice(rules.CODE_LETTERS) for _n in range(rules.CODE_LENGTH))
    with write(now):
        EnrolCode.objects.filter(device_id=device).delete()
        EnrolCode.objects.filter(ends_at__lte=now).delete()
        EnrolCode.objects.create(device_id=device, hash=people.hash_token(code), ends_at=now + rules.CODE_LASTS)
        record(Event.DESK_CODE_MADE, f"device:{device}", by=by, site=desk.site)
    return rules.written_code(code)


def enrol_desk(typed: str, *, by: Actor, now: datetime) -> str:
    """Take the code and return the desk's token for this browser. Refuses with ``bad_code``."""
    with write(now):
        code = EnrolCode.objects.filter(hash=people.hash_token(rules.read_code(typed)), ends_at__gt=now)
        found = code.select_for_update().first()
        if found is None:
            raise Refusal("bad_code", _("This code is not known, was used, or is too old. Ask for a new one."))
        device = found.device_id
        found.delete()
        # The administrator decided it by making the code; the token is made in nobody else's name.
        token = people.create_token(device=devices.row(device), label=ENROLLED, by=system("enrol"), now=now)
        record(Event.DESK_ENROLLED, f"device:{device}", by=by, site=devices.one(device).site)
    return token


def move_desk(token: str, device: int, *, by: Actor, now: datetime) -> None:
    """The browser stands at another desk of its site; a call goes out from there at once."""
    if all(d.device != device for d in queries.places_to_stand(by)):
        raise Refusal("not_available", _("This browser cannot be that desk. An administrator makes a code for it."))
    with write(now):
        devices.move_token(people.hash_token(token), device, by=by, now=now)
        record(Event.DESK_MOVED, f"device:{device}", by=by, site=by.site or "", before=by.holder)

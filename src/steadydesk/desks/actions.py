"""Everything that can be done to a desk."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import clear_deadline
from steadydesk.desks import queries, tapping
from steadydesk.desks.enrolling import enrol_desk, make_code, move_desk
from steadydesk.desks.expecting import (
    DESKS_EXPECTED,
    delete_terms,
    expect_desks,
    look_at_opening,
    look_for_desks,
    save_terms,
)
from steadydesk.desks.locking import lock_desk, unlock_desk, unlock_for, unlock_from_afar, use_desk
from steadydesk.desks.models import Tap
from steadydesk.desks.passing import PASS_ENDS, end_pass, end_passes, follow_hours, give_pass, let_go, revoke_pass
from steadydesk.desks.tapping import (
    badge_owner,
    recognise,
    send_home,
    set_badge,
    set_pin,
    take_keys,
    tap_in,
    tap_out,
)
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal

__all__ = [
    "badge_owner", "delete_terms", "end_pass", "end_passes", "enrol_desk", "expect_desks", "follow_hours", "give_pass",
    "let_go", "lock_desk", "look_at_opening", "look_for_desks", "make_code", "move_desk", "recognise", "revoke_pass",
    "save_terms", "send_home", "set_badge", "set_pin", "settle_restored", "take_keys", "take_over", "tap_in", "tap_out",
    "unlock_desk", "unlock_for", "unlock_from_afar", "use_desk",
]  # fmt: skip


def settle_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """Taps and day passes of that day are over. Desks are looked for anew in a while, where the site is open now."""
    for subject in deadlines.subjects_due(tapping.TAP_ENDS, now):
        clear_deadline(tapping.TAP_ENDS, subject)
        tapping.end_old(int(subject.partition(":")[2]), by=by, now=now)
    for subject in deadlines.subjects_due(PASS_ENDS, now):
        clear_deadline(PASS_ENDS, subject)
        end_pass(int(subject.partition(":")[2]), by=by, now=now)
    for subject in deadlines.subjects_due(DESKS_EXPECTED, now):
        site = subject.partition(":")[2]
        expect_desks(site, now + timedelta(minutes=queries.terms(site).desks_wait), by=by, now=now)
    return {}


def take_over(person: int, *, by: Actor, now: datetime) -> list[int]:
    """The person takes this desk from everybody who is tapped in here; returns whom.

    What these were doing is handed over by what follows from the entry, in the same transaction.
    """
    device, acting = int(by.id), queries.acting(by, person)
    with write(now):
        taps = list(Tap.objects.select_for_update().filter(device_id=device, ended_at__isnull=True))
        leaving = [t.person_id for t in taps if t.person_id != person]
        if not leaving and any(t.person_id == person for t in taps):
            raise Refusal("not_available", _("You are the only one here: there is nobody to take over from."))
        for tap in taps:
            if tap.person_id != person:
                tapping.end(tap, by=acting, now=now)
        tapping.begin(person, device, by=by, now=now)
        record(Event.DESK_TAKEN_OVER, f"device:{device}", by=acting, site=by.site or "", person=person, left=leaving)
    return leaving

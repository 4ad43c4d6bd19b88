"""Who reacts to what: event → actions, run in the same transaction before COMMIT."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from steadydesk.alarms import actions as alarms
from steadydesk.alarms.codes import refuse_codes
from steadydesk.buttons import actions as buttons
from steadydesk.deadlines import actions as deadlines
from steadydesk.delivery import actions as delivery
from steadydesk.delivery import browsers as delivery_browsers
from steadydesk.desks import actions as desks
from steadydesk.encounters import actions as encounters
from steadydesk.journal.actions import Reaction
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.loneworking import actions as loneworking
from steadydesk.loneworking import by_button
from steadydesk.loneworking import mobiles as lone_mobiles
from steadydesk.loneworking import periods as lone_periods
from steadydesk.loneworking import reminders as lone_reminders
from steadydesk.people import actions as people
from steadydesk.project.backup import erasures
from steadydesk.rota import actions as rota
from steadydesk.sites import actions as sites
from steadydesk.visits import actions as visits


def _move_deadlines(entry: Entry, by: Actor, now: datetime) -> None:
    deadlines.move_with_clock(timedelta(seconds=entry.facts["by_s"]), now)


REACTIONS: Mapping[Event, Sequence[Reaction]] = {
    Event.AVAILABILITY_WITHDRAWN: (rota.look_soon, visits.follow_withdrawn),
    Event.BUTTON_CHECKED_IN: (by_button.check_in,),
    Event.CLOCK_STEPPED: (
        _move_deadlines,
        people.follow_clock,
        visits.follow_clock,
        sites.follow_clock,
        loneworking.follow_clock,
    ),
    Event.ASSET_CHECKED: (lone_reminders.follow_check,),
    Event.SAFE_ROOM_INSPECTED: (lone_reminders.follow_check,),
    Event.POLICE_ROUTE_CHANGED: (lone_reminders.follow_check,),
    Event.POLICE_ROUTE_TESTED: (lone_reminders.follow_check,),
    Event.DESK_TAPPED_IN: (loneworking.follow_tap,),
    Event.DESK_STARTED: (delivery.stop_telling_of_desks,),
    Event.DESKS_NOT_STARTED: (delivery.tell_of_desks,),
    Event.DESK_TAKEN_OVER: (visits.hand_over,),
    Event.EXPECTED_CALLED_OFF: (visits.send_change,),
    Event.EXPECTED_MOVED: (visits.send_change,),
    Event.EXPECTED_TAKEN_UP: (visits.send_change,),
    Event.HELP_ASKED: (visits.pass_on,),
    Event.PASSWORD_CHANGED: (delivery_browsers.drop_signed_out,),
    Event.PERSON_LEFT: (
        delivery_browsers.drop_leaver,
        desks.let_go,
        buttons.take_from_leaver,
        lone_mobiles.take_from_leaver,
        alarms.await_leaver,
        rota.let_go,
        visits.follow_leaver,
    ),
    Event.PRESENCE_CHANGED: (
        visits.look_soon,
        visits.follow_presence,
        encounters.remind_at_shift_end,
        rota.follow_presence,
        loneworking.follow_presence,
    ),
    Event.ROTA_PUBLISHED: (rota.look_soon, lone_periods.follow_publication, loneworking.follow_shifts),
    Event.ROTA_TURN_CHANGED: (loneworking.follow_shifts,),
    Event.ROTA_SWAP_TAKEN: (loneworking.follow_shifts,),
    Event.ROTA_ABSENCE_PLANNED: (loneworking.follow_shifts,),
    Event.ROTA_ABSENCE_ENDED: (visits.follow_return, loneworking.follow_shifts),
    Event.SET_UP_CHANGED: (
        refuse_codes,
        delivery_browsers.drop_signed_out,
        loneworking.follow_shifts,
        rota.follow_set_up,
        visits.follow_hours,
        desks.follow_hours,
    ),
    Event.SIGNED_OUT: (delivery_browsers.drop_signed_out,),
    Event.SIGNED_OUT_EVERYWHERE: (delivery_browsers.drop_signed_out,),
    Event.SITE_STATE_CHANGED: (
        visits.stop_waits,
        visits.count_after_emptying,
        visits.close_day,
        visits.release,
        desks.look_at_opening,
        desks.end_passes,
        encounters.remind_at_closing,
        loneworking.follow_site,
    ),
    Event.VISIT_ARRIVED: (visits.look_soon,),
    Event.VISIT_CANNOT_MEET: (visits.end_help,),
    Event.VISIT_FINISHED: (visits.end_help,),
    Event.VISIT_LEFT: (visits.end_help,),
    Event.VISIT_NO_SHOW: (visits.end_help,),
    Event.VISIT_REINSTATED: (visits.look_soon,),
    Event.VISIT_RETURN_BOOKED: (visits.end_help,),
    Event.VISIT_RETURN_UNDONE: (visits.send_change,),
    Event.VISIT_UNDONE: (visits.look_soon,),
    Event.WORDS_ERASED: (erasures.note,),
    Event.WORDS_WITHDRAWN: (erasures.note,),
}

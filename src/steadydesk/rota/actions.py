"""Everything that can be done to a rota, to absences, swaps and calendars, and what follows by itself."""

from steadydesk.rota.absences import end_absence, plan_absence, report_ill
from steadydesk.rota.calendars import add_calendar, fetch_again, remove_calendar, upload_calendar
from steadydesk.rota.gaps import look_for_gaps, look_soon
from steadydesk.rota.leaving import let_go
from steadydesk.rota.patterns import Wish, add_pattern, add_patterns, change_pattern, end_pattern
from steadydesk.rota.publishing import publish
from steadydesk.rota.swaps import offer_swap, take_swap, withdraw_swap
from steadydesk.rota.turns import change_times, cover, remove_turn, restore_turn
from steadydesk.rota.withdrawing import follow_presence, follow_set_up

__all__ = [
    "Wish",
    "add_calendar",
    "add_pattern",
    "add_patterns",
    "change_pattern",
    "change_times",
    "cover",
    "end_absence",
    "end_pattern",
    "fetch_again",
    "follow_presence",
    "follow_set_up",
    "let_go",
    "look_for_gaps",
    "look_soon",
    "offer_swap",
    "plan_absence",
    "publish",
    "remove_calendar",
    "remove_turn",
    "report_ill",
    "restore_turn",
    "take_swap",
    "upload_calendar",
    "withdraw_swap",
]

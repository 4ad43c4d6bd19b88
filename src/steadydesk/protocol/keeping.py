"""How long each kind of record may be kept at most, so that nothing is kept "to be safe" (E8a).

The bounds are generous: they leave room for the longest period that any law known to us asks for, such as accident
books (3 years), logs of violence (5) and injury records (5 years after the year in which they were made). What one
claim or inquiry needs for longer is kept by a hold, for that record alone.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.durations import write_duration

A_DAY, A_MONTH, A_QUARTER, A_YEAR = (timedelta(days=days) for days in (1, 31, 92, 366))
THREE_YEARS, SIX_YEARS, TEN_YEARS, FORTY_YEARS = (timedelta(days=days) for days in (1096, 2192, 3653, 14610))

LONGEST: Mapping[str, timedelta] = {
    "visit": SIX_YEARS,
    "visit_description": A_DAY,
    "visit_note": THREE_YEARS,
    "alarm": TEN_YEARS,
    "alarm_note": TEN_YEARS,
    "journal": TEN_YEARS,
    "delivery": THREE_YEARS,
    "assessment": THREE_YEARS,
    "strategy": THREE_YEARS,
    "help_request": THREE_YEARS,
    "urgent_message": THREE_YEARS,
    "contact": THREE_YEARS,
    "incident": TEN_YEARS,
    "injury": TEN_YEARS,
    "violent_incident_log": TEN_YEARS,
    "welfare_check": THREE_YEARS,
    "debrief": TEN_YEARS,
    "customer_file": THREE_YEARS,
    "withdrawal": SIX_YEARS,
    "letter": SIX_YEARS,
    "lone_shift": SIX_YEARS,
    "access_challenge": THREE_YEARS,
    "training": TEN_YEARS,
    "rehearsal": TEN_YEARS,
    "check_of_equipment": TEN_YEARS,
    "document": FORTY_YEARS,
    "export": A_QUARTER,
    "presence": A_YEAR,
    "sign_in": A_YEAR,
    "account": THREE_YEARS,
    "view_log": TEN_YEARS,
    "hold": TEN_YEARS,
    "expected_arrival": A_YEAR,
    "forewarning": A_MONTH,
}

LOGGED = ("visit", "alarm", "incident")
"""What has a log by E8a: the journal's entries about it."""


def kept_too_long(kept: Mapping[str, timedelta]) -> Iterator[tuple[str, str]]:
    """The kinds that are kept longer than anybody needs them, each with the sentence that says so."""
    for kind, lasts in kept.items():
        if lasts > LONGEST[kind]:
            sentence = _("this is kept too long: %s at most; one record that is needed for longer is kept by a hold")
            yield kind, sentence % write_duration(LONGEST[kind])


def kept_without_log(kept: Mapping[str, timedelta]) -> Iterator[tuple[str, str]]:
    """The kinds that would outlive the journal's entries about them, each with the sentence that says so."""
    for kind in LOGGED:
        if kept[kind] > kept["journal"]:
            sentence = _("this would be kept longer than its log: keep journal as long, or this no longer than %s")
            yield kind, sentence % write_duration(kept["journal"])

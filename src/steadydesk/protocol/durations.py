"""Lengths of time as ISO 8601 text: PT10M, P7D."""

import re
from datetime import timedelta

from steadydesk.kernel.words import gettext as _

LONGEST = timedelta(days=36525)
"""A hundred years: more is a slip of the pen, and would overflow a calendar date."""

_ISO = re.compile(
    r"P(?=\d|T\d)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d{1,6})?)S)?)?",
    re.ASCII,
)
_WITH_MONTHS = re.compile(r"P(?=\w*?\d[YM])(?:\d+[YMWD])+(?:T.*)?", re.ASCII)


def parse_duration(written: str) -> timedelta:
    """The length of time that `written` stands for, in weeks, days, hours, minutes and seconds.

    Months and years are refused: they have no fixed length, and P10M is most often meant as PT10M.
    Raises ValueError with a sentence the writer can act on."""
    match = _ISO.fullmatch(written.strip())
    if match is None:
        if _WITH_MONTHS.fullmatch(written.strip()):
            sentence = _("“%s” counts in months or years; write days, as in P365D, or minutes after a T, as in PT10M")
            raise ValueError(sentence % written)
        raise ValueError(_("“%s” is not a length of time; write for example PT10M or P7D") % written)
    parts = {unit: float(amount.replace(",", ".")) for unit, amount in match.groupdict("0").items()}
    try:
        duration = timedelta(**parts)
    except OverflowError:
        duration = timedelta.max
    if duration > LONGEST:
        raise ValueError(_("“%s” is too long; the longest is a hundred years") % written)
    return duration


def write_duration(duration: timedelta) -> str:
    """The shortest ISO 8601 form: PT10M, P7D, P1DT12H, PT0.5S; nothing is PT0S."""
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{duration.microseconds:06d}".rstrip("0") if duration.microseconds else ""
    amounts = ((f"{hours}", "H"), (f"{minutes}", "M"), (f"{seconds}{fraction}", "S"))
    clock = "".join(amount + unit for amount, unit in amounts if amount != "0")
    days = f"{duration.days}D" if duration.days else ""
    return f"P{days}T{clock}" if clock else f"P{days}" if days else "PT0S"

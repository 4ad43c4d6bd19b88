"""A time as it stands on paper: the wall's clock of the site on one day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

WHICH = ("first", "second")
"""In autumn an hour comes twice."""


class NotATime(Exception):
    """The wall's clock did not show this, or showed it twice."""

    def __init__(self, sentence: str, *, twice: bool) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.twice = twice


def moment(day: date, at: time, zone: ZoneInfo, which: str = "") -> datetime:
    """When it was. Raises ``NotATime`` for an hour that was left out, or came twice and nobody says which."""
    wall = datetime.combine(day, at)
    both = sorted({wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})
    real = [m for m in both if m.astimezone(zone).replace(tzinfo=None) == wall]
    shown = {"at": at.strftime("%H:%M")}
    if not real:
        raise NotATime(_("The clocks went forward that day: there was no %(at)s.") % shown, twice=False)
    if len(real) > 1 and which not in WHICH:
        raise NotATime(_("The clocks went back that day: it was %(at)s twice. Say which.") % shown, twice=True)
    return real[-1] if which == "second" else real[0]


def last_shown(at: time, zone: ZoneInfo, now: datetime, which: str = "") -> datetime:
    """When the wall's clock last showed this: today, or yesterday where that is still to come. As ``moment``."""
    today = now.astimezone(zone).date()
    first, second = (datetime.combine(today, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > now:
        return moment(today - timedelta(days=1), at, zone, which)
    # Within the hour that comes again, only the first of the two has been.
    return moment(today, at, zone, "first" if second > now else which)


def went_back(zone: ZoneInfo, now: datetime) -> bool:
    """Whether an hour came twice within the last day."""
    before, after = ((now - timedelta(days=ago)).astimezone(zone).utcoffset() for ago in (1, 0))
    return before is not None and after is not None and before > after

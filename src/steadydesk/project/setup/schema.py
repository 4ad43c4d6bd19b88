"""What a set-up file may say. Every refusal is a sentence its author can act on."""

from datetime import date, datetime
from typing import Annotated, Literal, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt

from steadydesk.buttons.rules import NAME
from steadydesk.kernel.actor import ROLES, Permission
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.schema.base import Id, Label, Section, Several, YesNo, refusal, spelt
from steadydesk.sites.rules import read_spans

Kind = Literal["reception", "desk", "back_office", "interview_room", "stacks", "safe_room", "restricted", "door"]
Post = Literal["member", "manager", "deputy"]


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise refusal(_("“%s” is not a time zone; write for example Europe/London") % name)
    return name


def _email(address: str) -> str:
    name, _at, host = address.rpartition("@")
    if not name or not host or " " in address:
        raise refusal(_("“%s” is not an e-mail address") % address)
    return address


def _moment(written: object) -> datetime:
    try:
        moment = written if isinstance(written, datetime) else datetime.fromisoformat(f"{written}")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refusal(_("“%s” is not a time with an offset; write 2026-03-02T09:00:00+00:00") % (written,))
    return moment


def _role(role: str) -> str:
    if role not in ROLES:
        facts = {"role": role, "roles": ", ".join(ROLES)}
        raise refusal(_("“%(role)s” is not a role; the roles are %(roles)s") % facts)
    return role


def _spans(written: object) -> str:
    # YAML reads a bare 09:00 as a number, and a list is as plain as a comma.
    text = ", ".join(map(str, written)) if isinstance(written, (list, tuple)) else str(written or "")
    if read_spans(text) is None:
        raise refusal(_("“%s” is not a time of opening; write “09:00-17:00”, or two with a comma") % text)
    return text


def _span(written: object) -> str:
    if len(read_spans(f"{written}") or ()) != 1:
        raise refusal(_("“%s” is not a time of work; write “09:00-17:00”") % (written,))
    return f"{written}"


def _day(written: object) -> date:
    try:
        return written if isinstance(written, date) else date.fromisoformat(f"{written}")
    except ValueError:
        raise refusal(_("“%s” is not a day; write 2026-12-25") % (written,)) from None


TimeZone = Annotated[Label, AfterValidator(_time_zone)]
Email = Annotated[Label, Field(max_length=254), AfterValidator(_email)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Country = Annotated[str, spelt(r"^[A-Z]{2}$", _("this must be a country in two letters, as in GB"))]
Number = Annotated[Label, Field(max_length=40)]
Name = Annotated[Label, Field(max_length=120)]
Line = Annotated[Label, Field(max_length=200)]
Login = Annotated[
    str,
    spelt(r"^[a-z0-9][a-z0-9._@-]{0,59}$", _("this must be small letters, digits, dots and dashes")),
]
Spans = Annotated[str, Field(max_length=200), BeforeValidator(_spans)]
Day = Annotated[date, BeforeValidator(_day)]
OneSpan = Annotated[str, Field(max_length=20), BeforeValidator(_span)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)
RoleName = Annotated[str, AfterValidator(_role)]


class PlaceEntry(Section):
    """A desk, a room, a door."""

    id: Id
    name: Name
    kind: Kind
    earshot: Annotated[Label, Field(max_length=60)] | None = None
    staff_only: YesNo = False
    public: YesNo = False
    extension: Annotated[Label, Field(max_length=20)] | None = None
    barrier: Name | None = None
    way_in: Line | None = None
    silent_key: Annotated[Label, Field(max_length=40)] = "Ctrl+Shift+9"
    phrase_key: Annotated[Label, Field(max_length=40)] = "Ctrl+Shift+8"


class ConnectionEntry(Section):
    """Two places and the walk between them."""

    between: tuple[Id, Id]
    metres: Annotated[StrictInt, Field(ge=1, le=5000)] = 10


class TeamEntry(Section):
    """A service area."""

    id: Id
    name: Name
    phone: Number | None = None
    runs_duty_rota: YesNo = False


class DeviceEntry(Section):
    """A desk station, or a board or a kiosk."""

    name: Annotated[Label, Field(max_length=60)]
    place: Id
    kind: Literal["desk", "wall", "board", "kiosk"] = "desk"


class ButtonEntry(Section):
    """A worn or wall button; its secret is made on the page of buttons."""

    name: Annotated[str, spelt(NAME, _("this must be letters, digits, dots, dashes and colons, 60 at most"))]
    kind: Literal["worn", "wall", "pedal"]
    place: Id | None = None
    person: Login | None = None
    """Who wears it."""
    every_minutes: Annotated[StrictInt, Field(ge=1, le=44640)] | None = None


class ZoneEntry(Section):
    """What a gateway calls a place."""

    name: Annotated[Label, Field(max_length=60)]
    place: Id


class MobileEntry(Section):
    """A mobile telephone that lone workers carry."""

    name: Annotated[Label, Field(max_length=60)]
    number: Number
    person: Login | None = None


class PoliceEntry(Section):
    """How the site is connected to the police; that it was tested is said by a person, on the page."""

    provider: Name
    reference: Name
    verification: Annotated[Label, Field(max_length=400)]


class InspectionEntry(Section):
    """What an inspector found in a safe room on a day, as it was written down before; items of the procedure."""

    place: Id
    on: Day
    by: Login
    found: Annotated[dict[Id, YesNo], Field(min_length=1)]


class WeekEntry(Section):
    """When a site is open in a usual week; a day that is left out is closed."""

    monday: Spans = ""
    tuesday: Spans = ""
    wednesday: Spans = ""
    thursday: Spans = ""
    friday: Spans = ""
    saturday: Spans = ""
    sunday: Spans = ""
    closing_minutes: Annotated[StrictInt, Field(ge=0, le=240)] = 15

    @property
    def weekly(self) -> dict[int, str]:
        """By weekday; Monday is 0."""
        days = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)
        return dict(enumerate(days))


class SpecialDayEntry(Section):
    """A day with hours of its own; closed without them."""

    day: Day
    name: Name
    hours: Spans = ""


class TelephoneEntry(Section):
    """A number to ring for help."""

    use: Id
    """An id of the protocol's `get_help.telephone_first`."""
    number: Number
    tried: YesNo = False
    """Whether it was rung while the set-up was written; a number that was not tried lately is not offered."""


class AssetEntry(Section):
    """Something that is needed in an emergency."""

    kind: Literal["defibrillator", "ambulance_door"]
    place: Id | None = None
    where: Line


class ContactEntry(Section):
    """Whom the site calls from outside: an entry of its emergency contact list."""

    kind: Id
    """An id of the protocol's `outside_support.kinds`."""
    name: Name
    phone: Number
    reached: Name | None = None
    owner: Name | None = None
    email: Name | None = None
    by_chain: YesNo = False
    """Whether a call for help that comes to `contacts` tells them by itself."""
    verified: YesNo = False
    """Whether the number was found to be right while the set-up was written."""


class SiteEntry(Section):
    """A building with a front desk, and what belongs to it."""

    id: Id
    name: Name
    country: Country = "GB"
    time_zone: TimeZone = "Europe/London"
    ring_instead: Number | None = None
    way_out: Line | None = None
    outside_line: (
        Annotated[str, spelt(r"^[0-9]{1,4}$", _("this must be the digits before a number outside"))] | None
    ) = None
    hours: WeekEntry | None = None
    special_days: tuple[SpecialDayEntry, ...] = ()
    places: Annotated[tuple[PlaceEntry, ...], Field(min_length=1)]
    connections: tuple[ConnectionEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()
    devices: tuple[DeviceEntry, ...] = ()
    buttons: tuple[ButtonEntry, ...] = ()
    zones: tuple[ZoneEntry, ...] = ()
    mobiles: tuple[MobileEntry, ...] = ()
    police: PoliceEntry | None = None
    inspections: tuple[InspectionEntry, ...] = ()
    telephones: tuple[TelephoneEntry, ...] = ()
    assets: tuple[AssetEntry, ...] = ()
    contacts: tuple[ContactEntry, ...] = ()


class PersonEntry(Section):
    """A member of staff, with what they may do at their site or everywhere."""

    login: Login
    name: Name
    email: Email | None = None
    phone: Number | None = None
    site: Id
    roles: Several[RoleName] = ()
    everywhere: Several[RoleName] = ()
    team: Id | None = None
    post: Post = "member"
    on_shift: YesNo = False
    place: Id | None = None
    """Where they work while on shift."""

    @property
    def sets_up(self) -> bool:
        """Whether one of their roles may open set-up."""
        return any(Permission.SET_UP in ROLES[role] for role in (*self.roles, *self.everywhere))


class DutyEntry(Section):
    """A person answers for a team on its duty rota, from the set-up on unless it says otherwise."""

    team: Id
    person: Login
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class DesignatedEntry(Section):
    """To whom customers are referred who come for this enquiry type, or for any of this team."""

    site: Id
    service: Id | None = None
    """An id of the protocol's `services`."""
    team: Id | None = None
    people: Annotated[Several[Login], Field(min_length=1)]


class RotaEntry(Section):
    """Somebody, or everybody of a team, works at these times each week: a plan, which a manager publishes."""

    site: Id
    kind: Literal["work", "duty"] = "work"
    person: Login | None = None
    team: Id | None = None
    place: Id | None = None
    days: Annotated[Several[Weekday], Field(min_length=1)]
    hours: OneSpan
    from_day: Day
    until_day: Day | None = None
    every_weeks: Annotated[StrictInt, Field(ge=1, le=12)] = 1


class RehearsalEntry(Section):
    """Somebody rehearsed the phrase with somebody; what was kept on paper before is brought in this way."""

    site: Id
    person: Login
    partner: Login
    held_on: Day


class SetUp(Section):
    """The whole file."""

    sites: tuple[SiteEntry, ...] = ()
    people: tuple[PersonEntry, ...] = ()
    duty: tuple[DutyEntry, ...] = ()
    designated: tuple[DesignatedEntry, ...] = ()
    rota: tuple[RotaEntry, ...] = ()
    rehearsals: tuple[RehearsalEntry, ...] = ()

"""The kinds of value a protocol is made of. Every refusal is a sentence the author of the file can act on."""

import re
import unicodedata
from collections.abc import Callable, Hashable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StrictBool,
    StrictInt,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.durations import LONGEST, parse_duration, write_duration

ROLES = (
    "reception", "team_member", "manager", "deputy", "duty_manager", "security", "lone_worker", "safety_lead",
    "data_protection", "administrator", "safety_representative", "first_aider", "day_pass",
)  # fmt: skip

SECRET: dict[str, JsonValue] = {"public": False}
"""Put on a setting (``json_schema_extra``) that no public edition may hold: it would tell an attacker what to avoid."""

STORED = "stored"
"""Set in the context in which a published version is read again: a bound that came later does not bind it."""

Item = TypeVar("Item", bound=Hashable)
Value = TypeVar("Value")


class Section(BaseModel):
    """One block of the protocol. Settings have no defaults: what binds at a desk stands in the document.

    A setting added after a release carries a default, so that versions published before it stay readable."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def refusal(sentence: str) -> PydanticCustomError:
    """A validation error whose whole message is `sentence`."""
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def is_stored(info: ValidationInfo) -> bool:
    """Whether what is read was found sound when it was saved."""
    return bool((info.context or {}).get(STORED))


def _duration(written: object) -> timedelta:
    if isinstance(written, timedelta):
        return written
    if written is None:
        raise refusal(_("this is empty; write a length of time, for example PT10M or P7D"))
    try:
        return parse_duration(written if isinstance(written, str) else f"{written}")
    except ValueError as error:
        raise refusal(str(error)) from None


def _at_least_nothing(duration: timedelta) -> timedelta:
    if not timedelta(0) <= duration <= LONGEST:
        raise refusal(_("this length of time must lie between nothing and a hundred years"))
    return duration


def _more_than_nothing(duration: timedelta) -> timedelta:
    if duration <= timedelta(0):
        raise refusal(_("this length of time must be longer than nothing"))
    return duration


def _date(written: object) -> date:
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        return date.fromisoformat(f"{written}")
    except ValueError:
        raise refusal(_("“%s” is not a date; write year-month-day, as in 2010-09-02") % (written,)) from None


def words(value: object) -> object:
    """Passes text alone: 17:00, no and 2010-09-02 are something else in YAML unless they are quoted."""
    if value is None:
        raise refusal(_("this is empty"))
    if not isinstance(value, str):
        raise refusal(_("this must be words; put them in quotes if they look like a number, a date or yes and no"))
    return value


def _showable(text: str) -> str:
    for character in text:
        if character != "\n" and (unicodedata.category(character) in ("Cc", "Cs") or character in "\ufffe\uffff"):
            raise refusal(_("there is a character here that cannot be shown (code %04X)") % ord(character))
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise refusal(_("this must stand on one line"))
    return text


def _target(entry: str) -> str:
    kind, _colon, name = entry.partition(":")
    if entry in ("duty", "nearest", "contacts") or (kind == "role" and name in ROLES):
        return entry
    if kind in ("team", "person") and re.fullmatch(r"[^\s:]+", name):
        return entry
    if kind == "role" and name:
        facts = {"role": name, "roles": ", ".join(ROLES)}
        raise refusal(_("“%(role)s” is not a role; the roles are %(roles)s") % facts)
    sentence = _("“%s” names nobody to tell; write role:…, team:…, person:…, duty, nearest or contacts")
    raise refusal(sentence % entry)


def _no_repeats(items: tuple[Item, ...]) -> tuple[Item, ...]:
    for place, item in enumerate(items):
        if item in items[:place]:
            raise refusal(_("“%s” stands in this list twice") % (item,))
    return items


def every(*keys: str) -> Callable[[dict[str, Value]], dict[str, Value]]:
    """Refuses a mapping in which one of `keys` is missing, and puts it in their order."""

    def check(mapping: dict[str, Value]) -> dict[str, Value]:
        missing = [key for key in keys if key not in mapping]
        if missing:
            raise refusal(_("missing here: %s") % ", ".join(missing))
        return {key: mapping[key] for key in keys} | mapping

    return check


_ISO_DURATION = WithJsonSchema({"type": "string", "format": "duration", "examples": ["PT10M", "P7D"]})
_AnyDuration = Annotated[
    timedelta, BeforeValidator(_duration), AfterValidator(_at_least_nothing), PlainSerializer(write_duration)
]
Pause = Annotated[_AnyDuration, _ISO_DURATION]
"""A length of time that may be nothing."""
Duration = Annotated[_AnyDuration, AfterValidator(_more_than_nothing), _ISO_DURATION]
"""A length of time longer than nothing."""

A_SECOND, AN_HOUR, A_DAY, TEN_YEARS = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=3653)


def between(least: timedelta, most: timedelta) -> AfterValidator:
    """Refuses a length of time outside these: too short it never rests, too long it never comes."""

    def check(duration: timedelta, info: ValidationInfo) -> timedelta:
        if is_stored(info):
            return duration
        if not least <= duration <= most:
            facts = {"least": write_duration(least), "most": write_duration(most)}
            raise refusal(_("this must be %(least)s at least and %(most)s at most") % facts)
        return duration

    return AfterValidator(check)


Clock = Annotated[Duration, between(A_SECOND, A_DAY)]
"""Somebody waits for it: a second to a day."""
Grace = Annotated[Pause, between(timedelta(0), A_DAY)]
"""As ``Clock``, and may be nothing."""
Prompt = Annotated[Duration, between(A_SECOND, AN_HOUR)]
"""Somebody may be in danger meanwhile: a second to an hour."""
Term = Annotated[Duration, between(A_SECOND, TEN_YEARS)]
"""Something is done by then, or again: ten years at most."""

_SHOWN = (BeforeValidator(words), AfterValidator(_showable))
Text = Annotated[str, Field(min_length=1, max_length=2000), *_SHOWN]
Label = Annotated[str, Field(min_length=1, max_length=300), *_SHOWN, AfterValidator(_one_line)]
Blank = Annotated[str, Field(max_length=300), *_SHOWN, AfterValidator(_one_line)]
"""A label that may still be empty."""

SPELLING: dict[str, str] = {}
"""The sentence for what does not match a pattern."""


def spelt(pattern: str, sentence: str) -> Any:
    """A pattern, with the sentence for what does not match it."""
    SPELLING[pattern] = sentence
    return Field(pattern=pattern)


Id = Annotated[
    str,
    spelt(
        r"^[A-Za-z][A-Za-z0-9_-]{0,59}$",
        _("use only letters a to z, digits, _ and -, beginning with a letter"),
    ),
    BeforeValidator(words),
]
Clause = Annotated[
    str,
    spelt(r"^(L|LP|LT|D|E)[0-9][A-Za-z0-9()-]*$", _("this is not the id of a clause")),
    BeforeValidator(words),
]
Dialled = Annotated[
    str,
    spelt(r"^[0-9*#]{1,10}$", _("use only what a telephone can dial: digits, * and #")),
    BeforeValidator(words),
]
Country = Annotated[
    str,
    spelt(r"^[A-Z]{2}$", _("write the country as two capital letters, as in GB or US")),
    BeforeValidator(words),
]
TimeOfDay = Annotated[
    str,
    spelt(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", _('write the time of day in quotes, as in "17:30"')),
    BeforeValidator(words),
]
_ROLE = f"^({'|'.join(ROLES)})$"
Role = Annotated[
    str, spelt(_ROLE, _("this is not a role; the roles are %s") % ", ".join(ROLES)), BeforeValidator(words)
]
Day = Annotated[date, BeforeValidator(_date)]
Count = Annotated[StrictInt, Field(ge=1, le=100_000)]
YesNo = StrictBool

Target = Annotated[str, BeforeValidator(words), AfterValidator(_target)]
Several = Annotated[tuple[Item, ...], AfterValidator(_no_repeats)]
"""A list without repeats."""
Some = Annotated[tuple[Item, ...], Field(min_length=1), AfterValidator(_no_repeats)]
"""A list with at least one entry and no repeats."""


class Choice(Section):
    """One entry of a list that a person chooses from; the id is stored, the label shown."""

    id: Id
    label: Label


class CitingChoice(Choice):
    """An entry that stands for something a clause demands."""

    clause: Clause


def by_id(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Refuses two entries with the same id."""
    ids = [item.id for item in items]  # type: ignore[attr-defined]
    for place, one in enumerate(ids):
        if one in ids[:place]:
            raise refusal(_("two entries here have the id “%s”") % one)
    return items


Choices = Annotated[tuple[Choice, ...], Field(min_length=1), AfterValidator(by_id)]

"""The numbers of a site's telephones: where each stands, and what is dialled for help. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

EMERGENCY_CALL = "emergency_call"
"""The kind of an alarm that says that an emergency number was dialled; a protocol may give it a chain of its own."""
HELP, TEST, PRESET = "help_extension", "test_extension", "preset_code"
"""What the numbers are for that raise a call here; the second one tries the same way as a test. The third stands in the
protocol: a site keeps beside it when it was tried."""
ALIKE = 9
"""Numbers that end in so many of the same digits are one, with and without the country."""


@dataclass(frozen=True)
class Telephones:
    """What a press by telephone needs to know of a site."""

    places: Mapping[str, str] = field(default_factory=dict)
    """Extension → the place where it stands."""
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What is dialled → the source and the mode of the call that it raises."""
    emergency: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    """The site's other numbers → what each is for."""
    outside_line: str = ""

    def code(self, dialled: str) -> tuple[str, str] | None:
        """The source and the mode, when it is a code of this site."""
        return self.codes.get(dialled)

    def is_emergency(self, dialled: str) -> bool:
        """Whether an emergency number was dialled, with or without the digits for an outside line."""
        return any(dialled in (number, self.outside_line + number) for number in self.emergency)

    def use(self, dialled: str) -> str:
        """What the site's number is for; empty when it is none of them."""
        return next((use for number, use in self.numbers.items() if self._rings(dialled, number)), "")

    def _rings(self, dialled: str, number: str) -> bool:
        without = dialled.removeprefix(self.outside_line) if self.outside_line else dialled
        return same_number(dialled, number) or same_number(without, number)


def plain(number: str) -> str:
    """The number without what only eyes need."""
    return re.sub(r"[^0-9*#]", "", number)


def several(extensions: str) -> list[str]:
    """The telephones of one place: a comma between two."""
    return [number for part in extensions.split(",") if (number := plain(part))]


def same_number(one: str, other: str) -> bool:
    """Whether two ways of writing a number are one."""
    a, b = plain(one), plain(other)
    return bool(a) and (a == b or (min(len(a), len(b)) > ALIKE and a[-ALIKE:] == b[-ALIKE:]))


def twice(extensions: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Extensions that stand at more than one place, from (place, extensions)."""
    found: dict[str, list[str]] = {}
    for place, written in extensions:
        for number in several(written):
            found.setdefault(number, []).append(place)
    return {number: places for number, places in found.items() if len(places) > 1}

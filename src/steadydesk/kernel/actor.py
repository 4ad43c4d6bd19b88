"""Who acts, and what they may."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from steadydesk.kernel.errors import NotAllowed
from steadydesk.kernel.words import gettext as _


class Permission(StrEnum):
    """``subject:action``, alphabetical; never spelled as a literal elsewhere."""

    ALARM_ANSWER = "alarm:answer"
    ALARM_CLOSE = "alarm:close"
    ALARM_DRILL = "alarm:drill"
    ALARM_RAISE = "alarm:raise"
    ALARM_READ = "alarm:read"
    BOARD_READ = "board:read"
    COMPANIONS_ALLOW = "companions:allow"
    FALSE_CALLS_READ = "false-calls:read"
    HOLD_PLACE = "hold:place"
    JOURNAL_READ = "journal:read"
    KIOSK_CHECK_IN = "kiosk:check-in"
    PERSON_FIND = "person:find"
    PRESENCE_SET = "presence:set"
    PROMPT_ANSWER = "prompt:answer"
    PROTOCOL_EDIT = "protocol:edit"
    PROTOCOL_PUBLISH = "protocol:publish"
    PROTOCOL_READ = "protocol:read"
    REPORT_READ = "report:read"
    SAFETY_RECORD = "safety:record"
    SERVICE_WITHDRAW = "service:withdraw"
    SET_UP = "set-up:change"
    SITE_DANGER = "site:danger"
    SITE_READ = "site:read"
    SITE_STATE = "site:state"
    STREAM_READ = "stream:read"
    TOKEN_CREATE = "token:create"
    VISIT_READ = "visit:read"
    VISIT_WORK = "visit:work"
    WALL_READ = "wall:read"
    WORDS_ERASE = "words:erase"
    WORDS_WITHDRAW = "words:withdraw"


P = Permission
_DESK = frozenset(
    {
        P.ALARM_RAISE, P.ALARM_READ, P.BOARD_READ, P.PROMPT_ANSWER, P.PROTOCOL_READ, P.SITE_DANGER, P.SITE_READ,
        P.STREAM_READ, P.WALL_READ,
    }
)  # fmt: skip
_WORK = _DESK | {P.VISIT_READ, P.VISIT_WORK, P.ALARM_ANSWER, P.JOURNAL_READ}
_LEAD = _WORK | {
    P.ALARM_CLOSE, P.ALARM_DRILL, P.COMPANIONS_ALLOW, P.PRESENCE_SET, P.REPORT_READ, P.SAFETY_RECORD,
    P.SERVICE_WITHDRAW, P.SITE_STATE, P.WORDS_WITHDRAW,
}  # fmt: skip
_PRIVACY = frozenset({P.HOLD_PLACE, P.PERSON_FIND, P.WORDS_ERASE, P.WORDS_WITHDRAW})

ROLES: dict[str, frozenset[Permission]] = {
    "reception": _WORK | {P.ALARM_CLOSE},
    "team_member": _WORK | {P.ALARM_CLOSE},
    "manager": _LEAD,
    "deputy": _LEAD,
    "duty_manager": _LEAD,
    "security": _WORK | {P.ALARM_CLOSE},
    "lone_worker": _WORK | {P.ALARM_CLOSE},
    "safety_lead": _LEAD | {P.FALSE_CALLS_READ, P.PROTOCOL_EDIT, P.PROTOCOL_PUBLISH},
    # Finds everything about one person, and every look is kept; no board, no call, no work.
    "data_protection": _PRIVACY | {P.JOURNAL_READ, P.PROTOCOL_READ, P.REPORT_READ, P.SITE_READ},
    "administrator": _LEAD | {P.PROTOCOL_EDIT, P.PROTOCOL_PUBLISH, P.SET_UP, P.TOKEN_CREATE},
    "safety_representative": frozenset({P.PROTOCOL_READ, P.REPORT_READ, P.SITE_READ}),
    # Held beside another role: told of a medical call, and able to answer it.
    "first_aider": frozenset({P.ALARM_ANSWER, P.ALARM_READ, P.SITE_READ, P.STREAM_READ}),
    # Agency staff and volunteers: this desk only, never sent to an alarm.
    "day_pass": _DESK | {P.VISIT_READ, P.VISIT_WORK},
}
"""Every role of the contract and what it may do at the sites it is held for."""

WALL: frozenset[Permission] = frozenset({P.ALARM_READ, P.SITE_READ, P.STREAM_READ, P.WALL_READ})
"""A wall board shows tickets and counts: it reads no visit, and does nothing."""

PHONES: frozenset[Permission] = frozenset({P.ALARM_RAISE})
"""A telephone system tells of calls, and reads nothing."""

GATEWAY: frozenset[Permission] = frozenset()
"""What tells of buttons acts as these and their wearers, never as itself."""

BOARD: frozenset[Permission] = frozenset({P.BOARD_READ})
"""A public board shows which tickets are called, and its credential opens nothing else: no stream, no visit."""

KIOSK: frozenset[Permission] = frozenset({P.KIOSK_CHECK_IN})
"""A kiosk takes arrivals in and reads nothing."""

WORKING = frozenset(role for role, may in ROLES.items() if P.VISIT_WORK in may)
"""Roles of those who work at a site; the others look into its papers."""

HELD_BESIDE = frozenset({"first_aider"})
"""Roles that say what somebody can do besides; nobody holds one of them alone."""

LOCKED: frozenset[Permission] = frozenset({P.ALARM_RAISE, P.ALARM_READ, P.SITE_READ, P.STREAM_READ})
"""What is left to a desk that locked itself: a call for help, and how it goes."""

DEVICE: frozenset[Permission] = _DESK | {P.VISIT_READ, P.VISIT_WORK, P.JOURNAL_READ}
"""A desk works with nobody signed in: arrivals, clocks and the alarm; it cannot answer a call."""

SYSTEM: frozenset[Permission] = frozenset(P)


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a person, a device, a wall button, or Steadydesk itself because of something that happened."""

    kind: Literal["person", "device", "button", "system"]
    id: str
    name: str = ""
    site: str | None = None
    place: str | None = None
    team: str | None = None
    roles: frozenset[tuple[str, str | None]] = field(default_factory=frozenset)
    """(role, site); a site of ``None`` means every site."""
    language: str = ""
    """The one that the person chose; empty for whatever their browser asks for."""

    acting: str = ""
    """At a desk: the id of the person who is tapped in and acts; it works with nobody too."""
    locked: bool = False
    """A desk that nobody used for a while."""
    wall: bool = False
    """A device that is a wall board and no desk."""
    phones: bool = False
    """A device that is a telephone system and no desk."""
    gateway: bool = False
    """A device that tells of worn and wall buttons and is no desk."""
    board: bool = False
    """A device that is a public board and no desk."""
    kiosk: bool = False
    """A device at which customers take a ticket and that is no desk."""

    @property
    def ref(self) -> str:
        """How the journal names who acts: ``person:3``, ``device:7``, ``system:visit:over-time``."""
        return f"person:{self.acting}" if self.acting else self.holder

    @property
    def holder(self) -> str:
        """Whose credential it is: that of a desk, whoever is tapped in there."""
        return f"{self.kind}:{self.id}"

    @property
    def person(self) -> int | None:
        """The person who acts, signed in or tapped in."""
        found = self.id if self.kind == "person" else self.acting
        return int(found) if found else None

    def may(self, permission: Permission, site: str | None = None) -> bool:
        """Whether the actor may do this at ``site`` (``None``: at any site at all)."""
        return permission in SYSTEM if self.kind == "system" else self._granted(permission, site)

    def _granted(self, permission: Permission, site: str | None) -> bool:
        if self.kind == "device":
            return permission in self._as_device and site in (None, self.site)
        return any(
            permission in ROLES.get(role, frozenset()) and (where is None or site is None or where == site)
            for role, where in self.roles
        )

    @property
    def _as_device(self) -> frozenset[Permission]:
        no_desk = (
            (self.wall, WALL), (self.phones, PHONES), (self.gateway, GATEWAY), (self.board, BOARD), (self.kiosk, KIOSK),
        )  # fmt: skip
        may = next((may for is_it, may in no_desk if is_it), None)
        if may is not None:
            return may
        return LOCKED if self.locked else DEVICE

    def check(self, permission: Permission, site: str | None = None) -> None:
        """Raise ``NotAllowed`` unless the actor may."""
        if not self.may(permission, site):
            raise NotAllowed(_("You may not do this here. Ask a manager of the site."))

    def check_each(self, permission: Permission, sites: Iterable[str | None]) -> None:
        """As ``check``, at each of the sites that a thing belongs to; ``None`` is the whole installation.

        What belongs to no site yet asks for the permission at any.
        """
        belongs = set(sites)
        if not belongs:
            self.check(permission)
        for site in belongs - {None}:
            self.check(permission, site)
        if None in belongs and not self._may_everywhere(permission):
            raise NotAllowed(_("This is for the whole organisation. Ask somebody who may do it at every site."))

    def _may_everywhere(self, permission: Permission) -> bool:
        held = (role for role, where in self.roles if where is None)
        return self.kind == "system" or any(permission in ROLES.get(role, ()) for role in held)

    def sites(self, permission: Permission, every: Iterable[str]) -> frozenset[str]:
        """Those of ``every`` site at which the actor may do this."""
        return frozenset(s for s in every if self.may(permission, s))

    def has_role(self, role: str, site: str) -> bool:
        """Whether the actor holds ``role`` at ``site``."""
        return any(r == role and where in (None, site) for r, where in self.roles)


def system(cause: str) -> Actor:
    """Steadydesk itself, because of ``cause`` (an event's type, or the name of a command)."""
    return Actor(kind="system", id=cause, name="Steadydesk")


RESTORE = system("restore")
"""Brings records back from a backup. What it does with what was open then is put on record, and nobody is told."""

"""Somebody was named by mistake: a call is kept from them and their line no more (ruling 16). Pure."""

from collections.abc import Collection

from steadydesk.alarms import chain
from steadydesk.alarms.apart import dropped
from steadydesk.alarms.roster import Roster
from steadydesk.alarms.rules import Act, Call, Outcome
from steadydesk.alarms.state import Alarm
from steadydesk.kernel.errors import Refusal
from steadydesk.kernel.words import gettext as _


def let_in(alarm: Alarm, act: Act, roster: Roster, still_out: Collection[int]) -> Outcome:
    """Whoever called or answers for safety says so. Those whom the steps so far mean hear of an open call now."""
    if act.person is None:
        raise Refusal("not_allowed", _("Only a person can say that somebody was named by mistake."))
    about = tuple(ref for ref in alarm.about if ref != act.facts["about"])
    if about == alarm.about:
        raise Refusal("not_named", _("The call is not said to be about them."))
    after = chain.next_state(
        alarm,
        about=about,
        left_out=tuple(p for p in alarm.left_out if p in still_out),
        left_out_at=alarm.left_out_at if about else None,
    )
    back = dropped(after, alarm)
    told = tuple(p for p in chain.told_so_far(after, roster) if p in back)
    calls = (Call(told, f"let-in:{after.generation}"),) if told and after.open and not chain.enough(after) else ()
    return Outcome(after, (("alarm:let-in", {}),), calls, let_in=back)

"""Somebody from outside is called about a visit; of one that is kept private, nobody of the family (L3a-iii(2))."""

from datetime import datetime

from steadydesk.encounters import actions as encounters
from steadydesk.encounters.rules import Support
from steadydesk.kernel.actor import Actor
from steadydesk.visits import queries


def call_outside(visit: int, said: Support, *, by: Actor, now: datetime) -> int:
    """They were called just now; returns the call, to which its answer is added."""
    found = queries.visit(visit)
    return encounters.log_support(f"visit:{visit}", found.site, said, private=found.private, by=by, now=now).pk

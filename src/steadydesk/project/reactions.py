"""Who reacts to what: event → actions, run in the same transaction before COMMIT."""

from collections.abc import Mapping, Sequence

from steadydesk.journal.actions import Reaction
from steadydesk.journal.events import Event

REACTIONS: Mapping[Event, Sequence[Reaction]] = {}

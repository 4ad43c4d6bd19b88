"""Guidance as ordered steps, readable at arm's length."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from steadydesk.protocol.schema.base import Clause, Id, Label, Section, Text, YesNo, by_id

SiteFact = Literal["help_ways", "telephones", "phrase", "staffed_points", "barrier", "safe_room", "support_kinds"]


class CardStep(Section):
    """One line of a card."""

    text: Text
    clause: Clause | None
    permanent: YesNo = False
    """Stays in sight while the card is open."""
    optional: YesNo = False
    """Never holds up another step."""
    shows: SiteFact | None = None
    """What the site has recorded and the line shows beside its words."""


class Card(Section):
    """One screen of guidance."""

    id: Id
    title: Label
    source: Text
    """Where the advice comes from, shown under the card."""
    steps: Annotated[tuple[CardStep, ...], Field(min_length=1, max_length=12)]


Cards = Annotated[tuple[Card, ...], Field(min_length=1), AfterValidator(by_id)]

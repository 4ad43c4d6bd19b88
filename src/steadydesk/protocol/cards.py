"""Guidance cards: which there always are, and which of their steps the procedures fix."""

from steadydesk.protocol.schema import Card, CardStep, Protocol

NOT_A_RISK = "L3a"
RISK = "L3b"
DE_ESCALATION = "de_escalation"
CHALLENGE = "challenge"
WALK_TO_STAFF = "walk_to_staff"
ALWAYS = (NOT_A_RISK, RISK, DE_ESCALATION, CHALLENGE, WALK_TO_STAFF)

FIXED_STEPS = {
    NOT_A_RISK: ("L3a-i", "L3a-ii", "L3a-iii", "L3a-iv", "L3a-v(a)"),
    RISK: ("L3b-i", "L3b-ii", "L3b-iii", "L3b-iv", "L3b-v", "L3b-vi"),
}
"""The clauses of these cards' steps, in the procedure's own order; the words are each organisation's."""


def card_for(protocol: Protocol, id: str) -> Card:
    """The card with this id. Raises KeyError for one the protocol does not have."""
    card = protocol.card(id)
    if card is None:
        raise KeyError(id)
    return card


def card_for_appearance(protocol: Protocol, appears: str) -> Card:
    """The card that follows an answer; "cannot tell" is treated as a risk (L3-out)."""
    return card_for(protocol, NOT_A_RISK if appears == "does_not_appear" else RISK)


def card_for_alarm(protocol: Protocol, kind: str) -> Card:
    """The card of an alarm's kind; a kind this version does not know gets the card of a person in danger."""
    known = protocol.alarms.kinds.get(kind) or protocol.alarms.kinds["person"]
    return card_for(protocol, known.card)


def permanent_steps(card: Card) -> tuple[CardStep, ...]:
    """The lines that stay in sight while the card is open."""
    return tuple(step for step in card.steps if step.permanent)

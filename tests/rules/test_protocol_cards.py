"""Cards are data with a fixed skeleton."""

import pytest

from steadydesk.protocol import cards, codec, shipped
from steadydesk.protocol.schema import Protocol


@pytest.fixture(params=shipped.NAMES)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    return codec.read(shipped.load(request.param)).protocol


@pytest.mark.parametrize("id", cards.ALWAYS)
def test_every_protocol_has_the_cards_that_screens_rely_on(protocol: Protocol, id: str) -> None:
    assert cards.card_for(protocol, id).steps


@pytest.mark.parametrize("id", cards.FIXED_STEPS)
def test_the_two_cards_have_the_steps_of_the_procedure_in_its_order(protocol: Protocol, id: str) -> None:
    assert tuple(step.clause for step in cards.card_for(protocol, id).steps) == cards.FIXED_STEPS[id]


def test_stay_calm_and_hands_off_stay_in_sight_while_there_is_a_risk(protocol: Protocol) -> None:
    permanent = cards.permanent_steps(cards.card_for(protocol, cards.RISK))
    assert [step.clause for step in permanent] == ["L3b-i", "L3b-vi"]


@pytest.mark.parametrize(("appears", "card"), [("appears", "L3b"), ("cannot_tell", "L3b"), ("does_not_appear", "L3a")])
def test_not_knowing_is_treated_as_a_risk(protocol: Protocol, appears: str, card: str) -> None:
    assert cards.card_for_appearance(protocol, appears).id == card


@pytest.mark.parametrize(("kind", "card"), [("person", "L3b"), ("medical", "medical"), ("unheard of", "L3b")])
def test_each_kind_of_alarm_has_its_card(protocol: Protocol, kind: str, card: str) -> None:
    assert cards.card_for_alarm(protocol, kind).id == card


def test_a_card_that_is_not_there_is_a_key_error(protocol: Protocol) -> None:
    with pytest.raises(KeyError):
        cards.card_for(protocol, "nothing")

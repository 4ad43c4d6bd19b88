"""What the protocol calls things is what the pages call them."""

import pytest

from steadydesk.protocol import codec, shipped
from tests.alarming import press
from tests.screens.test_desk_pages import arrive, enrolled
from tests.screens.test_help_pages import post
from tests.world import World

MODES = {"real": "ECHT", "drill": "ÜBUNG", "test": "PROBE"}
URGENCIES = {"nearby": "Come and stand by", "manager": "Leader, please", "help": "Come at once"}


def page(world: World, path: str, login: str = "tariq") -> str:
    """What this person is shown."""
    return world.client(login).get(path).content.decode()


def test_a_call_is_named_by_mode_and_urgency_as_the_protocol_under_which_it_was_made_says(world: World) -> None:
    before = press(world, device="room-1")["id"]
    world.publish("exchange", {"alarms.modes": MODES, "alarms.urgencies": URGENCIES})
    after = press(world, device="desk-1")["id"]
    world.messages()
    shown = page(world, f"/alarms/{after}").partition("<main")[2]
    assert "ECHT" in shown and "Come at once" in shown and "Help now" not in shown
    assert "REAL" in page(world, f"/alarms/{before}").partition("<main")[2]


def test_the_band_of_a_call_has_the_words_of_the_protocol_in_force_at_the_site(world: World) -> None:
    assert 'data-words-nearby="Stand near me"' in page(world, "/respond")
    wording = {"alarms.stood_down_wording": "Not needed. Go and look"}
    world.publish("exchange", {"alarms.modes": MODES, "alarms.urgencies": URGENCIES, **wording})
    frame = page(world, "/respond")
    for words in (*MODES.values(), *URGENCIES.values(), *wording.values()):
        assert f'="{words}"' in frame, words


def test_a_call_that_was_stood_down_asks_to_be_checked_in_the_protocols_words(world: World) -> None:
    world.publish("exchange", {"alarms.stood_down_wording": "Not needed. Go and look"})
    id = press(world)["id"]
    world.messages()
    world.client("tariq").post(f"/alarms/{id}/stand-down", {"reason": "Pressed by mistake"})
    assert "Not needed. Go and look" in page(world, f"/alarms/{id}").partition("<main")[2]


def test_who_calls_chooses_among_the_protocols_words_where_only_staff_read(world: World) -> None:
    world.publish("exchange", {"alarms.urgencies": URGENCIES})
    visit = arrive(world, problem=True)
    shown = {name: enrolled(world, name).get(f"/visits/{visit.pk}").text for name in ("back-office", "desk-1")}
    for words in URGENCIES.values():
        assert f">{words}<" in shown["back-office"], words
        assert words not in shown["desk-1"], words
    menu = shown["back-office"].partition('id="help"')[0]
    assert URGENCIES["manager"] in menu and URGENCIES["nearby"] in menu


def test_two_modes_are_never_called_the_same(world: World) -> None:
    text = shipped.load("exchange").replace("drill: DRILL", "drill: real")
    with pytest.raises(codec.ProtocolFaults, match=r"alarms\.modes\.drill: this is said of real too"):
        codec.read(text)


def test_help_without_a_hazard_has_the_protocols_name_for_it_where_only_staff_read(world: World) -> None:
    world.publish("exchange", {"get_help.without_hazard_label": "Something went wrong"})
    office, visit = enrolled(world, "back-office"), arrive(world, problem=True)
    assert "Something went wrong" not in office.get(f"/visits/{visit.pk}").text
    post(office, visit, "judge", appears="does_not_appear", key="b")
    assert "Something went wrong" in office.get(f"/visits/{visit.pk}").text
    assert "Something went wrong" not in enrolled(world, "desk-1").get(f"/visits/{visit.pk}").text


def test_where_a_document_is_found_waits_for_its_publication_in_the_protocols_words(world: World) -> None:
    version = world.publish("exchange", {"document_control.location_until_published": "Not on the intranet yet"})
    draft = world.client("morgan").post(
        f"/documents/exchange/{version.label}/amend", {"text": version.text, "after": version.label}
    )
    assert "Not on the intranet yet" in page(world, draft["Location"], "robin").partition("<pre")[0]
    assert "Not on the intranet yet" not in page(world, f"/documents/exchange/{version.label}").partition("<pre")[0]

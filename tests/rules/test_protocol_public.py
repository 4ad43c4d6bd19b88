"""The public edition of a protocol holds nothing that would help an attacker, however its fields are filled."""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from steadydesk.protocol import codec, shipped
from steadydesk.protocol.public import LEFT_OUT
from steadydesk.protocol.schema import Document, Protocol

EXCHANGE = codec.read(shipped.load("exchange"))
SECRETS = {
    "get_help.phrase", "get_help.form_of_address", "get_help.preset_alarm_code", "get_help.extension_length",
    "get_help.extension_length_reason", "safe_room", "lone_working.police_route_tested_every",
}  # fmt: skip
"""What the schema marks as not public; a setting that is added to it is decided here too."""

WORDS = st.text("abcdefghijklmnopqrstuvwxyzäöü -'", min_size=6, max_size=60).map(str.strip).filter(lambda t: len(t) > 5)
CODES = st.from_regex(r"#[0-9]{2,6}", fullmatch=True)  # one that delays no public number


def secret_settings(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("public") is False:
            yield before + name
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from secret_settings(field.annotation, f"{before}{name}.")


def filled(changes: dict[str, Any], told: str) -> Document:
    """The exchange's protocol with these secrets, and ``told`` said on a card and in a list."""
    sections = yaml.safe_load(shipped.load("exchange"))
    for name, value in changes.items():
        *path, last = name.split(".")
        block = sections
        for part in path:
            block = block[part]
        block[last] = value
    sections["cards"][0]["steps"][0]["text"] = told
    sections["expectations"]["does"].append(told)
    return codec.read(yaml.safe_dump(sections, allow_unicode=True, sort_keys=False))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif not isinstance(value, int | float | bool | None) and hasattr(value, "__iter__"):
        for inner in value:
            yield from texts(inner)


def test_the_schema_says_which_settings_are_secret() -> None:
    assert set(secret_settings(Protocol)) == SECRETS


@settings(max_examples=12, deadline=None)  # reading a whole protocol takes a while
@given(phrase=WORDS, address=WORDS, code=CODES, item=WORDS)
def test_no_secret_is_in_the_public_edition_wherever_it_is_said(
    phrase: str, address: str, code: str, item: str
) -> None:
    room = EXCHANGE.protocol.model_dump(mode="json")["safe_room"]
    room["items"][0]["label"] = item
    changes = {
        "get_help.phrase": phrase,
        "get_help.form_of_address": address,
        "get_help.preset_alarm_code": code,
        "get_help.extension_length": 4,
        "get_help.extension_length_reason": f"{phrase} has four",
        "safe_room": room,
    }
    told = f"Say {phrase.upper()}, {address}, then dial {code} or look for {item}"
    edition = yaml.safe_load(codec.write_public(filled(changes, told)))
    for secret in (phrase, address, item, code):
        alone = re.compile(rf"(?<![\w#*]){re.escape(secret)}(?![\w#*])", re.IGNORECASE)
        assert [text for text in texts(edition) if alone.search(text)] == []
    for name in SECRETS:
        block = edition
        *path, last = name.split(".")
        for part in path:
            block = block[part]
        assert last not in block
    assert LEFT_OUT in edition["cards"][0]["steps"][0]["text"]


def test_what_everybody_may_read_is_all_there_with_the_control_form() -> None:
    whole = yaml.safe_load(codec.write(EXCHANGE))
    edition = yaml.safe_load(codec.write_public(EXCHANGE))
    assert edition["control"] == whole["control"]
    assert edition["waiting"].items() >= whole["waiting"].items(), "and what is left to its default is said"
    assert edition["retention"] == whole["retention"]
    assert set(whole) - set(edition) == {"safe_room"}


def test_words_of_ones_own_are_taken_out_too() -> None:
    edition = codec.write_public(filled({}, "Meet in the Map Room, extension 417, not 4175"), ["map room", "417"])
    assert "Map Room" not in edition
    assert f"extension {LEFT_OUT}, not 4175" in " ".join(edition.split())


def test_a_number_is_taken_out_however_its_digits_are_grouped() -> None:
    edition = codec.write_public(filled({}, "Ring 01632960102 or 01632 960 102, not 016329601025"), ["01632 960102"])
    assert f"Ring {LEFT_OUT} or {LEFT_OUT}, not 016329601025" in " ".join(edition.split())

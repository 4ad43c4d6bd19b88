"""What is written reads back the same."""

from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steadydesk.protocol import codec, shipped
from steadydesk.protocol.durations import write_duration
from steadydesk.protocol.schema import Document

EXCHANGE = codec.read(shipped.load("exchange"))

durations = st.timedeltas(timedelta(microseconds=1), timedelta(days=1096))
clocks = st.timedeltas(timedelta(seconds=1), timedelta(days=1))
steps = st.timedeltas(timedelta(microseconds=1), timedelta(hours=1))
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60).filter(
    lambda text: bool(text.strip()) and not set(text) & {"\ufffe", "\uffff"}
)
targets = st.sampled_from(["nearest", "duty", "contacts", "role:manager", "role:deputy", "team:housing", "person:é1"])


@st.composite
def chains(draw: st.DrawFn) -> list[dict[str, Any]]:
    later = draw(st.sets(steps, max_size=4))
    tell = st.lists(targets, min_size=1, max_size=4, unique=True)
    return [{"after": after, "tell": draw(tell)} for after in (timedelta(0), *sorted(later))]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """The reception protocol with arbitrary words, dates, lengths of time and chains."""
    data = EXCHANGE.model_dump()
    control, protocol = data["control"], data["protocol"]
    control["title"] = draw(words)
    control["keywords"] = draw(st.lists(words, max_size=3, unique_by=str.strip))
    control["authorisation_information"] = draw(st.none() | words)
    control["date_published"] = draw(st.none() | st.dates(date(1, 1, 1)))
    protocol["waiting"]["attend_within"] = draw(clocks)
    protocol["debriefs"]["within"] = draw(clocks)
    protocol["retention"]["visit_note"] = draw(durations)
    protocol["alarms"]["chain"] = draw(chains())
    protocol["alarms"]["kinds"]["medical"]["chain"] = draw(st.none() | chains())
    protocol["get_help"]["phrase"] = draw(words)
    protocol["services"][0]["label"] = draw(words)
    protocol["cards"][2]["steps"][0]["text"] = "\n".join(draw(st.lists(words, min_size=1, max_size=3)))
    return Document.model_validate(data)


@given(documents())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_document_reads_back_as_it_was_written(document: Document) -> None:
    text = codec.write(document)
    assert codec.read(text) == document
    assert codec.write(codec.read(text)) == text


@pytest.mark.parametrize("name", shipped.NAMES)
def test_a_file_that_another_program_loaded_and_dumped_again_still_reads_the_same(name: str) -> None:
    text = shipped.load(name)
    assert codec.read(yaml.safe_dump(yaml.safe_load(text))) == codec.read(text)


def test_the_sections_are_written_in_the_order_of_the_schema() -> None:
    written = list(yaml.safe_load(codec.write(EXCHANGE)))
    assert written == ["control", *type(EXCHANGE.protocol).model_fields]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert codec.read("\ufeff" + shipped.load("exchange").replace("\n", "\r\n")) == EXCHANGE


def test_any_sensible_length_of_time_is_taken_for_any_clock_by_itself() -> None:
    for clock in (timedelta(seconds=1), timedelta(seconds=3), timedelta(hours=5)):
        text = codec.write(EXCHANGE).replace("attend_within: PT10M", f"attend_within: {write_duration(clock)}")
        assert codec.read(text).protocol.waiting.attend_within == clock

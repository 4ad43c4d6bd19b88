"""A faulty file is answered with everything that is wrong with it, line by line, in plain words."""

from datetime import timedelta
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from steadydesk.protocol import codec, keeping, shipped
from steadydesk.protocol.codec import Fault, ProtocolFaults
from steadydesk.protocol.schema import RECORD_KINDS
from steadydesk.protocol.schema.base import Section

EXCHANGE = shipped.load("exchange")


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(ProtocolFaults) as refused:
        codec.read(text)
    return refused.value.faults


def changed(*changes: tuple[str, str]) -> str:
    """The reception protocol with the first of each text replaced."""
    text = EXCHANGE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "key", "part"),
    [
        ("attend_within: PT10M", "attend_within: P10M", "waiting.attend_within", "months"),
        ("attend_within: PT10M", "attend_within: 10", "waiting.attend_within", "not a length of time"),
        ("attend_within: PT10M", "attend_within:", "waiting.attend_within", "empty"),
        ("attend_within: PT10M", "attend_within: PT0S", "waiting.attend_within", "longer than nothing"),
        ("attend_within: PT10M", "attend_within: [PT10M]", "waiting.attend_within", "not a length of time"),
        ("attend_within: PT10M", "atend_within: PT10M", "waiting.atend_within", "did you mean attend_within"),
        ("attend_within: PT10M", "zzz: 1\n  attend_within: PT10M", "waiting.zzz", "no such setting"),
        ("attend_within: PT10M", "attend_within: !x PT10M", "waiting.attend_within", "not understood"),
        ("role:deputy", "role:depty", "waiting.agitated_chain[2]", "is not a role"),
        ("role:deputy", "deputy", "waiting.agitated_chain[2]", "names nobody to tell"),
        ("role:deputy", "role:manager", "waiting.agitated_chain", "twice"),
        ("role:deputy", "nearest", "waiting.agitated_chain[2]", "for calls alone"),
        ("role:deputy", "contacts", "waiting.agitated_chain[2]", "for calls alone"),
        ("role:deputy", "{role: deputy}", "waiting.agitated_chain[2]", "must be words"),
        ("after: PT20S", "after: PT2M", "alarms.chain", "in order"),
        ("after: PT0S", "after: PT1S", "alarms.chain", "at once"),
        ("- nearest", "- role:day_pass", "alarms.chain", "day pass"),
        ("  arrive_within: PT2M", "  arrive_within: PT-2M", "alarms.arrive_within", "not a length of time"),
        ("prompt_repeat_after: PT1M", "prompt_repeat_after: PT0.001S", "waiting.prompt_repeat_after", "PT1S at least"),
        ("attend_within: PT10M", "attend_within: P1000D", "waiting.attend_within", "P1D at most"),
        ("  arrive_within: PT2M", "  arrive_within: P2D", "alarms.arrive_within", "PT1H at most"),
        ("after: PT20S", "after: P2D", "alarms.chain[2].after", "PT1H at most"),
        ("repeat_when_nobody: PT20S", "repeat_when_nobody: P365D", "alarms.repeat_when_nobody", "never silent"),
        ("repeat_when_nobody: PT20S", "repeat_when_nobody: PT0.001S", "alarms.repeat_when_nobody", "never silent"),
        ("help: 2", "help: two", "alarms.answers_needed.help", "whole number"),
        ("help: 2", "help: 0", "alarms.answers_needed.help", "1 or more"),
        ("help: 2", "help: true", "alarms.answers_needed.help", "whole number"),
        ("    help: 2\n", "", "alarms.answers_needed", "missing here: help"),
        ("open: true", "open: maybe", "alarms.kinds.medical.open", "true or false"),
        ("sound: loud_everywhere", "sound: loud", "alarms.kinds.medical.sound", "must be one of"),
        ("card: medical", "card: medic", "alarms.kinds.medical.card", "no card “medic”"),
        ("label: Housing", "label: no", "services[1].label", "put them in quotes"),
        ("label: Housing", 'label: "  "', "services[1].label", "empty"),
        ("label: Housing", f"label: {'x' * 301}", "services[1].label", "300"),
        ("label: Housing", 'label: "a\\nb"', "services[1].label", "one line"),
        ("label: Housing", 'label: "a\\x07b"', "services[1].label", "0007"),
        ("id: housing", "id: Our houses", "services[1].id", "letters a to z"),
        ("id: housing", "id: finance", "services", "the id “finance”"),
        ("companions_limit: 1", "companions_limit: -1", "services[4].companions_limit", "0 or more"),
        ("companions_limit: null", "companions_limit: 2", "services[1].companions_advice", "words that"),
        ("id: speak_by_phone", "id: phone", "help_request.options", "speaking by phone"),
        ("- device_worn\n        - alone", "- alone", "get_help.ways", "“device_worn”"),
        ('"#00"', '"00"', "get_help.preset_alarm_code", "000 (AU)"),
        ('"#00"', "#00", "get_help.preset_alarm_code", "empty"),
        ("extension_length: 3", "extension_length: 4", "get_help.extension_length_reason", "reason"),
        ("selected: pop", "selected: stamp", "assessment.selected", "no risk model"),
        ("confirmed: false", "confirmed: true", "assessment.models[2].confirmed", "empty heading"),
        ('"17:00"', "17:00", "lone_working.evening_from", "quotes"),
        ('"17:00"', '"25:00"', "lone_working.evening_from", "time of day"),
        ("clause: LP5", "clause: LP9", "preparations[5].clause", "no clause “LP9”"),
        ("clause: L3b-iii", "clause: L3b-iv", "cards[2].steps", "exactly these steps"),
        ("id: walk_to_staff\n    title", "id: walk\n    title", "cards", "walk_to_staff is missing"),
        ("visit: P730D", "visits: P730D", "retention", "missing here: visit"),
        ("visit_note: P180D", "visit_note: P36500D", "retention.visit_note", "P1096D at most"),
        ("presence: P30D", "presence: P367D", "retention.presence", "kept by a hold"),
        ("visit_description: PT0S", "visit_description: P7D", "retention.visit_description", "P1D at most"),
        ("alarm: P1096D", "alarm: P1097D", "retention.alarm", "longer than its log"),
        ("version: v1.1", "version: 1.1", "control.version", "must be words"),
        ("version: v1.1", "version: v1.01", "control.version", "as in v0.01"),
        ("authorised_on: 2010-09-02", "authorised_on: 2/9/2010", "control.authorised_on", "2010-09-02"),
        ("authorised_on: 2010-09-02", "authorised_on: 2010-02-31", "control.authorised_on", "not a date"),
        ("review_on: 2011-09-01", "review_on: 2010-09-02", "control.review_on", "after the authorised date"),
        ("- post: Exchange building manager", "- committee: null", "control.authors[1]", "needs a post"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_key_and_its_line(old: str, new: str, key: str, part: str) -> None:
    text = changed((old, new))
    (fault,) = [fault for fault in faults_of(text) if fault.key == key]
    assert part in fault.sentence
    line = text.splitlines()[fault.line - 1]
    assert line.lstrip().startswith("-") if key.endswith("]") else f"{key.rpartition('.')[2]}:" in line


def test_two_faults_on_one_line_are_both_told() -> None:
    first, second = "    - after: PT20S\n", "    - {after: 20s, tell: [role:boss]}\n"
    text = changed((first, second + first))
    line = line_of(text, "- {after: 20s")
    assert [(fault.line, fault.key) for fault in faults_of(text)] == [
        (line, "alarms.chain[2].after"),
        (line, "alarms.chain[2].tell[1]"),
    ]


def test_faults_of_every_sort_are_told_at_once_and_in_the_order_of_the_lines() -> None:
    text = changed(
        ("review_on: 2011-09-01", "review_on: 2009-09-01"),
        ("attend_within: PT10M", "attend_within: soon"),
        ("  tell_room_from: 3", "  tell_room_frm: 3"),
        ("  late_typing_up_to: PT30M", "  late_typing_up_to: PT30M\n  late_typing_up_to: PT5M"),
        ("    - after: PT20S", "    - after: PT2M"),
        ("    help: 2", "    hlep: 2"),
        ("card: medical", "card: medic"),
        ("suggests: [call_for_help]", "suggests: [call_for_hlep]"),
    )
    faults = faults_of(text)
    assert faults == sorted(faults)
    assert {fault.key for fault in faults} == {
        "control.review_on",
        "waiting.attend_within",
        "waiting.tell_room_frm",
        "waiting.tell_room_from",
        "waiting.late_typing_up_to",
        "alarms.chain",
        "alarms.answers_needed",
        "alarms.answers_needed.hlep",
        "alarms.kinds.medical.card",
        "observed_signs.signs[13].suggests[1]",
    }


def test_a_key_written_twice_names_both_lines() -> None:
    text = changed(("  prompt_repeat_after: PT1M", "  prompt_repeat_after: PT1M\n  prompt_repeat_after: PT2M"))
    (fault,) = faults_of(text)
    first = line_of(text, "prompt_repeat_after: PT1M")
    assert (fault.line, fault.key) == (first + 1, "waiting.prompt_repeat_after")
    assert f"line {first}" in fault.sentence


def test_a_fault_in_one_entry_of_a_list_hides_none_in_another() -> None:
    text = changed(("        - nearest", "        - neerest"), ("        - contacts", "        - kontacts"))
    assert [fault.key for fault in faults_of(text)] == ["alarms.chain[1].tell[1]", "alarms.chain[3].tell[1]"]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "empty"),
        ("# nothing but a remark\n", 1, "empty"),
        ("- a\n- b\n", 1, "settings of its own"),
        ("waiting:\n  a: [1, 2\n", 3, "YAML"),
        ("waiting:\n  attend_within: PT10M: x\n", 2, "YAML"),
        ("waiting:\n\tattend_within: PT10M\n", 2, "YAML"),
        ("a: 1\n---\nb: 2\n", 2, "YAML"),
        ("a: 1\nb: \x07\n", 2, "0007"),
        ("[" * 1500, 1, "nested too deeply"),
        ("a: " + "x" * 1_000_001, 1, "too long"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_yaml_at_all_is_told_in_one_sentence(text: str, line: int, part: str) -> None:
    (fault,) = faults_of(text)
    assert (fault.line, fault.key) == (line, "file") and part in fault.sentence


def test_an_empty_protocol_lacks_every_section() -> None:
    faults = faults_of("control: {}\n")
    assert {"waiting", "alarms", "retention", "control.title"} <= {fault.key for fault in faults}


def test_a_small_file_that_would_unfold_into_a_huge_one_is_refused() -> None:
    doubling = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert any("write this out in full" in fault.sentence for fault in faults_of(doubling))


@pytest.mark.parametrize("mark", ["pydantic", "type=", "Input should", "validation", "NoneType", "<class"])
def test_no_sentence_speaks_of_the_machinery(mark: str) -> None:
    for fault in faults_of("control: 5\nwaiting: []\nalarms: {chain: 3, kinds: [1]}\nservices: {}\ncards: [1]\n"):
        assert mark not in fault.sentence


scrawls = st.sampled_from(
    ["", "x", "- x", "x: 1", "  x: [1, {y: 2}]", "null", "[]", "{}", "PT1S", '"', "&a x", "*a", "? x", "<<: 1", "!t x"]
)


@given(st.lists(st.tuples(st.integers(0, EXCHANGE.count("\n")), scrawls, st.booleans()), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_scrawl_breaks_the_reading(scrawled: list[tuple[int, str, bool]]) -> None:
    lines = EXCHANGE.splitlines()
    for row, scrawl, only_value in scrawled:
        key, colon, _value = lines[row % len(lines)].partition(":")
        lines[row % len(lines)] = f"{key}{colon} {scrawl}" if only_value else scrawl
    faults: list[Fault] | None = None
    try:
        codec.read("\n".join(lines))
    except ProtocolFaults as refused:
        faults = refused.faults
    assert faults is None or faults
    assert all(fault.key and fault.sentence and fault.line >= 1 for fault in faults or ())


def test_no_length_of_time_is_so_long_that_it_never_comes_or_so_short_that_it_never_rests() -> None:
    unbounded = [
        f"{section.__name__}.{name}"
        for section in Section.__subclasses__()
        for name, field in section.model_fields.items()
        if field.annotation is timedelta
        for written in ("P36525D", "PT0.001S")
        if _takes(TypeAdapter(Annotated[field.annotation, *field.metadata]), written)
        and not (written == "PT0.001S" and name in MAY_BE_NOTHING)
    ]
    assert unbounded == []


MAY_BE_NOTHING = {"after", "grace", "appointment_grace", "promise_warning_before"}


def _takes(adapter: TypeAdapter[timedelta], written: str) -> bool:
    try:
        adapter.validate_python(written)
    except ValidationError:
        return False
    return True


def test_a_log_that_goes_before_what_it_tells_of_is_told_of_each_kind() -> None:
    told = {fault.key for fault in faults_of(changed(("journal: P1096D", "journal: P700D")))}
    assert told == {"retention.visit", "retention.alarm", "retention.incident"}


def test_a_version_that_was_published_before_there_was_a_longest_time_stays_readable() -> None:
    kept = codec.read_stored(changed(("visit: P730D", "visit: P36500D"))).protocol.retention
    assert kept["visit"] == timedelta(days=36500)


def test_every_kind_of_record_has_a_longest_time() -> None:
    assert set(keeping.LONGEST) == set(RECORD_KINDS)

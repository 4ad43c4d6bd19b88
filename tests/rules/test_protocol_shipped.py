"""The protocols that come with Steadydesk are whole, and say what the procedures say."""

import re
from datetime import date, timedelta

import pytest
import yaml

from steadydesk.protocol import codec, shipped
from steadydesk.protocol.checks import publishing_clashes
from steadydesk.protocol.schema import Document

FIXED_SCALARS = {
    "waiting": (
        "attend_within",
        "agitated_call_manager_after",
        "prompt_repeat_after",
        "ask_service_after",
        "tell_customer_within",
    ),
    "alarms": ("arrive_within",),
    "debriefs": ("within",),
}
FIXED_LISTS = {
    "waiting": ("agitated_chain",),
    "alarms": ("chain", "answers_needed"),
}


@pytest.fixture(params=shipped.NAMES)
def text(request: pytest.FixtureRequest) -> str:
    return shipped.load(request.param)


@pytest.fixture
def exchange() -> Document:
    return codec.read(shipped.load("exchange"))


def test_a_shipped_protocol_has_no_fault_and_can_be_published(text: str) -> None:
    document = codec.read(text)
    assert list(publishing_clashes(document.protocol)) == []


def test_a_name_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(KeyError):
        shipped.load("../codec")


@pytest.mark.parametrize("rewritten", [False, True], ids=["as shipped", "as exported"])
def test_each_fixed_key_is_one_scalar_on_its_line(text: str, rewritten: bool) -> None:
    text = codec.write(codec.read(text)) if rewritten else text
    for section, keys in FIXED_SCALARS.items():
        for key in keys:
            assert re.search(rf"^  {key}: PT?\w+\s*(#.*)?$", _section(text, section), re.MULTILINE), key
    for section, keys in FIXED_LISTS.items():
        for key in keys:
            assert re.search(rf"^  {key}:\s*(#.*)?$", _section(text, section), re.MULTILINE), key
    assert re.fullmatch(r"(  \w+: (PT0S|P\d+D)\n)+", _section(text, "retention"))


def _section(text: str, name: str) -> str:
    found = re.search(rf"^{name}:\n((?:  .*\n)+)", text, re.MULTILINE)
    assert found, name
    return found[1]


def test_the_reception_protocol_keeps_the_filled_values_of_its_form(exchange: Document) -> None:
    form = exchange.control
    assert form.title == "Protocol for customers in the reception and interview rooms at the Exchange"
    assert form.version == "v1.1"
    assert (form.authorised_on, form.review_on) == (date(2010, 9, 2), date(2011, 9, 1))
    assert form.location == "Publication awaited"
    assert (form.date_published, form.authorisation_information, form.review_completed_on) == (
        None,
        None,
        None,
    )
    assert all(author.post for author in form.authors) and form.authority and form.keywords


def test_the_numbers_of_the_reception_protocol(exchange: Document) -> None:
    waiting, alarms = exchange.protocol.waiting, exchange.protocol.alarms
    assert waiting.attend_within == timedelta(minutes=10)
    assert waiting.agitated_call_manager_after == timedelta(minutes=5)
    assert waiting.agitated_chain == ("role:manager", "role:deputy", "role:duty_manager")
    assert waiting.moods_that_bind_agitated == ("agitated", "aggressive")
    assert waiting.late_typing_up_to == timedelta(minutes=30)
    assert waiting.appointment_grace == timedelta(minutes=5)
    assert alarms.answers_needed == {"nearby": 1, "manager": 1, "help": 2}
    assert alarms.undo_answer_within == timedelta(seconds=10)
    assert exchange.protocol.debriefs.within == timedelta(days=7)
    assert exchange.protocol.urgent_messages.length_limit == 280
    young = exchange.protocol.service("young_people_finance")
    assert young is not None and young.companions_limit == 1


def test_the_codes_of_the_library_procedure() -> None:
    help = codec.read(shipped.load("library")).protocol.get_help
    assert (help.preset_alarm_code, help.extension_length, help.form_of_address) == ("#00", 3, None)


def test_the_reception_protocol_selects_pop_and_carries_aeps_unconfirmed(exchange: Document) -> None:
    assessment = exchange.protocol.assessment
    aeps = next(model for model in assessment.models if model.id == "aeps")
    assert assessment.selected == assessment.model.id == "pop"
    assert not aeps.confirmed
    assert [heading.label for heading in aeps.headings] == ["Activity", "Environment", "People", ""]


def test_an_unconfirmed_risk_model_may_stand_in_a_draft_and_stops_publishing() -> None:
    draft = codec.read(shipped.load("exchange").replace("selected: pop", "selected: aeps"))
    assert [clash.path for clash in publishing_clashes(draft.protocol)] == [("assessment", "selected")]


def test_a_kind_of_alarm_without_a_chain_takes_the_general_one(exchange: Document) -> None:
    alarms = exchange.protocol.alarms
    assert alarms.chain_for("person") == alarms.chain_for("made up later") == alarms.chain
    assert alarms.chain_for("medical") == alarms.kinds["medical"].chain != alarms.chain


@pytest.mark.parametrize(
    ("code", "country", "number"),
    [
        ("#00", "GB", None),
        ("222", "GB", None),
        ("999", "GB", "999"),
        ("99", "GB", "999"),
        ("9991", "GB", "999"),
        ("911", "US", "911"),
        ("911", "GB", None),
    ],
)
def test_an_internal_code_must_not_delay_a_public_number(
    exchange: Document, code: str, country: str, number: str | None
) -> None:
    assert exchange.protocol.get_help.shadows(code, country) == number


def test_a_protocol_cannot_be_changed_in_place(exchange: Document) -> None:
    with pytest.raises(ValueError, match="frozen"):
        exchange.protocol.waiting.attend_within = timedelta(hours=1)


def test_the_schema_of_the_file_names_every_section(text: str) -> None:
    schema = codec.json_schema()
    assert list(schema["properties"]) == schema["required"] == list(yaml.safe_load(text))

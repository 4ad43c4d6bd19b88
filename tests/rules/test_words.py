"""A sentence of the rules is English until it is said to somebody, in their language."""

import json

import pytest

from steadydesk.kernel.errors import FieldFault, Invalid, Refusal
from steadydesk.kernel.words import Sentence, gettext, ngettext

_english = str.__str__


@pytest.fixture
def loudly(monkeypatch):
    """A language in which everything is shouted."""

    def shout(one, many, count):
        return f"{many if many and count != 1 else one}!".upper().replace("%S", "%s").replace("%(COUNT)D", "%(count)d")

    monkeypatch.setattr("steadydesk.kernel.words._translate", [shout])


def test_a_sentence_compares_sorts_and_is_kept_as_its_english():
    said = gettext("There is no %s.") % "desk"
    assert said == "There is no desk." and {said} == {"There is no desk."}
    assert json.dumps([said]) == '["There is no desk."]'
    assert isinstance(said, Sentence) and str(said) == "There is no desk."


def test_a_sentence_is_said_in_the_language_of_whoever_reads_it(loudly):
    said = gettext("There is no %s.") % "desk"
    assert str(said) == f"{said}" == "THERE IS NO desk.!"
    assert _english(said) is not str(said) and said == "There is no desk."


def test_what_is_put_into_a_sentence_is_said_in_the_same_language(loudly):
    assert str(gettext("Choose: %s.") % gettext("open")) == "CHOOSE: OPEN!.!"


def test_one_and_many_are_told_apart_when_the_sentence_is_said(loudly):
    one, many = ngettext("%(count)d desk", "%(count)d desks", 1), ngettext("%(count)d desk", "%(count)d desks", 3)
    assert str(one % {"count": 1}) == "1 DESK!" and str(many % {"count": 3}) == "3 DESKS!"


def test_a_refusal_and_every_fault_are_said_in_the_language_of_whoever_reads_them(loudly):
    assert Refusal("own_alarm", gettext("Somebody else must answer.")).sentence == "SOMEBODY ELSE MUST ANSWER.!"
    faults = [FieldFault("mood", gettext("Choose one.")), FieldFault("team", gettext("There is none."))]
    assert Invalid(faults).sentence == "mood: CHOOSE ONE.!; team: THERE IS NONE.!"

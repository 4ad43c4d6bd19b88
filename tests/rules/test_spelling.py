"""What is looked for is found however either was typed."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.kernel.spelling import plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José", "jose"),
        ("ÉLODIE", "élodie"),
        ("Łódź", "łodz"),
        ("Straße", "STRASSE"),
        ("İnci", "inci"),
        ("ﬁne", "fine"),
        ("Ａ１０５", "A105"),
        ("Їжак", "їжак"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_these_are_one_word(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@given(st.text())
def test_one_character_or_two_is_the_same_letter(text: str) -> None:
    forms = {plain(normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert forms == {plain(text)}

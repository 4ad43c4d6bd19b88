"""The template for translators has every sentence, from rules, pages and scripts alike."""

from pathlib import Path

from django.utils.translation import gettext, override

from steadydesk.project.languages import find_languages
from tests.architecture import messages


def test_the_template_has_the_sentences_of_rules_pages_and_scripts() -> None:
    found = messages.template()
    assert found.get("You called yourself. Somebody else must answer.")
    assert found.get("Back to the start"), "of a page"
    assert found.get("{count} can come"), "of a script, by its page"
    assert found.get("REAL", context="alarm mode")
    assert found.get(("this list is empty", "this list needs at least %(count)d entries"))
    assert found.get("Name or who"), "a label that is looked up later"


def test_a_catalogue_is_brought_up_to_date_and_its_language_is_offered(tmp_path: Path, settings) -> None:
    folder = tmp_path / "locale"
    (folder / "cy/LC_MESSAGES").mkdir(parents=True)
    catalogue = folder / "cy/LC_MESSAGES/django.po"
    catalogue.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\n'
        'msgid "Back to the start"\nmsgstr "Yn ôl i\'r dechrau"\n'
    )
    assert find_languages([folder]) == [("en-gb", "English")], "not before it is compiled"
    messages.write(folder)
    assert 'msgid "Sign in"' in catalogue.read_text() and "Yn ôl" in catalogue.read_text()
    assert find_languages([folder]) == [("en-gb", "English"), ("cy", "Cymraeg")]
    settings.LOCALE_PATHS = [folder]
    with override("cy"):
        assert gettext("Back to the start") == "Yn ôl i'r dechrau"

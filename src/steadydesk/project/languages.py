"""Which languages there are: English, and each that has a compiled catalogue here or in the data folder."""

from collections.abc import Iterable
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext, ngettext

ENGLISH = ("en-gb", "English")
SHIPPED = Path(__file__).with_name("locale")
CATALOGUE = "LC_MESSAGES/django.mo"


def find_languages(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """(code, name in the language itself), English first; a language that Django does not know is left out."""
    folders_of = {file.parent.parent.name for folder in folders for file in folder.glob(f"*/{CATALOGUE}")}
    codes = sorted(name.lower().replace("_", "-") for name in folders_of)
    known = [(code, LANG_INFO[code]["name_local"]) for code in codes if "name_local" in LANG_INFO.get(code, {})]
    return [ENGLISH, *(language for language in known if language[0] != ENGLISH[0])]


def translate(one: str, many: str, count: int) -> str:
    """A sentence of the rules in the language that is active."""
    return ngettext(one, many, count) if many else gettext(one)

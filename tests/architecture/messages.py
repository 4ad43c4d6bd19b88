"""Every sentence that can be translated, as a template for translators; and the catalogues that are there, compiled.

``python -m tests.architecture.messages`` writes ``locale/django.pot``, brings each
``locale/CODE/LC_MESSAGES/django.po`` up to date with it, and compiles that. A new language begins with an empty
``django.po`` in a folder of its own.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from steadydesk.project.languages import SHIPPED
from tests.architecture.source import PACKAGE, ROOT, templates

Key = tuple[str | None, str | tuple[str, ...]]
"""The context, and the sentence or its forms for one and for many."""
PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop", "lazy")
PLURAL = ("ngettext", "ngettext_lazy")
IN_CONTEXT = ("pgettext", "pgettext_lazy")


def sentences() -> Iterator[tuple[Key, str, int]]:
    """Each sentence with the file and the line where it stands. The words of scripts stand in the pages."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from _in(path, path.read_bytes())
    for path in templates():
        yield from _in(path, templatize(path.read_text(), str(path)).encode())


def _in(path: Path, code: bytes) -> Iterator[tuple[Key, str, int]]:
    place = path.relative_to(ROOT).as_posix()
    for line, name, said, _comments in extract_python(io.BytesIO(code), [*PLAIN, *PLURAL, *IN_CONTEXT], [], {}):
        words = [part for part in (said if isinstance(said, tuple | list) else [said]) if isinstance(part, str)]
        if name in IN_CONTEXT and len(words) == 2:
            yield (words[0], words[1]), place, line
        elif name in PLURAL and len(words) == 2:
            yield (None, (words[0], words[1])), place, line
        elif name in PLAIN and words and words[0]:
            yield (None, words[0]), place, line


def template() -> Catalog:
    """The catalogue that translators begin with."""
    found = Catalog(project="Steadydesk", charset="utf-8", fuzzy=False)
    for (context, said), place, line in sentences():
        found.add(said, context=context, locations=[(place, line)])
    return found


def write(folder: Path) -> None:
    """The template and every catalogue of the folder."""
    folder.mkdir(exist_ok=True)
    fresh = template()
    with (folder / "django.pot").open("wb") as file:
        write_po(file, fresh, sort_output=True, omit_header=True)
    for path in sorted(folder.glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            kept = read_po(file, locale=path.parent.parent.name)
        kept.update(fresh, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(file, kept, sort_output=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, kept)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)

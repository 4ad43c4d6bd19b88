"""What customers read is said in every language that the installation has."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import get_language_info, override


def in_each() -> Iterator[tuple[str, str, bool]]:
    """(code, its own name, whether it is written from right to left), each while it is the active one."""
    for code, name in settings.LANGUAGES:
        with override(code):
            yield code, name, get_language_info(code)["bidi"]

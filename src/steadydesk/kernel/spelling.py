"""Words as people mean them: machines write one letter in more ways than one."""

import unicodedata


def plain(text: str) -> str:
    """Without capitals and accents, so that what is looked for is found however either was typed.

    An “é” is one character on most machines and two on others, and some people leave the accent out.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))

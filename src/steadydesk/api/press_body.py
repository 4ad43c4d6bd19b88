"""The body of a press as it comes. What is longer than any note is emptied, and what stands after it is read."""

import re

from steadydesk.api.asgi import Body

LONGEST_TEXT = 130_000
"""Bytes of one text: more than the longest note has, however it is written. Of what is longer nothing is kept."""
UNUSABLE = b"\\u0000"
"""Stands in the place of what was too long: no field takes it, and the one that it stood in is named as dropped."""
INSIDE = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)


class PressBody(Body):
    """Bounded in memory, and whole all the same unless there is too much beside the long text."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = False
        self._length = self._begins = 0
        self._full_before = False
        self._half = b""
        """A backslash whose other half is still to come."""

    def add(self, part: bytes) -> None:
        """Take what came next, wherever it was cut in two."""
        part, self._half = self._half + part, b""
        at = 0
        while at < len(part):
            at = self._in_text(part, at) if self._inside else self._between(part, at)

    def _between(self, part: bytes, at: int) -> int:
        """Everything before the next text, and the quotation mark that begins it; returns where to go on."""
        quote = part.find(b'"', at)
        end = len(part) if quote < 0 else quote + 1
        self._keep(part[at:end])
        if quote >= 0:
            self._inside, self._length = True, 0
            self._begins, self._full_before = len(self.kept), self.full
        return end

    def _in_text(self, part: bytes, at: int) -> int:
        """What belongs to this text, and the quotation mark that ends it; returns where to go on."""
        found = INSIDE.match(part, at)
        end = found.end() if found else at
        self._lengthen(part[at:end])
        if part[end : end + 1] == b'"':
            self._inside = False
            self._keep(b'"')
            return end + 1
        self._half = part[end:]
        return len(part)

    def _lengthen(self, piece: bytes) -> None:
        before, self._length = self._length, self._length + len(piece)
        if self._length <= LONGEST_TEXT:
            self._keep(piece)
        elif before <= LONGEST_TEXT and not self._full_before:
            # What was kept of it goes again, and with it the reason why no more could be kept.
            del self.kept[self._begins :]
            self.full = False
            self._keep(UNUSABLE)

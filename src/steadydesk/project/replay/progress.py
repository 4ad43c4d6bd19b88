"""How far it is: a bar where a person looks on, plain lines elsewhere."""

from typing import TextIO

from steadydesk.kernel.clock import clock

BAR = 30
BAR_EVERY_S = 0.1
LINE_EVERY_S = 10.0


class Progress:
    """Told often, shown seldom."""

    def __init__(self, every: int, out: TextIO) -> None:
        self._every, self._out = every, out
        self._moves = out.isatty()
        self._shown = clock.monotonic()

    def tell(self, done: int, line: int) -> None:
        """So many of all happenings are done; the file is at this line."""
        now = clock.monotonic()
        if done < self._every and now - self._shown < (BAR_EVERY_S if self._moves else LINE_EVERY_S):
            return
        self._shown = now
        percent = 100 * done // max(1, self._every)
        if self._moves:
            full = BAR * done // max(1, self._every)
            bar = f"\r{'█' * full}{'·' * (BAR - full)} {percent:3} %, line {line} "
            print(bar, end="\n" if done == self._every else "", file=self._out, flush=True)
        else:
            print(f"{percent} %, line {line}", file=self._out, flush=True)

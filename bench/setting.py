"""What every scenario is given: a folder on the disk to be measured, the demo, the floors."""

from dataclasses import dataclass, field
from pathlib import Path

from bench import fsync
from bench.figures import Spread
from bench.floor import floor_server
from bench.presses import Presses, press_often
from bench.server import Demo
from bench.streams import Streams
from bench.wire import Caller

# Spacing and number of the presses by number of screens: the slower the fan-out, the wider apart.
ROUNDS = {100: (0.05, 100), 1000: (0.15, 50)}


@dataclass
class Setting:
    """Shared by the scenarios; the demo is started once for those that leave it whole."""

    folder: Path
    demo: Demo
    _floors: dict[int, Presses] = field(default_factory=dict)

    def fsync(self, spacing: float = 0.05) -> Spread:
        """The disk's own time just now."""
        return fsync.measure(self.folder, spacing, count=40)

    def floor(self, screens: int) -> Spread:
        """The floor for a press on so many screens, measured once, at the spacing of the real presses."""
        if screens not in self._floors:
            spacing, count = ROUNDS[screens]
            with floor_server(self.folder) as port, Streams(port, [""], screens) as streams:
                self._floors[screens] = press_often(Caller(port), streams, spacing, count)
        return self._floors[screens].spread

    def fresh_demo(self, name: str, **environment: str) -> Demo:
        """A demo with a folder of its own, not yet started, for a scenario that spoils it or sets it up its own way."""
        return Demo(self.folder / name, **environment)

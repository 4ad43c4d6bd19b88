"""What kind of installation this is; a demonstration must be unmistakable on every screen."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

import steadydesk

UNFINISHED = "restore-unfinished"
"""The file in a data folder that says a restore into it did not come to its end."""


@dataclass(frozen=True)
class Installation:
    """Facts that never change while the server runs."""

    demo: bool
    version: str


def demo_mark(folder: Path) -> Path:
    """The file that says the records in this folder are a demonstration's."""
    return folder / "this-is-a-demo"


@cache
def installation() -> Installation:
    """The installation that this process serves."""
    return Installation(demo=demo_mark(Path(settings.DATA)).exists(), version=steadydesk.__version__)

"""The programs that a test plays against. One that is not there makes the test NOT RUN, and says so."""

import os
import shutil
from typing import NoReturn

import pytest

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "sipp": ("sipp",),
    "kamailio": ("kamailio",),
    "curl": ("curl",),
    "mosquitto": ("mosquitto",),
    "mosquitto_passwd": ("mosquitto_passwd",),
    "Xvfb": ("Xvfb",),
    "xdotool": ("xdotool",),
}


def not_run(peer: str) -> NoReturn:
    """Say that the test was not run for want of a peer; that is a failure where everything must run (CI=true)."""
    sentence = f"NOT RUN: this test needs {peer}, which is not here"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def needs(peer: str) -> str:
    """The path of the program; without it the test is not run."""
    given = os.environ.get(f"TESTS_{peer.upper()}")
    found = given or next((path for name in PROGRAMS[peer] if (path := shutil.which(name))), None)
    return found or not_run(peer)

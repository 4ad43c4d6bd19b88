"""The programs that a test plays against. One that is not there makes the test NOT RUN, and says so."""

import os
import shutil

import pytest

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "sipp": ("sipp",),
    "mosquitto": ("mosquitto",),
}


def needs(peer: str) -> str:
    """The path of the program; without it the test is skipped, and fails where everything must run (CI=true)."""
    given = os.environ.get(f"TESTS_{peer.upper()}")
    found = given or next((path for name in PROGRAMS[peer] if (path := shutil.which(name))), None)
    if found is not None:
        return found
    sentence = f"NOT RUN: this test needs {peer}, which is not here"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)

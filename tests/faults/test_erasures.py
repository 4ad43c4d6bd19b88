"""Two processes write the list of erasures at once: neither loses what the other wrote."""

import subprocess
import sys
from pathlib import Path

import pytest

from steadydesk.project.backup import erasures

pytestmark = pytest.mark.fault

EACH = 60
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
from steadydesk.privacy.again import Gone
from steadydesk.project.backup import erasures
erasures.gone, erasures.WAITS_S = list, 100.0  # the other goes on at once, and the machine may be busy
folder, first, each = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
now = datetime(2026, 3, 2, 9, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, first + each):
    erasures.keep(folder, [Gone(number, "visit:1", "words:erased", "asked", now)], now=now)
"""


def test_of_two_that_write_at_once_nothing_is_lost_and_nothing_is_left_over(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(first), str(EACH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (1, 1 + EACH)
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
    assert [writer.returncode for writer in writers] == [0, 0]
    kept = erasures.read(tmp_path / erasures.FILE)
    assert sorted(one.words for one in kept) == list(range(1, 2 * EACH + 1))
    assert {file.name for file in tmp_path.iterdir()} == {erasures.FILE, erasures.LOCK}

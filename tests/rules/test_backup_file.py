"""The one file of a backup: whole, or seen for what it is."""

import errno
import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from steadydesk.kernel.errors import Refusal
from steadydesk.pages import safekeeping
from steadydesk.project.backup import archive, bringing_back
from steadydesk.project.backup.archive import Listed

AT = datetime(2026, 3, 2, 10, 31, tzinfo=UTC)
LISTED = Listed("0.1.0", AT, "sqlite", ("visits.0001_initial",), {"visits_visit": 3}, 41, {}, False)


@pytest.fixture
def backup(tmp_path):
    (tmp_path / "records").write_bytes(random.Random(1).randbytes(30_000))
    (tmp_path / "spool").write_bytes(bytes(40_960))
    file = tmp_path / "monday.backup"
    with archive.fresh_file(file) as part:
        archive.write(part, {"steadydesk.sqlite3": tmp_path / "records", "uploads/a.pdf": tmp_path / "spool"}, LISTED)
    return file


def test_what_was_put_by_comes_out_again(backup, tmp_path):
    listed = archive.verify(backup)
    assert (listed.taken_at, listed.last_entry, listed.counts) == (AT, 41, {"visits_visit": 3})
    for name, before in (("steadydesk.sqlite3", "records"), ("uploads/a.pdf", "spool")):
        found = archive.unpack_to(backup, listed, name, tmp_path / "out")
        assert found.read_bytes() == (tmp_path / before).read_bytes()
        assert found.stat().st_mode & 0o077 == 0


def test_nobody_else_can_read_it_and_nothing_is_left_beside_it(backup):
    assert backup.stat().st_mode & 0o077 == 0
    assert [p.name for p in backup.parent.iterdir() if p.name.startswith(".")] == []


def test_a_backup_is_never_written_over(backup):
    with pytest.raises(Refusal, match="is there already"), archive.fresh_file(backup):
        pass


def test_one_that_came_to_be_meanwhile_is_not_written_over_either(tmp_path):
    file = tmp_path / "late.backup"
    with pytest.raises(Refusal, match="meanwhile"), archive.fresh_file(file):
        file.write_text("somebody's")
    assert file.read_text() == "somebody's"


def test_cut_off_anywhere_it_is_refused(backup, tmp_path):
    whole, cut = backup.read_bytes(), tmp_path / "cut.backup"
    for size in {0, 1, len(whole) - 1, *random.Random(2).sample(range(len(whole)), 40)}:
        cut.write_bytes(whole[:size])
        with pytest.raises(Refusal, match="no whole backup"):
            archive.verify(cut)


def test_altered_anywhere_it_is_refused_or_says_the_same(backup, tmp_path):
    whole, altered = backup.read_bytes(), tmp_path / "altered.backup"
    refused = 0
    for place in random.Random(3).sample(range(len(whole)), 300):
        altered.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            assert archive.verify(altered) == archive.read(backup)
        except Refusal:
            refused += 1
    assert refused > 290


def test_a_full_disk_leaves_no_half_backup(tmp_path):
    file = tmp_path / "full.backup"
    with pytest.raises(Refusal, match=r"cannot be written \(No space left"), archive.fresh_file(file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


def test_a_newer_version_an_occupied_folder_and_another_database_are_refused(backup, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    newer = tmp_path / "newer.backup"
    with archive.fresh_file(newer) as part:
        archive.write(part, {}, Listed("9.0.0", AT, "sqlite", ("visits.9999_later",), {}, 0, {}, False))
    with pytest.raises(Refusal, match=r"made by Steadydesk 9\.0\.0"):
        bringing_back.bring_back(newer, tmp_path / "empty")
    assert not (tmp_path / "empty").exists()
    with pytest.raises(Refusal, match="Restore into an empty folder"):
        bringing_back.bring_back(backup, tmp_path)
    assert backup.exists()
    monkeypatch.setenv("DATABASE_URL", "postgresql://x")
    with pytest.raises(Refusal, match="Leave DATABASE_URL out"):
        bringing_back.bring_back(backup, tmp_path / "empty")


def test_a_folder_that_cannot_be_looked_into_keeps_what_is_in_it(backup, tmp_path, monkeypatch):
    there, iterdir, fails = tmp_path / "there", Path.iterdir, [OSError(errno.EIO, "the disk did not answer")]
    there.mkdir()
    (there / "letters").write_text("somebody's work")
    monkeypatch.setattr(Path, "iterdir", lambda self: _raise(fails.pop()) if fails else iterdir(self))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(bringing_back, "_refuse_newer", lambda *_: None)
    with pytest.raises(Refusal, match="did not answer"):
        bringing_back.bring_back(backup, there)
    assert (there / "letters").exists()


def _raise(error):
    raise error


def test_when_it_was_last_done_is_kept_and_a_spoilt_note_says_nothing(tmp_path):
    assert safekeeping.last_backup(tmp_path) is None
    safekeeping.note_backup(tmp_path, safekeeping.Kept(AT, "/b"))
    safekeeping.note_rehearsal(tmp_path, safekeeping.Kept(AT, "/b", well=False, detail="no room"))
    assert safekeeping.last_backup(tmp_path) == safekeeping.Kept(AT, "/b")
    assert safekeeping.last_rehearsal(tmp_path).detail == "no room"
    (tmp_path / safekeeping.FILE).write_text("{")
    assert safekeeping.last_backup(tmp_path) is None

"""The list of what was erased lies beside the backups: always whole, and when it cannot be kept that is said."""

import fcntl

import pytest

from steadydesk.journal import queries as journal
from steadydesk.journal.queries import words_about
from steadydesk.kernel.errors import Refusal
from steadydesk.pages import safekeeping
from steadydesk.privacy import actions as privacy
from steadydesk.project.backup import erasures
from tests.visiting import act, arrive


@pytest.fixture
def folders(world, settings, tmp_path):
    """The data folder, and that of the last backup."""
    settings.DATA, backups = tmp_path / "data", tmp_path / "backups"
    for folder in (settings.DATA, backups):
        folder.mkdir()
    safekeeping.note_backup(settings.DATA, safekeeping.Kept(world.now, str(backups / "a.backup")))
    return settings.DATA, backups


@pytest.fixture
def erase(world, django_capture_on_commit_callbacks):
    """Erase a note; returns the number of its words."""

    def erase():
        visit = arrive(world)
        act(world, "note", visit, "one")
        words = words_about([f"visit:{visit}"])[-1].pk
        with django_capture_on_commit_callbacks(execute=True):
            privacy.erase_words(words, "asked", by=world.person("dana"), now=world.now)
        return words

    return erase


def on_list(folder):
    return [one.words for one in erasures.read(folder / erasures.FILE)]


def test_both_lists_are_written_at_the_erasure_and_a_spoilt_one_is_no_empty_one(folders, erase):
    words = erase()
    assert [on_list(folder) for folder in folders] == [[words], [words]]
    assert list(erasures.findings()) == []
    (folders[1] / erasures.FILE).write_text("{}")
    with pytest.raises(Refusal, match="cannot be read"):
        erasures.read(folders[1] / erasures.FILE)
    [said] = erasures.findings()
    assert "cannot be read" in said and "begins a new one" in said


def test_a_spoilt_list_is_kept_aside_and_a_new_one_goes_on_and_it_is_said(folders, erase):
    data, backups = folders
    first = erase()
    (backups / erasures.FILE).write_text('{"erasures": [{"words"')
    second = erase()
    assert on_list(backups) == on_list(data) == [first, second]
    aside = backups / "steadydesk-erasures.spoilt-1.json"
    assert aside.read_text() == '{"erasures": [{"words"'
    [entry] = journal.of_subject(erasures.LIST)
    assert (entry.type, entry.facts) == ("erasures:spoilt", {"file": aside.name})
    assert [str(aside) in said for said in erasures.findings()] == [True]
    (backups / erasures.FILE).write_text("")
    erase()
    assert aside.exists() and (backups / "steadydesk-erasures.spoilt-2.json").exists()


def test_a_list_that_somebody_holds_for_too_long_is_said_to_lack_an_erasure_until_the_next(
    world, folders, erase, monkeypatch, caplog
):
    data, backups = folders
    monkeypatch.setattr(erasures, "WAITS_S", 0.0)
    with (backups / erasures.LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        words = erase()
    assert on_list(data) == [words] and not (backups / erasures.FILE).exists()
    assert "could not be written" in caplog.text
    [said] = erasures.findings()
    assert f"in {backups} lacks 1" in said
    erasures.keep_everywhere(now=world.now)
    assert on_list(backups) == [words] and list(erasures.findings()) == []

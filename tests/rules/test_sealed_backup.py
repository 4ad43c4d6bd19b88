"""A sealed backup is read by its key alone, and a change of it is seen."""

from pathlib import Path

import pytest

from steadydesk.kernel.errors import Refusal
from steadydesk.project.backup import sealing
from steadydesk.project.backup.sealing import MAGIC, PIECE, SALT, TAG, is_sealed, opened, seal, unseal

KEY = "correct horse battery staple"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "COST", 1 << 10)


def sealed(folder: Path, content: bytes) -> Path:
    (folder / "plain").write_bytes(content)
    seal(folder / "plain", folder / "sealed", KEY)
    return folder / "sealed"


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_what_was_sealed_comes_back_byte_for_byte(tmp_path: Path, size: int) -> None:
    content = bytes(i * 31 % 251 for i in range(size))
    file = sealed(tmp_path, content)
    assert is_sealed(file) and not is_sealed(tmp_path / "plain")
    unseal(file, tmp_path / "again", KEY)
    assert (tmp_path / "again").read_bytes() == content
    assert size < 8 or content not in file.read_bytes()


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="another key"):
        unseal(sealed(tmp_path, b"records"), tmp_path / "again", "guess")


def test_a_piece_that_is_changed_moved_or_missing_is_seen(tmp_path: Path) -> None:
    file = sealed(tmp_path, bytes(4 * PIECE))
    whole, start, piece = file.read_bytes(), len(MAGIC) + SALT, PIECE + TAG
    second = start + piece
    spoilt = {
        "changed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "cut off at the end of a piece": whole[:-piece],
        "cut off": whole[:-5],
        "pieces changed places": whole[:second]
        + whole[second + piece : second + 2 * piece]
        + whole[second : second + piece]
        + whole[second + 2 * piece :],
        "another salt": whole[: len(MAGIC)] + bytes(SALT) + whole[start:],
        "only the head": whole[:start],
    }
    for content in spoilt.values():
        file.write_bytes(content)
        with pytest.raises(Refusal):
            unseal(file, tmp_path / "again", KEY)


def test_the_key_comes_from_the_setting_and_the_copy_without_a_seal_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sealed(tmp_path, b"records")
    (tmp_path / "plain").unlink()
    with pytest.raises(Refusal, match="Give its key"), opened(file):
        pass
    (tmp_path / "key").write_text(KEY + "\n")
    monkeypatch.setenv("STEADYDESK_BACKUP_KEY_FILE", str(tmp_path / "key"))
    with opened(file) as plain:
        assert plain.read_bytes() == b"records"
    assert not plain.exists()
    assert sorted(f.name for f in tmp_path.iterdir()) == ["key", "sealed"]

"""Files that are replaced in one step, one alone or several together."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from rezfast.repository.replacement import Replacement, each, kept_path, staged_path


def test_nobody_sees_it_until_it_appears(tmp_path: Path) -> None:
    file = tmp_path / "package.py"
    file.write_text("old")
    with Replacement(str(file), b"new") as new:
        new.reach_disk()
        assert file.read_text() == "old"
        new.appear()
        new.name_reaches_disk()
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o444
    assert os.listdir(tmp_path) == ["package.py"]


def test_without_that_nothing_has_happened(tmp_path: Path) -> None:
    with Replacement(str(tmp_path / "package.py"), b"new"):
        pass
    assert os.listdir(tmp_path) == []


def test_what_a_killed_writer_has_left_is_written_over(tmp_path: Path) -> None:
    file = str(tmp_path / "package.py")
    for path in (staged_path(file), kept_path(file), file):
        Path(path).write_text("left")
    with Replacement(file, b"new") as new:
        new.appear(keep=True)
        new.disappear()
        assert Path(file).read_text() == "left"
        new.disappear()
    assert os.listdir(tmp_path) == ["package.py"]


@pytest.mark.parametrize("has_links", [True, False])
def test_several_appear_together_or_not_at_all(
    has_links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not has_links:
        monkeypatch.setattr(os, "link", no_link)
    old, other = tmp_path / "old.py", tmp_path / "other.py"
    old.write_text("old")
    known = old.stat()
    with Replacement(str(old), b"new") as one, Replacement(str(other), b"new") as two:
        each(Replacement.reach_disk, [one, two])
        for file in (one, two):
            file.appear(keep=True)
        assert old.read_text() == other.read_text() == "new"
        for file in (one, two):
            file.disappear()
    assert old.read_text() == "old" and os.listdir(tmp_path) == ["old.py"]
    assert old.stat().st_mtime_ns == known.st_mtime_ns
    # with links it is the very file
    assert not has_links or old.stat().st_ino == known.st_ino


def test_an_error_says_which_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = str(tmp_path / "package.py")
    monkeypatch.setattr(os, "fsync", full)
    with Replacement(file, b"new") as new, pytest.raises(OSError, match=r"package\.py"):
        new.reach_disk()
    assert os.listdir(tmp_path) == []

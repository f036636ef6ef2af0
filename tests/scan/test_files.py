"""Reading many files at once: one outcome a path, whatever is wrong with the others."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rezfast._scan import Refused, Scanned, load_files


def test_outcomes_are_in_the_order_of_the_paths(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text('requires = ["a"]')
    (tmp_path / "dynamic.py").write_text("import studio")
    paths = [str(tmp_path / name) for name in ("good.py", "missing.py", "dynamic.py", "good.py")]
    good, missing, dynamic, again = load_files(paths)
    assert isinstance(good, Scanned)
    assert good.requires == ["a"]
    assert isinstance(missing, FileNotFoundError)
    assert missing.filename == paths[1]
    assert isinstance(dynamic, Refused)
    assert isinstance(again, Scanned)
    assert again.requires == ["a"]


def test_no_path_is_no_outcome() -> None:
    assert load_files([]) == []


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    (outcome,) = load_files([str(tmp_path)])
    assert isinstance(outcome, IsADirectoryError)


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        path = "/proc/self/mem"  # root may open anything, but not read the first page of this
        expected = errno.EIO
    else:
        path = str(tmp_path / "secret.py")
        Path(path).touch(mode=0)
        expected = errno.EACCES
    (outcome,) = load_files([path])
    assert isinstance(outcome, OSError)
    assert outcome.errno == expected


def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    pipe = str(tmp_path / "pipe.py")
    os.mkfifo(pipe)
    assert len(load_files([pipe])) == 1


@pytest.mark.parametrize("size", [65535, 65536, 65537, 262144, 1_000_000])
def test_a_file_of_any_size_is_read_whole(tmp_path: Path, size: int) -> None:
    path = tmp_path / "long.py"
    end = b'\nrequires = ["last"]\n'
    path.write_bytes(b"#" * (size - len(end)) + end)
    (outcome,) = load_files([str(path)])
    assert isinstance(outcome, Scanned)
    assert outcome.requires == ["last"]


def test_a_long_file_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text('requires = ["x"]\n' * 20000)
    (tmp_path / "short.py").write_text('version = "1"')
    (tmp_path / "empty.py").touch()
    _, short, empty = load_files([str(tmp_path / n) for n in ("long.py", "short.py", "empty.py")])
    assert isinstance(short, Scanned)
    assert short.requires is None
    assert short.version == "1"
    assert isinstance(empty, Scanned)
    assert empty.version is None


def test_a_path_need_not_be_utf8(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")
    Path(path).write_text('name = "foo"')
    (outcome,) = load_files([path])
    assert isinstance(outcome, Scanned)


def test_a_path_with_a_nul_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (outcome,) = load_files([f"{tmp_path}/a\0b"])
    assert isinstance(outcome, OSError)
    assert outcome.errno == errno.EINVAL


def test_the_source_view_asks_for_a_name(tmp_path: Path) -> None:
    path = tmp_path / "package.py"
    path.write_text('version = "1"')
    assert load_files([str(path)])[0]
    assert not load_files([str(path)], view="source")[0]


def test_threads_may_read_at_once(tmp_path: Path) -> None:
    paths = []
    for i in range(200):
        path = tmp_path / f"{i}.py"
        path.write_text(f'requires = ["a-{i}"]')
        paths.append(str(path))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(load_files, [paths] * 8))
    for result in results:
        assert [r.requires for r in result if isinstance(r, Scanned)] == [
            [f"a-{i}"] for i in range(200)
        ]

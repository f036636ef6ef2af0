"""Writers that are killed, and writers that come at the same time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rezfast.repository import clear_caches
from rezfast.repository.maker import make_package
from rezfast.repository.queries import iter_packages

# Kills itself at the Nth of the calls that change the disk.
KILLED = """
import os, signal, sys
from rezfast.repository.maker import make_package
path, number = sys.argv[1], int(sys.argv[2])
count = 0
def counted(name):
    call = getattr(os, name)
    def wrapper(*args, **kwargs):
        global count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    setattr(os, name, wrapper)
def payload(variant, root):
    os.mkdir("bin")
with make_package("foo", path, make_root=payload) as package:
    package.version = sys.argv[3]
    package.variants = [["b"], ["c"]]
    for name in ("open", "link", "unlink", "mkdir", "replace", "fsync", "fchmod", "write", "utime"):
        counted(name)
print(count)
"""

WRITER = """
import sys
from rezfast.repository.maker import make_package
path, name = sys.argv[1:]
for number in range(12):
    with make_package("foo", path) as package:
        package.version = "1.0"
        package.variants = [[f"{name}-{number}"]]
"""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    clear_caches()
    yield
    clear_caches()


def shown(path: Path) -> dict[str, list[list[str]]]:
    """The packages of `foo` that everybody sees, with their variants."""
    clear_caches()
    found = {}
    for package in iter_packages("foo", paths=[str(path)]):
        variants = package.variants or []
        found[str(package.version)] = [[str(each) for each in variant] for variant in variants]
        for variant in package.iter_variants():
            if variant.variant_requires[0].name != "a":
                assert os.path.isdir(f"{variant.root}/bin"), "a variant without its payload"
    return found


def run(script: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_killed_writer_leaves_the_old_state_or_the_new(tmp_path: Path, version: str) -> None:
    whole = run(KILLED, _start(tmp_path / "whole"), "0", version)
    assert whole.returncode == 0, whole.stderr
    calls = int(whole.stdout)
    assert calls > 15
    old = {"1.0": [["a"]]}
    joined = [["a"], ["b"], ["c"]] if version == "1.0" else [["b"], ["c"]]
    new = {**old, version: joined}
    seen = []
    for number in range(1, calls + 1):
        path = _start(tmp_path / str(number))
        killed = run(KILLED, path, str(number), version)
        assert killed.returncode == -signal.SIGKILL
        seen.append(shown(path))
        assert seen[-1] in (old, new)
        # nothing of the killed one is in the way of the next
        _make(path, version)
        assert shown(path)[version] == joined
        assert os.listdir(path) == ["foo"]
    assert old in seen
    assert new in seen


def _start(path: Path) -> Path:
    with make_package("foo", str(path)) as package:
        package.version = "1.0"
        package.variants = [["a"]]
    return path


def _make(path: Path, version: str) -> None:
    def payload(*_: object) -> None:
        os.makedirs("bin", exist_ok=True)

    with make_package("foo", str(path), make_root=payload, skip_existing=False) as package:
        package.version = version
        package.variants = [["b"], ["c"]]


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    names = ["left", "middle", "right"]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in names
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    clear_caches()
    (package,) = iter_packages("foo", paths=[str(tmp_path)])
    found = {str(variant[0]) for variant in package.variants or []}
    assert found == {f"{name}-{number}" for name in names for number in range(12)}
    assert sorted(os.listdir(tmp_path)) == ["foo"]

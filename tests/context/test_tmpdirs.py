"""Directories for the files of environments, and what takes them away again."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rezfast.context.tmpdirs import TempDirs, make_directory, remove_directory
from rezfast.errors import RezSystemError


def _gone(path: Path) -> bool:
    """Whether a directory goes away, given the time that takes."""
    deadline = time.monotonic() + 10
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not path.exists()


# ---- of this process ----------------------------------------------------------------------------


def test_only_this_user_may_look_into_a_directory(tmp_path: Path) -> None:
    path = make_directory(str(tmp_path))
    assert os.path.basename(path).startswith("rez_context_")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o700


def test_directories_have_names_of_their_own(tmp_path: Path) -> None:
    made = TempDirs(str(tmp_path), prefix="x_")
    paths = {made.mkdtemp() for _ in range(20)}
    assert len(paths) == 20
    assert all(os.path.basename(path).startswith("x_") for path in paths)


def test_clear_removes_all_but_those_that_are_to_stay(tmp_path: Path) -> None:
    made = TempDirs(str(tmp_path))
    gone, stays = made.mkdtemp(), made.mkdtemp(cleanup=False)
    (Path(gone) / "file").touch()
    (Path(gone) / "inside").mkdir()
    (Path(gone) / "inside" / "file").touch()
    made.clear()
    assert os.listdir(tmp_path) == [os.path.basename(stays)]
    made.clear()


def test_one_can_be_removed_early(tmp_path: Path) -> None:
    made = TempDirs(str(tmp_path))
    first, second = made.mkdtemp(), made.mkdtemp()
    made.remove(first)
    assert os.listdir(tmp_path) == [os.path.basename(second)]
    made.clear()


def test_a_forked_child_removes_nothing(tmp_path: Path) -> None:
    made = TempDirs(str(tmp_path))
    path = made.mkdtemp()
    child = os.fork()
    if child == 0:
        made.clear()
        os._exit(0)
    os.waitpid(child, 0)
    assert os.path.exists(path)
    made.clear()


def test_removing_does_not_follow_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(outside)
    remove_directory(str(inside))
    assert sorted(os.listdir(tmp_path)) == ["outside"]
    assert (outside / "file").exists()


def test_a_directory_that_was_locked_is_removed_too(tmp_path: Path) -> None:
    locked = tmp_path / "locked" / "inner"
    locked.mkdir(parents=True)
    (locked / "file").touch()
    locked.chmod(0)
    remove_directory(str(tmp_path / "locked"))
    assert os.listdir(tmp_path) == []


def test_keeping_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REZ_KEEP_TMPDIRS", "1")
    made = TempDirs(str(tmp_path))
    made.mkdtemp()
    made.clear()
    assert len(os.listdir(tmp_path)) == 1


def test_no_place_for_them() -> None:
    with pytest.raises(RezSystemError, match=r"in /nowhere: No such file or directory; .*TMPDIR"):
        make_directory("/nowhere")


# ---- that outlive this process ------------------------------------------------------------------

_OUTLIVE = (
    "import os, sys; from rezfast.context.tmpdirs import outlive; assert outlive(sys.argv[1])\n"
)


def _start(path: Path, then: str) -> subprocess.Popen[str]:
    """Start a process that has a directory removed at its end and goes on with `then`."""
    return subprocess.Popen(
        [sys.executable, "-c", _OUTLIVE + then, str(path)], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "directory"
    path.mkdir()
    (path / "file").touch()
    return path


def test_a_directory_is_removed_when_the_process_has_ended(directory: Path) -> None:
    with _start(directory, "sys.exit(3)") as process:
        assert process.wait() == 3
    assert _gone(directory)


def test_a_directory_is_removed_when_the_process_is_killed(directory: Path) -> None:
    with _start(directory, "print(1, flush=True); import time; time.sleep(60)") as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert directory.exists()
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert _gone(directory)


def test_a_directory_stays_while_the_process_is_another_program(directory: Path) -> None:
    then = "os.execvp('sh', ['sh', '-c', 'test -e $0/file && echo there', sys.argv[1]])"
    with _start(directory, then) as process:
        out, _ = process.communicate()
    assert out == "there\n"
    assert _gone(directory)


def test_the_process_may_have_no_standard_input(directory: Path) -> None:
    # what is opened first is then file 0
    then = "import time; time.sleep(0.5); print(os.listdir(sys.argv[1]))"
    program = f"import os; os.close(0)\n{_OUTLIVE}{then}"
    done = subprocess.run(
        [sys.executable, "-c", program, str(directory)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "['file']\n"
    assert _gone(directory)


def test_nobody_holds_the_output_open(directory: Path) -> None:
    # who reads from a pipe waits until all who have it open have closed it
    with _start(directory, "") as process:
        assert process.communicate(timeout=10)[0] == ""


def test_the_process_gets_no_child(directory: Path) -> None:
    # a program that waits for all of its children must not wait for one that it never started
    then = "try:\n    os.wait()\nexcept ChildProcessError:\n    print('none')"
    with _start(directory, then) as process:
        assert process.communicate()[0] == "none\n"


def test_signals_that_are_meant_for_the_program_do_not_end_it(directory: Path) -> None:
    then = "print(1, flush=True); import time; time.sleep(60)"
    with _start(directory, then) as process:
        assert process.stdout is not None
        process.stdout.readline()
        onlooker = _onlooker(directory)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(onlooker, number)
        process.kill()
        process.wait()
    assert _gone(directory)


def _onlooker(directory: Path) -> int:
    """The process that looks on, once it does not heed signals."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
                if words[0].endswith(b"/outlive") and os.fsencode(directory) in words:
                    ignored = Path(f"/proc/{entry}/status").read_text()
                    if int(ignored.partition("SigIgn:")[2].split()[0], 16) & 0x4000:
                        return int(entry)
            except OSError:
                continue
        time.sleep(0.01)
    raise AssertionError("nobody looks on")


def test_keeping_one_that_would_be_removed(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REZ_KEEP_TMPDIRS", "1")
    with _start(directory, "") as process:
        process.wait()
    assert directory.exists()

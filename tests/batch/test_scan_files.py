"""Many definitions in one call: one outcome a path, whatever is wrong with the others."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rezfast
from rezfast import FileError, FileScan, Refused, Scanned, iter_scan_files, scan_files
from rezfast._batch import FILE_ERRORS

Outcome = Scanned | Refused | FileError


@pytest.fixture
def many(tmp_path: Path) -> list[str]:
    """3,000 definitions, enough to start threads; the third of every ten is refused."""
    paths = []
    for number in range(3000):
        path = tmp_path / f"{number}.py"
        path.write_text("import studio" if number % 10 == 3 else f'requires = ["a-{number}"]')
        paths.append(str(path))
    return paths


def fields(outcomes: list[Outcome]) -> list[object]:
    return [x.requires if isinstance(x, Scanned) else type(x) for x in outcomes]


def expected(count: int) -> list[object]:
    return [Refused if number % 10 == 3 else [f"a-{number}"] for number in range(count)]


def one(path: str | bytes | Path) -> Outcome:
    """What a path gives, alone and in a crowd, which is read by other calls of the system."""
    (outcome,) = scan_files([path])
    (again,) = iter_scan_files([path])
    crowd = scan_files([path] * 3 + ["/nowhere"] * 600, threads=1)
    for other in (again.outcome, *crowd[:3]):
        assert type(outcome) is type(other)
        assert getattr(outcome, "reason", None) == getattr(other, "reason", None)
        assert getattr(outcome, "errno", None) == getattr(other, "errno", None)
        assert getattr(outcome, "requires", None) == getattr(other, "requires", None)
    return outcome


def error_of(path: str | bytes | Path) -> FileError:
    outcome = one(path)
    assert isinstance(outcome, FileError)
    assert not outcome
    assert outcome.reason in FILE_ERRORS
    assert "\n" not in outcome.message
    assert str(outcome) == outcome.message
    return outcome


# ---- what comes back ----------------------------------------------------------------------------


def test_outcomes_are_in_the_order_of_the_paths(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text('requires = ["a"]')
    (tmp_path / "dynamic.py").write_text("\nimport studio")
    names = ("good.py", "missing.py", "dynamic.py", "good.py")
    good, missing, dynamic, again = scan_files([str(tmp_path / name) for name in names])
    assert isinstance(good, Scanned)
    assert good.requires == ["a"]
    assert isinstance(missing, FileError)
    assert isinstance(dynamic, Refused)
    assert (dynamic.reason, dynamic.line) == ("import", 2)
    assert isinstance(again, Scanned)


@pytest.mark.parametrize("threads", [None, 1, 2, 7, 500])
def test_the_number_of_threads_changes_nothing(many: list[str], threads: int | None) -> None:
    assert fields(scan_files(many, threads=threads)) == expected(3000)
    assert fields([x.outcome for x in iter_scan_files(many, threads=threads)]) == expected(3000)


def test_no_path_is_no_outcome() -> None:
    assert scan_files([]) == []
    assert list(iter_scan_files([])) == []


def test_a_scan_tells_its_path_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "package.py"
    path.write_bytes(b"# \xc3\xa4\nversion = '1'")
    (scan,) = iter_scan_files([path])
    assert isinstance(scan, FileScan)
    assert scan.path == str(path)
    assert isinstance(scan.outcome, Scanned)
    assert scan.outcome.version == "1"
    assert scan.size == len(path.read_bytes())
    assert 0 < scan.nanoseconds < 10**9


def test_the_source_view_asks_for_a_name(tmp_path: Path) -> None:
    path = tmp_path / "package.py"
    path.write_text('version = "1"')
    assert one(path)
    assert not scan_files([path], view="source")[0]
    assert not next(iter_scan_files([path], view="source")).outcome


@pytest.mark.parametrize("kind", [str, os.fsencode, Path])
def test_a_path_may_be_text_bytes_or_a_path_object(tmp_path: Path, kind: type) -> None:
    path = tmp_path / "ü.py"
    path.write_text('name = "foo"')
    assert isinstance(one(kind(str(path))), Scanned)
    (scan,) = iter_scan_files([kind(str(path))])
    assert scan.path == str(path)


def test_a_path_need_not_be_utf8(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.py"
    with open(path, "w") as file:
        file.write('name = "foo"')
    assert isinstance(one(path), Scanned)
    assert isinstance(one(os.fsdecode(path)), Scanned)


def test_paths_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "package.py").touch()
    assert one("package.py")


@pytest.mark.parametrize(
    "spelling",
    [
        "{root}/{family}/{version}/package.py",
        "{root}//{family}//{version}//package.py",
        "{root}/{family}//{version}/package.py",
        "{root}/{family}/{version}//package.py",
        "{root}/{family}/./{version}/package.py",
        "{root}/{family}/../{family}/{version}/package.py",
        "{family}/{version}/package.py",
        "./{family}/{version}/package.py",
        "{family}/{version}.py",
        "{root}/link/{version}/package.py",
        "{root}/missing/{version}/package.py",
        "{root}/{family}/{version}.py/package.py",
    ],
)
def test_many_files_of_a_directory_are_read_like_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("foo")
    for family in ("foo", "foo2", "f"):
        for version in range(60):
            directory = tmp_path / family / str(version)
            directory.mkdir(parents=True)
            (directory / "package.py").write_text(f"requires = ['{family}-{version}']")
            (tmp_path / family / f"{version}.py").write_text(f"requires = ['{family}_{version}']")
    paths = [
        spelling.format(root=tmp_path, family=family, version=version)
        for family in ("foo", "foo2", "f")
        for version in range(62)  # the last two are missing
    ]
    for order in (paths, paths[::-1], paths[::3] + paths[1::3] + paths[2::3]):
        expected = [
            (type(x), getattr(x, "requires", None), getattr(x, "errno", None))
            for path in order
            for x in scan_files([path])
        ]
        assert [
            (type(x), getattr(x, "requires", None), getattr(x, "errno", None))
            for x in scan_files(order)
        ] == expected


# ---- files that are none ------------------------------------------------------------------------


def test_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "package.py"
    error = error_of(path)
    assert (error.reason, error.errno, error.path) == ("missing", errno.ENOENT, str(path))
    assert error.message == f"{path}: does not exist"
    (tmp_path / "file").touch()
    assert error_of(tmp_path / "file" / "package.py").reason == "missing"


def test_a_broken_link_is_missing_and_a_circle_unreadable(tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    assert error_of(tmp_path / "broken").reason == "missing"
    circle = error_of(tmp_path / "circle")
    assert (circle.reason, circle.errno) == ("unreadable", errno.ELOOP)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path, number = "/proc/self/mem", errno.EIO  # its first page is nobody's, not even root's
    if os.geteuid() != 0:
        path, number = str(tmp_path / "secret.py"), errno.EACCES
        Path(path).touch(mode=0)
    error = error_of(path)
    assert (error.reason, error.errno) == ("unreadable", number)


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    error = error_of(tmp_path)
    assert (error.reason, error.errno) == ("not-a-file", errno.EISDIR)


def test_a_named_pipe_is_not_a_file_and_keeps_what_is_in_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.py"
    os.mkfifo(pipe)
    assert error_of(pipe).reason == "not-a-file"
    handle = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(handle, b'name = "foo"')
        assert error_of(pipe).reason == "not-a-file"
        assert os.read(handle, 100) == b'name = "foo"'
    finally:
        os.close(handle)


def test_a_socket_is_not_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.py")
        assert error_of("s.py").reason == "not-a-file"


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/urandom"])
def test_a_device_is_not_a_file(device: str) -> None:
    assert error_of(device).reason == "not-a-file"


def test_a_terminal_is_not_a_file() -> None:
    ours, theirs = os.openpty()
    try:
        os.write(ours, b"name = 'foo'\n")
        assert error_of(os.ttyname(theirs)).reason == "not-a-file"
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_file_without_a_size_is_read_all_the_same() -> None:
    (scan,) = iter_scan_files(["/proc/self/status"])
    assert isinstance(scan.outcome, Refused)
    assert scan.size > 100


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.py"
    path.touch()
    os.truncate(path, 20 << 30)  # takes no room on the disk
    error = error_of(path)
    assert error.reason == "too-large"
    assert "64 MB" in error.message


@pytest.mark.parametrize("size", [65535, 65536, 65537, 262144, 5_000_000, 64 << 20])
def test_a_file_up_to_the_limit_is_read_whole(tmp_path: Path, size: int) -> None:
    path = tmp_path / "long.py"
    end = b'\nrequires = ["last"]\n'
    path.write_bytes(b"#" * (size - len(end)) + end)
    (scan,) = iter_scan_files([path])
    assert isinstance(scan.outcome, Scanned)
    assert scan.outcome.requires == ["last"]
    assert scan.size == size


def test_a_long_file_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text('requires = ["x"]\n' * 200_000)
    (tmp_path / "short.py").write_text('version = "1"')
    (tmp_path / "empty.py").touch()
    _, short, empty = scan_files([tmp_path / n for n in ("long.py", "short.py", "empty.py")])
    assert isinstance(short, Scanned)
    assert (short.version, short.requires) == ("1", None)
    assert isinstance(empty, Scanned)
    assert empty.version is None


@pytest.mark.parametrize("threads", [1, 2])
def test_files_of_every_length_in_a_crowd(tmp_path: Path, threads: int) -> None:
    lengths = (0, 1, 3, 100, 16383, 16384, 16385, 65535, 65536, 65537, 200_000)
    for length in lengths:
        (tmp_path / f"{length}.py").write_text(f"requires=['n-{length}']\n".ljust(length, "#"))
    paths = [str(tmp_path / f"{lengths[i % len(lengths)]}.py") for i in range(1100)]
    found = scan_files(paths, threads=threads)
    assert fields(found) == [[f"n-{lengths[i % len(lengths)]}"] for i in range(1100)]


def test_nul_bytes_are_no_text_and_other_encodings_are_refused(tmp_path: Path) -> None:
    binary, latin = tmp_path / "binary.py", tmp_path / "latin.py"
    binary.write_bytes("name = 'foo'".encode("utf-16"))
    latin.write_bytes("# coding: latin-1\nname = 'foo' # ü".encode("latin-1"))
    error = error_of(binary)
    assert (error.reason, error.errno) == ("not-text", None)
    refused = one(latin)
    assert isinstance(refused, Refused)
    assert refused.reason == "encoding"


@pytest.mark.parametrize("path", ["a\0b", b"a\0b", "\ud800"])
def test_a_text_that_can_be_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str | bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a").touch()
    error = error_of(path)
    assert (error.reason, error.errno) == ("bad-path", errno.EINVAL)


def test_a_message_is_one_line_whatever_the_path() -> None:
    assert error_of("a\nb").message == r"'a\nb': does not exist"


def test_out_of_file_handles_is_an_error_of_the_file(many: list[str]) -> None:
    script = (
        "import resource, sys, rezfast\n"
        "rezfast.scan_files([])\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
        "found = rezfast.scan_files(sys.stdin.read().split())\n"
        "print({x.errno for x in found})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input="\n".join(many),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{{{errno.EMFILE}}}\n"


@pytest.mark.parametrize("limit", [4, 5, 8, 14, 24])
def test_few_file_handles_are_enough(many: list[str], limit: int) -> None:
    script = (
        "import resource, sys, rezfast\n"
        "rezfast.scan_files([])\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))\n"
        "found = rezfast.scan_files(sys.stdin.read().split(), threads=1)\n"
        "print(len([x for x in found if x]), {getattr(x, 'errno', None) for x in found})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input="\n".join(many),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2700 {None}\n"


# ---- arguments ----------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [scan_files, iter_scan_files])
class TestArguments:
    def test_view(self, function: type) -> None:
        with pytest.raises(ValueError, match="view is 'x'"):
            function([], view="x")

    @pytest.mark.parametrize("threads", [0, -1])
    def test_threads(self, function: type, threads: int) -> None:
        with pytest.raises(ValueError, match=f"threads is {threads}: use a number from 1"):
            function([], threads=threads)

    @pytest.mark.parametrize("value", ["", "0", "00", "-1", "two", "1.5", "²"])
    def test_a_bad_variable(
        self, function: type, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REZFAST_THREADS", value)
        with pytest.raises(ValueError, match="REZFAST_THREADS is"):
            function([])
        assert list(function([], threads=1)) == []

    @pytest.mark.parametrize("value", ["1", "3", "9" * 50])
    def test_a_good_variable(
        self, function: type, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REZFAST_THREADS", value)
        assert list(function([])) == []


def test_a_path_that_is_none_is_told_before_anything_is_read() -> None:
    with pytest.raises(TypeError):
        scan_files(["a", 1])  # type: ignore[list-item]


# ---- the iterator -------------------------------------------------------------------------------


def test_the_iterator_takes_paths_as_it_goes(many: list[str]) -> None:
    taken = 0

    def paths() -> Iterator[str]:
        nonlocal taken
        while True:  # it never ends, so nothing may want all of it
            taken += 1
            yield many[0]

    scans = iter_scan_files(paths())
    for number in range(1, 20_000):
        assert next(scans).outcome
        assert taken <= number + 2048


def test_an_error_of_the_paths_comes_after_what_was_there_before(many: list[str]) -> None:
    def paths() -> Iterator[str]:
        yield from many[:100]
        raise RuntimeError("the walk broke off")

    scans = iter_scan_files(paths())
    assert fields([next(scans).outcome for _ in range(100)]) == expected(100)
    with pytest.raises(RuntimeError, match="the walk broke off"):
        next(scans)
    assert list(scans) == []


def test_a_path_that_is_none_comes_in_its_turn(many: list[str]) -> None:
    scans = iter_scan_files([*many[:5], None])  # type: ignore[list-item]
    assert len([next(scans) for _ in range(5)]) == 5
    with pytest.raises(TypeError):
        next(scans)


def test_files_of_many_bytes_make_shorter_chunks(tmp_path: Path) -> None:
    paths = []
    for number in range(100):
        path = tmp_path / f"{number}.py"
        path.write_text(f'version = "{number}"\n#')
        os.truncate(path, 3 << 20)
        paths.append(path)
    scans = list(iter_scan_files(paths))
    assert [scan.path for scan in scans] == list(map(str, paths))
    assert {scan.size for scan in scans} == {3 << 20}


# ---- threads, processes, signals ----------------------------------------------------------------


def test_python_threads_may_scan_at_once(many: list[str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        for outcomes in pool.map(scan_files, [many] * 8):
            assert fields(outcomes) == expected(3000)


def test_other_threads_run_meanwhile(many: list[str]) -> None:
    turns = 0
    done = threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0)

    other = threading.Thread(target=count)
    other.start()
    scan_files(many * 10)
    before = turns
    scan_files(many * 10)
    done.set()
    other.join()
    assert turns > before


# the system shows a thread for a moment after it has ended
ALONE = (
    "until = time.monotonic() + 10;"
    "any(time.monotonic() < until and len(os.listdir('/proc/self/task')) == 1"
    " for _ in iter(lambda: time.monotonic() < until, False)) or sys.exit('a thread is left')\n"
)


def test_no_thread_is_left_and_a_fork_may_scan(many: list[str]) -> None:
    script = (
        "import os, sys, time, rezfast\n"
        "paths = sys.stdin.read().split()\n"
        "scans = rezfast.iter_scan_files(paths, threads=4)\n"
        "next(scans)\n"
        "first = len(rezfast.scan_files(paths, threads=4))\n"
        f"{ALONE}"
        "child = os.fork()\n"
        "if not child:\n"
        "    assert len(rezfast.scan_files(paths, threads=4)) == first == len(list(scans)) + 1\n"
        "    os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    subprocess.run([sys.executable, "-c", script], input="\n".join(many), text=True, check=True)


@pytest.mark.parametrize(
    "call",
    [
        "rezfast.scan_files(paths * 10**6)",
        "for _ in rezfast.iter_scan_files(path for _ in range(10**9) for path in paths): pass",
    ],
)
def test_ctrl_c_ends_it(tmp_path: Path, call: str) -> None:
    path = tmp_path / "package.py"
    path.write_bytes(b"# " + b"x" * 10_000)
    script = (
        "import os, signal, sys, time, rezfast\n"
        # who runs the tests in the background may have told the system to ignore it
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"paths = [{str(path)!r}]\n"
        "print('started', flush=True)\n"
        "try:\n"
        f"    {call}\n"
        "except KeyboardInterrupt:\n"
        f"    {ALONE}"
        "    sys.exit(7)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 7


def test_an_iterator_may_be_left_half_way(many: list[str]) -> None:
    scans = iter_scan_files(many)
    next(scans)
    del scans


def test_the_names_are_public() -> None:
    for name in ("scan_files", "iter_scan_files", "FileScan", "FileError"):
        assert name in rezfast.__all__

"""`rezfast pip`: distributions in, packages out; pip itself works from a directory of wheels."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.terminal import in_a_terminal
from differential.wheels import make_wheel

from rezfast.cli import main
from rezfast.config import Settings
from rezfast.repository import clear_caches
from rezfast.repository.queries import get_latest_package

Finished = subprocess.CompletedProcess[str]
HERE = ".".join(map(str, sys.version_info[:2]))


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A directory with the wheels of `hello`, `plain` and `extra`."""
    path = tmp_path / "wheels"
    path.mkdir()
    make_wheel(
        path,
        {
            "hello/__init__.py": "def main(): print('hello')\n",
            "{data}/scripts/old-hello": "#!python\nimport hello; hello.main()\n",
            "{data}/data/share/hello/text.txt": "hello",
            "{data}/data/lib/python/late.py": "",
            "{data}/headers/hello.h": "",
        },
        name="hello",
        metadata=[
            "Summary: Says hello.",
            "Home-page: https://example.com",
            "Author: A. Uthor",
            "Provides-Extra: x",
            "Requires-Dist: plain!=1.5,>=1",
            "Requires-Dist: extra; extra == 'x'",
        ],
        entry_points="[console_scripts]\nhello = hello:main\n",
    )
    make_wheel(path, name="plain")
    make_wheel(path, name="plain", version="1.5")
    make_wheel(path, name="extra")
    return path


@pytest.fixture
def pip(rezfast: Callable[..., Finished], wheels: Path, tmp_path: Path) -> Callable[..., Finished]:
    """Run `rezfast pip` with these words, into `packages`, on the directory of wheels alone."""

    def run(*words: str | Path, **more: str) -> Finished:
        return rezfast(
            *("pip", "--prefix", tmp_path / "packages"),
            *words,
            *(() if "-e" in words else ("-e",)),
            *("--no-index", "--find-links", wheels),
            PIP_CONFIG_FILE=os.devnull,
            PIP_FIND_LINKS="",
            REZ_PACKAGES_PATH=str(tmp_path / "packages"),
            XDG_CACHE_HOME=str(tmp_path / "cache"),
            **more,
        )

    return run


def listed(done: Finished) -> list[tuple[str, str, str]]:
    """What was done with which package."""
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return [(row[0], row[1], row[2]) for row in rows]


def test_what_is_asked_for_and_what_that_requires(
    pip: Callable[..., Finished], rezfast: Callable[..., Finished], tmp_path: Path
) -> None:
    done = pip("-i", "hello")
    assert done.returncode == 0, done.stderr
    assert listed(done) == [("installed", "hello", "1.0"), ("installed", "plain", "1.0")]
    assert "which rezfast runs on; there is no package python\n" in done.stderr
    assert done.stderr.count("\n") == 1
    again = pip("-i", "hello", "plain==1.5")
    assert again.returncode == 1
    assert "rezfast: error: pip failed: Cannot install hello==1.0 and plain==1.5" in again.stderr
    skipped = pip("-i", "hello[x]", "plain==1.0", "--no-deps")
    assert listed(skipped) == [("installed", "hello", "1.0"), ("skipped", "plain", "1.0")]
    system = Settings.locked().system
    for name, version in (
        ("python", f"{HERE}.1"),
        ("platform", system.platform),
        ("arch", system.arch),
    ):
        place = tmp_path / "packages" / name / version
        place.mkdir(parents=True)
        commands = f"env.PATH.prepend('{os.path.dirname(sys.executable)}')"
        (place / "package.py").write_text(
            f"name = {name!r}\nversion = {version!r}\ncommands = {commands!r}\n"
        )
    pip("-i", "extra")
    words = ["env", "hello", "--", "hello"]
    ran = rezfast(*words, REZ_PACKAGES_PATH=str(tmp_path / "packages"))
    assert (ran.returncode, ran.stdout) == (0, "hello\n"), ran.stderr


def test_what_audits_of_others_missed_is_there(
    pip: Callable[..., Finished], tmp_path: Path
) -> None:
    """Conversion of specifiers, places of files, and what is kept of the metadata."""
    assert pip("-i", "hello").returncode == 0
    clear_caches()
    found = get_latest_package("hello", paths=[str(tmp_path / "packages")])
    assert found is not None
    assert [str(one) for one in found.requires or ()] == ["plain-1+<1.5|1.5.1+"]
    assert found.pip_name == "hello (1.0)"
    assert (found.from_pip, found.is_pure_python, found.hashed_variants) == (True, True, True)
    assert found.help == [["Home Page", "https://example.com"]]
    assert (found.authors, found.tools) == (["A. Uthor"], ["hello", "old-hello"])
    (variant,) = found.iter_variants()
    root = Path(variant.root or "")
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert {path for path in files if ".dist-info/" not in path} == {
        "bin/hello",
        "bin/old-hello",
        "include/hello/hello.h",
        "python/hello/__init__.py",
        "python/late.py",
        "share/hello/text.txt",
    }


def test_requirement_and_constraint_files(pip: Callable[..., Finished], tmp_path: Path) -> None:
    (tmp_path / "wanted.txt").write_text("hello[x]\n")
    (tmp_path / "limits.txt").write_text("plain<1.2\n")
    done = pip("-n", "--requirement", tmp_path / "wanted.txt", "-c", tmp_path / "limits.txt")
    assert [row[1] for row in listed(done)] == ["extra", "hello", "plain"]
    hello = next(line for line in done.stdout.splitlines() if "\thello\t" in line)
    assert f"python-{HERE}\tplain-1+<1.5|1.5.1+ extra\thello old-hello" in hello
    as_rez = pip("-n", "-e", "-r", str(tmp_path / "wanted.txt"))
    assert as_rez.stdout == done.stdout


def test_a_dry_run_installs_nothing(pip: Callable[..., Finished], tmp_path: Path) -> None:
    done = pip("-n", "hello")
    assert listed(done) == [("would install", "hello", "1.0"), ("would install", "plain", "1.0")]
    assert not (tmp_path / "packages").exists()
    pip("-i", "plain==1.0")
    assert listed(pip("-n", "plain==1.0")) == [("present", "plain", "1.0")]


def test_a_wheel_by_its_path_and_what_pip_says(pip: Callable[..., Finished], wheels: Path) -> None:
    done = pip("-iv", wheels / "plain-1.5-py3-none-any.whl")
    assert listed(done) == [("installed", "plain", "1.5")]
    assert "Processing " in done.stderr


def test_a_source_tree_is_built(pip: Callable[..., Finished], tmp_path: Path, wheels: Path) -> None:
    """By a build system of its own, so that the test needs nothing but pip."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        "[project]\nname = 'plain'\n[build-system]\nrequires = []\n"
        "build-backend = 'backend'\nbackend-path = ['.']\n"
    )
    wheel = wheels / "plain-1.5-py3-none-any.whl"
    (source / "backend.py").write_text(
        "import shutil\ndef build_wheel(directory, settings=None, metadata=None):\n"
        f"    shutil.copy({str(wheel)!r}, directory)\n    return {wheel.name!r}\n"
    )
    assert listed(pip("-i", source)) == [("installed", "plain", "1.5")]
    (source / "backend.py").write_text("def build_wheel(*_):\n    raise SystemExit('broken')\n")
    failed = pip("-i", source)
    assert failed.returncode == 1
    assert "did not run successfully" in failed.stderr and failed.stderr.count("\n") == 2


def test_the_python_of_a_package_is_the_one_that_installs(
    pip: Callable[..., Finished], tmp_path: Path
) -> None:
    """Not one that happens to be on PATH."""
    place = tmp_path / "packages" / "python" / f"{HERE}.1"
    (place / "bin").mkdir(parents=True)
    (place / "package.py").write_text(
        f"name = 'python'\nversion = '{HERE}.1'\ncommands = \"env.PATH.prepend('{{root}}/bin')\"\n"
    )
    (place / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (place / "bin" / "python").chmod(0o755)
    done = pip("-i", "plain", "--python-version", HERE)
    assert done.returncode == 0, done.stderr
    assert f"with {place}/bin/python of {place}/package.py\n" in done.stderr
    missing = pip("-i", "plain", "--python-version", "2.7")
    assert missing.returncode == 2
    assert "there is no python 2.7 to install with" in missing.stderr


def test_arguments_for_pip_from_the_configuration(
    rezfast: Callable[..., Finished], wheels: Path, tmp_path: Path
) -> None:
    extra = f"--no-index --find-links {wheels}"
    words = ["pip", "-n", "--prefix", tmp_path / "packages", "plain"]
    environ = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "REZ_PIP_EXTRA_ARGS": extra}
    assert listed(rezfast(*words, **environ)) == [("would install", "plain", "1.5")]
    # those of the command line take their place
    one_line(rezfast(*words, "-e", "--no-index", **environ), 1, "pip failed: Could not find")


def test_two_at_once_install_each_package_once(
    program: list[str], wheels: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    words = ["pip", "-i", "-p", str(tmp_path / "packages"), "hello", "-e", "--no-index"]
    processes = [
        subprocess.Popen(
            [*program, *words, "--find-links", str(wheels)],
            env={**environment, "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(2)
    ]
    told = "".join(process.communicate()[0] for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert told.count("installed\t") == told.count("skipped\t") == 2
    assert sorted(os.listdir(tmp_path / "packages")) == ["hello", "plain"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_pip_ends_with_it(
    number: signal.Signals, program: list[str], tmp_path: Path, environment: dict[str, str]
) -> None:
    place = tmp_path / "packages" / "python" / f"{HERE}.1"
    (place / "bin").mkdir(parents=True)
    (place / "package.py").write_text(
        f"name = 'python'\nversion = '{HERE}.1'\ncommands = \"env.PATH.prepend('{{root}}/bin')\"\n"
    )
    started = tmp_path / "started"
    (place / "bin" / "python").write_text(
        f'#!/bin/sh\nif [ "$1" != -m ]; then exec {sys.executable} "$@"; fi\n'
        # as a build does
        f'mkdir "$TMPDIR/build"; sleep 60 & echo $! $$ > {started}.new\n'
        f"mv {started}.new {started}; wait\n"
    )
    (place / "bin" / "python").chmod(0o755)
    (tmp_path / "tmp").mkdir()
    environ = {"REZ_PACKAGES_PATH": str(tmp_path / "packages"), "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(
        [*program, "pip", "-i", "plain"],
        env={**environment, **environ},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not started.exists():
            assert process.poll() is None
            time.sleep(0.01)
        if number != signal.SIGINT:
            # an interrupt may come at any time; of the others somebody has to be told before
            time.sleep(0.5)
        process.send_signal(number)
        _, errors = process.communicate()
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert "rezfast: error" not in errors and "Traceback" not in errors
    end = time.monotonic() + 20
    pids = started.read_text().split()
    while time.monotonic() < end and (any(map(runs, pids)) or os.listdir(tmp_path / "tmp")):
        time.sleep(0.02)
    assert not any(map(runs, pids))
    assert os.listdir(tmp_path / "tmp") == []


def runs(pid: str) -> bool:
    """Whether a process runs."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def one_line(done: Finished, code: int, *said: str) -> None:
    assert done.returncode == code
    (told,) = (line for line in done.stderr.splitlines() if line.startswith("rezfast: error: "))
    for one in said:
        assert one in told
    assert "Traceback" not in done.stderr


def test_a_wheel_that_is_cut_off(pip: Callable[..., Finished], tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, name="cut")
    wheel.write_bytes(wheel.read_bytes()[:-40])
    one_line(pip("-i", wheel), 1, "pip failed: ", "is invalid")
    assert not (tmp_path / "packages").exists()


def test_a_wheel_that_pip_takes_and_rezfast_does_not(
    pip: Callable[..., Finished], tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, {"bad/__init__.py": "", "extra": ""}, name="bad", record=",,\n")
    one_line(pip("-i", wheel, "hello"), 1, "error: bad-1.0-py3-none-any.whl: line 1 of RECORD")
    assert not (tmp_path / "packages").exists()


def test_without_a_network(rezfast: Callable[..., Finished], tmp_path: Path) -> None:
    # a port that nobody listens at
    words = ["hello", "-e", "--index-url", "http://127.0.0.1:9/simple", "--retries", "1"]
    environ = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_NO_INDEX": "0"}
    done = rezfast("pip", "-i", "--prefix", tmp_path / "packages", *words, **environ)
    one_line(done, 1, "the index cannot be reached: ", "Connection refused", "/simple/hello/")
    assert not (tmp_path / "packages").exists()


def test_a_place_that_cannot_be_written(pip: Callable[..., Finished], tmp_path: Path) -> None:
    (tmp_path / "packages").write_text("a file")
    one_line(pip("-i", "plain"), 2, "packages", "cannot be written")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hello"], "--install"),
        (["-i", "-n", "hello"], "--dry-run"),
        (["-i"], "name a PACKAGE"),
        (["-i", "-r", "-p", "/x", "hello"], "exclude each other"),
        (["-i", "-p", "memory@x", "hello"], "it is no directory"),
    ],
)
def test_bad_usage_is_told_before_pip_is_asked(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pip", *words]) == 2
    captured = capsys.readouterr()
    assert said in captured.err and captured.err.count("\n") == 1


def test_on_a_terminal_there_is_a_table(
    program: list[str], wheels: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    words = ["pip", "-i", "-p", str(tmp_path / "packages"), "hello", "-e", "--no-index"]
    told = in_a_terminal(
        [*program, *words, "--find-links", str(wheels)],
        {**environment, "PIP_CONFIG_FILE": os.devnull, "TERM": "xterm", "COLUMNS": "200"},
    )
    # a moving line, until pip has ended and after that
    assert "pip finds out what is needed" in told
    lines = [line.split() for line in told.splitlines()]
    assert ["installed", "plain", "1.0"] in [line[:3] for line in lines]
    assert "2 installed, in " in told


def test_a_temporary_directory_that_is_none(pip: Callable[..., Finished], tmp_path: Path) -> None:
    done = pip("-i", "hello", REZ_TMPDIR=str(tmp_path / "nowhere"))
    one_line(done, 2, "nowhere: No such file or directory", "the setting tmpdir (REZ_TMPDIR)")

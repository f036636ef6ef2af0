"""`rezfast survey`: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rezfast.cli.survey_file import WholeFile
from rezfast.cli.survey_progress import ProgressBar

Run = Callable[..., subprocess.CompletedProcess[str]]

FAST = "name = 'foo'\nrequires = ['bar-1']\n"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Three fast definitions and one that is not."""
    root = tmp_path / "packages"
    for family, version in (("foo", "1.0"), ("foo", "2.0"), ("bar", "1.0")):
        _define(root, family, version, FAST)
    _define(root, "odd", "1.0", "name = 'odd'\nrequires = todays()\n")
    return root


def _define(root: Path, family: str, version: str, text: str) -> Path:
    path = root / family / version / "package.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


# -- the report ----------------------------------------------------------------------------------


def test_a_report_has_every_section(rezfast: Run, packages: Path) -> None:
    (packages / "foo" / "3..0").mkdir()
    done = rezfast("survey", packages)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "75.0 % fast: 3 of 4 definitions in 3 families"
    assert f"  {packages} (repository)" in lines
    assert f"      {packages}/odd/1.0/package.py:2" in lines
    for start in ("classes", "passed over", "size: ", "scan time: ", "families"):
        assert any(line.startswith(start) for line in lines)
    assert "  most versions: foo 2, bar 1, odd 1" in lines
    assert "  most refused: odd 1 of 1" in lines


def test_json_is_one_object(rezfast: Run, packages: Path) -> None:
    done = rezfast("survey", packages, "--json", "--examples", "0")
    data = json.loads(done.stdout)
    assert (data["definitions"], data["fast"], data["complete"]) == (4, 3, True)
    assert data["classes"][1]["examples"] == []
    assert done.stdout.count("\n") == 1


def test_the_source_view_says_so(rezfast: Run, packages: Path) -> None:
    done = rezfast("survey", "--view", "source", packages / "foo", packages / "bar")
    assert done.returncode == 0
    assert "source view" in done.stdout
    assert f"{packages}/foo (tree)" in done.stdout


def test_a_home_directory_is_expanded(rezfast: Run, packages: Path) -> None:
    assert rezfast("survey", "~/packages", HOME=str(packages.parent)).returncode == 0


def test_names_that_are_no_text_do_not_break_the_report(
    program: list[str], environment: dict[str, str], packages: Path
) -> None:
    os.makedirs(os.fsencode(packages) + b"/foo/caf\xe9\n")
    page = packages.parent / "page.html"
    done = subprocess.run(
        [*program, "survey", str(packages), "--html", str(page)],
        capture_output=True,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0
    assert b"/foo/caf\xe9\\n\n" in done.stdout
    assert "caf\\udce9\\n" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_any_encoding_of_stdout_will_do(encoding: str, rezfast: Run, packages: Path) -> None:
    _define(packages, "snow", "1", "name = \N{SNOWMAN}\n")
    done = rezfast("survey", packages, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")


# -- exit codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("least", "code"), [("75", 0), ("75%", 0), ("75.01", 1), ("100", 1), ("0", 0)]
)
def test_too_few_fast_definitions_fail(least: str, code: int, rezfast: Run, packages: Path) -> None:
    done = rezfast("survey", packages, "--fail-under", least)
    assert done.returncode == code
    assert "3 of 4" in done.stdout
    said = f"rezfast: 3 of 4 definitions are fast: less than the {least} % of --fail-under\n"
    assert done.stderr == (said if code else "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/nowhere"], "/nowhere: No such file or directory"),
        (["{packages}", "/nowhere"], "/nowhere: No such file or directory"),
        (["{packages}/foo/1.0/package.py/"], "package.py/: Not a directory"),
        (["{packages}", "--view", "sauce"], "--view 'sauce' is not a view"),
        (["{packages}", "--fail-under", "most"], "'most' is not a percentage"),
        (["{packages}", "--fail-under", "nan"], "'nan' is not a percentage"),
        (["{packages}", "--fail-under", "101"], "'101' is not a percentage"),
        (["{packages}", "--examples", "-1"], "--examples has to be 0 or more"),
        (["{packages}", "--html", "/nowhere/page.html"], "/nowhere/page.html: No such file"),
        (["{packages}", "--html", "{packages}"], "packages: Is a directory"),
        (["{packages}/.."], "did you mean {packages}?"),
        (["{packages}/foo/1.0/empty"], "no package definitions in"),
    ],
)
def test_bad_input_is_one_line_and_nothing_on_stdout(
    words: list[str], said: str, rezfast: Run, packages: Path
) -> None:
    (packages / "foo" / "1.0" / "empty").mkdir()
    done = rezfast("survey", *(word.format(packages=packages) for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("rezfast: error: ")
    assert said.format(packages=packages) in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wrong_number_of_threads_is_bad_input(rezfast: Run, packages: Path) -> None:
    done = rezfast("survey", packages, REZFAST_THREADS="0")
    assert done.returncode == 2
    assert "REZFAST_THREADS is '0'" in done.stderr


def test_a_differential_survey_without_a_difference(rezfast: Run, packages: Path) -> None:
    done = rezfast("survey", packages, "--differential")
    assert done.returncode == 0
    assert "differential: 0 differences in 3 accepted definitions" in done.stdout
    assert "rezfast and rez 3.4.0" in done.stdout


# What a scanner that is wrong would give cannot be had from the real one.
_WRONG_SCANNER = """
import sys
from rezfast._scan import Scanned
from rezfast.batch import differential
from rezfast.cli import main
real = differential.Differential.compare
def compare(self, accepted, progress=None):
    wrong = Scanned.from_fields(requires=["bar-2"])
    real(self, [(path, wrong) for path, _ in accepted], progress)
differential.Differential.compare = compare
sys.exit(main())
"""


def test_a_difference_has_an_exit_code_of_its_own(
    environment: dict[str, str], packages: Path
) -> None:
    path = packages / "bar" / "1.0" / "package.py"
    done = subprocess.run(
        [sys.executable, "-c", _WRONG_SCANNER, "survey", str(path), "--differential"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    shown = done.stdout[done.stdout.index("differential: ") :].splitlines()
    assert shown[0].startswith("differential: 2 differences in 1 accepted definition,")
    assert shown[1:4] == [
        f"  {path}: requires",
        "      scanned:   ['bar-2']",
        "      rezfast: ['bar-1']",
    ]


def test_a_reader_that_goes_away_is_no_error(
    program: list[str], environment: dict[str, str], packages: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*program, "survey", str(packages)],
        env=environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


# Ctrl-C at a known point: when the first definition that is not fast is looked at.
_INTERRUPTED = """
import os, signal, sys
from rezfast.batch import survey
from rezfast.cli import main
survey.look_at_python = lambda path: os.kill(os.getpid(), signal.SIGINT)
sys.exit(main())
"""


def test_ctrl_c_reports_what_was_done(
    environment: dict[str, str], packages: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED, "survey", str(packages), "--html", str(page)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    first = done.stdout.splitlines()[0]
    assert first == "interrupted, so far 100.0 % fast: 3 of 3 definitions in 2 families"
    assert done.stderr == "rezfast: interrupted: the report is of what was done by then\n"
    assert "The survey was interrupted" in page.read_text()


# -- the page ------------------------------------------------------------------------------------


def test_a_page_replaces_the_one_before(rezfast: Run, packages: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("before")
    page.chmod(0o640)
    link = tmp_path / "link.html"
    link.symlink_to(page)
    assert rezfast("survey", packages, "--html", link).returncode == 0
    assert link.is_symlink()
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert page.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.html", "packages", "page.html"]


def test_a_page_may_go_to_a_device(rezfast: Run, packages: Path) -> None:
    done = rezfast("survey", packages, "--html", "/dev/stderr")
    assert done.stderr.startswith("<!DOCTYPE html>")


def test_a_full_disk_leaves_the_page_that_was_there(
    program: list[str], environment: dict[str, str], packages: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("before")
    limited = f"ulimit -f 1; exec {sys.executable} -c '{program[2]}' survey '{packages}'"
    done = subprocess.run(
        ["sh", "-c", f"{limited} --html '{page}'"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "3 of 4" in done.stdout
    assert done.stderr == f"rezfast: error: {page}: File too large\n"
    assert page.read_text() == "before"
    assert sorted(os.listdir(tmp_path)) == ["packages", "page.html"]


def test_a_full_device_is_told(rezfast: Run, packages: Path) -> None:
    done = rezfast("survey", packages, "--html", "/dev/full")
    assert done.returncode == 2
    assert done.stderr == "rezfast: error: /dev/full: No space left on device\n"


def test_a_file_that_is_not_written_stays_as_it_was(tmp_path: Path) -> None:
    with WholeFile(str(tmp_path / "new")):
        assert len(os.listdir(tmp_path)) == 1
    assert os.listdir(tmp_path) == []


# -- progress ------------------------------------------------------------------------------------


class _Terminal:
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar_that_is_wiped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    bar = ProgressBar(_Terminal())  # type: ignore[arg-type]
    bar.show("reading", 8192, 50, 100)
    bar.show("reading", 9000, 60, 100)  # too soon
    bar.wipe()
    bar.wipe()
    drawn = "\r\x1b[K[############            ] reading: 8,192 definitions"
    assert capsys.readouterr().err == f"{drawn}\r\x1b[K"


def test_progress_goes_to_a_terminal_and_nowhere_else(
    program: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    for number in range(300):
        _define(tmp_path, f"foo{number}", "1.0", FAST)
    command = [*program, "survey", str(tmp_path)]
    environment = {**environment, "TERM": "xterm"}
    piped = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert piped.stderr == b""
    leader, follower = pty.openpty()
    shown = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=follower, check=True
    )
    os.close(follower)
    drawn = os.read(leader, 65536)
    os.close(leader)
    assert b"reading: 256 definitions" in drawn
    assert drawn.endswith(b"\r\x1b[K")
    assert b"\x1b" not in shown.stdout


def test_headings_are_bold_on_a_terminal(
    program: list[str], environment: dict[str, str], packages: Path
) -> None:
    for no_colour, bold in (("", True), ("1", False)):
        leader, follower = pty.openpty()
        subprocess.run(
            [*program, "survey", str(packages)],
            env={**environment, "NO_COLOR": no_colour},
            stdout=follower,
            check=True,
        )
        os.close(follower)
        assert (b"\x1b[1m75.0 % fast" in os.read(leader, 65536)) == bold
        os.close(leader)


# -- what it costs -------------------------------------------------------------------------------


def test_a_plain_survey_imports_nothing_it_does_not_use(
    environment: dict[str, str], packages: Path
) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c"),
            f"import sys; from rezfast.cli import main; main(['survey', {str(packages)!r}])\n"
            "sys.stderr.write(' '.join(sys.modules))",
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(done.stderr.split())
    unused = {
        *("click", "rich", "yaml", "json", "html", "dataclasses", "inspect", "logging", "rez"),
        *("tempfile", "subprocess", "statistics", "rezfast._solver", "rezfast._tables"),
        *("rezfast.batch.page", "rezfast.batch.differential", "rezfast.package.evaluate"),
    }
    assert not imported & unused


def test_a_repository_costs_few_system_calls(
    environment: dict[str, str], program: list[str], tmp_path: Path
) -> None:
    """One directory listing a family, and one open, read and close a definition."""
    for number in range(20):
        for version in range(10):
            _define(tmp_path, f"foo{number}", str(version), FAST)
    opened: list[str] = []
    counting = (
        "import sys; names = []\n"
        "sys.addaudithook(lambda event, of: names.append(event) if event in "
        "('open', 'os.scandir', 'os.listdir') and str(of[0]).startswith(sys.argv[2]) else None)\n"
        "from rezfast.cli import main\n"
        "main(sys.argv[1:]); sys.stderr.write(' '.join(names))"
    )
    done = subprocess.run(
        [sys.executable, "-c", counting, "survey", str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    opened = done.stderr.split()
    assert opened.count("os.scandir") == 22  # twice the repository: what is it, what is in it
    assert len(opened) == 22

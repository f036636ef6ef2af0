"""`rezfast test`: which tests it runs, what it prints where, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from textwrap import dedent

import pytest
from cli.conftest import Run
from cli.terminal import in_a_terminal

from rezfast.context.resolved import ResolvedContext

PACKAGES = {
    "maya-2023": "",
    "maya-2024": "",
    "tool-1.0": """
        tests = {
            "unit": "echo unit of {version}",
            "words": ["printf", "%s|", "a b"],
            "asked": {"command": "echo asked", "run_on": "explicit"},
        }
        """,
    "failing-1.0": """
        tests = {
            "b": "exit 4",
            "a": "exit 3",
            "c": {"command": "echo never", "requires": ["nowhere"]},
            "d": "kill -9 $$",
            "e": "exit 0",
        }
        """,
    "explicit-1.0": "tests = {'asked': {'command': 'exit 3', 'run_on': 'explicit'}}",
    "variants-1.0": """
        variants = [["maya-2023"], ["maya-2024"]]
        tests = {"unit": {"command": "echo on $REZ_MAYA_VERSION", "on_variants": True}}
        """,
    "chosen-1.0": "variants = [['maya-2023'], ['maya-2024']]\ntests = {'unit': 'exit 0'}",
    "slow-1.0": "tests = {'unit': 'echo started >&2; sleep 60'}",
    "broken-1.0": """
        tests = {"unit": "exit 0"}
        def pre_test_commands():
            env.A = nothing
        """,
    "wrong-1.0": "tests = ['unit']",
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tested")
    for qualified, body in PACKAGES.items():
        name, _, version = qualified.partition("-")
        place = root / name / version
        place.mkdir(parents=True)
        head = f"name = {name!r}\nversion = {version!r}\n"
        (place / "package.py").write_text(head + dedent(body))
    return root


@pytest.fixture
def variables(packages: Path, tmp_path: Path) -> dict[str, str]:
    """bash is the shell; nothing is left among temporary files."""
    return {
        "REZ_PACKAGES_PATH": str(packages),
        "REZ_IMPLICIT_PACKAGES": "",
        "REZ_DEFAULT_SHELL": "bash",
        "TMPDIR": str(tmp_path),
    }


@pytest.fixture
def test(rezfast: Run, variables: dict[str, str], tmp_path: Path) -> Run:
    """Run `rezfast test` with these words."""

    def run(*words: str | Path, **extra: str) -> subprocess.CompletedProcess[str]:
        done = rezfast("test", *words, **{**variables, **extra})
        assert [one for one in os.listdir(tmp_path) if one != "current.rxt"] == []
        return done

    return run


def ran(out: str) -> list[tuple[str, ...]]:
    """Test and status of each row of the summary."""
    lines = out.splitlines()
    rows = lines[lines.index("Test results:") + 6 :]
    return [tuple(row.split()[:2]) for row in rows if row]


def test_the_tests_that_run_by_default(test: Run, packages: Path) -> None:
    done = test("tool")
    assert (done.returncode, done.stderr) == (0, "")
    assert ran(done.stdout) == [("unit", "success"), ("words", "success")]
    heading = f"Running test: unit\nPackage: {packages}/tool/1.0/package.py[]\n"
    assert heading in done.stdout
    # what a test writes stands below what is told of it, in a pipe too
    assert "Running test command: echo unit of 1.0\nunit of 1.0\n" in done.stdout


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["asked"], ["asked"]),
        (["words", "asked", "words"], ["asked", "words"]),
        (["*"], ["asked", "unit", "words"]),
        (["u*", "[!u]*d"], ["asked", "unit"]),
    ],
)
def test_tests_by_name_and_pattern(test: Run, words: list[str], names: list[str]) -> None:
    assert ran(test("tool", *words).stdout) == [(name, "success") for name in names]


def test_each_variant(test: Run) -> None:
    done = test("variants-1")
    assert done.stdout.index("\non 2023\n") < done.stdout.index("\non 2024\n")
    assert ran(done.stdout) == [("unit", "success"), ("unit", "success")]


def test_list(test: Run) -> None:
    done = test("tool", "--list")
    assert (done.returncode, done.stdout, done.stderr) == (0, "asked\nunit\nwords\n", "")


def test_list_on_a_terminal(
    program: list[str], environment: dict[str, str], variables: dict[str, str], packages: Path
) -> None:
    shown = in_a_terminal([*program, "test", "tool", "-l"], {**environment, **variables})
    assert shown.splitlines() == [
        f"Tests defined in {packages}/tool/1.0/package.py:",
        "asked",
        "unit",
        "words",
    ]


def test_no_tests(test: Run, packages: Path) -> None:
    done = test("maya-2023")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"rezfast: {packages}/maya/2023/package.py has no tests\n"


def test_no_tests_by_default(test: Run) -> None:
    done = test("explicit")
    assert (done.returncode, done.stdout) == (0, "")
    assert "is run by default: name one" in done.stderr


def test_a_pattern_that_matches_nothing(test: Run) -> None:
    done = test("tool", "x*", "y?")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no test of" in done.stderr
    assert "matches x* y?" in done.stderr


# ---- failures -------------------------------------------------------------------------------


def test_the_first_failure_gives_the_exit_code(test: Run) -> None:
    done = test("failing")
    assert done.returncode == 3
    assert ran(done.stdout) == [
        ("a", "failed"),
        ("b", "failed"),
        ("c", "failed"),
        ("d", "failed"),
        ("e", "success"),
    ]
    assert "test 'b' failed: its command ended with exit code 4\n" in done.stderr


@pytest.mark.parametrize(("name", "code"), [("b", 4), ("c", 255), ("d", 247), ("e", 0)])
def test_exit_codes(test: Run, name: str, code: int) -> None:
    assert test("failing", name).returncode == code


@pytest.mark.parametrize("option", ["--stop-on-fail", "-s"])
def test_stop_on_fail(test: Run, option: str) -> None:
    done = test("failing", option, "b", "e", "a")
    assert done.returncode == 3
    assert ran(done.stdout) == [("a", "failed")]


def test_dry_run(test: Run) -> None:
    done = test("failing", "--dry-run", "a", "b")
    assert done.returncode == 0
    assert ran(done.stdout) == [("a", "skipped"), ("b", "skipped")]
    assert "Running test command: exit 3\n" in done.stdout


@pytest.mark.parametrize("package", ["broken", "wrong"])
def test_a_package_that_cannot_be_tested(test: Run, package: str, packages: Path) -> None:
    done = test(package)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("rezfast: error: ")
    assert f"{packages}/{package}/1.0/package.py" in line


def test_an_interrupt_leaves_nothing_behind(
    program: list[str], environment: dict[str, str], variables: dict[str, str], tmp_path: Path
) -> None:
    with subprocess.Popen(
        [*program, "test", "slow"],
        env={**environment, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "started\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait() == 130
    deadline = time.monotonic() + 10
    while os.listdir(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert os.listdir(tmp_path) == []


# ---- environments ---------------------------------------------------------------------------


def test_extra_packages(test: Run) -> None:
    done = test("variants", "--extra-packages", "maya", "!maya-2023", "--dry-run")
    assert ran(done.stdout) == [("unit", "failed"), ("unit", "skipped")]
    assert "variants==1.0 maya '!maya-2023' maya-2024" in done.stdout


def test_paths(test: Run, packages: Path, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    done = test("tool", "unit", "--paths", f"{nowhere}:{packages}", REZ_PACKAGES_PATH=nowhere)
    assert ran(done.stdout) == [("unit", "success")]
    # an empty path is not the configured one
    done = test("tool", "unit", "--paths", "", REZ_PACKAGES_PATH=str(packages))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "rezfast: error: no package to test: nothing meets 'tool'\n"


def test_no_local(test: Run, packages: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    local = tmp_path_factory.mktemp("local")
    (local / "tool" / "2.0").mkdir(parents=True)
    (local / "tool" / "2.0" / "package.py").write_text(
        "name = 'tool'\nversion = '2.0'\ntests = {'unit': 'exit 6'}\n"
    )
    paths = {
        "REZ_PACKAGES_PATH": f"{local}:{packages}",
        "REZ_LOCAL_PACKAGES_PATH": str(local),
    }
    assert test("tool", "unit", **paths).returncode == 6
    for option in ("--nl", "--no-local"):
        assert test("tool", "unit", option, **paths).returncode == 0


def test_words_for_the_command(test: Run) -> None:
    done = test("tool", "words", "--", "c d", "--list", "*")
    assert "\na b|c d|--list|*|" in done.stdout


def test_in_place(test: Run, packages: Path, tmp_path: Path) -> None:
    file = tmp_path / "current.rxt"
    ResolvedContext(
        ["variants", "maya-2023"], package_paths=[str(packages)], add_implicit_packages=False
    ).save(str(file))
    done = test("variants", "--inplace", REZ_RXT_FILE=str(file))
    assert done.returncode == 0
    assert "\non 2023\n" in done.stdout
    assert ran(done.stdout) == [("unit", "success")]
    done = test("tool", "--inplace", REZ_RXT_FILE=str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert "the current environment has no package that meets 'tool'" in done.stderr


def test_verbose_tells_of_the_solves_on_stderr(test: Run) -> None:
    quiet, told = test("chosen"), test("chosen", "-v")
    assert quiet.stderr == ""
    assert "solve #1" in told.stderr
    assert ran(told.stdout) == ran(quiet.stdout)


# ---- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "PKG"),
        (["tol"], "did you mean"),
        (["tool-9"], "tool-9"),
        (["tool", "unti"], "has no test 'unti'; did you mean unit?"),
        (["tool", "something"], "has no test 'something'; it has asked, unit, words"),
        (["tool", "--inplace", "--no-local"], "--inplace and --no-local exclude each other"),
        (["tool", "--inplace", "--paths", "x"], "--inplace and --paths exclude each other"),
        (["tool", "--inplace", "--extra-packages", "maya"], "--extra-packages exclude"),
        (["tool", "--", "more"], "name one TEST"),
        (["tool", "unit", "words", "--", "more"], "name one TEST"),
        (["tool", "--paths", "/nowhere"], "/nowhere is not a directory"),
        (["tool", "--extra"], "--extra"),
        (["not a request"], "not a request"),
    ],
)
def test_bad_input_is_told_in_one_line(test: Run, words: list[str], says: str) -> None:
    done = test(*words)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("rezfast: error: ")
    assert says in line


def test_help(rezfast: Run) -> None:
    done = rezfast("test", "--help")
    assert done.stdout.startswith("Usage: rezfast test [OPTIONS] PKG [TEST]... [-- ARGUMENT...]")
    for word in ("--list", "--dry-run", "--inplace", "--extra-packages", "Exit code:"):
        assert word in done.stdout

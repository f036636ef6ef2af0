"""Tests of packages: what they are run in, what is told of them, what is left behind."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from build.conftest import Use

from rezfast.build.package_test import NO_ENVIRONMENT, PackageTest, PackageTestRunner
from rezfast.build.package_test_results import PackageTestResults
from rezfast.context.resolved import ResolvedContext
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import (
    PackageCommandError,
    PackageMetadataError,
    PackageNotFoundError,
    PackageTestError,
    RexError,
)
from rezfast.repository.queries import get_package

Define = Callable[[str, str], None]


@pytest.fixture
def define(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> Define:
    """Puts a package into the repository that is searched; bash is the shell."""
    for name in ("REZ_RXT_FILE", "REZ_KEEP_TMPDIRS", "BASH_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "tmp").mkdir()
    repository = tmp_path / "packages"
    use(
        packages_path=[str(repository)],
        implicit_packages=[],
        default_shell="bash",
        context_tmpdir=str(tmp_path / "tmp"),
    )
    monkeypatch.setattr(context_tmpdirs(), "tmpdir", None)

    def write(qualified: str, body: str) -> None:
        name, _, version = qualified.partition("-")
        place = repository / name / version
        place.mkdir(parents=True)
        head = f"name = {name!r}\nversion = {version!r}\n"
        (place / "package.py").write_text(head + dedent(body))

    write("maya-2023", "")
    write("maya-2024", "")
    return write


class Captured(PackageTestRunner):
    """A runner that keeps what is written."""

    def __init__(self, request: str, **options: object) -> None:
        self.out, self.errors = io.StringIO(), io.StringIO()
        super().__init__(request, stdout=self.out, stderr=self.errors, **options)  # type: ignore[arg-type]

    def seen(self) -> list[tuple[str, int | None, str]]:
        """Test, index and status of each result."""
        return [
            (one["test_name"], one["variant"].index, one["status"])
            for one in self.test_results.test_results
        ]


def test_a_command_runs_in_the_environment_of_its_package(define: Define, tmp_path: Path) -> None:
    define(
        "tool-1.0",
        """
        requires = ["maya-2023"]
        tests = {"unit": "echo {name} $REZ_MAYA_VERSION $TESTING {root}"}
        def commands():
            env.TESTING = "yes" if testing else "no"
        """,
    )
    runner = Captured("tool")
    assert runner.run_test("unit") == 0
    assert runner.out.getvalue() == f"tool 2023 yes {tmp_path}/packages/tool/1.0\n"
    assert runner.seen() == [("unit", None, "success")]


def test_nothing_is_left_behind(define: Define, tmp_path: Path) -> None:
    define("tool-1.0", "tests = {'good': 'exit 0', 'bad': 'exit 3', 'gone': ['no-such-program']}")
    runner = Captured("tool")
    assert [runner.run_test(name) for name in runner.get_test_names()] == [3, 127, 0]
    assert os.listdir(tmp_path / "tmp") == []


def test_words_are_not_read_by_a_shell(define: Define) -> None:
    define("tool-1.0", """tests = {"words": ["printf", "%s|", "a b", "*", ";", "{version}"]}""")
    runner = Captured("tool")
    runner.run_test("words", extra_test_args=["c d", "'", "&"])
    assert runner.out.getvalue() == "a b|*|;|1.0|c d|'|&|"


def test_more_words_of_a_text_are_quoted(define: Define) -> None:
    define("tool-1.0", """tests = {"text": "printf '%s|' first"}""")
    runner = Captured("tool")
    runner.run_test("text", extra_test_args=["c d", "$HOME", "&& exit 1"])
    assert runner.out.getvalue() == "first|c d|$HOME|&& exit 1|"


@pytest.mark.parametrize(
    ("on_variants", "seen"),
    [
        ("False", [("unit", 1, "success")]),
        ("True", [("unit", 0, "success"), ("unit", 1, "success"), ("unit", 2, "success")]),
        (
            "{'type': 'requires', 'value': ['maya-2023']}",
            [("unit", 0, "success"), ("unit", 1, "skipped"), ("unit", 2, "skipped")],
        ),
        (
            "{'type': 'requires', 'value': ['!maya']}",
            [("unit", 0, "skipped"), ("unit", 1, "skipped"), ("unit", 2, "success")],
        ),
    ],
)
def test_on_which_variants(define: Define, on_variants: str, seen: object) -> None:
    define("houdini-20", "")
    define(
        "tool-1.0",
        f"""
        variants = [["maya-2023"], ["maya-2024"], ["houdini"]]
        tests = {{"unit": {{"command": "echo {{index}}", "on_variants": {on_variants}}}}}
        """,
    )
    runner = Captured("tool")
    assert runner.run_test("unit") == 0
    assert runner.seen() == seen


def test_the_first_failure_gives_the_exit_code(define: Define) -> None:
    define(
        "tool-1.0",
        """
        variants = [["maya-2023"], ["maya-2024"]]
        tests = {
            "unit": {"command": "exit $((REZ_MAYA_VERSION - 2020))", "on_variants": True},
            "none": {"command": "exit 9", "requires": ["!maya"], "on_variants": True},
        }
        """,
    )
    runner = Captured("tool")
    assert runner.run_test("unit") == 3
    assert runner.run_test("none") == NO_ENVIRONMENT
    assert (runner.num_tests, runner.num_failed) == (4, 4)
    assert "test 'unit' failed: its command ended with exit code 3\n" in runner.errors.getvalue()
    assert "test 'none' failed: there is no environment for it\n" in runner.errors.getvalue()


def test_stop_on_fail(define: Define) -> None:
    define(
        "tool-1.0",
        """
        variants = [["maya-2023"], ["maya-2024"]]
        tests = {
            "unit": {"command": "exit 3", "on_variants": True},
            "none": {"command": "exit 9", "requires": ["nowhere"], "on_variants": True},
        }
        """,
    )
    for name, code in (("unit", 3), ("none", NO_ENVIRONMENT)):
        runner = Captured("tool", stop_on_fail=True)
        assert runner.run_test(name) == code
        assert (runner.num_tests, runner.stopped_on_fail) == (1, True)


def test_a_dry_run_runs_nothing(define: Define, tmp_path: Path) -> None:
    define("tool-1.0", "tests = {'unit': 'touch {root}/here', 'none': {'command': '', "
           "'requires': ['nowhere']}}")  # fmt: skip
    runner = Captured("tool", dry_run=True, verbose=1)
    assert (runner.run_test("unit"), runner.run_test("none")) == (0, NO_ENVIRONMENT)
    assert runner.seen() == [("unit", None, "skipped"), ("none", None, "failed")]
    assert not (tmp_path / "packages" / "tool" / "1.0" / "here").exists()
    assert "Running test command: touch" in runner.out.getvalue()


def test_environments_are_kept(define: Define, monkeypatch: pytest.MonkeyPatch) -> None:
    define("tool-1.0", "tests = {'a': 'exit 0', 'b': 'exit 0', 'c': {'command': 'exit 0', "
           "'requires': ['maya']}}")  # fmt: skip
    runner = Captured("tool")
    for name in runner.get_test_names():
        runner.run_test(name)
    assert sorted(runner._contexts) == [("tool==1.0",), ("tool==1.0", "maya")]


def test_a_package_released_meanwhile_is_not_seen(define: Define) -> None:
    define("tool-1.0", "tests = {'unit': {'command': 'echo $REZ_MAYA_VERSION', "
           "'requires': ['maya']}}")  # fmt: skip
    runner = Captured("tool")
    define("maya-2025", f"timestamp = {runner.timestamp + 10}")
    runner.run_test("unit")
    assert runner.out.getvalue() == "2024\n"


# ---- pre_test_commands ----------------------------------------------------------------------


def test_pre_test_commands_know_test_and_variant(define: Define) -> None:
    define(
        "tool-1.0",
        """
        variants = [["maya-2023"]]
        tests = {"unit": "echo $WHAT, $SEEN", "lint": "echo $WHAT, $SEEN"}
        def pre_test_commands():
            if test.name == "unit":
                env.WHAT = "{this.name} {this.index} " + test["name"]
        def commands():
            env.SEEN = "before" if defined("WHAT") else "not"
        """,
    )
    runner = Captured("tool")
    runner.run_test("unit")
    runner.run_test("lint")
    assert runner.out.getvalue() == "tool 0 unit, before\n, not\n"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("test.name = 'other'", "test is read-only"),
        ("stop('no licence')", "no licence"),
        ("test.nothing", "nothing"),
    ],
)
def test_pre_test_commands_that_fail_end_it_in_one_line(
    define: Define, body: str, says: str
) -> None:
    define("tool-1.0", f"tests = {{'unit': 'exit 0'}}\ndef pre_test_commands():\n    {body}\n")
    with pytest.raises(RexError, match=says) as caught:
        Captured("tool").run_test("unit")
    assert "\n" not in str(caught.value)
    assert "tool" in str(caught.value)


def test_commands_that_fail_end_it(define: Define, tmp_path: Path) -> None:
    define("tool-1.0", "tests = {'unit': 'exit 0'}\ndef commands():\n    env.A = nothing\n")
    with pytest.raises(PackageCommandError):
        Captured("tool").run_test("unit")
    assert os.listdir(tmp_path / "tmp") == []


# ---- in the current environment -------------------------------------------------------------


def test_in_place(define: Define, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    define(
        "tool-1.0",
        """
        variants = [["maya-2023"], ["maya-2024"]]
        tests = {
            "unit": "echo {index} $REZ_MAYA_VERSION",
            "every": {"command": "echo {index}", "on_variants": True},
            "needs": {"command": "exit 0", "requires": ["maya-2024"]},
        }
        """,
    )
    define("tool-1.1", "")
    file = tmp_path / "current.rxt"
    ResolvedContext(["tool-1.0", "maya-2023"]).save(str(file))
    monkeypatch.setenv("REZ_RXT_FILE", str(file))
    runner = Captured("tool", use_current_env=True)
    codes = {name: runner.run_test(name) for name in runner.get_test_names()}
    assert codes == {"every": 0, "needs": NO_ENVIRONMENT, "unit": 0}
    assert runner.out.getvalue() == "0\n0 2023\n"
    assert "does not have what it requires" in runner.errors.getvalue()


def test_in_place_where_the_package_is_not(define: Define) -> None:
    with pytest.raises(PackageTestError, match=r"no package that meets 'maya'"):
        Captured("maya", use_current_env=True).run_test("unit")


# ---- bad input ------------------------------------------------------------------------------


def test_a_package_or_a_test_that_there_is_not(define: Define) -> None:
    with pytest.raises(PackageNotFoundError, match="maya-2000"):
        Captured("maya-2000").get_package()
    with pytest.raises(PackageTestError, match=r"package\.py has no test 'unit'"):
        Captured("maya").run_test("unit")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{'requires': ['maya']}", "has no command"),
        ("{'command': 'x', 'on_variants': {'type': 'name', 'value': []}}", "not 'name'"),
    ],
)
def test_late_bound_tests_that_make_no_sense(define: Define, entry: str, says: str) -> None:
    define("tool-1.0", f"@late()\ndef tests():\n    return {{'unit': {entry}}}\n")
    with pytest.raises(PackageTestError, match=says):
        Captured("tool").get_test_names()
    define("other-1.0", f"tests = {{'unit': {entry}}}\n")
    with pytest.raises(PackageMetadataError):
        Captured("other").get_test_names()


def test_late_bound_filters_may_be_texts(define: Define) -> None:
    define(
        "tool-1.0",
        """
        variants = [["maya-2023"], ["maya-2024"]]
        @late()
        def tests():
            only = {"type": "requires", "value": ["maya-2024"]}
            return {"unit": {"command": "echo {index}", "on_variants": only}}
        """,
    )
    runner = Captured("tool")
    runner.run_test("unit")
    assert runner.out.getvalue() == "1\n"


def test_a_test_of_an_entry() -> None:
    test = PackageTest.from_entry("unit", ["a", "b"], "here")
    assert test == ("unit", ["a", "b"], [], ["default"], False)
    entry = {"command": "a", "run_on": "explicit", "requires": ["x"], "on_variants": True}
    assert PackageTest.from_entry("unit", entry, "here") == (
        "unit",
        "a",
        ["x"],
        ["explicit"],
        True,
    )


# ---- what is told ---------------------------------------------------------------------------


def test_a_stream_with_a_file_is_written_in_order(
    define: Define, capfd: pytest.CaptureFixture[str]
) -> None:
    define("tool-1.0", "tests = {'unit': 'echo from the test; echo and its errors >&2'}")
    runner = PackageTestRunner("tool", verbose=1, stdout=sys.stdout, stderr=sys.stderr)
    runner.run_test("unit")
    out, errors = capfd.readouterr()
    assert out.index("Running test command") < out.index("from the test\n")
    assert errors == "and its errors\n"


def test_the_summary(define: Define, tmp_path: Path) -> None:
    define("tool-1.0", "tests = {'unit': 'exit 0', 'bad': 'exit 3'}")
    together = PackageTestResults()
    runner = Captured("tool", cumulative_test_results=together)
    for name in runner.get_test_names():
        runner.run_test(name)
    runner.print_summary()
    root = tmp_path / "packages" / "tool" / "1.0"
    width = len(str(root)) + 2
    assert runner.out.getvalue().splitlines() == [
        "Test results:",
        "-" * 80,
        "1 succeeded, 1 failed, 0 skipped",
        "",
        f"Test  Status   {'Variant':{width}}Description",
        f"----  ------   {'-------':{width}}-----------",
        f"bad   failed   {root}  exit code 3",
        f"unit  success  {root}  exit code 0",
    ]
    assert together.test_results == runner.test_results.test_results


def test_a_status_is_one_of_three(define: Define) -> None:
    package = get_package("maya", "2024")
    variant = package and package.get_variant(None)
    assert variant is not None
    with pytest.raises(ValueError, match="success, failed, skipped: not 'passed'"):
        PackageTestResults().add_test_result("unit", variant, "passed", "")  # type: ignore[arg-type]

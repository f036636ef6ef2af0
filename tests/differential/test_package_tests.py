"""Tests of packages, run by rez's PackageTestRunner and by ours: the same tests, on the same
variants, in the same order, with the same results, output and exit codes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rez.developer_package
import rez.package_test
import rez.packages
from differential.context_runs import both_settings
from differential.package_test_cases import make_repository
from rez.exceptions import PackageTestError
from rez.exceptions import RezError as RezsError
from rezplugins.build_process.local import LocalBuildProcess

from rezfast.build.install_tests import run_install_tests
from rezfast.build.package_test import PackageTestRunner
from rezfast.build.package_test_results import PackageTestResults
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import RezError
from rezfast.repository.developer import get_developer_package
from rezfast.repository.queries import get_latest_package

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

RUNNERS = (rez.package_test.PackageTestRunner, PackageTestRunner)
PACKAGES = ["testing_obj", "plugin", "plain-2", "unversioned", "late", "hidden", "untested"]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"extra_package_requests": ["extra"]},
    {"extra_package_requests": ["!maya-2023", "extra<9"]},
    {"stop_on_fail": True},
    {"dry_run": True},
    {"verbose": 1},
    {"verbose": True},
    {"add_implicit_packages": False},
]
# rez gives the words that follow such a command one more pair of quotes
EXTRA = ["one", "two words", "$HOME"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("tests") / "packages")


@pytest.fixture(autouse=True)
def settings(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same settings for both."""
    for name in ("REZ_RXT_FILE", "BASH_ENV"):
        monkeypatch.delenv(name, raising=False)
    with both_settings({"packages_path": [str(repository)], "warn_untimestamped": False}):
        yield


def results(runner: Any) -> list[tuple[str, str, str]]:
    """Which test had which result on which variant."""
    return [
        (one["test_name"], one["variant"].qualified_name, one["status"])
        for one in runner.test_results.test_results
    ]


def run(
    make: Any, directory: Path, request: str, names: list[str] | None = None, **options: Any
) -> dict[str, Any]:
    """What became of tests: of those that are named, or of all."""
    extra = options.pop("extra", None)
    runner = make(request, **options)
    codes: dict[str, Any] = {}
    with open(directory / "out", "w+") as out, open(directory / "errors", "w+") as errors:
        runner.stdout, runner.stderr = out, errors
        for name in runner.get_test_names() if names is None else names:
            try:
                codes[name] = runner.run_test(name, extra_test_args=extra)
            except (RezError, RezsError) as error:
                codes[name] = type(error).__name__
            if runner.stopped_on_fail:
                break
        out.seek(0)
        written = out.read()
    return {
        "codes": codes,
        "results": results(runner),
        "counts": (runner.num_tests, runner.num_success, runner.num_failed, runner.num_skipped),
        "stopped": runner.stopped_on_fail,
        "out": None if options.get("verbose") else written,
    }


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("request_", PACKAGES)
def test_every_test_of_a_package(tmp_path: Path, request_: str, options: dict[str, Any]) -> None:
    theirs, ours = (run(make, tmp_path, request_, **options) for make in RUNNERS)
    assert ours == theirs


def test_the_cases_are_worth_it(tmp_path: Path) -> None:
    found = run(PackageTestRunner, tmp_path, "plugin")
    assert found["counts"][0] > 40
    assert min(found["counts"][1:]) > 3
    assert set(found["codes"].values()) == {0, 3, 4, 5, 127, -1}
    assert ("several", "hidden-1.0[0]", "skipped") in run(RUNNERS[1], tmp_path, "hidden")["results"]


@pytest.mark.parametrize("name", ["text", "several", "fails", "prepared"])
def test_more_words_for_a_command(tmp_path: Path, name: str) -> None:
    theirs, ours = (run(make, tmp_path, "plugin", [name], extra=EXTRA) for make in RUNNERS)
    assert ours == theirs


def test_more_words_for_a_list(tmp_path: Path) -> None:
    theirs, ours = (run(make, tmp_path, "plugin", ["words"], extra=EXTRA) for make in RUNNERS)
    assert ours["results"] == theirs["results"]
    # quoted once: each arrives as it was given, save a variable, which a list expands
    assert ours["out"].startswith("1|2023.4|a b|it's|*|one|two words|/")
    assert "'two words'" in theirs["out"]


def test_a_test_that_there_is_not(tmp_path: Path) -> None:
    theirs, ours = (run(make, tmp_path, "plain", ["nothing"]) for make in RUNNERS)
    assert ours == theirs
    assert ours["codes"] == {"nothing": "PackageTestError"}


@pytest.mark.parametrize("request_", ["plugin-9", "nowhere", "not a request"])
def test_a_package_that_there_is_not(request_: str) -> None:
    kinds = []
    for make in RUNNERS:
        with pytest.raises((RezError, RezsError)) as caught:
            make(request_).get_package()
        kinds.append(type(caught.value).__name__)
    assert kinds[0] == kinds[1]


# ---- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "patterns",
    [[], ["*"], ["fails"], ["fails*"], ["[!a-m]*"], ["no*", "*s"], ["nothing"], ["?ext", "asked"]],
    ids=str,
)
@pytest.mark.parametrize("request_", ["testing_obj", "plugin", "plain", "untested"])
def test_names_that_are_asked_for(request_: str, patterns: list[str]) -> None:
    theirs, ours = (make(request_).find_requested_test_names(patterns) for make in RUNNERS)
    # in rez a set: in any order
    assert ours == sorted(theirs)


@pytest.mark.parametrize(
    "run_on", [None, [], ["default"], ["pre_install"], ["pre_release", "explicit"], ["other"]]
)
@pytest.mark.parametrize("ran_once", [None, [], ["several", "once", "text", "maya"]], ids=str)
@pytest.mark.parametrize("name", ["plugin", "plain", "testing_obj", "untested"])
def test_names_by_occasion(name: str, run_on: list[str] | None, ran_once: list[str] | None) -> None:
    theirs = RUNNERS[0].get_package_test_names(
        rez.packages.get_latest_package(name), run_on, ran_once
    )
    package = get_latest_package(name)
    assert package is not None
    assert PackageTestRunner.get_package_test_names(package, run_on, ran_once) == theirs


# ---- in the current environment -------------------------------------------------------------


@pytest.mark.parametrize("request_", ["plugin", "plugin-1", "plain"])
@pytest.mark.parametrize("environment", [["plugin", "maya-2022"], ["plugin", "extra", "plain"]])
def test_in_place(
    tmp_path: Path, environment: list[str], request_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "current.rxt"
    ResolvedContext(environment).save(str(file))
    monkeypatch.setenv("REZ_RXT_FILE", str(file))
    if request_ == "plain" and "plain" not in environment:
        packages = [make("plain", use_current_env=True).get_package() for make in RUNNERS]
        assert packages == [None, None]
        return
    theirs, ours = (run(make, tmp_path, request_, use_current_env=True) for make in RUNNERS)
    assert ours == theirs
    assert ours["results"] != []


def test_no_package_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "current.rxt"
    ResolvedContext(["plugin"]).save(str(file))
    for path in (None, str(file)):
        if path:
            monkeypatch.setenv("REZ_RXT_FILE", path)
        for make in RUNNERS:
            for request in ("plain", "plugin-2"):
                runner = make(request, use_current_env=True)
                assert runner.get_package() is None
                assert runner.get_test_names() == []


# ---- before an install ----------------------------------------------------------------------

INSTALLED = """
name = "tool"
version = "1.0"
variants = [["maya-2022"], ["maya-2023"], ["houdini"]]
tests = {
    "payload": {"command": "cat {root}/payload", "run_on": "pre_install", "on_variants": True},
    "once": {"command": "echo once", "run_on": ["pre_install", "pre_release"]},
    "maya": {
        "command": "echo maya",
        "run_on": "pre_install",
        "on_variants": {"type": "requires", "value": ["maya"]},
    },
    "houdini_fails": {
        "command": "test $REZ_MAYA_VERSION",
        "run_on": "pre_release",
        "on_variants": True,
    },
    "default": "exit 1",
}
"""


def theirs_install(
    package: Any, path: Path, run_on: list[str], directory: Path
) -> list[tuple[Any, ...]]:
    """What rez's build process says of each variant, by the step of it that runs tests."""
    process = types.SimpleNamespace(
        ran_test_names=set(),
        all_test_results=rez.package_test.PackageTestResults(),
        tmpdir_manager=types.SimpleNamespace(mkdtemp=lambda: tempfile.mkdtemp(dir=directory)),
    )
    found: list[tuple[Any, ...]] = []
    for variant in package.iter_variants():
        try:
            LocalBuildProcess._run_tests(process, variant, run_on, str(path))
            found.append((variant.index, "installed"))
        except PackageTestError:
            found.append((variant.index, "not installed"))
    found += [
        (one["test_name"], one["status"], one["variant"].root)
        for one in process.all_test_results.test_results
    ]
    return found


@pytest.mark.parametrize("run_on", [["pre_install"], ["pre_release"], ["explicit"]], ids=str)
@pytest.mark.parametrize("hashed", [False, True])
def test_before_an_install(
    run_on: list[str], hashed: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source, path = tmp_path / "source", tmp_path / "installed" / "tool" / "1.0"
    source.mkdir()
    text = INSTALLED + ("hashed_variants = True\n" if hashed else "")
    (source / "package.py").write_text(text + "build_command = False\n")
    package = get_developer_package(str(source))
    for variant in package.iter_variants():
        place = path / str(variant.subpath)
        place.mkdir(parents=True)
        (place / "payload").touch()
    with capfd.disabled(), open(os.devnull, "w") as nowhere:
        # rez starts tests with the streams of the process
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            theirs = theirs_install(
                rez.developer_package.DeveloperPackage.from_path(str(source)),
                path,
                run_on,
                tmp_path,
            )
        ran: set[str] = set()
        results = PackageTestResults()
        ours: list[tuple[Any, ...]] = []
        for variant in package.iter_variants():
            try:
                run_install_tests(variant, str(path), run_on, ran, results, None, nowhere, nowhere)
                ours.append((variant.index, "installed"))
            except RezError:
                ours.append((variant.index, "not installed"))
    ours += [(one["test_name"], one["status"], one["variant"].root) for one in results.test_results]
    assert ours == theirs
    assert len(ours) > 3 or run_on == ["explicit"]


# ---- the program ----------------------------------------------------------------------------

REZ = "import sys; from rez.cli._main import run; run('test')"
REZFAST = "import sys; from rezfast.cli import main; sys.exit(main(['test', *sys.argv[1:]]))"

WORDS = [
    ["testing_obj"],
    ["testing_obj", "command_as_string_success"],
    ["testing_obj", "--list"],
    ["plugin", "-l"],
    ["plugin", "-s"],
    ["plugin", "fails", "text"],
    ["plugin", "impossible"],
    ["plugin", "m*", "several", "--dry-run"],
    ["plugin", "needs", "--extra-packages", "extra", "!houdini"],
    ["plugin", "zz*"],
    ["plugin", "text", "--", "more", "two words"],
    ["untested"],
    ["plain", "--paths", "{repository}"],
    ["plain", "several", "--nl"],
    ["plain", "--paths", "/nowhere"],
    ["plain", "--inplace", "--nl"],
    ["plain", "--inplace", "--extra-packages", "extra"],
    ["plugin", "a", "b", "--", "more"],
]  # fmt: skip
BAD_INPUT = [["plain", "--paths", "/nowhere"]]


def table(text: str) -> list[list[str]]:
    """The rows of the summary, without descriptions; of other output all lines."""
    lines = text.splitlines()
    if "Test results:" not in lines:
        return [line.split() for line in lines]
    return [line.split()[:3] for line in lines[lines.index("Test results:") :] if line]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_the_program(words: list[str], repository: Path, tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "REZ_PACKAGES_PATH": str(repository),
        "REZ_DEFAULT_SHELL": "bash",
        "PYTHONWARNINGS": "ignore",
    }
    words = [word.format(repository=repository) for word in words]
    theirs, ours = (
        subprocess.run(
            [sys.executable, "-c", code, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for code in (REZ, REZFAST)
    )
    assert "/rezfast/" not in ours.stderr
    if words in BAD_INPUT:
        # bad input is told apart from a test that fails
        assert (theirs.returncode, ours.returncode) == (1, 2)
        return
    assert ours.returncode == theirs.returncode
    # tests that are named run in any order in rez
    assert sorted(table(ours.stdout)) == sorted(table(theirs.stdout))

"""Tests that decide whether what was built is installed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from build.conftest import Source, Use

from rezfast.build.install_tests import run_install_tests
from rezfast.build.package_test_results import PackageTestResults
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import PackageTestError
from rezfast.repository.developer import DeveloperPackage

DEFINITION = """
name = "tool"
version = "1.0"
variants = [["maya-2023"], ["maya-2024"]]
tests = {{
    "payload": {{
        "command": "cat {{root}}/payload",
        "run_on": ["default", "pre_install"],
        "on_variants": True,
    }},
    "once": {{"command": "echo once {{index}}", "run_on": "pre_install"}},
    "release": {{"command": "exit 5", "run_on": "pre_release"}},
    "default": "exit 7",
    {more}
}}
"""


class Installing:
    """A package whose payload is in place and whose definition is not."""

    def __init__(self, package: DeveloperPackage, path: Path) -> None:
        self.package = package
        self.path = path
        self.out, self.errors = io.StringIO(), io.StringIO()
        self.ran: set[str] = set()
        self.results = PackageTestResults()
        for variant in package.iter_variants():
            payload = path / (variant.subpath or "")
            payload.mkdir(parents=True)
            (payload / "payload").write_text(f"payload of {variant.index}\n")

    def check(self, index: int | None, **options: Any) -> PackageTestResults:
        """Run the tests of a variant."""
        variant = self.package.get_variant(index)
        assert variant is not None
        return run_install_tests(
            variant,
            str(self.path),
            ran_test_names=self.ran,
            results=self.results,
            stdout=self.out,
            stderr=self.errors,
            **options,
        )

    def seen(self) -> list[tuple[str, str]]:
        """Test and status of each result."""
        return [(one["test_name"], one["status"]) for one in self.results.test_results]


@pytest.fixture
def temporary(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go; there is a maya to depend on."""
    place = tmp_path / "tmp"
    place.mkdir()
    for version in ("2023", "2024"):
        directory = tmp_path / "packages" / "maya" / version
        directory.mkdir(parents=True)
        (directory / "package.py").write_text(f"name = 'maya'\nversion = {version!r}\n")
    use(
        packages_path=[str(tmp_path / "packages")],
        implicit_packages=[],
        default_shell="bash",
        tmpdir=str(place),
        context_tmpdir=str(place),
    )
    monkeypatch.setattr(context_tmpdirs(), "tmpdir", None)
    monkeypatch.delenv("REZ_KEEP_TMPDIRS", raising=False)
    return place


@pytest.fixture
def installing(temporary: Path, source: Source, tmp_path: Path) -> Installing:
    return Installing(source(DEFINITION.format(more="")), tmp_path / "installed" / "tool" / "1.0")


def test_they_see_the_payload_that_is_installed(installing: Installing) -> None:
    installing.check(0)
    installing.check(1)
    assert "\npayload of 0\n" in installing.out.getvalue()
    assert "\npayload of 1\n" in installing.out.getvalue()


def test_a_test_for_one_variant_is_run_once(installing: Installing) -> None:
    first, second = installing.check(0), installing.check(1)
    assert (first.num_tests, second.num_tests) == (2, 1)
    assert installing.seen() == [
        ("once", "success"),
        ("payload", "success"),
        ("payload", "success"),
    ]


def test_the_results_of_all_variants_can_be_told_at_the_end(
    installing: Installing, temporary: Path
) -> None:
    installing.check(0)
    installing.check(1)
    out = io.StringIO()
    installing.results.print_summary(out)
    rows = [line.split()[:3] for line in out.getvalue().splitlines()[5:]]
    places = [str(installing.path / f"maya-{version}") for version in (2023, 2024)]
    assert rows[1:] == [
        ["once", "success", places[0]],
        ["payload", "success", places[0]],
        ["payload", "success", places[1]],
    ]
    assert os.listdir(temporary) == []


def test_no_definition_is_written_to_the_repository(installing: Installing) -> None:
    installing.check(0)
    assert list(installing.path.rglob("package.py")) == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("'a_bad_one': {'command': 'exit 3', 'run_on': 'pre_install'}", "a_bad_one failed"),
        (
            "'a_bad_one': {'command': '', 'run_on': 'pre_install', 'requires': ['nowhere']}",
            "a_bad_one failed",
        ),
    ],
)
def test_a_failure_forbids_the_install(
    temporary: Path, source: Source, tmp_path: Path, more: str, says: str
) -> None:
    package = source(DEFINITION.format(more=more))
    installing = Installing(package, tmp_path / "installed" / "tool" / "1.0")
    with pytest.raises(PackageTestError, match=says):
        installing.check(0)
    # the others are not run
    assert installing.seen() == [("a_bad_one", "failed")]
    assert "a_bad_one  failed" in installing.out.getvalue()
    assert os.listdir(temporary) == []


def test_so_does_a_test_that_cannot_be_run(temporary: Path, source: Source, tmp_path: Path) -> None:
    definition = DEFINITION.format(more="") + "def pre_test_commands():\n    stop('no licence')\n"
    installing = Installing(source(definition), tmp_path / "installed" / "tool" / "1.0")
    with pytest.raises(PackageTestError, match=r"tool-1.0\[0\] is not installed: .*no licence"):
        installing.check(0)
    assert os.listdir(temporary) == []


def test_of_a_release(installing: Installing) -> None:
    with pytest.raises(PackageTestError, match="release"):
        installing.check(0, run_on=["pre_release"])
    assert installing.seen() == [("release", "failed")]


def test_only_packages_of_the_given_path_are_seen(installing: Installing, tmp_path: Path) -> None:
    with pytest.raises(PackageTestError):
        installing.check(0, package_paths=[str(tmp_path / "empty")])
    assert installing.seen() == [("once", "failed")]


def test_a_package_without_such_tests_takes_no_time(
    temporary: Path, source: Source, tmp_path: Path
) -> None:
    installing = Installing(
        source("name = 'tool'\ntests = {'unit': 'exit 1'}\n"), tmp_path / "installed" / "tool"
    )
    assert installing.check(None).num_tests == 0
    assert installing.out.getvalue() == ""


def test_a_package_without_version_and_variants(
    temporary: Path, source: Source, tmp_path: Path
) -> None:
    installing = Installing(
        source("name = 'tool'\ntests = {'t': {'command': 'cat {root}/payload', "
               "'run_on': 'pre_install'}}\n"),
        tmp_path / "installed" / "tool",
    )  # fmt: skip
    assert installing.check(None).num_success == 1
    assert "payload of None" in installing.out.getvalue()

"""Packages released before rez wrote timestamps into definitions, compared with rez."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rez.package_repository import package_repository_manager
from rez.packages import get_package_from_repository as rez_get_package

from rezfast._scan import Scanned
from rezfast.errors import PackageMetadataError
from rezfast.repository import clear_caches, get_repository
from rezfast.repository.queries import get_package_from_repository

RELEASED = ("timestamp", "changelog", "revision", "release_message")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The directory of a package without a timestamp."""
    clear_caches()
    package_repository_manager.clear_caches()
    directory = tmp_path / "foo" / "1.0"
    directory.mkdir(parents=True)
    (directory / "package.py").write_text("name = 'foo'\nrequires = ['bar']\n")
    return directory


def both(path: Path) -> list[dict[str, Any]]:
    """What rez and rezfast have of a release."""
    found = []
    for get in (rez_get_package, get_package_from_repository):
        package: Any = get("foo", "1.0", str(path))
        found.append({name: getattr(package, name) for name in RELEASED})
    return found


def timestamp_for_a_solve(path: Path) -> int | None:
    """What a solve goes by."""
    family = get_repository(str(path)).get_family("foo")
    assert family is not None
    [record] = family.load([0])
    assert isinstance(record, Scanned)
    assert record.requires == ["bar"]
    return record.timestamp


@pytest.mark.parametrize(
    "text",
    [
        "timestamp: 5\nrevision: {a: 1}\nchangelog: it is new\n",
        "timestamp: 5\nchangelog: [one, two]\n",
        "timestamp: 5\nchangelog: " + "long " * 20000,
        "release_message: hello\n",
        "",
    ],
)
def test_a_release_file(package: Path, tmp_path: Path, text: str) -> None:
    (package / "release.yaml").write_text(text)
    expected, found = both(tmp_path)
    assert found == expected
    assert timestamp_for_a_solve(tmp_path) == expected["timestamp"]


@pytest.mark.parametrize("time", ["7", "7\n", "soon", None])
@pytest.mark.parametrize("changelog", ["it is new\n", "x" * 100_000, None])
def test_the_metadata_of_rez_1(
    package: Path, tmp_path: Path, time: str | None, changelog: str | None
) -> None:
    metadata = package / ".metadata"
    metadata.mkdir()
    if time is not None:
        (metadata / "release_time.txt").write_text(time)
    if changelog is not None:
        (metadata / "changelog.txt").write_text(changelog)
    expected, found = both(tmp_path)
    assert found == expected
    assert timestamp_for_a_solve(tmp_path) == expected["timestamp"]


def test_a_timestamp_of_the_definition_counts_alone(package: Path, tmp_path: Path) -> None:
    (package / "package.py").write_text("name = 'foo'\nrequires = ['bar']\ntimestamp = 3\n")
    (package / "release.yaml").write_text("timestamp: 5\nchangelog: it is new\n")
    expected, found = both(tmp_path)
    assert found == expected == {**dict.fromkeys(RELEASED), "timestamp": 3}
    assert timestamp_for_a_solve(tmp_path) == 3


def test_a_release_file_that_is_no_yaml(package: Path, tmp_path: Path) -> None:
    (package / "release.yaml").write_text("timestamp: [")
    found = get_package_from_repository("foo", "1.0", str(tmp_path))
    assert found is not None
    with pytest.raises(PackageMetadataError, match=r"release\.yaml:2: is not valid YAML"):
        _ = found.timestamp
    family = get_repository(str(tmp_path)).get_family("foo")
    assert family is not None
    assert isinstance(family.load([0])[0], PackageMetadataError)

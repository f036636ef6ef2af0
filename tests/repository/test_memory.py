"""Packages given as plain data."""

from __future__ import annotations

import pytest

from rezfast._scan import Scanned
from rezfast.errors import PackageMetadataError, PackageRequestError
from rezfast.package.functions import late
from rezfast.package.late import LateBindings
from rezfast.repository import MemoryRepository, find_packages, get_repository


def test_packages_are_what_the_data_says() -> None:
    repository = MemoryRepository.create_repository(
        {
            "foo": {"2": {"requires": ["bah-1"]}, "10": {}, "1": {"variants": [["a"], ["b"]]}},
            "bah": {"1": {}},
        }
    )
    assert repository.family_names() == ["bah", "foo"]
    family = repository.get_family("foo")
    assert family is not None
    assert family.versions == ["2", "10", "1"]
    second, first = family.load([2, 0])
    assert isinstance(first, Scanned) and first.requires == ["bah-1"]
    assert isinstance(second, Scanned) and second.variants == [["a"], ["b"]]
    assert family.uri(0) == f"{repository.location}:foo-2"
    assert repository.get_family("eek") is None


def test_an_unversioned_package_hides_the_others() -> None:
    repository = MemoryRepository("here", {"foo": {"1": {}, "_NO_VERSION": {"requires": ["bah"]}}})
    family = repository.get_family("foo")
    assert family is not None
    assert family.versions == [""]
    assert family.skipped == [("1", "hidden by _NO_VERSION")]
    (outcome,) = family.load([0])
    assert isinstance(outcome, Scanned) and outcome.requires == ["bah"]
    assert family.uri(0) == "here:foo"


def test_a_key_that_is_no_version_is_passed_over_with_a_reason() -> None:
    family = MemoryRepository("here", {"foo": {"1..2": {}, "1": {}}}).get_family("foo")
    assert family is not None
    assert family.versions == ["1"]
    ((name, reason),) = family.skipped
    assert name == "1..2" and reason.startswith("not a version: ")


def test_wrong_values_are_errors_in_their_place() -> None:
    repository = MemoryRepository("here", {"foo": {"1": {"requires": "bah"}, "2": {}}})
    family = repository.get_family("foo")
    assert family is not None
    wrong, good = family.load([0, 1])
    assert isinstance(wrong, PackageMetadataError)
    assert "here:foo-1" in str(wrong)
    assert isinstance(good, Scanned)


def test_requirements_may_be_a_late_function() -> None:
    @late()
    def requires() -> list[str]:
        return ["bah-2"]

    family = MemoryRepository("here", {"foo": {"1": {"requires": requires}}}).get_family("foo")
    assert family is not None
    (outcome,) = family.load([0])
    assert isinstance(outcome, Scanned)
    assert isinstance(outcome.late, LateBindings)
    assert outcome.late.evaluate("requires", None, None) == ["bah-2"]


def test_names_are_checked_as_on_disk() -> None:
    repository = MemoryRepository("here", {"not-a-name": {"1": {}}})
    assert repository.family_names() == []
    with pytest.raises(PackageRequestError):
        repository.get_family("not-a-name")


def test_one_that_was_created_is_found_on_a_search_path_while_it_is_held() -> None:
    repository = MemoryRepository.create_repository({"foo": {"1": {}}})
    path = str(repository)
    assert get_repository(path) is repository
    assert len(find_packages("foo", [path])) == 1
    del repository
    assert get_repository(path).family_names() == []


def test_one_that_is_named_is_made_when_it_is_first_asked_for() -> None:
    repository = get_repository("memory@anything")
    assert isinstance(repository, MemoryRepository)
    assert get_repository("memory@anything") is repository
    repository.data = {"foo": {"1": {}}}
    assert find_packages("foo", ["memory@anything"])

"""Requirements: prefixes, names, separators, merging, conflicts, lists of them, package names."""

from __future__ import annotations

import copy
import pickle

import pytest

from rezfast.errors import PackageRequestError, VersionError
from rezfast.version import (
    Requirement,
    RequirementList,
    Version,
    VersionedObject,
    VersionRange,
    is_valid_package_name,
)


@pytest.mark.parametrize(
    ("text", "name", "range_", "canonical"),
    [
        ("foo", "foo", "", "foo"),
        ("foo-1", "foo", "1", "foo-1"),
        ("foo@1", "foo", "1", "foo@1"),
        ("foo#1", "foo", "1", "foo#1"),
        ("foo==1", "foo", "==1", "foo==1"),
        ("foo-==1", "foo", "==1", "foo==1"),
        ("foo<2", "foo", "<2", "foo<2"),
        ("foo>=2", "foo", "2+", "foo-2+"),
        ("foo-1-2", "foo", "1-2", "foo-1-2"),
        ("foo-", "foo", "", "foo"),
        ("a.b-1", "a.b", "1", "a.b-1"),
        (".eph-1", ".eph", "1", ".eph-1"),
        ("!foo-1", "foo", "1", "!foo-1"),
        ("~foo-1", "foo", "<1|1_+", "~foo-1"),
        ("~foo<2", "foo", "2+", "~foo<2"),
    ],
)
def test_forms(text: str, name: str, range_: str, canonical: str) -> None:
    requirement = Requirement(text)
    assert (requirement.name, str(requirement.range)) == (name, range_)
    assert str(requirement) == requirement.safe_str() == canonical
    assert repr(requirement) == f"Requirement({canonical!r})"


def test_prefixes() -> None:
    assert not Requirement("foo-1").conflict and not Requirement("foo-1").weak
    assert Requirement("!foo-1").conflict and not Requirement("!foo-1").weak
    assert Requirement("~foo-1").conflict and Requirement("~foo-1").weak
    assert Requirement(".foo-1").ephemeral and not Requirement("foo-1").ephemeral


def test_a_weak_requirement_of_any_version_has_no_range() -> None:
    for text in ("~foo", "~foo-", "~foo-1|"):
        assert Requirement(text).range is None
        assert str(Requirement(text)) == "~foo"
    assert Requirement("~foo").merged(Requirement("foo-1")) == Requirement("foo-1")
    assert not Requirement("~foo").conflicts_with(Requirement("!foo"))


def test_construct() -> None:
    assert str(Requirement.construct("foo")) == "foo"
    assert str(Requirement.construct("foo", VersionRange("1+"))) == "foo-1+"
    assert str(VersionedObject.construct("foo", Version("1"))) == "foo-1"


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ("foo-3+", "!foo-5+", "foo-3+<5"),
        ("!foo-5+", "foo-3+", "foo-3+<5"),
        ("foo-1", "foo-1.5", "foo-1.5"),
        ("!foo-2", "!foo-5", "!foo-2|5"),
        ("~foo-1+", "~foo<5", "~foo-1+<5"),
        ("~foo-1", "~foo-2", "!foo"),
        ("~foo-1", "!foo-1.2", "!foo<1|1.2|1_+"),
        ("~foo-1", "foo@0+", "foo@1"),
        ("foo-1", "foo-2", None),
        ("!foo", "foo", None),
        ("foo-1", "bar-1", None),
    ],
)
def test_merging(first: str, second: str, merged: str | None) -> None:
    result = Requirement(first).merged(Requirement(second))
    assert (None if result is None else str(result)) == merged


def test_conflicts() -> None:
    assert Requirement("foo-1").conflicts_with(Requirement("foo-2"))
    assert not Requirement("foo-1").conflicts_with(Requirement("foo-1.5"))
    assert Requirement("!foo-1").conflicts_with(Requirement("foo-1.5"))
    assert not Requirement("foo-1+").conflicts_with(Requirement("!foo-1"))
    assert not Requirement("!foo-1").conflicts_with(Requirement("!foo-1"))
    assert not Requirement("foo-1").conflicts_with(Requirement("bar-2"))
    assert Requirement("foo-1").conflicts_with(VersionedObject("foo-2"))
    assert Requirement("!foo-1").conflicts_with(VersionedObject("foo-1.1"))
    assert not Requirement("~foo-1").conflicts_with(VersionedObject("foo-1.1"))
    with pytest.raises(TypeError):
        Requirement("foo").conflicts_with("foo")  # type: ignore[arg-type]


def test_equality_ignores_separators_and_hashing_does_not() -> None:
    # rez hashes the text of a requirement, so a set holds one of each way of writing.
    assert Requirement("foo-1.0") == Requirement("foo@1-0")
    assert len({Requirement("foo-1.0"), Requirement("foo@1-0"), Requirement("foo-1.0")}) == 2
    assert Requirement("foo-1") != Requirement("!foo-1")
    assert Requirement("foo-1") != "foo-1"


@pytest.mark.parametrize(
    ("text", "position", "where"),
    [
        ("foo-1..x..", 8, "cannot read '.' at character 9"),
        ("foo- 1", 4, "cannot read ' ' at character 5"),
        ("!é-1|<", 6, "it ends too early"),
        ("foo>=2<1", 3, "invalid bound '>=2<1', no version is between its ends"),
    ],
)
def test_an_error_names_the_text_and_the_place(text: str, position: int, where: str) -> None:
    with pytest.raises(VersionError) as caught:
        Requirement(text)
    assert str(caught.value) == f"Invalid requirement {text!r}: {where}"
    assert (caught.value.text, caught.value.position) == (text, position)


def test_an_impossible_bound_can_be_let_through() -> None:
    assert str(Requirement("foo-5+<3", invalid_bound_error=False)) == "foo-5+<3"


def test_package_requests_have_a_package_name() -> None:
    for text in ("foo-1", "!foo", "~a.b<2", ".eph-1", "2to3-1", "_x"):
        assert str(Requirement.package_request(text)) == text
    for text in ("", "-1", "f+-1", "a..b", "a.", "!.eph-1", "..a", "é", "__pycache__-1"):
        with pytest.raises(PackageRequestError, match="Not a valid package name"):
            Requirement.package_request(text)
    with pytest.raises(VersionError):
        Requirement.package_request("f+-1|<")


def test_package_names() -> None:
    assert is_valid_package_name("a.b_2") and not is_valid_package_name("a-b")
    with pytest.raises(PackageRequestError, match="'a b'"):
        is_valid_package_name("a b", raise_error=True)


def test_versioned_objects() -> None:
    thing = VersionedObject("foo@1-0")
    assert (thing.name, thing.version, str(thing)) == ("foo", Version("1.0"), "foo@1-0")
    assert thing == VersionedObject("foo-1.0") and hash(thing) == hash(VersionedObject("foo-1.0"))
    assert thing.as_exact_requirement() == "foo==1-0"
    assert str(VersionedObject("foo")) == VersionedObject("foo-").as_exact_requirement() == "foo"
    with pytest.raises(VersionError):
        VersionedObject("foo-1..2")


def requirements(text: str) -> RequirementList:
    return RequirementList(Requirement(word) for word in text.split())


def test_a_list_merges_requirements_by_name() -> None:
    merged = requirements("foo-3+ bar !foo-5+ !bah-2 ~bah-1+")
    assert str(merged) == "foo-3+<5 bar !bah<1|2"
    assert merged.names == {"foo", "bar"} and merged.conflict_names == {"bah"}
    assert merged.conflict is None
    assert merged.get("foo") == Requirement("foo-3+<5") and merged.get("x") is None
    assert [str(requirement) for requirement in merged] == ["foo-3+<5", "bar", "!bah<1|2"]
    assert merged == requirements("foo-3+<5 bar !bah<1|2") and merged != requirements("foo")


def test_a_list_stops_at_the_first_conflict() -> None:
    merged = requirements("foo-3+ bar foo<5 foo-9 bar-1")
    assert merged.conflict == (Requirement("foo-3+<5"), Requirement("foo-9"))
    assert str(merged) == "foo-3+<5 <--!--> foo-9"
    assert merged.requirements == [] and merged.names == set()


def test_requirements_are_values() -> None:
    for text in ("foo", "~foo", "~foo@1", "!foo==2", ".e#1"):
        requirement = Requirement(text)
        for same in (
            pickle.loads(pickle.dumps(requirement)),
            copy.copy(requirement),
            copy.deepcopy(requirement),
        ):
            assert same == requirement and str(same) == text and hash(same) == hash(requirement)
            assert same.weak == requirement.weak
    thing = VersionedObject("foo#1")
    assert str(pickle.loads(pickle.dumps(thing))) == "foo#1"

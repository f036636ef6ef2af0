"""Versions: tokens, order, slices, and what is not one."""

from __future__ import annotations

import copy
import pickle
from itertools import pairwise

import pytest

from rezfast.errors import VersionError
from rezfast.version import Version, VersionToken, reverse_sort_key


def ascending(*texts: str) -> None:
    versions = [Version(text) for text in texts]
    for lower, higher in pairwise(versions):
        assert lower < higher and higher > lower and lower != higher
    descending = versions[::-1]
    assert sorted(descending) == versions


def test_numbers_order_by_value_and_letters_come_before_them() -> None:
    ascending("a", "1", "2", "10")
    ascending("alpha", "alpha3", "alpha20", "beta", "3gamma", "33gamma")
    ascending("1.a", "1.0")


def test_letters_order_by_code_point() -> None:
    ascending("A", "Z", "_", "a", "aa", "b")


def test_zero_padding_breaks_ties() -> None:
    ascending("001", "01", "1")
    ascending("0", "00", "000", "01")
    ascending("a01", "a1", "a1_", "a2")
    ascending("0a", "00")


def test_the_shorter_version_is_the_lower_one() -> None:
    ascending("", "1", "1.0", "1.0.0", "1_", "2")


def test_numbers_of_any_length_compare() -> None:
    ascending("9" * 59, "1" + "0" * 59, "9" * 60, "1" + "0" * 60, "1" + "0" * 6000)
    ascending("0" * 6000 + "1", "0" * 255 + "1", "0" * 254 + "1", "0" * 253 + "1", "1")
    ascending("0", "0" * 255, "0" * 256, "0" * 257, "0" * 6000, "1")
    ascending("a" + "9" * 70, "a1" + "0" * 70, "ab")


def test_separators_are_kept_and_do_not_matter() -> None:
    assert Version("1.0-0") == Version("1-0.0")
    assert hash(Version("1.0")) == hash(Version("1-0"))
    assert str(Version("1-0")) == "1-0"
    assert len({Version("1.0"), Version("1-0")}) == 1


def test_any_one_character_separates_tokens_in_a_version() -> None:
    assert Version("1:2é3 4\n5") == Version("1.2.3.4.5")
    assert str(Version("1é2")) == "1é2"
    assert Version("1\ud8002").as_tuple() == ("1", "2")


def test_the_empty_version_is_false_and_the_smallest() -> None:
    empty = Version()
    assert not empty and len(empty) == 0 and str(empty) == ""
    assert empty == Version("") == Version(None)
    assert empty < Version("A")


def test_infinity_is_above_every_version() -> None:
    assert Version.inf > Version("9" * 5000) and Version.inf > Version("z")
    assert not Version.inf and len(Version.inf) == 0 and str(Version.inf) == "[INF]"
    assert Version("").next() is Version.inf and Version.inf.next() is Version.inf
    assert Version.inf.as_tuple() == ()
    with pytest.raises(RuntimeError):
        Version.inf.trim(1)
    with pytest.raises(RuntimeError):
        Version.inf.copy()


def test_next_is_above_all_that_begin_with_the_version() -> None:
    assert str(Version("1.2").next()) == "1.2_"
    assert str(next(Version("1.2a"))) == "1.2a_"
    assert Version("1.2.99") < Version("1.2").next() < Version("1.3")


def test_tokens_are_objects_that_equal_tokens_only() -> None:
    version = Version("1.2b-03")
    assert str(version.major) == "1"
    assert version.major != 1 and version.major != "1"
    assert version.major == VersionToken("1") and version.minor == VersionToken("2b")
    assert version.patch == version[2] == version[-1] == VersionToken("03")
    assert version.patch < VersionToken("3") < VersionToken("3").next()
    assert repr(version[:2]) == "[VersionToken('1'), VersionToken('2b')]"
    assert [str(token) for token in version] == ["1", "2b", "03"]
    assert len({version.major, VersionToken("1")}) == 1
    with pytest.raises(IndexError, match="version token index out of range"):
        Version("1").minor  # noqa: B018
    with pytest.raises(VersionError, match=r"Invalid version token '1\.2'"):
        VersionToken("1.2")


def test_trim_and_tuple() -> None:
    version = Version("1.2-3")
    assert [str(version.trim(count)) for count in (0, 1, 2, 3, 9, -1)] == [
        "", "1", "1.2", "1.2-3", "1.2-3", "1.2",
    ]  # fmt: skip
    assert version.trim(2) == Version("1.2")
    assert version.as_tuple() == ("1", "2", "3")
    assert version.copy() == version


def test_versions_are_values() -> None:
    for value in (Version("1-2"), Version.inf, Version(), Version("1").major):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
        assert str(copy.copy(value)) == str(value)
    with pytest.raises(AttributeError):
        Version("1").text = "2"  # type: ignore[attr-defined]
    assert repr(Version("1-2")) == "Version('1-2')"


def test_versions_compare_with_versions_only() -> None:
    assert Version("1") != "1"
    with pytest.raises(TypeError):
        Version("1") < "2"  # type: ignore[operator]  # noqa: B015
    with pytest.raises(TypeError, match="expected a str, got int: 1"):
        Version(1)  # type: ignore[arg-type]


def test_sorting_from_high_to_low_as_part_of_a_key() -> None:
    packages = [("b", Version("1")), ("a", Version("1")), ("a", Version("2"))]
    packages.sort(key=lambda package: (package[0], reverse_sort_key(package[1])))
    assert [f"{name}-{version}" for name, version in packages] == ["a-2", "a-1", "b-1"]
    assert reverse_sort_key(Version("1")) > reverse_sort_key(Version("2"))
    assert reverse_sort_key(Version("1")) <= reverse_sort_key(Version("1-"[:1]))
    assert repr(reverse_sort_key(Version("1"))) == "reverse(Version('1'))"


@pytest.mark.parametrize(
    ("text", "position", "where"),
    [
        (".1", 0, "cannot read '.' at character 1"),
        ("1..2", 2, "cannot read '.' at character 3"),
        ("1.2.", 4, "it ends too early"),
        ("é1", 0, "cannot read 'é' at character 1"),
        ("1é é2", 2, "cannot read ' ' at character 3"),
        ("1.2\n", 4, "it ends too early"),
    ],
)
def test_an_error_names_the_text_and_the_place(text: str, position: int, where: str) -> None:
    with pytest.raises(VersionError) as caught:
        Version(text)
    assert str(caught.value).startswith(f"Invalid version {text!r}: {where}")
    assert "\n" not in str(caught.value)
    assert (caught.value.text, caught.value.position) == (text, position)

"""Near misses: the names and the versions that a failed request may have meant."""

from __future__ import annotations

import pytest

from rezfast.solve.nearest import closest_names, closest_versions, edit_distance
from rezfast.version import Version, VersionRange

STUDIO = [
    "maya", "maya_tools", "houdini", "houdini_utils", "nuke", "python", "pyside", "usd", "ocio",
    "arnold", "mtoa", "katana", "maxwell", "alembic", "openexr", "boost",
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("myaa", "maya"),  # neighbours swapped
        ("mya", "maya"),  # a letter missing
        ("mayya", "maya"),  # one too many
        ("maja", "maya"),  # a wrong one
        ("huodini", "houdini"),
        ("hudin", "houdini"),
        ("pyhton", "python"),
        ("Maya", "maya"),
        ("OpenEXR", "openexr"),
        ("maya-tools", "maya_tools"),
        ("mayatools", "maya_tools"),
        ("python3", "python"),
        ("maya2024", "maya"),
        ("hou", "houdini"),
        ("alembc", "alembic"),
    ],
)
def test_a_slip_of_the_keyboard_finds_the_family(written: str, meant: str) -> None:
    assert closest_names(written, STUDIO)[0] == meant


def test_a_shared_word_is_the_last_resort() -> None:
    assert closest_names("tools", STUDIO) == ["maya_tools"]
    assert closest_names("utils_houdini", STUDIO) == ["houdini_utils", "houdini"]


@pytest.mark.parametrize("written", ["renderman", "x", "", "--", "zzzz"])
def test_nothing_alike_is_nothing_said(written: str) -> None:
    assert closest_names(written, STUDIO) == []


def test_the_likeliest_names_come_first_and_no_more_than_asked() -> None:
    names = ["tool_aa", "tool_ab", "tool_b", "TOOL_A", "tool_abc", "other"]
    assert closest_names("tool_a", names) == ["TOOL_A", "tool_b", "tool_aa"]
    assert closest_names("tool_a", names, limit=1) == ["TOOL_A"]
    assert closest_names("tool_a", ["tool_a"]) == []


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ("", "", 0),
        ("", "ab", 2),
        ("maya", "maya", 0),
        ("maya", "amya", 1),
        ("maya", "mya", 1),
        ("kitten", "sitting", 3),
        ("abcd", "badc", 2),
        ("ca", "abc", 3),
    ],
)
def test_the_distance_of_two_names_counts_slips(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right, 9) == edit_distance(right, left, 9) == distance
    assert edit_distance(left, right, distance) == distance
    if distance:
        assert edit_distance(left, right, distance - 1) is None


def near(range_: str, versions: str, limit: int = 3) -> list[str]:
    found = closest_versions(VersionRange(range_), map(Version, versions.split()), limit)
    return [str(x) for x in found]


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("2.5", ["2.4", "3.0", "2.3"]),  # the one of the same major version first
        ("4+", ["3.1", "3.0", "2.4"]),
        ("<1", ["1.0", "2.3", "2.4"]),
        ("2.4.1", ["2.4", "3.0", "2.3"]),
        (">3.1", ["3.1", "3.0", "2.4"]),
        ("==2.2", ["2.3", "1.0", "2.4"]),
    ],
)
def test_the_nearest_versions_are_just_below_and_just_above(
    range_: str, expected: list[str]
) -> None:
    assert near(range_, "3.0 1.0 2.4 3.1 2.3") == expected


def test_each_part_of_a_range_has_its_neighbours() -> None:
    assert near("1|5", "0.9 2 4 6", limit=4) == ["6", "4", "2", "0.9"]


def test_versions_inside_the_range_are_passed_over() -> None:
    assert near("2", "1 2 2.1 3") == ["3", "1"]
    assert near("", "1 2 3") == []


def test_no_more_versions_than_asked_and_none_of_none() -> None:
    assert near("5", "1 2 3 4 6 7", limit=1) == ["6"]
    assert near("5", "") == []
    assert near("5", "4 4 4") == ["4"]

"""Ranges: every form of text, what they contain, algebra, and rez's own ways of joining."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator

import pytest

from rezfast.errors import VersionError
from rezfast.version import Version, VersionRange


def admitted(text: str, *versions: str) -> list[str]:
    range_ = VersionRange(text)
    return [version for version in versions if Version(version) in range_]


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1", "1 1.0 1.9.9 1-a", "0.9 1_ 1a 2 10"),
        ("==1", "1", "1.0 1_ 2"),
        ("1+", "1 1.0 2 99", "0.9 a"),
        (">=1", "1 1.0 2 99", "0.9 a"),
        (">1", "1.0 2", "1 0.9"),
        ("<2", "0 1.9 a", "2 2.0"),
        ("<=2", "0 2", "2.0 3"),
        ("1..3", "1 2 3", "0 3.0"),
        ("1+<3", "1 2.9", "3 0"),
        (">1<3", "1.0 2.9", "1 3"),
        (">=1,<=3", "1 3", "0 3.0"),
        ("1<3", "1 2.9", "3"),
        ("<3,>=1", "1 2.9", "3"),
        ("<=3,>1", "1.0 3", "1 3.0"),
        ("<3,<1", "1 2.9", "3 0"),  # rez reads "<1" after "<3," as a lower bound
        ("3,>1", "2 3", "1 3.0"),
        ("1|3", "1.5 3.5", "2 4"),
        ("", "1 a 99", ""),
        (">", "1 a", ""),
        ("==", "", "1 a"),
    ],
)
def test_forms(text: str, inside: str, outside: str) -> None:
    assert admitted(text, *inside.split()) == inside.split()
    assert admitted(text, *outside.split()) == []


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (">=1", "1+"),
        (">=1,<=3", "1..3"),
        ("1..3", "1..3"),
        ("<3,>=1", "1+<3"),
        ("<=3,>1", ">1<=3"),
        ("1+<1_", "1"),
        ("..3", "<=3"),
        ("..", "=="),
        ("<=", "=="),
        ("3..3", "==3"),
        ("+", ""),
        ("1|", ""),
        ("5|1", "1|5"),
        ("3+<6|4+<8", "3+<8"),
        ("1..2|2..3", "1..3"),
        ("1-0|1.0.5", "1-0"),
        ("1+<3|3+<4", "1+<4"),
        (">1<3|>3", ">1<3|>3"),
        ("1\n|2\n", "1|2"),
        ("\n", ""),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    assert str(VersionRange(text)) == canonical


@pytest.mark.parametrize(
    ("text", "position", "where"),
    [
        ("1+2", 2, "cannot read '2' at character 3"),
        ("1:2", 1, "cannot read ':' at character 2"),
        ("1.0|2 |3", 5, "cannot read ' ' at character 6"),
        (">1+", 2, "cannot read '+' at character 3"),
        ("<4>3", 2, "cannot read '>' at character 3"),
        ("=1", 1, "cannot read '1' at character 2"),
        ("1,2", 2, "cannot read '2' at character 3"),
        ("<", 1, "it ends too early"),
        ("1..2.", 4, "cannot read '.' at character 5"),
        ("1|5+<3", 2, "invalid bound '5+<3', no version is between its ends"),
        (">1<=1", 0, "invalid bound '>1<=1', no version is between its ends"),
        ("1|<>2", 2, "invalid bound '<>2', no version is below the empty version"),
    ],
)
def test_an_error_names_the_text_and_the_place(text: str, position: int, where: str) -> None:
    with pytest.raises(VersionError) as caught:
        VersionRange(text)
    assert str(caught.value) == f"Invalid version range {text!r}: {where}"
    assert (caught.value.text, caught.value.position) == (text, position)


def test_an_impossible_bound_can_be_let_through_and_holds_nothing() -> None:
    impossible = VersionRange("5+<3", invalid_bound_error=False)
    assert str(impossible) == "5+<3"
    assert Version("4") not in impossible and not impossible.intersects(VersionRange("4"))
    with pytest.raises(VersionError, match="join into an impossible bound"):
        VersionRange("1|5+<3", invalid_bound_error=False)


def test_any_and_bounds() -> None:
    assert VersionRange().is_any() and not VersionRange(">").is_any()
    assert VersionRange("1+").lower_bounded() and not VersionRange("1+").upper_bounded()
    assert VersionRange("<1").upper_bounded() and not VersionRange("<1").lower_bounded()
    assert VersionRange("1|5").bounded() and not VersionRange("1|5+").bounded()


def test_algebra() -> None:
    assert str(VersionRange("1") | VersionRange("3")) == "1|3"
    assert str(VersionRange("1+<5") & VersionRange("3..9|==1.1")) == "==1.1|3+<5"
    assert str(VersionRange("1+") - VersionRange("3")) == "1+<3|3_+"
    assert str(~VersionRange("1|3+")) == "<1|1_+<3"
    assert (VersionRange("1") & VersionRange("2")) is None
    assert ~VersionRange() is None and VersionRange("1") - VersionRange() is None
    assert str(VersionRange("1").union([VersionRange("2"), VersionRange("4")])) == "1|2|4"
    assert str(VersionRange("1+").intersection([VersionRange("<5"), VersionRange(">2")])) == ">2<5"
    assert VersionRange("1+<9").issuperset(VersionRange("2|4..5"))
    assert VersionRange("2").issubset(VersionRange("1+")) and VersionRange("2") in VersionRange(
        "1+"
    )
    assert VersionRange("1|5").intersects(VersionRange("4+"))


def test_of_equal_ends_the_first_ones_text_is_kept() -> None:
    assert str(VersionRange("1.0+<3-0") & VersionRange("1-0+<3.0")) == "1.0+<3-0"
    assert str(VersionRange("==1-0|==1.0")) == "==1-0"


def test_joining_asks_the_previous_piece_as_rez_does() -> None:
    # 5 is excluded by both pieces that touch it; the piece between them ends included.
    assert str(VersionRange("1+<5|2..3|>5<6")) == "1+<6"
    # 5 is included by the first piece; the piece after it ends before 5.
    touching = VersionRange("..5|1+<5|>5<=6")
    assert str(touching) == "<=5|>5<=6"
    assert str(~touching) == ">6"  # rez: "Invalid bound"
    assert ~VersionRange("..5|1+<5|>5") is None


def test_span_split_and_intervals() -> None:
    range_ = VersionRange("2+<4|6+<8")
    assert str(range_.span()) == "2+<8"
    assert [str(piece) for piece in range_.split()] == ["2+<4", "6+<8"]
    assert range_.intervals() == [
        (Version("2"), True, Version("4"), False),
        (Version("6"), True, Version("8"), False),
    ]
    assert VersionRange("").intervals() == [(Version(""), True, Version.inf, True)]
    assert len(range_) == 2


def test_from_and_to_versions() -> None:
    one, two = Version("1.0"), Version("2")
    assert str(VersionRange.from_versions([two, one, Version("1-0")])) == "==1.0|==2"
    assert VersionRange("==2|==1|3").to_versions() == [Version("1"), Version("2")]
    assert VersionRange("3").to_versions() is None
    assert str(VersionRange.from_version(one)) == "1.0"
    assert [str(VersionRange.from_version(one, op)) for op in (">", ">=", "<", "<=", "==")] == [
        ">1.0", "1.0+", "<1.0", "<=1.0", "==1.0",
    ]  # fmt: skip
    assert str(VersionRange.as_span(one, two)) == "1.0..2"
    assert str(VersionRange.as_span(one, two, False, False)) == ">1.0<2"
    assert VersionRange.as_span().is_any()
    with pytest.raises(VersionError, match="no version is between its ends"):
        VersionRange.as_span(two, one)
    with pytest.raises(VersionError, match="Unknown bound operation '~'"):
        VersionRange.from_version(one, "~")  # type: ignore[arg-type]
    with pytest.raises(VersionError, match="Invalid upper bound"):
        VersionRange.from_version(Version(), "<")


def test_the_range_of_no_versions() -> None:
    nothing = VersionRange.from_versions([])
    assert len(nothing) == 0 and not nothing and str(nothing) == "" and not nothing.is_any()
    assert Version("1") not in nothing and Version() not in nothing
    assert list(nothing.iter_intersecting([Version("1")], descending=True)) == []
    with pytest.raises(IndexError):
        nothing.lower_bounded()
    with pytest.raises(IndexError):
        nothing.span()


def test_walking_sorted_items_stops_where_no_more_can_follow() -> None:
    def packages(*texts: str) -> Iterator[str]:
        for text in texts:
            read.append(text)
            yield text

    read: list[str] = []
    range_ = VersionRange("2|4")
    texts = ["1", "2", "2.5", "3", "4", "5", "6", "7"]
    assert list(range_.iter_intersecting(packages(*texts), key=Version)) == ["2", "2.5", "4"]
    assert read == ["1", "2", "2.5", "3", "4", "5", "6"]
    down = packages(*reversed(texts))
    assert list(range_.iter_non_intersecting(down, key=Version, descending=True)) == [
        "7", "6", "5", "3", "1",
    ]  # fmt: skip
    pairs = VersionRange("4+").iter_intersect_test([Version("3"), Version("4"), Version("9")])
    assert [(inside, str(version)) for inside, version in pairs] == [
        (False, "3"), (True, "4"), (True, "9"),
    ]  # fmt: skip


def test_visiting_versions_gives_a_new_range() -> None:
    range_ = VersionRange("1+<2|5")
    changed = range_.visit_versions(lambda v: Version("3") if v == Version("2") else None)
    assert str(changed) == "1+<3|5" and str(range_) == "1+<2|5"


def test_ranges_are_values() -> None:
    assert VersionRange(">=1.0") == VersionRange("1-0+")
    assert hash(VersionRange(">=1.0")) == hash(VersionRange("1-0+"))
    assert VersionRange("1") < VersionRange("2") and VersionRange("1") <= VersionRange("1")
    assert VersionRange("1") != "1"
    for range_ in (VersionRange(), VersionRange("..5|1+<5|>5"), VersionRange(None)):
        for same in (pickle.loads(pickle.dumps(range_)), copy.copy(range_), copy.deepcopy(range_)):
            assert same == range_ and str(same) == str(range_)
    assert repr(VersionRange("1")) == "VersionRange('1')"

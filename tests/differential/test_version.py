"""Versions, ranges and requirements answer as rez's do, on generated text, valid and not.

REZFAST_EXAMPLES multiplies the number of examples (default 1, a few seconds).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rez.exceptions import PackageRequestError as RezPackageRequestError
from rez.utils.formatting import PackageRequest as RezPackageRequest
from rez.utils.formatting import is_valid_package_name as rez_is_valid_package_name
from rez.version import AlphanumericVersionToken as RezVersionToken
from rez.version import Requirement as RezRequirement
from rez.version import RequirementList as RezRequirementList
from rez.version import Version as RezVersion
from rez.version import VersionedObject as RezVersionedObject
from rez.version import VersionError as RezVersionError
from rez.version import VersionRange as RezVersionRange
from rez.version import reverse_sort_key as rez_reverse_sort_key

from rezfast.errors import PackageRequestError
from rezfast.version import (
    Requirement,
    RequirementList,
    Version,
    VersionedObject,
    VersionError,
    VersionRange,
    VersionToken,
    is_valid_package_name,
    reverse_sort_key,
)

SCALE = int(os.environ.get("REZFAST_EXAMPLES", "1"))
many = settings(max_examples=120 * SCALE, deadline=None)
some = settings(max_examples=60 * SCALE, deadline=None)

ERROR = "error"


def outcome(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a call gives, or `ERROR` for text that either side refuses."""
    try:
        return call(*args, **kwargs)
    except (RezVersionError, VersionError):
        return ERROR


def text_of(value: Any) -> str | None:
    return None if value is None else str(value)


# ---- generated text ----

noise = st.text("019abZ_.-+<>=,|!~@# \n", max_size=12)
any_text = st.text(max_size=6)
token = st.one_of(
    st.sampled_from(["0", "1", "2", "3", "10", "00", "01", "001", "a", "b", "Z", "_", "1a", "a1"]),
    st.text("0129abZ_", min_size=1, max_size=4),
    st.text("0123456789", min_size=1, max_size=70),
)


def versions_text(separators: str) -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(["", "1", "2", "3", "1.0", "1-0", "2.0", "1_", "2_", "4", "5", "6"]),
        st.lists(token, min_size=1, max_size=4).flatmap(
            lambda tokens: st.lists(
                st.sampled_from(separators), min_size=len(tokens) - 1, max_size=len(tokens) - 1
            ).map(lambda seps: "".join(a + b for a, b in zip(tokens, [*seps, ""], strict=True)))
        ),
    )


version_text = versions_text(".-")
# fmt: off
FORMS = [
    "{0}", "=={0}", "{0}+", ">{0}", ">={0}", "<{0}", "<={0}",
    "{0}..{1}", "{0}+<{1}", "{0}<{1}", "{0}+<={1}", ">{0}<{1}", ">{0}<={1}",
    ">={0}<{1}", ">={0},<={1}", "{0},<{1}", "{0}+,<={1}",
    "<{1},>{0}", "<={1},>={0}", "<={1},>{0}", "<{1},<{0}", "<{1}>{0}", "{1},>{0}", "{1}+,>={0}",
    "+<{0}", "+>{0}", "<>={0}", "..{0}", "{0}..",
]
# fmt: on
small = st.sampled_from(["", "1", "2", "3", "4", "5", "6", "7", "1.0", "2.5", "2_", "a", "01"])


@st.composite
def piece_text(draw: st.DrawFn, versions: st.SearchStrategy[str] = version_text) -> str:
    first, second = draw(versions), draw(versions)
    if draw(st.booleans()) and RezVersion(first) > RezVersion(second):
        first, second = second, first
    end = draw(st.sampled_from([""] * 12 + ["\n", " ", "\n\n"]))
    return draw(st.sampled_from(FORMS)).format(first, second) + end


def ranges_text(versions: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(piece_text(versions), min_size=1, max_size=most).map("|".join)


range_text = st.one_of(ranges_text(version_text, 3), ranges_text(small, 8), noise)


def valid(text: str) -> bool:
    return outcome(RezVersionRange, text) is not ERROR


exact_pieces = st.lists(small, min_size=1, max_size=9).map(
    lambda texts: "|".join("==" + text for text in texts)
)
valid_range_text = st.one_of(
    ranges_text(small, 2), ranges_text(small, 6), ranges_text(version_text, 2), exact_pieces
).filter(valid)
name_text = st.one_of(
    st.sampled_from(["foo", "bar", ".eph", "a.b", ""]), st.text("a.+|_!~é ", max_size=4)
)


@st.composite
def requirement_text(draw: st.DrawFn, ranges: st.SearchStrategy[str] = range_text) -> str:
    prefix = draw(st.sampled_from(["", "", "!", "~"]))
    separator = draw(st.sampled_from(["-", "@", "#", "=", ""]))
    return prefix + draw(name_text) + separator + draw(ranges)


@st.composite
def sound_requirement_text(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(["", "", "!", "~"]))
    name = draw(st.sampled_from(["foo", "foo", "foo", "bar", ".eph"]))
    if draw(st.integers(0, 5)) == 0:
        return prefix + name
    return prefix + name + draw(st.sampled_from("-@#")) + draw(valid_range_text)


def printable(text: str) -> bool:
    """Whether rez can print the requirement: it cannot invert ranges whose pieces touch."""
    return outcome(lambda: str(RezRequirement(text))) is not ERROR


sound_requirement = sound_requirement_text().filter(printable)
version_list = st.lists(st.one_of(small, version_text), min_size=1, max_size=12)


# ---- tokens and versions ----


@many
@given(st.one_of(noise, any_text, versions_text(".-"), versions_text(".-:+é\0")))
def test_version_text_is_accepted_and_printed_alike(text: str) -> None:
    theirs, ours = outcome(RezVersion, text), outcome(Version, text)
    assert str(ours) == str(theirs)
    if ours is ERROR:
        return
    assert repr(ours) == repr(theirs)
    assert len(ours) == len(theirs)
    assert bool(ours) == bool(theirs)
    assert ours.as_tuple() == theirs.as_tuple()
    assert [str(token) for token in ours] == [str(token) for token in theirs]
    assert str(ours.next()) == str(theirs.next())
    assert ours.next() > ours


@many
@given(st.lists(st.one_of(version_text, versions_text(":é")), min_size=2, max_size=8))
def test_versions_order_alike(texts: list[str]) -> None:
    pairs = [(RezVersion(text), Version(text)) for text in texts]
    pairs += [(theirs.next(), ours.next()) for theirs, ours in pairs]
    for theirs_a, ours_a in pairs:
        for theirs_b, ours_b in pairs:
            assert (ours_a < ours_b) == (theirs_a < theirs_b)
            assert (ours_a <= ours_b) == (theirs_a <= theirs_b)
            assert (ours_a > ours_b) == (theirs_a > theirs_b)
            assert (ours_a >= ours_b) == (theirs_a >= theirs_b)
            assert (ours_a == ours_b) == (theirs_a == theirs_b)
            assert (ours_a != ours_b) == (theirs_a != theirs_b)
            if ours_a == ours_b:
                assert hash(ours_a) == hash(ours_b)


@some
@given(st.one_of(token, noise), token)
def test_tokens_are_alike(text: str, other: str) -> None:
    theirs, ours = outcome(RezVersionToken, text), outcome(VersionToken, text)
    assert str(ours) == str(theirs)
    if ours is ERROR:
        return
    assert str(ours.next()) == str(theirs.next())
    theirs_other, ours_other = RezVersionToken(other), VersionToken(other)
    assert (ours < ours_other) == (theirs < theirs_other)
    assert (ours > ours_other) == (theirs > theirs_other)
    assert (ours == ours_other) == (theirs == theirs_other)
    assert ours.less_than(ours_other) == theirs.less_than(theirs_other)


@some
@given(version_text, st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 5))
def test_slices_and_trims_are_alike(text: str, start: int, stop: int, length: int) -> None:
    theirs, ours = RezVersion(text), Version(text)
    assert list(map(str, ours[start:stop])) == list(map(str, theirs[start:stop]))
    assert str(ours.trim(length)) == str(theirs.trim(length))
    assert ours.trim(length) == Version(str(theirs.trim(length)))
    try:
        expected = str(theirs[start])
    except IndexError:
        with pytest.raises(IndexError):
            ours[start]
    else:
        assert str(ours[start]) == expected


@some
@given(version_list)
def test_reverse_sort_is_alike(texts: list[str]) -> None:
    theirs = sorted((RezVersion(text) for text in texts), key=rez_reverse_sort_key)
    ours = sorted((Version(text) for text in texts), key=reverse_sort_key)
    assert list(map(str, ours)) == list(map(str, theirs))


# ---- ranges ----


@many
@given(range_text, st.booleans())
def test_range_text_is_accepted_and_printed_alike(text: str, check: bool) -> None:
    theirs = outcome(RezVersionRange, text, invalid_bound_error=check)
    ours = outcome(VersionRange, text, invalid_bound_error=check)
    assert str(ours) == str(theirs)
    if ours is ERROR:
        return
    assert repr(ours) == repr(theirs)
    assert len(ours) == len(theirs)
    assert ours.is_any() == theirs.is_any()
    assert ours.lower_bounded() == theirs.lower_bounded()
    assert ours.upper_bounded() == theirs.upper_bounded()
    assert ours.bounded() == theirs.bounded()
    assert outcome(lambda: str(ours.span())) == outcome(lambda: str(theirs.span()))
    assert list(map(str, ours.split())) == list(map(str, theirs.split()))
    assert text_of(ours.to_versions()) == text_of(theirs.to_versions())


@many
@given(st.text("012ab.+<>=,|-\n", max_size=9))
def test_range_noise_is_accepted_and_printed_alike(text: str) -> None:
    assert str(outcome(VersionRange, text)) == str(outcome(RezVersionRange, text))


@many
@given(valid_range_text, version_list)
def test_containment_is_alike(text: str, versions: list[str]) -> None:
    theirs, ours = RezVersionRange(text), VersionRange(text)
    assert [Version(each) in ours for each in versions] == [
        RezVersion(each) in theirs for each in versions
    ]


@many
@given(valid_range_text, valid_range_text, valid_range_text)
def test_set_algebra_is_alike(first: str, second: str, third: str) -> None:
    theirs = [RezVersionRange(text) for text in (first, second, third)]
    ours = [VersionRange(text) for text in (first, second, third)]
    assert str(ours[0] | ours[1]) == str(theirs[0] | theirs[1])
    assert str(ours[0] + ours[1]) == str(theirs[0] + theirs[1])
    assert str(ours[0].union(ours[1:])) == str(theirs[0].union(theirs[1:]))
    assert text_of(ours[0] & ours[1]) == text_of(theirs[0] & theirs[1])
    assert text_of(ours[0].intersection(ours[1:])) == text_of(theirs[0].intersection(theirs[1:]))
    assert ours[0].intersects(ours[1]) == theirs[0].intersects(theirs[1])
    assert ours[0].issuperset(ours[1]) == theirs[0].issuperset(theirs[1])
    assert ours[0].issubset(ours[1]) == theirs[0].issubset(theirs[1])
    assert (ours[0] in ours[1]) == (theirs[0] in theirs[1])
    for operation in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"):
        expected = getattr(theirs[0], operation)(theirs[1])
        assert getattr(ours[0], operation)(ours[1]) == expected
    if ours[0] == ours[1]:
        assert hash(ours[0]) == hash(ours[1])


@many
@given(valid_range_text, valid_range_text, version_list)
def test_inverse_and_difference_are_alike(first: str, second: str, versions: list[str]) -> None:
    theirs_a, theirs_b = RezVersionRange(first), RezVersionRange(second)
    ours_a, ours_b = VersionRange(first), VersionRange(second)
    # Where pieces touch without having been joined rez raises: there it must be a true inverse.
    inverse = outcome(theirs_b.inverse)
    if inverse is not ERROR:
        assert text_of(ours_b.inverse()) == text_of(inverse)
        assert text_of(ours_a - ours_b) == text_of(theirs_a - theirs_b)
    ours = ours_b.inverse()
    for version in map(Version, versions):
        assert (ours is not None and version in ours) != (version in ours_b)


@some
@given(small, small, st.booleans(), st.booleans(), st.none() | st.sampled_from(["lower", "upper"]))
def test_spans_are_alike(
    lower: str, upper: str, lower_in: bool, upper_in: bool, without: str | None
) -> None:
    def span(range_class: Any, version_class: Any) -> str:
        low = None if without == "lower" else version_class(lower)
        high = None if without == "upper" else version_class(upper)
        return str(range_class.as_span(low, high, lower_in, upper_in))

    assert outcome(span, VersionRange, Version) == outcome(span, RezVersionRange, RezVersion)


@some
@given(
    version_text,
    st.sampled_from([None, "gt", ">", "gte", ">=", "lt", "<", "lte", "<=", "eq", "==", "!="]),
)
def test_ranges_of_a_version_are_alike(text: str, operator: Any) -> None:
    theirs = outcome(lambda: str(RezVersionRange.from_version(RezVersion(text), operator)))
    assert outcome(lambda: str(VersionRange.from_version(Version(text), operator))) == theirs


@some
@given(st.lists(st.one_of(small, version_text), max_size=12))
def test_ranges_of_versions_are_alike(texts: list[str]) -> None:
    theirs = RezVersionRange.from_versions(map(RezVersion, texts))
    ours = VersionRange.from_versions(map(Version, texts))
    assert str(ours) == str(theirs)
    assert text_of(ours.to_versions()) == text_of(theirs.to_versions())
    assert len(ours) == len(theirs)


@many
@given(valid_range_text, version_list, st.booleans(), st.booleans())
def test_walks_over_sorted_versions_are_alike(
    text: str, texts: list[str], descending: bool, keyed: bool
) -> None:
    ordered = [str(v) for v in sorted(map(RezVersion, texts), reverse=descending)]

    def walk(range_class: Any, version_class: Any, method: str) -> tuple[list[Any], int, int]:
        read = asked = 0

        def items() -> Iterator[Any]:
            nonlocal read
            for each in ordered:
                read += 1
                yield each if keyed else version_class(each)

        def key(item: str) -> Any:
            nonlocal asked
            asked += 1
            return version_class(item)

        found = getattr(range_class(text), method)(
            items(), key=key if keyed else None, descending=descending
        )
        shown = [
            (item[0], str(item[1])) if isinstance(item, tuple) else str(item) for item in found
        ]
        return shown, read, asked

    for method in ("iter_intersect_test", "iter_intersecting", "iter_non_intersecting"):
        theirs, theirs_read, theirs_asked = walk(RezVersionRange, RezVersion, method)
        ours, read, asked = walk(VersionRange, Version, method)
        assert ours == theirs
        # Reading an item may load a package: never more of them than rez.
        assert read <= theirs_read
        assert asked <= theirs_asked


@some
@given(valid_range_text)
def test_visiting_changes_the_same_versions(text: str) -> None:
    theirs = RezVersionRange(text)
    theirs.visit_versions(lambda v: RezVersion("9.9") if str(v) == "2" else None)
    ours = VersionRange(text).visit_versions(lambda v: Version("9.9") if str(v) == "2" else None)
    assert ours.split() == [VersionRange(str(b), invalid_bound_error=False) for b in theirs.bounds]


# ---- requirements ----


@many
@given(st.one_of(requirement_text(), sound_requirement_text(), noise), st.booleans())
def test_requirement_text_is_accepted_and_printed_alike(text: str, check: bool) -> None:
    theirs = outcome(RezRequirement, text, invalid_bound_error=check)
    if theirs is ERROR and valid_but_for_inverse(text):
        return
    ours = outcome(Requirement, text, invalid_bound_error=check)
    shown = outcome(str, theirs)
    if theirs is ERROR or shown is not ERROR:
        assert str(ours) == shown
    if ours is ERROR:
        return
    assert (ours.name, ours.conflict, ours.weak) == (theirs.name, theirs.conflict, theirs.weak)
    assert text_of(ours.range) == text_of(theirs.range)
    if shown is not ERROR:
        assert repr(ours) == repr(theirs)
        assert ours.safe_str() == theirs.safe_str()


def valid_but_for_inverse(text: str) -> bool:
    """Whether only inverting a weak range stops rez: its pieces touch, which rezfast can invert."""
    return text.startswith("~") and outcome(RezRequirement, text[1:]) is not ERROR


@many
@given(sound_requirement, sound_requirement)
def test_merging_and_conflicts_are_alike(first: str, second: str) -> None:
    theirs_a, theirs_b = RezRequirement(first), RezRequirement(second)
    ours_a, ours_b = Requirement(first), Requirement(second)
    assert ours_a.conflicts_with(ours_b) == theirs_a.conflicts_with(theirs_b)
    assert (ours_a == ours_b) == (theirs_a == theirs_b)
    assert (hash(ours_a) == hash(ours_b)) == (hash(theirs_a) == hash(theirs_b))
    merged = outcome(lambda: text_of(theirs_a.merged(theirs_b)))
    if merged is not ERROR:
        ours = ours_a.merged(ours_b)
        assert text_of(ours) == merged
        theirs = theirs_a.merged(theirs_b)
        assert ours is None or (ours.conflict, ours.weak) == (theirs.conflict, theirs.weak)


@many
@given(
    st.sampled_from(["foo", "bar", ""]), st.sampled_from(["", "-", "@", "#"]), noise | version_text
)
def test_versioned_objects_are_alike(name: str, separator: str, version: str) -> None:
    text = name + separator + version
    theirs, ours = outcome(RezVersionedObject, text), outcome(VersionedObject, text)
    assert str(ours) == str(theirs)
    if ours is ERROR:
        return
    assert (ours.name, str(ours.version)) == (theirs.name, str(theirs.version))
    assert ours.as_exact_requirement() == theirs.as_exact_requirement()
    made = RezVersionedObject.construct(theirs.name, theirs.version)
    assert str(VersionedObject.construct(ours.name, ours.version)) == str(made)


@some
@given(sound_requirement, st.sampled_from(["foo", "bar"]), small)
def test_conflicts_with_versioned_objects_are_alike(text: str, name: str, version: str) -> None:
    thing = f"{name}-{version}"
    theirs = RezRequirement(text).conflicts_with(RezVersionedObject(thing))
    assert Requirement(text).conflicts_with(VersionedObject(thing)) == theirs


@many
@given(
    st.one_of(
        requirement_text(valid_range_text),
        st.text("ab_0.", max_size=8),
        st.text("ab_0.-!~+é\n", max_size=8),
        st.sampled_from(["__pycache__", "!__pycache__-1", ".__pycache__", "__pycache__.a", ".a-1"]),
    )
)
def test_package_requests_are_alike(text: str) -> None:
    try:
        theirs = outcome(RezPackageRequest, text)
        theirs_text = outcome(str, theirs)
    except RezPackageRequestError:
        if not valid_but_for_inverse(text):
            with pytest.raises(PackageRequestError):
                Requirement.package_request(text)
        return
    if theirs is ERROR:
        if not valid_but_for_inverse(text):
            with pytest.raises(VersionError):
                Requirement.package_request(text)
        return
    ours = Requirement.package_request(text)
    assert ours.ephemeral == theirs.ephemeral
    if theirs_text is not ERROR:
        assert str(ours) == theirs_text


@many
@given(st.text("abZ09_.-é \n", max_size=7))
def test_package_names_are_alike(text: str) -> None:
    assert is_valid_package_name(text) == rez_is_valid_package_name(text)


@many
@given(st.lists(sound_requirement, max_size=6), st.lists(sound_requirement, max_size=2))
def test_requirement_lists_are_alike(texts: list[str], others: list[str]) -> None:
    try:
        theirs = RezRequirementList([RezRequirement(text) for text in texts])
        shown = str(theirs)
        theirs_other = RezRequirementList([RezRequirement(text) for text in others])
    except RezVersionError:  # rez cannot invert what it merged
        assume(False)
    ours = RequirementList([Requirement(text) for text in texts])
    ours_other = RequirementList([Requirement(text) for text in others])
    assert str(ours) == shown
    assert list(map(str, ours)) == list(map(str, theirs))
    assert list(map(str, ours.requirements)) == list(map(str, theirs.requirements))
    assert (ours.conflict is None) == (theirs.conflict is None)
    assert ours.names == theirs.names
    assert ours.conflict_names == theirs.conflict_names
    for name in ("foo", "bar", ".eph", "other"):
        assert text_of(ours.get(name)) == text_of(theirs.get(name))
    assert (ours == ours_other) == (theirs == theirs_other)

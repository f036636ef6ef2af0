"""Fuzzes versions, ranges and requirements: each line of an input is read as all three."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise, product
from operator import eq, lt
from random import Random
from typing import TypeVar

from fuzz.target import Target

from rezfast.errors import RezError
from rezfast.version import Requirement, RequirementList, Version, VersionRange

T = TypeVar("T")

WORDS = (
    *b"1 2.0 1.2.3 01 _ a beta 10 . - + < > <= >= == .. | , ! ~ # @ * foo foo-1 !foo-2 ~foo .eph"
    b" 1+<2 ==1.0|3 >1,<=2 1..3 2+<1".split(),
    *(b"\n", b" ", b"\xc3\xa9", b"\x00", b"\xff", b"9" * 30),
)


def run(data: bytes) -> None:
    """Reads, prints, compares and combines what the lines are."""
    texts = data.decode("utf-8", "surrogateescape").split("\n")[:6]
    versions = _read(Version, texts)
    ranges = _read(VersionRange, texts)
    asked = _read(Requirement, texts)
    for one, other in product(versions, versions):
        assert (one < other) + (one == other) + (one > other) == 1, (one, other)
        assert one != other or hash(one) == hash(other), (one, other)
    for one in versions:
        assert Version(str(one)) == one, one
        _try(one.trim, 1)
        _try(one.as_tuple)
        _try(repr, one)
        if one:
            _try(one.next)
    for span in ranges:
        for call in (span.is_any, span.bounded, span.inverse, span.split, span.span):
            _try(call)
        _try(str, span)
        _try(hash, span)
        for one in versions:
            _try(span.contains_version, one)
    for left, right in pairwise(ranges):
        both = left.intersection(right)
        assert (both is not None) == left.intersects(right), (left, right)
        _try(left.union, right)
        _try(left.issuperset, right)
        _try(lt, left, right)
    for first, second in pairwise(asked):
        _try(first.conflicts_with, second)
        _try(first.merged, second)
        _try(eq, first, second)
        _try(str, first)
        _try(repr, second)
        _try(hash, first)
    if asked:
        _try(RequirementList, asked)


def _read(kind: Callable[[str], T], texts: list[str]) -> list[T]:
    found = []
    for text in texts:
        try:
            found.append(kind(text))
        except (RezError, UnicodeEncodeError):
            continue
    return found


def _try(call: Callable[..., object], *arguments: object) -> None:
    """Makes a call that may find that the values do not go together."""
    with suppress(RezError):
        call(*arguments)


def fresh(random: Random) -> bytes:
    """Lines of two or three words."""
    lines = [b"".join(random.choices(WORDS, k=random.choice([1, 1, 2, 3]))) for _ in range(4)]
    return b"\n".join(lines)


TARGET = Target(run, fresh, WORDS, size=256)

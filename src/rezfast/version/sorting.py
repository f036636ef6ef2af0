"""Sorting versions and ranges from high to low."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost every start
if TYPE_CHECKING:
    from typing import Any


class ReverseSortKey:
    """A sort key in which the higher of two values comes first; see `reverse_sort_key`."""

    __slots__ = ("value",)
    __hash__ = None  # type: ignore[assignment]  # a sort key only, as in rez

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReverseSortKey):
            return NotImplemented
        return bool(self.value == other.value)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, ReverseSortKey):
            return NotImplemented
        return bool(other.value < self.value)

    def __le__(self, other: object) -> bool:
        if not isinstance(other, ReverseSortKey):
            return NotImplemented
        return bool(other.value <= self.value)

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, ReverseSortKey):
            return NotImplemented
        return bool(other.value > self.value)

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, ReverseSortKey):
            return NotImplemented
        return bool(other.value >= self.value)

    def __repr__(self) -> str:
        return f"reverse({self.value!r})"


def reverse_sort_key(comparable: Any) -> ReverseSortKey:
    """A key that sorts a `Version` or `VersionRange` from high to low (rez: the same name).

    For sorting by several things of which only some are to be reversed.
    """
    return ReverseSortKey(comparable)

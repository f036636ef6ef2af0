"""Figures of a survey: how values are distributed, examples, counts by family."""

from __future__ import annotations

from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

QUANTILES = (50, 90, 99)


class Distribution:
    """Whole numbers, of which the shape counts: sizes in bytes, times in nanoseconds.

    Attributes:
        values: In the order of the survey.
        largest: The path that gave the largest value; None without any.
    """

    __slots__ = ("_most", "largest", "values")

    def __init__(self) -> None:
        self.values: array[int] = array("q")
        self.largest: str | None = None
        self._most = -1

    def add(self, value: int, path: str) -> None:
        """Take a value that a file gave."""
        self.values.append(value)
        if value > self._most:
            self._most, self.largest = value, path

    def bins(self) -> list[tuple[int, int, int]]:
        """`(from, below, count)` between powers of two, from the first to the last with a value."""
        counts: dict[int, int] = {}
        for value in self.values:
            width = value.bit_length()
            counts[width] = counts.get(width, 0) + 1
        if not counts:
            return []
        return [
            (1 << width >> 1, 1 << width, counts.get(width, 0))
            for width in range(min(counts), max(counts) + 1)
        ]

    def summary(self) -> dict[str, Any]:
        """Plain data: count, total, and unless empty the least, quantiles, the most and its path.

        `p90` is the smallest value that at least 90 % of the values do not exceed.
        """
        if not self.values:
            return {"count": 0, "total": 0}
        ordered = sorted(self.values)
        return {
            "count": len(ordered),
            "total": sum(ordered),
            "min": ordered[0],
            **{f"p{percent}": _quantile(ordered, percent) for percent in QUANTILES},
            "max": ordered[-1],
            "largest": self.largest,
        }


def _quantile(ordered: list[int], percent: int) -> int:
    return ordered[max(-(-len(ordered) * percent // 100) - 1, 0)]


class Example:
    """One definition of a class.

    Attributes:
        path: The file or directory.
        line: Where in it, from 1; None when it is not about a line.
        note: What is wrong, in the words of whoever found it; None when the class says it.
    """

    __slots__ = ("line", "note", "path")

    def __init__(self, path: str, line: int | None = None, note: str | None = None) -> None:
        self.path = path
        self.line = line
        self.note = note

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return where if self.note is None else f"{where}: {self.note}"


class Count:
    """How many there are of a class, with the first few."""

    __slots__ = ("count", "examples")

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.examples: list[Example] = []

    def add(self, example: Example, most: int) -> None:
        """Count one; keep it as an example unless there are `most` already."""
        self.count += 1
        if len(self.examples) < most:
            self.examples.append(example)


class FamilyFigures:
    """What a survey found in one family.

    Attributes:
        definitions: How many files.
        refused: How many of them are not fast.
        nanoseconds: Time that scanning them took.
    """

    __slots__ = ("definitions", "nanoseconds", "refused")

    def __init__(self) -> None:
        self.definitions = 0
        self.refused = 0
        self.nanoseconds = 0

"""`Survey`: what a survey found, and the same as plain data."""

from __future__ import annotations

from rezfast.batch.classes import FAST, group_of, meaning
from rezfast.batch.figures import Count, Distribution, FamilyFigures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from rezfast.batch.differential import Differential
    from rezfast.batch.places import Place, View

    Figure = Literal["definitions", "nanoseconds", "refused"]

HOTTEST: dict[Figure, str] = {
    "definitions": "most versions",
    "nanoseconds": "most scan time",
    "refused": "most refused",
}
_LISTED = 10  # families a list


class Survey:
    """What a survey found, or has found so far.

    Attributes:
        view: "installed" or "source".
        places: What was surveyed.
        fast: How many definitions the scanner accepted.
        classes: Count and examples of every other class that occurs, by its code.
        passed_over: What is there and does not count as a package, by why.
        families: Figures of each family, by name; families of one name in several places are one.
        sizes: Bytes of each definition that was read.
        times: Nanoseconds that scanning each took, reading excluded.
        seconds: Wall time, the differential's excluded.
        complete: False when it was interrupted: the figures are right for what was done by then.
        differential: What evaluating the accepted ones found; None when not asked for.
    """

    def __init__(self, places: list[Place], view: View) -> None:
        self.view = view
        self.places = places
        self.fast = 0
        self.classes: dict[str, Count] = {}
        self.passed_over: dict[str, Count] = {}
        self.families: dict[str, FamilyFigures] = {}
        self.sizes = Distribution()
        self.times = Distribution()
        self.seconds = 0.0
        self.complete = False
        self.differential: Differential | None = None

    @property
    def definitions(self) -> int:
        """How many definitions there are, whether or not they could be read."""
        return self.fast + sum([found.count for found in self.classes.values()])

    def percent(self, count: int) -> float:
        """A count as a percentage of all definitions; 0 without any."""
        return 100 * count / self.definitions if self.definitions else 0.0

    def ranked_classes(self) -> list[tuple[str, Count]]:
        """The classes other than fast, the most frequent first."""
        return sorted(self.classes.items(), key=lambda item: (-item[1].count, item[0]))

    def hottest(self, figure: Figure, most: int = _LISTED) -> list[tuple[str, FamilyFigures]]:
        """The families with the highest of a figure, without those that have none of it."""
        rows = [row for row in self.families.items() if getattr(row[1], figure)]
        rows.sort(key=lambda row: (-getattr(row[1], figure), row[0]))
        return rows[:most]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `rezfast survey --json` prints it."""
        return {
            "view": self.view,
            "paths": [{"path": place.path, "kind": place.kind} for place in self.places],
            "complete": self.complete,
            "definitions": self.definitions,
            "fast": self.fast,
            "fast_percent": self.percent(self.fast),
            "seconds": self.seconds,
            "classes": [
                self._class(FAST, Count(self.fast)),
                *(self._class(code, found) for code, found in self.ranked_classes()),
            ],
            "passed_over": [
                {"why": why, "count": found.count, "examples": [str(x) for x in found.examples]}
                for why, found in sorted(self.passed_over.items())
            ],
            "bytes": _distribution(self.sizes),
            "nanoseconds": _distribution(self.times),
            "families": {
                "count": len(self.families),
                **{
                    heading.replace(" ", "_"): [_family(*row) for row in self.hottest(figure)]
                    for figure, heading in HOTTEST.items()
                },
            },
            "differential": None if self.differential is None else self.differential.to_dict(),
        }

    def _class(self, code: str, found: Count) -> dict[str, Any]:
        return {
            "code": code,
            "group": group_of(code),
            "meaning": meaning(code),
            "count": found.count,
            "percent": self.percent(found.count),
            "examples": [{"path": x.path, "line": x.line, "note": x.note} for x in found.examples],
        }


def _distribution(found: Distribution) -> dict[str, Any]:
    bins = [{"from": low, "below": high, "count": count} for low, high, count in found.bins()]
    return {**found.summary(), "histogram": bins}


def _family(name: str, figures: FamilyFigures) -> dict[str, Any]:
    return {
        "name": name,
        "definitions": figures.definitions,
        "refused": figures.refused,
        "nanoseconds": figures.nanoseconds,
    }

"""What is measured: rez's benchmark repository, its 188 requests, and rez's recorded answers."""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "out"
RECORDED = ROOT / "tests" / "data" / "benchmark-188.json.gz"

#: Name, version and variant index (None without variants) of each package, in order.
Packages = list[tuple[str, str, int | None]]


@dataclass(frozen=True)
class Answer:
    """What a tool said to one request. A tool that does not tell a count has None there."""

    status: str
    packages: Packages
    num_solves: int | None
    num_fails: int | None

    def equals(self, other: Answer) -> bool:
        """Whether both say the same, as far as both say anything."""
        return (
            self.status == other.status
            and self.packages == other.packages
            and (None in (self.num_solves, other.num_solves) or self.num_solves == other.num_solves)
            and (None in (self.num_fails, other.num_fails) or self.num_fails == other.num_fails)
        )


@dataclass(frozen=True)
class Request:
    """One of the 188: its number in rez's file, what is asked, and rez's recorded answer."""

    number: int
    requirements: list[str]
    recorded: Answer
    #: Wall time of rez when the answer was recorded. For choosing requests only.
    seconds: float


def requests() -> list[Request]:
    """All 188, in rez's order."""
    with gzip.open(RECORDED, "rt", encoding="utf-8") as file:
        records: list[dict[str, Any]] = json.load(file)
    return [
        Request(
            number,
            record["request"],
            Answer(
                record["status"],
                [(name, version, index) for name, version, index in record["resolved"]],
                record["num_solves"],
                record["num_fails"],
            ),
            record["seconds"],
        )
        for number, record in enumerate(records)
    ]


def notable(chosen: list[Request]) -> dict[str, Request]:
    """The median, the 90th percentile and the worst request, by rez's recorded time."""
    ranked = sorted(chosen, key=lambda request: request.seconds)
    last = len(ranked) - 1
    return {
        "median": ranked[last // 2],
        "90th percentile": ranked[last * 9 // 10],
        "worst": ranked[last],
    }


def repository() -> Path:
    """rez's benchmark repository, unpacked from the installed rez on first use."""
    target = OUT / "packages"
    if not target.is_dir():
        spec = find_spec("rez")
        if spec is None or spec.origin is None:
            raise SystemExit("bench: rez is not installed; its wheel carries the packages")
        staged = OUT / "unpacking"
        shutil.rmtree(staged, ignore_errors=True)
        archive = Path(spec.origin).parent / "data" / "benchmarking" / "packages.tar.gz"
        with tarfile.open(archive) as tar:
            tar.extractall(staged, filter="data")
        (staged / "packages").rename(target)
        shutil.rmtree(staged)
    return target


def definitions(root: Path) -> list[tuple[str, str, Path]]:
    """Family, version and definition file of every package in the repository."""
    return [
        (family.name, version.name, version / "package.py")
        for family in sorted(root.iterdir())
        for version in sorted(family.iterdir())
    ]

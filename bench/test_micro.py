"""Micro-benchmarks of the parts: versions, ranges, requirements, reading definitions.

pytest-benchmark suites over the texts of rez's benchmark. One round does an operation many times;
`extra_info["operations"]` says how many, so that the report can give the time of one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from os import environ
from types import SimpleNamespace
from typing import Any

import pytest

from bench.data import definitions, repository, requests

_VERSIONS = sorted({x[1] for request in requests() for x in request.recorded.packages})
_REQUIREMENTS = sorted({x for request in requests() for x in request.requirements})

#: Texts in no useful order, the same in every run.
_SHUFFLED = sorted(_VERSIONS, key=lambda text: text[::-1])

Work = Callable[[], object]


def _library(tool: str) -> Any:
    """`Version`, `VersionRange` and `Requirement` of a tool."""
    if tool == "rez":
        from rez.version import Requirement, Version, VersionRange

        return SimpleNamespace(Version=Version, VersionRange=VersionRange, Requirement=Requirement)
    import rezfast

    return rezfast


def _ranges(library: Any) -> list[Any]:
    found = [library.Requirement(text).range for text in _REQUIREMENTS]
    return [x for x in found if x is not None and str(x)]


def _run(benchmark: Any, work: Work, operations: int) -> None:
    benchmark.extra_info["operations"] = operations
    benchmark.pedantic(work, rounds=9, iterations=1, warmup_rounds=1)


def _by(*tools: str) -> pytest.MarkDecorator:
    """Measure these tools, or those of them that the run is limited to."""
    wanted = environ.get("BENCH_TOOLS", ",".join(tools)).split(",")
    return pytest.mark.parametrize("tool", [tool for tool in tools if tool in wanted])


both = _by("rez", "rezfast")


@pytest.mark.benchmark(group="parse a version")
@both
def test_parse_version(benchmark: Any, tool: str) -> None:
    version = _library(tool).Version
    _run(benchmark, lambda: [version(text) for text in _VERSIONS], len(_VERSIONS))


@pytest.mark.benchmark(group="compare two versions")
@both
def test_compare_versions(benchmark: Any, tool: str) -> None:
    pairs = list(pairwise(map(_library(tool).Version, _SHUFFLED)))
    _run(benchmark, lambda: [a < b for a, b in pairs], len(pairs))


@pytest.mark.benchmark(group="parse a requirement")
@both
def test_parse_requirement(benchmark: Any, tool: str) -> None:
    requirement = _library(tool).Requirement
    _run(benchmark, lambda: [requirement(text) for text in _REQUIREMENTS], len(_REQUIREMENTS))


@pytest.mark.benchmark(group="does a range contain a version")
@both
def test_range_contains(benchmark: Any, tool: str) -> None:
    library = _library(tool)
    ranges, versions = _ranges(library)[::10], list(map(library.Version, _SHUFFLED))[::10]
    _run(
        benchmark,
        lambda: [version in range_ for range_ in ranges for version in versions],
        len(ranges) * len(versions),
    )


@pytest.mark.benchmark(group="intersect two ranges")
@both
def test_range_intersection(benchmark: Any, tool: str) -> None:
    pairs = list(pairwise(_ranges(_library(tool))))
    _run(benchmark, lambda: [a & b for a, b in pairs], len(pairs))


@pytest.mark.benchmark(group="unite two ranges")
@both
def test_range_union(benchmark: Any, tool: str) -> None:
    pairs = list(pairwise(_ranges(_library(tool))))
    _run(benchmark, lambda: [a | b for a, b in pairs], len(pairs))


@pytest.mark.benchmark(group="invert a range")
@both
def test_range_inverse(benchmark: Any, tool: str) -> None:
    ranges = _ranges(_library(tool))
    _run(benchmark, lambda: [x.inverse() for x in ranges], len(ranges))


def _definition_paths() -> list[str]:
    return [str(path) for _, _, path in definitions(repository())[::100]]


@pytest.mark.benchmark(group="read a definition, open file to fields")
@_by("rez", "pyrer", "rezfast")
def test_read_definitions(benchmark: Any, tool: str) -> None:
    paths = _definition_paths()
    work: Work
    if tool == "rez":
        from rez.serialise import FileFormat, load_from_file

        def work() -> object:
            return [load_from_file(path, FileFormat.py, disable_memcache=True) for path in paths]

    elif tool == "pyrer":
        from pyrer import parse_static_packages_py

        def work() -> object:
            return parse_static_packages_py(paths)

    else:
        from rezfast import scan_files

        def work() -> object:
            return scan_files(paths)

    _run(benchmark, work, len(paths))


@pytest.mark.benchmark(group="scan a definition in memory")
@_by("pyrer", "rezfast")
def test_scan_source(benchmark: Any, tool: str) -> None:
    sources = []
    for path in _definition_paths():
        with open(path, encoding="utf-8") as file:
            sources.append(file.read())
    scan = _scan_function(tool)
    _run(benchmark, lambda: [scan(source) for source in sources], len(sources))


def _scan_function(tool: str) -> Callable[[str], object]:
    if tool == "pyrer":
        import pyrer

        return pyrer.parse_static_package_py  # type: ignore[no-any-return]
    import rezfast

    return rezfast.scan

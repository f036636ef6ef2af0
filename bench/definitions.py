"""Loading whole definitions, every attribute checked: rez and rezfast in turns, in one process.

    python -m bench.definitions [--table]

Every copy of a definition has a text of its own, so that nobody remembers it, and a tool loads all
definitions of a copy in a row. Python's compiler, which running a definition needs, is measured by
itself, on all of the text.

    first      `Package.validated_data()` of definitions that the process has not seen
    again      the same, with the caches of repositories emptied in between
    developer  `DeveloperPackage.from_path`
    rez        as the first, for rez's own test packages
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import statistics
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.dynamic import DYNAMIC

_COPIES = 25
_PLACES = ("builds/packages", "commands/packages", "packages/py_packages", "release/variants")

Seconds = dict[str, dict[str, float]]
"""Median seconds by definition and tool: `rez`, `rezfast`, `compile`."""

Turn = Callable[[str], Iterator[tuple[str, Callable[[], object]]]]
"""What a tool does in a repository: definitions by name, and what loads each."""


def _measured(copies: list[str], turns: dict[str, Turn]) -> Seconds:
    runs: dict[str, dict[str, list[float]]] = {}
    for copy in copies:
        for tool, turn in turns.items():
            _forget()
            gc.collect()
            gc.disable()
            for name, load in turn(copy):
                began = perf_counter()
                try:
                    load()
                except Exception:
                    continue  # some of rez's test packages are broken on purpose
                runs.setdefault(name, {}).setdefault(tool, []).append(perf_counter() - began)
            gc.enable()
    return {
        name: {tool: statistics.median(times) for tool, times in by_tool.items()}
        for name, by_tool in runs.items()
        if {"rez", "rezfast"} <= by_tool.keys()
    }


def _forget() -> None:
    from rez.package_repository import package_repository_manager

    from rezfast.repository import clear_caches

    package_repository_manager.clear_caches()
    clear_caches()


def _packages(tool: str) -> Turn:
    """All packages of a repository that is a directory of repositories."""
    from rez.packages import iter_packages as rez_packages

    from rezfast.packages import iter_package_families, iter_packages

    find: Callable[..., Any] = rez_packages if tool == "rez" else iter_packages

    def turn(copy: str) -> Iterator[tuple[str, Callable[[], object]]]:
        for place in sorted(Path(copy).iterdir()):
            for family in iter_package_families([str(place)]):
                for number, package in enumerate(find(family.name, paths=[str(place)])):
                    load = package.validated_data
                    if tool == "compile":
                        path = package.resource.filepath
                        if path is None or not path.endswith(".py"):
                            continue
                        load = _Compile(path)
                    yield f"{place.name}/{family.name}/{number}", load

    return turn


class _Compile:
    """Reads and compiles a file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self) -> None:
        with open(self._path, "rb") as file:
            source = file.read()
        compile(source, self._path, "exec", dont_inherit=True)


def _developer(tool: str) -> Turn:
    from rez.developer_package import DeveloperPackage as RezPackage

    from rezfast.packages import DeveloperPackage

    load: Any = RezPackage if tool == "rez" else DeveloperPackage

    def turn(copy: str) -> Iterator[tuple[str, Callable[[], object]]]:
        for path in sorted(Path(copy).glob("*/*/*/package.py")):
            name = str(path.parent.parent.relative_to(copy))
            if tool == "compile":
                yield name, _Compile(str(path))
            else:
                yield name, partial(load.from_path, str(path.parent))

    return turn


def _write_ours(place: Path, mark: str) -> None:
    for number, text in enumerate(DYNAMIC.values()):
        package = place / "ours" / f"family_{number}" / f"1.{mark}"
        package.mkdir(parents=True)
        name = text.partition("name = ")[2].split()[0]
        text = text.replace(name, f'"family_{number}"', 1)
        (package / "package.py").write_text(text.replace("$MARK", mark))


def _write_rez(place: Path, mark: str) -> None:
    import rez

    tests = Path(rez.__file__).parent / "data" / "tests"
    for source in _PLACES:
        target = place / source.replace("/", "_")
        shutil.copytree(tests / source, target)
        for path in target.rglob("*.py"):
            path.write_text(f"{path.read_text()}\n# copy {mark}\n")


def _result(what: str, seconds: Seconds) -> dict[str, Any]:
    ratios = [times["rez"] / times["rezfast"] for times in seconds.values()]
    tools = ("rez", "rezfast", "compile")
    return {
        "what": what,
        "definitions": len(seconds),
        "seconds": {
            tool: statistics.median(times[tool] for times in seconds.values() if tool in times)
            for tool in tools
        },
        "ratio": {
            "median": statistics.median(ratios),
            "least": min(ratios),
            "most": max(ratios),
        },
        "each": seconds,
    }


def measure(copies: int = _COPIES) -> list[dict[str, Any]]:
    """What the module's text says, in its order."""
    tools = ("rez", "rezfast", "compile")
    packages = {tool: _packages(tool) for tool in tools}
    results = []
    with tempfile.TemporaryDirectory() as directory:
        top = Path(directory)
        for kind, write in (("ours", _write_ours), ("again", _write_ours), ("rez", _write_rez)):
            for number in range(copies):
                write(top / kind / str(number), f"{number}{kind}")
        ours, again, rez = (
            [str(top / kind / str(number)) for number in range(copies)]
            for kind in ("ours", "again", "rez")
        )
        # each tool's own code is loaded before anything counts
        _measured(again[:2], packages)
        results.append(_result("dynamic definitions, first time", _measured(ours, packages)))
        twice = [copy for copy in again for _ in range(3)]
        results.append(_result("the same again, caches emptied", _measured(twice, packages)))
        developer = {tool: _developer(tool) for tool in tools}
        results.append(_result("as developer packages", _measured(ours, developer)))
        results.append(_result("rez's own test packages", _measured(rez, packages)))
    return results


def main() -> None:
    """Measure and print: JSON, or a table in microseconds."""
    parser = argparse.ArgumentParser(prog="bench.definitions")
    parser.add_argument("--table", action="store_true", help="a table in place of JSON")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    results = measure()
    if not options.table:
        print(json.dumps({"results": results}))
        return
    print("    rez  rezfast  compile  times")
    for result in results:
        for name, times in result["each"].items():
            numbers = [f"{times.get(tool, 0) * 1e6:7.0f}" for tool in ("rez", "rezfast", "compile")]
            print("  ".join(numbers), f" {times['rez'] / times['rezfast']:4.1f}  {name}")
        print(f"{result['what']}: median {result['ratio']['median']:.1f} times\n")


if __name__ == "__main__":
    main()

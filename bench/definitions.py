"""Loading whole definitions, with every attribute checked: rez and rezfast in turns, one process.

    python -m bench.definitions

What is measured is `Package.validated_data()` of packages whose definition nobody has read yet, for
rez's own test packages and for one with early and late bound functions. Python's compiler, which
both need, is measured by itself: it is the floor for whoever runs definitions.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import warnings
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

_ROUNDS = 25
_PLACES = ("builds/packages", "commands/packages", "packages/py_packages", "release/variants")

_DYNAMIC = """\
name = "foo"

def _description():
    return "something"

description = _description()

@early()
def authors():
    return ["a", "b"]

@early()
def requires():
    if building:
        return ["python-2"]
    return ["runtimeonly-1.2", "python-2"]

variants = [["maya-2017"], ["maya-2018"]]

@late()
def tools():
    import os
    return sorted(os.environ)[:1]

@late()
def build_requires():
    if this.is_package:
        return []
    return ["cmake"]

with scope("custom") as c:
    c.x.y = 1

def commands():
    env.PATH.append("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
"""


def _compiled(package: Any) -> None:
    path = package.resource.filepath
    if path is not None and path.endswith(".py"):
        with open(path, "rb") as file:
            source = file.read()
        compile(source, path, "exec", dont_inherit=True)


def _validated(package: Any) -> None:
    package.validated_data()


def _timed(packages: Iterable[Any], work: Callable[[Any], None]) -> dict[str, float]:
    """Seconds by package; those that cannot be loaded are left out."""
    seconds = {}
    for package in packages:
        began = perf_counter()
        try:
            work(package)
        except Exception:
            continue
        seconds[package.uri] = perf_counter() - began
    return seconds


def measure(paths: list[str]) -> dict[str, dict[str, float]]:
    """Median seconds a package: `rez`, `rezfast`, and `compile` for Python's compiler alone."""
    from rez.package_repository import package_repository_manager
    from rez.packages import iter_packages as rez_packages

    from rezfast.packages import iter_package_families, iter_packages
    from rezfast.repository import clear_caches

    families = [(one.name, path) for path in paths for one in iter_package_families([path])]
    runs: dict[str, dict[str, list[float]]] = {}
    tools: dict[str, tuple[Any, Callable[[Any], None]]] = {
        "rez": (rez_packages, _validated),
        "rezfast": (iter_packages, _validated),
        "compile": (iter_packages, _compiled),
    }
    for _ in range(_ROUNDS):
        for tool, (find, work) in tools.items():
            package_repository_manager.clear_caches()
            clear_caches()
            for name, path in families:
                for uri, seconds in _timed(list(find(name, paths=[path])), work).items():
                    runs.setdefault(uri, {}).setdefault(tool, []).append(seconds)
    return {
        uri: {tool: statistics.median(times) for tool, times in by_tool.items()}
        for uri, by_tool in runs.items()
    }


def main() -> None:
    """Measure and print a table, in microseconds."""
    warnings.simplefilter("ignore")
    import rez

    tests = os.path.join(os.path.dirname(rez.__file__), "data", "tests")
    with tempfile.TemporaryDirectory() as place:
        directory = os.path.join(place, "foo", "1.0")
        os.makedirs(directory)
        with open(os.path.join(directory, "package.py"), "w") as file:
            file.write(_DYNAMIC)
        found = measure([place, *(os.path.join(tests, name) for name in _PLACES)])
    ratios = []
    print("    rez  rezfast  compile  times")
    for uri, times in found.items():
        if "rez" in times and "rezfast" in times:
            ratios.append(times["rez"] / times["rezfast"])
            numbers = [f"{times.get(tool, 0) * 1e6:7.0f}" for tool in ("rez", "rezfast", "compile")]
            print("  ".join(numbers), f" {ratios[-1]:4.1f}  {os.sep.join(uri.split(os.sep)[-4:])}")
    print(f"median of {len(ratios)} packages: {statistics.median(ratios):.1f} times")


if __name__ == "__main__":
    main()

"""The environment of a large context, by rez and by rezfast: `python -m bench.contexts`.

A repository is written for the occasion: packages with the commands that packages have (paths, a
variable or two, sometimes a condition). Each tool loads the same context and makes its environment;
the two take turns, and their environments have to be equal.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

_COMMANDS = """
def commands():
    env.PATH.prepend("{{root}}/bin")
    env.PYTHONPATH.append("{{root}}/python")
    env.{name}_HOME = "{{root}}"
    env.{name}_VERSION = version.major
    if building:
        env.CMAKE_MODULE_PATH.append("{{root}}/cmake")
"""
_PARENT = {"PATH": "/usr/bin:/bin", "HOME": "/home/user"}


def write_packages(directory: str, count: int) -> list[str]:
    """Write packages that require one another; returns requests for all of them."""
    names = [f"package{number:03}" for number in range(count)]
    for number, name in enumerate(names):
        place = os.path.join(directory, name, "1.2.3")
        os.makedirs(place)
        requires = names[max(0, number - 2) : number]
        with open(os.path.join(place, "package.py"), "w", encoding="utf-8") as file:
            file.write(f"name = {name!r}\nversion = '1.2.3'\nrequires = {requires!r}\n")
            file.write(_COMMANDS.format(name=name.upper()))
    return names


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = perf_counter()
    result = work()
    return perf_counter() - start, result


def compare(directory: str, count: int, rounds: int) -> list[str]:
    """Lines of a report.

    Args:
        directory: Where files go.
        count: How many packages the context has.
        rounds: How often each tool makes the environment.
    """
    from rez.config import _create_locked_config, _replace_config
    from rez.resolved_context import ResolvedContext as RezContext

    from rezfast import ResolvedContext
    from rezfast.config import Settings, use

    values: dict[str, Any] = {
        "implicit_packages": [],
        "standard_system_paths": ["/usr/bin", "/bin"],
        "default_shell": "bash",
    }
    packages = os.path.join(directory, "packages")
    requests = write_packages(packages, count)
    use(Settings.locked(values))
    ResolvedContext(requests, package_paths=[packages]).save(f"{directory}/context.rxt")
    with _replace_config(_create_locked_config(values)):
        contexts = {
            "rez": RezContext.load(f"{directory}/context.rxt"),
            "rezfast": ResolvedContext.load(f"{directory}/context.rxt"),
        }
        first: dict[str, float] = {}
        times: dict[str, list[float]] = {}
        environs: dict[str, Any] = {}
        for tool, context in contexts.items():
            first[tool], _ = _timed(lambda one=context: one.get_environ(_PARENT))  # type: ignore[misc]
            times[tool] = []
        for _ in range(rounds):
            for tool, context in contexts.items():
                took, environs[tool] = _timed(lambda one=context: one.get_environ(_PARENT))  # type: ignore[misc]
                times[tool].append(took)
    if environs["rez"] != environs["rezfast"]:
        raise SystemExit("the environments differ: the times mean nothing")
    again = {tool: median(taken) for tool, taken in times.items()}
    lines = [f"{count} packages, {len(environs['rez'])} variables, {rounds} rounds"]
    for what, seconds in (("first", first), ("again", again)):
        times_faster = seconds["rez"] / seconds["rezfast"]
        lines.append(
            f"{what}: rez {seconds['rez'] * 1000:.1f} ms, "
            f"rezfast {seconds['rezfast'] * 1000:.2f} ms: {times_faster:.1f} times"
        )
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The environment of a large context.")
    parser.add_argument("--packages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        print(*compare(directory, options.packages, options.rounds), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

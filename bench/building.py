"""A build of many variants that does nothing, beside rez-build: `python -m bench.building`.

Both run as programs and install into a directory of their own; the two take turns, and the first
turn of each does not count. Their packages have to have the same files. There is a line for each
way to do nothing: no command, an empty one, a program, and something that only a shell can do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

COMMANDS = ("False", "''", "'true'", "':'")

_PROGRAMS = {
    "rez": "from rez.cli._entry_points import run_rez_build; run_rez_build()",
    "rezfast": "from rezfast.cli import main; sys.argv.insert(1, 'build'); sys.exit(main())",
}


def write_source(root: Path, count: int, command: str) -> None:
    """Write a source tree with so many variants, and what they require."""
    for number in range(count):
        place = root / "packages" / "lib" / str(number)
        place.mkdir(parents=True)
        (place / "package.py").write_text(f"name = 'lib'\nversion = '{number}'\n")
    variants = [[f"lib-{number}"] for number in range(count)]
    (root / "source").mkdir()
    (root / "source" / "package.py").write_text(
        f"name = 'tool'\nversion = '1.0'\nvariants = {variants!r}\nbuild_command = {command}\n"
    )


def build(tool: str, root: Path, install: Path) -> tuple[float, float]:
    """Build and install; gives the seconds that it took, and those that processors worked."""
    code = f"import sys; {_PROGRAMS[tool]}"
    # installed programs have been compiled
    unwanted = ("REZ", "PYTHONDONTWRITEBYTECODE")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    environ |= {"REZ_PACKAGES_PATH": str(root / "packages"), "REZ_DEFAULT_SHELL": "bash"}
    before, start = os.times(), perf_counter()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, "-ci", "--prefix", str(install)],
        cwd=root / "source",
        env=environ,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    took, after = perf_counter() - start, os.times()
    worked = after.children_user + after.children_system
    return took, worked - before.children_user - before.children_system


def compare(root: Path, count: int, rounds: int, command: str) -> str:
    """A line of a report.

    Args:
        root: Where files go.
        count: How many variants the package has.
        rounds: How often each tool builds it.
        command: The `build_command`, as the definition says it.
    """
    write_source(root, count, command)
    times: dict[str, list[tuple[float, float]]] = {tool: [] for tool in _PROGRAMS}
    files = {}
    for number in range(rounds + 1):
        for tool, taken in times.items():
            install = root / f"{tool}{number}"
            # each has to make its directories, and to remove none
            shutil.rmtree(root / "source" / "build", ignore_errors=True)
            took = build(tool, root, install)
            if number:
                taken.append(took)
            files[tool] = sorted(str(path.relative_to(install)) for path in install.rglob("*"))
    if files["rez"] != files["rezfast"]:
        raise SystemExit("what is installed differs: the times mean nothing")
    words = []
    for place, what in enumerate(("", " of processors")):
        rez, rezfast = (median(one[place] for one in times[tool]) for tool in _PROGRAMS)
        words.append(f"rez {rez:.3f} s, rezfast {rezfast:.3f} s{what}: {rez / rezfast:.1f} times")
    best = [min(one[0] for one in times[tool]) for tool in _PROGRAMS]
    words.append(f"fastest: rez {best[0]:.3f} s, rezfast {best[1]:.3f} s")
    return f"build_command = {command}, {count} variants, {rounds} rounds: {'; '.join(words)}"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="A build of many variants that does nothing.")
    parser.add_argument("--variants", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for command in COMMANDS:
        with tempfile.TemporaryDirectory() as directory:
            line = compare(Path(directory), options.variants, options.rounds, command)
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

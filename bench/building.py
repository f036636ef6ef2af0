"""A build of many variants that does nothing, beside rez-build: `python -m bench.building`.

Both run as programs and install into a directory of their own; the two take turns, and the first
turn of each does not count. Their packages have to have the same files. There is a line for each
way to do nothing: no command, an empty one, a program, and something that only a shell can do; with
variants that need one small package each, and with variants that each need packages of rez's
benchmark repository, as a studio's do.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench.data import repository, requests

COMMANDS = ("False", "''", "'true'", "':'")
STUDIO_COMMANDS = ("False", "':'")

#: Turns of each tool that count, for variants that need nothing and for those of a studio.
_ROUNDS, _STUDIO_ROUNDS = 5, 1
_VARIANTS = 20

_PROGRAMS = {
    "rez": "from rez.cli._entry_points import run_rez_build; run_rez_build()",
    "rezfast": "from rezfast.cli import main; sys.argv.insert(1, 'build'); sys.exit(main())",
}


def write_source(root: Path, count: int, command: str) -> Path:
    """Write a source tree with so many variants, and what they require; gives its repository."""
    for number in range(count):
        place = root / "packages" / "lib" / str(number)
        place.mkdir(parents=True)
        (place / "package.py").write_text(f"name = 'lib'\nversion = '{number}'\n")
    _write_definition(root, [[f"lib-{number}"] for number in range(count)], command, "")
    return root / "packages"


def write_studio_source(root: Path, count: int, command: str) -> Path:
    """The same with requests of the benchmark as variants.

    They are some of the third that rez solved soonest: others would take it many minutes.
    """
    solved = [request for request in requests() if request.recorded.status == "solved"]
    soonest = sorted(solved, key=lambda request: request.seconds)[: len(solved) // 3]
    chosen = soonest[:: max(len(soonest) // count, 1)][:count]
    # directories of so many requirements would have no end
    hashed = "hashed_variants = True\n"
    _write_definition(root, [request.requirements for request in chosen], command, hashed)
    return repository()


def _write_definition(root: Path, variants: list[list[str]], command: str, more: str) -> None:
    (root / "source").mkdir()
    (root / "source" / "package.py").write_text(
        f"name = 'build_of_many'\nversion = '1.0'\nvariants = {variants!r}\n"
        f"build_command = {command}\n{more}"
    )


def build(tool: str, root: Path, packages: Path, install: Path) -> tuple[float, float]:
    """Build and install; gives the seconds that it took, and those that processors worked."""
    code = f"import sys; {_PROGRAMS[tool]}"
    # installed programs have been compiled
    unwanted = ("REZ", "PYTHONDONTWRITEBYTECODE")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    environ |= {"REZ_PACKAGES_PATH": str(packages), "REZ_DEFAULT_SHELL": "bash"}
    if packages == repository():
        # its packages know no platforms
        environ["REZ_IMPLICIT_PACKAGES"] = ""
    before, start = os.times(), perf_counter()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, "-ci", "--prefix", str(install)],
        cwd=root / "source",
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    took, after = perf_counter() - start, os.times()
    worked = after.children_user + after.children_system
    return took, worked - before.children_user - before.children_system


def compare(
    root: Path, count: int, rounds: int, command: str, is_studio: bool = False
) -> dict[str, Any]:
    """A row of a report: seconds of each tool, in all (`median`, `best`) and of processors.

    Args:
        root: Where files go.
        count: How many variants the package has.
        rounds: How often each tool builds it.
        command: The `build_command`, as the definition says it.
        is_studio: Whether the variants need packages of the benchmark repository.
    """
    packages = (write_studio_source if is_studio else write_source)(root, count, command)
    times: dict[str, list[tuple[float, float]]] = {tool: [] for tool in _PROGRAMS}
    files = {}
    for number in range(rounds + 1):
        for tool, taken in times.items():
            install = root / f"{tool}{number}"
            # each has to make its directories, and to remove none
            shutil.rmtree(root / "source" / "build", ignore_errors=True)
            took = build(tool, root, packages, install)
            if number:
                taken.append(took)
            files[tool] = sorted(str(path.relative_to(install)) for path in install.rglob("*"))
    if files["rez"] != files["rezfast"]:
        raise SystemExit("what is installed differs: the times mean nothing")
    row: dict[str, Any] = {"command": command, "variants": count, "rounds": rounds}
    row["needs"] = "packages of the benchmark" if is_studio else "one small package"
    for tool, taken in times.items():
        row[tool] = {
            "median": median(took for took, _ in taken),
            "best": min(took for took, _ in taken),
            "processors": median(worked for _, worked in taken),
        }
    return row


def line(row: dict[str, Any]) -> str:
    """A row as people read it."""
    rez, rezfast = row["rez"], row["rezfast"]
    words = [
        f"{what}rez {rez[key]:.3f} s, rezfast {rezfast[key]:.3f} s: {rez[key] / rezfast[key]:.1f} "
        "times"
        for what, key in (("", "median"), ("of processors ", "processors"), ("fastest ", "best"))
    ]
    return (
        f"build_command = {row['command']}, {row['variants']} variants that each need "
        f"{row['needs']}, {row['rounds']} rounds: {'; '.join(words)}"
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="A build of many variants that does nothing.")
    parser.add_argument("--variants", type=int, default=_VARIANTS)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--studio-rounds", type=int, default=_STUDIO_ROUNDS)
    parser.add_argument("--json", action="store_true", help="for the report")
    options = parser.parse_args()
    cases = [(command, False, options.rounds) for command in COMMANDS]
    cases += [(command, True, options.studio_rounds) for command in STUDIO_COMMANDS]
    rows = []
    for command, is_studio, rounds in cases:
        with tempfile.TemporaryDirectory() as directory:
            row = compare(Path(directory), options.variants, rounds, command, is_studio)
        rows.append(row)
        if not options.json:
            print(line(row), flush=True)
    if options.json:
        print(json.dumps(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

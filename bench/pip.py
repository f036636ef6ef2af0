"""15 distributions installed from a directory of wheels, beside rez-pip: `python -m bench.pip`.

Both run as programs with the same pip and install into a directory of their own; the two take
turns. Their packages have to be the same, and so do the files in them, save what only one of the
two has any business to write: pip's notes and compiled files in rez's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.data import OUT

#: With what they require, 15 distributions.
WANTED = ("requests", "click", "rich", "jinja2", "attrs", "pyyaml", "packaging")
_COUNT = 15
_PROGRAMS = {
    "rez": "from rez.cli._entry_points import run_rez_pip; run_rez_pip()",
    "rezfast": "from rezfast.cli import main; sys.argv.insert(1, 'pip'); sys.exit(main())",
}
_OF_PIP = ("INSTALLER", "REQUESTED", "direct_url.json")


def wheels(directory: Path) -> Path:
    """The directory of wheels, downloaded if it is not there."""
    if not directory.is_dir():
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:"]
        subprocess.run([*words, "--dest", str(directory), *WANTED], check=True)
    return directory


def install(tool: str, source: Path, target: Path, cache: Path) -> float:
    """Install; gives the seconds that it took."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("REZ")}
    environ |= {
        "REZ_PACKAGES_PATH": str(target),
        "XDG_CACHE_HOME": str(cache),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # nothing of this machine's
        "PIP_CONFIG_FILE": os.devnull,
    }
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        environ.pop(name, None)
    # rez takes one distribution; the others go where pip looks for arguments
    first, *others = WANTED
    words = ["-i", "--prefix", str(target), first, "-e", "--no-index", "--find-links", str(source)]
    start = perf_counter()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import sys; {_PROGRAMS[tool]}", *words, *others],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return perf_counter() - start


def files(target: Path) -> set[str]:
    """The files that both have to have."""
    return {
        str(path.relative_to(target))
        for path in target.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.name not in _OF_PIP
    }


def compare(source: Path, root: Path, rounds: int) -> str:
    """The report, in a line."""
    times: dict[str, list[float]] = {tool: [] for tool in _PROGRAMS}
    made = {}
    for number in range(rounds):
        for tool, taken in times.items():
            target = root / f"{tool}{number}"
            # no round finds what another one has kept
            taken.append(install(tool, source, target, root / f"cache{tool}{number}"))
            made[tool] = files(target)
    if made["rez"] != made["rezfast"]:
        raise SystemExit(f"what is installed differs: {sorted(made['rez'] ^ made['rezfast'])}")
    rez, rezfast = (median(times[tool]) for tool in _PROGRAMS)
    return (
        f"{_COUNT} distributions from a directory of wheels, {rounds} rounds: "
        f"rez {rez:.2f} s, rezfast {rezfast:.2f} s: {rez / rezfast:.1f} times"
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="An installation from a directory of wheels.")
    parser.add_argument("--wheels", type=Path, default=OUT / "wheels", help="where they are")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        print(compare(wheels(options.wheels), Path(directory), options.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())

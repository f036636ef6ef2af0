"""Fuzz the native modules, built with address and undefined behaviour sanitizers.

    make fuzz                                          5 minutes
    make fuzz MINUTES=30
    PYTHONPATH=tests python -m fuzz.run --target definition FILE...     these inputs alone

Each target runs in a process of its own: first the inputs in `corpus/`, then new ones for its share
of the time, guided by the edges that the compiler counts (`coverage.cpp`). An input that crashes
the process, makes the target raise, or takes longer than a second is written to `build/fuzz`, and
the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.worker import HEADER, SHARED_SIZE

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SHARES = {"definition": 0.4, "plain": 0.2, "version": 0.15, "solver": 0.15, "syntax": 0.1}
PATIENCE = 20.0  # seconds of waiting for one input, whatever else the machine does


@dataclass(frozen=True)
class Build:
    """Where the sanitizer build is. The default is none: the rezfast that is installed.

    Attributes:
        tree: What to put on the module search path.
        coverage: The library that counts edges.
        preload: Libraries that have to be there before all others.
    """

    tree: str = ""
    coverage: str = ""
    preload: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, path: Path) -> Build:
        """The build in a directory, as CMakeLists.txt leaves it."""
        preload = (path / "preload.txt").read_text().split()
        coverage = str(path / "librezfast_coverage.so")
        return cls(str(path / "tree"), coverage, [coverage, *preload])

    def environment(self) -> dict[str, str]:
        """The environment of a process that uses it."""
        found = dict(
            os.environ, PYTHONPATH=os.pathsep.join(filter(None, [self.tree, str(HERE.parent)]))
        )
        if self.preload:
            found["LD_PRELOAD"] = " ".join(self.preload)
            found["PYTHONMALLOC"] = "malloc"  # so that every buffer has its own bounds
        found["ASAN_OPTIONS"] = (
            "detect_leaks=0:verify_asan_link_order=0:allocator_may_return_null=1"
        )
        found["UBSAN_OPTIONS"] = "print_stacktrace=1"
        return found


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="how long in all (default 5)")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "sanitize")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("--target", choices=SHARES, action="append", help="default: each")
    parser.add_argument("--seed", type=int, help="of the random choices (default: a new one)")
    parser.add_argument("--keep", type=Path, help="directory for inputs that ran through new code")
    parser.add_argument("inputs", nargs="*", type=Path, help="run these and stop")
    options = parser.parse_args(arguments)
    build = Build.at(options.build.resolve())
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    names = options.target or list(SHARES)
    total = sum(SHARES[name] for name in names)
    results = []
    for name in names:
        seconds = 0.0 if options.inputs else 60 * options.minutes * SHARES[name] / total
        found = options.inputs or sorted((HERE / "corpus" / name).glob("*"))
        results.append(fuzz(name, build, options.out, seconds, seed, found, options.keep))
    return 0 if all(results) else 1


def fuzz(
    name: str,
    build: Build,
    out: Path,
    seconds: float,
    seed: int,
    inputs: list[Path],
    keep: Path | None = None,
    patience: float = PATIENCE,
) -> bool:
    """Runs one target. False if an input was found that must not be; it is written to `out`."""
    for directory in filter(None, (out, keep)):
        directory.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with tempfile.NamedTemporaryFile() as shared:
        shared.truncate(SHARED_SIZE)
        options = {
            "target": name, "shared": shared.name, "coverage": build.coverage, "tree": build.tree,
            "inputs": [str(path) for path in inputs], "seconds": seconds, "seed": seed,
            "keep": str(keep or ""),
        }  # fmt: skip
        command = [sys.executable, "-m", "fuzz.worker", json.dumps(options)]
        with tempfile.TemporaryFile("w+") as errors, tempfile.TemporaryFile("w+") as answer:
            process = subprocess.Popen(
                command, env=build.environment(), stdout=answer, stderr=errors, cwd=ROOT
            )
            code = _wait(process, Path(shared.name), patience)
            answer.seek(0)
            errors.seek(0)
            if code == 0:
                counts = json.loads(answer.read())
                took = time.monotonic() - started
                print(
                    f"{name}: {len(inputs)} inputs replayed, {counts['executions']} in all, "
                    f"{counts['kept']} new, {took:.0f} s, seed {seed}: nothing wrong",
                    flush=True,
                )
                return True
            print(errors.read()[-20000:], file=sys.stderr)
        data = _current(Path(shared.name))
    path = out / f"{name}-{seed}"
    path.write_bytes(data)
    what = "hung" if code is None else f"failed with exit code {code}"
    print(f"{name}: {what}, seed {seed}, on {path}: {data[:200]!r}", file=sys.stderr, flush=True)
    return False


def _wait(process: subprocess.Popen[bytes], shared: Path, patience: float) -> int | None:
    """The exit code; None for a process that was ended because it was stuck with one input."""
    count, since = b"", time.monotonic()
    while True:
        try:
            return process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            now = shared.read_bytes()[:8]
            if now != count:
                count, since = now, time.monotonic()
            elif time.monotonic() - since > patience and count.strip(b"\0"):
                process.kill()
                process.wait()
                return None


def _current(shared: Path) -> bytes:
    """The input that ran last."""
    data = shared.read_bytes()
    return data[HEADER : HEADER + int.from_bytes(data[8:HEADER], "little")]


if __name__ == "__main__":
    sys.exit(main())

"""Solve many generated cases with rez and with rezfast and say where they part.

    PYTHONPATH=tests python -m differential.run_solver_cases --cases 20000 --jobs 4

Prints how the cases are distributed and every seed that differs, and cuts the first difference
down to a small case. Exit code 1 when there is a difference. `--oracle-only` runs rez alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from differential.rez_oracle import Outcome
from differential.rez_oracle import solve as rez_solve
from differential.solver_cases import SolverCase, seeded_case, shrink

Compare = Callable[[SolverCase], tuple[Outcome, list[str]]]
Result = tuple[int, str, list[str]]

CHUNK = 100


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=20_000, help="how many (default 20000)")
    parser.add_argument("--start", type=int, default=0, help="seed of the first (default 0)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (default 2)")
    parser.add_argument("--shrink", type=int, default=1, help="how many differences to cut down")
    parser.add_argument("--save", type=Path, help="directory for the differing cases, as JSON")
    parser.add_argument("--oracle-only", action="store_true", help="run rez alone")
    options = parser.parse_args(arguments)

    started = time.perf_counter()
    kinds: Counter[str] = Counter()
    differing: list[tuple[int, list[str]]] = []
    for seed, kind, found in _run(options.start, options.cases, options.jobs, options.oracle_only):
        kinds[kind] += 1
        if found:
            differing.append((seed, found))
            print(f"seed {seed}: {'; '.join(found)}", flush=True)
    seconds = time.perf_counter() - started

    for kind, count in sorted(kinds.items()):
        print(f"{count:7} {100 * count / options.cases:5.1f}%  {kind}")
    print(f"{options.cases} cases in {seconds:.0f} s, {len(differing)} differences")
    for seed, _ in sorted(differing)[: options.shrink]:
        case, found = _smallest(seed)
        text = json.dumps(case, indent=1)
        print(f"\nseed {seed}, cut down: {'; '.join(found)}\n{text}")
        if options.save:
            options.save.mkdir(parents=True, exist_ok=True)
            record = {"seed": seed, "differences": found, "case": case}
            (options.save / f"{seed}.json").write_text(json.dumps(record, indent=1) + "\n")
    return 1 if differing else 0


def describe(outcome: Outcome) -> str:
    """The kind of an outcome, for the distribution."""
    if outcome.status == "solved":
        fails = outcome.num_fails or 0
        how = "at once" if not fails else "after 1 fail" if fails == 1 else "after 2 fails or more"
        return f"solved {how}"
    if outcome.status == "failed":
        return f"failed: {outcome.failure}"
    return f"{outcome.status} in {outcome.stage}: {outcome.error}"


def _run(start: int, cases: int, jobs: int, oracle_only: bool) -> Iterator[Result]:
    chunks = [
        (seed, min(CHUNK, start + cases - seed), oracle_only)
        for seed in range(start, start + cases, CHUNK)
    ]
    if jobs == 1:
        for chunk in chunks:
            yield from _chunk(chunk)
        return
    with multiprocessing.Pool(jobs) as pool:
        for results in pool.imap_unordered(_chunk, chunks):
            yield from results


def _chunk(chunk: tuple[int, int, bool]) -> list[Result]:
    start, count, oracle_only = chunk
    compare = _rez_alone if oracle_only else _compare()
    results = []
    for seed in range(start, start + count):
        expected, found = compare(seeded_case(seed))
        results.append((seed, describe(expected), found))
    return results


def _rez_alone(case: SolverCase) -> tuple[Outcome, list[str]]:
    return rez_solve(case), []


def _compare() -> Compare:
    # imported late: with --oracle-only the run needs no built rezfast
    from differential.rezfast_solve import compare

    return compare


def _smallest(seed: int) -> tuple[SolverCase, list[str]]:
    """The case of a seed cut down while the same thing differs."""
    compare = _compare()

    def what(case: SolverCase) -> str:
        expected, found = compare(case)
        crashed = expected.status == "crash"
        return f"{crashed}, {found[0].partition(':')[0]}" if found else ""

    original = seeded_case(seed)
    wrong = what(original)
    smallest = shrink(original, lambda case: what(case) == wrong)
    return smallest, compare(smallest)[1]


if __name__ == "__main__":
    sys.exit(main())

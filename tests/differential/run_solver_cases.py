"""Solve many generated cases with rez and with rezfast and say where they part.

    PYTHONPATH=tests python -m differential.run_solver_cases --cases 20000 --jobs 4

Prints how the cases are distributed and every seed that differs, and cuts the first difference
down to a small case. Exit code 1 when there is a difference. `--oracle-only` runs rez alone. Cases
run in worker processes that may die or hang: that is a difference too.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from differential.rez_oracle import Outcome
from differential.rez_oracle import solve as rez_solve
from differential.solver_cases import SolverCase, seeded_case, shrink

# what rez's outcome of a case is, and what rezfast's has against it
Result = tuple[Outcome, list[str]]
Compare = Callable[[SolverCase], Result]

CHUNK = 200
PATIENCE = 60.0  # seconds for one case, by far more than rez ever takes

_processes = multiprocessing.get_context("fork")


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
    compare = _rez_alone if options.oracle_only else _rez_and_rezfast()

    started = time.perf_counter()
    kinds: Counter[str] = Counter()
    differing: list[int] = []
    for seed, (outcome, found) in _run(options.start, options.cases, options.jobs, compare):
        kinds[describe(outcome)] += 1
        if found:
            differing.append(seed)
            print(f"seed {seed}: {'; '.join(found)}", flush=True)
    seconds = time.perf_counter() - started

    for kind, count in sorted(kinds.items()):
        print(f"{count:7} {100 * count / options.cases:5.1f}%  {kind}")
    print(f"{options.cases} cases in {seconds:.0f} s, {len(differing)} differences")
    for seed in sorted(differing)[: options.shrink]:
        _report_smallest(seed, compare, options.save)
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


def _rez_alone(case: SolverCase) -> Result:
    return rez_solve(case), []


def _rez_and_rezfast() -> Compare:
    # imported late: with --oracle-only the run needs no built rezfast
    from differential.rezfast_solve import compare

    return compare


# running the cases


@dataclass
class _Worker:
    """A process that compares the cases of some seeds and sends each result when it has it."""

    process: BaseProcess
    results: Connection
    next_seed: int
    end: int
    last_heard: float


def _run(start: int, cases: int, jobs: int, compare: Compare) -> Iterator[tuple[int, Result]]:
    """Seeds and their results, as they come."""
    end = start + cases
    chunks = deque((seed, min(seed + CHUNK, end)) for seed in range(start, end, CHUNK))
    workers: dict[Any, _Worker] = {}
    while chunks or workers:
        while chunks and len(workers) < jobs:
            worker = _start(*chunks.popleft(), compare)
            workers[worker.results] = worker
        for results in wait(list(workers), timeout=1.0):
            worker = workers[results]
            try:
                result = worker.results.recv()
            except EOFError:
                del workers[results]
                worker.process.join()
                if worker.next_seed < worker.end:
                    yield worker.next_seed, _lost(f"exit code {worker.process.exitcode}")
                    chunks.append((worker.next_seed + 1, worker.end))
                continue
            yield worker.next_seed, result
            worker.next_seed += 1
            worker.last_heard = time.monotonic()
        for worker in workers.values():
            if time.monotonic() - worker.last_heard > PATIENCE:
                worker.process.kill()


def _start(first: int, end: int, compare: Compare) -> _Worker:
    receiver, sender = _processes.Pipe(duplex=False)

    def work() -> None:
        for seed in range(first, end):
            sender.send(compare(seeded_case(seed)))

    process = _processes.Process(target=work, daemon=True)
    process.start()
    sender.close()
    return _Worker(process, receiver, first, end, time.monotonic())


def _lost(why: str) -> Result:
    return Outcome("lost"), [f"process: died or was killed as it hung, {why}"]


# cutting a difference down


def _report_smallest(seed: int, compare: Compare, save: Path | None) -> None:
    """Print the case of a seed cut down while the same thing differs; save it if asked to."""

    def difference(case: SolverCase) -> str:
        outcome, found = _alone(case, compare)
        return f"{outcome.status == 'crash'}, {found[0].partition(':')[0]}" if found else ""

    original = seeded_case(seed)
    wrong = difference(original)
    smallest = shrink(original, lambda case: difference(case) == wrong) if wrong else original
    found = _alone(smallest, compare)[1]
    print(f"\nseed {seed}, cut down: {'; '.join(found)}\n{json.dumps(smallest, indent=1)}")
    if save:
        save.mkdir(parents=True, exist_ok=True)
        record = {"seed": seed, "differences": found, "case": smallest}
        (save / f"{seed}.json").write_text(json.dumps(record, indent=1) + "\n")


def _alone(case: SolverCase, compare: Compare) -> Result:
    """The result of one case in a process of its own."""
    receiver, sender = _processes.Pipe(duplex=False)
    process = _processes.Process(target=lambda: sender.send(compare(case)), daemon=True)
    process.start()
    sender.close()
    try:
        if receiver.poll(PATIENCE):
            result: Result = receiver.recv()
            return result
    except EOFError:
        pass
    finally:
        process.kill()
        process.join()
    return _lost(f"exit code {process.exitcode}")


if __name__ == "__main__":
    sys.exit(main())

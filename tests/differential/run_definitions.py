"""Scan many generated definitions and say which are accepted wrongly.

    PYTHONPATH=tests python -m differential.run_definitions --cases 100000 --jobs 2

Every accepted definition is run by Python, and each `--rez`th is read by rez's own loaders too, in
the view in which it was accepted. Prints the share that is accepted, the reasons for the others,
and every seed that is wrong. Exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from differential.definition_cases import Judge, seeded_definition

from rezfast._scan import Refused, scan

# rez's judgement of a definition that was accepted: the source, the view, where to write it
RezJudge = Callable[[bytes, str, str], str | None]
CHUNK = 500


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000, help="how many (default 100000)")
    parser.add_argument("--start", type=int, default=0, help="seed of the first (default 0)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (default 2)")
    parser.add_argument("--rez", type=int, default=10, help="rez judges one in so many; 0: none")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    counts: Counter[str] = Counter()
    wrong = 0
    starts = range(options.start, options.start + options.cases, CHUNK)
    end = options.start + options.cases
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        check = partial(check_seeds, end=end, rez_share=options.rez)
        for found, failures in pool.imap_unordered(check, starts):
            counts += found
            wrong += len(failures)
            for line in failures:
                print(line, flush=True)
    for what, count in counts.most_common():
        print(f"{count:7} {100 * count / options.cases:5.1f}%  {what}")
    seconds = time.perf_counter() - started
    print(f"{options.cases} definitions in {seconds:.0f} s, {wrong} wrong acceptances")
    return 1 if wrong else 0


def check_seeds(start: int, end: int, rez_share: int) -> tuple[Counter[str], list[str]]:
    """Counts of what the scanner said of a chunk of seeds, and a line for each wrong acceptance."""
    judge = Judge()
    rez: RezJudge | None = None
    if rez_share:
        from differential.rez_definitions import rez_verdict  # slow to import, not always there

        rez = rez_verdict
    counts: Counter[str] = Counter()
    failures = []
    with tempfile.TemporaryDirectory() as directory:
        for seed in range(start, min(start + CHUNK, end)):
            source = seeded_definition(seed)
            for view in ("installed", "source"):
                found = scan(source, "source" if view == "source" else "installed")
                if isinstance(found, Refused):
                    counts[f"{view}: refused, {found.reason}"] += 1
                    continue
                counts[f"{view}: accepted"] += 1
                wrong = judge.verdict(source, found, view)
                if wrong is None and rez is not None and seed % rez_share == 0:
                    counts[f"{view}: judged by rez"] += 1
                    wrong = rez(source, view, directory)
                if wrong is not None:
                    failures.append(f"seed {seed}, {view}: {wrong}\n    {source!r}")
    return counts, failures


if __name__ == "__main__":
    sys.exit(main())

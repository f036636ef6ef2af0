"""Run very many generated commands with rez and with rezfast and say where they part.

    PYTHONPATH=tests python -m differential.run_rex_cases --cases 20000 --seed 1

Prints how the cases end, and the first difference cut down to a small case. Exit code 1 when there
is one.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from differential.rex_cases import RexCase, rex_cases
from differential.rex_runs import run_rez, run_rezfast
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=20_000, help="how many (default 20000)")
    parser.add_argument("--seed", type=int, default=0, help="makes other cases (default 0)")
    parser.add_argument("--packages", type=int, default=4, help="at most in a case (default 4)")
    options = parser.parse_args(arguments)

    endings: Counter[str] = Counter()
    actions = 0

    @seed(options.seed)
    @hypothesis_settings(
        max_examples=options.cases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rex_cases(options.packages))
    def compare(case: RexCase) -> None:
        nonlocal actions
        theirs, ours = run_rez(case), run_rezfast(case)
        endings[theirs.error[0] if theirs.error else "no error"] += 1
        actions += len(theirs.actions)
        assert theirs == ours

    started = time.perf_counter()
    differs = False
    try:
        compare()
    except AssertionError as error:
        differs = True
        print(error)
        print(*getattr(error, "__notes__", ()), sep="\n")
    total = sum(endings.values())
    seconds = time.perf_counter() - started
    print(f"{total} cases, {actions} actions, {seconds:.0f} s: {dict(endings)}")
    print("they differ" if differs else "all equal")
    return int(differs)


if __name__ == "__main__":
    raise SystemExit(main())

"""Very many contexts against rez's, by hand: `PYTHONPATH=tests python -m differential.run_contexts`

--cases N     made up contexts with commands (default 300)
--seed N      other ones
--answers A:B the packages of these recorded answers, with commands (default: all)
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from differential.context_cases import (
    ContextCase,
    benchmark_packages,
    context_cases,
    rxt_data,
    write_repository,
)
from differential.context_runs import Outcome, both_settings, described, run
from hypothesis import HealthCheck, Phase, given, seed, settings
from rez.resolved_context import ResolvedContext as RezContext

from rezfast.context.resolved import ResolvedContext

DATA = Path(__file__).parents[1] / "data"
ENVIRON = {"PATH": "/parent/bin", "HOME": "/home/u", "ROOTS": "/parent"}


def recorded_answers() -> list[Any]:
    """The packages of the recorded answers."""
    with gzip.open(DATA / "benchmark-188.json.gz") as file:
        return [entry["resolved"] for entry in json.load(file) if entry["resolved"]]


def compare_answers(which: slice) -> int:
    """Recorded answers with commands; returns how many differ."""
    answers = recorded_answers()[which]
    differing = actions = variables = 0
    with tempfile.TemporaryDirectory() as directory, both_settings({}):
        write_repository(benchmark_packages(answers), directory)
        for number, answer in enumerate(answers):
            data = rxt_data(answer, directory)
            expected = described(RezContext.from_dict(data), ENVIRON)
            found = described(ResolvedContext.from_dict(data), ENVIRON)
            actions += len(expected.actions)
            variables += len(expected.environ)
            if found != expected or isinstance(expected.environ, str):
                differing += 1
                print(f"answer {number} differs: {difference(expected, found)}")
    print(f"{len(answers)} answers, {variables} variables, {actions} actions: {differing} differ")
    return differing


def compare_cases(count: int, number: int) -> int:
    """Made up contexts; returns how many differ."""
    counts: Counter[str] = Counter()

    @seed(number)
    @given(context_cases())
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def compare(case: ContextCase) -> None:
        with tempfile.TemporaryDirectory() as directory:
            write_repository(case.packages, f"{directory}/packages")
            outcomes = run(case, f"{directory}/packages", directory)
        expected = outcomes.pop("rez")
        counts[kind(expected)] += 1
        for name, found in outcomes.items():
            if found != expected:
                counts["DIFFER"] += 1
                print(f"{name}: {difference(expected, found)}\n{case}\n")

    compare()
    print(", ".join(f"{count} {what}" for what, count in counts.most_common()))
    return counts["DIFFER"]


def kind(outcome: Outcome) -> str:
    """What became of a context, in a word."""
    if outcome.error is not None:
        return outcome.error
    if outcome.data["status"] != "solved":
        return str(outcome.data["status"])
    return outcome.environ if isinstance(outcome.environ, str) else "environments"


def difference(expected: Outcome, found: Outcome) -> str:
    """The first thing in which two outcomes differ."""
    for name, value in vars(expected).items():
        other = getattr(found, name)
        if name == "message" or value == other:
            continue
        if isinstance(value, dict) and isinstance(other, dict):
            keys = [key for key in {**value, **other} if value.get(key) != other.get(key)]
            return f"{name}[{keys[0]!r}]: {value.get(keys[0])!r} != {other.get(keys[0])!r}"
        if isinstance(value, list) and isinstance(other, list):
            pairs = [pair for pair in zip(value, other, strict=False) if pair[0] != pair[1]]
            return f"{name}: {pairs[:1]}, {len(value)} and {len(other)}"
        messages = f"{expected.message!r}, {found.message!r}"
        return f"{name}: {str(value)[:300]} != {str(other)[:300]} ({messages})"
    return "nothing"


def main() -> int:
    """Compare, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--answers", default=":")
    options = parser.parse_args()
    first, _, last = options.answers.partition(":")
    differing = compare_answers(slice(int(first or 0), int(last) if last else None))
    differing += compare_cases(options.cases, options.seed)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

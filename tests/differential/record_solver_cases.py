"""Make tests/data/solver_cases.json: the smallest generated cases of each kind, with rez's outcome.

    PYTHONPATH=tests python -m differential.record_solver_cases

One case for each way in which a solve ends, and one for each option where the option changes the
outcome. Cut down by the shrinker, so that a person can read them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from differential.rez_oracle import Outcome, differences, solve
from differential.run_solver_cases import describe
from differential.solver_cases import DEFAULTS, SolverCase, seeded_case, shrink

DATA = Path(__file__).resolve().parent.parent / "data"
SEEDS = 1500
Holds = Callable[[SolverCase], bool]


def main() -> None:
    """Record the cases."""
    recorded: dict[str, dict[str, Any]] = {}
    for seed in range(SEEDS):
        case = seeded_case(seed)
        outcome = solve(case)
        if outcome.status == "crash":
            continue
        for name, holds in _kinds(case, outcome):
            if name not in recorded and holds(case):
                smallest = shrink(case, holds)
                end = dataclasses.asdict(solve(smallest))
                recorded[name] = {"name": name, "seed": seed, "case": smallest, "outcome": end}
    cases = [recorded[name] for name in sorted(recorded)]
    path = DATA / "solver_cases.json"
    path.write_text(json.dumps(cases, indent=1) + "\n")
    print(f"{path}: {len(cases)} cases")


def _kinds(case: SolverCase, outcome: Outcome) -> Iterator[tuple[str, Holds]]:
    """What a case may stand for: a name, and the test that a smaller case must pass as well."""
    end = describe(outcome)
    yield end, lambda smaller: describe(solve(smaller)) == end
    if outcome.ephemerals:
        yield "solved with an ephemeral", lambda smaller: bool(solve(smaller).ephemerals)
    if outcome.resolved and (outcome.num_fails or 0) > 3:
        yield "solved after 4 fails or more", _backtracks
    options: dict[str, Any] = dict(case)
    for option in DEFAULTS:
        value = options[option]
        if value == DEFAULTS[option]:
            continue
        types = [item["type"] for item in value] if option == "package_orderers" else [""]
        if len(types) == 1:
            yield f"{option} {types[0]}".rstrip() + " matters", _Matters(option, types)
    if len(case["repositories"]) > 1:
        yield "second repository matters", _second_repository_matters


def _backtracks(case: SolverCase) -> bool:
    outcome = solve(case)
    return outcome.status == "solved" and (outcome.num_fails or 0) > 3


def _second_repository_matters(case: SolverCase) -> bool:
    if len(case["repositories"]) < 2:
        return False
    alone: Any = [{**case, "repositories": [data]} for data in case["repositories"]]
    whole = solve(case)
    solved = whole.status == "solved"
    return solved and all(differences(whole, solve(part)) for part in alone)


class _Matters:
    """An option is set, and a solve without it ends differently though neither raises."""

    def __init__(self, option: str, types: list[str]) -> None:
        self.option = option
        self.types = types

    def __call__(self, case: SolverCase) -> bool:
        options: dict[str, Any] = dict(case)
        value = options[self.option]
        if value == DEFAULTS[self.option]:
            return False
        if self.option == "package_orderers" and [item["type"] for item in value] != self.types:
            return False
        without: Any = {**case, self.option: DEFAULTS[self.option]}
        ends = [solve(case), solve(without)]
        raised = any(end.status in ("error", "crash") for end in ends)
        missing = self.option == "error_on_missing_variant_requires"
        return (not raised or missing) and bool(differences(*ends))


if __name__ == "__main__":
    main()

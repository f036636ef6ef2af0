"""rezfast's side of a solver case: plain data in, an `Outcome` like the oracle's out."""

from __future__ import annotations

from differential.rez_oracle import Outcome, contradictions, differences
from differential.rez_oracle import solve as rez_solve
from differential.solver_cases import SolverCase

import rezfast
from rezfast.errors import RezError
from rezfast.repository import MemoryRepository
from rezfast.solve.filters import PackageFilterList
from rezfast.solve.orderers import PackageOrderList
from rezfast.version import Requirement


def solve(case: SolverCase) -> Outcome:
    """rezfast's outcome of a case."""
    stage = "construct"
    try:
        solver = rezfast.Solver(
            [Requirement(text) for text in case["request"]],
            [MemoryRepository.create_repository(data) for data in case["repositories"]],
            package_filter=PackageFilterList.from_pod(case["package_filter"]),
            package_orderers=PackageOrderList.from_pod(case["package_orderers"]),
            building=case["building"],
            variant_select_mode=case["variant_select_mode"],
            error_on_missing_variant_requires=case["error_on_missing_variant_requires"],
            max_fails=case["max_fails"],
        )
        stage = "solve"
        solver.solve()
        return _answer(solver)
    except Exception as error:
        kind = "error" if isinstance(error, RezError) else "crash"
        return Outcome(kind, type(error).__name__, str(error), stage)


def compare(case: SolverCase) -> tuple[Outcome, list[str]]:
    """rez's outcome of a case, and what rezfast's has against it; nothing, when they are equal.

    Where rez crashes there is no answer to equal, but an answer of ours must still be one.
    """
    expected = rez_solve(case)
    actual = solve(case)
    found = differences(expected, actual)
    if not found and expected.status == "crash" and actual.status == "solved":
        found = contradictions(case, actual)
    return expected, found


def _answer(solver: rezfast.Solver) -> Outcome:
    outcome = Outcome(solver.status.name, num_solves=solver.num_solves, num_fails=solver.num_fails)
    if outcome.status == "solved":
        outcome.resolved = [
            (package.name, str(package.version), package.index)
            for package in solver.resolved_packages or ()
        ]
        outcome.ephemerals = [str(request) for request in solver.resolved_ephemerals or ()]
    else:
        reason = solver.failure_reason()
        outcome.failure = None if reason is None else type(reason).__name__
        outcome.description = solver.failure_description()
        outcome.cyclic = outcome.failure == "Cycle"
    return outcome

"""rezfast's side of a solver case: plain data in, an `Outcome` like the oracle's out."""

from __future__ import annotations

from typing import Any

from differential.rez_oracle import (
    Outcome,
    contradictions,
    differences,
    graph_lines,
    shown_failures,
)
from differential.rez_oracle import solve as rez_solve
from differential.solver_cases import SolverCase, backwards

import rezfast
from rezfast import Tables, make_tables
from rezfast.errors import RezError
from rezfast.repository import MemoryRepository
from rezfast.solve.filters import PackageFilterList
from rezfast.solve.orderers import PackageOrder, PackageOrderList, register_orderer
from rezfast.version import Requirement, Version


class BackwardsOrder(PackageOrder):
    """An orderer of a user's own."""

    name = "backwards"

    def sort_key_implementation(self, package_name: str, version: Version) -> str:
        """See `PackageOrder`."""
        return backwards(version)


register_orderer(BackwardsOrder)


def solve(case: SolverCase, tables: Tables | None = None, **options: Any) -> Outcome:
    """rezfast's outcome of a case.

    Args:
        case: The case.
        tables: Its packages; None makes new ones.
        options: Further arguments of `Solver`.
    """
    stage = "construct"
    try:
        solver = rezfast.Solver(
            [Requirement(text) for text in case["request"]],
            tables=_tables(case) if tables is None else tables,
            package_filter=PackageFilterList.from_pod(case["package_filter"]),
            package_orderers=PackageOrderList.from_pod(case["package_orderers"]),
            building=case["building"],
            variant_select_mode=case["variant_select_mode"],
            error_on_missing_variant_requires=case["error_on_missing_variant_requires"],
            max_fails=case["max_fails"],
            **options,
        )
        stage = "solve"
        solver.solve()
        return _answer(solver)
    except Exception as error:
        kind = "error" if isinstance(error, RezError) else "crash"
        return Outcome(kind, type(error).__name__, str(error), stage)


def compare(case: SolverCase) -> tuple[Outcome, list[str]]:
    """rez's outcome of a case, and what rezfast's has against it; nothing, when they are equal.

    Where rez crashes there is no answer to equal, but an answer of ours must still be one. And
    whatever ours is, it is the same with tables that other solves have used, and step by step.
    """
    expected = rez_solve(case)
    actual = solve(case)
    found = differences(expected, actual)
    if not found and expected.status == "crash" and actual.status == "solved":
        found = contradictions(case, actual)
    if not found:
        found = [f"used tables: {line}" for line in _differences_here(actual, _solve_later(case))]
    if not found:
        stepwise = solve(case, callback=_keep_going)
        found = [f"step by step: {line}" for line in _differences_here(actual, stepwise)]
    return expected, found


def _tables(case: SolverCase) -> Tables:
    return make_tables([MemoryRepository.create_repository(data) for data in case["repositories"]])


def _solve_later(case: SolverCase) -> Outcome:
    """The outcome of a case after every family was asked for by itself, in both ways."""
    tables = _tables(case)
    modes = ("version_priority", "intersection_priority")
    for i, family in enumerate(sorted({name for data in case["repositories"] for name in data})):
        other: SolverCase = {
            **case,
            "request": [family],
            "building": i % 2 == 0,
            "variant_select_mode": modes[i % 3 == 0],
            "package_filter": [] if i % 2 else case["package_filter"],
            "package_orderers": [] if i % 5 else case["package_orderers"],
        }
        solve(other, tables)
    return solve(case, tables)


def _keep_going(_: rezfast.SolverState) -> tuple[rezfast.SolverCallbackReturn, str]:
    return rezfast.SolverCallbackReturn.keep_going, ""


def _differences_here(first: Outcome, second: Outcome) -> list[str]:
    if first.status == second.status == "crash":
        return []
    return differences(first, second)


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
        outcome.cyclic = solver.cyclic_fail
    for i in shown_failures(solver.num_fails):
        reason = solver.failure_reason(i)
        kind = None if reason is None else type(reason).__name__
        outcome.failures.append((kind, solver.failure_description(i)))
    graph = solver.get_graph()
    outcome.graph = graph_lines(
        {node: graph.node_attributes(node) for node in graph.nodes()},
        {edge: graph.edge_attributes(*edge) for edge in graph.edges()},
    )
    return outcome

"""Resolve graphs compared with rez's: the same nodes and edges, whatever their ids and order.

A node counts as its label, colour and style, an edge as its two nodes and all its attributes. Of
several cycles rez finds the one that the order of a set leads it to: a graph of a cycle is compared
where both found the same.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from differential import rez_oracle
from differential.solver_cases import SolverCase, seeded_case, solver_cases
from hypothesis import HealthCheck, given, settings
from rez.package_filter import PackageFilterList as RezFilters
from rez.package_order import PackageOrderList as RezOrderers
from rez.solver import Solver as RezSolver
from rez.utils.graph_utils import read_graph_from_string
from rez.version import Requirement as RezRequirement

import rezfast
from rezfast.errors import RezError
from rezfast.repository import MemoryRepository
from rezfast.solve.filters import PackageFilterList
from rezfast.solve.graph import Graph
from rezfast.solve.orderers import PackageOrderList

SEEDED_CASES = int(os.environ.get("REZFAST_GRAPH_CASES", "150"))

# (end of the solve, whether the failure graph is pruned) to nodes, and to edges, and how often
Picture = tuple[Counter[Any], Counter[Any]]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(solver_cases())
def test_any_case_has_rez_s_graph(case: SolverCase) -> None:
    assert _difference(case) is None


def test_seeded_cases_have_rez_s_graph() -> None:
    different = {}
    for seed in range(SEEDED_CASES):
        found = _difference(seeded_case(seed))
        if found is not None:
            different[seed] = found
    assert different == {}


def test_rez_reads_what_to_dot_writes() -> None:
    for seed in range(60):
        solver = _solve(seeded_case(seed), prune=True)
        if solver is not None:
            graph = solver.get_graph()
            assert _picture_of_rez(read_graph_from_string(graph.to_dot())) == _picture(graph)


def _difference(case: SolverCase) -> str | None:
    """What is not the same in the graphs of a case, pruned and not; None: nothing."""
    for prune in (True, False):
        expected = _rez_graph(case, prune)
        actual = _solve(case, prune)
        if expected is None or actual is None:
            return None
        end, picture = expected
        if end != _end(actual):
            return None  # another answer: what test_solver.py looks for
        ours = _picture(actual.get_graph())
        for kind, theirs, mine in zip(("node", "edge"), picture, ours, strict=True):
            if theirs != mine:
                return f"{kind}s only in rez {theirs - mine}, only here {mine - theirs}"
    return None


def _end(solver: Any) -> tuple[Any, ...]:
    failed = solver.status.name == "failed"
    return (
        solver.status.name,
        solver.num_solves,
        solver.num_fails,
        solver.failure_description() if failed else list(map(str, solver.resolved_packages or ())),
    )


def _rez_graph(case: SolverCase, prune: bool) -> tuple[Any, Picture] | None:
    with rez_oracle._quiet(), rez_oracle._rez_config(case) as paths:
        try:
            solver = RezSolver(
                [RezRequirement(text) for text in case["request"]],
                package_paths=paths,
                package_filter=RezFilters.from_pod(case["package_filter"]),
                package_orderers=RezOrderers.from_pod(case["package_orderers"]),
                callback=rez_oracle._fail_limit(case["max_fails"]),
                building=case["building"],
                prune_unfailed=prune,
            )
            solver.solve()
            return _end(solver), _picture_of_rez(solver.get_graph())
        except Exception:
            return None


def _picture_of_rez(graph: Any) -> Picture:
    def plain(pairs: Any) -> dict[str, str]:
        return {key: str(value).strip('"') for key, value in pairs}

    nodes = {node: _key(plain(graph.node_attributes(node))) for node in graph.nodes()}
    edges = Counter[Any]()
    for source, target in graph.edges():
        attributes = plain(graph.edge_attributes((source, target)))
        label = str(graph.edge_label((source, target))).strip('"')
        if label:
            attributes["label"] = label
        edges[nodes[source], nodes[target], _key(attributes)] += 1
    return Counter(nodes.values()), edges


def _solve(case: SolverCase, prune: bool) -> rezfast.Solver | None:
    try:
        solver = rezfast.Solver(
            case["request"],
            [MemoryRepository.create_repository(data) for data in case["repositories"]],
            package_filter=PackageFilterList.from_pod(case["package_filter"]),
            package_orderers=PackageOrderList.from_pod(case["package_orderers"]),
            building=case["building"],
            variant_select_mode=case["variant_select_mode"],
            error_on_missing_variant_requires=case["error_on_missing_variant_requires"],
            max_fails=case["max_fails"],
            prune_unfailed=prune,
        )
        solver.solve()
    except RezError:
        return None
    return solver


def _picture(graph: Graph) -> Picture:
    nodes = {node: _key(graph.node_attributes(node)) for node in graph.nodes()}
    edges = Counter(
        (nodes[source], nodes[target], _key(graph.edge_attributes(source, target)))
        for source, target in graph.edges()
    )
    return Counter(nodes.values()), edges


def _key(attributes: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(attributes.items()))

"""The solver compared with rez 3.4.0: the same packages and requests give the same outcome.

Status, packages, their order and variant indices, ephemerals, step counts, kind and text of a
failure, kind of an error. `run_solver_cases.py` beside this file does the same for 20,000 cases.
"""

from __future__ import annotations

import gzip
import json
import os
import tarfile
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from differential.rez_oracle import Outcome, contradictions, differences
from differential.rez_oracle import solve as rez_solve
from differential.rezfast_solve import compare
from differential.rezfast_solve import solve as rezfast_solve
from differential.solver_cases import SolverCase, seeded_case, solver_cases
from hypothesis import HealthCheck, given, settings

import rezfast

DATA = Path(__file__).parent.parent / "data"

# Raise it for a longer look, as in `REZFAST_SOLVER_CASES=2000 pytest tests/differential`.
SEEDED_CASES = int(os.environ.get("REZFAST_SOLVER_CASES", "300"))

# Each was a difference once: wrong values in `variants` and `requires` met in rez's order, a wrong
# package that only its release time hides, a missing family that ends a step, mixed orderers.
ONCE_DIFFERENT = (30, 556, 3513, 5051, 7352, 9379, 10877, 11592, 15884, 16902, 17848, 104838)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(solver_cases())
def test_any_case_comes_out_as_in_rez(case: SolverCase) -> None:
    assert compare(case)[1] == []


def test_seeded_cases_come_out_as_in_rez() -> None:
    different = {}
    for seed in (*range(SEEDED_CASES), *ONCE_DIFFERENT):
        _, found = compare(seeded_case(seed))
        if found:
            different[seed] = found
    assert different == {}


def _recorded() -> list[Any]:
    cases = json.loads((DATA / "solver_cases.json").read_text())
    return [pytest.param(item, id=item["name"]) for item in cases]


@pytest.mark.parametrize("item", _recorded())
def test_a_recorded_case_comes_out_as_recorded(item: dict[str, Any]) -> None:
    assert differences(_outcome(item["outcome"]), rezfast_solve(item["case"])) == []


@pytest.mark.parametrize("item", _recorded())
def test_the_recording_is_what_rez_says(item: dict[str, Any]) -> None:
    assert differences(_outcome(item["outcome"]), rez_solve(item["case"])) == []


def _outcome(data: dict[str, Any]) -> Outcome:
    outcome = Outcome(**data)
    outcome.resolved = [(name, version, index) for name, version, index in outcome.resolved]
    return outcome


# the generator and the oracle themselves


def test_generated_cases_end_in_every_way() -> None:
    """Should the generator go soft, the comparisons above would prove little."""
    ends = Counter[str]()
    for seed in range(300):
        outcome = rez_solve(seeded_case(seed))
        backtracked = outcome.status == "solved" and bool(outcome.num_fails)
        ends["backtracked" if backtracked else outcome.status] += 1
        ends[outcome.failure or outcome.error or ""] += 1
    assert ends["backtracked"] >= 30
    assert ends["failed"] >= 25
    assert 30 <= ends["error"] <= 90
    assert ends["crash"] <= 15
    kinds = {"DependencyConflicts", "TotalReduction", "Cycle", "PackageFamilyNotFoundError"}
    assert kinds | {"PackageNotFoundError", "ResolveError", "PackageMetadataError"} <= set(ends)


def test_rez_keeps_its_word() -> None:
    """What the oracle calls solved does satisfy the request and every package's requirements."""
    for seed in range(200):
        case = seeded_case(seed)
        outcome = rez_solve(case)
        if outcome.status == "solved":
            assert contradictions(case, outcome) == []


# rez's benchmark


@pytest.fixture(scope="session")
def benchmark_packages(pytestconfig: pytest.Config) -> str:
    """The 18,226 packages of rez's benchmark, unpacked once and kept in pytest's cache."""
    rez = find_spec("rez")
    assert rez is not None and rez.origin is not None
    archive = Path(rez.origin).parent / "data" / "benchmarking" / "packages.tar.gz"
    assert pytestconfig.cache is not None
    directory = pytestconfig.cache.mkdir("rez-benchmark")
    complete = directory / "complete"
    if not complete.exists():
        with tarfile.open(archive) as tar:
            tar.extractall(directory, filter="data")
        complete.touch()
    return str(directory / "packages")


def test_the_recorded_benchmark_comes_out_as_in_rez(benchmark_packages: str) -> None:
    with gzip.open(DATA / "benchmark-188.json.gz", "rt") as file:
        recorded = json.load(file)
    different = {}
    for i, expected in enumerate(recorded):
        solver = rezfast.Solver(expected["request"], [benchmark_packages])
        solver.solve()
        actual = {
            "request": expected["request"],
            "status": solver.status.name,
            "resolved": [[p.name, str(p.version), p.index] for p in solver.resolved_packages or ()],
            "num_solves": solver.num_solves,
            "num_fails": solver.num_fails,
        }
        expected.pop("seconds")
        if actual != expected:
            different[i] = {key: actual[key] for key in actual if actual[key] != expected[key]}
    assert len(recorded) == 188
    assert different == {}

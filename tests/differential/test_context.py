"""Contexts against rez's: answers, files, environments, actions, requests, differences."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from differential.context_cases import (
    ContextCase,
    benchmark_packages,
    context_cases,
    rxt_data,
    write_repository,
)
from differential.context_runs import both_settings, described, run
from hypothesis import HealthCheck, given, settings
from rez.resolved_context import ResolvedContext as RezContext

from rezfast.context.resolved import ResolvedContext

DATA = Path(__file__).parents[1] / "data"


@given(context_cases())
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_made_up_contexts_are_equal_and_each_tool_reads_the_others_file(case: ContextCase) -> None:
    with tempfile.TemporaryDirectory() as directory:
        write_repository(case.packages, f"{directory}/packages")
        outcomes = run(case, f"{directory}/packages", directory)
    expected = outcomes.pop("rez")
    for name, found in outcomes.items():
        assert found == expected, name


def recorded_answers() -> list[Any]:
    with gzip.open(DATA / "benchmark-188.json.gz") as file:
        return [entry["resolved"] for entry in json.load(file) if entry["resolved"]]


@pytest.mark.parametrize("number", range(0, 187, 17))
def test_recorded_answers_with_commands_give_the_same_environment(
    number: int, tmp_path: Path
) -> None:
    answer = recorded_answers()[number]
    repository = str(tmp_path / "packages")
    write_repository(benchmark_packages([answer]), repository)
    data = rxt_data(answer, repository)
    environ = {"PATH": "/parent/bin", "HOME": "/home/u", "ROOTS": "/parent"}
    with both_settings({}):
        expected = described(RezContext.from_dict(data), environ)
        found = described(ResolvedContext.from_dict(data), environ)
    assert isinstance(expected.environ, dict), expected.message
    assert found == expected

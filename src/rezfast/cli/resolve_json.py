"""The answer of a resolve as one JSON object."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rezfast.errors import RezError
    from rezfast.solve.solver import Solver


def to_json(answer: dict[str, Any]) -> str:
    """The object as text: laid out on a terminal, on one line elsewhere."""
    return json.dumps(answer, indent=2 if sys.stdout.isatty() else None) + "\n"


def answer_object(solver: Solver, seconds: float, *, with_stats: bool) -> dict[str, Any]:
    """The outcome of a solve that came to an end.

    `status` is "solved", "failed", or "unsolved" when a limit ended it. `failure` is None when
    solved, else its `kind` ("conflict", "cycle" or "aborted"), rez's `description` of it, and an
    `explanation` in terms of the request. Times are in seconds.
    """
    solved = solver.status.name == "solved"
    answer: dict[str, Any] = {
        "status": solver.status.name,
        "packages": [
            {"name": x.name, "version": str(x.version), "variant_index": x.index, "uri": x.uri}
            for x in solver.resolved_packages or ()
        ],
        "ephemerals": [str(x) for x in solver.resolved_ephemerals or ()],
        "num_solves": solver.num_solves,
        "num_fails": solver.num_fails,
        "failure": None if solved else _failure(solver),
        "timings": {"total": seconds, "solve": solver.solve_time},
    }
    if with_stats:
        answer["stats"] = solver.solve_stats
    return answer


def error_object(error: RezError, hints: list[str], seconds: float) -> dict[str, Any]:
    """The outcome of a resolve that its input made impossible: `status` is "error".

    `failure.kind` is the name of the error's class, `failure.explanation` has the hints as well.
    """
    return {
        "status": "error",
        "packages": [],
        "ephemerals": [],
        "num_solves": 0,
        "num_fails": 0,
        "failure": {
            "kind": type(error).__name__,
            "description": str(error),
            "explanation": "\n".join([str(error), *hints]),
        },
        "timings": {"total": seconds, "solve": None},
    }


def _failure(solver: Solver) -> dict[str, Any]:
    failed = solver.status.name == "failed"
    description = solver.failure_description() if failed else solver.abort_reason
    if solver.abort_reason:
        kind, explanation = "aborted", solver.abort_reason
    else:
        kind = "cycle" if solver.cyclic_fail else "conflict"
        explanation = str(solver.explanation())
    return {"kind": kind, "description": description, "explanation": explanation}

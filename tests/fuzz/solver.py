"""Fuzzes the solver with the cases of the comparison with rez: an input is a case's seed."""

from __future__ import annotations

from random import Random

from differential.rezfast_solve import solve
from differential.solver_cases import seeded_case
from fuzz.target import Target


def run(data: bytes) -> None:
    """Solves the case of a seed."""
    outcome = solve(seeded_case(int.from_bytes(data[:8], "little")))
    assert outcome.status != "crash", f"{outcome.error}: {outcome.message}"


def fresh(random: Random) -> bytes:
    """Any seed."""
    return random.randbytes(8)


TARGET = Target(run, fresh, (b"\x00", b"\xff"), size=8)

"""Fuzzes the solver with the cases of the comparison with rez: an input is a case's seed."""

from __future__ import annotations

from random import Random

from differential.rezfast_solve import solve
from differential.solver_cases import seeded_case
from fuzz.target import Target

import rezfast


def run(data: bytes) -> None:
    """Solves the case of a seed."""
    try:
        outcome = solve(seeded_case(int.from_bytes(data[:8], "little")))
    finally:
        rezfast.clear_caches()  # of the case's tables, which nobody asks for again
    assert outcome.status != "crash", f"{outcome.error}: {outcome.message}"


def fresh(random: Random) -> bytes:
    """Any seed."""
    return random.randbytes(8)


TARGET = Target(run, fresh, (b"\x00", b"\xff"), size=8)

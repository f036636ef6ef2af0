"""A target with faults in it, to see that they are found."""

from __future__ import annotations

import os
from random import Random

from fuzz.target import Target


def run(data: bytes) -> None:
    """Does what the input says."""
    if b"raise" in data:
        raise AssertionError("planted")
    if b"abort" in data:
        os.abort()
    while b"hang" in data:
        pass
    if b"slow" in data:
        sum(range(5_000_000))


TARGET = Target(run, lambda random: Random.randbytes(random, 4), (b"fine",), limit=0.02)

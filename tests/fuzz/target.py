"""What is fuzzed: `definition`, `plain`, `version`, `solver` and `syntax` each have a `TARGET`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Target:
    """One thing to fuzz.

    Attributes:
        run: Takes any input; raises when what it sees must not be.
        fresh: Makes an input, right or nearly so, from random choices.
        words: What mutations put in.
        size: The longest input, in bytes.
        limit: How much processor time an input may take, in seconds.
    """

    run: Callable[[bytes], object]
    fresh: Callable[[Random], bytes]
    words: tuple[bytes, ...]
    size: int = 4096
    limit: float = 1.0

"""Settings of a test's own, in place of those of the user who runs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rezfast.config import Settings, use


@contextmanager
def configured(**overrides: Any) -> Iterator[Settings]:
    """The defaults with these settings, for the process, while the block runs."""
    settings = Settings.from_sources({}, [], overrides)
    before = use(settings)
    try:
        yield settings
    finally:
        use(before)

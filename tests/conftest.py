"""Generated cases are the same in every run, so that a failure says something about the change.

`REZFAST_EXAMPLES=5000 pytest tests/differential` looks for new ones, and keeps those that fail.
"""

from __future__ import annotations

import builtins
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

if "REZFAST_EXAMPLES" not in os.environ:
    settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
    settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def builtins_stay_what_they_are() -> Iterator[None]:
    """A definition that rez runs can change Python's own names for all tests that follow."""
    names = vars(builtins)
    kept = names.copy()
    yield
    for name in names.keys() - kept.keys():
        del names[name]
    names.update(kept)


@pytest.fixture(autouse=True)
def interrupts_arrive() -> None:
    """Importing rez's programs puts handlers of signals in place; a shell's job may ignore them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

"""How long definitions may run, for the thread that says so.

with time_limit(5):
    Solver(["maya"]).solve()      a definition still running after 5 seconds is an error

`rezfast.package.containment` sees to it that the limit is kept.
"""

from __future__ import annotations

from _thread import _local  # threading.local, without what threading imports
from time import monotonic


class TimeUp(BaseException):
    """Raised where a definition stands when its time is up; no Exception, which it may catch."""


class _State(_local):
    deadline: float | None = None


_state = _State()


class time_limit:
    """Ends definitions that this thread evaluates in the block, and that outlast it.

    A limit inside another can only be the shorter one.

    Args:
        seconds: From the start of the block; negative: no limit of its own.
    """

    __slots__ = ("_before", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._before: float | None = None

    def __enter__(self) -> None:
        self._before = before = _state.deadline
        if self._seconds >= 0:
            own = monotonic() + self._seconds
            _state.deadline = own if before is None else min(before, own)

    def __exit__(self, *exception: object) -> None:
        _state.deadline = self._before


def deadline() -> float | None:
    """When definitions of this thread have to be done, by `time.monotonic`; None: whenever."""
    return _state.deadline

"""How a solve stands, and what a callback may say about it: rez's enums of the same names."""

from __future__ import annotations

from rezfast.typed import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class SolverStatus(Enum):
    """State of a solve (rez: `rez.solver.SolverStatus`); the value describes it."""

    pending = ("The solve has not yet started.",)
    solved = ("The solve has completed successfully.",)
    exhausted = ("The current solve is exhausted and must be split to continue further.",)
    failed = ("The solve is not possible.",)
    cyclic = ("The solve contains a cycle.",)
    unsolved = ("The solve has started, but is not yet solved.",)

    @property
    def description(self) -> str:
        """What the state means, in a sentence."""
        return self.value[0]


class SolverCallbackReturn(Enum):
    """What a solve callback answers (rez: `rez.solver.SolverCallbackReturn`)."""

    keep_going = "Continue the solve"
    abort = "Abort the solve"
    fail = "Stop the solve and set to most recent failure"


class SolverState:
    """What a solve callback is given (rez: `rez.solver.SolverState`).

    Attributes:
        num_solves: Solve steps so far.
        num_fails: How many of them failed.
    """

    __slots__ = ("_describe", "_phase", "num_fails", "num_solves")

    def __init__(self, num_solves: int, num_fails: int, describe: Callable[[], str]) -> None:
        self.num_solves = num_solves
        self.num_fails = num_fails
        self._describe = describe
        self._phase: str | None = None

    @property
    def phase(self) -> str:
        """The scopes as they stand, in rez's notation; to be asked for during the callback."""
        if self._phase is None:
            self._phase = self._describe()
        return self._phase

    def __str__(self) -> str:
        return f"solve #{self.num_solves} ({self.num_fails} fails so far): {self.phase}"

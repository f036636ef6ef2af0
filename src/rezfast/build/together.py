"""Variants that are built in no time and get their definition in one step.

    payload, payload, payload --install--> definition

A definition that is written again for every variant of twenty costs more than the rest of a build
that does little. So payloads wait for each other, but nobody waits for them: as soon as a build
takes time, what was built before it is installed (`BuildSystem.on_wait`), and so it is when a
build fails. What a killed build loses by that took less than a second.
"""

from __future__ import annotations

import time

from rezfast.build.guard import guard
from rezfast.build.payload import Payload, install_payloads
from rezfast.build.system import BuildResult
from rezfast.managers import ExitStack
from rezfast.repository.install import Overrides

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


_LONGEST = 1.0  # seconds that a payload waits while others are built quickly


class Together:
    """Payloads that are complete and wait for their definition.

    Leaving it installs them, also when something failed: what was built before that is all right.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Payload, Overrides, BuildResult, ExitStack]] = []
        self._since = 0.0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __enter__(self) -> Together:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.install()

    def add(
        self, payload: Payload, overrides: Overrides, result: BuildResult, stack: ExitStack
    ) -> None:
        """Take a payload.

        Args:
            payload: The payload.
            overrides: As `install_variant` takes them.
            result: Gets the variant as `installed`.
            stack: Holds the payload open; it is left when the variant is installed, or cannot be.
        """
        if not self._waiting:
            self._since = time.monotonic()
        elif self._waiting[0][1] != overrides:
            self.install()
        payload.complete()
        self._waiting.append((payload, overrides, result, stack))

    def make_way(self, payload: Payload) -> None:
        """Install if one waits that goes to the same place."""
        if any(one[0].path == payload.path for one in self._waiting):
            self.install()

    def install_what_is_old(self) -> None:
        """Install if the first payload has waited long enough."""
        if self._waiting and time.monotonic() - self._since > _LONGEST:
            self.install()

    def install(self) -> None:
        """Write the definition of all that wait.

        Raises:
            RezError: As `install_variants`; none of them is installed then.
        """
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        with ExitStack() as stacks:
            ends = stacks.enter_context(ExitStack())
            for _, _, _, stack in waiting:
                ends.push(stack)
            installed = install_payloads([one[0] for one in waiting], waiting[0][1])
            # what follows is told when it is over
            stacks.enter_context(guard.at_once())
            stacks.push(ends.pop_all())
        for (_, _, result, _), variant in zip(waiting, installed, strict=True):
            result["installed"] = variant

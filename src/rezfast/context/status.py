"""How a context's resolve ended: rez's enum of the same name."""

from __future__ import annotations

from rezfast.typed import Enum


class ResolverStatus(Enum):
    """State of a context (rez: `rez.resolver.ResolverStatus`); the value describes it."""

    pending = ("The resolve has not begun.",)
    solved = ("The resolve came to an answer.",)
    failed = ("There is no answer to the request.",)
    aborted = ("The resolve was stopped before it came to an end.",)

    @property
    def description(self) -> str:
        """What the state means, in a sentence."""
        return self.value[0]

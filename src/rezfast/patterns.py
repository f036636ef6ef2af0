"""Regular expressions that are compiled when they are first used.

`re`, and compiling what a module may need, costs a process more than most of what it does: nearly
no text that `rezfast env` meets has anything in it to look for.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern
    from typing import Any


def pattern(text: str) -> Pattern[str]:
    """What `re.compile(text)` gives, to all who call its methods; it is compiled at the first."""
    stands_in: Any = _Pattern(text)
    made: Pattern[str] = stands_in
    return made


class _Pattern:
    def __init__(self, text: str) -> None:
        self.pattern = text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        import re

        value = getattr(re.compile(self.pattern), name)
        # found without this method from now on
        self.__dict__[name] = value
        return value

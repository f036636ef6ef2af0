"""What `typing` has that is needed when a program runs, for modules that `rezfast env` imports.

Importing `typing` costs 4 ms. Type checkers see the originals.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, Protocol, TypeVar

    T = TypeVar("T")
else:
    Any = object
    T = None

    class Generic:
        """A class with parameters, which mean nothing when a program runs."""

        def __class_getitem__(cls, parameters):
            return cls

    class Protocol:
        """What an object has to offer; nobody asks for it when a program runs."""


__all__ = ["Any", "Generic", "Protocol", "T"]

"""Strings as commands give them: parts that are expanded, and parts that are taken as they are.

    "x $A"                        one part, expandable: what a plain string is
    literal("$5").e(" ${A}")      EscapedString([(True, "$5"), (False, " ${A}")])
                                                  ^ whether it is literal

An interpreter quotes each part by its kind, so a literal `$5` arrives as it was written.
"""

from __future__ import annotations

import os

from rezfast.config import settings
from rezfast.errors import RexError
from rezfast.typed import T

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Self


class EscapedString:
    """Text of literal and expandable parts, in order (rez: `rez.rex.EscapedString`).

    It equals a `str` of the same text, whatever its parts are, and another one of the same parts.

    Args:
        value: The first part.
        is_literal: Whether that is taken as it is.

    Attributes:
        strings: The parts: whether it is literal, and its text.
    """

    __slots__ = ("strings",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: str, is_literal: bool = False) -> None:
        self.strings: list[tuple[bool, str]] = [(is_literal, value)]

    @classmethod
    def _of(cls, strings: list[tuple[bool, str]]) -> Self:
        made = cls.__new__(cls)
        made.strings = strings
        return made

    def copy(self) -> Self:
        """A copy, which can be added to on its own."""
        return self._of(self.strings[:])

    def literal(self, value: str) -> Self:
        """Add a literal part at the end; gives the object itself, so that calls can be chained."""
        self._add(value, True)
        return self

    def expandable(self, value: str) -> Self:
        """Add an expandable part at the end; gives the object itself."""
        self._add(value, False)
        return self

    def l(self, value: str) -> Self:  # noqa: E743
        """Short for `literal`."""
        return self.literal(value)

    def e(self, value: str) -> Self:
        """Short for `expandable`."""
        return self.expandable(value)

    def _add(self, value: str, is_literal: bool) -> None:
        kind, text = self.strings[-1]
        if kind == is_literal:
            self.strings[-1] = (kind, text + value)
        else:
            self.strings.append((is_literal, value))

    def __str__(self) -> str:
        return "".join([text for _, text in self.strings])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strings!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return str(self) == other
        return isinstance(other, EscapedString) and other.strings == self.strings

    def __add__(self, other: str | EscapedString) -> Self:
        result = self.copy()
        for is_literal, text in self.promote(other).strings:
            result._add(text, is_literal)
        return result

    def expanduser(self) -> Self:
        """The same with `~` and `~user` at the start of an expandable part replaced."""
        return self.formatted(os.path.expanduser)

    def formatted(self, func: Callable[[str], str]) -> Self:
        """The same with each expandable part put through a function.

        Args:
            func: Gives the new text of a part.
        """
        return self._of(
            [(literal, text if literal else func(text)) for literal, text in self.strings]
        )

    def split(self, delimiter: str | None = None) -> list[EscapedString]:
        """The pieces between delimiters, as `str.split` gives them; parts keep their kind.

        Args:
            delimiter: What stands between pieces; None: white space.
        """
        result: list[EscapedString] = []
        current: EscapedString | None = None
        for is_literal, text in self.strings:
            rest = text
            while True:
                head, *tail = rest.split(delimiter, 1) or [rest]
                piece = EscapedString(head if tail else rest, is_literal)
                current = piece if current is None else current + piece
                if not tail:
                    break
                result.append(current)
                current = None
                rest = tail[0]
        if current is not None:
            result.append(current)
        return result

    @classmethod
    def join(cls, sep: str, values: Iterable[str | EscapedString]) -> EscapedString:
        """The values with a separator between them, which is expandable text.

        Args:
            sep: The separator.
            values: What to join.
        """
        result: EscapedString | None = None
        for value in values:
            result = cls.promote(value) if result is None else result + sep + value
        return cls("") if result is None else result

    @classmethod
    def promote(cls, value: str | EscapedString) -> EscapedString:
        """An `EscapedString` of the value: itself, or one expandable part."""
        return value if isinstance(value, EscapedString) else cls(value)

    @classmethod
    def demote(cls, value: str | EscapedString) -> str:
        """The text alone."""
        return str(value) if isinstance(value, EscapedString) else value

    @classmethod
    def disallow(cls, value: T) -> T:
        """The value, if it is no `EscapedString`.

        Raises:
            RexError: It is one.
        """
        if isinstance(value, EscapedString):
            raise RexError(
                "command() takes no literal() and no expandable(): give the words as a list, or "
                "one string"
            )
        return value


def literal(value: str) -> EscapedString:
    """A string that is taken as it is: `$X`, `{x}`, `~` and quotes mean nothing in it."""
    return EscapedString(value, True)


def expandable(value: str) -> EscapedString:
    """A string whose variables are expanded; a plain `str` is one, this can be added to."""
    return EscapedString(value, False)


def optionvars(name: str, default: Any = None) -> Any:
    """A value from the setting `optionvars` (rez: `rez.rex.optionvars`).

    Args:
        name: Its key; dots lead into nested dicts.
        default: What to give when it is not there.

    Raises:
        RexError: A dot leads into something that is no dict.
    """
    value: Any = settings().optionvars or {}
    keys = name.split(".")
    for count, key in enumerate(keys):
        if not isinstance(value, dict):
            raise RexError(
                f"optionvars({name!r}): the setting optionvars has "
                f"{type(value).__name__} at {'.'.join(keys[:count])!r}, not a dict"
            )
        if key not in value:
            return default
        value = value[key]
    return value

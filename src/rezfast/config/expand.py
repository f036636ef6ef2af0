"""Expansion of what stands in a setting: `$VAR`, `${VAR}`, `~` and `{system.xxx}`, as in rez."""

from __future__ import annotations

import os

from rezfast.config.system import System
from rezfast.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

# `~` alone, never `~user`: a weak request `~maya` must stay what it is
_AFTER_HOME = frozenset(("", *"/:; \t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0"))
_HOME = r"(\A|\s|[:;])~([/:;]|\s|\Z)"


class Expander:
    """Expands every string in a value.

    Args:
        environ: Environment variables; one that is not there is left as written.
        system: Gives what `{system.xxx}` stands for; called when there are braces.
    """

    __slots__ = ("_environ", "_system")

    def __init__(self, environ: Mapping[str, str], system: Callable[[], System]) -> None:
        self._environ = environ
        self._system = system

    def __call__(self, value: Any) -> Any:
        """A copy of `value` with its strings expanded; keys are kept, tuples and sets become lists.

        Raises:
            ConfigurationError: Braces in a string do not make a format.
        """
        if isinstance(value, str):
            return self._braces(_home(expand_variables(value, self._environ)))
        if isinstance(value, (list, tuple, set)):
            return [self(item) for item in value]
        if isinstance(value, dict):
            return {key: self(item) for key, item in value.items()}
        return value

    def _braces(self, text: str) -> str:
        if "{" not in text and "}" not in text:
            return text
        return _format(text, self._system())


def expand_variables(text: str, environ: Mapping[str, str]) -> str:
    """The text with `$VAR` and `${VAR}` replaced (rez: `expandvars`).

    Args:
        text: The text.
        environ: The variables; one that is not there is left as written.
    """
    if "$" not in text:
        return text
    # by hand: every process asks for a prompt with a `$` in it, and few for regular expressions
    pieces = []
    end = 0
    start = text.find("$")
    while start >= 0:
        stop = first = start + 1
        if text.startswith("{", first):
            close = text.find("}", first)
            name, stop = text[first + 1 : close], (first if close < 0 else close + 1)
        else:
            while stop < len(text) and (text[stop].isalnum() or text[stop] == "_"):
                stop += 1
            name = text[first:stop]
        if stop > first:
            pieces += [text[end:start], environ.get(name, text[start:stop])]
            end = stop
        start = text.find("$", stop)
    return "".join([*pieces, text[end:]])


def _home(text: str) -> str:
    if "~" not in text:
        return text
    home = os.path.expanduser("~")
    if text.startswith("~/") and "~" not in text[1:]:
        # nearly always; the general way imports a millisecond of regular expressions
        return os.path.normpath(home + text[1:])
    if text[:1] == "~" and text[1:2] not in _AFTER_HOME and "~" not in text[1:]:
        # a weak request
        return os.path.normpath(text)
    import re

    return os.path.normpath(re.sub(_HOME, lambda m: f"{m[1]}{home}{m[2]}", text))


def _format(text: str, system: System) -> str:
    plain = _plain_format(text, system)
    if plain is not None:
        return plain
    import string

    class Formatter(string.Formatter):
        """Knows the name `system` alone, and leaves any other field as it was written."""

        def get_field(
            self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
        ) -> tuple[Any, Any]:
            try:
                value, key = super().get_field(field_name, args, kwargs)
            except (AttributeError, KeyError, TypeError):
                return f"{{{field_name}}}", field_name
            return " ".join(map(str, value)) if isinstance(value, list) else value, key

    try:
        return Formatter().vformat(text, (), {"system": system})
    except (ValueError, IndexError) as error:
        raise ConfigurationError(
            f"{text!r} is not a format ({error}); write {{{{ and }}}} for braces"
        ) from error


def _plain_format(text: str, system: System) -> str | None:
    """The text when nothing but `{system.xxx}` is in it; None: it needs the general way.

    That imports more than all the rest of the settings does.
    """
    pieces = text.split("{")
    found = pieces[:1]
    for piece in pieces[1:]:
        field, end, rest = piece.partition("}")
        name = field.removeprefix("system.")
        if not end or name == field or not name.isidentifier():
            return None
        value = getattr(system, name, None)
        if not isinstance(value, str):
            return None
        found += (value, rest)
    return None if any("}" in one for one in found[::2]) else "".join(found)

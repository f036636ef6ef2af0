"""Plain data as the JSON text that rez writes into .rxt files.

The `json` module writes indented text in Python as well, and takes longer to import than to do it.
"""

from __future__ import annotations

from _json import encode_basestring_ascii as quoted
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STEP = "    "
_CONSTANTS = {None: "null", True: "true", False: "false"}


def json_text(data: Any) -> str:
    """What `json.dumps(data, indent=4, separators=(",", ": "), sort_keys=True)` gives.

    Raises:
        TypeError, ValueError: As `json.dumps`.
    """
    pieces: list[str] = []
    try:
        _write(data, "\n", pieces)
    except _OtherError:
        # deferred: no context holds such data unless somebody put it there
        import json

        return json.dumps(data, indent=4, separators=(",", ": "), sort_keys=True)
    return "".join(pieces)


class _OtherError(Exception):
    """There is data of a kind that is left to the `json` module."""


def _write(value: Any, line: str, pieces: list[str]) -> None:
    """Add the text of a value to `pieces`; `line` ends a line and indents the next."""
    kind = type(value)
    if kind is str:
        pieces.append(quoted(value))
    elif kind is int:
        pieces.append(repr(value))
    elif value is None or kind is bool:
        pieces.append(_CONSTANTS[value])
    elif kind is float and isfinite(value):
        pieces.append(repr(value))
    elif kind is dict:
        _write_dict(value, line, pieces)
    elif kind is list or kind is tuple:
        if not value:
            pieces.append("[]")
            return
        inner = line + _STEP
        start = "[" + inner
        for item in value:
            pieces.append(start)
            _write(item, inner, pieces)
            start = "," + inner
        pieces.append(line + "]")
    else:
        raise _OtherError


def _write_dict(value: dict[Any, Any], line: str, pieces: list[str]) -> None:
    if not value:
        pieces.append("{}")
        return
    inner = line + _STEP
    start = "{" + inner
    for name in value:
        if type(name) is not str:
            raise _OtherError
    for name in sorted(value):
        pieces.append(f"{start}{quoted(name)}: ")
        _write(value[name], inner, pieces)
        start = "," + inner
    pieces.append(line + "}")

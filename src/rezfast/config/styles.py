"""Colours and styles of what is printed, as the settings say: `heading_fore`, `local_styles`, …"""

from __future__ import annotations

import sys

from rezfast.config import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class TextWriter(Protocol):
        def write(self, text: str, /) -> object: ...


_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_STYLES = {"reset_all": 0, "bright": 1, "dim": 2, "normal": 22}
_PLAIN = "\x1b[0m"


def is_coloured(stream: object) -> bool:
    """Whether what is written to a stream is coloured.

    A terminal's is, unless `color_enabled` says no; any other's if it is "force".
    """
    enabled = settings().color_enabled
    if enabled == "force":
        return True
    isatty = getattr(stream, "isatty", None)
    return bool(enabled and isatty is not None and isatty())


def styled(text: str, style: str) -> str:
    """A text with the codes of a style around it.

    Args:
        text: One line.
        style: What the settings begin with: "critical", "heading", "local", ….
    """
    current = settings()
    codes = [
        _colour(30, current.get(f"{style}_fore")),
        _colour(40, current.get(f"{style}_back")),
        *(_STYLES.get(str(one).lower()) for one in current.get(f"{style}_styles") or ()),
    ]
    begin = "".join(f"\x1b[{code}m" for code in codes if code is not None)
    return f"{begin}{text}{_PLAIN}"


def _colour(base: int, name: object) -> int | None:
    """The code of a colour; None of a name that is none."""
    text = str(name).lower()
    if text == "reset":
        return base + 9
    plain = text.removeprefix("light").removesuffix("_ex")
    if plain not in _COLOURS:
        return None
    if text == plain:
        return base + _COLOURS.index(plain)
    return base + 60 + _COLOURS.index(plain) if text == f"light{plain}_ex" else None


class Printer:
    """Writes lines, in colours where the reader has them (rez: `rez.utils.colorize.Printer`).

    Args:
        buf: Where to; None: stdout.
    """

    def __init__(self, buf: TextWriter | None = None) -> None:
        self.buf: TextWriter = sys.stdout if buf is None else buf
        self.colorize = is_coloured(self.buf)

    def __call__(self, msg: str = "", style: str | None = None) -> None:
        """Write a line.

        Args:
            msg: Without a line break at its end.
            style: One that `styled` knows; None: none.
        """
        self.buf.write(f"{self.get(msg, style)}\n")

    def get(self, msg: str, style: str | None = None) -> str:
        """The line as it is written."""
        return styled(msg, style) if style is not None and self.colorize else msg

"""Standard output kept clean while a definition runs: what it writes there goes to stderr."""

from __future__ import annotations

import os
import sys
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO


class ErrorsInstead:
    """`sys.stdout` while a definition runs: stderr for its thread, as before for others."""

    def __init__(self, stdout: TextIO) -> None:
        self._stdout = stdout
        self._thread = get_ident()

    def _stream(self) -> TextIO:
        return sys.stderr if get_ident() == self._thread else self._stdout

    def write(self, text: str) -> int:
        """Write to where this thread's output goes."""
        return self._stream().write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream(), name)


def redirect_descriptor() -> int | None:
    """Let file descriptor 1 lead to stderr, for processes that a definition starts.

    Not in a process with several threads: the others may be writing to it.

    Returns:
        What `restore_descriptor` wants; None when nothing was done.
    """
    threading = sys.modules.get("threading")  # nobody starts threads without it
    if threading is not None and threading.active_count() != 1:
        return None
    _flush()
    try:
        kept = os.dup(1)
    except OSError:
        return None
    try:
        os.dup2(2, 1)
    except OSError:
        os.close(kept)
        return None
    return kept


def restore_descriptor(kept: int | None) -> None:
    """Undo `redirect_descriptor`."""
    if kept is None:
        return
    # what was written past sys.stdout, in sys.__stdout__
    _flush()
    os.dup2(kept, 1)
    os.close(kept)


def _flush() -> None:
    first, second = sys.__stdout__, sys.stdout
    for stream in (first,) if first is second else (first, second):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            continue

"""How far a survey is, on a terminal and nowhere else."""

from __future__ import annotations

import os
import sys
from time import monotonic

from rezfast.cli.outcome import write_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_INTERVAL = 0.1  # seconds between two pictures
_BAR = 24
_CLEAR = "\r\x1b[K"


class ProgressBar:
    """One line on stderr that is drawn over and wiped in the end: `[####      ] 8,192 read`.

    Args:
        stream: Where to draw; nothing is drawn unless it is a terminal.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = sys.stderr if stream is None else stream
        self.wanted = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
        self._next = 0.0
        self._drawn = False

    def show(self, doing: str, definitions: int, done: int, total: int) -> None:
        """Draw, unless that was done just now. See `rezfast.batch.survey.run_survey`."""
        now = monotonic()
        if not self.wanted or now < self._next:
            return
        self._next = now + _INTERVAL
        self._drawn = True
        bar = ""
        if total:
            full = min(done * _BAR // total, _BAR)
            bar = f"[{'#' * full}{' ' * (_BAR - full)}] "
        write_error(f"{_CLEAR}{bar}{doing}: {definitions:,} definitions")

    def wipe(self) -> None:
        """Leave the line empty."""
        if self._drawn:
            self._drawn = False
            write_error(_CLEAR)

"""What `rezfast pip` shows: what goes on, what was installed, what would be."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rezfast.cli.outcome import write_error
from rezfast.config.styles import is_coloured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from rezfast.pip.install import Installation
    from rezfast.pip.make import Planned

_DOING = {
    "pip": "pip finds out what is needed",
    "reading": "reading wheels",
    "unpacking": "unpacking",
    "installing": "installing",
}


class Display:
    """What goes on, on stderr: a moving line on a terminal, nothing elsewhere.

    Args:
        verbose: Write all that pip says instead.
    """

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        stream = sys.stderr
        is_drawn = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
        if is_drawn and not verbose:
            # Deferred: it is drawn on terminals only.
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                console=Console(file=stream, no_color="NO_COLOR" in os.environ),
                transient=True,
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, line: str) -> None:
        """A line that pip has said."""
        if self._verbose:
            write_error(f"{line}\n")
        elif self._bar is not None and self._task is not None and line.strip():
            self._bar.update(self._task, description=f"pip: {line.strip()[:60]}")

    def progress(self, what: str, done: int, total: int) -> None:
        """A step; see `rezfast.pip.install.Progress`."""
        if self._bar is None:
            return
        known = total or None
        if self._task is None:
            self._task = self._bar.add_task(_DOING[what], total=known)
        self._bar.update(self._task, description=_DOING[what], completed=done, total=known)


def summary_text(done: Installation) -> str:
    """What was installed, what was there: a table for people, a line each for pipes."""
    rows = []
    for planned in done.packages:
        variant = planned.installed or planned.existing or planned.variant
        rows.append(
            (
                "installed" if planned.installed else "skipped",
                planned.variant.name,
                str(planned.variant.version),
                variant.root or "",
            )
        )
    if not _is_for_people():
        return _lines(rows)
    new, old = len(done.installed), len(done.skipped)
    end = f"{new} installed" + (f", {old} skipped since present" if old else "")
    return _table(("", "package", "version", "where"), rows, f"{end}, in {done.location}")


def plan_text(done: Installation) -> str:
    """What would be installed: a table for people, a line each for pipes."""
    rows = [
        (
            "present" if planned.existing else "would install",
            planned.variant.name,
            str(planned.variant.version),
            _requests(planned, variant=True),
            _requests(planned, variant=False),
            " ".join(planned.variant.parent.tools or ()),
        )
        for planned in done.packages
    ]
    if not _is_for_people():
        return _lines(rows)
    headings = ("", "package", "version", "variant", "requires", "tools")
    new = sum(planned.existing is None for planned in done.packages)
    end = f"{new} would be installed into {done.location}; nothing was"
    return _table(headings, rows, end)


def _requests(planned: Planned, variant: bool) -> str:
    own = planned.variant.variant_requires if variant else planned.variant.parent.requires
    return " ".join(map(str, own or ()))


def _is_for_people() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _lines(rows: Sequence[tuple[str, ...]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], end: str) -> str:
    # Deferred: pipes get plain lines.
    from io import StringIO

    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    buffer = StringIO()
    # widths are the terminal's; colours as for all that is printed
    console = Console(
        file=buffer,
        width=Console().width,
        force_terminal=is_coloured(sys.stdout),
        no_color="NO_COLOR" in os.environ,
        markup=False,
        highlight=False,
    )
    console.print(table)
    console.print(f"\n{end}", soft_wrap=True)
    return buffer.getvalue()

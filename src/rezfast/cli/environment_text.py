"""Environments and interpreted code as text: for a shell, as Python, as a table, as JSON."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rezfast.cli.outcome import UsageError, write_out
from rezfast.context.info import columns
from rezfast.errors import ResolvedContextError, ShellError
from rezfast.rex.interpreter import OutputStyle
from rezfast.shell import get_shell_class, get_shell_types
from rezfast.solve.nearest import closest_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def checked_format(format_: str | None, others: Sequence[str]) -> str | None:
    """A `--format` that there is; None is left to the caller.

    Args:
        format_: What was given.
        others: The formats besides shells.

    Raises:
        UsageError: There is no such format.
    """
    if format_ is None or format_ in others:
        return format_
    try:
        get_shell_class(format_)
        return format_
    except ShellError:
        known = [*get_shell_types(), *others]
    near = closest_names(format_, known)
    hint = (
        f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are {', '.join(known)}"
    )
    raise UsageError(f"--format {format_!r}: {hint}")


def checked_style(style: str) -> OutputStyle:
    """A `--style` that there is.

    Raises:
        UsageError: There is no such style.
    """
    try:
        return OutputStyle[style]
    except KeyError:
        raise UsageError(f"--style {style!r}: there are 'file' and 'eval'") from None


def environment_text(variables: Mapping[str, str], format_: str) -> str:
    """Variables as a "table", a "dict" of Python, or "json"."""
    if format_ == "table":
        return "\n".join(columns(sorted(variables.items())))
    # Deferred: each is asked for alone.
    if format_ == "dict":
        from pprint import pformat

        return pformat(dict(variables))
    from json import dumps

    return dumps(dict(variables), sort_keys=True, indent=4)


def write_items(items: Sequence[object]) -> None:
    """Write things, all on one line of a terminal, else one a line (rez: `print_items`)."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    write_out((" " if terminal else "\n").join(map(str, items)) + "\n" if items or terminal else "")


def current_context_file() -> str | None:
    """The file of the context that this process runs in, or None.

    Raises:
        ResolvedContextError: There should be one, and it is gone.
    """
    path = os.environ.get("REZ_RXT_FILE")
    if path and not os.path.exists(path):
        raise ResolvedContextError(f"{path}: the file of the current context is gone")
    return path or None

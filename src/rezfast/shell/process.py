"""Scripts on disk and processes, as shells need them."""

from __future__ import annotations

import os

from rezfast.errors import RezSystemError
from rezfast.shell.base import debug

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from subprocess import Popen
    from typing import Any, NoReturn


def write_script(directory: str, name: str, code: str) -> str:
    """Write a script into a directory of the caller's.

    Args:
        directory: The directory.
        name: Name of the file; it may be in a directory below.
        code: The script; characters that stand for bytes that are no UTF-8 become those bytes.

    Returns:
        The path of the file.

    Raises:
        RezSystemError: It cannot be written.
    """
    path = os.path.join(directory, name)
    debug(f"writing {path}")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # a script is bytes to its shell, whatever the locale of this process is
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(code)
    except OSError as error:
        raise RezSystemError(
            f"{path}: cannot write the script of the shell: {error.strerror or error}; see to the "
            "directory, or set context_tmpdir to another"
        ) from error
    return path


def words_of(command: str | list[str] | None) -> list[str]:
    """The words of a command that is given as words or as text; none of None."""
    return command.split() if isinstance(command, str) else list(command or ())


def start(
    command: list[str],
    environ: Mapping[str, str] | None,
    instead: Callable[[list[str], Mapping[str, str] | None], NoReturn] | None = None,
    **Popen_args: Any,
) -> Popen[Any]:
    """Start a process (rez: `rez.utils.execution.Popen`).

    Args:
        command: Program and arguments.
        environ: Its environment variables; None: those of this process.
        instead: Called with both when everything is ready, in place of starting a process: for a
            process that is to become the shell.
        Popen_args: More arguments of `subprocess.Popen`; see `popen_arguments`.

    Raises:
        RezSystemError: It cannot be started.
    """
    if instead is not None:
        instead(command, environ)
    # Deferred: who only wants a script starts nothing.
    import subprocess

    from rezfast.rex.python import popen_arguments

    debug(f"starting {command}")
    try:
        return subprocess.Popen(command, env=environ, **popen_arguments(Popen_args))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RezSystemError(f"cannot start {' '.join(command)}: {reason}") from error

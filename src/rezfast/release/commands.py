"""Programs that a release runs, and what becomes of their failures: one line each; the log."""

from __future__ import annotations

import logging
import os
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rezfast.errors import RezError

log = logging.getLogger("rezfast.release")
"""Where a release says what it does."""

_LINES = 6  # of what a program said that are kept
_CHARACTERS = 400


@dataclass(frozen=True)
class Finished:
    """A program that has run.

    Attributes:
        command: What was run.
        status: Its exit status; below 0, the number of the signal that ended it.
        output: What it wrote to stdout, and to stderr if that was asked for.
        errors: What it wrote to stderr otherwise.
    """

    command: tuple[str, ...]
    status: int
    output: str
    errors: str

    @property
    def lines(self) -> list[str]:
        """The lines of the output without space around the text and at the end of lines."""
        text = self.output.strip()
        return [line.rstrip() for line in text.split("\n")] if text else []

    @property
    def failure(self) -> str:
        """What went wrong, as one line with the command in it."""
        if self.status < 0:
            try:
                how = f"was ended by {signal.Signals(-self.status).name}"
            except ValueError:
                how = f"was ended by signal {-self.status}"
        else:
            how = f"failed with exit status {self.status}"
        said = one_line(self.errors) or one_line(self.output)
        return f"{shlex.join(self.command)}: {how}{': ' if said else ''}{said}"


def run(
    command: Sequence[str],
    directory: str | None = None,
    environ: Mapping[str, str] | None = None,
    together: bool = False,
) -> Finished:
    """Run a program and take what it writes; its stdin is this process's.

    Args:
        command: The program and its arguments; no shell looks at them.
        directory: Its working directory; None: this process's.
        environ: Its environment; None: this process's.
        together: Put what it writes to stderr among what it writes to stdout.

    Raises:
        RezError: It cannot be started.
    """
    try:
        done = subprocess.run(
            list(command),
            cwd=directory,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if together else subprocess.PIPE,
            encoding="utf-8",
            # commit messages come in every encoding there ever was
            errors="replace",
            check=False,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        if directory is not None and not os.path.isdir(directory):
            reason = f"no directory {directory}"
        raise RezError(f"{shlex.join(command)}: cannot be run: {reason}") from error
    return Finished(tuple(command), done.returncode, done.stdout, done.stderr or "")


def one_line(text: str) -> str:
    """The last lines of what a program said as one, hints and progress left out."""
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    said = [line for line in lines if line and not line.startswith("hint:")]
    joined = "; ".join(said[-_LINES:])
    return joined if len(joined) <= _CHARACTERS else f"...{joined[-_CHARACTERS:]}"

"""How a command ends: exit codes, and one line for whatever went wrong."""

from __future__ import annotations

import os
import sys

from rezfast.errors import PackageCommandError, RezError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from rezfast.cli.parameters import Given

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_BAD_INPUT = 2
# What a shell reports for a program that SIGINT or SIGPIPE ended.
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


class UsageError(Exception):
    """A command line that was read but asks for something impossible. The text is the message."""


def report_error(message: object, *, debug: bool = False) -> None:
    """Write `rezfast: error: …` on stderr, as one line; with `debug` after the traceback."""
    if debug:
        # Deferred: an error is told in one line unless somebody asks for more.
        from traceback import format_exc

        write_error(format_exc())
    line = " ".join(str(message).split())
    write_error(f"rezfast: error: {line or 'no reason was given'}\n")


def write_error(text: str) -> None:
    """Write to stderr; when nobody listens there, the exit code has to do."""
    if sys.stderr is None:  # the process was started without one
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        return


def write_out(text: str) -> None:
    """Write to stdout and push it out, so that a failure shows here and not at exit.

    A path of bytes that are no text in this locale is written as those bytes.
    """
    stream = sys.stdout
    if stream is None:
        raise UsageError("the answer cannot be written: stdout is closed")
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="surrogateescape")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        error.filename = "stdout"
        raise


def guarded(run: Callable[[Given], int], given: Given) -> int:
    """Run a command; turn whatever escapes it into one line and an exit code.

    An interrupt, and a reader that went away, are not errors.
    """
    try:
        return run(given)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _detach_stdout()
        return EXIT_BROKEN_PIPE
    except PackageCommandError as error:
        write_error(error.trace)
        report_error(str(error).removesuffix(error.trace.rstrip("\n")), debug=given["debug"])
        return EXIT_BAD_INPUT
    except Exception as error:
        report_error(_message(error), debug=given["debug"])
        return EXIT_BAD_INPUT


def _message(error: Exception) -> str:
    if isinstance(error, (RezError, UsageError)):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename is not None else ""
        return f"{where}{error.strerror}"
    return f"unexpected {type(error).__name__}: {error} (--debug shows where)"


def _detach_stdout() -> None:
    # What is still buffered has no reader: without this the interpreter complains about it at exit.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def leave(code: int) -> None:
    """End this process without taking the interpreter down piece by piece.

    The operating system frees the tables of a resolve much faster than they are taken apart, and
    there is nothing else left to do. A run that is traced or profiled goes on, to report at exit.
    """
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return
    # What commands print is flushed by then; this is for whoever else wrote to stdout.
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        code = code or EXIT_BROKEN_PIPE
    os._exit(code)

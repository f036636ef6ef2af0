"""`rezfast interpret`: what the code of commands comes to (rez: `rez-interpret`)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rezfast.cli.outcome import EXIT_OK, UsageError, write_out
from rezfast.cli.parameters import Option, Parameters

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given

HELP = """Show what the commands in FILE come to: a shell's script, or the variables they set.

FILE holds what the commands() of a package may: 'env.PATH.append("/opt/bin")', 'alias(…)'. No
package and no context takes part. '-' reads them from stdin.

\b
Exit code:
  0  shown
  2  bad usage, a file that cannot be read, or commands that fail
"""

PARAMETERS = Parameters(
    words="file",
    metavar="FILE",
    options=[
        Option("--command", "-c", kind="flag", help="FILE is no file but the commands themselves."),
        Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="The shell to write a script for, or table or dict to see the variables. "
            "[default: the current shell]",
        ),
        Option(
            "--style",
            "-s",
            metavar="STYLE",
            default="file",
            help="A script for a 'file', or one line to 'eval'. [default: file]",
        ),
        Option("--no-env", kind="flag", help="Start from an empty environment."),
        Option(
            "--parent-variables",
            "--pv",
            metavar="VAR",
            many=True,
            greedy=True,
            help="Variables that keep what they hold at the first append or prepend; 'all' for "
            "all of them. It takes every word up to the next option, so FILE comes before it.",
        ),
        Option(
            "--verbose", "-v", kind="count", help="Taken for rez's sake: there is no more to show."
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Interpret, print what comes of it, return the exit code. `given` is by `PARAMETERS`."""
    if len(given["file"]) > 1:
        what = "text of commands" if given["command"] else "FILE"
        raise UsageError(f"one {what} at a time; there are {len(given['file'])} words")
    # Deferred: a mistake on the command line is told without it.
    from rezfast.cli.environment_text import checked_format, checked_style, environment_text
    from rezfast.rex.executor import RexExecutor
    from rezfast.rex.python import Python
    from rezfast.shell import create_shell

    format_ = checked_format(given["format"], ("dict", "table"))
    style = checked_style(given["style"])
    code, filename = _code(given["file"][0], given["command"])
    variables = format_ in ("dict", "table")
    parents: tuple[str, ...] = given["parent_variables"]
    executor = RexExecutor(
        # an environment of its own: PYTHONPATH would change where this process imports from
        interpreter=Python({}, passive=True) if variables else create_shell(format_),
        parent_environ={} if given["no_env"] else None,
        parent_variables=True if parents == ("all",) else parents,
    )
    executor.execute_code(code, filename=filename)
    output = executor.get_output(style)
    text = environment_text(output, format_ or "dict") if variables else output
    write_out(f"{text}\n")
    return EXIT_OK


def _code(word: str, is_code: bool) -> tuple[str, str | None]:
    """The commands, and the file that they are from."""
    if is_code:
        return word, None
    if word == "-":
        if sys.stdin is None:
            raise UsageError("'-' reads commands from stdin, which is closed")
        return sys.stdin.read(), "STDIN"
    try:
        with open(word, encoding="utf-8") as file:
            return file.read(), word
    except UnicodeDecodeError as error:
        raise UsageError(f"{word}: is no text: {error.reason} at byte {error.start}") from None
    except FileNotFoundError:
        hint = "" if word.isidentifier() or "/" in word else "; with -c it is taken as commands"
        raise UsageError(f"{word}: there is no such file{hint}") from None

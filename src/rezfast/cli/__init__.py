"""The command line: words in, words out.

`main` is the `rezfast` program. A command is a module of this package that states its parameters as
data (`PARAMETERS`) and does its work in `run(given) -> exit code`; `commands.COMMANDS` lists them.

A plain command line is read by `plain.read_plain` from that data, without click: importing click
costs more time than a whole resolve. Whatever `read_plain` does not recognise with certainty (help,
an error, an unusual spelling, shell completion) is read by click from the same data, in
`application`. Both readers give the same answer wherever both give one; a test holds them to it.
"""

from __future__ import annotations

import sys
from os import environ

from rezfast.cli.commands import COMMANDS, command_module
from rezfast.cli.outcome import EXIT_INTERRUPTED, guarded, leave
from rezfast.cli.plain import read_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

# click's own name for it: set by the completion script that click writes for the user's shell.
_COMPLETION_VARIABLE = "_REZFAST_COMPLETE"


def main(words: Sequence[str] | None = None) -> int:
    """Run the `rezfast` program and return its exit code.

    Args:
        words: The command line without the program's name. None: that of this process, which then
            ends here.
    """
    try:
        code = _run(list(sys.argv[1:] if words is None else words))
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    if words is None:
        leave(code)
    return code


def _run(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS and _COMPLETION_VARIABLE not in environ:
        module = command_module(arguments[0])
        given = read_plain(module.PARAMETERS, arguments[1:])
        if given is not None:
            return guarded(module.run, given)
    # Deferred: only a command line that is not plain pays for click.
    from rezfast.cli.application import run_with_click

    return run_with_click(arguments)

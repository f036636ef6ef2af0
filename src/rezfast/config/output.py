"""What a program writes, without `subprocess`, whose import takes longer than a small program."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Output:
    """What a command writes on stdout, which goes on while it is not asked for.

    Args:
        command: The path of a program, and arguments.
        environ: Its environment variables.
    """

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        reader, writer = os.pipe()
        self._process = 0
        self._reader = reader
        try:
            self._process = os.posix_spawn(
                command[0],
                command,
                environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, writer, 1),
                ],
            )
        except OSError:
            os.close(reader)
        finally:
            os.close(writer)

    def read(self) -> str | None:
        """All of it, when the command has ended; None when it fails. To be called once."""
        if not self._process:
            return None
        with open(self._reader, encoding="utf-8", errors="surrogateescape") as output:
            text = output.read()
        return None if os.waitpid(self._process, 0)[1] else text


def output_of(command: list[str], environ: Mapping[str, str]) -> str | None:
    """What a command writes on stdout; None when it fails. Arguments as for `Output`."""
    return Output(command, environ).read()

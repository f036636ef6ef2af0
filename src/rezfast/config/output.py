"""What a program writes, without `subprocess`, whose import takes longer than a small program."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Output:
    """What a command writes on stdout. It is started now, and waited for when somebody asks.

    Args:
        command: The path of a program, and arguments.
        environ: Its environment variables.
    """

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        self._owner = os.getpid()
        self._process = 0
        self._text: str | None = None
        self._reader, writer = os.pipe()
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
            os.close(self._reader)
        finally:
            os.close(writer)

    @property
    def is_of_another_process(self) -> bool:
        """Whether it is still to be read, and this process is a copy of the one that can."""
        return self._process != 0 and self._owner != os.getpid()

    def text(self) -> str | None:
        """What it wrote, once it has ended; None if it failed."""
        if self._process:
            with open(self._reader, encoding="utf-8", errors="surrogateescape") as output:
                text = output.read()
            process, self._process = self._process, 0
            self._text = None if os.waitpid(process, 0)[1] else text
        return self._text


def output_of(command: list[str], environ: Mapping[str, str]) -> str | None:
    """What a command writes on stdout; None when it fails.

    Args:
        command: The path of a program, and arguments.
        environ: Its environment variables.
    """
    return Output(command, environ).text()

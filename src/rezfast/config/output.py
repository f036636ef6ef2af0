"""What a program writes, without `subprocess`, whose import takes longer than a small program."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def output_of(command: list[str], environ: Mapping[str, str]) -> str | None:
    """What a command writes on stdout; None when it fails.

    Args:
        command: The path of a program, and arguments.
        environ: Its environment variables.
    """
    reader, writer = os.pipe()
    try:
        process = os.posix_spawn(
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
        return None
    finally:
        os.close(writer)
    with open(reader, encoding="utf-8", errors="surrogateescape") as output:
        text = output.read()
    return None if os.waitpid(process, 0)[1] else text

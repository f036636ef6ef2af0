"""A program run in a terminal of its own."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Mapping, Sequence


def in_a_terminal(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a program writes to a terminal, on stdout and stderr, with line breaks as `\\n`."""
    main, end = pty.openpty()
    with subprocess.Popen(arguments, env=environment, stdout=end, stderr=end, stdin=end) as process:
        os.close(end)
        written = b""
        while True:
            try:
                read = os.read(main, 65536)
            except OSError:  # nobody holds the other end any more
                break
            if not read:
                break
            written += read
        process.wait()
    os.close(main)
    return written.decode().replace("\r\n", "\n")

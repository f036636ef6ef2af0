"""A file that is written whole or not at all."""

from __future__ import annotations

import os
import stat


def write_whole(path: str, content: bytes) -> None:
    """Replace a file in one step: who reads it finds what was there before, or all of the content.

    Links are followed; a file that is there keeps its permissions. A device or a pipe is written to
    directly.

    Raises:
        OSError: It cannot be written; what was there is there still.
    """
    target = os.path.realpath(path)
    mode: int | None = None
    try:
        status = os.stat(target)
    except FileNotFoundError:
        pass
    else:
        if not stat.S_ISREG(status.st_mode):
            with open(target, "wb") as file:
                file.write(content)
            return
        mode = stat.S_IMODE(status.st_mode)
    directory, name = os.path.split(target)
    # a name that nobody can guess and put a link in the place of
    staged = os.path.join(directory, f".{name}.{os.urandom(6).hex()}.tmp")
    try:
        _write_new(staged, content, mode)
        try:
            os.replace(staged, target)
        except BaseException:
            os.unlink(staged)
            raise
    except OSError as error:
        # of the file that was asked for: nobody knows of the other one
        raise OSError(error.errno, error.strerror, path) from None


def _write_new(path: str, content: bytes, mode: int | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            if mode is not None:
                os.fchmod(descriptor, mode)
    except BaseException:
        os.unlink(path)
        raise

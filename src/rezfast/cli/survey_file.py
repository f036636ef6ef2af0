"""Writes a page so that a reader finds the old one or the new one, and never half of one."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class WholeFile:
    """A file that is replaced at once, when its content is there.

    Made before the work that the content needs, so that a directory that cannot be written to
    shows at once. Leaving the `with` block without `write` leaves everything as it was.

    Args:
        path: The file. A device or a pipe is written to directly.

    Raises:
        OSError: It cannot be written to.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._target = os.path.realpath(path)
        self._temporary: str | None = None
        mode = 0o666
        try:
            mode = os.stat(path).st_mode
            direct = not stat.S_ISREG(mode)
        except FileNotFoundError:
            direct = False
        flags = os.O_WRONLY | os.O_CLOEXEC
        try:
            if direct:
                self._handle = os.open(path, flags)
            else:
                directory, name = os.path.split(self._target)
                # nobody can guess the name and put a link there
                temporary = os.path.join(directory, f".{name}.{os.urandom(6).hex()}.tmp")
                self._handle = os.open(
                    temporary, flags | os.O_CREAT | os.O_EXCL, stat.S_IMODE(mode)
                )
                self._temporary = temporary
        except OSError as error:
            raise _about(path, error) from error

    def write(self, content: bytes) -> None:
        """Put the content in place.

        Raises:
            OSError: It cannot be written; the file is what it was.
        """
        try:
            with open(self._handle, "wb", closefd=False) as file:
                file.write(content)
            if self._temporary is not None:
                os.replace(self._temporary, self._target)
                self._temporary = None
        except OSError as error:
            raise _about(self.path, error) from error

    def __enter__(self) -> WholeFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._handle)
        if self._temporary is not None:
            os.unlink(self._temporary)


def _about(path: str, error: OSError) -> OSError:
    """The same error about the file that was asked for."""
    return OSError(error.errno, error.strerror, path)

"""Files that are replaced in one step, one alone or several together.

package.py          what everybody reads
.package.py.new     what it will be, until it gets its name
.package.py.old     what it was, until others have their names, too
"""

from __future__ import annotations

import os
import stat

from rezfast.managers import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

_AT_ONCE = 16
_MODE = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


class Replacement:
    """What a file will be; used in a with statement. It can only be read, as rez leaves it.

        with Replacement(path, content) as new:
            new.reach_disk()
            new.appear()
            new.name_reaches_disk()

    Args:
        path: The file, which may be there.
        content: What is to be in it.

    Raises:
        OSError: It cannot be written; so do the methods.
    """

    def __init__(self, path: str, content: bytes) -> None:
        self._path = path
        self._content = content
        self._staged, self._kept = staged_path(path), kept_path(path)
        self._descriptor = -1
        self._has_appeared = self._is_kept = False

    def __enter__(self) -> Self:
        with suppress(FileNotFoundError):
            os.unlink(self._staged)
        try:
            self._descriptor = os.open(self._staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(self._descriptor, "wb", closefd=False) as file:
                file.write(self._content)
            os.fchmod(self._descriptor, _MODE)
        except BaseException as error:
            self._leave()
            raise self._named(error) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if not self._has_appeared:
            with suppress(OSError):
                os.unlink(self._staged)
        if self._is_kept:
            with suppress(OSError):
                os.unlink(self._kept)

    def _named(self, error: BaseException) -> BaseException:
        """The error, which says what file it is about."""
        if isinstance(error, OSError) and error.filename is None:
            error.filename = self._path
        return error

    def reach_disk(self) -> None:
        """Wait until all is on the disk but the name."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise self._named(error) from None

    def appear(self, keep: bool = False) -> None:
        """Give it its name.

        Args:
            keep: Be prepared for `disappear`.
        """
        if keep and os.path.exists(self._path):
            with suppress(FileNotFoundError):
                os.unlink(self._kept)
            try:
                os.link(self._path, self._kept)
            except OSError:
                # Deferred: few file systems have no links.
                from shutil import copy2

                copy2(self._path, self._kept)
            self._is_kept = True
        os.replace(self._staged, self._path)
        self._has_appeared = True

    def disappear(self) -> None:
        """Undo `appear(keep=True)`: what was there is there again, the very file."""
        if not self._has_appeared:
            return
        if self._is_kept:
            os.replace(self._kept, self._path)
            self._is_kept = False
        else:
            os.unlink(self._path)
        self._has_appeared = False

    def name_reaches_disk(self) -> None:
        """Wait until its name is on the disk; not every file system lets itself be asked."""
        with suppress(OSError):
            descriptor = os.open(os.path.dirname(self._path), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def staged_path(path: str) -> str:
    """Where a file is written before it gets its name; it lies there if its writer was killed."""
    directory, name = os.path.split(path)
    return os.path.join(directory, f".{name}.new")


def kept_path(path: str) -> str:
    """What a file was lies there while several are replaced together."""
    directory, name = os.path.split(path)
    return os.path.join(directory, f".{name}.old")


def each(what: Callable[[Replacement], None], replacements: list[Replacement]) -> None:
    """Do it to all at once: a disk fulfils many wishes in the time of one.

    Raises:
        OSError: One has failed.
    """
    # Deferred: one alone needs no threads.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(what, replacements):
            pass

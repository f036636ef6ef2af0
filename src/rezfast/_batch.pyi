"""Reads many definitions in one call, on a pool of threads that does without the GIL."""

from collections.abc import Iterable, Iterator
from os import PathLike
from typing import Literal

from rezfast._scan import Refused, Scanned

FILE_ERRORS: tuple[str, ...]
"""Every code that `FileError.reason` may hold."""

class FileError:
    """A file that could not be scanned. False in a condition; `str()` is its message."""

    @property
    def path(self) -> str: ...
    @property
    def reason(self) -> str:
        """Why, one of `FILE_ERRORS`.

        missing: it does not exist. unreadable: the system did not let it be read. too-large: more
        than 64 MB. not-a-file: a directory, a pipe, a socket or a device. not-text: it holds NUL
        bytes. bad-path: no file can have this path.
        """
    @property
    def errno(self) -> int | None:
        """The system's error number; None for "not-text"."""
    @property
    def message(self) -> str:
        """One line, with the path, for a person."""
    def __bool__(self) -> Literal[False]: ...

class FileScan:
    """What became of one file, and what it took."""

    @property
    def path(self) -> str:
        """The path as it was given, as text."""
    @property
    def outcome(self) -> Scanned | Refused | FileError: ...
    @property
    def size(self) -> int:
        """Bytes that were read."""
    @property
    def nanoseconds(self) -> int:
        """Time the scan took, the reading not counted."""

def scan_files(
    paths: Iterable[str | bytes | PathLike[str] | PathLike[bytes]],
    view: Literal["installed", "source"] = "installed",
    threads: int | None = None,
) -> list[Scanned | Refused | FileError]:
    """Opens, reads and scans every file, without the GIL.

    Equivalent in pyrer: `parse_static_packages_py`, which gives None for whatever went wrong.

    Args:
        paths: Files to read; relative ones are relative to the working directory.
        view: See `scan`.
        threads: The most threads to use, the calling one included; None is REZFAST_THREADS or else
            as many as this process may use processors. Small batches use fewer.

    Returns:
        One outcome a path, in the order of `paths`. No file raises.

    Raises:
        TypeError: A path is no path. Nothing has been read then.
        ValueError: `view` is neither "installed" nor "source", `threads` is less than 1 or
            REZFAST_THREADS is not a whole number from 1.
        KeyboardInterrupt: Ctrl-C; the threads have ended by then.
    """

def iter_scan_files(
    paths: Iterable[str | bytes | PathLike[str] | PathLike[bytes]],
    view: Literal["installed", "source"] = "installed",
    threads: int | None = None,
) -> Iterator[FileScan]:
    """The same, a file at a time, for any number of files in little memory.

    Up to 2,048 paths are taken from `paths` ahead of what has been given out. No thread runs while
    the caller has control.

    Returns:
        One `FileScan` a path, in the order of `paths`. What `paths` raises, and the
        TypeError of a path that is none, comes out after the files that were there before it.

    Raises:
        ValueError: As `scan_files`, at once.
    """

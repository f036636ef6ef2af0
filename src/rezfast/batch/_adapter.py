"""Stand-in for the batch call, until it is there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from time import perf_counter_ns

from rezfast._scan import Refused, Scanned, load_files


class FileError:
    def __init__(self, path: str, error: OSError) -> None:
        self.path = path
        self.errno = error.errno
        self.reason = "missing" if error.errno in (2, 20) else "not-a-file" if error.errno == 21 else "unreadable"
        self.message = f"{path}: {error.strerror}"

    def __bool__(self) -> bool:
        return False


class FileScan:
    __slots__ = ("nanoseconds", "outcome", "path", "size")

    def __init__(self, path: str, outcome: Scanned | Refused | FileError, size: int, ns: int) -> None:
        self.path = path
        self.outcome = outcome
        self.size = size
        self.nanoseconds = ns


def iter_scan_files(paths: Iterable[str], view: str = "installed") -> Iterator[FileScan]:
    rest = iter(paths)
    while chunk := list(islice(rest, 256)):
        t = perf_counter_ns()
        outcomes = load_files(chunk, view)  # type: ignore[arg-type]
        each = (perf_counter_ns() - t) // len(chunk)
        for path, outcome in zip(chunk, outcomes):
            if isinstance(outcome, OSError):
                yield FileScan(path, FileError(path, outcome), 0, 0)
            else:
                yield FileScan(path, outcome, os.stat(path).st_size, each)

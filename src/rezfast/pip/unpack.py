"""Payloads of wheels: unpacked once, and copied from there the next time.

    <cache>/<hash>/tree/     the files of a package, as they were when they were unpacked
                   done      says that they are all there; nothing in the tree is younger

The hash is that of the wheel and of where its files go. What has been changed since, or
cannot be read, is unpacked again. Files are copied, or share their blocks where the file system
copies on write; they are never links to each other, so that who edits one edits that one.

To make a file takes longer than to unpack a small one, so that small wheels gain nothing by it
and are always unpacked.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

from rezfast.pip.files import PackageFile, create_file, write_files
from rezfast.pip.wheel import Wheel

_FORMAT = b"1"
_TREE, _DONE = "tree", "done"
_CHUNK = 1 << 20
WORTH_KEEPING = 16 << 20
"""Bytes that a wheel has to have, unpacked, to be kept."""

_UNUSED_DAYS = 90  # after which an entry is taken out of the cache
_ABANDONED_HOURS = 24  # after which an entry that nobody has completed is
_FICLONE = 0x40049409  # of Linux: a file that shares its blocks with another


class WheelCache:
    """Wheels that were unpacked.

    Args:
        directory: Where; it is made if need be. None: nothing is kept.
        worth: Bytes that a wheel has to have, unpacked, to be kept.
    """

    def __init__(self, directory: str | None, worth: int = WORTH_KEEPING) -> None:
        self._directory = directory
        self._worth = worth

    def unpack(self, wheel: Wheel, files: Sequence[PackageFile], root: str) -> bool:
        """Write the files of a package.

        Args:
            wheel: Where they come from.
            files: Its files, from `package_files`.
            root: The root of the variant: a directory that is there, and empty.

        Returns:
            Whether they came from the cache.

        Raises:
            DistributionError: A file is not what RECORD says, or cannot be read.
            OSError: A file cannot be written.
        """
        if self._directory is None or wheel.unpacked_size < self._worth:
            write_files(files, wheel, root)
            return False
        entry = os.path.join(self._directory, _key(wheel, files))
        if _is_whole(entry, files):
            with suppress(OSError):
                os.utime(entry)
            _copy_files(os.path.join(entry, _TREE), files, root)
            return True
        write_files(files, wheel, root)
        # what is in the payload has been verified; a cache that cannot be written is no error
        with suppress(OSError):
            self._keep(entry, files, root)
        return False

    def _keep(self, entry: str, files: Sequence[PackageFile], root: str) -> None:
        assert self._directory is not None
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        staged = os.path.join(self._directory, f".{os.urandom(8).hex()}.new")
        try:
            os.makedirs(os.path.join(staged, _TREE))
            _copy_files(root, files, os.path.join(staged, _TREE))
            with open(os.path.join(staged, _DONE), "xb"):
                pass
            shutil.rmtree(entry, ignore_errors=True)
            os.rename(staged, entry)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise

    def clean(self) -> None:
        """Take out what nobody has used for a long time, or completed."""
        if self._directory is None:
            return
        now = time.time()
        with suppress(OSError):
            for entry in os.scandir(self._directory):
                limit = _ABANDONED_HOURS / 24 if entry.name.startswith(".") else _UNUSED_DAYS
                if now - entry.stat(follow_symlinks=False).st_mtime > limit * 86400:
                    shutil.rmtree(entry.path, ignore_errors=True)


def _key(wheel: Wheel, files: Iterable[PackageFile]) -> str:
    """What an entry is called: no other wheel, and no other place of a file, has it."""
    digest = hashlib.sha256(_FORMAT)
    with open(wheel.path, "rb") as archive:
        digest.update(hashlib.file_digest(archive, "sha256").digest())
    for file in files:
        content = b"" if file.content is None else hashlib.sha256(file.content).digest()
        digest.update(repr((file.destination, file.executable, content)).encode())
    return digest.hexdigest()


def _is_whole(entry: str, files: Iterable[PackageFile]) -> bool:
    """Whether all files are in an entry as they were put there."""
    tree = os.path.join(entry, _TREE)
    try:
        done = os.stat(os.path.join(entry, _DONE)).st_mtime_ns
        for file in files:
            known = os.stat(os.path.join(tree, file.destination), follow_symlinks=False)
            size = None if file.checksum is None else file.checksum.size
            size = size if file.content is None else len(file.content)
            if known.st_mtime_ns > done or (size is not None and known.st_size != size):
                return False
    except OSError:
        return False
    return True


def _copy_files(source: str, files: Iterable[PackageFile], root: str) -> None:
    made: set[str] = set()
    can_share = True
    for file in files:
        reader = os.open(os.path.join(source, file.destination), os.O_RDONLY | os.O_CLOEXEC)
        try:
            writer = create_file(file, root, made)
            try:
                can_share = can_share and _share(reader, writer)
                if not can_share:
                    _copy(reader, writer)
            finally:
                os.close(writer)
        finally:
            os.close(reader)


def _share(reader: int, writer: int) -> bool:
    try:
        fcntl.ioctl(writer, _FICLONE, reader)
    except OSError:
        return False
    return True


def _copy(reader: int, writer: int) -> None:
    while chunk := os.read(reader, _CHUNK):
        left = memoryview(chunk)
        while left:
            left = left[os.write(writer, left) :]

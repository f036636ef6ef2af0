"""Wheels: read without installing them, and trusted in nothing."""

from __future__ import annotations

import os
import posixpath
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import IO, Self

from packaging.tags import Tag
from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from rezfast.errors import DistributionError
from rezfast.pip.distribution import Distribution
from rezfast.pip.files import PackageFile, Readable, Remap, package_place, read
from rezfast.pip.record import Checksum, read_record

_INFO = ".dist-info"
_DATA = ".data"
# RECORD cannot hold its own hash, and the files that sign it are made after it
_UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)


class Wheel(Distribution):
    """A wheel; a context manager, since it keeps its file open.

    Args:
        path: The `.whl` file.

    Attributes:
        tags: The interpreters, ABIs and platforms that it is for.

    Raises:
        DistributionError: It is none, or has something in it that no installer may take.
    """

    tags: frozenset[Tag]

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            name, version, _, self.tags = parse_wheel_filename(os.path.basename(path))
        except (InvalidWheelFilename, InvalidVersion) as error:
            raise DistributionError(f"is not named as a wheel: {error}", path) from None
        with self._damage("the archive"):
            self._zip = zipfile.ZipFile(path)
        try:
            self._members = self._checked_members()
            self._info = self._info_directory()
            self._check_identity(name, version)
            self._check_format()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def read_text(self, name: str) -> str | None:
        member = f"{self._info}/{name}"
        if member not in self._members:
            return None
        with self._damage(member):
            return self._zip.read(member).decode("utf-8", "replace")

    def open(self, source: str) -> AbstractContextManager[Readable]:
        with self._damage(source):
            return _Member(self._zip.open(source), source, self.path)

    def package_files(self, remaps: Sequence[Remap]) -> list[PackageFile]:
        checksums = self._checksums()
        files = []
        for member, information in self._members.items():
            if posixpath.dirname(member) == self._info and (
                posixpath.basename(member) in _UNHASHED
            ):
                continue
            scheme, path = self._installed(member)
            place = package_place(path, remaps, self.path)
            executable = scheme == "scripts" or bool(information.external_attr >> 16 & 0o111)
            file = PackageFile(place, executable, member, None, checksums[member])
            files.append(self._portable(file) if scheme == "scripts" else file)
        return self._complete(files, self._info, remaps)

    @property
    def unpacked_size(self) -> int:
        """The size of all that is in it, in bytes."""
        return sum(information.file_size for information in self._members.values())

    def verify(self) -> None:
        """See that every file is what RECORD says.

        Raises:
            DistributionError: One is not.
        """
        for member, checksum in self._checksums().items():
            read(PackageFile(member, False, member, None, checksum), self)

    # ---- what is checked when it is opened

    def _checked_members(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        for information in self._zip.infolist():
            # orig_filename: what comes after a NUL is not in filename any more
            name = information.orig_filename
            parts = name.removesuffix("/").split("/")
            if (
                any(part in ("", ".", "..") for part in parts)
                or "\\" in name
                or "\0" in name
                or name[1:2] == ":"
            ):
                raise DistributionError(f"it has the path {name!r}, which leads outside", self.path)
            if name in members:
                raise DistributionError(f"it has {name!r} twice", self.path)
            kind = stat.S_IFMT(information.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise DistributionError(f"{name!r} in it is neither file nor directory", self.path)
            if not information.is_dir():
                members[name] = information
        return members

    def _info_directory(self) -> str:
        tops = {name.partition("/")[0] for name in self._members if "/" in name}
        found = sorted(top for top in tops if top.endswith(_INFO))
        if len(found) != 1:
            what = f"has {', '.join(found)}" if found else "has no .dist-info directory"
            raise DistributionError(f"{what}, and a wheel has one", self.path)
        return found[0]

    def _check_identity(self, name: str, version: Version) -> None:
        try:
            same = Version(self.version) == version
        except InvalidVersion:
            raise DistributionError(
                f"METADATA has the version {self.version!r}, which is none", self.path
            ) from None
        if canonicalize_name(self.name) != name or not same:
            raise DistributionError(
                f"its METADATA is that of {self.name} {self.version}", self.path
            )

    def _check_format(self) -> None:
        text = self.read_text("WHEEL")
        if text is None:
            raise DistributionError("it has no WHEEL", self.path)
        for line in text.splitlines():
            field, _, value = line.partition(":")
            if field.strip().lower() == "wheel-version":
                if value.strip().partition(".")[0] != "1":
                    break
                return
        else:
            raise DistributionError("WHEEL has no Wheel-Version", self.path)
        raise DistributionError(f"Wheel-Version {value.strip()} is not known, only 1.x", self.path)

    # ---- files

    def _checksums(self) -> dict[str, Checksum]:
        """The checksums of all members that have to have one; RECORD lists what is there."""
        text = self.read_text("RECORD")
        if text is None:
            raise DistributionError("it has no RECORD", self.path)
        unhashed = {f"{self._info}/{name}" for name in _UNHASHED}
        result = {}
        for recorded in read_record(text, self.path):
            if recorded.path in unhashed:
                continue
            if recorded.path not in self._members:
                if recorded.path.endswith("/"):
                    continue
                raise DistributionError(
                    f"RECORD has {recorded.path!r}, which is not in it", self.path
                )
            if recorded.checksum is None:
                raise DistributionError(f"RECORD has no hash of {recorded.path!r}", self.path)
            result[recorded.path] = recorded.checksum
        for member in self._members:
            if member not in result and member not in unhashed:
                raise DistributionError(f"it has {member!r}, which is not in RECORD", self.path)
        return result

    def _installed(self, member: str) -> tuple[str, str]:
        """The scheme that a member belongs to, and the path that pip would record for it."""
        top, _, rest = member.partition("/")
        if not top.endswith(_DATA):
            return "", member
        scheme, _, path = rest.partition("/")
        if not path or scheme not in ("purelib", "platlib", "scripts", "data", "headers"):
            raise DistributionError(
                f"it has {member!r}, and nothing says where that goes", self.path
            )
        if scheme == "scripts":
            return scheme, f"../../bin/{path}"
        if scheme == "data":
            return scheme, f"../../{path}"
        if scheme == "headers":
            return scheme, f"../../include/python/{self.name}/{path}"
        return scheme, path

    @contextmanager
    def _damage(self, what: str) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise _damaged(what, error, self.path) from None


class _Member:
    """A member being read; damage that shows only then is an error like any other."""

    def __init__(self, stream: IO[bytes], name: str, path: str) -> None:
        self._stream = stream
        self._name = name
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._stream.read(size)
        except _DAMAGE as error:
            raise _damaged(self._name, error, self._path) from None


def _damaged(what: str, error: Exception, path: str) -> DistributionError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return DistributionError(f"{what} cannot be read: {reason}", path)

"""A distribution's files: where each belongs in a package, and how it gets there.

    RECORD   pkg/a.py                    python/pkg/a.py
             x-1.dist-info/...           python/x-1.dist-info/...
             ../../bin/tool              bin/tool       by the setting pip_install_remaps
             ../../share/x               share/x        where pip puts what no remap knows
             ../../include/python3/x/h   include/x/h    the same without the name of a python

A wheel's files are taken by the same rules: its data directories stand for what pip would record.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from rezfast.errors import ConfigurationError, DistributionError
from rezfast.pip.record import Checksum

Remap = Mapping[str, str]
"""One rule of the setting `pip_install_remaps`: `record_path`, `pip_install`, `rez_install`."""

_PYTHON = "python"
_BIN = "bin"
# where the site directory is in what pip makes with --target: <target>/lib/python
_ABOVE = "../../"
# headers; in a virtual environment pip says "site" before the python
_HEADERS = re.compile(r"^include/(?:site/)?(?:python|pypy)[^/]*/")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of a package that is to be.

    Attributes:
        destination: Where it goes, from the root of the variant.
        executable: Whether it can be run.
        source: What the distribution's `open` takes; None when `content` is given.
        content: What is in it, when that is not simply copied.
        checksum: What it has to be; of what is copied, as it was recorded.
    """

    destination: str
    executable: bool = False
    source: str | None = None
    content: bytes | None = None
    checksum: Checksum | None = None

    @property
    def tool(self) -> str:
        """The name of the tool that it is, or "" when it is none."""
        directory, name = posixpath.split(self.destination)
        return name if directory == _BIN else ""


class Readable(Protocol):
    """A file being read."""

    def read(self, size: int = ..., /) -> bytes:
        """The next bytes, all that are left by default; b"" at the end."""
        ...


class Opener(Protocol):
    """What files are copied from."""

    path: str
    """For messages."""

    def open(self, source: str) -> AbstractContextManager[Readable]:
        """A file to be read."""
        ...


def package_place(path: str, remaps: Sequence[Remap], where: str) -> str:
    """Where a file belongs in a package, from the root of the variant.

    Args:
        path: As it stands in RECORD.
        remaps: The setting `pip_install_remaps`. What it says of where pip has put a file does not
            matter: files come from wheels.
        where: The distribution, for messages.

    Raises:
        DistributionError: It is outside the distribution, and no remap knows it.
        ConfigurationError: A remap cannot be used, or leads outside the package.
    """
    recorded = _checked(path, where)
    if not recorded.startswith("../"):
        return f"{_PYTHON}/{recorded}"
    for remap in remaps:
        pattern = remap["record_path"]
        try:
            if re.search(pattern, recorded) is None:
                continue
            wanted = re.sub(pattern, remap["rez_install"], recorded)
        except (re.error, IndexError) as error:
            raise ConfigurationError(f"pip_install_remaps: {pattern!r}: {error}") from None
        return _within(wanted, pattern)
    rest = recorded.removeprefix(_ABOVE)
    if rest == recorded or rest.startswith("..") or rest == "":
        raise DistributionError(
            f"RECORD has {path!r}, which is outside the distribution; a rule in pip_install_remaps "
            "says where such a file belongs",
            where,
        )
    return _HEADERS.sub("include/", rest)


def check_places(files: Iterable[PackageFile], where: str) -> None:
    """See that no file takes the place of another one.

    Raises:
        DistributionError: Two files go to one place.
    """
    seen: set[str] = set()
    for file in files:
        if file.destination in seen:
            raise DistributionError(f"two files of it go to {file.destination}", where)
        seen.add(file.destination)


def recorded_path(destination: str) -> str:
    """A place in a package as the RECORD in it has it."""
    inside = destination.removeprefix(f"{_PYTHON}/")
    return inside if inside != destination else f"../{destination}"


def python_paths(files: Iterable[PackageFile], opener: Opener) -> list[str]:
    """Directories that `.pth` files put on python's path, from the variant's root.

    Python looks at such files in site directories only, and a package's is none. Lines of code
    in them are for the start of the interpreter, and not run in an environment.

    Raises:
        DistributionError: A file cannot be read.
    """
    files = list(files)
    directories = {posixpath.dirname(file.destination) for file in files}
    result: list[str] = []
    for file in files:
        directory, name = posixpath.split(file.destination)
        if directory != _PYTHON or not name.endswith(".pth"):
            continue
        for line in read(file, opener).decode("utf-8", "replace").splitlines():
            path = posixpath.normpath(posixpath.join(_PYTHON, line.strip()))
            inside = path.startswith(f"{_PYTHON}/") and any(
                other == path or other.startswith(f"{path}/") for other in directories
            )
            if inside and not line.startswith(("#", "import ", "import\t")) and path not in result:
                result.append(path)
    return result


def read(file: PackageFile, opener: Opener) -> bytes:
    """What is in a file.

    Raises:
        DistributionError: It is not what RECORD says, or cannot be read.
    """
    if file.content is not None:
        return file.content
    assert file.source is not None
    with opener.open(file.source) as stream:
        content = stream.read()
    if file.checksum is not None:
        digest = hashlib.new(file.checksum.algorithm, content).digest()
        _compare(file, file.checksum, digest, len(content), opener)
    return content


def write_files(files: Iterable[PackageFile], opener: Opener, root: str) -> None:
    """Write files below the root of a variant, and see that each is what was recorded.

    Raises:
        DistributionError: A file is not what RECORD says, or cannot be read.
        OSError: It cannot be written, or is there already.
    """
    made: set[str] = set()
    for file in files:
        descriptor = create_file(file, root, made)
        with open(descriptor, "wb") as out:
            if file.content is not None:
                out.write(file.content)
            else:
                _copy(file, opener, out)


def create_file(file: PackageFile, root: str, made: set[str]) -> int:
    """Make a file of a package, empty; gives its descriptor, which can be written.

    Args:
        file: The file.
        root: The root of the variant.
        made: The directories that are there for sure; those that are made come to them.

    Raises:
        OSError: It cannot be made, or is there already.
    """
    target = os.path.join(root, *file.destination.split("/"))
    directory = os.path.dirname(target)
    if directory not in made:
        os.makedirs(directory, exist_ok=True)
        made.add(directory)
    mode = 0o777 if file.executable else 0o666
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)


def _copy(file: PackageFile, opener: Opener, out: BinaryIO) -> None:
    assert file.source is not None
    checksum = file.checksum
    digest = hashlib.new(checksum.algorithm) if checksum else None
    size = 0
    with opener.open(file.source) as stream:
        while chunk := stream.read(_CHUNK):
            out.write(chunk)
            size += len(chunk)
            if digest is not None:
                digest.update(chunk)
    if checksum is not None and digest is not None:
        _compare(file, checksum, digest.digest(), size, opener)


def _compare(
    file: PackageFile, checksum: Checksum, digest: bytes, size: int, opener: Opener
) -> None:
    reason = checksum.mismatch(digest, size)
    if reason:
        raise DistributionError(f"{file.source} is damaged: {reason}", opener.path)


def _checked(path: str, where: str) -> str:
    """A recorded path without detours.

    Raises:
        DistributionError: It is absolute, or means something else on another system.
    """
    if "\0" in path or "\\" in path or path.startswith("/") or re.match(r"[a-zA-Z]:", path):
        raise DistributionError(f"RECORD has the path {path!r}, which is not a relative one", where)
    result = posixpath.normpath(path)
    if result in (".", ".."):
        raise DistributionError(f"RECORD has the path {path!r}, which is no file's", where)
    return result


def _within(path: str, pattern: str) -> str:
    result = posixpath.normpath(path)
    if result.startswith(("/", "../")) or result in (".", ".."):
        raise ConfigurationError(f"pip_install_remaps: {pattern!r} leads outside, to {path!r}")
    return result

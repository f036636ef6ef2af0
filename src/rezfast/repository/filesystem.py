"""Repositories on disk, in rez's layout.

    <location>/<family>/<version>/package.py      a package; package.yaml will do
    <location>/<family>/package.py                an unversioned package; it hides the versions
    <location>/<family>.py                        a combined family: see `combined`
    <location>/<family>/.ignore<version>          that version is not to be seen
    <location>/<family>/.building<version>        it is not to be seen until it has a definition

A family costs one directory listing and each definition one open, read and close: entries tell by
themselves whether they are directories, and a definition's absence shows when it is opened.
"""

from __future__ import annotations

import errno
import os

from rezfast._scan import Refused, Scanned, load_files
from rezfast._version import is_valid_package_name
from rezfast.config import Settings, settings
from rezfast.errors import PackageDefinitionFileMissing, PackageRepositoryError, RezError
from rezfast.package.definition import complete, load_definition
from rezfast.repository.combined import CombinedFamily
from rezfast.repository.names import why_not_version
from rezfast.repository.old_releases import with_release

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from rezfast.repository.protocol import PackageFamily

IGNORE_PREFIX = ".ignore"
BUILDING_PREFIX = ".building"

_SETTINGS_FILE = "settings.yaml"
_EXTENSIONS = (".py", ".yaml")
# what rez looks for to tell that a build is done, whatever `package_filenames` says
_BUILT_NAMES = ("package.py", "package.yaml")
_MISSING = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR)
# a definition that is a pipe or a device is none either, as in rez
_NO_FILE = (*_MISSING, errno.ENXIO)


class FilesystemRepository:
    """A directory of package families (rez: `FileSystemPackageRepository`).

    Args:
        location: The directory; it need not exist. Links in it are followed, as in rez, so that
            a package has one URI.

    Attributes:
        resources: What `rezfast.repository.resources` keeps for the package objects of this place.
        changes: How often this process has changed a package here.
    """

    def __init__(self, location: str) -> None:
        self.location = os.path.realpath(location)
        self.resources: dict[tuple[str, ...], Any] = {}
        self.changes = 0
        self._families: dict[str, PackageFamily | None] = {}

    def __str__(self) -> str:
        return f"filesystem@{self.location}"

    def get_family(self, name: str) -> PackageFamily | None:
        """The family of that name, looked for once; None when there is none.

        Raises:
            PackageRequestError: `name` is not a package name.
            PackageRepositoryError: The family's directory cannot be listed.
        """
        try:
            return self._families[name]
        except KeyError:
            is_valid_package_name(name, raise_error=True)
            return self._families.setdefault(name, self._find_family(name))

    def forget(self, name: str) -> None:
        """Look at the disk again when this family or its packages are asked for."""
        self._families.pop(name, None)
        for key in [key for key in self.resources if key[1] == name]:
            self.resources.pop(key, None)

    def _find_family(self, name: str) -> PackageFamily | None:
        path = os.path.join(self.location, name)
        try:
            return DirectoryFamily(self, name, path)
        except OSError as error:
            # a directory that cannot even be looked at is not there, as in rez
            if error.errno not in _MISSING and os.path.isdir(path):
                raise _unreadable(path, error) from error
        for extension in _EXTENSIONS:
            if os.path.isfile(path + extension):
                return CombinedFamily(self, name, path + extension)
        return None

    def family_names(self) -> list[str]:
        """The names of all families, sorted.

        Raises:
            PackageRepositoryError: The directory exists and cannot be listed.
        """
        reserved = (_SETTINGS_FILE, settings().file_lock_dir)
        names: set[str] = set()
        try:
            with os.scandir(self.location) as entries:
                for entry in entries:
                    if entry.name in reserved:
                        continue
                    if _is_directory(entry):
                        names.add(entry.name)
                    else:
                        stem, extension = os.path.splitext(entry.name)
                        if extension in _EXTENSIONS:
                            names.add(stem)
        except OSError as error:
            if error.errno not in _MISSING and os.path.isdir(self.location):
                raise _unreadable(self.location, error) from error
        return sorted(filter(is_valid_package_name, names))


class DirectoryFamily:
    """A family that is a directory, with a directory in it for each version.

    Args:
        repository: The repository that it is in.
        name: The family's name.
        path: Its directory.

    Attributes:
        versions: The names of the version directories that count, in the order of their text; or
            `""` alone when the family has an unversioned package.
        skipped: The directories that do not count, and why.

    Raises:
        OSError: The directory cannot be listed.
    """

    def __init__(self, repository: FilesystemRepository, name: str, path: str) -> None:
        self.repository = repository
        self.name = name
        self._path = path
        current = settings()
        self._names = definition_names(current)
        self._found: dict[int, str] = {}
        self.versions: list[str]
        self.skipped: list[tuple[str, str]]
        directories, markers, files = _list(path, self._names)
        if current.allow_unversioned_packages:
            for definition in self._names:
                if definition in files:
                    self.versions = [""]
                    self.skipped = [(d, f"hidden by {definition}") for d in sorted(directories)]
                    self._names = (definition,)
                    return
        self._choose_versions(sorted(directories), markers, current)

    def _choose_versions(
        self, directories: Iterable[str], markers: set[str], current: Settings
    ) -> None:
        self.versions, self.skipped = [], []
        plain = not markers and not current.check_package_definition_files
        for directory in directories:
            reason = why_not_version(directory)
            if reason is None and not plain:
                reason = self._why_hidden(directory, markers, current)
            if reason is None:
                self.versions.append(directory)
            else:
                self.skipped.append((directory, reason))

    def _why_hidden(self, directory: str, markers: set[str], current: Settings) -> str | None:
        """Why a version does not count; only the last two reasons look at what is in it."""
        if IGNORE_PREFIX + directory in markers:
            return f"ignored: {IGNORE_PREFIX}{directory} is there"
        path = f"{self._path}/{directory}"
        if current.check_package_definition_files:
            if not (_has_file(path, _BUILT_NAMES) and _has_file(path, self._names)):
                return "no definition file in it"
        elif BUILDING_PREFIX + directory in markers and not _has_file(path, _BUILT_NAMES):
            return f"being built: {BUILDING_PREFIX}{directory} is there and no definition yet"
        return None

    def load(self, indices: Sequence[int]) -> list[Scanned | Exception]:
        """Read definitions: all in one native call, the odd ones after it one by one.

        Returns:
            A record or an error for each index, in order.
        """
        first = self._names[0]
        if not first.endswith(".py"):
            return [self._load_one(index, self._names) for index in indices]
        paths = [f"{self._directory(index)}/{first}" for index in indices]
        results: list[Scanned | Exception] = []
        for index, path, outcome in zip(indices, paths, load_files(paths), strict=True):
            if isinstance(outcome, OSError) and outcome.errno in _NO_FILE:
                results.append(self._load_one(index, self._names[1:]))
                continue
            self._found[index] = first
            record = outcome if isinstance(outcome, Scanned) else _completed(path, outcome)
            results.append(self._dated(index, record))
        return results

    def _dated(self, index: int, outcome: Scanned | Exception) -> Scanned | Exception:
        """A record with its timestamp, wherever that is."""
        if not isinstance(outcome, Scanned) or outcome.timestamp is not None:
            return outcome
        try:
            return with_release(outcome, self._directory(index))
        except RezError as error:
            return error

    def _load_one(self, index: int, names: Sequence[str]) -> Scanned | Exception:
        directory = self._directory(index)
        try:
            for name in names:
                path = f"{directory}/{name}"
                if os.path.isfile(path):
                    self._found[index] = name
                    return self._dated(index, load_definition(path))
        except (RezError, OSError) as error:
            return error
        return PackageDefinitionFileMissing(
            f"no package definition: expected {' or '.join(self._names)}", path=directory
        )

    def uri(self, index: int) -> str:
        """The path of the definition; of the version directory when there is none (rez: None)."""
        directory = self._directory(index)
        return self.found(index) or find_definition(directory, self._names) or directory

    def found(self, index: int) -> str | None:
        """The path of the definition; None if it was not read yet."""
        name = self._found.get(index)
        return None if name is None else f"{self._directory(index)}/{name}"

    def _directory(self, index: int) -> str:
        version = self.versions[index]
        return f"{self._path}/{version}" if version else self._path


def definition_names(current: Settings) -> tuple[str, ...]:
    """The names that a definition file may have, the preferred one first."""
    return tuple([name + ext for name in current.package_filenames for ext in _EXTENSIONS])


def find_definition(directory: str, names: Sequence[str] | None = None) -> str | None:
    """The definition that is directly in a directory; None without any.

    Args:
        directory: Where to look.
        names: What it may be called, the preferred name first; None: as the settings say.
    """
    for name in definition_names(settings()) if names is None else names:
        path = os.path.join(directory, name)
        if os.path.isfile(path):
            return path
    return None


def _list(path: str, definitions: Sequence[str]) -> tuple[list[str], set[str], set[str]]:
    """What is in a family's directory: its directories, its marker files, its definitions."""
    directories: list[str] = []
    markers: set[str] = set()
    files: set[str] = set()
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if name[0] == ".":
                # an ignore marker must be a file; a building marker may be anything, as in rez
                if name.startswith(BUILDING_PREFIX) or (
                    name.startswith(IGNORE_PREFIX) and _is_file(entry)
                ):
                    markers.add(name)
            elif _is_directory(entry):
                directories.append(name)
            elif name in definitions and _is_file(entry):
                files.add(name)
    return directories, markers, files


def _is_directory(entry: os.DirEntry[str]) -> bool:
    # no system call but for a link
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _has_file(directory: str, names: Iterable[str]) -> bool:
    return any(os.path.isfile(f"{directory}/{name}") for name in names)


def _completed(path: str, outcome: Refused | OSError) -> Scanned | Exception:
    try:
        return complete(path, outcome)
    except (RezError, OSError) as error:
        return error


def _unreadable(path: str, error: OSError) -> PackageRepositoryError:
    return PackageRepositoryError(f"{path}: cannot be listed: {error.strerror}")

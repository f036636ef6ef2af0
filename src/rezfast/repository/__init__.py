"""Where packages live: repositories on disk and in memory, found by what a search path names.

A repository gives families, a family gives version texts and, when asked, the definitions of some
of them; knowing which versions exist reads no definition. Everything that a repository has seen is
kept until `clear_caches`, or until this process changes it.
"""

from __future__ import annotations

import os

from rezfast._version import Version
from rezfast.errors import PackageRepositoryError
from rezfast.repository.filesystem import FilesystemRepository
from rezfast.typed import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from rezfast.repository.memory import MemoryRepository
    from rezfast.repository.protocol import PackageFamily, PackageRepository

__all__ = [
    "FilesystemRepository",
    "MemoryRepository",
    "PackageFamily",
    "PackageRepository",
    "clear_caches",
    "family_names",
    "find_packages",
    "get_repository",
    "note_change",
]

_repositories: dict[str, PackageRepository] = {}

# A resolve from disk needs none of these, and they import a good part of the standard library.
_LAZY = {
    "MemoryRepository": "rezfast.repository.memory",
    "PackageFamily": "rezfast.repository.protocol",
    "PackageRepository": "rezfast.repository.protocol",
}


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(module), name)


def get_repository(path: str) -> PackageRepository:
    """The repository that an entry of a search path names (rez: `get_repository` of its manager).

    Args:
        path: A directory, or `kind@location`: `filesystem@/svr/packages`, `memory@name`. A
            directory that does not exist is an empty repository. `memory@name` is the repository
            of that name, made empty when it is first asked for; `str(repository)` of one that
            `MemoryRepository.create_repository` made finds it for as long as somebody holds it.

    Raises:
        PackageRepositoryError: There is no such kind of repository.
    """
    kind, at, location = path.partition("@")
    if not at:
        kind, location = "filesystem", path
    if kind == "filesystem":
        # links are followed once, when the repository is made: one name finds one repository
        location = os.path.abspath(location)
    key = f"{kind}@{location}"
    found = _repositories.get(key)
    if found is not None:
        return found
    if kind == "filesystem":
        return _repositories.setdefault(key, FilesystemRepository(location))
    if kind == "memory":
        memory = import_module("rezfast.repository.memory")
        created: PackageRepository | None = memory.created_repository(location)
        return created or _repositories.setdefault(key, memory.MemoryRepository(location))
    raise PackageRepositoryError(
        f"{path}: no kind of repository is called {kind!r}; "
        f"for a directory with an @ in its path write filesystem@{path}"
    )


def repository_location(path: str) -> str:
    """The directory of the repository to install into, an absolute path.

    Args:
        path: As a search path names it.

    Raises:
        PackageRepositoryError: It is no repository of directories.
    """
    repository = get_repository(path)
    if not isinstance(repository, FilesystemRepository):
        raise PackageRepositoryError(f"{path}: nothing can be built into it: it is no directory")
    return os.path.abspath(repository.location)


def clear_caches() -> None:
    """Forget every repository, so that the next use looks at the disk again."""
    _repositories.clear()


def note_change(repository: FilesystemRepository | MemoryRepository, name: str) -> None:
    """Let this process see what it has changed: the next solve and query look at the family again.

    Args:
        repository: Where the family is; whoever else stands for that place is told, too.
        name: The family.
    """
    repository.changes += 1
    if not isinstance(repository, FilesystemRepository):
        return
    repository.forget(name)
    for other in list(_repositories.values()):
        if other is repository or not isinstance(other, FilesystemRepository):
            continue
        if other.location == repository.location:
            other.changes += 1
            other.forget(name)


def family_names(paths: Iterable[str]) -> list[str]:
    """The names of all families on a search path, sorted, each once.

    Raises:
        PackageRepositoryError: A repository is there and cannot be listed.
    """
    names: set[str] = set()
    for path in paths:
        names.update(get_repository(path).family_names())
    return sorted(names)


def find_packages(name: str, paths: Iterable[str]) -> list[tuple[PackageFamily, int]]:
    """The packages of a family that a search path shows (rez: `iter_packages`).

    A package hides those of an equal version behind it on the path; versions that differ in their
    separators alone are equal. No definition is read.

    Returns:
        Family and index into its `versions`, in the order of the path.

    Raises:
        PackageRequestError: `name` is not a package name.
        PackageRepositoryError: A family is there and cannot be listed.
        PackageMetadataError: A combined family's file does not tell its versions.
    """
    seen: set[Version] = set()
    shown: list[tuple[PackageFamily, int]] = []
    for path in paths:
        family = get_repository(path).get_family(name)
        if family is None:
            continue
        for index, text in enumerate(family.versions):
            version = Version(text)
            if version not in seen:
                seen.add(version)
                shown.append((family, index))
    return shown

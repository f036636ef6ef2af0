"""Packages as objects share them, for each kind of repository (rez: its repository plugins).

`family_resource` and `package_resource` go from what a repository lists to them;
`resource_from_handle` from a handle. A repository on disk makes one resource a package and keeps
it, so that a definition is read once, until `rezfast.repository.clear_caches()`.
"""

from __future__ import annotations

import os

from rezfast._scan import Scanned, scan
from rezfast.config import settings
from rezfast.errors import PackageDefinitionFileMissing, PackageRepositoryError, ResourceError
from rezfast.package.cached import cached
from rezfast.package.definition import load_data, read_definition
from rezfast.package.resource import (
    NOTHING_SAID,
    FamilyResource,
    PackageResource,
    ResourceHandle,
    VariantResource,
)
from rezfast.repository.combined import CombinedFamily
from rezfast.repository.filesystem import (
    DirectoryFamily,
    FilesystemRepository,
    definition_names,
    find_definition,
)
from rezfast.repository.memory import MemoryFamily, MemoryRepository
from rezfast.repository.old_releases import released
from rezfast.repository.protocol import PackageFamily, PackageRepository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# What an environment asks of every package. Most definitions say little of it, and need not be run
# to say so.
_ASKED_OF_ALL = frozenset(
    [
        "_redirected_base",
        "commands",
        "config",
        "hashed_variants",
        "post_commands",
        "pre_commands",
        "variants",
    ]
)


class _ListedFamily(FamilyResource):
    """A family that a repository lists."""

    def __init__(self, family: PackageFamily, **variables: Any) -> None:
        super().__init__(family.repository, family.name, **variables)
        self._family = family

    def packages(self) -> Iterator[PackageResource]:
        for index in range(len(self._family.versions)):
            yield package_resource(self._family, index)


class DirectoryFamilyResource(_ListedFamily):
    """A family that is a directory."""

    key = "filesystem.family"
    repository_type = "filesystem"

    @property
    def uri(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """The directory."""
        return os.path.join(self.location, self.name)

    def last_release_time(self) -> float:
        return _changed(self.path)


class CombinedFamilyResource(_ListedFamily):
    """A family that is a file."""

    key = "filesystem.family.combined"
    repository_type = "filesystem"

    @property
    def uri(self) -> str:
        return self.filepath

    @property
    def filepath(self) -> str:
        """The file."""
        return os.path.join(self.location, f"{self.name}.{self.get('ext')}")

    def last_release_time(self) -> float:
        return _changed(self.filepath)


class MemoryFamilyResource(_ListedFamily):
    """A family in memory."""

    key = "memory.family"
    repository_type = "memory"

    @property
    def uri(self) -> str:
        return f"{self.location}:{self.name}"


class DirectoryResource(PackageResource):
    """A package that is a directory with a definition in it."""

    key = "filesystem.package"
    variant_key = "filesystem.variant"
    repository_type = "filesystem"

    @property
    def uri(self) -> str:
        return self.filepath or self.path

    @property
    def parent(self) -> FamilyResource:
        return _family(self.repository, self.name)

    @cached
    def path(self) -> str:
        """The directory."""
        version = self.variables.get("version")
        directory = f"{self.location}/{self.name}"
        return f"{directory}/{version}" if version else directory

    @cached
    def filepath(self) -> str | None:
        """The definition, looked for once; None when there is none."""
        return find_definition(self.path)

    @cached
    def base(self) -> str | None:
        # a build that tests what it has not installed yet says where it is
        redirected: str | None = self.said("_redirected_base")
        return self.path if redirected is NOTHING_SAID else redirected or self.path

    def said(self, name: str) -> Any:
        if name in _ASKED_OF_ALL and "data" not in self.__dict__:
            plain = self._plain
            if plain is not None:
                text, scanned = plain
                if name == "variants":
                    return NOTHING_SAID if scanned.variants is None else scanned.variants
                if name.encode() not in text:
                    return NOTHING_SAID
        return super().said(name)

    def may_say(self, word: str) -> bool:
        return "data" in self.__dict__ or self._plain is None or word.encode() in self._plain[0]

    @cached
    def _plain(self) -> tuple[bytes, Scanned] | None:
        """The definition's text, and what the scanner reads of it; None if it has to be run.

        Every attribute is named in such a text: the scanner accepts no definition that could make
        up names. What it does not look at is what becomes of names, so texts are left out in which
        `scope()` could make an attribute of one, or Python take a letter for another.
        """
        if self.filepath is None or not self.filepath.endswith(".py"):
            return None
        text = read_definition(self.filepath)
        if b"scope" in text or not text.isascii():
            return None
        scanned = scan(text)
        return (text, scanned) if isinstance(scanned, Scanned) else None

    def load(self) -> dict[str, Any]:
        if self.filepath is None:
            names = " or ".join(definition_names(settings()))
            raise PackageDefinitionFileMissing(
                f"no package definition: expected {names}", path=self.path
            )
        data = load_data(self.filepath)
        if "timestamp" not in data:
            data.update(released(self.path))
        return data


class CombinedResource(PackageResource):
    """One of the packages in a combined file."""

    key = "filesystem.package.combined"
    variant_key = "filesystem.variant.combined"
    repository_type = "filesystem"

    @property
    def uri(self) -> str:
        return f"{self._file}<{self.variables.get('version', '')}>"

    @property
    def source_path(self) -> str:
        return self._file

    @property
    def parent(self) -> FamilyResource:
        return _family(self.repository, self.name)

    @property
    def _file(self) -> str:
        return os.path.join(self.location, f"{self.name}.{self.get('ext')}")

    def load(self) -> dict[str, Any]:
        family = self.repository.get_family(self.name)
        if not isinstance(family, CombinedFamily):
            raise PackageDefinitionFileMissing("does not exist", self._file)
        return family.attributes(self.variables.get("version", ""))


class MemoryResource(PackageResource):
    """A package in memory."""

    key = "memory.package"
    variant_key = "memory.variant"
    repository_type = "memory"

    @property
    def uri(self) -> str:
        version = self.variables.get("version", "")
        return f"{self.location}:{self.name}{'-' if version else ''}{version}"

    @property
    def parent(self) -> FamilyResource:
        return _family(self.repository, self.name)

    def load(self) -> dict[str, Any]:
        family = self.repository.get_family(self.name)
        if not isinstance(family, MemoryFamily):
            return {}
        return family.attributes(self.variables.get("version", ""))


# ---- from what a repository lists -------------------------------------------------


def family_resource(family: PackageFamily) -> FamilyResource:
    """What package objects have as their family.

    Raises:
        PackageRepositoryError: The repository is of a kind that has no package objects.
    """
    if isinstance(family, DirectoryFamily):
        return DirectoryFamilyResource(family)
    if isinstance(family, CombinedFamily):
        return CombinedFamilyResource(family, ext=family.extension)
    if isinstance(family, MemoryFamily):
        return MemoryFamilyResource(family)
    raise _no_objects(family.repository)


def package_resource(family: PackageFamily, index: int) -> PackageResource:
    """What package objects of one version share.

    Args:
        family: The family.
        index: Index into its `versions`.

    Raises:
        PackageRepositoryError: The repository is of a kind that has no package objects.
    """
    version = family.versions[index]
    if isinstance(family, DirectoryFamily):
        package = _kept(family.repository, DirectoryResource, family.name, version)
        path = family.found(index)
        if path is not None:
            package.__dict__.setdefault("filepath", path)
        return package
    if isinstance(family, CombinedFamily):
        return _kept(
            family.repository, CombinedResource, family.name, version, ext=family.extension
        )
    if isinstance(family, MemoryFamily):
        return MemoryResource(family.repository, family.name, version)
    raise _no_objects(family.repository)


def _family(repository: Any, name: str) -> FamilyResource:
    family = repository.get_family(name)
    if family is None:
        raise ResourceError(f"{repository}: no family {name!r} any more")
    return family_resource(family)


def _kept(
    repository: PackageRepository,
    kind: type[PackageResource],
    name: str,
    version: str | None,
    **variables: Any,
) -> PackageResource:
    """The resource that the repository has for this package, made when there is none yet."""
    if not isinstance(repository, FilesystemRepository):
        return kind(repository, name, version, **variables)
    key = (kind.key, name, version or "")
    found = repository.resources.get(key)
    if found is None:
        made = kind(repository, name, version, **variables)
        found = repository.resources.setdefault(key, made)
    resource: PackageResource = found
    return resource


def _no_objects(repository: PackageRepository) -> PackageRepositoryError:
    return PackageRepositoryError(
        f"{repository}: there are no package objects for a {type(repository).__name__}"
    )


# ---- from a handle ----------------------------------------------------------------

_PACKAGES: dict[str, type[PackageResource]] = {
    kind.key: kind for kind in (DirectoryResource, CombinedResource, MemoryResource)
}
_VARIANTS = {kind.variant_key: kind for kind in _PACKAGES.values()}


def resource_from_handle(
    handle: ResourceHandle, repository: PackageRepository
) -> PackageResource | VariantResource:
    """The package or variant that a handle stands for; whether it exists shows when it is read.

    Args:
        handle: The handle.
        repository: The repository that its variables name.

    Raises:
        ResourceError: It is a handle of something else, or of another repository.
    """
    kind = _PACKAGES.get(handle.key) or _VARIANTS.get(handle.key)
    if kind is None:
        known = ", ".join((*_PACKAGES, *_VARIANTS))
        raise ResourceError(f"{handle.key!r} is no kind of package or variant; there are {known}")
    name = handle.get("name")
    expected = FilesystemRepository if kind.repository_type == "filesystem" else MemoryRepository
    if not isinstance(repository, expected) or not isinstance(name, str):
        raise ResourceError(f"{handle} does not belong to {repository}")
    version = handle.get("version")
    variables = {"ext": handle.get("ext")} if kind is CombinedResource else {}
    package = _kept(repository, kind, name, version, **variables)
    return package.variant(handle.get("index")) if handle.key in _VARIANTS else package


def _changed(path: str) -> float:
    try:
        return os.path.getmtime(path)
    except OSError:
        return 0

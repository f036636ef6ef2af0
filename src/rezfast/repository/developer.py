"""Packages that are to be built (rez: `rez.developer_package`, `rez.packages.create_package`).

    directory --find--> definition --early run--> data --preprocess--> data --create--> package

A package made from data lives in a repository in memory of its own, as in rez; that, and the
wildcards in its requests, is why it is here and not a floor below.
"""

from __future__ import annotations

import os
from stat import S_ISDIR

from rezfast._version import Version, is_valid_package_name
from rezfast.config import settings
from rezfast.config.sources import REZ_VERSION
from rezfast.errors import (
    PackageDefinitionFileMissing,
    PackageMetadataError,
    ResourceError,
    RezError,
)
from rezfast.package.attributes import check_source
from rezfast.package.containment import contained
from rezfast.package.definition import line_of_field, load_source, read_definition
from rezfast.package.functions import SourceCode
from rezfast.package.included import check_modules, copy_modules
from rezfast.package.model import Package
from rezfast.package.preprocess import is_preprocessed, preprocessed
from rezfast.repository.expansion import expand_requirement
from rezfast.repository.filesystem import definition_names, find_definition
from rezfast.repository.memory import MemoryRepository
from rezfast.repository.names import NO_VERSION
from rezfast.repository.resources import MemoryResource

TYPE_CHECKING = False
if not TYPE_CHECKING:
    from rezfast.typed import overload
else:
    from collections.abc import Mapping
    from typing import Any, Self, TypeVar, overload

    P = TypeVar("P", bound=Package)

_FORMATS = (".py", ".yaml")


@overload
def create_package(name: str, data: Mapping[str, Any]) -> Package: ...
@overload
def create_package(
    name: str, data: Mapping[str, Any], package_cls: type[P], path: str | None = None
) -> P: ...
def create_package(
    name: str,
    data: Mapping[str, Any],
    package_cls: type[Package] = Package,
    path: str | None = None,
) -> Package:
    """A package of attributes, as a definition that is to be built has them.

    They are checked, and the wildcards in requests are replaced. None stands for no value.

    Args:
        name: The family's name.
        data: The attributes.
        package_cls: What to make.
        path: Where they came from, for messages.

    Raises:
        PackageMetadataError: A value is wrong, or a newer rez is asked for.
        PackageRequestError: `name` is not a package name.
    """
    given = {key: value for key, value in data.items() if value is not None}
    checked = check_source({**given, "name": name}, path, _expanded)
    is_valid_package_name(name, raise_error=True)
    needed: Version | None = checked.pop("requires_rez_version", None)
    if needed is not None and Version(REZ_VERSION) < needed:
        raise PackageMetadataError(
            f"needs rez {needed} or later; this is as rez {REZ_VERSION}",
            path,
            _line(path, "requires_rez_version"),
        )
    version = checked.get("version") or ""
    try:
        Version(version)
    except ValueError as error:
        raise PackageMetadataError(
            f"version is wrong: {version!r} is not a version: {error}",
            path,
            _line(path, "version"),
        ) from None
    repository = MemoryRepository.create_repository({name: {version or NO_VERSION: checked}})
    package = package_cls(_SourceResource(repository, name, version, path))
    package.validate_data()
    return package


def _line(path: str | None, field: str) -> int | None:
    return None if path is None else line_of_field(path, field)


def _expanded(request: str) -> str:
    try:
        return expand_requirement(request)
    except RezError as error:
        raise ValueError(f"{request!r} cannot be expanded: {error}") from error


class _SourceResource(MemoryResource):
    """A package in memory that was read from a definition."""

    def __init__(
        self, repository: MemoryRepository, name: str, version: str, definition: str | None
    ) -> None:
        super().__init__(repository, name, version)
        self._definition = definition

    @property
    def source_path(self) -> str:
        return self._definition or self.uri


class DeveloperPackage(Package):
    """A package in a source tree, to be built or released (rez: `DeveloperPackage`).

    Besides the standard attributes it has those that are not installed, such as `build_command`.

    Attributes:
        filepath: The definition; None for a package that was made of data.
        includes: The modules that its functions use by `@include`.
    """

    filepath: str | None = None
    includes: frozenset[str] = frozenset()
    # Whether its definition may make the same package for every variant; the text of one that
    # does, and the package that was made of it.
    _may_be_constant = False
    _constant: bytes | None = None
    _for_every_variant: Self | None = None

    @property
    def root(self) -> str | None:
        """The directory of the definition."""
        return None if self.filepath is None else os.path.dirname(self.filepath)

    @property
    def _include_directory(self) -> str:
        # it has no payload yet: the modules are where they will be copied from
        return settings().package_definition_python_path or ""

    @classmethod
    def from_path(cls, path: str, format: str | None = None) -> Self:
        """The package of a source tree.

        Its early functions run with the tree as their working directory, and `preprocess` does.

        Args:
            path: The directory, or the definition itself.
            format: `py` or `yaml`; None: `py` if there is one.

        Raises:
            InvalidPackageError: `preprocess` or an early function rejects the package, or a module
                that it includes is missing.
            PackageMetadataError: There is no definition, it cannot be run, a value is wrong, or the
                setting `package_preprocess_function` is.
            PackageRequestError: Its name is not a package name.
            ConfigurationError: A setting in its `config` is wrong.
        """
        return cls._loaded(_find(os.path.abspath(path), format), None)

    def get_reevaluated(self, objects: Mapping[str, Any]) -> Self:
        """The package read again, with other objects for early functions to find.

        Args:
            objects: By name: `building`, `build_variant_index`, `build_variant_requires`, or any.

        Raises:
            ResourceError: The package was not read from a file.
            RezError: As `from_path`.
        """
        if self.filepath is None:
            raise ResourceError(f"{self.qualified_name} was not read from a file")
        source = read_definition(self.filepath) if self._may_be_constant else None
        if self._for_every_variant is not None and source == self._constant:
            return self._for_every_variant
        package = self._loaded(self.filepath, objects)
        if source is not None:
            self._may_be_constant = _is_constant(source, self.filepath)
            if self._may_be_constant:
                self._constant, self._for_every_variant = source, package
        return package

    def copy_includes(self, base: str) -> list[str]:
        """Copy the modules that it includes into a payload; see `copy_modules`.

        Args:
            base: Where the package is installed, the directory above its variants.

        Raises:
            OSError: One cannot be read or written.
        """
        directory = self.config.package_definition_python_path
        return copy_modules(self.includes, directory or "", base)

    @classmethod
    def _loaded(cls, path: str, objects: Mapping[str, Any] | None) -> Self:
        directory = os.path.dirname(path)
        data = load_source(path, objects, directory)
        name = data.get("name")
        if not isinstance(name, str):
            raise PackageMetadataError("has no name: `name` has to be set, to a string", path)
        package = create_package(name, data, cls, path)
        package.filepath = path
        changed = None
        is_changed = is_preprocessed(package, data)
        if is_changed:
            changed = contained(path, lambda: preprocessed(package, data, path, objects), directory)
        if changed is not None:
            data = changed
            package = create_package(name, data, cls, path)
            package.filepath = path
        package.includes = _includes(data)
        check_modules(package.includes, package.config.package_definition_python_path, path)
        package._may_be_constant = path.endswith(".py") and not package.includes and not is_changed
        return package


def get_developer_package(path: str, format: str | None = None) -> DeveloperPackage:
    """The package of a source tree; see `DeveloperPackage.from_path`."""
    return DeveloperPackage.from_path(path, format)


def _find(path: str, format: str | None) -> str:
    """The definition that a path leads to.

    Raises:
        PackageMetadataError: There is none.
    """
    if format is not None and f".{format}" not in _FORMATS:
        raise PackageMetadataError(f"{format!r} is no format of definitions: use py or yaml", path)
    try:
        is_directory = S_ISDIR(os.stat(path).st_mode)
    except FileNotFoundError as error:
        raise PackageDefinitionFileMissing("does not exist", path) from error
    except OSError as error:
        raise PackageMetadataError(f"cannot be read: {error.strerror or error}", path) from error
    formats = _FORMATS if format is None else (f".{format}",)
    if not is_directory:
        if format is None and not path.endswith(formats):
            raise PackageMetadataError("is no definition: expected .py or .yaml", path)
        return path
    names = [name for name in definition_names(settings()) if name.endswith(formats)]
    file = find_definition(path, names)
    if file is not None:
        return file
    raise PackageMetadataError(f"no package definition: expected {' or '.join(names)}", path)


def _includes(data: Mapping[str, Any]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for value in data.values():
        if isinstance(value, SourceCode):
            found |= value.includes or frozenset()
        elif isinstance(value, dict):
            found |= _includes(value)
    return found


def _is_constant(source: bytes, path: str) -> bool:
    """Whether a definition which is read again gives the same package."""
    # Deferred: as where it is run.
    from rezfast.package.evaluate import is_constant

    # what a wildcard stands for may change
    return b"*" not in source and is_constant(source, path)

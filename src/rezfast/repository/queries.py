"""Finding packages without solving (rez: the functions of `rez.packages`).

`paths` is a search path: directories, `kind@location`, or repository objects; None or empty means
the configured `packages_path`. A package hides those of the same version behind it on the path.
"""

from __future__ import annotations

import os

from rezfast._version import Requirement, Version, VersionedObject, VersionRange
from rezfast.config import settings
from rezfast.errors import PackageFamilyNotFoundError, PackageRequestError, ResourceError
from rezfast.package.model import Package, PackageFamily, Variant
from rezfast.package.resource import PackageResource, ResourceHandle, VariantResource
from rezfast.repository import get_repository
from rezfast.repository.filesystem import FilesystemRepository
from rezfast.repository.protocol import PackageFamily as ListedFamily
from rezfast.repository.protocol import PackageRepository
from rezfast.repository.resources import (
    family_resource,
    package_resource,
    resource_from_handle,
)
from rezfast.typed import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

Paths = Sequence[str | PackageRepository] | None

# rez takes a family apart from what follows at the first of these that it finds, in this order
_SEPARATORS = ("-", "@", "#")


# ---- families and packages --------------------------------------------------------


def iter_package_families(paths: Paths = None) -> Iterator[PackageFamily]:
    """Every family, in the order of the path, then of their names. Families do not hide each other.

    Raises:
        PackageRepositoryError: A repository is there and cannot be listed.
    """
    for repository in _repositories(paths):
        for name in repository.family_names():
            family = repository.get_family(name)
            if family is not None:
                yield PackageFamily(family_resource(family))


def iter_packages(
    name: str, range_: VersionRange | str | None = None, paths: Paths = None
) -> Iterator[Package]:
    """The packages of a family, in the order of the path, then of the family. No file is read.

    Args:
        name: The family.
        range_: Give only versions in this range.
        paths: See the module.

    Raises:
        PackageRequestError: `name` is not a package name.
        VersionError: `range_` is not a range.
        PackageRepositoryError: A family is there and cannot be listed.
        PackageMetadataError: A combined family's file does not tell its versions.
    """
    wanted = VersionRange(range_) if isinstance(range_, str) and range_ else range_
    seen: set[Version] = set()
    for family in _families(name, paths):
        for index, text in enumerate(family.versions):
            version = Version(text)
            if version not in seen:
                seen.add(version)
                if not isinstance(wanted, VersionRange) or version in wanted:
                    yield Package(package_resource(family, index))


def get_package(name: str, version: Version | str, paths: Paths = None) -> Package | None:
    """The package of exactly this version, or None.

    Raises:
        VersionError: `version` is not a version.
        PackageRequestError: `name` is not a package name.
    """
    if isinstance(version, str):
        range_ = VersionRange(f"=={version}")
    else:
        range_ = VersionRange.from_version(version, "==")
    return next(iter_packages(name, range_, paths), None)


def get_package_from_string(txt: str, paths: Paths = None) -> Package | None:
    """The package that `foo-1.3` names, or None; a name alone is the unversioned package.

    Raises:
        VersionError: The text is no name with a version.
        PackageRequestError: Its name is not a package name.
    """
    named = VersionedObject(txt)
    return get_package(named.name, named.version, paths)


def get_latest_package(
    name: str,
    range_: VersionRange | str | None = None,
    paths: Paths = None,
    error: bool = False,
) -> Package | None:
    """The package of the highest version.

    Args:
        name: The family.
        range_: Look at versions in this range only.
        paths: See the module.
        error: Raise an error when there is none, in place of giving None.

    Raises:
        PackageFamilyNotFoundError: There is none, and `error` is set. As in rez it is this error
            also when the family exists and has no package in the range; the text tells them apart.
        PackageRequestError: `name` is not a package name.
    """
    found = max(iter_packages(name, range_, paths), key=lambda one: one.version, default=None)
    if found is None and error:
        where = f" in the range {range_}" if range_ else ""
        family = next(_families(name, paths), None)
        what = f"no such package family {name!r}" if family is None else f"no {name!r}{where}"
        raise PackageFamilyNotFoundError(what, family=name)
    return found


def get_latest_package_from_string(
    txt: str, paths: Paths = None, error: bool = False
) -> Package | None:
    """The package of the highest version that a request such as `foo-1.2+` admits.

    Raises:
        VersionError: The text is no request.
        PackageRequestError: Its name is not a package name.
        PackageFamilyNotFoundError: As `get_latest_package`.
    """
    request = Requirement.package_request(txt)
    return get_latest_package(request.name, request.range, paths, error)


def get_last_release_time(name: str, paths: Paths = None) -> float:
    """When a package of a family was last released, in seconds since the epoch; 0: unknown.

    Raises:
        PackageRequestError: `name` is not a package name.
    """
    times = [family_resource(family).last_release_time() for family in _families(name, paths)]
    return 0 if 0 in times else max(times, default=0)


# ---- one repository ---------------------------------------------------------------


def get_package_family_from_repository(
    name: str, path: str | PackageRepository
) -> PackageFamily | None:
    """A repository's family, or None.

    Raises:
        PackageRequestError: `name` is not a package name.
    """
    family = _repository(path).get_family(name)
    return None if family is None else PackageFamily(family_resource(family))


def get_package_from_repository(
    name: str, version: Version | str, path: str | PackageRepository
) -> Package | None:
    """A repository's package of exactly this version, or None.

    Raises:
        VersionError: `version` is not a version.
        PackageRequestError: `name` is not a package name.
    """
    wanted = Version(version) if isinstance(version, str) else version
    found = _find(_repository(path), name, wanted)
    return None if found is None else Package(found)


def _find(repository: PackageRepository, name: str, wanted: Version) -> PackageResource | None:
    family = repository.get_family(name)
    if family is None:
        return None
    for index, text in enumerate(family.versions):
        if Version(text) == wanted:
            return package_resource(family, index)
    return None


# ---- handles ----------------------------------------------------------------------


def get_package_from_handle(package_handle: ResourceHandle | Mapping[str, Any]) -> Package:
    """The package of a handle, or of what its `to_dict()` gave.

    Whether there is such a package shows when its definition is read.

    Raises:
        ResourceError: It is no handle of a package.
        PackageRepositoryError: There is no such kind of repository.
    """
    resource = _from_handle(package_handle)
    if not isinstance(resource, PackageResource):
        raise ResourceError(f"{resource.handle} is the handle of a variant, not of a package")
    return Package(resource)


def get_variant(
    variant_handle: ResourceHandle | Mapping[str, Any], context: object | None = None
) -> Variant:
    """The variant of a handle, or of what its `to_dict()` gave.

    Args:
        variant_handle: The handle.
        context: What late bound attributes are evaluated in; None: in none.

    Raises:
        ResourceError: It is no handle of a variant.
        PackageRepositoryError: There is no such kind of repository.
    """
    resource = _from_handle(variant_handle)
    if not isinstance(resource, VariantResource):
        raise ResourceError(f"{resource.handle} is the handle of a package, not of a variant")
    return Variant(resource, context=context)


def _from_handle(given: ResourceHandle | Mapping[str, Any]) -> PackageResource | VariantResource:
    handle = given if isinstance(given, ResourceHandle) else ResourceHandle.from_dict(given)
    kind, location = handle.get("repository_type"), handle.get("location")
    if not (kind and location):
        raise ResourceError(f"{handle} names no repository: it needs repository_type and location")
    return resource_from_handle(handle, get_repository(f"{kind}@{location}"))


# ---- uris -------------------------------------------------------------------------


def get_package_from_uri(uri: str, paths: Paths = None) -> Package | None:
    """The package of a uri, or None.

    Args:
        uri: A definition's path, as `Package.uri` gives it.
        paths: Where to look; None: the configured path, then wherever the uri points.
    """
    found = _search(uri, paths, _package_in)
    return None if found is None else Package(found)


def get_variant_from_uri(uri: str, paths: Paths = None) -> Variant | None:
    """The variant of a uri, or None.

    Args:
        uri: A definition's path with the index in `[]`, as `Variant.uri` gives it.
        paths: Where to look; None: the configured path, then wherever the uri points.
    """
    found = _search(uri, paths, _variant_in)
    return None if found is None else Variant(found)


def _search(uri: str, paths: Paths, look: Any) -> Any:
    places = _repositories(paths)
    for repository in places:
        found = look(repository, uri)
        if found is not None:
            return found
    if paths:
        return None
    # FAMILY.py<VERSION>, or else FAMILY/VERSION/package.py or FAMILY/package.py
    parts = uri.split(os.sep)
    for levels in (1,) if "<" in parts[-1] else (3, 2):
        directory = os.sep.join(parts[:-levels])
        if directory:
            found = look(get_repository(directory), uri)
            if found is not None:
                return found
    return None


def _package_in(repository: PackageRepository, uri: str) -> PackageResource | None:
    if not isinstance(repository, FilesystemRepository):
        return None
    prefix = repository.location + os.sep
    if not uri.startswith(prefix):
        return None
    parts = uri[len(prefix) :].split(os.sep)
    name, version = parts[0], ""
    if len(parts) == 3:
        version = parts[1]
    elif len(parts) == 1 and "<" in name and name.endswith(">"):
        name, _, version = name[:-1].partition("<")
        name = os.path.splitext(name)[0]
    elif len(parts) != 2:
        return None
    try:
        return _find(repository, name, Version(version))
    except (ValueError, PackageRequestError):
        return None


def _variant_in(repository: PackageRepository, uri: str) -> VariantResource | None:
    package_uri, bracket, rest = uri.rpartition("[")
    if not bracket:
        return None
    package = _package_in(repository, package_uri)
    index = rest[:-1]
    if package is None or not (index == "" or index.isdigit()):
        return None
    wanted = int(index) if index else None
    return next((one for one in package.variants() if one.index == wanted), None)


# ---- completion -------------------------------------------------------------------


def get_completions(prefix: str, paths: Paths = None, family_only: bool = False) -> set[str]:
    """What a request that begins like this may go on to be: families, then their packages.

    Args:
        prefix: What is there so far; may begin with `!` or `~`.
        paths: See the module.
        family_only: Complete names of families only.
    """
    sign = prefix[:1] if prefix[:1] in ("!", "~") else ""
    prefix = prefix[len(sign) :]
    separator = next((one for one in _SEPARATORS if one in prefix), None)
    if family_only and (sign or separator):
        return set()
    words: set[str] = set()
    name = prefix.split(separator)[0] if separator else ""
    if not name:
        words = {one.name for one in iter_package_families(paths) if one.name.startswith(prefix)}
        if len(words) == 1:
            name = next(iter(words))
    if name and not family_only:
        qualified = (one.qualified_name for one in iter_packages(name, paths=paths))
        words.update(word for word in qualified if word.startswith(prefix))
    return {sign + word for word in words}


# ---- search paths -----------------------------------------------------------------


def _repository(path: str | PackageRepository) -> PackageRepository:
    return get_repository(path) if isinstance(path, str) else path


def _repositories(paths: Paths) -> Iterable[PackageRepository]:
    return [_repository(path) for path in paths or settings().packages_path]


def _families(name: str, paths: Paths) -> Iterator[ListedFamily]:
    for repository in _repositories(paths):
        family = repository.get_family(name)
        if family is not None:
            yield family

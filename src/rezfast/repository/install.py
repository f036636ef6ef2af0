"""Variants into a repository (rez: `PackageRepository.install_variant`).

    variants --plan--> attributes of the package as it will be --write--> definition
               ^ what is there already

The definition is written under another name and renamed, under a lock that rez knows, too. A
version that has no definition yet is hidden by rez's `.building<version>` until it has one. A
process that is killed leaves what was there before or what is there afterwards.
"""

from __future__ import annotations

import os
import stat
import time
from _thread import allocate_lock

from rezfast._version import Version
from rezfast.config import settings
from rezfast.errors import (
    PackageDefinitionFileMissing,
    PackageMetadataError,
    PackageRepositoryError,
    ResourceError,
)
from rezfast.managers import ExitStack, contextmanager, suppress
from rezfast.package.attributes import BUILD_ONLY_ATTRIBUTES, RELEASE_ATTRIBUTES
from rezfast.package.model import Variant
from rezfast.package.resource import PackageResource, ResourceHandle, VariantResource
from rezfast.package.write import FileFormat, check_readable, dump_package_data, written_items
from rezfast.repository import get_repository, note_change
from rezfast.repository.combined import CombinedFamily
from rezfast.repository.filesystem import BUILDING_PREFIX, FilesystemRepository, definition_names
from rezfast.repository.locks import package_lock
from rezfast.repository.memory import MemoryRepository
from rezfast.repository.names import NO_VERSION
from rezfast.repository.protocol import PackageRepository
from rezfast.repository.replacement import Replacement, each
from rezfast.repository.resources import DirectoryResource, package_resource, resource_from_handle
from rezfast.typed import Any, Callable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Final


Overrides = Mapping[str, Any]
Confirm = Callable[[], None]

FORMAT_VERSION = 2
"""What installed definitions say of how they are written (rez: `format_version`)."""

REMOVE: Final = object()
"""An override that takes an attribute away (rez: `PackageRepository.remove`)."""

_STALE_TAG = 3600  # seconds after which a tag without a directory is nobody's

_memory_lock = allocate_lock()


def install_variant(
    variant: Variant,
    path: str | PackageRepository,
    dry_run: bool = False,
    overrides: Overrides | None = None,
) -> Variant | None:
    """Put a variant into a repository (rez: `Variant.install`).

    A package that is there gets it as one more variant, or with the index that an equal variant
    has; the other attributes become those of the variant's package, save what a release wrote.

    Args:
        variant: The variant, of any repository. One that is in the repository already, under this
            name and version, is given back.
        path: Where to: a directory, which is made, or what else a search path may name.
        dry_run: Write nothing; give the equal variant that is there, if its package has the same
            attributes, else None.
        overrides: Attributes to set. In a package that is there, only those that it has not.
            `REMOVE` takes one away. `name` and `version` say which package to install into.

    Returns:
        The variant in the repository; None only if `dry_run`. Solves and queries of this process
        see it from now on.

    Raises:
        ResourceError: The package there has another uuid, or it has variants and this is none, or
            the reverse.
        PackageRepositoryError: The repository takes no variants, or cannot be written.
        PackageMetadataError: An attribute is not what it has to be, or cannot be written.
    """
    repository = get_repository(path) if isinstance(path, str) else path
    target = _Target(variant, repository, overrides or {})
    if target.holds(variant):
        return variant
    if dry_run:
        plan = target.plan([variant])
        index = plan.equal_index
        if plan.changed or index is _NONE or plan.existing is None:
            return None
        return Variant(plan.existing.variant(index))
    return target.install([variant])[0]


def install_variants(
    variants: Sequence[Variant],
    path: str | PackageRepository,
    overrides: Overrides | None = None,
    confirm: Confirm | None = None,
) -> list[Variant]:
    """Put variants of one package into a repository, all in one step.

    Args:
        variants: The variants.
        path, overrides: As for `install_variant`.
        confirm: Called when all that can fail is done and nobody sees the variants yet. If it
            raises, nothing is installed.

    Raises:
        RezError: As for `install_variant`, and what `confirm` raises.
    """
    repository = get_repository(path) if isinstance(path, str) else path
    if not variants or _Target(variants[0], repository, overrides or {}).holds(variants[0]):
        return list(variants)
    return _Target(variants[0], repository, overrides or {}).install(variants, confirm)


def install_packages(packages: Sequence[Sequence[Variant]], path: str) -> list[list[Variant]]:
    """Put variants of several packages into a repository of directories: all of them, or none.

    All definitions are on the disk before the first one gets its name. Only the end of this process
    between the first and the last of the names, which takes a moment, leaves some of them.

    Args:
        packages: The variants of each package, in an order in which everybody takes the locks.
        path: The repository's directory.

    Returns:
        As `install_variants`, of each package.

    Raises:
        RezError: As `install_variants`; nothing is installed.
    """
    repository = get_repository(path)
    targets = [_Target(variants[0], repository, {}) for variants in packages]
    with ExitStack() as stack:
        written = [
            stack.enter_context(target.written(variants))
            for target, variants in zip(targets, packages, strict=True)
        ]
        files = [file for _, file in written]
        each(Replacement.reach_disk, files)
        try:
            for file in files:
                file.appear(keep=True)
        except BaseException:
            for file in files:
                file.disappear()
            raise
        each(Replacement.name_reaches_disk, files)
        for target in targets:
            target.has_appeared()
    return [target.installed(plan) for target, (plan, _) in zip(targets, written, strict=True)]


def is_installed(variants: Sequence[Variant], path: str | PackageRepository) -> bool:
    """Whether the last of some variants is there when those before it are installed.

    Args:
        variants: Variants of one package.
        path: As for `install_variant`.

    Raises:
        RezError: As for `install_variant`.
    """
    repository = get_repository(path) if isinstance(path, str) else path
    plan = _Target(variants[0], repository, {}).plan(variants)
    return not plan.changed and plan.equal_index is not _NONE


# ---- what the package will be -----------------------------------------------------

_NONE: Final = -1  # no variant: None is the index of a package that has no variants


class Plan:
    """A package as it will be.

    Attributes:
        existing: The package that is there, or None.
        data: The attributes to write.
        changed: Whether attributes other than variants differ from what is there.
        equal_index: Index of the variant that was there for the last planned one, or -1.
        indices: The index that each variant has got.
    """

    def __init__(self, existing: PackageResource | None) -> None:
        self.existing = existing
        self.data: dict[str, Any] = {}
        self.changed = False
        self.equal_index: int | None = _NONE
        self.indices: list[int | None] = []
        self._current = None if existing is None else package_attributes(existing)

    def add(self, variant: VariantResource, new: dict[str, Any], overrides: Overrides) -> None:
        """Merge a variant.

        Args:
            variant: The variant.
            new: The attributes of its package, under the name and version it gets.
            overrides: As for `install_variant`.

        Raises:
            ResourceError: It does not go with what is there.
        """
        current = self._current
        release: dict[str, Any] = {}
        index: int | None = None
        self.equal_index = _NONE
        if current is None:
            data = new
        else:
            _check_same(variant, current, self.existing)
            release = {
                name: current[name] for name in RELEASE_ATTRIBUTES if current.get(name) is not None
            }
            ignored = {*RELEASE_ATTRIBUTES, "format_version", "base", "variants"}
            self.changed = _without(current, ignored) != _without(new, ignored)
            self.equal_index = index = _equal_variant(variant, current)
            data = new if self.changed else current
            if self.changed and variant.index is not None:
                data["variants"] = current.get("variants") or []
        data.update(release)
        if variant.index is None:
            index = None
        elif index is None or index == _NONE:
            data["variants"] = [*(data.get("variants") or []), variant.variant_requires]
            index = len(data["variants"]) - 1
        data.pop("base", None)
        _override(data, overrides, new_package=current is None)
        self.data = self._current = data
        self.indices.append(index)

    def finish(self) -> None:
        """Give the package what every installed one has.

        Raises:
            PackageMetadataError: It has no version, and may not be without one.
        """
        if not self.data.get("timestamp"):
            self.data["timestamp"] = int(time.time())
        self.data["format_version"] = FORMAT_VERSION
        if not self.data.get("version") and not settings().allow_unversioned_packages:
            raise PackageMetadataError(
                f"{self.data['name']} has no version, and allow_unversioned_packages is False"
            )


def package_attributes(package: PackageResource) -> dict[str, Any]:
    """A package's attributes as they are installed: checked, the configuration as it is written.

    Raises:
        PackageMetadataError: The definition cannot be read, or a value is wrong.
    """
    data = package.validated_data()
    configuration = package.data.get("config")
    data.pop("config", None)
    if configuration:
        data["config"] = configuration
    return _without(data, set(BUILD_ONLY_ATTRIBUTES))


def _without(data: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def _check_same(
    variant: VariantResource, current: Mapping[str, Any], existing: PackageResource | None
) -> None:
    # a package of a source tree has no uri that would tell a reader anything
    index = "" if variant.index is None else f"[{variant.index}]"
    what = f"{variant.name}-{variant.version}".rstrip("-") + index
    where = f"{what} cannot be installed into {existing.uri if existing else 'its package'}"
    uuids = {variant.value("uuid"), current.get("uuid")} - {None}
    if len(uuids) > 1:
        raise ResourceError(f"{where}: they are different packages, since their uuids differ")
    if variant.index is None and current.get("variants"):
        raise ResourceError(f"{where}: that one has variants and this one has none")
    if variant.index is not None and not current.get("variants"):
        raise ResourceError(f"{where}: that one has no variants and this is one")


def _equal_variant(variant: VariantResource, current: Mapping[str, Any]) -> int | None:
    if variant.index is None:
        return None
    found = _NONE
    for index, requires in enumerate(current["variants"]):
        if requires == variant.variant_requires:
            found = index
    return found


def _override(data: dict[str, Any], overrides: Overrides, new_package: bool) -> None:
    for name, value in overrides.items():
        if name in ("name", "version"):
            continue
        if new_package:
            if value is REMOVE:
                data.pop(name, None)
            else:
                data[name] = value
        elif name not in data and value is not REMOVE:
            data[name] = value


# ---- where it goes ----------------------------------------------------------------


class _Target:
    """One package of a repository, which is there or is to be."""

    def __init__(
        self, variant: Variant, repository: PackageRepository, overrides: Overrides
    ) -> None:
        for name in ("name", "version"):
            if overrides.get(name) is REMOVE:
                raise PackageRepositoryError(f"the attribute {name!r} cannot be removed")
        self.repository = repository
        self.overrides = overrides
        self.name: str = overrides.get("name") or variant.name
        version = overrides.get("version") or variant.version
        self.version = Version(version) if isinstance(version, str) else version

    def holds(self, variant: Variant) -> bool:
        """Whether the variant is in this package already."""
        return (
            variant.repository is self.repository
            and variant.name == self.name
            and variant.version == self.version
        )

    def plan(self, variants: Sequence[Variant]) -> Plan:
        """The package with these variants in it, from what is there now."""
        plan = Plan(self._existing())
        for variant in variants:
            resource = variant.resource
            data = package_attributes(resource.parent)
            data.pop("variants", None)
            data["name"] = self.name
            if self.version:
                data["version"] = self.version
            plan.add(resource, data, self.overrides)
        return plan

    def _existing(self) -> PackageResource | None:
        if isinstance(self.repository, FilesystemRepository):
            self.repository.forget(self.name)
        family = self.repository.get_family(self.name)
        if isinstance(family, CombinedFamily):
            raise PackageRepositoryError(
                f"{family.uri(0) if family.versions else self.name}: "
                "nothing can be installed into a family that is one file"
            )
        for index, text in enumerate(family.versions if family is not None else ()):
            if family is not None and Version(text) == self.version:
                found = package_resource(family, index)
                try:
                    found.validated_data()
                except PackageDefinitionFileMissing:
                    return None  # a build makes the directory first
                return found
        return None

    def install(self, variants: Sequence[Variant], confirm: Confirm | None = None) -> list[Variant]:
        """Merge the variants and write the package."""
        if isinstance(self.repository, MemoryRepository):
            with _memory_lock:
                return self._install_in_memory(variants, self.repository, confirm)
        with self.written(variants) as (plan, file):
            file.reach_disk()
            if confirm is not None:
                confirm()
            file.appear()
            file.name_reaches_disk()
            self.has_appeared()
        return self.installed(plan)

    @contextmanager
    def written(self, variants: Sequence[Variant]) -> Iterator[tuple[Plan, Replacement]]:
        """The package as it will be, and its definition, which has no name yet; under a lock."""
        if not isinstance(self.repository, FilesystemRepository):
            raise PackageRepositoryError(f"{self.repository}: nothing can be installed here")
        location = self.repository.location
        try:
            os.makedirs(location, exist_ok=True)
        except OSError as error:
            raise _unwritable(location, error) from error
        with package_lock(location, self.name, str(self.version)):
            plan = self.plan(variants)
            plan.finish()
            directory, path = self.directory(plan), self.definition(plan)
            text = definition_text(plan.data, FileFormat(os.path.splitext(path)[1][1:]))
            try:
                if self.version and plan.existing is None:
                    make_tag(self._family, building_tag(self._family, str(self.version)))
                os.makedirs(directory, exist_ok=True)
                with _writable(directory), Replacement(path, text) as file:
                    yield plan, file
            except OSError as error:
                raise _unwritable(error.filename or directory, error) from error

    def has_appeared(self) -> None:
        """What follows when the definition is there. Nothing of it may say that it is not."""
        if self.version:
            with suppress(OSError):
                os.unlink(building_tag(self._family, str(self.version)))
        with suppress(OSError):
            remove_stale_tags(self._family)
        with suppress(OSError):
            os.utime(self._family)
        assert isinstance(self.repository, FilesystemRepository)
        note_change(self.repository, self.name)

    def installed(self, plan: Plan) -> list[Variant]:
        """The variants of a plan, of the directory that they were written to."""
        version = os.path.basename(self.directory(plan)) if self.version else ""
        return self._installed(plan, "filesystem.package", version)

    @property
    def _family(self) -> str:
        return os.path.join(self.repository.location, self.name)

    def directory(self, plan: Plan) -> str:
        """Where the package's definition and payload are."""
        if isinstance(plan.existing, DirectoryResource):
            return plan.existing.path
        return os.path.join(self.repository.location, self.name, str(self.version)).rstrip("/")

    def definition(self, plan: Plan) -> str:
        """The path of the definition: the one that is there, or the preferred name."""
        if plan.existing is not None and plan.existing.filepath is not None:
            return plan.existing.filepath
        return os.path.join(self.directory(plan), definition_names(settings())[0])

    def _installed(self, plan: Plan, key: str, version: str) -> list[Variant]:
        variables = {
            "repository_type": key.partition(".")[0],
            "location": self.repository.location,
            "name": self.name,
            **({"version": version} if version else {}),
        }
        package = resource_from_handle(ResourceHandle(key, variables), self.repository)
        assert isinstance(package, PackageResource)
        return [Variant(package.variant(index)) for index in plan.indices]

    # ---- in memory

    def _install_in_memory(
        self, variants: Sequence[Variant], repository: MemoryRepository, confirm: Confirm | None
    ) -> list[Variant]:
        plan = self.plan(variants)
        plan.finish()
        given = {name: value for name, value in plan.data.items() if value is not None}
        attributes = dict(written_items(given))
        del attributes["format_version"]
        version = str(self.version)
        if isinstance(plan.existing, PackageResource):
            version = plan.existing.get("version", "")
        packages = dict(repository.data.get(self.name, {}))
        packages[version or NO_VERSION] = attributes
        if confirm is not None:
            confirm()
        repository.data[self.name] = packages
        note_change(repository, self.name)
        return self._installed(plan, "memory.package", version)


def definition_text(data: Mapping[str, Any], format_: FileFormat) -> bytes:
    """The bytes of a definition that can be read again.

    Raises:
        PackageMetadataError: These attributes make none.
    """
    given = {name: value for name, value in data.items() if value is not None}
    check_readable(given, format_)
    text = dump_package_data(given, format_)
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise PackageMetadataError(
            f"{data['name']} cannot be written: {error.object[error.start]!r} is half a character"
        ) from None
    if format_ is FileFormat.py:
        try:
            compile(content, "package.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            line = (getattr(error, "text", None) or "").strip()
            raise PackageMetadataError(
                f"{data['name']} cannot be written: it would be no valid Python: {error}"
                f"{f': {line}' if line else ''}"
            ) from None
    return content


@contextmanager
def _writable(directory: str) -> Iterator[None]:
    """Lets the owner write into a directory for a while."""
    before = os.stat(directory).st_mode
    closed = not os.access(directory, os.W_OK)
    if closed:
        with suppress(OSError):
            os.chmod(directory, before | stat.S_IWUSR)
    try:
        yield
    finally:
        if closed:
            with suppress(OSError):
                os.chmod(directory, before)


def _unwritable(path: str, error: OSError) -> PackageRepositoryError:
    return PackageRepositoryError(f"{path}: cannot be written: {error.strerror or error}")


# ---- versions that are being built ------------------------------------------------


def building_tag(family: str, version: str) -> str:
    """The file that hides a version of a family until it has a definition."""
    return os.path.join(family, f"{BUILDING_PREFIX}{version}")


def make_tag(family: str, tag: str) -> None:
    """Hides a version until it has a definition (rez: `pre_variant_install`)."""
    os.makedirs(family, exist_ok=True)
    with open(tag, "a", encoding="utf-8"):
        pass


def remove_stale_tags(family: str) -> None:
    """Removes the tags of versions that have a definition, and old ones of versions that are gone.

    Raises:
        OSError: The directory cannot be listed or written.
    """
    for name in os.listdir(family):
        if not name.startswith(BUILDING_PREFIX):
            continue
        tag = os.path.join(family, name)
        directory = os.path.join(family, name[len(BUILDING_PREFIX) :])
        if os.path.exists(directory):
            names = definition_names(settings())
            if any(os.path.isfile(os.path.join(directory, one)) for one in names):
                os.unlink(tag)
        elif time.time() - os.stat(tag).st_mtime > _STALE_TAG:
            os.unlink(tag)


# ---- payloads that come before the definition --------------------------------------


class Planned:
    """Variants that will be installed, for a payload to be made beforehand.

    Args:
        variants: Variants of one package.
        repository: Where they go.

    Attributes:
        variants: What they will be; their definition is not on disk yet.
    """

    def __init__(self, variants: Sequence[Variant], repository: FilesystemRepository) -> None:
        target = _Target(variants[0], repository, {})
        plan = target.plan(variants)
        plan.finish()
        self._family = os.path.join(repository.location, target.name)
        self._tag = building_tag(self._family, str(target.version))
        self._is_new = plan.existing is None
        directory = target.directory(plan)
        text = os.path.basename(directory) if target.version else None
        package = DirectoryResource(repository, target.name, text)
        given = {name: value for name, value in plan.data.items() if value is not None}
        package.__dict__.update(
            data=dict(written_items(given)), filepath=target.definition(plan), path=directory
        )
        self.variants = [Variant(package.variant(index)) for index in plan.indices]

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """While the payload is made: nobody sees a version that has no definition yet."""
        if self._is_new:
            make_tag(self._family, self._tag)
        try:
            yield
        except BaseException:
            with suppress(OSError):
                remove_stale_tags(self._family)
            raise

"""Package objects: `PackageFamily`, `Package`, `Variant` (rez: `rez.packages`).

    PackageFamily --iter_packages()--> Package --iter_variants()--> Variant
                  <----- parent ------         <----- parent -----

Nothing is read before an attribute is asked for. A standard attribute (`Package.keys`) is checked
and converted when it is first asked for; every other name is an arbitrary attribute and comes as
the definition gives it. A late bound attribute is run when it is first asked for, and its value
kept with the object.
"""

from __future__ import annotations

import os

from rezfast._version import Requirement, Version, VersionedObject
from rezfast.config import Settings, settings
from rezfast.errors import PackageMetadataError
from rezfast.package.attributes import LATE_RESULTS, STANDARD
from rezfast.package.cached import cached
from rezfast.package.formatted import Formatted
from rezfast.package.functions import SourceCode
from rezfast.package.included import INCLUDE_DIRECTORY
from rezfast.package.requests import kind_of
from rezfast.package.resource import (
    FamilyResource,
    PackageResource,
    Repository,
    ResourceHandle,
    VariantResource,
    repository_id,
)
from rezfast.typed import Any, Generic, T

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import ClassVar, NoReturn, Self, overload


class Attribute(Generic[T]):
    """A standard attribute of a package: read only, None when the definition says nothing.

    Raises:
        PackageMetadataError: The definition cannot be read, the value is not what it has to be, or
            the late bound function failed.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: PackageBase, owner: type) -> T: ...

    def __get__(self, instance: PackageBase | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value: T = instance._bound(self._name, instance.resource.value(self._name))
        return value

    def __set__(self, instance: PackageBase, value: object) -> NoReturn:
        raise AttributeError(f"{self._name} cannot be set: a package is what its definition says")


class PackageFamily(Formatted):
    """All packages of one name in one repository.

    Attributes:
        resource: What stands for the family in its repository.
    """

    keys: ClassVar[frozenset[str]] = frozenset(("name",))

    def __init__(self, resource: FamilyResource) -> None:
        self.resource = resource

    @property
    def name(self) -> str:
        """The family's name."""
        return self.resource.name

    @property
    def uri(self) -> str:
        """Its directory or file."""
        return self.resource.uri

    @property
    def handle(self) -> ResourceHandle:
        """What it can be found again by."""
        return self.resource.handle

    @property
    def repository(self) -> Repository:
        """The repository that it is in."""
        return self.resource.repository

    def iter_packages(self) -> Iterator[Package]:
        """Its packages, in the order of the repository.

        Raises:
            PackageRepositoryError: The family cannot be listed.
        """
        for resource in self.resource.packages():
            yield Package(resource)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.resource == other.resource

    def __hash__(self) -> int:
        return hash((type(self), self.resource))

    def __repr__(self) -> str:
        return f"PackageFamily({self.resource!s})"


class PackageBase(Formatted):
    """What packages and variants have in common.

    Attributes:
        resource: What stands for the package or variant in its repository.
        context: What late bound attributes are evaluated in; None: in none.
        is_package: Whether it is a package, for late bound functions to ask.
        is_variant: Whether it is a variant.
    """

    keys: ClassVar[frozenset[str]]
    is_package: ClassVar[bool]
    is_variant: ClassVar[bool]
    resource: PackageResource | VariantResource

    description = Attribute[str | None]()
    authors = Attribute[list[str] | None]()
    build_requires = Attribute[list[Requirement] | None]()
    private_build_requires = Attribute[list[Requirement] | None]()
    has_plugins = Attribute[bool | None]()
    plugin_for = Attribute[list[str] | None]()
    uuid = Attribute[str | None]()
    tools = Attribute[list[str] | None]()
    help = Attribute[str | list[list[str]] | None]()
    hashed_variants = Attribute[bool | None]()
    relocatable = Attribute[bool | None]()
    cachable = Attribute[bool | None]()
    tests = Attribute[dict[str, Any] | None]()
    pre_commands = Attribute[SourceCode | None]()
    commands = Attribute[SourceCode | None]()
    post_commands = Attribute[SourceCode | None]()
    pre_build_commands = Attribute[Any]()
    pre_test_commands = Attribute[Any]()
    timestamp = Attribute[int | None]()
    revision = Attribute[Any]()
    changelog = Attribute[str | None]()
    release_message = Attribute[str | None]()
    previous_version = Attribute[Version | None]()
    previous_revision = Attribute[Any]()
    vcs = Attribute[str | None]()

    def __init__(
        self, resource: PackageResource | VariantResource, context: object | None = None
    ) -> None:
        self.resource = resource
        self.context = context
        self._late_values: dict[str, Any] = {}

    def set_context(self, context: object | None) -> None:
        """Evaluate late bound attributes in a context from now on; those that have a value keep it.

        Args:
            context: See `LateBindings.evaluate`.
        """
        self.context = context

    # ---- what needs no definition

    @property
    def name(self) -> str:
        """The family's name, as the repository has it."""
        return self.resource.name

    @property
    def version(self) -> Version:
        """The version, as the repository has it; an empty one for an unversioned package."""
        return self.resource.version

    @property
    def uri(self) -> str:
        """What names it in messages and records: its definition, and a variant's index in `[]`."""
        return self.resource.uri

    @property
    def handle(self) -> ResourceHandle:
        """What it can be found again by: `get_package_from_handle`, `get_variant`."""
        return self.resource.handle

    @property
    def repository(self) -> Repository:
        """The repository that it is in."""
        return self.resource.repository

    @cached
    def is_local(self) -> bool:
        """Whether it is in the repository for local packages."""
        here = f"{self.resource.repository_type}@{self.resource.location}"
        return repository_id(self.config.local_packages_path) == repository_id(here)

    # ---- the definition

    @property
    def base(self) -> str | None:
        """The directory that all its variants share; None when it has no place on disk."""
        return self.resource.base

    @property
    def data(self) -> dict[str, Any] | None:
        """The attributes as the definition gives them; None for a variant, which has its parent's.

        Raises:
            PackageMetadataError: The definition cannot be read or run.
        """
        return None

    @property
    def config(self) -> Settings:
        """The settings that hold for this package: the process's, with its `config` scope on top.

        Raises:
            PackageMetadataError: The definition cannot be read, or `config` is no dict.
        """
        own: Settings | None = self.resource.value("config")
        return settings() if own is None else own

    def validated_data(self) -> dict[str, Any]:
        """Every attribute that is not None, the standard ones checked and converted.

        Late bound attributes are functions in it.

        Raises:
            PackageMetadataError: The definition cannot be read, or a value is wrong.
        """
        data = self.resource.validated_data()
        return {name: value for name, value in data.items() if value is not None}

    def validate_data(self) -> None:
        """Check every standard attribute, and that functions kept as text compile.

        Raises:
            PackageMetadataError: The definition cannot be read, or a value is wrong.
        """
        for value in self.resource.validated_data().values():
            if isinstance(value, SourceCode):
                value.check()

    def _bound(self, name: str, value: Any) -> Any:
        """The value, or what a late bound function gives for it, once."""
        if not isinstance(value, SourceCode) or not value.late:
            return value
        if name not in self._late_values:
            # deferred: nearly no package has such a function
            from rezfast.package.late import run_late

            found = run_late(value, self, self.context, self._include_directory)
            check = LATE_RESULTS.get(name)
            if check is not None:
                try:
                    found = check(found)
                except ValueError as error:
                    raise PackageMetadataError(
                        f"{name}() gave a wrong value: {error}", value.path, value.line
                    ) from None
            self._late_values[name] = found
        return self._late_values[name]

    @property
    def _include_directory(self) -> str:
        """Where the modules are that late bound functions include."""
        return os.path.join(self.base or "", INCLUDE_DIRECTORY)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.resource == other.resource

    def __hash__(self) -> int:
        return hash((type(self), self.resource))

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.resource!s})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.resource!r})"


class Package(PackageBase):
    """One version of a family; get one from `rezfast.repository.queries`.

    Attributes:
        keys: The names of the standard attributes.
    """

    keys = STANDARD
    is_package = True
    is_variant = False
    resource: PackageResource

    requires = Attribute[list[Requirement] | None]()
    variants = Attribute[list[list[Requirement]] | None]()

    def __getattr__(self, name: str) -> Any:
        # rez asks the definition first, too: a broken one is an error whatever is asked for
        if name.startswith("__") or name == "resource":
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        data = self.resource.data
        if name in data:
            return self._bound(name, data[name])
        if name == "filepath":
            return self.resource.filepath
        raise AttributeError(f"package {self.qualified_name} has no attribute {name!r}")

    @property
    def data(self) -> dict[str, Any]:
        """The attributes as the definition gives them, early bound functions run.

        Raises:
            PackageMetadataError: The definition cannot be read or run.
        """
        return self.resource.data

    def arbitrary_keys(self) -> set[str]:
        """The names of the attributes that are not standard ones.

        Raises:
            PackageMetadataError: The definition cannot be read or run.
        """
        return set(self.data) - self.keys

    @cached
    def qualified_name(self) -> str:
        """Name and version: `maya-2024.1`; the name alone for an unversioned package."""
        return str(VersionedObject.construct(self.name, self.version))

    def as_exact_requirement(self) -> str:
        """A request for this version and no other: `maya==2024.1`."""
        return VersionedObject.construct(self.name, self.version).as_exact_requirement()

    @cached
    def parent(self) -> PackageFamily | None:
        """The family."""
        return PackageFamily(self.resource.parent)

    @cached
    def num_variants(self) -> int:
        """How many variants the definition lists; 0 when it lists none.

        Raises:
            PackageMetadataError: The definition cannot be read, or `variants` has no length.
        """
        listed = self.data.get("variants", [])
        try:
            return len(listed)
        except TypeError:
            raise PackageMetadataError(
                f"variants is wrong: it has to be a list, not {kind_of(listed)}",
                self.resource.source_path,
            ) from None

    @property
    def is_relocatable(self) -> bool:
        """Whether package and payload may be copied elsewhere."""
        if self.relocatable is not None:
            return self.relocatable
        configured = self._configured("default_relocatable")
        return bool(settings().default_relocatable if configured is None else configured)

    @property
    def is_cachable(self) -> bool:
        """Whether the payload may be copied to a local cache."""
        if self.cachable is not None:
            return self.cachable
        configured = self._configured("default_cachable")
        if configured is None:
            configured = settings().default_cachable
        return self.is_relocatable if configured is None else bool(configured)

    def _configured(self, name: str) -> Any:
        """What the settings say for this package's repository, else for its family."""
        by_repository = settings().get(f"{name}_per_repository") or {}
        found = by_repository.get(self.resource.location)
        if found is None:
            by_package = settings().get(f"{name}_per_package") or {}
            found = by_package.get(self.name)
        return found

    def iter_variants(self) -> Iterator[Variant]:
        """Its variants in the order of their index; one of index None when it has no variants.

        Raises:
            PackageMetadataError: The definition cannot be read, or `variants` is not what it has to
                be.
        """
        for resource in self.resource.variants():
            yield Variant(resource, context=self.context, parent=self)

    def get_variant(self, index: int | None = None) -> Variant | None:
        """The variant of an index, or None.

        Raises:
            PackageMetadataError: As `iter_variants`.
        """
        for variant in self.iter_variants():
            if variant.index == index:
                return variant
        return None


class Variant(PackageBase):
    """One variant of a package; get one from `Package.iter_variants`.

    It has the standard attributes of its package, except `variants`; late bound ones find the
    variant as `this`.

    Attributes:
        keys: The names of the standard attributes.
    """

    keys = (STANDARD - {"variants"}) | {"index", "root", "subpath"}
    is_package = False
    is_variant = True
    resource: VariantResource

    def __init__(
        self,
        resource: VariantResource,
        context: object | None = None,
        parent: Package | None = None,
    ) -> None:
        super().__init__(resource, context)
        self._parent = parent

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("resource", "_parent"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        try:
            return self.parent.__getattr__(name)
        except AttributeError:
            raise AttributeError(
                f"variant {self.qualified_name} has no attribute {name!r}"
            ) from None

    def arbitrary_keys(self) -> set[str]:
        """The names of the package's attributes that are not standard ones.

        Raises:
            PackageMetadataError: The definition cannot be read or run.
        """
        return self.parent.arbitrary_keys()

    @property
    def index(self) -> int | None:
        """Index into the package's `variants`; None for a package without any."""
        return self.resource.index

    @property
    def root(self) -> str | None:
        """The directory of its payload; None when it has no place on disk."""
        return self.resource.root

    @property
    def subpath(self) -> str | None:
        """Where `root` is below `base`; None when it is the base."""
        return self.resource.subpath

    @property
    def _non_shortlinked_subpath(self) -> str | None:
        return self.resource.find_subpath(ignore_shortlinks=True)

    @cached
    def qualified_package_name(self) -> str:
        """Name and version: `maya-2024.1`."""
        return str(VersionedObject.construct(self.name, self.version))

    @cached
    def qualified_name(self) -> str:
        """Name, version and index: `maya-2024.1[0]`; `[]` for a package without variants."""
        return f"{self.qualified_package_name}[{'' if self.index is None else self.index}]"

    @property
    def parent(self) -> Package:
        """The package."""
        if self._parent is None:
            self._parent = Package(self.resource.parent, context=self.context)
        return self._parent

    @property
    def _include_directory(self) -> str:
        return self.parent._include_directory

    @property
    def variant_requires(self) -> list[Requirement]:
        """The requirements that this variant has and others have not.

        Raises:
            ResourceError: The package has no variant of this index.
        """
        return self.resource.variant_requires

    @property
    def requires(self) -> list[Requirement]:
        """The package's requirements, then its own.

        Raises:
            PackageMetadataError: They are not what they have to be.
        """
        return (self.parent.requires or []) + self.variant_requires

    def get_requires(
        self, build_requires: bool = False, private_build_requires: bool = False
    ) -> list[Requirement]:
        """Its requirements, as a solve takes them.

        Args:
            build_requires: With those of builds that use the package.
            private_build_requires: With those of its own build.

        Raises:
            PackageMetadataError: They are not what they have to be.
        """
        found = self.requires
        if build_requires:
            found = found + (self.build_requires or [])
        if private_build_requires:
            found = found + (self.private_build_requires or [])
        return found

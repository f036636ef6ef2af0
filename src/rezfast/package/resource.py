"""Where a package comes from: what the objects that stand for one package share.

    FamilyResource --packages()--> PackageResource --variant(i)--> VariantResource
    handle                         handle, data                    handle, root

`data` is the definition, read when first asked for; `value` is an attribute of it, checked when
first asked for. Package objects (`rezfast.package.model`) add a context and what late bound
functions gave in it. Repositories make resources; the kinds are in `rezfast.repository.resources`.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod

from rezfast._version import Requirement, Version
from rezfast.config import settings
from rezfast.errors import PackageMetadataError, ResourceError
from rezfast.package.attributes import PACKAGE, check_attribute
from rezfast.package.cached import cached
from rezfast.package.functions import SourceCode
from rezfast.typed import FunctionType, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Self

# what writes a package goes by this order
_NOTHING_SAID: dict[str, Any] = dict.fromkeys(("name", "base", "version", *PACKAGE))
_NO_VERSION = ("", False, "_NO_VERSION", None)
# rez turns text into functions for these; the other two kinds of commands stay as they are
_CONVERTED = ("pre_commands", "commands", "post_commands")


class Repository(Protocol):
    """What a resource has to know of its repository."""

    @property
    def location(self) -> str:
        """Directory or name."""

    def get_family(self, name: str) -> Any:
        """The family of that name, or None."""


def repository_id(path: str) -> tuple[str | int, ...]:
    """What tells one repository from another, whatever it is called (rez: `PackageRepository.uid`).

    Args:
        path: An entry of a search path: a directory, or `kind@location`.
    """
    kind, at, location = path.partition("@")
    if not at:
        kind, location = "filesystem", path
    if kind != "filesystem":
        return kind, location
    location = os.path.realpath(location)
    try:
        return kind, location, os.stat(location).st_ino
    except OSError:
        return kind, location


class ResourceHandle:
    """What tells one resource from all others; can be kept and exchanged for the resource.

    Attributes:
        key: The kind of resource, such as `filesystem.package`.
        variables: What tells it from others of its kind.
    """

    __slots__ = ("key", "variables")

    def __init__(self, key: str, variables: Mapping[str, Any] | None = None) -> None:
        self.key = key
        self.variables = dict(variables or {})

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a variable."""
        return self.variables.get(name, default)

    def to_dict(self) -> dict[str, Any]:
        """As plain data; `from_dict` is the way back."""
        return {"key": self.key, "variables": self.variables}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The handle that `to_dict` gave.

        Raises:
            ResourceError: It is something else.
        """
        try:
            return cls(data["key"], data.get("variables"))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ResourceError(f"{data!r} is no handle: it needs 'key' and 'variables'") from None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ResourceHandle)
            and self.key == other.key
            and self.variables == other.variables
        )

    def __hash__(self) -> int:
        return hash((self.key, tuple(sorted(self.variables.items()))))

    def __str__(self) -> str:
        return str(self.to_dict())

    def __repr__(self) -> str:
        return f"ResourceHandle({self.key!r}, {self.variables!r})"


class Resource(ABC):
    """A family, a package or a variant of a repository.

    Attributes:
        repository: The repository.
        name: The family's name.
        variables: What tells this resource from others of its kind.
        key: Its kind, as in its handle.
        repository_type: `filesystem` or `memory`.
    """

    key: str
    repository_type: str

    def __init__(self, repository: Repository, name: str, **variables: Any) -> None:
        self.repository = repository
        self.name = name
        self.variables: dict[str, Any] = {
            "location": repository.location,
            "name": name,
            **variables,
            "repository_type": self.repository_type,
        }

    @property
    def location(self) -> str:
        """Where the repository is."""
        return self.repository.location

    @cached
    def handle(self) -> ResourceHandle:
        """What this resource can be found again by."""
        return ResourceHandle(self.key, self.variables)

    @property
    @abstractmethod
    def uri(self) -> str:
        """What names this resource in messages and records."""

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a variable."""
        return self.variables.get(name, default)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and self.handle == other.handle

    def __hash__(self) -> int:
        return hash(self.handle)

    def __str__(self) -> str:
        return f"{self.key}{self.variables!r}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.variables!r})"


class FamilyResource(Resource):
    """A family (rez: `PackageFamilyResource`)."""

    @abstractmethod
    def packages(self) -> Iterator[PackageResource]:
        """Its packages, in the order of the family's versions."""

    def last_release_time(self) -> float:
        """When a package was last added or changed, in seconds since the epoch; 0: unknown."""
        return 0


#: What a definition says of an attribute that it does not have.
NOTHING_SAID: Any = object()


class PackageResource(Resource):
    """A package (rez: `PackageResource`).

    Args:
        repository: The repository.
        name: The family's name.
        version: The version's text; None or empty for an unversioned package.
        variables: What else its kind has to know.
    """

    variant_key: str

    def __init__(
        self, repository: Repository, name: str, version: str | None = None, **variables: Any
    ) -> None:
        self._extra = variables
        if version not in _NO_VERSION:
            variables = {**variables, "version": version}
        super().__init__(repository, name, **variables)
        self._values: dict[str, Any] = {}
        self._variants: dict[int | None, VariantResource] = {}

    @cached
    def version(self) -> Version:
        """The version, as the repository has it; empty for an unversioned package."""
        return Version(self.variables.get("version", ""))

    @property
    @abstractmethod
    def parent(self) -> FamilyResource:
        """The family."""

    @property
    def path(self) -> str | None:
        """The directory of the package, or None when it has none."""
        return None

    @property
    def filepath(self) -> str | None:
        """The file with the definition, or None when it has none."""
        return None

    @property
    def base(self) -> str | None:
        """Where the payload is, or None when there can be none."""
        return None

    @property
    def source_path(self) -> str:
        """What errors name as the place of the definition."""
        return self.filepath or self.uri

    @abstractmethod
    def load(self) -> dict[str, Any]:
        """Read the definition: every attribute by name.

        Raises:
            PackageMetadataError: It cannot be read or run.
        """

    @cached
    def data(self) -> dict[str, Any]:
        """Every attribute as the definition gives it, early bound functions run.

        Raises:
            PackageMetadataError: The definition cannot be read or run.
        """
        return self.load()

    def said(self, name: str) -> Any:
        """What the definition says of an attribute, unchecked; `NOTHING_SAID` when it says nothing.

        Raises:
            PackageMetadataError: The definition has to be run, and cannot be.
        """
        return self.data.get(name, NOTHING_SAID)

    def may_say(self, word: str) -> bool:
        """Whether the definition may say something of an attribute with `word` in its name."""
        return True

    def value(self, name: str) -> Any:
        """A standard attribute, checked and converted; None when the definition says nothing.

        Raises:
            PackageMetadataError: Its value is not what it has to be.
        """
        if name in ("name", "version", "base"):
            return getattr(self, name)
        try:
            return self._values[name]
        except KeyError:
            said = self.said(name)
            value = None if said is NOTHING_SAID else self._checked(name, said)
            self._values[name] = value
            return value

    def _checked(self, name: str, said: Any) -> Any:
        value = check_attribute(name, said, PACKAGE[name], self.source_path)
        if name in _CONVERTED:
            return self._commands(name, value)
        if name == "config":
            return settings().with_overrides(value) if value else settings()
        return value

    def _commands(self, name: str, value: Any) -> SourceCode:
        if isinstance(value, list):
            current = settings()
            if current.disable_rez_1_compatibility or current.error_old_commands:
                error = PackageMetadataError(
                    f"{name} is a list of shell commands, as before rez 2: write a function, "
                    "or set disable_rez_1_compatibility to False",
                    self.source_path,
                )
                error.attribute = name
                raise error
            # deferred: packages of that age are rare
            from rezfast.package.old_commands import convert_old_commands, tell_of_old_commands

            lines, value = value, convert_old_commands(value, current.env_var_separators or {})
            tell_of_old_commands(name, self.uri, lines, value)
        if isinstance(value, str):
            return SourceCode.from_text(value, name, self.source_path)
        if isinstance(value, FunctionType):
            return SourceCode(value, self.source_path)
        code: SourceCode = value
        return code

    def validated_data(self) -> dict[str, Any]:
        """Every attribute, the standard ones checked and None where nothing is given.

        Raises:
            PackageMetadataError: A value is not what it has to be.
        """
        checked = _NOTHING_SAID.copy()
        values = self._values
        for name, said in self.data.items():
            if name not in PACKAGE:
                checked[name] = said
                continue
            if name not in values:
                values[name] = self._checked(name, said)
            checked[name] = values[name]
        checked["name"] = self.name
        checked["base"] = self.base
        checked["version"] = self.version
        return checked

    def variant(self, index: int | None) -> VariantResource:
        """A variant; whether there is one of that index shows when it is used.

        Args:
            index: Index into `variants`; None for a package without any.
        """
        found = self._variants.get(index)
        if found is None:
            found = self._variants[index] = self._make_variant(index)
        return found

    def _make_variant(self, index: int | None) -> VariantResource:
        return VariantResource(self, index, self._extra)

    def variants(self) -> Iterator[VariantResource]:
        """Its variants in the order of their index; one of index None when it has no variants."""
        count = len(self.value("variants") or ())
        for index in range(count) if count else (None,):
            yield self.variant(index)


class VariantResource(Resource):
    """A variant (rez: `VariantResource`).

    Attributes:
        parent: The package.
        index: Index into the package's `variants`, or None for a package without any.
    """

    def __init__(
        self, parent: PackageResource, index: int | None, extra: Mapping[str, Any]
    ) -> None:
        self.repository_type = parent.repository_type
        self.key = parent.variant_key
        version = parent.variables.get("version")
        named = {} if version is None else {"version": version}
        super().__init__(parent.repository, parent.name, **extra, **named, index=index)
        self.parent = parent
        self.index = index

    @property
    def uri(self) -> str:
        """The package's uri with the index in `[]`."""
        return f"{self.parent.uri}[{'' if self.index is None else self.index}]"

    @property
    def version(self) -> Version:
        """The package's version."""
        return self.parent.version

    @property
    def base(self) -> str | None:
        """The package's base."""
        return self.parent.base

    @property
    def variant_requires(self) -> list[Requirement]:
        """The requirements that this variant has and others have not.

        Raises:
            ResourceError: The package has no variant of this index.
        """
        if self.index is None:
            return []
        try:
            found: list[Requirement] = self.parent.value("variants")[self.index]
        except (IndexError, TypeError):
            raise ResourceError(f"{self.uri}: {self.parent.uri} has no such variant") from None
        return found

    @cached
    def root(self) -> str | None:
        """Where this variant's payload is; None when there can be none."""
        return self.root_of(self.subpath)

    def root_of(self, subpath: str | None) -> str | None:
        """The payload's directory if its place under the base were `subpath`."""
        base = self.base
        return os.path.join(base, subpath) if base and subpath else base

    @cached
    def subpath(self) -> str | None:
        """Where the payload is below the base; None when it is the base itself."""
        return self.find_subpath()

    def find_subpath(self, ignore_shortlinks: bool = False) -> str | None:
        """As `subpath`.

        Args:
            ignore_shortlinks: Give the hash of a hashed variant though a short link leads to it.
        """
        if self.index is None:
            return None
        if not self.parent.value("hashed_variants"):
            return os.path.join("", *(request.safe_str() for request in self.variant_requires))
        from rezfast.digest import sha1_hex  # few packages have hashed variants

        listed = str([str(request) for request in self.variant_requires])
        digest = sha1_hex(listed.encode("utf-8"))
        current = settings()
        links = current.variant_shortlinks_dirname
        if links and not ignore_shortlinks and self.base and current.use_variant_shortlinks:
            directory = os.path.join(self.base, links)
            name = _link_to(os.path.join(self.base, digest), directory)
            if name is not None:
                return os.path.join(links, name)
        return digest

    def value(self, name: str) -> Any:
        """A standard attribute: the package's (rez forwards it)."""
        return self.parent.value(name)

    def validated_data(self) -> dict[str, Any]:
        """The package's standard attributes, checked, without `variants`.

        Raises:
            PackageMetadataError: A value is not what it has to be.
        """
        checked = _NOTHING_SAID.copy()
        for name in self.parent.data.keys() & PACKAGE.keys():
            checked[name] = self.value(name)
        checked.update(name=self.name, base=self.base, version=self.version)
        del checked["variants"]
        return checked


def _link_to(target: str, directory: str) -> str | None:
    """The name of a link in a directory that leads to `target`, or None."""
    try:
        names = os.listdir(directory)
    except OSError:
        return None
    for name in names:
        try:
            link = os.readlink(os.path.join(directory, name))
        except OSError:
            continue
        # an absolute target is compared as it is written, as in rez
        if not os.path.isabs(link):
            link = os.path.normpath(os.path.join(directory, link))
        if link == target:
            return name
    return None

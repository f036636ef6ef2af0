"""What commands and late bound functions find: requests, packages, versions.

    request, implicits    RequirementsBinding    request.maya, request["maya"], "maya" in request
    ephemerals            EphemeralsBinding      the same, without the leading dot
    resolve               VariantsBinding        resolve.maya -> VariantBinding
    this                  VariantBinding         this.root, this.version -> VersionBinding
    version               VersionBinding         version.major, version[0]
    intersects            intersects             intersects(resolve.maya, "2024+")

Objects of the library itself are not shown to them: these keep what they offer (rez:
`rez.rex_bindings`).
"""

from __future__ import annotations

from rezfast._version import Requirement, Version, VersionRange
from rezfast.config.system import System

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from rezfast.package.model import Variant
    from rezfast.rex.interpreter import ActionInterpreter


class Binding:
    """Named data as attributes.

    Args:
        data: The attributes.
    """

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self._data: Mapping[str, Any] = {} if data is None else data

    def _no(self, attr: str) -> AttributeError:
        return AttributeError(f"{type(self).__name__} has no attribute {attr!r}")

    def __getattr__(self, attr: str) -> Any:
        data = self.__dict__.get("_data", {})
        if attr in data:
            return data[attr]
        raise self._no(attr)


class VersionBinding(Binding):
    """A version: `version.major`, `version[0]`, `version[:2]`, `len(version)`, `str(version)`.

    A token of digits is an int, any other a str; one that is not there is None.

    Args:
        version: The version.
    """

    def __init__(self, version: Version) -> None:
        super().__init__()
        self._version = version

    @property
    def major(self) -> int | str | None:
        """The first token."""
        return self[0]  # type: ignore[no-any-return]

    @property
    def minor(self) -> int | str | None:
        """The second token."""
        return self[1]  # type: ignore[no-any-return]

    @property
    def patch(self) -> int | str | None:
        """The third token."""
        return self[2]  # type: ignore[no-any-return]

    def as_tuple(self) -> tuple[int | str, ...]:
        """All tokens."""
        return self[:]  # type: ignore[no-any-return]

    def _no(self, attr: str) -> AttributeError:
        return AttributeError(f"version {self} has no attribute {attr!r}")

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return tuple([_token(str(token)) for token in self._version[index]])
        try:
            return _token(str(self._version[index]))
        except IndexError:
            return None

    def __len__(self) -> int:
        return len(self._version)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._version)

    def __str__(self) -> str:
        return str(self._version)


def _token(text: str) -> int | str:
    if text.isdigit() and (text[0] != "0" or text == "0"):
        return int(text)
    return text


class VariantBinding(Binding):
    """A resolved variant: its `root`, `version`, and every attribute of its package.

    Args:
        variant: The variant.
        cached_root: Where its payload is cached; it is its `root` then.
        interpreter: Says how `root` is written.
    """

    def __init__(
        self,
        variant: Variant,
        cached_root: str | None = None,
        interpreter: ActionInterpreter | None = None,
    ) -> None:
        super().__init__({"version": VersionBinding(variant.version)})
        self._variant = variant
        self._cached_root = cached_root
        self._interpreter = interpreter

    @property
    def root(self) -> str | None:
        """The directory of its payload."""
        root = self._cached_root or self._variant.root
        if self._interpreter is not None and root is not None:
            return self._interpreter.normalize_path(root)
        return root

    def _is_in_package_cache(self) -> bool:
        return self._cached_root is not None

    def __getattr__(self, attr: str) -> Any:
        if attr == "version":
            return self._data["version"]
        if attr == "_variant":  # a copy that is being made
            raise AttributeError(attr)
        missing = object()
        value = getattr(self._variant, attr, missing)
        if value is missing:
            raise self._no(attr)
        return value

    def _no(self, attr: str) -> AttributeError:
        return AttributeError(f"package {self} has no attribute {attr!r}")

    def __str__(self) -> str:
        return self._variant.qualified_package_name


class RO_MappingBinding(Binding):
    """A mapping that cannot be changed, by attributes and by items.

    What is missing raises AttributeError both ways, as in rez: definitions catch that.
    """

    def get(self, name: str, default: Any = None) -> Any:
        """The item of a name, or the default."""
        return self._data.get(name, default)

    def __getitem__(self, name: str) -> Any:
        if name in self._data:
            return self._data[name]
        raise self._no(name)

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __str__(self) -> str:
        return str(self._data.values())


class VariantsBinding(RO_MappingBinding):
    """Resolved variants by the name of their family: `resolve.maya`.

    Args:
        variant_bindings: `VariantBinding` objects by name.
    """

    def _no(self, attr: str) -> AttributeError:
        return AttributeError(f"package does not exist: {attr!r}")


class RequirementsBinding(RO_MappingBinding):
    """Texts of requests by family: `request.maya` is `"maya-2024+"`.

    Args:
        requirements: The requests; a later one of the same family hides an earlier one.
    """

    def __init__(self, requirements: Iterable[Requirement]) -> None:
        super().__init__({request.name: str(request) for request in requirements})

    def _no(self, attr: str) -> AttributeError:
        return AttributeError(f"request does not exist: {attr!r}")

    def get_range(self, name: str, default: str | None = None) -> VersionRange | None:
        """The range that is asked for, else the default as a range, else None.

        Raises:
            VersionError: The default is no range.
        """
        text = self._data.get(name)
        if text:
            return Requirement(text).range
        return None if default is None else VersionRange(default)


class EphemeralsBinding(RequirementsBinding):
    """Texts of resolved ephemerals by name, without the dot: `ephemerals["foo.cli"]`.

    Args:
        ephemerals: The ephemerals.
    """

    def __init__(self, ephemerals: Iterable[Requirement]) -> None:
        Binding.__init__(self, {request.name[1:]: str(request) for request in ephemerals})

    def _no(self, attr: str) -> AttributeError:
        return AttributeError(f"ephemeral does not exist: {attr!r}")


def intersects(obj: object, range_: str) -> bool:
    """Whether something has a version in common with a range.

    Args:
        obj: Text of a request, a range, or a `VariantBinding` or `VersionBinding`, whose version
            stands for that version and what is below it.
        range_: Text of the other range.

    Raises:
        RuntimeError: `obj` is something else, as None for a request that was not made.
        VersionError: `range_`, or a text, cannot be read.
    """
    versions = VersionRange(range_)
    if isinstance(obj, str):
        request = Requirement(obj)
        if request.conflict or request.range is None:
            return False
        found: VersionRange = request.range
    elif isinstance(obj, VersionRange):
        found = obj
    elif isinstance(obj, VariantBinding):
        found = VersionRange(str(obj.version))
    elif isinstance(obj, VersionBinding):
        found = VersionRange(str(obj))
    else:
        raise RuntimeError(
            f"intersects() takes a request, a range, a package or a version, not {obj!r}; "
            "request.get(name, default) gives one in any case"
        )
    return versions.intersects(found)


class LateContext:
    """The context of a resolve that has not been made yet.

    Pass one as the context of a solve, and late bound functions get rez's answers from it.

    Args:
        package_requests: What is asked for, as text.
        implicit_packages: What the configuration adds to it.
        building: Whether it is the environment of a build.
        testing: Whether it is the environment of a package's test.
        system: What the function finds as `system`.
    """

    def __init__(
        self,
        package_requests: Iterable[str],
        implicit_packages: Iterable[str] = (),
        *,
        building: bool = False,
        testing: bool = False,
        system: System | None = None,
    ) -> None:
        self.building = building
        self.testing = testing
        self._package_requests = package_requests
        self._implicit_packages = implicit_packages
        self._system = system

    def _get_pre_resolve_bindings(self) -> dict[str, Any]:
        # made when a late bound function asks, since most resolves meet none
        return {
            "system": System({}) if self._system is None else self._system,
            "building": self.building,
            "testing": self.testing,
            "request": RequirementsBinding(map(Requirement, self._package_requests)),
            "implicits": RequirementsBinding(map(Requirement, self._implicit_packages)),
            "ephemerals": EphemeralsBinding(()),
            "intersects": intersects,
        }

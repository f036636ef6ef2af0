"""Package orderers: which version of a family comes first (rez: `rez.package_order`).

An orderer turns a version into a sort key; a resolve tries the versions of the largest key first.
Orderers are written in configuration as plain data ("POD"):

    {"type": "version_split", "first_version": "3.0.0", "packages": ["foo"]}

`register_orderer` adds a studio's own types to the ones that are here.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from rezfast.errors import ConfigurationError
from rezfast.version import Version, VersionRange, reverse_sort_key

if TYPE_CHECKING:
    from _typeshed import SupportsDunderLT

    SortKey = SupportsDunderLT[Any]

__all__ = [
    "ALL_PACKAGES",
    "FallbackComparable",
    "NullPackageOrder",
    "OrderablePackage",
    "PackageOrder",
    "PerFamilyOrder",
    "SortedOrder",
    "TimestampPackageOrder",
    "Timestamps",
    "VersionSplitPackageOrder",
    "from_pod",
    "register_orderer",
    "to_pod",
]

#: Stands for every family in `PackageOrder.packages`.
ALL_PACKAGES = "*"

#: Where release times come from: a family's name -> its versions in the repository's order, each
#: with its release time in seconds since the epoch (None: not known).
Timestamps = Callable[[str], Sequence[tuple[Version, int | None]]]

T = TypeVar("T")


class OrderablePackage(Protocol):
    """What `PackageOrder.reorder` reads of a package."""

    @property
    def name(self) -> str:
        """Family name."""

    @property
    def version(self) -> Version:
        """Version."""


class FallbackComparable:
    """Compares by one value and, where that one cannot be compared, by another.

    Keys of two orderers may meet in one sort; the fallback is the version itself.
    """

    __slots__ = ("fallback_comparable", "main_comparable")

    def __init__(self, main_comparable: SortKey, fallback_comparable: SortKey) -> None:
        self.main_comparable = main_comparable
        self.fallback_comparable = fallback_comparable

    # A custom orderer's keys may raise anything when compared with another's.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FallbackComparable):
            return NotImplemented
        try:
            return bool(self.main_comparable == other.main_comparable)
        except Exception:
            return self.fallback_comparable == other.fallback_comparable

    def __lt__(self, other: FallbackComparable) -> bool:
        try:
            return bool(self.main_comparable < other.main_comparable)
        except Exception:
            return bool(self.fallback_comparable < other.fallback_comparable)

    def __gt__(self, other: FallbackComparable) -> bool:
        return not (self < other or self == other)

    def __le__(self, other: FallbackComparable) -> bool:
        return self < other or self == other

    def __ge__(self, other: FallbackComparable) -> bool:
        return not self < other

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.main_comparable!r}, {self.fallback_comparable!r})"


class PackageOrder(ABC):
    """Base of all orderers (rez: `PackageOrder`).

    A studio's own orderer is a subclass with a `name` and a `sort_key_implementation`; with
    `to_pod`, `from_pod` and a call of `register_orderer` it can be written in configuration too.

    Args:
        packages: Families that the orderer applies to; None for all.
    """

    #: The orderer's `type` in plain data.
    name: str | None = None

    def __init__(self, packages: Iterable[str] | str | None = None) -> None:
        self.packages = packages

    @property
    def packages(self) -> list[str]:
        """Names of the families that the orderer applies to, sorted; `["*"]` for all."""
        return self._packages

    @packages.setter
    def packages(self, packages: Iterable[str] | str | None) -> None:
        if packages is None:
            self._packages = [ALL_PACKAGES]
        elif isinstance(packages, str):
            self._packages = [packages]
        else:
            self._packages = sorted(packages)

    @abstractmethod
    def sort_key_implementation(self, package_name: str, version: Version) -> SortKey:
        """The key of a version among the versions of one family: the largest is tried first.

        Args:
            package_name: Name of the family.
            version: One of its versions, or an end of a range: `Version.inf` when that is open.
        """

    def sort_key(self, package_name: str, version_like: Version | VersionRange | None) -> SortKey:
        """The key of a version, or of a range that a variant requires.

        Args:
            package_name: Name of the family.
            version_like: A version; a range, which goes by its ends from the lowest; or None, what
                `~foo` requires, which goes behind every range.

        Raises:
            TypeError: `version_like` is none of these.
        """
        if isinstance(version_like, Version):
            return FallbackComparable(
                self.sort_key_implementation(package_name, version_like), version_like
            )
        if isinstance(version_like, VersionRange):
            return tuple(
                (
                    (self.sort_key(package_name, lower), -2 if lower_inclusive else -1),
                    (self.sort_key(package_name, upper), 2 if upper_inclusive else 1),
                )
                for lower, lower_inclusive, upper, upper_inclusive in version_like.intervals()
            )
        if version_like is None:
            # A tuple, as a range's key is: rez has 0 here, and fails when the two meet.
            return ()
        raise TypeError(
            f"cannot order {version_like!r}: it is neither a Version nor a VersionRange nor None"
        )

    def reorder(
        self, iterable: Iterable[T], key: Callable[[T], OrderablePackage] | None = None
    ) -> list[T] | None:
        """Put packages of one family in the order in which they are to be tried.

        Args:
            iterable: Packages, or things that have one.
            key: Gives the package of an item; None when the items are packages.

        Returns:
            The items in order, or None when the orderer does not apply to the family.
        """
        items = list(iterable)
        packages: list[Any] = items if key is None else [key(item) for item in items]
        keys = [self.sort_key(package.name, package.version) for package in packages]
        return [items[i] for i in sorted(range(len(items)), key=keys.__getitem__, reverse=True)]

    def bind(self, timestamps: Timestamps) -> PackageOrder:
        """The orderer with a source of release times, if it is one that needs it.

        Returns:
            The orderer itself, or a copy that asks `timestamps`. An orderer that holds other
            orderers binds those.
        """
        return self

    def to_pod(self) -> dict[str, Any]:
        """The orderer as plain data, without its `type`."""
        return {"packages": self.packages}

    @classmethod
    def from_pod(cls, data: Mapping[str, Any]) -> PackageOrder:
        """Build the orderer from what `to_pod` gives.

        Raises:
            ConfigurationError: Something that the orderer needs is missing or wrong.
        """
        return cls(packages=data.get("packages"))

    @property
    def sha1(self) -> str:
        """Hash of the orderer's text in hexadecimal."""
        # hashlib loads OpenSSL, and only cache keys need a hash.
        from hashlib import sha1

        return sha1(repr(self).encode("utf-8")).hexdigest()

    def __str__(self) -> str:
        return str(self.to_pod())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and str(self) == str(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class NullPackageOrder(PackageOrder):
    """Leaves the order as it is (rez: `NullPackageOrder`)."""

    name = "no_order"

    def sort_key_implementation(self, package_name: str, version: Version) -> SortKey:
        return 0

    def __str__(self) -> str:
        return "{}"


class SortedOrder(PackageOrder):
    """Orders by version (rez: `SortedOrder`).

    Args:
        descending: True to try the highest version first, as a resolve does without orderers.
        packages: See `PackageOrder`.
    """

    name = "sorted"

    def __init__(self, descending: bool, packages: Iterable[str] | str | None = None) -> None:
        super().__init__(packages)
        self.descending = descending

    def sort_key_implementation(self, package_name: str, version: Version) -> SortKey:
        return version if self.descending else reverse_sort_key(version)

    def __str__(self) -> str:
        return str(self.descending)

    def to_pod(self) -> dict[str, Any]:
        return {"descending": self.descending, "packages": self.packages}

    @classmethod
    def from_pod(cls, data: Mapping[str, Any]) -> Self:
        return cls(_required(cls, data, "descending"), packages=data.get("packages"))


class PerFamilyOrder(PackageOrder):
    """Gives each family an orderer of its own (rez: `PerFamilyOrder`).

    Args:
        order_dict: Family name -> its orderer.
        default_order: Orderer of the families that `order_dict` does not list. A resolve does not
            reach it: there, as in rez, the orderer applies to the listed families only.
    """

    name = "per_family"

    def __init__(
        self, order_dict: Mapping[str, PackageOrder], default_order: PackageOrder | None = None
    ) -> None:
        super().__init__(order_dict)
        self.order_dict = dict(order_dict)
        self.default_order = default_order

    def _orderer_of(self, package_name: str) -> PackageOrder | None:
        orderer = self.order_dict.get(package_name)
        if orderer is None:
            orderer = self.default_order
        # rez fails where a "*" entry is all there is for a family.
        return self.order_dict.get(ALL_PACKAGES) if orderer is None else orderer

    def sort_key_implementation(self, package_name: str, version: Version) -> SortKey:
        orderer = self._orderer_of(package_name)
        # rez raises RuntimeError for a family that nothing is listed for.
        if orderer is None:
            return version
        return orderer.sort_key_implementation(package_name, version)

    def reorder(
        self, iterable: Iterable[T], key: Callable[[T], OrderablePackage] | None = None
    ) -> list[T] | None:
        items = list(iterable)
        if not items:
            return None
        first: Any = items[0] if key is None else key(items[0])
        orderer = self._orderer_of(first.name)
        return None if orderer is None else orderer.reorder(items, key)

    def bind(self, timestamps: Timestamps) -> PerFamilyOrder:
        bound = copy.copy(self)
        # Families that share an orderer share its copy: `to_pod` writes them as one.
        copies = {id(x): x.bind(timestamps) for x in self.order_dict.values()}
        bound.order_dict = {name: copies[id(x)] for name, x in self.order_dict.items()}
        if self.default_order is not None:
            bound.default_order = self.default_order.bind(timestamps)
        return bound

    def __str__(self) -> str:
        items = sorted((name, str(orderer)) for name, orderer in self.order_dict.items())
        return str((items, str(self.default_order)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PerFamilyOrder)
            and type(self) is type(other)
            and self.order_dict == other.order_dict
            and self.default_order == other.default_order
        )

    def to_pod(self) -> dict[str, Any]:
        families: dict[int, list[str]] = {}
        for name, orderer in self.order_dict.items():
            families.setdefault(id(orderer), []).append(name)
        orderers = [
            {**to_pod(self.order_dict[names[0]]), "packages": sorted(names)}
            for names in families.values()
        ]
        if self.default_order is None:
            return {"orderers": orderers}
        return {"orderers": orderers, "default_order": to_pod(self.default_order)}

    @classmethod
    def from_pod(cls, data: Mapping[str, Any]) -> Self:
        order_dict: dict[str, PackageOrder] = {}
        for item in _required(cls, data, "orderers"):
            names = _required(cls, item, "packages")
            orderer = from_pod({key: item[key] for key in item if key != "packages"})
            order_dict.update(dict.fromkeys([names] if isinstance(names, str) else names, orderer))
        default = data.get("default_order")
        return cls(order_dict, from_pod(default) if default else None)


class VersionSplitPackageOrder(PackageOrder):
    """Tries the versions up to a given one first, then the later ones; each part from the highest
    (rez: `VersionSplitPackageOrder`).

    Args:
        first_version: The version to start at: 3 gives `3 2 1 5 4`.
        packages: See `PackageOrder`.
    """

    name = "version_split"

    def __init__(self, first_version: Version, packages: Iterable[str] | str | None = None) -> None:
        super().__init__(packages)
        self.first_version = first_version

    def sort_key_implementation(self, package_name: str, version: Version) -> SortKey:
        return 1 if version <= self.first_version else 0, version

    def __str__(self) -> str:
        return str(self.first_version)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, VersionSplitPackageOrder)
            and type(self) is type(other)
            and self.first_version == other.first_version
        )

    def to_pod(self) -> dict[str, Any]:
        return {"first_version": str(self.first_version), "packages": self.packages}

    @classmethod
    def from_pod(cls, data: Mapping[str, Any]) -> Self:
        text = _required(cls, data, "first_version")
        try:
            first_version = Version(text)
        except (TypeError, ValueError):
            raise ConfigurationError(
                f"package orderer of type {cls.name!r}: 'first_version' must be a version in"
                f" quotes, not {text!r}"
            ) from None
        return cls(first_version, packages=data.get("packages"))


class TimestampPackageOrder(PackageOrder):
    """Prefers what was released up to a time (rez: `TimestampPackageOrder`).

    Versions below the first one released after the time come first, from the highest; then the
    others, from the lowest. With a rank, versions that differ from a released one only from that
    token on count as released too (rank 3: newer patches), and later versions go by their first
    `rank - 1` tokens from the lowest, within those from the highest.

    Release times come from `bind`, which a resolve calls with its own packages. `reorder` does with
    the packages that it is given when the orderer is not bound.

    Args:
        timestamp: Seconds since the epoch.
        rank: First token, counted from 1, in which versions may go past the time; 0: none.
        packages: See `PackageOrder`.
    """

    name = "soft_timestamp"

    def __init__(
        self, timestamp: float, rank: int = 0, packages: Iterable[str] | str | None = None
    ) -> None:
        super().__init__(packages)
        self.timestamp = timestamp
        self.rank = rank
        self._timestamps: Timestamps | None = None
        self._first_after: dict[str, Version | None] = {}

    def bind(self, timestamps: Timestamps) -> TimestampPackageOrder:
        bound = copy.copy(self)
        bound._timestamps = timestamps
        bound._first_after = {}
        return bound

    def _find_first_after(self, family: str) -> Version | None:
        """The version from which on versions come late; None when none does."""
        if self._timestamps is None:
            raise ConfigurationError(
                f"package orderer {self!r} has no release times to order {family!r}: call bind()"
            )
        newest_first = sorted(self._timestamps(family), key=lambda x: x[0], reverse=True)
        first_after = None
        passed: list[Version] = []
        for version, released in newest_first:
            passed.append(version)
            if released and released <= self.timestamp:
                break
            if released:
                first_after = version
        if not self.rank or not passed:
            return first_after
        # From the newest version of the time upwards, to the first that its rank does not let in.
        allowed = _leading(passed.pop(), self.rank)
        for version in reversed(passed):
            if _leading(version, self.rank) != allowed:
                return version
        return None

    def sort_key_implementation(self, package_name: str, version: Version) -> SortKey:
        try:
            first_after = self._first_after[package_name]
        except KeyError:
            first_after = self._find_first_after(package_name)
            # Two threads may both find it: they find the same.
            self._first_after[package_name] = first_after
        if first_after is None or version < first_after:
            return 1, version
        if self.rank:
            return 0, reverse_sort_key(_leading(version, self.rank)), version
        return 0, reverse_sort_key(version)

    def reorder(
        self, iterable: Iterable[T], key: Callable[[T], OrderablePackage] | None = None
    ) -> list[T] | None:
        items = list(iterable)
        if self._timestamps is not None:
            return super().reorder(items, key)
        packages: list[Any] = items if key is None else [key(item) for item in items]
        releases = [(package.version, package.timestamp) for package in packages]
        return self.bind(lambda family: releases).reorder(items, key)

    def __str__(self) -> str:
        return str((self.timestamp, self.rank))

    def to_pod(self) -> dict[str, Any]:
        return {"timestamp": self.timestamp, "rank": self.rank, "packages": self.packages}

    @classmethod
    def from_pod(cls, data: Mapping[str, Any]) -> Self:
        timestamp, rank = _required(cls, data, "timestamp"), data.get("rank", 0)
        if not isinstance(timestamp, int | float) or not isinstance(rank, int):
            raise ConfigurationError(
                f"package orderer of type {cls.name!r}: 'timestamp' and 'rank' must be numbers,"
                f" not {timestamp!r} and {rank!r}"
            )
        return cls(timestamp, rank=rank, packages=data.get("packages"))


_ORDERER_TYPES: dict[str, type[PackageOrder]] = {}


def register_orderer(cls: type[PackageOrder]) -> bool:
    """Make an orderer class known by its `name`, for use in plain data.

    Returns:
        True; False when `cls` is not an orderer class with a name.
    """
    if not (isinstance(cls, type) and issubclass(cls, PackageOrder) and cls.name):
        return False
    _ORDERER_TYPES[cls.name] = cls
    return True


for _type in (
    NullPackageOrder,
    SortedOrder,
    PerFamilyOrder,
    VersionSplitPackageOrder,
    TimestampPackageOrder,
):
    register_orderer(_type)


def to_pod(orderer: PackageOrder) -> dict[str, Any]:
    """An orderer as plain data with its `type`, as configuration has it."""
    return {"type": orderer.name, **orderer.to_pod()}


def from_pod(data: Any) -> PackageOrder:
    """Build an orderer from plain data.

    Args:
        data: What `to_pod` gives, or rez's old form, the pair `(type, data)`.

    Raises:
        ConfigurationError: `data` is not an orderer, or its type is not registered.
    """
    type_name: Any
    fields: Any
    if isinstance(data, Mapping):
        type_name = data.get("type")
        fields = {key: data[key] for key in data if key != "type"}
    elif isinstance(data, tuple | list) and len(data) == 2 and isinstance(data[1], Mapping):
        type_name, fields = data
    else:
        raise ConfigurationError(f"a package orderer must be a dict with a 'type', not {data!r}")
    orderer_type = _ORDERER_TYPES.get(type_name)
    if orderer_type is None:
        known = ", ".join(_ORDERER_TYPES)
        raise ConfigurationError(
            f"{type_name!r} is not a package orderer type; use one of {known}, or register it"
        )
    return orderer_type.from_pod(fields)


def _required(cls: type[PackageOrder], data: Mapping[str, Any], key: str) -> Any:
    try:
        return data[key]
    except KeyError:
        raise ConfigurationError(
            f"package orderer of type {cls.name!r}: {key!r} is missing in {dict(data)!r}"
        ) from None


def _leading(version: Version, rank: int) -> Version:
    """The tokens above `rank`; an open end has none to drop."""
    return version if version == Version.inf else version.trim(rank - 1)

"""Which order a resolve tries versions and variants in (rez: `rez.package_order`).

`PackageOrderList` holds a resolve's orderers, `version_order` and `variant_order` apply them as the
solver does. A resolve without orderers, or whose orderers all mean plain descending order
(`is_default`), has no need of this module. The orderers themselves are in `orderer_types`, and
importable from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from rezfast.solve.orderer_types import (
    ALL_PACKAGES,
    FallbackComparable,
    NullPackageOrder,
    OrderablePackage,
    PackageOrder,
    PerFamilyOrder,
    SortedOrder,
    TimestampPackageOrder,
    Timestamps,
    VersionSplitPackageOrder,
    from_pod,
    register_orderer,
    to_pod,
)
from rezfast.version import Requirement, Version

__all__ = [
    "ALL_PACKAGES",
    "FallbackComparable",
    "NullPackageOrder",
    "OrderablePackage",
    "PackageOrder",
    "PackageOrderList",
    "PerFamilyOrder",
    "SortedOrder",
    "TimestampPackageOrder",
    "Timestamps",
    "VariantSelectMode",
    "VersionSplitPackageOrder",
    "from_pod",
    "get_orderer",
    "is_default",
    "register_orderer",
    "to_pod",
    "variant_order",
    "version_order",
]


class VariantSelectMode(Enum):
    """What counts first among the variants of a package (rez: `VariantSelectMode`)."""

    version_priority = 0
    intersection_priority = 1


class PackageOrderList(list[PackageOrder | dict[str, Any]]):
    """The orderers of a resolve (rez: `PackageOrderList`).

    Of two orderers for one family the earlier one counts. An orderer for all families counts
    for those that no orderer names. An item may be plain data instead of an orderer.
    """

    def __init__(self, orderers: Iterable[PackageOrder | dict[str, Any]] = ()) -> None:
        super().__init__(orderers)
        #: Family name -> its orderer, as of the last `refresh`.
        self.by_package: dict[str, PackageOrder] = {}
        self._read: list[PackageOrder | dict[str, Any]] | None = None

    @property
    def dirty(self) -> bool:
        """Whether the list has changed, in any way, since `by_package` was made."""
        read = self._read
        return (
            read is None
            or len(read) != len(self)
            or any(old is not new for old, new in zip(read, self, strict=True))
        )

    def refresh(self) -> None:
        """Make `by_package` anew; needed only after an orderer's `packages` were changed."""
        read = list(self)
        by_package: dict[str, PackageOrder] = {}
        for item in read:
            orderer = _as_orderer(item)
            for name in orderer.packages:
                by_package.setdefault(name, orderer)
        self.by_package = by_package
        self._read = read

    def get(self, key: str, default: PackageOrder | None = None) -> PackageOrder | None:
        """The orderer that names a family, or `default`; see `get_orderer` for orderers for all."""
        if self.dirty:
            self.refresh()
        return self.by_package.get(key, default)

    def bind(self, timestamps: Timestamps) -> PackageOrderList:
        """A list of the same orderers, those bound that need release times."""
        return PackageOrderList(_as_orderer(item).bind(timestamps) for item in self)

    def to_pod(self) -> list[dict[str, Any]]:
        """The list as plain data, as it is stored in an .rxt file."""
        return [to_pod(_as_orderer(item)) for item in self]

    @classmethod
    def from_pod(cls, data: Iterable[Any] | Mapping[str, Any] | None) -> PackageOrderList:
        """Build a list from plain data: a list of orderers, a single one, or None.

        Raises:
            ConfigurationError: One of them is not an orderer.
        """
        if data is None:
            return cls()
        return cls(from_pod(item) for item in ([data] if isinstance(data, Mapping) else data))


_DESCENDING = SortedOrder(descending=True)

Orderers = PackageOrderList | Mapping[str, PackageOrder]


def _as_orderer(item: PackageOrder | dict[str, Any]) -> PackageOrder:
    return from_pod(item) if isinstance(item, Mapping) else item


def get_orderer(package_name: str, orderers: Orderers | None = None) -> PackageOrder:
    """The orderer that counts for a family.

    Args:
        package_name: Name of the family.
        orderers: The orderers of the resolve. None is none: unlike rez's, this function does
            not look into the configuration.

    Returns:
        The family's own orderer, else the one for all families, else plain descending order.
    """
    if not orderers:
        return _DESCENDING
    orderer = orderers.get(package_name)
    if orderer is None:
        orderer = orderers.get(ALL_PACKAGES)
    return _DESCENDING if orderer is None else orderer


def is_default(orderers: Iterable[PackageOrder | dict[str, Any]] | Orderers | None) -> bool:
    """Whether every family gets plain descending order, so that no orderer need be asked."""
    if not orderers:
        return True
    if isinstance(orderers, Mapping):
        return all(_is_descending(x) for x in orderers.values())
    in_use = PackageOrderList(orderers)
    in_use.refresh()
    return all(_is_descending(x) for x in in_use.by_package.values())


def _is_descending(orderer: PackageOrder) -> bool:
    # The types themselves: a subclass may order otherwise.
    if type(orderer) is SortedOrder:
        return bool(orderer.descending)
    if type(orderer) is PerFamilyOrder:
        default = orderer.default_order
        return (default is None or _is_descending(default)) and all(
            _is_descending(x) for x in orderer.order_dict.values()
        )
    return False


def version_order(orderer: PackageOrder, family: str, versions: Sequence[Version]) -> list[int]:
    """Order in which a resolve tries the versions of a family.

    Args:
        orderer: What `get_orderer` gives for the family.
        family: Name of the family.
        versions: Its versions in the repository's order, which stands where keys are equal.

    Returns:
        Indices into `versions`, the first to be tried first.
    """
    keys = [orderer.sort_key(family, version) for version in versions]
    return sorted(range(len(versions)), key=keys.__getitem__, reverse=True)


def variant_order(
    request: Sequence[Requirement],
    orderers: Orderers | None,
    mode: VariantSelectMode,
    variants: Sequence[tuple[int | None, Sequence[Requirement]]],
) -> list[int]:
    """Order in which a resolve tries the variants of a package.

    By `version_priority`: the variant whose requirements of requested families have the better
    ranges, compared in the order of the request; then the one with fewer other requirements, with
    better ranges of those, with later names; then the higher index. `intersection_priority` first
    counts the requirements of requested families. One key in one direction decides, as in rez.

    Args:
        request: The merged request of the resolve, in order.
        orderers: The orderers of the resolve; None for none.
        mode: What counts first.
        variants: Index and merged requirements, in order, of each variant.

    Returns:
        Indices into `variants`, the first to be tried first.
    """
    wanted = [
        (-place, item.name, get_orderer(item.name, orderers))
        for place, item in enumerate(request)
        if not item.conflict
    ]
    by_count = mode is VariantSelectMode.intersection_priority
    keys: list[tuple[Any, ...]] = []
    for index, requires in variants:
        by_name = {item.name: item for item in requires}
        requested = [
            # A variant's `!foo` or `~foo` counts here like its `foo` would.
            (place, orderer.sort_key(name, by_name[name].range))
            for place, name, orderer in wanted
            if name in by_name
        ]
        names = {name for _, name, _ in wanted}
        additional = [
            (get_orderer(item.name, orderers).sort_key(item.name, item.range), item.name)
            for item in requires
            if not item.conflict and item.name not in names
        ]
        key = (requested, -len(additional), additional, -1 if index is None else index)
        keys.append((len(requested), *key) if by_count else key)
    return sorted(range(len(variants)), key=keys.__getitem__, reverse=True)

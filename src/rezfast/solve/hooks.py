"""What the native solver asks Python for: package filters and package orderers."""

from __future__ import annotations

from collections.abc import Sequence

from rezfast._tables import PackageVariant, Tables
from rezfast.solve.filters import PackageFilterBase
from rezfast.solve.orderers import (
    PackageOrderList,
    VariantSelectMode,
    get_orderer,
    is_default,
    variant_order,
    version_order,
)
from rezfast.version import Requirement, Version


class _Candidate:
    """A package as a filter sees it; loaded only when a rule asks for its timestamp."""

    __slots__ = ("_position", "_tables", "name", "version")

    def __init__(self, name: str, version: Version, position: int, tables: Tables) -> None:
        self.name = name
        self.version = version
        self._position = position
        self._tables = tables

    @property
    def timestamp(self) -> int | None:
        return self._tables.timestamp(self.name, self._position)

    @property
    def qualified_name(self) -> str:
        return f"{self.name}-{self.version}" if self.version else self.name


class SolveHooks:
    """Filter and orderers of one solve.

    Attributes:
        filtering: Some package may be hidden.
        ordering: Some family does not go by descending version.
    """

    def __init__(
        self,
        package_filter: PackageFilterBase | None,
        orderers: PackageOrderList | None,
        request: Sequence[Requirement],
        mode: VariantSelectMode,
        tables: Tables,
    ) -> None:
        self._filter = package_filter
        self._orderers = None if orderers is None else orderers.bind(tables.timestamps)
        self._request = request
        self._tables = tables
        self._mode = mode
        self.filtering = bool(package_filter)
        self.ordering = not is_default(orderers)

    def excludes(self, name: str, version: Version, position: int) -> bool:
        """Whether the filter hides a package, which stands at `position` of its listing."""
        assert self._filter is not None
        return self._filter.excludes(_Candidate(name, version, position, self._tables)) is not None

    def version_order(
        self, name: str, versions: Sequence[Version], positions: Sequence[int]
    ) -> list[int]:
        """Indices into `versions`, the preferred first."""
        listed = sorted(range(len(versions)), key=positions.__getitem__)
        order = version_order(
            get_orderer(name, self._orderers), name, [versions[i] for i in listed]
        )
        return [listed[i] for i in order]

    def variant_order(self, variants: Sequence[PackageVariant]) -> list[int]:
        """Indices into the variants of one package, the preferred first."""
        return variant_order(
            self._request,
            self._orderers,
            self._mode,
            [(variant.index, variant.requirements) for variant in variants],
        )

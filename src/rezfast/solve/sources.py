"""Where package tables get their packages: repositories on a search path, or a callback."""

from __future__ import annotations

from _thread import allocate_lock
from time import monotonic

from rezfast._scan import Scanned
from rezfast._tables import Tables
from rezfast._version import VersionRange
from rezfast.errors import PackageMetadataError
from rezfast.repository import clear_caches as clear_repositories
from rezfast.repository import get_repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from rezfast.repository import PackageFamily, PackageRepository


class RepositorySource:
    """The packages of several repositories, those of an earlier one hiding equal later ones.

    Args:
        repositories: In the order of the search path.

    Attributes:
        repositories: As given.
        num_loaded: Definitions that were read so far.
        load_time: Seconds that this took.
        before_load: Called with name and positions before definitions are read.
    """

    complete = True

    def __init__(self, repositories: Sequence[PackageRepository]) -> None:
        self.repositories = repositories
        self.num_loaded = 0
        self.load_time = 0.0
        self.before_load: Callable[[str, list[int]], None] | None = None
        self._families: dict[str, list[tuple[int, PackageFamily]]] = {}

    @property
    def searched(self) -> str:
        """The search path, for messages."""
        return "; ".join(repository.location for repository in self.repositories)

    def versions(self, name: str) -> list[str] | None:
        """The version texts of a family in path order; None if there are none."""
        texts: list[str] = []
        families: list[tuple[int, PackageFamily]] = []
        for repository in self.repositories:
            family = repository.get_family(name)
            if family is not None:
                families.append((len(texts), family))
                texts += family.versions
        self._families[name] = families
        return texts or None

    def load(self, name: str, positions: list[int]) -> list[Scanned | Exception]:
        """Definitions, in the order of `positions` (indices into `versions`)."""
        if self.before_load is not None:
            self.before_load(name, positions)
        start = monotonic()
        try:
            return self._load(name, positions)
        finally:
            self.load_time += monotonic() - start
            self.num_loaded += len(positions)

    def _load(self, name: str, positions: list[int]) -> list[Scanned | Exception]:
        families = self._families[name]
        if len(families) == 1:
            return families[0][1].load(positions)
        results: dict[int, Scanned | Exception] = {}
        for place, (first, family) in enumerate(families):
            end = families[place + 1][0] if place + 1 < len(families) else None
            mine = [p for p in positions if p >= first and (end is None or p < end)]
            results.update(zip(mine, family.load([p - first for p in mine]), strict=True))
        return [results[position] for position in positions]

    def uri(self, name: str, position: int) -> str:
        """What names a package in messages (rez: `Package.uri`)."""
        family, index = self.place(name, position)
        return family.uri(index)

    def place(self, name: str, position: int) -> tuple[PackageFamily, int]:
        """Where a package is: the family of its repository, and the index into its `versions`."""
        first, family = next(
            entry for entry in reversed(self._families[name]) if entry[0] <= position
        )
        return family, position - first

    def family_names(self) -> list[str]:
        """Every family on the path, sorted."""
        return sorted({name for one in self.repositories for name in one.family_names()})


class CallbackSource:
    """The packages that a function finds, family by family and range by range.

    Args:
        load_family: Called as `load_family(name, version_range)`; returns the packages of that
            family in that range (objects or mappings with `version`, `requires` and `variants`),
            more if it likes, an empty list if the family has none there, or None if there is no
            such family. It is not asked again for a range that an earlier one covers.
    """

    complete = False
    searched = "load_family callback"

    def __init__(self, load_family: Callable[[str, VersionRange], Iterable[Any] | None]) -> None:
        self._load_family = load_family
        self._packages: dict[str, list[tuple[str, Any]]] = {}

    def find(self, name: str, wanted: VersionRange) -> list[tuple[int, str]] | None:
        """Positions and version texts of packages not seen before; None: no such family."""
        found = self._load_family(name, wanted)
        known = self._packages.get(name)
        if found is None:
            return None if known is None else []
        if known is None:
            known = self._packages[name] = []
        seen = {text for text, _ in known}
        fresh: list[tuple[int, str]] = []
        for package in found:
            text = str(_field(package, "version") or "")
            if text not in seen:
                seen.add(text)
                fresh.append((len(known), text))
                known.append((text, package))
        return fresh

    def load(self, name: str, positions: list[int]) -> list[Scanned | Exception]:
        """The packages at those positions, as definitions."""
        return [self._definition(name, self._packages[name][position]) for position in positions]

    def _definition(self, name: str, entry: tuple[str, Any]) -> Scanned | Exception:
        text, package = entry
        if isinstance(package, Scanned):
            return package
        try:
            return Scanned.from_fields(
                name=name,
                version=text,
                requires=_texts(_field(package, "requires")),
                variants=[_texts(one) for one in _field(package, "variants") or ()],
                build_requires=_texts(_field(package, "build_requires")),
                timestamp=_field(package, "timestamp") or 0,
            )
        except (TypeError, ValueError) as error:
            return PackageMetadataError(f"load_family gave a bad {name}-{text}: {error}")

    def uri(self, name: str, position: int) -> str:
        """What names a package in messages: its own `uri`, or its name and version."""
        text, package = self._packages[name][position]
        return str(_field(package, "uri") or (f"{name}-{text}" if text else name))

    def family_names(self) -> list[str]:
        """The families that were found so far."""
        return sorted(self._packages)


def _field(package: Any, name: str) -> Any:
    if isinstance(package, dict):
        return package.get(name)
    return getattr(package, name, None)


def _texts(requirements: Iterable[object] | None) -> list[str]:
    return [str(one) for one in requirements or ()]


# by search path, with what the repositories had been changed by when the tables were made
_tables: dict[tuple[PackageRepository, ...], tuple[list[int], Tables]] = {}
_tables_lock = allocate_lock()


def shared_tables(package_paths: Iterable[str | PackageRepository]) -> Tables:
    """The tables of a search path, shared by all solves of the process until `clear_caches`.

    What this process installs into one of the repositories needs new ones: tables only grow.
    """
    key = _repositories(package_paths)
    changes = [getattr(repository, "changes", 0) for repository in key]
    with _tables_lock:
        found = _tables.get(key)
        if found is None or found[0] != changes:
            found = _tables[key] = changes, Tables(RepositorySource(key))
        return found[1]


def make_tables(
    package_paths: Iterable[str | PackageRepository] | None = None,
    *,
    load_family: Callable[[str, VersionRange], Iterable[Any] | None] | None = None,
) -> Tables:
    """Tables of one's own, to pass to several solvers: of a search path, or of a callback.

    Args:
        package_paths: See `Solver`.
        load_family: See `CallbackSource`.
    """
    if load_family is not None:
        return Tables(CallbackSource(load_family))
    return Tables(RepositorySource(_repositories(package_paths or ())))


def clear_caches() -> None:
    """Forget all repositories and shared tables: the next solve looks at the disk again."""
    clear_repositories()
    with _tables_lock:
        _tables.clear()


def _repositories(paths: Iterable[str | PackageRepository]) -> tuple[PackageRepository, ...]:
    return tuple(get_repository(path) if isinstance(path, str) else path for path in paths)

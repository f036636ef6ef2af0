"""Repositories in memory: packages given as plain data.

{"foo": {"1.0": {"requires": ["bar-2"]}, "1.1": {}},
 "bar": {"_NO_VERSION": {"variants": [["baz"]]}}}
"""

from __future__ import annotations

from _weakref import ref  # `weakref`, without what it imports

from rezfast._scan import Scanned
from rezfast._version import is_valid_package_name
from rezfast.errors import RezError
from rezfast.package.definition import from_data
from rezfast.repository.names import NO_VERSION, why_not_version
from rezfast.typed import Any, FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

Data = dict[str, dict[str, dict[str, Any]]]


class MemoryRepository:
    """A repository in memory (rez: `MemoryPackageRepository`).

    Args:
        location: Its name.
        data: {family: {version: attributes}}; versions keep their order. The version
            `_NO_VERSION` is an unversioned package, which hides the others. The family's name and
            the version are what the keys say. Requirements may be a function decorated by `@late`.

    Attributes:
        data: As given; what is put into it later counts.
        changes: How often packages were installed here.
    """

    def __init__(self, location: str, data: Data | None = None) -> None:
        self.location = location
        self.data: Data = {} if data is None else data
        self.changes = 0

    @classmethod
    def create_repository(cls, data: Data) -> MemoryRepository:
        """A repository of its own; `get_repository(str(repository))` finds it while it is held."""
        repository = cls(f"memory{{{hex(id(data))}}}", data)
        location = repository.location

        def forget(gone: ref[MemoryRepository]) -> None:
            if _created.get(location) is gone:
                del _created[location]

        _created[location] = ref(repository, forget)
        return repository

    def __str__(self) -> str:
        return f"memory@{self.location}"

    def get_family(self, name: str) -> MemoryFamily | None:
        """The family of that name, as the data is now; None when there is none.

        Raises:
            PackageRequestError: `name` is not a package name.
        """
        is_valid_package_name(name, raise_error=True)
        return MemoryFamily(self, name, self.data[name]) if name in self.data else None

    def family_names(self) -> list[str]:
        """The names of all families, sorted."""
        return sorted(filter(is_valid_package_name, self.data))


class MemoryFamily:
    """A family in memory (rez: `MemoryPackageFamilyResource`).

    Attributes:
        versions: The versions in the order in which they were put in; `""` when unversioned.
        skipped: The keys that are no versions, and why.
    """

    def __init__(
        self, repository: MemoryRepository, name: str, packages: dict[str, dict[str, Any]]
    ) -> None:
        self.repository = repository
        self.name = name
        self.versions: list[str] = []
        self.skipped: list[tuple[str, str]] = []
        self._packages = packages
        unversioned = NO_VERSION in packages
        if unversioned:
            self.versions.append("")
        for text in packages:
            if text == NO_VERSION:
                continue
            reason = f"hidden by {NO_VERSION}" if unversioned else why_not_version(text)
            if reason is None:
                self.versions.append(text)
            else:
                self.skipped.append((text, reason))

    def load(self, indices: Sequence[int]) -> list[Scanned | Exception]:
        """Make records of the data.

        Returns:
            A record or an error for each index, in order.
        """
        return [self._load_one(index) for index in indices]

    def uri(self, index: int) -> str:
        """`<location>:<family>-<version>`."""
        return self._uri(self.versions[index])

    def _uri(self, version: str) -> str:
        return f"{self.repository.location}:{self.name}{'-' if version else ''}{version}"

    def attributes(self, version: str) -> dict[str, Any]:
        """The attributes of a version, as given; none when there is no such version.

        Args:
            version: Its text; empty for an unversioned package.
        """
        fields = self._packages.get(version or NO_VERSION, {})
        if any(isinstance(value, FunctionType) for value in fields.values()):
            return _with_late_functions(fields, self._uri(version))
        return fields

    def _load_one(self, index: int) -> Scanned | Exception:
        try:
            return from_data(self.attributes(self.versions[index]), self.uri(index))
        except RezError as error:
            return error


def _with_late_functions(fields: dict[str, Any], where: str) -> dict[str, Any]:
    """The attributes with functions decorated by `@late` in the form that records keep."""
    # what it imports is a millisecond of start-up that a resolve from disk does without
    from rezfast.package.functions import SourceCode

    return {
        name: SourceCode(value, where)
        if isinstance(value, FunctionType) and hasattr(value, "_late")
        else value
        for name, value in fields.items()
    }


_created: dict[str, ref[MemoryRepository]] = {}


def created_repository(location: str) -> MemoryRepository | None:
    """The repository that `create_repository` made with that location, if somebody holds it."""
    known = _created.get(location)
    return None if known is None else known()

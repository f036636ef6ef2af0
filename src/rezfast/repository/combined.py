"""Combined families: every version of a family in one file, `<location>/<family>.py` or `.yaml`.

    name = "foo"
    versions = ["1.0", "1.1", "2.0"]
    requires = ["python-3.9"]
    version_overrides = {"2+": {"requires": ["python-3.11"]}}

An override replaces whole attributes of the versions in its range; later ones win.
"""

from __future__ import annotations

from rezfast._scan import Scanned
from rezfast.config import settings
from rezfast.errors import PackageMetadataError, RezError
from rezfast.package.definition import from_data, load_data
from rezfast.version import Version, VersionRange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from rezfast.repository.protocol import PackageRepository


class CombinedFamily:
    """A family in one file (rez: `FileSystemCombinedPackageFamilyResource`).

    The file is read when its versions are first asked for.

    Args:
        repository: The repository that it is in.
        name: The family's name.
        path: The file.
    """

    def __init__(self, repository: PackageRepository, name: str, path: str) -> None:
        self.repository = repository
        self.name = name
        self.skipped: list[tuple[str, str]] = []
        self._path = path
        self._read: tuple[dict[str, Any], list[str]] | None = None

    @property
    def versions(self) -> list[str]:
        """The versions that the file lists, in its order; `""` alone when it lists none.

        Raises:
            PackageMetadataError: The file cannot be read, or its `versions` are no versions.
        """
        return self._content()[1]

    def load(self, indices: Sequence[int]) -> list[Scanned | Exception]:
        """Make records of versions: the attributes of the file with the overrides in whose range
        the version is.

        Returns:
            A record or an error for each index, in order.
        """
        return [self._load_one(index) for index in indices]

    def uri(self, index: int) -> str:
        """The file with the version in `<>`."""
        return f"{self._path}<{self.versions[index]}>"

    @property
    def extension(self) -> str:
        """The file's: `py` or `yaml`."""
        return self._path.rpartition(".")[2]

    def attributes(self, version: str) -> dict[str, Any]:
        """The attributes of a version: the file's, with the overrides in whose range it is.

        Args:
            version: Its text; whether the file lists it does not matter.

        Raises:
            PackageMetadataError: The file cannot be read, or its overrides are wrong.
        """
        fields = dict(self._content()[0])
        # without the key the file is one unversioned package, and overrides do not count
        if "versions" in fields:
            del fields["versions"]
            fields["version"] = version
            if "version_overrides" in fields:
                overrides = _overrides(fields.pop("version_overrides"), self._path)
                for range_, override in overrides.items():
                    if Version(version) in range_:
                        fields.update(override)
        return fields

    def _load_one(self, index: int) -> Scanned | Exception:
        try:
            return from_data(self.attributes(self.versions[index]), self.uri(index))
        except RezError as error:
            return error

    def _content(self) -> tuple[dict[str, Any], list[str]]:
        if self._read is None:
            data = load_data(self._path)
            self._read = data, _versions(data, self._path)
        return self._read


def _versions(data: dict[str, Any], path: str) -> list[str]:
    listed = data.get("versions", [])
    if not isinstance(listed, list):
        raise PackageMetadataError(f"versions: expected a list, got {listed!r}", path)
    for text in listed:
        if not isinstance(text, str):
            raise PackageMetadataError(f"versions: expected strings, got {text!r}", path)
        try:
            Version(text)
        except ValueError as error:
            raise PackageMetadataError(f"versions: {error}", path) from error
    if not listed and settings().allow_unversioned_packages:
        return [""]
    return list(listed)


def _overrides(given: Any, path: str) -> dict[VersionRange, dict[str, Any]]:
    # rez refuses an empty dict too
    if not isinstance(given, dict) or not given:
        raise PackageMetadataError(
            f"version_overrides: expected a dict with a range or more, got {given!r}", path
        )
    result: dict[VersionRange, dict[str, Any]] = {}
    for text, override in given.items():
        if not isinstance(text, str) or not isinstance(override, dict):
            raise PackageMetadataError(
                f"version_overrides: expected a dict of attributes for each range, got "
                f"{text!r}: {override!r}",
                path,
            )
        try:
            range_ = VersionRange(text)
        except ValueError as error:
            raise PackageMetadataError(f"version_overrides: {error}", path) from error
        if range_ in result:
            raise PackageMetadataError(f"version_overrides: {text!r} is there twice", path)
        result[range_] = override
    return result

"""What a repository and a family are to the rest of rezfast, whatever they are made of."""

from __future__ import annotations

from rezfast.typed import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from rezfast._scan import Scanned


class PackageRepository(Protocol):
    """A place with package families in it (rez: `PackageRepository`)."""

    @property
    def location(self) -> str:
        """What tells it from others of its kind: a directory without links in it, or a name."""

    def get_family(self, name: str) -> PackageFamily | None:
        """The family of that name; None when there is none.

        Raises:
            PackageRequestError: `name` is not a package name.
            PackageRepositoryError: The family is there and cannot be listed.
        """

    def family_names(self) -> list[str]:
        """The names of all families, sorted.

        Raises:
            PackageRepositoryError: The repository is there and cannot be listed.
        """


class PackageFamily(Protocol):
    """The packages of one name in one repository (rez: `PackageFamilyResource`).

    A package is told by its index into `versions`.
    """

    @property
    def name(self) -> str:
        """The family's name."""

    @property
    def repository(self) -> PackageRepository:
        """The repository that it is in."""

    @property
    def versions(self) -> list[str]:
        """Version texts, `""` for an unversioned package. No definition is read to know them.

        Two texts may be equal versions (`1.0`, `1-0`): the first one hides the other.
        """

    @property
    def skipped(self) -> list[tuple[str, str]]:
        """What is there and does not count as a package: its name, and why."""

    def load(self, indices: Sequence[int]) -> list[Scanned | Exception]:
        """Read definitions, in one go.

        Returns:
            A record or an error for each index, in order. Errors are `PackageMetadataError`
            (`PackageDefinitionFileMissing` when there is no definition at all) or `OSError`.
        """

    def uri(self, index: int) -> str:
        """What names this package in messages and records (rez: `Package.uri`)."""

"""Reads what a resolve needs out of package definitions, without running them."""

from collections.abc import Iterable
from typing import Any, Literal

REASONS: tuple[str, ...]
"""Every code that `Refused.reason` may hold (the first, "accepted", never does)."""

class Scanned:
    """What a resolve reads of one package definition. Immutable; None where it says nothing.

    Equivalent in rez: the attributes of the same names of `rez.packages.Package`, as text.
    """

    @property
    def name(self) -> str | None: ...
    @property
    def version(self) -> str | None: ...
    @property
    def requires(self) -> list[str] | None: ...
    @property
    def variants(self) -> list[list[str]] | None: ...
    @property
    def build_requires(self) -> list[str] | None: ...
    @property
    def private_build_requires(self) -> list[str] | None: ...
    @property
    def timestamp(self) -> int | None:
        """Seconds since 1970."""
    @property
    def hashed_variants(self) -> bool | None: ...
    @property
    def late(self) -> Any:
        """What evaluates late bound fields (`rezfast.package.late`), or None without any."""
    @classmethod
    def from_fields(
        cls,
        *,
        name: str | None = None,
        version: str | None = None,
        requires: Iterable[str] | None = None,
        variants: Iterable[Iterable[str]] | None = None,
        build_requires: Iterable[str] | None = None,
        private_build_requires: Iterable[str] | None = None,
        timestamp: int | None = None,
        hashed_variants: bool | None = None,
        late: object | None = None,
    ) -> Scanned:
        """A record of values that are already known to be right.

        Raises:
            TypeError: A text is not a string.
            OverflowError: `timestamp` has more than 64 bits.
        """

class Refused:
    """A definition that only Python can read. False in a condition."""

    @property
    def reason(self) -> str:
        """One of `REASONS`."""
    @property
    def line(self) -> int:
        """Line of the first thing that could not be proven, from 1."""
    def __bool__(self) -> Literal[False]: ...

def scan(
    source: str | bytes, view: Literal["installed", "source"] = "installed"
) -> Scanned | Refused:
    """Reads one definition from memory.

    Args:
        source: The text of a `package.py`.
        view: "installed" for a package in a repository (its directory gives name and version),
            "source" for what a build starts from.

    Raises:
        ValueError: `view` is neither.
    """

def load_files(
    paths: Iterable[str], view: Literal["installed", "source"] = "installed"
) -> list[Scanned | Refused | OSError]:
    """Opens, reads and scans every file, without the GIL.

    Args:
        paths: Files to read.
        view: See `scan`.

    Returns:
        One outcome a path, in the order of `paths`. A file that cannot be read is an `OSError` in
        its place.

    Raises:
        ValueError: `view` is neither "installed" nor "source", or REZFAST_THREADS, which is looked
            at for 64 files or more, is not a whole number from 1.
    """

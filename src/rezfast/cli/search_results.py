"""What `rezfast search` finds, and how it shows it (rez: `rez.package_search`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from typing import Any

from rezfast._version import Requirement, VersionRange
from rezfast.config import settings
from rezfast.errors import RezError
from rezfast.package.formatting import expand_abbreviations
from rezfast.package.model import Package, Variant
from rezfast.repository.queries import iter_package_families, iter_packages

FIELDS = (
    "authors", "base", "build_requires", "changelog", "commands", "description", "index", "name",
    "num_variants", "post_commands", "pre_commands", "private_build_requires", "qualified_name",
    "release_message", "requires", "revision", "root", "timestamp", "tools", "uri", "uuid",
    "variants", "version",
)  # fmt: skip
"""The names that a format may shorten."""


class Found:
    """Something that a search found.

    Attributes:
        what: The name of a family, or a package or variant.
        kind: "family", "package" or "variant".
        error: Why it is broken; None when it is not, or nobody looked.
    """

    __slots__ = ("error", "kind", "what")

    def __init__(self, what: str | Package | Variant, kind: str, error: str | None = None) -> None:
        self.what = what
        self.kind = kind
        self.error = error

    @property
    def title(self) -> str:
        """Name, version and index, as far as it has them."""
        return self.what if isinstance(self.what, str) else self.what.qualified_name

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        if isinstance(self.what, str):
            return {"name": self.what}
        told: dict[str, Any] = {
            "name": self.what.name,
            "version": str(self.what.version),
            "qualified_name": self.title,
            "uri": self.what.uri,
        }
        if isinstance(self.what, Variant):
            told["index"] = self.what.index
        return {**told, "error": self.error}


class Search:
    """A search (rez: `ResourceSearcher`).

    Args:
        paths: Repositories to look in; None: the configured ones.
        kind: "family", "package" or "variant"; None: what suits the pattern.
        no_local: Leave the repository of local packages out of the configured ones.
        latest: Only the highest version of each family.
        after: Only what was released at this time or later (seconds since the epoch; 0: ever).
        before: Only what was released before this time; 0: ever. What has no time is always shown.
        validate: Check every attribute.
    """

    def __init__(
        self,
        *,
        paths: Sequence[str] | None,
        kind: str | None,
        no_local: bool,
        latest: bool,
        after: int,
        before: int,
        validate: bool,
    ) -> None:
        self._paths = settings().nonlocal_packages_path if no_local and not paths else paths
        self._kind = kind
        self._latest = latest
        self._after = after
        self._before = before
        self._validate = validate

    def run(self, pattern: str | None) -> tuple[str, list[Found]]:
        """The kind of what was looked for, and what was found: families by name, versions rising.

        Raises:
            PackageRepositoryError: A repository is there and cannot be listed.
        """
        name_pattern, range_ = _parse(pattern)
        found = {one.name for one in iter_package_families(self._paths)}
        names = sorted(name for name in found if fnmatch(name, name_pattern))
        kind = self._kind or ("package" if range_ or len(names) == 1 else "family")
        if kind == "family":
            return kind, [Found(name, kind) for name in names]
        results: list[Found] = []
        for name in names:
            packages = sorted(iter_packages(name, range_, self._paths), key=lambda one: one.version)
            for package in packages[-1:] if self._latest else packages:
                results.extend(self._looked_at(package, kind))
        return kind, results

    def _looked_at(self, package: Package, kind: str) -> Iterator[Found]:
        try:
            if not self._in_time(package.timestamp):
                return
            if self._validate:
                package.validate_data()
        except RezError as error:
            if kind == "package":
                yield Found(package, kind, str(error))
            return
        if kind == "package":
            yield Found(package, kind)
            return
        try:
            variants = list(package.iter_variants())
        except RezError:
            return
        for variant in variants:
            yield Found(variant, kind, self._error_of(variant))

    def _error_of(self, variant: Variant) -> str | None:
        if self._validate:
            try:
                variant.validate_data()
            except RezError as error:
                return str(error)
        return None

    def _in_time(self, timestamp: int | None) -> bool:
        if not timestamp:
            return True
        early = self._after and timestamp < self._after
        late = self._before and timestamp >= self._before
        return not (early or late)


def _parse(pattern: str | None) -> tuple[str, VersionRange | None]:
    """Name and range of a request; a text that is none is a pattern for names."""
    text = pattern or "*"
    try:
        request = Requirement(text)
    except ValueError:
        return text, None
    range_ = request.range
    return request.name, None if range_ is None or range_.is_any() else range_


def lines_of(found: Found, template: str | None, one_line: bool) -> Iterator[tuple[str, str]]:
    """The lines that show something found, each with its style.

    Args:
        found: What was found.
        template: What to show of a package or variant; None: its name, version and index.
        one_line: Show line breaks in values as `\\n`.

    Yields:
        Text, and "info", "error" or "critical".
    """
    if isinstance(found.what, str):
        yield found.what, "info"
    elif found.error is not None:
        yield found.title, "error"
        yield found.error, "critical"
    elif not template:
        yield found.title, "info"
    else:
        for line in expand_abbreviations(template, FIELDS).split("\\n"):
            try:
                text = found.what.format(line)
            except RezError as error:
                # to show a value may be the first time that it is looked at
                yield found.title, "error"
                yield str(error), "critical"
                return
            yield (text.replace("\n", "\\n") if one_line else text), "info"

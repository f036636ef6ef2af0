"""Wildcards in requests, replaced by the latest version there is (rez: `expand_requirement`).

    boost-1.*        boost-1.55          as many tokens as are written
    boost-1.**       boost-1.55.1        all of them
    boost-1.*+<2     boost-1.55+<2       in any range

A request is read with each wildcard as a token of its own, so that whatever is a range with tokens
in these places is one with wildcards; then the versions that end in such tokens are replaced.
"""

from __future__ import annotations

from itertools import pairwise

from rezfast._version import Requirement, Version, VersionRange, restore_requirement
from rezfast.errors import VersionError
from rezfast.repository.protocol import PackageRepository
from rezfast.repository.queries import get_latest_package
from rezfast.typed import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


Paths = Sequence[str | PackageRepository] | None


def expand_requirement(request: str, paths: Paths = None) -> str:
    """The request with wildcards replaced, by the latest version in the range before them.

    A wildcard is a whole token at the end of a version. Where there is no package in that range it
    is left out.

    Args:
        request: Text of a request; one without wildcards is given back as it is.
        paths: Where to look: paths or repositories; None: the configured `packages_path`.

    Raises:
        VersionError: It is no request, or is none with the wildcards replaced (`foo-2+<2`), or a
            wildcard is in a wrong place.
        PackageRequestError: Its name is not a package name.
    """
    if "*" not in request:
        return request
    text, wildcards = _with_tokens(request)
    asked = Requirement(text, invalid_bound_error=False)
    if asked.range is not None:
        range_ = asked.range.visit_versions(_Expansion(asked.name, wildcards, paths).version)
        if asked.weak and not _can_be_inverted(range_):
            raise VersionError(f"{request!r}: no version is in its range", request)
        asked = _with_range(asked, range_)
    result = str(asked)
    for token, wildcard in wildcards.items():
        result = result.replace(token, wildcard)
    return str(Requirement(result))


def _with_tokens(request: str) -> tuple[str, Mapping[str, str]]:
    """The request with a token for each wildcard, and which token stands for which."""
    mark = "_wildcard"
    while mark in request:
        mark += "_"
    wildcards: dict[str, str] = {}
    for wildcard in ("**", "*"):
        while wildcard in request:
            token = f"{mark}{len(wildcards)}_"
            request = request.replace(wildcard, token, 1)
            wildcards[token] = wildcard
    return request, wildcards


def _with_range(asked: Requirement, range_: VersionRange) -> Requirement:
    parts: tuple[str, VersionRange | None, bool, bool, str] = asked.__reduce__()[1]  # type: ignore[assignment]
    return restore_requirement(parts[0], range_, *parts[2:])


def _can_be_inverted(range_: VersionRange) -> bool:
    """Whether there is a version between any two intervals that follow each other.

    `~foo-1` holds every other version, and is written as what it leaves out.
    """
    pieces = range_.intervals()
    for (_, _, upper, in_upper), (lower, in_lower, _, _) in pairwise(pieces):
        # an empty version stands where a wildcard found no package
        if lower and (lower < upper or (lower == upper and (in_upper or in_lower))):
            return False
    return True


class _Expansion:
    """Replaces the versions of one request."""

    def __init__(self, name: str, wildcards: Mapping[str, str], paths: Paths) -> None:
        self._name = name
        self._wildcards = wildcards
        self._paths = paths
        self._found: dict[Version, Version] = {}

    def version(self, version: Version) -> Version | None:
        """What takes the place of a bound of the range; None: it stays."""
        # the upper bound of `foo-1` is the next version after 1: it goes with the lower one
        for before, after in self._found.items():
            if version == before.next():
                return after.next()
        found = self._expanded(version)
        if found is not None:
            self._found[version] = found
        return found

    def _expanded(self, version: Version) -> Version | None:
        rank = len(version)
        is_expanded = False
        while version and str(version[-1]) in self._wildcards:
            wildcard = self._wildcards[str(version[-1])]
            version = version.trim(len(version) - 1)
            if wildcard == "**":
                if is_expanded:  # `**.*`: left as it is, and no version then
                    return None
                is_expanded, rank = True, 0
                break
            is_expanded = True
        if not is_expanded:
            return None
        package = get_latest_package(self._name, VersionRange(str(version)), self._paths)
        if package is None:
            return version
        return package.version.trim(rank) if rank else package.version

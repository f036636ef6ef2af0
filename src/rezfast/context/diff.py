"""What differs between the answers of two contexts."""

from __future__ import annotations

from typing import Any

from rezfast.context.state import ContextState
from rezfast.errors import ResolvedContextError
from rezfast.package.model import Package
from rezfast.repository.queries import iter_packages
from rezfast.version import VersionRange

#: What another context has in place of this one's packages: `newer_packages` and `older_packages`,
#: lists of packages by family; `added_packages` and `removed_packages`, sets of packages.
ResolveDiff = dict[str, Any]


def resolve_diff(context: ContextState, other: ContextState) -> ResolveDiff:
    """See `ResolvedContext.get_resolve_diff`."""
    if context.package_paths != other.package_paths:
        raise ResolvedContextError(
            "the search paths of the contexts differ, so their packages cannot be compared: "
            f"{_only_in(context, other)} | {_only_in(other, context)}"
        )
    here = {variant.parent for variant in context._answer()}
    there = {variant.parent for variant in other._answer()}
    mine = {package.name: package for package in here - there}
    theirs = {package.name: package for package in there - here}
    newer, older = {}, {}
    for name in mine.keys() & theirs.keys():
        package, replaced = mine[name], theirs[name]
        if replaced.version > package.version:
            newer[name] = _between(package, replaced, context.package_paths)
        elif replaced.version < package.version:
            older[name] = _between(replaced, package, context.package_paths)[::-1]
    added = {package for name, package in theirs.items() if name not in mine}
    removed = {package for name, package in mine.items() if name not in theirs}
    diff: ResolveDiff = {}
    if newer:
        diff["newer_packages"] = newer
    if older:
        diff["older_packages"] = older
    if added:
        diff["added_packages"] = added
    if removed:
        diff["removed_packages"] = removed
    return diff


def _between(lower: Package, upper: Package, paths: list[str]) -> list[Package]:
    """The packages from one to another, in ascending order, also if these two are gone by now."""
    span = VersionRange.as_span(lower_version=lower.version, upper_version=upper.version)
    found = {package.version: package for package in iter_packages(lower.name, span, paths)}
    found.update({lower.version: lower, upper.version: upper})
    return [found[version] for version in sorted(found)]


def _only_in(context: ContextState, other: ContextState) -> str:
    mine = [path for path in context.package_paths if path not in other.package_paths]
    return " ".join(mine or context.package_paths)

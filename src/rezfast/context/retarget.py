"""A context with the same variants from other repositories."""

from __future__ import annotations

from typing import TypeVar

from rezfast.errors import PackageNotFoundError
from rezfast.package.model import Variant
from rezfast.repository.install import install_variant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from rezfast.context.resolved import ResolvedContext

Context = TypeVar("Context", bound="ResolvedContext")


def retargeted(
    context: Context,
    package_paths: list[str],
    package_names: Iterable[str] | None = None,
    skip_missing: bool = False,
) -> Context:
    """See `ResolvedContext.retargeted`."""
    names = None if package_names is None else set(package_names)
    variants = [
        variant
        if names is not None and variant.name not in names
        else _equivalent(variant, package_paths, skip_missing)
        for variant in context.resolved_packages or ()
    ]
    data = context.to_dict()
    data["package_paths"] = list(package_paths)
    data["resolved_packages"] = [variant.handle.to_dict() for variant in variants]
    return context.from_dict(data)


def _equivalent(variant: Variant, paths: list[str], skip_missing: bool) -> Variant:
    for path in paths:
        found = install_variant(variant, path, dry_run=True)
        if found is not None:
            return found
    if skip_missing:
        return variant
    raise PackageNotFoundError(
        f"no variant equal to {variant.qualified_name} of {variant.uri} in {', '.join(paths)}",
        requirement=variant.qualified_package_name,
    )

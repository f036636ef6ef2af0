"""Attributes of a context's packages, and the programs that they bring."""

from __future__ import annotations

from rezfast.shell.which import which as find_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant


def get_key(
    context: ResolvedContext, key: str, request_only: bool = False
) -> dict[str, tuple[Variant, Any]]:
    """See `ResolvedContext.get_key`."""
    asked = {request.name for request in context.requested_packages() if not request.conflict}
    found = {}
    for variant in context._answer():
        if not request_only or variant.name in asked:
            value = getattr(variant, key)
            if value is not None:
                found[variant.name] = (variant, value)
    return found


def get_tool_variants(context: ResolvedContext, tool_name: str) -> set[Variant]:
    """See `ResolvedContext.get_tool_variants`."""
    return {variant for variant, tools in context.get_tools().values() if tool_name in tools}


def get_conflicting_tools(
    context: ResolvedContext, request_only: bool = False
) -> dict[str, set[Variant]]:
    """See `ResolvedContext.get_conflicting_tools`."""
    owners: dict[str, set[Variant]] = {}
    for variant, tools in context.get_tools(request_only).values():
        for tool in tools:
            owners.setdefault(tool, set()).add(variant)
    return {tool: variants for tool, variants in owners.items() if len(variants) > 1}


def which(
    context: ResolvedContext,
    cmd: str,
    parent_environ: Mapping[str, str] | None = None,
    fallback: bool = False,
) -> str | None:
    """See `ResolvedContext.which`."""
    path = find_program(cmd, context.get_environ(parent_environ))
    return find_program(cmd) if fallback and path is None else path

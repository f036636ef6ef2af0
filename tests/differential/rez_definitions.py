"""rez's reading of a definition, for comparison: as a resolve reads it, and as a build does."""

from __future__ import annotations

import linecache
import logging
import os
import warnings
from typing import Any

from differential.definition_cases import only_a_body_is_broken
from rez.developer_package import DeveloperPackage
from rez.package_resources import package_pod_schema
from rez.serialise import _load_py
from rez.utils.formatting import PackageRequest
from rez.vendor.schema.schema import Schema, SchemaError
from rez.version import Version

from rezfast._scan import Scanned, scan

LISTS = ("requires", "variants", "build_requires", "private_build_requires")
CHECKED = (*LISTS, "timestamp", "hashed_variants")


def _schemas() -> dict[str, Schema]:
    found = {}
    for key, schema in package_pod_schema._schema.items():
        while isinstance(key, Schema):
            key = key._schema
        if isinstance(key, str):
            found[key] = schema if isinstance(schema, Schema) else Schema(schema)
    return found


SCHEMAS = _schemas()

BROKEN = object()  # rez raises when it is asked for the field


def rez_fields(data: dict[str, Any]) -> dict[str, Any]:
    """The fields as rez's schema sees them: None when absent, BROKEN when rejected."""
    fields: dict[str, Any] = {}
    for name in CHECKED:
        value = data.get(name)
        if name in data:
            try:
                SCHEMAS[name].validate(value)
            except SchemaError:
                value = BROKEN
        if name == "timestamp" and isinstance(value, int) and value >= 1 << 63:
            value = BROKEN  # rez has no limit; a record holds 64 bits
        fields[name] = value
    return fields


def our_fields(found: Scanned) -> dict[str, Any]:
    """The same of a record."""
    return {name: getattr(found, name) for name in CHECKED}


def rez_reads(source: bytes, path: str) -> dict[str, Any]:
    """The attributes that rez makes of a definition.

    Raises:
        Exception: What rez raises.
    """
    with open(path, "wb") as file:
        file.write(source)
    linecache.clearcache()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data: dict[str, Any] = _load_py(None, path)
    return data


def rez_builds(source: bytes, path: str) -> dict[str, Any]:
    """The fields of the package that rez would build from a definition, as texts.

    Raises:
        Exception: What rez raises.
    """
    with open(path, "wb") as file:
        file.write(source)
    linecache.clearcache()
    logging.getLogger("rez").setLevel(logging.WARNING)  # it tells what a preprocessor changed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = DeveloperPackage.from_path(os.path.dirname(path))
        package.validate_data()
    fields: dict[str, Any] = {"name": package.name, "version": str(package.version)}
    for field in CHECKED:
        value = getattr(package, field)
        if field == "variants" and value is not None:
            value = [[str(request) for request in variant] for variant in value]
        elif field in LISTS and value is not None:
            value = [str(request) for request in value]
        fields[field] = value
    return fields


def rez_verdict(source: bytes, view: str, directory: str) -> str | None:
    """What rez has against an acceptance in a view; None if nothing.

    Args:
        source: The definition.
        view: "installed" or "source".
        directory: Where it may be written.
    """
    path = os.path.join(directory, "package.py")
    found = scan(source, "source" if view == "source" else "installed")
    assert isinstance(found, Scanned)
    try:
        if view == "installed":
            ours, theirs = our_fields(found), rez_fields(rez_reads(source, path))
        else:
            ours, theirs = _built(found), rez_builds(source, path)
    except SyntaxError as error:
        return None if only_a_body_is_broken(source, error.lineno) else f"rez raises {error!r}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        cause = error.__cause__ or error.__context__
        if isinstance(cause, SyntaxError) and only_a_body_is_broken(source, cause.lineno):
            return None
        if "include" in str(error) and b"@include" in source:
            return None  # where included modules are is a setting
        return f"rez raises {type(error).__name__}: {error}"
    for field, value in ours.items():
        if repr(value) != repr(theirs[field]):
            return f"{field} is {value!r}, rez has {theirs[field]!r}"
    return None


def _built(found: Scanned) -> dict[str, Any]:
    """The fields of a record in the form of `rez_builds`: rez prints every request anew."""
    fields = {name: getattr(found, name) for name in CHECKED}
    for field, value in fields.items():
        if field == "variants" and value is not None:
            fields[field] = [[str(PackageRequest(text)) for text in one] for one in value]
        elif field in LISTS and value is not None:
            fields[field] = [str(PackageRequest(text)) for text in value]
    version = "" if found.version is None else found.version
    return {"name": found.name, "version": str(Version(version)), **fields}

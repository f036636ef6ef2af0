"""Versions, ranges and requirements, as rez's `rez.version`; `rezfast._version` does the work."""

from rezfast._version import (
    Requirement,
    Version,
    VersionedObject,
    VersionRange,
    VersionToken,
    is_valid_package_name,
)
from rezfast.errors import PackageRequestError, VersionError
from rezfast.version.requirement_list import RequirementList
from rezfast.version.sorting import ReverseSortKey, reverse_sort_key

__all__ = [
    "PackageRequestError",
    "Requirement",
    "RequirementList",
    "ReverseSortKey",
    "Version",
    "VersionError",
    "VersionRange",
    "VersionToken",
    "VersionedObject",
    "is_valid_package_name",
    "reverse_sort_key",
]

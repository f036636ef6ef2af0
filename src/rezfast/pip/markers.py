"""Environment markers, evaluated for the python that packages are made for, not for this one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

from rezfast.errors import PackageRequestError

MarkerEnvironment = Mapping[str, str]
"""What an interpreter says of itself: the variables of PEP 508 without `extra`, all of them."""

ENVIRONMENT_NAMES = (
    "implementation_name",
    "implementation_version",
    "os_name",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_full_version",
    "python_version",
    "sys_platform",
)

_QUOTED_OR_NAME = re.compile(r"\"[^\"]*\"|'[^']*'|[a-z_.]+")
_PACKAGES = {
    # the implementation of python has no package of its own
    "implementation_name": "python",
    "implementation_version": "python",
    "platform_python_implementation": "python",
    "python_version": "python",
    "python_full_version": "python",
    "platform_machine": "arch",
    # os.name is posix or nt, which is rez's platform rather than its os
    "os_name": "platform",
    "sys_platform": "platform",
    "platform_release": "platform",
    "platform_system": "platform",
    "platform_version": "platform",
}


def check_environment(environment: MarkerEnvironment) -> None:
    """See that nothing is missing, which would be filled in from the running interpreter.

    Raises:
        ValueError: Some of `ENVIRONMENT_NAMES` are missing.
    """
    missing = [name for name in ENVIRONMENT_NAMES if name not in environment]
    if missing:
        raise ValueError(f"the environment of the interpreter lacks {', '.join(missing)}")


def applies(marker: Marker | None, environment: MarkerEnvironment, extras: Collection[str]) -> bool:
    """Whether a requirement with that marker counts.

    Args:
        marker: None: it always does.
        environment: Of the interpreter that packages are made for.
        extras: Those that are asked for.

    Raises:
        PackageRequestError: The marker compares what cannot be compared.
    """
    if marker is None:
        return True
    try:
        return any(marker.evaluate({**environment, "extra": extra}) for extra in (extras or ("",)))
    except (UndefinedComparison, UndefinedEnvironmentName) as error:
        raise PackageRequestError(f"the marker '{marker}' cannot be evaluated: {error}") from None


def system_packages(marker: Marker | None) -> set[str]:
    """What a marker makes a package depend on: `python`, `platform`, `arch`.

    Rez equivalent: `get_marker_sys_requirements`.
    """
    if marker is None:
        return set()
    # packaging writes the old names (sys.platform, python_implementation) as the new ones
    words = _QUOTED_OR_NAME.findall(str(marker))
    return {_PACKAGES[word] for word in words if word in _PACKAGES}

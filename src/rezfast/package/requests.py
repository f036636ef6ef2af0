"""Checks of the values that rez's schema puts on the attributes a resolve reads."""

from __future__ import annotations

from rezfast._version import Requirement, Version, is_valid_package_name
from rezfast.errors import VersionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def request_list(value: Any) -> list[str]:
    """A list of package requests, as text (rez: `[PackageRequest]`).

    Raises:
        ValueError: It is not a list, or something in it is not a request.
    """
    if not isinstance(value, list):
        raise ValueError(f"it has to be a list of strings, not {kind_of(value)}")
    return [_request(item) for item in value]


def variant_list(value: Any) -> list[list[str]]:
    """A list of lists of package requests, as text.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(value, list):
        raise ValueError(f"it has to be a list of lists of strings, not {kind_of(value)}")
    return [request_list(item) for item in value]


def whole_number(value: Any) -> int:
    """An integer of 64 bits.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(value, int):
        raise ValueError(f"it has to be a whole number, not {kind_of(value)}")
    if not -(1 << 63) <= value < 1 << 63:
        raise ValueError("it has more than 64 bits")
    return int(value)


def truth(value: Any) -> bool:
    """True or False.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(value, bool):
        raise ValueError(f"it has to be True or False, not {kind_of(value)}")
    return value


def package_name(value: Any) -> str | None:
    """The name, or None when it is none: the directory says how an installed package is called."""
    return str(value) if isinstance(value, str) and is_valid_package_name(value) else None


def package_version(value: Any) -> str | None:
    """The version's text, or None when it is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        Version(value)
    except VersionError:
        return None
    return str(value)


def _request(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} in it is {kind_of(value)}, not a string")
    try:
        name = Requirement(value).name
    except VersionError as error:
        raise ValueError(f"{value!r} is not a package request: {error}") from None
    if not is_valid_package_name(name[1:] if value.startswith(".") else name):
        raise ValueError(f"{value!r} is not a package request: {name!r} is not a package name")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{value!r} holds half a character") from None
    return str(value)


def kind_of(value: Any) -> str:
    """What a value is, for a message: `a dict`, `an int`, `None`."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

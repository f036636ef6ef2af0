"""Which names a version directory may have."""

from __future__ import annotations

from rezfast._version import Version

# rez's word for "no version" where a name is needed: never a version itself
NO_VERSION = "_NO_VERSION"


def why_not_version(text: str) -> str | None:
    """Why `text` cannot be the version of a package; None when it can."""
    if text == NO_VERSION:
        return "a reserved name"
    try:
        Version(text)
    except ValueError as error:
        return f"not a version: {error}"
    return None

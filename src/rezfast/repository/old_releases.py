"""What releases of old noted beside a definition: when, and a changelog (rez reads both still).

<package>/release.yaml                   before rez 2.0 was done: attributes
<package>/.metadata/release_time.txt     rez 1: seconds since 1970
<package>/.metadata/changelog.txt        rez 1
"""

from __future__ import annotations

import os

from rezfast._scan import Scanned
from rezfast.config import settings
from rezfast.errors import PackageMetadataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MORE = "..."


def released(directory: str) -> dict[str, Any]:
    """The attributes that a package has of its release, if its definition has no `timestamp`.

    Args:
        directory: The package's.

    Raises:
        PackageMetadataError: A file cannot be read, or `release.yaml` is no YAML.
    """
    path = f"{directory}/release.yaml"
    # hardly any package has either; `isfile` takes longer to say so
    if os.access(path, os.F_OK) and os.path.isfile(path):
        # imported here: packages of that age are rare
        from rezfast.package.definition import load_source

        data = load_source(path)
        changelog = data.get("changelog")
        if changelog and settings().max_package_changelog_chars:
            if isinstance(changelog, list):
                changelog = "\n".join(map(str, changelog))
            if isinstance(changelog, str):
                data["changelog"] = _shortened(changelog)
        return data
    found: dict[str, Any] = {}
    metadata = f"{directory}/.metadata"
    if not (os.access(metadata, os.F_OK) and os.path.isdir(metadata)):
        return found
    changelog = _text(f"{metadata}/changelog.txt")
    if changelog is not None:
        found["changelog"] = _shortened(changelog)
    try:  # noqa: SIM105 - contextlib is not there in every resolve
        found["timestamp"] = int(_text(f"{metadata}/release_time.txt") or "")
    except ValueError:
        pass  # as in rez, the time is not known then
    return found


def with_release(record: Scanned, directory: str) -> Scanned:
    """A record with the time of an old release, if it has none of its own.

    Raises:
        PackageMetadataError: As `released`.
    """
    if record.timestamp is not None:
        return record
    timestamp = released(directory).get("timestamp")
    if type(timestamp) is not int or not -(1 << 63) <= timestamp < 1 << 63:
        return record
    return Scanned.from_fields(
        name=record.name,
        version=record.version,
        requires=record.requires,
        variants=record.variants,
        build_requires=record.build_requires,
        private_build_requires=record.private_build_requires,
        timestamp=timestamp,
        hashed_variants=record.hashed_variants,
        late=record.late,
    )


def _shortened(text: str) -> str:
    longest = settings().max_package_changelog_chars
    if longest and len(text) > longest + len(_MORE):
        return text[:longest] + _MORE
    return text


def _text(path: str) -> str | None:
    if not os.path.isfile(path):
        return None
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise PackageMetadataError(f"cannot be read: {error}", path) from error

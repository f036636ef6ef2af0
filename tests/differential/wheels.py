"""Wheels made for tests: small, correct unless a test says otherwise."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

WHEEL = "Wheel-Version: 1.0\nGenerator: rezfast tests\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"


def make_wheel(
    directory: Path,
    files: Mapping[str, bytes | str] | None = None,
    *,
    name: str = "foo",
    version: str = "1.0",
    metadata: Iterable[str] = (),
    entry_points: str = "",
    tag: str = "py3-none-any",
    left_out: Iterable[str] = (),
    record: str | None = None,
    executable: Iterable[str] = (),
) -> Path:
    """A wheel of those files.

    Args:
        directory: Where to make it.
        files: Its files besides those that each wheel has; a name with `{data}` is in its data
            directory, with `{info}` beside its metadata.
        name: The distribution.
        version: Its version.
        metadata: More fields of METADATA.
        entry_points: The text of `entry_points.txt`.
        tag: What it is for.
        left_out: Files that it lacks, as METADATA; RECORD has them all the same.
        record: The text of RECORD, in place of the right one.
        executable: Files that can be run.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    members: dict[str, bytes] = {}
    for path, content in (files or {f"{name}/__init__.py": "X = 1\n"}).items():
        path = path.replace("{data}", f"{stem}.data").replace("{info}", info)
        members[path] = content.encode() if isinstance(content, str) else content
    fields = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata]
    members[f"{info}/METADATA"] = ("\n".join(fields) + "\n\n").encode()
    pure = str(tag.endswith("none-any")).lower()
    members[f"{info}/WHEEL"] = WHEEL.format(pure=pure, tag=tag).encode()
    if entry_points:
        members[f"{info}/entry_points.txt"] = entry_points.encode()
    if record is None:
        record = "".join(line(path, content) for path, content in members.items())
        record += f"{info}/RECORD,,\n"
    members[f"{info}/RECORD"] = record.encode()
    wheel = directory / f"{stem}-{tag}.whl"
    missing = {f"{info}/{path}" for path in left_out}
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            if path not in missing:
                information = zipfile.ZipInfo(path)
                mode = 0o755 if path in executable else 0o644
                information.external_attr = (0o100000 | mode) << 16
                information.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(information, content)
    return wheel


def line(path: str, content: bytes) -> str:
    """The line of RECORD for a file."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"

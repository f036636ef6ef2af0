"""RECORD, the list of a distribution's files: read, checked, written."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from rezfast.errors import DistributionError

# The format of wheels forbids weaker ones.
_ALGORITHMS = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file has to be.

    Attributes:
        algorithm: As hashlib has it.
        digest: In the alphabet for urls, without padding.
        size: In bytes; None when not recorded.
    """

    algorithm: str
    digest: str
    size: int | None = None

    @classmethod
    def of(cls, content: bytes) -> Checksum:
        """The checksum of a file of that content."""
        return cls("sha256", digest_text(hashlib.sha256(content).digest()), len(content))

    def mismatch(self, digest: bytes, size: int) -> str:
        """Why a file is another one than was recorded, or "" if it is that one."""
        if self.size is not None and size != self.size:
            return f"it has {size} bytes, and RECORD says {self.size}"
        if digest_text(digest) != self.digest:
            return f"its {self.algorithm} is not the one in RECORD"
        return ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of RECORD: the path as it stands there, and the checksum, if there is one."""

    path: str
    checksum: Checksum | None


def digest_text(digest: bytes) -> str:
    """A digest as RECORD has it."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def read_record(text: str, where: str) -> list[Recorded]:
    """The lines of RECORD, in their order.

    Args:
        text: What is in it.
        where: The distribution, for messages.

    Raises:
        DistributionError: A line cannot be read, or a file is there twice.
    """
    result: dict[str, Recorded] = {}
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise DistributionError(f"RECORD cannot be read: {error}", where) from None
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        if len(row) > 3 or not row[0]:
            raise DistributionError(f"line {number} of RECORD is not 'path,hash,size'", where)
        path, digest, size = (*row, "", "")[:3]
        if path in result:
            raise DistributionError(f"RECORD has {path!r} twice", where)
        result[path] = Recorded(path, _checksum(digest, size, number, where))
    return list(result.values())


def record_text(files: Iterable[tuple[str, Checksum | None]]) -> str:
    """The text of RECORD, from paths and checksums."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for path, checksum in files:
        if checksum is None:
            writer.writerow((path, "", ""))
        else:
            size = "" if checksum.size is None else checksum.size
            writer.writerow((path, f"{checksum.algorithm}={checksum.digest}", size))
    return buffer.getvalue()


def _checksum(digest: str, size: str, number: int, where: str) -> Checksum | None:
    if not digest:
        return None
    algorithm, separator, value = digest.partition("=")
    if not separator or algorithm not in _ALGORITHMS:
        raise DistributionError(
            f"line {number} of RECORD has the hash {digest!r}, which is not one of "
            + ", ".join(_ALGORITHMS),
            where,
        )
    if size and not (size.isascii() and size.isdigit()):
        raise DistributionError(f"line {number} of RECORD has the size {size!r}", where)
    return Checksum(algorithm, value.rstrip("="), int(size) if size else None)

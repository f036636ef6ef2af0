"""From a definition on disk to the record that a resolve reads.

path --load_files--> Scanned                                    nearly always
                     Refused --load_data--> data --from_data--> Scanned
                     OSError --> PackageMetadataError
"""

from __future__ import annotations

import os

from rezfast._scan import Refused, Scanned, load_files
from rezfast.errors import PackageDefinitionFileMissing, PackageMetadataError
from rezfast.package import requests as check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_MAX_SIZE = 64 << 20
_YAML = (".yaml", ".yml")
_evaluate: Callable[..., dict[str, Any]] | None = None


def load_definition(path: str) -> Scanned:
    """Reads a `package.py` or `package.yaml` of a repository.

    Raises:
        PackageDefinitionFileMissing: There is no such file.
        PackageMetadataError: It cannot be read, or holds a value that rez rejects.
    """
    if path.endswith(_YAML):
        return from_data(load_data(path), path)
    return complete(path, load_files([path])[0])


def complete(path: str, outcome: Scanned | Refused | OSError) -> Scanned:
    """A finished record out of what `load_files` gave for a path: what was refused is evaluated.

    Raises:
        PackageDefinitionFileMissing: There is no such file.
        PackageMetadataError: It cannot be read, or holds a value that rez rejects.
    """
    if isinstance(outcome, Scanned):
        return outcome
    if isinstance(outcome, OSError):
        raise _unreadable(path, outcome) from outcome
    return from_data(load_data(path), path)


def load_data(path: str) -> dict[str, Any]:
    """Every attribute of a definition, after rez's own processing (rez: `load_from_file`).

    Raises:
        PackageDefinitionFileMissing: There is no such file.
        PackageMetadataError: It cannot be read or run.
    """
    data = load_source(path)
    data.pop("format_version", None)
    return data


def load_source(
    path: str, objects: Mapping[str, Any] | None = None, directory: str | None = None
) -> dict[str, Any]:
    """As `load_data`, for a definition that is to be built: nothing is left out.

    Args:
        path: The definition.
        objects: What early functions find; see `rezfast.package.evaluate.evaluate`.
        directory: The working directory while it runs; None: as it is.

    Raises:
        PackageDefinitionFileMissing: There is no such file.
        PackageMetadataError: It cannot be read or run.
    """
    source = read_definition(path)
    if path.endswith(_YAML):
        return _load_yaml(source, path)
    global _evaluate
    if _evaluate is None:
        # most resolves evaluate nothing, and then do without what evaluation imports
        from rezfast.package.evaluate import evaluate

        _evaluate = evaluate
    return _evaluate(source, path, objects, directory)


def read_definition(path: str) -> bytes:
    """The text of a definition.

    Raises:
        PackageDefinitionFileMissing: There is no such file.
        PackageMetadataError: It cannot be read, or is too large to be one.
    """
    try:
        # one read for what the size says is there; a file object costs as much as all the rest
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = os.fstat(file).st_size
            source = os.read(file, min(size, _MAX_SIZE) + 1)
            if 0 < len(source) <= min(size, _MAX_SIZE):
                return source  # less than was asked for: all there is
            while len(source) <= _MAX_SIZE:
                more = os.read(file, 1 << 16)
                if not more:
                    return source
                source += more
        finally:
            os.close(file)
    except OSError as error:
        raise _unreadable(path, error) from error
    raise PackageMetadataError(f"is larger than {_MAX_SIZE >> 20} MB: not a definition", path)


def _load_yaml(source: bytes, path: str) -> dict[str, Any]:
    import yaml  # a third of a small resolve's start-up, and few packages need it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(source.decode("utf-8"), Loader=loader) or {}
    except UnicodeDecodeError as error:
        raise PackageMetadataError(
            f"is not UTF-8 text: {error.reason}", path, source.count(b"\n", 0, error.start) + 1
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise PackageMetadataError(
            f"is not valid YAML: {problem}", path, None if mark is None else mark.line + 1
        ) from error
    if not isinstance(data, dict):
        raise PackageMetadataError("has to hold a mapping of attributes", path)
    return data


def from_data(data: dict[str, Any], path: str) -> Scanned:
    """The record of attributes that were evaluated, read from YAML or made in memory.

    A wrong value of `requires` or `variants`, which every resolve reads, is an error at once. The
    others are like rez's: an error when something asks for them (see `LateBindings.attributes`).

    Args:
        data: The attributes.
        path: Where they came from, for messages.

    Raises:
        PackageMetadataError: `requires` or `variants` is not what rez's schema wants.
    """
    return _Record(data, path).scanned()


class _Record:
    """The fields of one definition, on their way to a `Scanned`."""

    def __init__(self, data: dict[str, Any], path: str) -> None:
        self._data = data
        self._path = path
        self._late: dict[str, Any] = {}
        self._broken: dict[str, PackageMetadataError] = {}

    def scanned(self) -> Scanned:
        variants = self._field("variants", check.variant_list)
        requires = self._requests("requires")
        timestamp = self._field("timestamp", check.whole_number)
        # rez reads a package's variants before their requirements, and its timestamp by itself
        for field in ("variants", "requires"):
            if field in self._broken:
                self._broken[field].timestamp = timestamp
                raise self._broken[field]
        build_requires = self._requests("build_requires")
        private = self._requests("private_build_requires")
        hashed = self._field("hashed_variants", check.truth)
        return Scanned.from_fields(
            name=check.package_name(self._data.get("name")),
            version=check.package_version(self._data.get("version")),
            requires=requires,
            variants=variants,
            build_requires=build_requires,
            private_build_requires=private,
            timestamp=timestamp,
            hashed_variants=hashed,
            late=self._bindings(),
        )

    def _bindings(self) -> object | None:
        if not self._late and not self._broken:
            return None
        # imports what evaluation does
        from rezfast.package.late import LateBindings

        return LateBindings(self._path, self._late, self._broken)

    def _requests(self, field: str) -> list[str] | None:
        value = self._data.get(field)
        if getattr(value, "late", False) is True:
            self._late[field] = value
            return None
        found: list[str] | None = self._field(field, check.request_list)
        return found

    def _field(self, field: str, checked: Callable[[Any], Any]) -> Any:
        if field not in self._data:
            return None
        try:
            return checked(self._data[field])
        except ValueError as error:
            broken = PackageMetadataError(
                f"{field} is wrong: {error}", self._path, line_of_field(self._path, field)
            )
            broken.attribute = field
            self._broken[field] = broken
            return None


def line_of_field(path: str, field: str) -> int | None:
    """The last line that sets a field in so many words, when the definition is a file.

    Args:
        path: The definition; need not be a file.
        field: Name of an attribute.
    """
    import re

    try:
        with open(path, "rb") as file:
            source = file.read(_MAX_SIZE)
    except OSError:
        return None
    name = re.escape(field.encode())
    found = list(re.finditer(rb"^(?:def[ \t]+)?['\"]?%s['\"]?[ \t]*[:=(+\[.]" % name, source, re.M))
    return source.count(b"\n", 0, found[-1].start()) + 1 if found else None


def _unreadable(path: str, error: OSError) -> PackageMetadataError:
    if isinstance(error, FileNotFoundError):
        return PackageDefinitionFileMissing("does not exist", path)
    return PackageMetadataError(f"cannot be read: {error.strerror or error}", path)

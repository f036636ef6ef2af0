"""Which extras are asked for by name: `name[extra]`, on a command line and in requirement files."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion

from rezfast.pip.fetch import Request

Extras = Mapping[str, frozenset[str]]
"""By the name of a distribution as PEP 503 has it."""

_WITH_EXTRAS = re.compile(r"(?P<place>.+?)\[(?P<extras>[^\[\]]*)\]\s*(?P<fragment>#.*)?")
_EGG = re.compile(r"(?:^|[#&])egg=(?P<name>[^&\[]+)(?:\[(?P<extras>[^\]]*)\])?")
_COMMENT = re.compile(r"(^|\s)#(?!egg=).*$")
_OPTION_OF_ONE = re.compile(r"\s--?[a-z].*$")
_INCLUDE = re.compile(r"(?:-r|--requirement)(?:\s*=\s*|\s*)(?P<path>.+)")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=\s*|\s+)(?P<what>.+)")


def requested_extras(request: Request) -> Extras:
    """The extras that a request asks for.

    Files that cannot be read, or are not on this machine, are left to pip.
    """
    found: dict[str, set[str]] = {}
    for word in _words(request):
        named = _named(word)
        if named is not None and named[1]:
            found.setdefault(canonicalize_name(named[0]), set()).update(named[1])
    return {name: frozenset(extras) for name, extras in found.items()}


def _words(request: Request) -> Iterator[str]:
    yield from request.words
    files = [*request.requirement_files]
    extra = list(request.extra_args)
    while extra:
        word = extra.pop(0)
        if word in ("-r", "--requirement") and extra:
            files.append(extra.pop(0))
        elif word in ("-e", "--editable") and extra:
            yield extra.pop(0)
        elif found := _INCLUDE.fullmatch(word):
            files.append(found["path"])
        elif not word.startswith("-"):
            # the value of an option, too: it names nothing that is installed then
            yield word
    seen: set[str] = set()
    for path in files:
        yield from _of_file(path, seen)


def _of_file(path: str, seen: set[str]) -> Iterator[str]:
    if path in seen:
        return
    seen.add(path)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return
    for line in text.replace("\\\n", " ").splitlines():
        word = _COMMENT.sub("", line).strip()
        include, editable = _INCLUDE.fullmatch(word), _EDITABLE.fullmatch(word)
        if include is not None:
            yield from _of_file(os.path.join(os.path.dirname(path), include["path"]), seen)
        elif editable is not None:
            yield editable["what"]
        elif word and not word.startswith("-"):
            yield _OPTION_OF_ONE.sub("", word)


def _named(word: str) -> tuple[str, set[str]] | None:
    """Name and extras of what a word asks for; None: it has no extras, or no name is known."""
    try:
        requirement = Requirement(word)
        return requirement.name, requirement.extras
    except InvalidRequirement:
        pass
    egg = _EGG.search(word)
    found = _WITH_EXTRAS.fullmatch(word)
    if egg is not None and egg["extras"]:
        return egg["name"], _split(egg["extras"])
    if found is None:
        return None
    name = egg["name"] if egg is not None else _name_at(found["place"])
    return None if name is None else (name, _split(found["extras"]))


def _split(extras: str) -> set[str]:
    return {one.strip() for one in extras.split(",") if one.strip()}


def _name_at(place: str) -> str | None:
    """The name of the distribution at a path or url."""
    parts = urlsplit(place)
    path = unquote(parts.path) if parts.scheme else place
    file = os.path.basename(path)
    try:
        return str(parse_wheel_filename(file)[0])
    except (InvalidWheelFilename, InvalidVersion):
        pass
    try:
        return str(parse_sdist_filename(file)[0])
    except (InvalidSdistFilename, InvalidVersion):
        pass
    try:
        with open(os.path.join(path, "pyproject.toml"), "rb") as project:
            name = tomllib.load(project)["project"]["name"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return name if isinstance(name, str) else None

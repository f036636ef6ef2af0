"""A definition that is no package of a repository yet, and how its text is printed."""

from __future__ import annotations

import os
import sys

from rezfast.cli.outcome import UsageError, write_out
from rezfast.cli.survey_text import fitting
from rezfast.config import settings
from rezfast.errors import PackageMetadataError
from rezfast.package.definition import load_data
from rezfast.package.model import Package
from rezfast.repository.filesystem import definition_names
from rezfast.repository.maker import PackageMaker


def source_path(word: str, extensions: tuple[str, ...] = (".py", ".yaml")) -> str:
    """The definition that a path stands for: a directory means the one in it.

    Args:
        word: A path of the command line.
        extensions: Which kinds of definition a directory is searched for.

    Raises:
        UsageError: There is none.
    """
    path = os.path.expanduser(word)
    if not os.path.isdir(path):
        return path
    names = [name for name in definition_names(settings()) if name.endswith(extensions)]
    for name in names:
        if os.path.isfile(os.path.join(path, name)):
            return os.path.join(path, name)
    raise UsageError(f"{path}: there is no {' or '.join(names)} in this directory")


def source_package(path: str) -> Package:
    """A definition as a package of its own, checked.

    Raises:
        PackageMetadataError: It cannot be read, or is not what it has to be.
    """
    data = load_data(path)
    name = data.get("name")
    if not isinstance(name, str):
        raise PackageMetadataError(f"has to have a name, a string, not {name!r}", path)
    return PackageMaker(name, data).get_package(path)


def print_text(text: str) -> None:
    """Write to stdout, whatever characters it has."""
    write_out(fitting(text, getattr(sys.stdout, "encoding", None)))

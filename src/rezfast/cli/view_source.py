"""Where the definition is that a path of the command line stands for; how its text is printed."""

from __future__ import annotations

import os
import sys

from rezfast.cli.outcome import UsageError, write_out
from rezfast.cli.survey_text import fitting
from rezfast.config import settings
from rezfast.repository.filesystem import definition_names, find_definition


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
    found = find_definition(path, names)
    if found is None:
        raise UsageError(f"{path}: there is no {' or '.join(names)} in this directory")
    return found


def print_text(text: str) -> None:
    """Write to stdout, whatever characters it has."""
    write_out(fitting(text, getattr(sys.stdout, "encoding", None)))

"""parse_build_args.py: command line arguments that a package declares for its own build.

The file lies beside the definition. It finds an argparse group as `parser` and adds arguments to
it; the build finds their values as `__PARSE_ARG_<NAME>` in its environment. As in rez, the values
are quoted for a shell that reads them out of the variable:

    true, false      1, 0
    a list           its items, each quoted, with spaces between
    anything else    its text, quoted; None is `None`
"""

from __future__ import annotations

import os

from rezfast.managers import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    Group = argparse._ArgumentGroup

FILE = "parse_build_args.py"
PREFIX = "__PARSE_ARG_"

# where rez looks for the names, so that rez's plugins find them
_NAMES = "_rezbuild_extra_args"


def declare_arguments(
    parser: argparse.ArgumentParser, group: Group, directory: str = os.curdir
) -> list[str]:
    """Let a source tree add its arguments (rez: `CustomBuildSystem.bind_cli`).

    A file that fails is logged; what it added before that counts.

    Args:
        parser: The parser of the command line.
        group: The group of that parser that arguments are added to.
        directory: The source tree.

    Returns:
        The names (argparse's `dest`) of what was added, in order; also `declared_names`.
    """
    path = os.path.join(directory, FILE)
    if not os.path.exists(path):
        return []
    before = {action.dest for action in parser._actions}
    # Deferred: few packages declare any.
    import logging
    from tokenize import open as open_source

    log = logging.getLogger("rezfast.build")
    try:
        with open_source(path) as file:
            source = file.read()
        exec(compile(source, path, "exec"), {"parser": group})
    except (Exception, SystemExit) as error:
        log.warning("%s: %s: %s", _place(path, error), type(error).__name__, error)
    after = dict.fromkeys(action.dest for action in parser._actions)
    names = [name for name in after if name not in before]
    setattr(parser, _NAMES, names)
    return names


def declared_names(parser: argparse.ArgumentParser) -> list[str]:
    """The names that `declare_arguments` added to a parser."""
    return list(getattr(parser, _NAMES, ()))


def argument_variables(values: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """The environment variables of a build for the arguments that its package declared.

    Args:
        values: The values by name, as `vars(namespace)`.
        names: The names that were declared.
    """
    wanted = set(names)
    return {
        f"{PREFIX}{name.upper()}": _exported(value)
        for name, value in values.items()
        if name in wanted
    }


def _exported(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (list, tuple)):
        return " ".join(quote(str(item)) for item in value)
    return quote(str(value))


def _place(path: str, error: BaseException) -> str:
    line = error.lineno if isinstance(error, SyntaxError) else None
    # Deferred: it is for mistakes.
    import traceback

    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == path:
            line = frame.lineno
    return path if line is None else f"{path}:{line}"

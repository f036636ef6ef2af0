"""Scripts that run in whatever environment they are found in: no path of an interpreter in them."""

from __future__ import annotations

import configparser
import re

from rezfast.errors import DistributionError

INTERPRETER = b"#!/usr/bin/env python"
"""Finds the python of the resolved environment, whose package puts it in front of PATH."""

_GROUPS = ("console_scripts", "gui_scripts")
_REFERENCE = re.compile(
    r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*)\s*:\s*(?P<object>[^\W\d]\w*(\.[^\W\d]\w*)*)\s*(\[.*\])?"
)
_NAME = re.compile(r"[^\s/\\\0][^/\\\0\n\r]*")

# "#!python" stands in wheels; installers put a path there, or this when it does not fit in a line:
#     #!/bin/sh
#     '''exec' "/long path/python" "$0" "$@"
#     ' '''
_SHEBANG = re.compile(
    rb"#![ \t]*(\"[^\n\"]*|[^\s\"]*)(python|pypy)[0-9.]*w?\"?([ \t][^\r\n]*)?\r?(\n|\Z)"
)
_LONG_SHEBANG = re.compile(rb"#!/bin/sh\r?\n'''exec' [^\n]*(?:python|pypy)[^\n]*\n' '''\r?(\n|\Z)")


def script_targets(entry_points: str, where: str) -> dict[str, tuple[str, str]]:
    """The scripts that entry points ask for: their names to module and object.

    Args:
        entry_points: The text of `entry_points.txt`.
        where: The distribution, for messages.

    Raises:
        DistributionError: The text cannot be read, or asks for what can be no script.
    """
    parser = configparser.ConfigParser(
        delimiters=("=",), interpolation=None, default_section="", strict=False
    )
    # names are not all lower case
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(entry_points)
    except configparser.Error as error:
        reason = str(error).partition("\n")[0]
        raise DistributionError(f"entry_points.txt cannot be read: {reason}", where) from None
    result: dict[str, tuple[str, str]] = {}
    for group in _GROUPS:
        if not parser.has_section(group):
            continue
        for name, reference in parser.items(group):
            found = _REFERENCE.fullmatch(reference.strip())
            if found is None or not _NAME.fullmatch(name) or name in (".", ".."):
                raise DistributionError(
                    f"the entry point '{name} = {reference}' is not of the form "
                    "'name = module:function'",
                    where,
                )
            result[name] = found["module"], found["object"]
    return result


def script_text(module: str, name: str) -> bytes:
    """A script that calls an object of a module."""
    imported = name.partition(".")[0]
    return (
        INTERPRETER
        + (
            f"\nimport sys\n\nfrom {module} import {imported}\n\n"
            f'if __name__ == "__main__":\n    sys.exit({name}())\n'
        ).encode()
    )


def without_interpreter(script: bytes) -> bytes:
    """A script with the path of a python in its first line replaced; any other as it is."""
    found = _LONG_SHEBANG.match(script)
    if found is not None:
        return INTERPRETER + b"\n" + script[found.end() :]
    found = _SHEBANG.match(script)
    if found is None:
        return script
    # env takes what follows for one name, so that options of python would be lost in it
    return INTERPRETER + b"\n" + script[found.end() :]

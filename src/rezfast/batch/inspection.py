"""A second look at what the scanner does not read, still without running it."""

from __future__ import annotations
import __future__

import os

from rezfast.batch.figures import Example
from rezfast.errors import PackageMetadataError

# Python and YAML take a hundred times the size of a text, and minutes for the largest ones.
MOST_COMPILED = 1 << 20

# as a definition is compiled when it is evaluated
_COMPILE_FLAGS = __future__.annotations.compiler_flag


def broken_python(source: bytes, path: str) -> Example | None:
    """Where and why Python cannot compile a definition; None when it can.

    Text of more than `MOST_COMPILED` bytes is taken for valid.
    """
    if len(source) > MOST_COMPILED:
        return None
    import warnings  # a survey that refuses nothing does without

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path, "exec", flags=_COMPILE_FLAGS, dont_inherit=True)
    except SyntaxError as error:
        # what is wrong with the text as a whole has no line
        return Example(path, error.lineno or None, error.msg)
    except (ValueError, OverflowError) as error:
        return Example(path, None, str(error))
    except (RecursionError, MemoryError):
        return Example(path, None, "is nested too deeply for Python")
    return None


def look_at_python(path: str) -> Example | None:
    """`broken_python` of a file.

    Raises:
        OSError: The file cannot be opened or read.
    """
    with open(path, "rb") as file:
        return broken_python(file.read(MOST_COMPILED + 1), path)


def look_at_yaml(path: str, combined: bool) -> Example | None:
    """Where and why a YAML definition cannot be read; None when it can.

    A file of more than `MOST_COMPILED` bytes is taken for valid.

    Args:
        path: The file.
        combined: Whether it is a combined family, of which no one package can be checked.

    Raises:
        OSError: The file cannot be opened or read.
    """
    if os.stat(path).st_size > MOST_COMPILED:
        return None
    # loads what reads settings and YAML: for repositories that have any
    from rezfast.package.definition import load_data, load_definition

    try:
        if combined:
            load_data(path)
        else:
            load_definition(path)
    except PackageMetadataError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from None
        return Example(path, error.line, message_of(error))
    return None


def message_of(error: PackageMetadataError) -> str:
    """What an error says, without the path and line that stand before it."""
    text = str(error)
    if error.path is None:
        return text
    where = error.path if error.line is None else f"{error.path}:{error.line}"
    return text.removeprefix(f"{where}: ")

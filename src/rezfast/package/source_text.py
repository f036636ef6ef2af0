"""The text of a function's body, as rez keeps it (rez: `SourceCode._init_from_func`).

@late()
def tools():          head: dropped
    # note            body: without its indentation, without blank lines at its end
    return ["a"]
"""

from __future__ import annotations

import inspect
import io
import linecache
import tokenize
from collections.abc import Sequence
from types import FunctionType

from rezfast.errors import PackageMetadataError
from rezfast.package.alignment import aligned


def body_of(function: FunctionType, source: bytes | None, path: str) -> tuple[str, int]:
    """The text of a function's body, and the line on which it starts.

    Args:
        function: The function.
        source: What the file at `path` held when the function was made; None: not known.
        path: The definition.

    Raises:
        PackageMetadataError: There is no text: the function was not made from a file, or is a
            lambda.
    """
    code = function.__code__
    if source is not None and code.co_filename == path:
        lines = _lines(source)
    else:
        lines = linecache.getlines(code.co_filename, function.__globals__)
    start = code.co_firstlineno
    try:
        if not 0 < start <= len(lines):
            raise ValueError("no such line")
        block = inspect.getblock(lines[start - 1 :])
        count, column = _head(block)
    except (ValueError, tokenize.TokenError, SyntaxError):
        raise PackageMetadataError(
            f"the text of {function.__name__}() is not known: write it as a function with def, "
            "in a file",
            code.co_filename,
            start,
        ) from None
    body = block[count:]
    if column:
        body = [block[count - 1][column:], *body]
        count -= 1
    return aligned("".join(body)), start + count


def _lines(source: bytes) -> list[str]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    lines = io.TextIOWrapper(io.BytesIO(source), encoding).readlines()
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


def _head(block: Sequence[str]) -> tuple[int, int]:
    """How many lines decorators and signature have; where in the last one the body starts, or 0.

    Raises:
        ValueError: The block is no function with a name.
    """
    depth = 0
    in_signature = False
    ended = False
    for token in tokenize.generate_tokens(iter(block).__next__):
        if ended:
            plain = token.type in (tokenize.NEWLINE, tokenize.COMMENT)
            return token.start[0], 0 if plain else token.start[1]
        if token.type == tokenize.NAME and token.string == "def" and depth == 0:
            in_signature = True
        elif token.type == tokenize.OP:
            if token.string in "([{":
                depth += 1
            elif token.string in ")]}":
                depth -= 1
            elif token.string == ":" and depth == 0 and in_signature:
                ended = True
    raise ValueError("not a function")

"""Definitions that are plain enough to be run without Python's compiler, which takes longest.

    name, requires = literals, sums, calls of helpers       evaluated as Python does
    @early() def tools(): ...                               run
    @late() def x(): ..., def commands(): ...               kept as text
    with scope("config"): ..., if, for, import os           as Python does

`rezfast._syntax` does it, with Python's own objects, and gives up at anything that it does not
know: an unusual statement, a value that is wrong, much to do. Nothing has been changed by then, and
Python runs all of the definition. What runs here cannot reach the process.
"""

from __future__ import annotations

from rezfast._syntax import Definition, Function
from rezfast.package.block import TAKEN, Block, decoded
from rezfast.package.containment import alone
from rezfast.package.deadline import deadline
from rezfast.package.functions import REX_FUNCTIONS, SourceCode
from rezfast.package.scopes import Attributes, ScopeContext
from rezfast.typed import Any, Callable, Mapping


def plain_attributes(
    source: bytes,
    path: str,
    objects: Callable[[], dict[str, Any]],
    trim: Callable[[dict[str, Any]], None],
    is_strict: bool,
) -> dict[str, Any] | None:
    """Attributes of a definition, as running it gives them; None: it is not plain.

    Args:
        source: The definition's text.
        path: Where it came from.
        objects: Gives what an early function finds by name, besides `this`; each has its own.
        trim: Drops what is no attribute.
        is_strict: Whether a function that is kept has to compile.
    """
    # who sets a limit wants what takes long to be ended: Python's work can be
    if deadline() is not None:
        return None
    text = decoded(source)
    if text is None:
        return None

    def run() -> dict[str, Any] | None:
        try:
            return _attributes(text, source, path, objects, trim, is_strict)
        except Exception:
            return None

    # without a module it sees nothing of the process
    return alone(run) if "import" in text else run()


def _attributes(
    text: str,
    source: bytes,
    path: str,
    objects: Callable[[], dict[str, Any]],
    trim: Callable[[dict[str, Any]], None],
    is_strict: bool,
) -> dict[str, Any] | None:
    definition = Definition(text, ScopeContext, Attributes, TAKEN, REX_FUNCTIONS)
    data = definition.attributes()
    if definition.functions:
        kept: dict[Function, SourceCode] = {}
        for function in definition.functions:
            if function.kind == "kept":
                block = Block(
                    function.name, function.line, function.decorators, function.text, path, source
                )
                if is_strict and not block.is_sound:
                    return None
                kept[function] = SourceCode.from_block(block)
        _bind(definition, data, kept, objects)
    trim(data)
    return data


def _bind(
    definition: Definition,
    data: dict[str, Any],
    kept: Mapping[Function, SourceCode],
    objects: Callable[[], dict[str, Any]],
) -> None:
    """Replaces functions by what they stand for."""
    functions = [(name, value) for name, value in data.items() if type(value) is Function]
    for name, function in functions:
        if function.kind == "early":
            # `this` sees what is done so far
            data[name] = definition.early(function, objects(), data)
    for name, function in functions:
        if function.kind == "kept":
            data[name] = kept[function]
        elif function.kind == "helper":
            del data[name]

"""What of a definition's text Python need not compile, so that most of it is read at once.

    name = "foo"                 a literal: its value is read here
    def commands():              kept as text: its body is compiled when somebody needs it
        env.X = 1
    @early()                     everything else: compiled and run
    def tools(): ...

Compiling takes most of the time of running a definition. Literals are taken as far as the first
statement that is something else: what comes after it may use them, or set them anew. Functions that
are kept are left out wherever nothing in the definition can tell. Whatever is not certain is left
to Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from keyword import iskeyword
from typing import Any

from rezfast.package.block import TAKEN, Block, decoded
from rezfast.package.functions import (
    REX_FUNCTIONS,
    SourceCode,
)

# Possessive: what has been taken is not given back, which costs time here and there. Few in number,
# and some compiled at first use: that takes longer than reading most definitions.
_STRING = r"(?:\"[^\"\\\n]*+\"|'[^'\\\n]*+')"
_GAP = r"[ \t\n]*+(?:\#[^\n]*+\n[ \t\n]*+)*+"


def _list_of(item: str) -> str:
    return rf"\[{_GAP}(?:{item}{_GAP}(?:,{_GAP}|(?=\])))*+\]"


_STRINGS = _list_of(_STRING)
_LISTS = _list_of(_STRINGS)
_TRIPLE = r"\"\"\"(?:[^\"\\]|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]|'(?!''))*+'''"
_END = r"[ \t]*(?:\#[^\n]*)?\n"
_STATEMENT = re.compile(
    rf"(?:{_END})+|([A-Za-z_]\w*)[ \t]*=[ \t]*"
    rf"(?:({_STRING})|(0|[1-9][0-9]{{0,17}})|(True|False|None)|"
    rf"({_STRINGS})|({_LISTS})|({_TRIPLE})){_END}",
    re.ASCII,
)
_EACH_STRING = re.compile(_STRING)
_COMMENT = rf"({_STRING})|\#[^\n]*"
_EACH_DECORATOR = r"@(\w+)\(([^\n]*)\)"
_CONSTANTS = {"True": True, "False": False, "None": None}
_FUNCTION_BEGINS = ("def ", "def\t", "@")


@cache
def _function() -> re.Pattern[str]:
    """A function after the end of a line, up to the end of its last one."""
    return re.compile(
        rf"\n(((?:@late\(\)[ \t]*\n|@include\((?:{_STRING}(?:,[ \t]*|(?=\))))+\)[ \t]*\n)*)"
        r"def[ \t]+([A-Za-z_]\w*)\(\)[ \t]*(?:->[ \t]*[\w.]+[ \t]*)?:"
        r"(?:[ \t]*(?:\#[^\n]*)?\n)+[ \t]+[^\s\#][^\n]*"
        r"(?:\n(?![^ \t\n\#])[^\n]*)*(?=\n))",
        re.ASCII,
    )


# A text on several lines, or a line that goes on, may hold what looks like a statement.
_JOINED = ('"""', "'''", "\\\n")
# By these names a definition could look at its own functions.
_REFLECTION = (
    "globals",
    "locals",
    "vars",
    "eval",
    "exec",
    "attr",
    "dir(",
    "frame",
    "inspect",
    "__",
    "items(",
    "values(",
)
# Without these, a definition's code has no hands to change the process with by accident.
_REACHING = (
    *("import", "print", "exec", "eval", "input", "breakpoint", "exit", "quit", "help("),
    *("copyright", "credits", "license", "__"),
)


class Outline:
    """A definition with as little as possible left to compile.

    Attributes:
        names: What the literals at its beginning bind, in their order; all that it binds when
            there is no code.
        code: What is to be compiled, its lines where they were; None: nothing.
        functions: Those that `code` binds to something else, to keep their places.
        is_harmless: Whether `code` has nothing in it by which it could change the process.
        blocks: Every function that was left out, those that another one replaces as well.
    """

    __slots__ = ("blocks", "code", "functions", "is_harmless", "names")

    def __init__(
        self,
        names: dict[str, Any],
        code: str | None = None,
        functions: Mapping[str, SourceCode] | None = None,
        is_harmless: bool = False,
        blocks: Sequence[Block] = (),
    ) -> None:
        self.names = names
        self.code = code
        self.functions = functions or {}
        self.is_harmless = is_harmless
        self.blocks = blocks

    @property
    def is_sound(self) -> bool:
        """Whether all that is left out of `code` certainly compiles."""
        return all(block.is_sound for block in self.blocks)

    def bound(self) -> dict[str, Any]:
        """A copy of `names` whose lists are one's own."""
        return {
            name: [one if type(one) is str else one.copy() for one in value]
            if type(value) is list
            else value
            for name, value in self.names.items()
        }


def outline(source: bytes, path: str) -> Outline | None:
    """What there is to compile in a definition; None: all of it.

    What it says holds for text that Python can compile; if `code` cannot be, all of it has to be
    tried.

    Args:
        source: The text.
        path: The definition.
    """
    text = decoded(source)
    if text is None:
        return None
    names: dict[str, Any] = {}
    blocks: list[Block] = []
    literals: Mapping[str, Any] = names  # those before the first function
    at = 1
    rest: int | None = None  # where that function is
    size = len(text)
    while at < size:
        if text.startswith(_FUNCTION_BEGINS, at):
            match = _function().match(text, at - 1)
            if match is None:
                break
            if rest is None:
                rest, literals = at, names.copy()
            line = text.count("\n", 0, at)
            block = _block(match[2], match[3], match[1], line, path, source)
            if block is None:
                break
            blocks.append(block)
            names[block.name] = SourceCode.from_block(block)
            at = match.end() + 1
            continue
        match = _STATEMENT.match(text, at)
        if match is None:
            break
        kind = match.lastindex
        if kind is not None:
            name = match[1]
            if name in TAKEN or iskeyword(name):
                break
            names[name] = _value(kind, match[kind])
        at = match.end()
    else:
        named = {name: names[name] for name in names if name[:2] != "__"}
        return Outline(named, blocks=blocks)
    at = rest or at
    lines = text.count("\n", 1, at)
    return _without_functions(dict(literals), "\n" * lines + text[at:], path, source)


def _has_any(parts: Iterable[str], text: str) -> bool:
    # ten times a definition: a generator would take twice as long
    return any(map(text.__contains__, parts))


def _value(kind: int, text: str) -> Any:
    """The value of a literal, by the group that it matched."""
    if kind == 2:
        return text[1:-1]
    if kind in (5, 6) and "#" in text:
        text = re.sub(_COMMENT, lambda match: match[1] or "", text)
    if kind == 5:
        return [one[1:-1] for one in _EACH_STRING.findall(text)]
    if kind == 6:
        return [[one[1:-1] for one in _EACH_STRING.findall(t)] for t in re.findall(_STRINGS, text)]
    if kind == 3:
        return int(text)
    if kind == 4:
        return _CONSTANTS[text]
    return text[3:-3]


def _block(
    decorators: str, name: str, text: str, line: int, path: str, source: bytes
) -> Block | None:
    """A function that is kept as text; None when it is not, or when its end is not certain."""
    noted: list[tuple[str, tuple[str, ...]]] = []
    for decorator, given in re.findall(_EACH_DECORATOR, decorators) if decorators else ():
        noted.insert(0, (decorator, tuple(one[1:-1] for one in _EACH_STRING.findall(given))))
    is_late = ("late", ()) in noted
    if is_late == (name in REX_FUNCTIONS) or name in TAKEN or iskeyword(name):
        return None
    if _has_any(_JOINED, text):
        return None
    return Block(name, line, tuple(noted), text, path, source)


def _without_functions(names: dict[str, Any], text: str, path: str, source: bytes) -> Outline:
    """A definition that begins with literals and goes on with code."""
    left = text
    functions: dict[str, SourceCode] = {}
    blocks: list[Block] = []
    if not _has_any(_JOINED, text):
        pieces = _function().split(text)
        line = 1
        for at in range(1, len(pieces), 4):
            whole, decorators, name = pieces[at : at + 3]
            line += pieces[at - 1].count("\n") + 1
            block = None
            if not _is_decorated(pieces, at - 1):
                block = _block(decorators, name, whole, line, path, source)
            lines = whole.count("\n")
            line += lines
            # split off, the newline before a function is gone
            pieces[at], pieces[at + 1], pieces[at + 2] = "\n", whole, ""
            if block is not None:
                blocks.append(block)
                functions[name] = SourceCode.from_block(block)
                # no expression goes on with this, in brackets that were left open
                pieces[at + 1] = f"{name} = late;" + "\n" * lines
        left = "".join(pieces)
    if functions and (
        _has_any(_REFLECTION, left)
        # what mentions a function may call it
        or any(_is_mentioned(name, left) for name in functions)
        or _has_odd_decorators(left)
    ):
        left, functions, blocks = text, {}, []
    return Outline(names, left, functions, not _has_any(_REACHING, left), blocks)


def _is_mentioned(name: str, text: str) -> bool:
    """Whether a name stands in a text more than once."""
    return text.count(name) > 1 and len(re.findall(rf"\b{name}\b", text)) > 1


def _is_decorated(pieces: Sequence[str], at: int) -> bool:
    """Whether the last line of code in a piece of a definition is a decorator."""
    text = pieces[at].rstrip()
    while text:
        before = text.rfind("\n") + 1
        if text[before] != "#":
            return text[before] == "@"
        text = text[:before].rstrip()
    return False


def _has_odd_decorators(text: str) -> bool:
    """Whether a decorator is none of rez's, or has arguments on several lines."""
    at = text.find("\n@") + 1
    while at:
        end = text.find("\n", at)
        line = text[at:end].rstrip()
        if not line.startswith(("@early()", "@late()", "@include(")) or line[-1] != ")":
            return True
        at = text.find("\n@", end - 1) + 1
    return False

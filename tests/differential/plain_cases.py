"""Definitions at random for `rezfast.package.plain`, and what Python makes of each.

run_here(text)         what it gives, None when it leaves the definition to Python
run_by_python(text)    what Python gives
assert_same(text)      both
"""

from __future__ import annotations

import re
import warnings
from random import Random
from types import FunctionType, ModuleType
from typing import Any

import pytest

from rezfast.package import evaluate as evaluation
from rezfast.package.evaluate import evaluate
from rezfast.package.functions import SourceCode
from rezfast.package.plain import plain_attributes


def run_here(
    text: str | bytes, objects: dict[str, Any] | None = None, is_strict: bool = True
) -> dict[str, Any] | None:
    """The attributes of a definition that is plain; None when it is not."""
    return plain_attributes(
        text.encode() if isinstance(text, str) else text,
        "package.py",
        lambda: evaluation._early_objects(objects),
        evaluation._trim,
        is_strict,
    )


def run_by_python(text: str | bytes, objects: dict[str, Any] | None = None) -> dict[str, Any]:
    """What running all of a definition gives; a warning is an error."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error")
        patch.setattr(evaluation, "plain_attributes", lambda *given: None)
        patch.setattr(evaluation, "_outline", lambda source, path: None)
        return evaluate(text.encode() if isinstance(text, str) else text, "package.py", objects)


def told(value: Any, depth: int = 0) -> Any:
    """A value in a form that tells types, order and everything about functions."""
    if depth > 20:
        return type(value)  # it holds itself
    if isinstance(value, SourceCode):
        return (value.name, value.late, value.decorators, value.line, value.source)
    if isinstance(value, dict):
        return [(name, told(item, depth + 1)) for name, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [told(item, depth + 1) for item in value]
    assert not isinstance(value, (FunctionType, ModuleType))
    # where something is in memory says nothing
    return type(value), re.sub(" at 0x[0-9a-f]+", "", repr(value))


def assert_same(text: str, objects: dict[str, Any] | None = None) -> bool:
    """Fails unless what is run here gives what Python gives; tells whether it is run here."""
    found = run_here(text, objects)
    if found is None:
        return False
    assert told(found) == told(run_by_python(text, objects)), text
    return True


_SIMPLE = (
    *("'a'", "'b c'", "''", "'c' 'd'", "'''e\nf'''", "1", "0", "-1", "2.5", "True", "None", "[]"),
    *("x", "y", "z", "name", "item", "building", "this.x", "this.name", "f()", "g()", "f()", "g()"),
    *("os.path.join('a', name)", "os.getenv('NOT_THERE', 'd')", "sys.platform"),
    *("x is None", "y is not None"),
)
_PIECES = (
    *("", " ", "\n", "(", ")", "]", ":", "=", ",", "'", "#", "\\\n", ".", "1", "x", "\n    "),
    *("not ", "if ", "for ", "return "),
)
_COMPOUND = (
    *("[VALUES]", "[VALUES]", "(VALUE, VALUE)", "(VALUE)", "{'k': VALUE, 'l': VALUE}"),
    *("VALUE + VALUE", "VALUE - VALUE", "VALUE % VALUE", "VALUE * VALUE", "not VALUE"),
    *("VALUE == VALUE", "VALUE != VALUE", "VALUE < VALUE", "VALUE <= VALUE > VALUE"),
    *("VALUE in VALUE", "VALUE not in VALUE", "VALUE and VALUE", "VALUE or VALUE"),
    *("VALUE if VALUE else VALUE", "VALUE + VALUE if not VALUE else VALUE"),
    *("[VALUE for item in VALUE]", "[VALUE for a, b in VALUE]", "[VALUE for x in VALUE if x != 1]"),
    *("str(VALUE)", "len(VALUE)", "sorted(VALUE)", "list(VALUE)", "tuple(VALUE)", "bool(VALUE)"),
    *(
        "int(VALUE)",
        "range(VALUE)",
        "dict(VALUE)",
        "dict(k=VALUE)",
        "enumerate(VALUE)",
        "max(VALUE)",
    ),
    *("x[0]", "y['k']", "VALUE[-1]", "VALUE[1:]", "name[:1]", "VALUE[VALUE]"),
    *("','.join(VALUES)", "'-'.join(item for item in VALUE)", "'-'.join(str(x) for x in VALUE)"),
    *(
        "name.upper()",
        "'a-b'.split('-')",
        "x.items()",
        "y.get('k', VALUE)",
        "name.replace('f', VALUE)",
    ),
    *("'{} {k}'.format(VALUE, k=VALUE)", "name.startswith(VALUE)", "x.append(VALUE)"),
    *("'%s' % VALUE", "'a%s-%d' % (VALUE, 1)", "'%s%%' % VALUE", "'%d' % 1 + VALUE"),
)


class Writer:
    """Writes definitions at random: most of them work, and use all that is plain."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def _one(self, *choices: str) -> str:
        return self._random.choice(choices)

    def value(self, depth: int = 0) -> str:
        """An expression."""
        if depth >= 4 or self._random.random() < 0.3:
            return self._random.choice(_SIMPLE)

        def inside(match: re.Match[str]) -> str:
            return self.values(depth + 1) if match[0] == "VALUES" else self.value(depth + 1)

        return re.sub("VALUES?", inside, self._random.choice(_COMPOUND))

    def values(self, depth: int) -> str:
        """Some expressions."""
        gap = self._one(", ", ",\n      ", ",  # why\n  ")
        return gap.join(self.value(depth) for _ in range(self._random.randrange(4)))

    def statements(self, indent: str, is_function: bool, depth: int = 0) -> str:
        """Lines with one indentation."""
        lines = []
        for _ in range(self._random.randrange(1, 4)):
            kind = self._random.randrange(12)
            name = self._one("x", "y", "z", "tools", "item")
            if kind < 5:
                lines.append(f"{name} = {self.value()}")
            elif kind == 5:
                lines.append(f"{name} += {self.value()}")
            elif kind == 6:
                lines.append(f"{name}.{self._one('append', 'extend', 'update')}({self.value()})")
            elif kind == 7:
                lines.append(f"{name}[{self._one('0', repr('k'))}] = {self.value()}")
            elif kind in (8, 9) and depth < 3:
                block = self.statements(indent + "    ", is_function, depth + 1)
                lines.append(f"if {self.value()}:\n{block}")
                if self._random.random() < 0.4:
                    block = self.statements(indent + "  ", is_function, depth + 1)
                    lines.append(f"{self._one('else', 'elif ' + self.value())}:\n{block}")
            elif kind == 10 and depth < 3:
                block = self.statements(indent + "    ", is_function, depth + 1)
                lines.append(f"for {self._one('item', 'x', 'a, b')} in {self.value()}:\n{block}")
                if self._random.random() < 0.3:
                    lines[-1] += f"\n{indent}    {self._one('break', 'continue')}"
            elif is_function:
                lines.append(f"return {self.value()}" if self._random.random() < 0.8 else "return")
            else:
                lines.append(self._one("pass", "# note", "", "'text'"))
        return "\n".join(f"{indent}{line}" for line in lines)

    def function(self) -> str:
        """A function at the left edge."""
        name = self._one("f", "g", "early_1", "early_2", "x", "commands", "late_1")
        head = {"commands": "", "late_1": "@late()\n"}.get(
            name, self._one("@early()\n", "@early()\n", "")
        )
        if name in "fg":
            head = ""
        return f"{head}def {name}():\n{self.statements('    ', True)}"

    def definition(self) -> str:
        """All of a definition."""
        parts = ["import os, sys", "name = 'foo'", "x = ['a', 'b']", "y = {'k': 1}"]
        for _ in range(self._random.randrange(1, 6)):
            kind = self._random.randrange(6)
            if kind < 3:
                parts.append(self.function())
            elif kind == 3:
                line = f"    c.a.b = {self.value()}\n" if self._random.random() < 0.5 else ""
                parts.append(f"with scope('s') as c:\n{line}{self.statements('    ', False)}")
            else:
                parts.append(self.statements("", False))
        return "\n".join(parts) + "\n"

    def damaged(self, text: str) -> str:
        """The same with something wrong in it, most often."""
        at = self._random.randrange(len(text))
        to = at + self._random.randrange(3)
        new = self._random.choice(_PIECES)
        return text[:at] + new + text[to:]

"""Definitions that are run without Python's compiler give what Python gives, or are left to it."""

from __future__ import annotations

import os
import re
import threading
import time
import warnings
from random import Random
from types import FunctionType, ModuleType
from typing import Any

import pytest

from rezfast.errors import PackageMetadataError
from rezfast.package import evaluate as evaluation
from rezfast.package.deadline import time_limit
from rezfast.package.evaluate import evaluate
from rezfast.package.functions import SourceCode
from rezfast.package.plain import plain_attributes

EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "400"))


def run_here(text: str, objects: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """The attributes of a definition that is plain; None when it is not."""
    return plain_attributes(
        text.encode(),
        "package.py",
        lambda: evaluation._early_objects(objects),
        evaluation._trim,
        True,
    )


def run_by_python(text: str, objects: dict[str, Any] | None = None) -> dict[str, Any]:
    """What running all of a definition gives; a warning is an error."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error")
        patch.setattr(evaluation, "plain_attributes", lambda *given: None)
        patch.setattr(evaluation, "_outline", lambda source, path: None)
        return evaluate(text.encode(), "package.py", objects)


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


# ---- what is plain -----------------------------------------------------------------------------

WHOLE = """\
# -*- coding: utf-8 -*-
import os, sys
name = "foo"
description = \"\"\"Two
lines.\"\"\"

def _read_version():
    numbers = [1, 0, "b"]
    return ".".join(str(number) for number in numbers if number != 0)

version = _read_version()
uuid = "one " \\
       "two" 'three'
on = "on " + sys.platform
where = os.path.join(os.getenv("NOT_THERE", "/a"), *[]) if False else os.path.basename("/a/b")
requires = ["python-3", "core-%s+<%d" % (version, 5)]
if os.getenv("NOT_THERE"):
    requires.append("qt-5")
elif name in ("foo", "bar") and not version == "2":
    requires += ["gl-1"]
else:
    requires = []
for one in requires:
    last = one.upper()[1:]

with scope("config") as c:
    release_packages_path = "/a"
    c.plugins.release.x = len(requires) - 1

tests = {"unit": {"command": "a", "requires": ["x-%s" % i for i in range(2)]}}
tests["lint"] = "b"

@early()
def tools():
    found = []
    for i, word in enumerate(sorted(("b", "a"))):
        if i > 5:
            continue
        found.append("%d%s" % (i, word))
        if building:
            break
    return found

@early()
def authors():
    if this.name is not None and build_variant_index == 0 and not build_variant_requires:
        return this.tools + [_read_version()]
    return ["nobody"]

@late()
def build_requires() -> None:
    return ["a"]

@include("one", "two")
def commands():
    env.X = 1
"""


def test_what_definitions_mostly_hold_is_run_here() -> None:
    text = WHOLE.replace(", *[]", "")
    assert assert_same(text)
    assert assert_same(text, {"building": True})
    found = run_here(text)
    assert found is not None
    assert found["requires"] == ["python-3", "core-1.b+<5", "gl-1"]
    assert found["config"] == {
        "release_packages_path": "/a",
        "plugins": {"release": {"x": 2}},
    }
    assert found["authors"] == ["0a", "1b", "1.b"]


@pytest.mark.parametrize(
    "text",
    [
        "x = not 0 in [0] or 1 and 2\n",
        "x = 1 < 2 < 3 != 4\n",
        "x = 3 < 2 < 1\n",
        "x = 'a' if [] else 'b' if 0 else 'c'\n",
        "x = 1 - 2 - 3 + -4\n",
        "x = 'a' + 'b%s' % 'c' + 'd'\n",
        "x = '%s%%' % 1 + 'b'\n",
        "x = [(1), (2,), ()]\n",
        "x = {'a': {'b': [1.5, None, True]}}\ny = x['a']['b'][1:]\n",
        "x = [1]\ny = x\ny += [2]\n",
        "x = [[b, a] for a, b in {'c': 1}.items()]\n",
        "x = [1]\n@early()\ndef y():\n    x = [2]\n    return x\n",
        "def a():\n    return\nb = a()\n",
        "def a():\n    for x in [1, 2]:\n        if x:\n            return x\nb = a()\n",
        "'''What this is.'''\n",
        "x = 1\nfor x in []:\n    y = 1\n",
        "help = 1\nid = 2\n",
        "__x = 1\nx = [__x]\n",
        "with scope('a'):\n    b = 1\nwith scope('a'):\n    c = 2\nb = 3\n",
        "tools = 1\n@early()\ndef tools():\n    return []\n",
        "@early()\ndef a():\n    return {'__x': 1, 'y': building}\n",
    ],
)
def test_what_is_run_here(text: str) -> None:
    assert assert_same(text)


# ---- what is left to Python --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        # it does not compile, or not without a warning, whether it is run or not
        "if False:\n    x = (\n",
        "if False:\n    return 1\n",
        "if False:\n    break\n",
        "if False:\n    x = 1\n  y = 2\n",
        "x = 'a' is None\n",
        "def f():\n    return = 1\n",
        "@early()\ndef f():\n    if 0:\n        x = 1 2\n",
        "x = 01\n",
        "x = 'a\n",
        "x = 1 if 2\n",
        "else:\n    x = 1\n",
        " x = 1\n",
        # it fails
        "x = y\n",
        "x = [][0]\n",
        "x = 'a' + 1\n",
        "def f():\n    return f()\nx = f()\n",
        # a name is not what it seems
        "x = 1\n@early()\ndef y():\n    if not building:\n        return x\n    x = 2\n",
        "x = 1\n@early()\ndef y():\n    for x in []:\n        pass\n    return x\n",
        "str = 1\nx = str(2)\n",
        "x = building\n",
        "def f():\n    return building\n@early()\ndef x():\n    return f()\n",
        "early = 1\n",
        "preprocess = 1\n",
        "__builtins__ = {}\n",
        "@early()\ndef a():\n    return this.b\n@early()\ndef b():\n    return 1\n",
        "@early()\ndef a():\n    return this._data\n",
        "@early()\ndef a():\n    return this.commands\ndef commands():\n    pass\n",
        # it would take long, or much
        "x = 'a'\nfor i in range(100):\n    x += x\n",
        "x = [1]\nfor i in range(100):\n    x = x + x\n",
        "x = 0\nfor i in range(4000):\n    for j in range(4000):\n        x += 1\n",
        "x = '%9999999d' % 1\n",
        "x = '{:9999999}'.format(1)\n",
        "x = [1] * 10\n",
        # it is nothing that is known here
        "import json\n",
        "from os import path\n",
        "x = lambda: 1\n",
        "x = f'a'\n",
        "x = '\\n'\n",
        "x = y = 1\n",
        "x = 1,\n",
        "x: int = 1\n",
        "def f():\n    pass\nx = f\n",
        "x = any(1 for y in [0])\n",
        "x = len(y for y in [0])\n",
        "x = (y for y in [0])\n",
        "import os\nos.environ['X'] = '1'\n",
        "import os\nos.chdir('/')\n",
        "print('a')\n",
        "def f(a):\n    return a\n",
        "@early()\ndef f(data):\n    return 1\n",
        "x = dict(a=1)\nx.clear()\n",
        "raise InvalidPackageError('a')\n",
        "with open('a'):\n    x = 1\n",
        # rez's own rules
        "@late()\ndef commands():\n    pass\n",
        "@include('a')\ndef tools():\n    pass\n",
        "@early()\n@late()\ndef tools():\n    pass\n",
        "@early()\ndef commands():\n    pass\n",
        # a function may not end where it seems to
        "def commands():\n    x = 1 + \\\n2\n",
        "def commands():\n    x = '''\nname = 'a'\n'''\n",
    ],
)
def test_what_is_left_to_python(text: str) -> None:
    assert run_here(text) is None


def test_a_time_limit_is_kept_by_python() -> None:
    with time_limit(60):
        assert run_here("x = 1\n") is None
    assert run_here("x = 1\n") is not None


def test_what_a_build_gives_early_functions_is_not_changed_twice() -> None:
    given = ["a"]
    body = "    y = build_variant_requires\n    y.append('b')\n    return nowhere\n"
    text = f"@early()\ndef x():\n{body}"
    assert run_here(text, {"build_variant_requires": given}) is None
    assert given == ["a"]


def test_what_another_definition_changes_meanwhile_is_not_seen() -> None:
    name = "REZFAST_TEST_PLAIN"
    other = f"import os, time\nos.environ['{name}'] = '1'\ntime.sleep(0.1)\n"
    thread = threading.Thread(target=evaluate, args=(other.encode(), "package.py"))
    thread.start()
    while thread.is_alive() and name not in os.environ:
        time.sleep(0.001)
    found = run_here(f"import os\nx = os.getenv('{name}', 'no')\n")
    thread.join()
    assert found == {"x": "no"}


def test_very_deep_definitions() -> None:
    for text in (
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "not " * 50000 + "1",
        "x = " + "-" * 50000 + "1",
    ):
        assert run_here(f"{text}\n") in (None, {"x": False}, {"x": True})
    deep = "".join(f"{' ' * n}if 1:\n" for n in range(3000))
    assert run_here(f"{deep}{' ' * 3000}x = 1\n") is None


def test_a_long_list_is_run_here() -> None:
    names = ", ".join(f"'foo-{number}'" for number in range(20000))
    found = run_here(f"requires = [{names}]\n")
    assert found is not None
    assert len(found["requires"]) == 20000


# ---- generated ---------------------------------------------------------------------------------


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


def compare_generated(seed: int, count: int) -> int:
    """Compares what is generated, and tells how much of it was run here."""
    random = Random(seed)
    writer = Writer(random)
    plain = 0
    for _ in range(count):
        text = writer.definition()
        plain += assert_same(text, {"building": True} if random.random() < 0.2 else None)
        assert_same(writer.damaged(text))
    return plain


@pytest.mark.parametrize("seed", range(5))
def test_generated_definitions_give_the_same(seed: int) -> None:
    plain = compare_generated(seed, EXAMPLES)
    assert plain > EXAMPLES // 20


def test_an_error_is_told_as_python_tells_it() -> None:
    with pytest.raises(PackageMetadataError, match=r"package\.py:3: raised NameError: .*'nowhere'"):
        evaluate(b"name = 'a'\n@early()\ndef x(): return nowhere\n", "package.py")
    with pytest.raises(PackageMetadataError, match=r"package\.py:4: raised NameError: .*'nowhere'"):
        evaluate(b"name = 'a'\n@early()\ndef x():\n    return nowhere\n", "package.py")

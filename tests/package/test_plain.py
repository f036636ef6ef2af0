"""Definitions that are run without Python's compiler give what Python gives, or are left to it."""

from __future__ import annotations

import os
import sys
import threading
import time
from random import Random
from types import ModuleType

import pytest
from differential.plain_cases import Writer, assert_same, run_here

from rezfast.errors import PackageMetadataError
from rezfast.package.deadline import time_limit
from rezfast.package.evaluate import evaluate

EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "400"))


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
        "@early()\ndef x():\n    for this in [1]:\n        y = this\n    return y\n",
        "@early()\ndef x():\n    return [this for this in [1]]\n",
        "this = [1]\ndef f():\n    return this\n@early()\ndef x():\n    return f()\n",
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
        "x = 'a' if [] else 'b' if 0else 'c'\n",
        "x = 1if 1 else 2\n",
        "x = [1for y in [1]]\n",
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
        "this = {'a': 1}\n@early()\ndef x():\n    this['a'] = 2\n    return 1\n",
        "def this():\n    return 1\n@early()\ndef x():\n    return this()\n",
        "this = [1]\n@early()\ndef x():\n    y = this\n    return y\n",
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


def test_very_deep_definitions_are_left_to_python() -> None:
    # Python's compiler refuses most of these, deeper ones at least
    for text in (
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "not " * 50000 + "1",
        "x = " + "-" * 50000 + "1",
        "x = 1" + " + 1" * 3000,
        "if 0:\n    x = 1" + " * 1" * 3000,
        "x = 'a'" + ".upper()" * 5000,
        "if 0:\n    pass\n" + "elif 0:\n    pass\n" * 5000,
        "".join(f"{' ' * n}if 1:\n" for n in range(3000)) + f"{' ' * 3000}x = 1",
    ):
        assert run_here(f"{text}\n") is None


def test_dicts_that_are_too_deep_for_python_are_left_to_it() -> None:
    body = "x = {'k': 1}\nfor i in range(%d):\n    x = {'k': x}\n"
    assert assert_same(body % 5)
    assert run_here(body % 600) is None
    function = "@early()\ndef y():\n    " + (body % 600).replace("\n", "\n    ") + "return x\n"
    assert run_here(function) is None
    assert run_here("x = {}\nx['x'] = x\n") is None


_LONG = "a" * 100000


@pytest.mark.parametrize(
    "text",
    [
        "x = [1]\n" + "x.extend(x)\n" * 24,
        "x = [1]\n" + "x = [x, x]\n" * 40 + "y = '{}'.format(x)\n",
        "x = [1]\ny = [1]\n" + "x = [x, x]\ny = [y, y]\n" * 40 + "z = x == y\n",
        "x = 1\nfor i in range(1000):\n    x = x + x\n",
        "x = -1\nfor i in range(1000):\n    x = x - 1 - 9 + x\n",
        # text that is gone over again and again
        f"for i in range(3000):\n    x = '{_LONG}'\n",
        f"for i in range(3000):\n    x = 1  # {_LONG}\n",
        f"for i in range(3000):\n    if 0:\n        x = [{'1, ' * 30000}]\n",
        f"x = [['{_LONG}'] for i in range(3000)]\n",
        f"for i in range(4000):\n    for j in range(4000):\n        pass\n#{_LONG}\n",
        f"for i in range(4000):\n    if 1:\n        pass\n#{_LONG}\n",
        "with scope('a'):\n    x = 1\n" * 100,
        "def f():\n    return 1" + "\n#" * 4000 + "\nx = [f() for i in range(3000)]\n",
        # long values that are looked at again and again
        f"x = [{'0, ' * 30000}]\nfor i in range(2000):\n    y = x[1:]\n",
        f"x = [{'0, ' * 30000}]\nfor i in range(2000):\n    y = 1 in x\n",
        f"x = [{'0, ' * 30000}]\nfor i in range(2000):\n    y = sum(x)\n",
        f"x = '{'a' * (1 << 20)}'\n",
    ],
    ids=lambda text: text[:20],
)
def test_much_work_is_left_to_python(text: str) -> None:
    assert run_here(text) is None


def test_a_module_that_was_replaced_is_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import os\nx = os.sep\n"
    assert assert_same(text)
    monkeypatch.setitem(sys.modules, "os", ModuleType("os"))
    assert run_here(text) is None


@pytest.mark.parametrize(
    "line",
    [
        "x = c.__class__",
        "x = c.update",
        "c.__dict__['x'] = 1",
        "c.__class__ = 1",
        "c._x = 1",
        "x = c.locals",
        "x = c.data",
        "c.locals['x'] = 1",
        "c.context = 1",
        "x = '{0.locals}'.format(c)",
        "x = '{0[0].context}'.format([c])",
    ],
)
def test_what_a_scope_is_made_of_is_left_to_python(line: str) -> None:
    assert run_here(f"with scope('a') as c:\n    {line}\n") is None


def test_a_long_list_is_run_here() -> None:
    names = ", ".join(f"'foo-{number}'" for number in range(20000))
    found = run_here(f"requires = [{names}]\n")
    assert found is not None
    assert len(found["requires"]) == 20000


# ---- generated ---------------------------------------------------------------------------------


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

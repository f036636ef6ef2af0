"""Definitions that only Python can read, one idea each, and the reason and line that is given."""

# ruff: noqa: RUF001 - look-alike letters are two of the ideas

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rezfast._scan import Refused, scan

# idea: (definition, reason, line)
REFUSED: dict[str, tuple[bytes, str, int]] = {
    # ---- the text
    "another encoding": (b'# coding: latin-1\nname = "foo"\n', "encoding", 1),
    "another encoding on line 2": (b"#!/bin/sh\n# -*- coding: cp1252 -*-\n", "encoding", 2),
    "byte order mark against coding line": (b"\xef\xbb\xbf# coding: utf8\n", "encoding", 1),
    "not utf-8": (b'name = "foo"\n# \xff\n', "encoding", 1),
    "surrogate in utf-8": (b'a = "\xed\xa0\x80"\n', "encoding", 1),
    "overlong utf-8": (b'a = "\xc0\xaf"\n', "encoding", 1),
    "nul": (b'name = "foo"\n\x00', "encoding", 1),
    "indented statement": (b'name = "foo"\n  version = "1"\n', "indentation", 2),
    "indentation by form feed": (b'name = "foo"\n  \x0cversion = "1"\n', "indentation", 2),
    "unclosed bracket": (b'requires = ["a"\n', "syntax", 2),
    "unclosed string": (b'name = "foo\n', "syntax", 1),
    "unclosed triple quotes": (b'a = """\nrequires = []\n', "syntax", 3),
    "joined line at the end": (b'name = "foo"\\\n', "syntax", 1),
    "blank after a joining backslash": (b'requires = \\ \n["a"]\n', "syntax", 1),
    "comment after a joining backslash": (b"requires = \\\n# no\n['a']\n", "dynamic-field", 2),
    "missing comma": (b"requires = ['a' 'b' c]\n", "dynamic-field", 1),
    "two commas": (b"requires = ['a',, 'b']\n", "dynamic-field", 1),
    "semicolon at the start of a line": (b'name = "foo"\n; version = "1"\n', "statement", 2),
    "statement after a value": (b"requires = ['a'] version = '1'\n", "dynamic-field", 1),
    "deep nesting": (b"a = " + b"[" * 60 + b"]" * 60, "nesting", 1),
    # ---- strings
    "f-string field": (b'requires = [f"foo-{1}"]\n', "string", 1),
    "f-string without fields": (b'a = f"x"\n', "string", 1),
    "bytes field": (b'requires = [b"foo"]\n', "dynamic-field", 1),
    "bytes joined to text": (b'a = "x" b"y"\n', "syntax", 1),
    "letters in bytes": ('a = b"é"\n'.encode(), "string", 1),
    "named character": (b'a = "\\N{DASH}"\n', "string", 1),
    "short hex escape": (b'a = "\\x1"\n', "string", 1),
    "short unicode escape": (b'a = "\\u12"\n', "string", 1),
    "escape beyond unicode": (b'a = "\\U00110000"\n', "string", 1),
    "half a character in a field": (b'name = "\\ud800"\n', "string", 1),
    "unknown prefix": (b'a = ur"x"\n', "string", 1),
    # ---- values of fields
    "sum of lists": (b"requires = ['a'] + ['b']\n", "dynamic-field", 1),
    "repeated list": (b"variants = [['a']] * 2\n", "dynamic-field", 1),
    "formatted string": (b"requires = ['foo-%s' % 1]\n", "dynamic-field", 1),
    "method of a string": (b"requires = ['foo-{}'.format(1)]\n", "dynamic-field", 1),
    "split string": (b"requires = 'a b'.split()\n", "dynamic-field", 1),
    "name of another attribute": (b"a = 'x'\nrequires = [a]\n", "dynamic-field", 2),
    "comprehension": (b"requires = [x for x in 'ab']\n", "dynamic-field", 1),
    "condition in a list": (b"requires = ['a' if 1 else 'b']\n", "dynamic-field", 1),
    "tuple of requests": (b"requires = ('a', 'b')\n", "dynamic-field", 1),
    "trailing comma makes a tuple": (b"requires = ['a'],\n", "dynamic-field", 1),
    "tuple of variants": (b"variants = (['a'], ['b'])\n", "dynamic-field", 1),
    "variant as a tuple": (b"variants = [('a', 'b')]\n", "dynamic-field", 1),
    "variants as a flat list": (b"variants = ['a']\n", "dynamic-field", 1),
    "requires as text": (b"requires = 'a'\n", "dynamic-field", 1),
    "requires as None": (b"requires = None\n", "dynamic-field", 1),
    "unpacked list": (b"requires = [*'ab']\n", "dynamic-field", 1),
    "version as a number": (b"version = 1.0\n", "dynamic-field", 1),
    "timestamp as a float": (b"timestamp = 1.5\n", "dynamic-field", 1),
    "timestamp as text": (b"timestamp = '1'\n", "dynamic-field", 1),
    "timestamp beyond 64 bits": (b"timestamp = 99999999999999999999\n", "dynamic-field", 1),
    "timestamp of 19 digits": (b"timestamp = 1000000000000000000\n", "dynamic-field", 1),
    "timestamp with a leading zero": (b"timestamp = 01\n", "dynamic-field", 1),
    "hashed_variants as a number": (b"hashed_variants = 1\n", "dynamic-field", 1),
    "hashed_variants as an expression": (b"hashed_variants = True and 0\n", "dynamic-field", 1),
    "wildcard": (b"requires = [\n 'a',\n 'platform-*']\n", "invalid-value", 3),
    "impossible range": (b"requires = ['a-2+<1']\n", "invalid-value", 1),
    "empty request": (b"requires = ['']\n", "invalid-value", 1),
    "request with a blank": (b"requires = ['a 1']\n", "invalid-value", 1),
    "request of a reserved name": (b"requires = ['__pycache__-1']\n", "invalid-value", 1),
    "conflict with an ephemeral": (b"requires = ['!.eph']\n", "invalid-value", 1),
    "wrong request in a variant": (b"variants = [['a'],\n ['a', '-b']]\n", "invalid-value", 2),
    "wrong name": (b"name = 'a b'\n", "invalid-value", 1),
    "wrong version": (b"version = '1..2'\n", "invalid-value", 1),
    # ---- values of other attributes
    "undefined name": (b"tools = [foo]\n", "dynamic-attribute", 1),
    "call": (b"import os\nhome = os.getcwd()\n", "dynamic-attribute", 2),
    "environment": (b"import os\nhome = os.environ['HOME']\n", "dynamic-attribute", 2),
    "lambda": (b"a = lambda: 0\n", "dynamic-attribute", 1),
    "walrus": (b"a = (requires := ['a'])\n", "dynamic-attribute", 1),
    "walrus in a list": (b"a = [(requires := ['a'])]\n", "dynamic-attribute", 1),
    "comprehension with a walrus": (b"a = [requires := x for x in [[]]]\n", "dynamic-attribute", 1),
    "list as a key": (b"a = {[]: 1}\n", "dynamic-attribute", 1),
    "list in a set": (b"a = {[]}\n", "dynamic-attribute", 1),
    "key that rez cannot read": (b"a = {1: 2}\n", "dynamic-attribute", 1),
    "unpacked dict": (b"a = {**{}}\n", "dynamic-attribute", 1),
    "minus a string": (b"a = -'x'\n", "dynamic-attribute", 1),
    "number with a leading zero": (b"a = 01\n", "syntax", 1),
    "number with two underscores": (b"a = 1__0\n", "syntax", 1),
    "binary number with a 2": (b"a = 0b12\n", "syntax", 1),
    "alias": (b"requires = ['a']\nx = requires\n", "dynamic-attribute", 2),
    "text of a field that has no value yet": (b"u = name\nname = 'a'\n", "dynamic-attribute", 1),
    "text of an annotation alone": (b"name: str\nu = name\n", "dynamic-attribute", 2),
    "format without a value": (b"name = 'a'\nu = '{} {}'.format(name)\n", "dynamic-attribute", 2),
    "format with another name": (b"name = 'a'\nu = '{b}'.format(a=name)\n", "dynamic-attribute", 2),
    "format with a conversion": (b"name = 'a'\nu = '{!r}'.format(name)\n", "dynamic-attribute", 2),
    "format of both kinds": (b"name = 'a'\nu = '{}{0}'.format(name)\n", "dynamic-attribute", 2),
    "format by an escape": (b"name = 'a'\nu = '\\x7b'.format(name)\n", "dynamic-attribute", 2),
    "format with a keyword twice": (
        b"name = 'a'\nu = ''.format(a=name, a=name)\n",
        "dynamic-attribute",
        2,
    ),
    "format with a walrus": (b"u = '{}'.format((requires := 'a'))\n", "dynamic-attribute", 1),
    "format of a list": (b"requires = []\nu = '%s' % requires\n", "dynamic-attribute", 2),
    "percent with too many": (b"name = 'a'\nu = '%s' % (name, name)\n", "dynamic-attribute", 2),
    "percent with a number": (b"name = 'a'\nu = '%d' % name\n", "dynamic-attribute", 2),
    "method of a text": (b"version = '1'\nu = version.split('.')[0]\n", "dynamic-attribute", 2),
    "text of a condition": (b"name = 'a'\nu = name if x else ''\n", "dynamic-attribute", 2),
    "text and number": (b"name = 'a'\nu = name + 1\n", "dynamic-attribute", 2),
    "text by another str": (b"str = 1\nname = 'a'\nu = str(name)\n", "dynamic-attribute", 3),
    "field from a text": (b"name = 'a'\nversion = name\n", "dynamic-field", 2),
    "platform": (b"import platform\nu = platform.system()\n", "dynamic-attribute", 2),
    # ---- ways to bind a field
    "chained assignment": (b"a = requires = ['a']\n", "dynamic-attribute", 1),
    "chained assignment, the field first": (b"requires = a = ['a']\n", "dynamic-field", 1),
    "unpacking": (b"requires, a = ['a'], 1\n", "assignment", 1),
    "unpacking in brackets": (b"[requires] = [['a']]\n", "statement", 1),
    "augmented assignment": (b"requires = ['a']\nrequires += ['b']\n", "assignment", 2),
    "item assignment": (b"requires = ['a']\nrequires[0] = 'b'\n", "assignment", 2),
    "method call": (b"requires = ['a']\nrequires.append('b')\n", "assignment", 2),
    "globals()": (b"globals()['requires'] = ['a']\n", "assignment", 1),
    "locals()": (b"locals().update(requires=['a'])\n", "assignment", 1),
    "exec": (b"exec('requires = []')\n", "assignment", 1),
    "setattr": (b"import sys\nsetattr(sys, 'x', 1)\n", "assignment", 2),
    "del": (b"requires = ['a']\ndel requires\n", "statement", 2),
    "global": (b"global requires\n", "statement", 1),
    "assert": (b"assert False\n", "statement", 1),
    "raise": (b"raise ValueError\n", "statement", 1),
    "if": (b"if True:\n    requires = ['a']\n", "branch", 1),
    "for": (b"for requires in [['a']]: pass\n", "branch", 1),
    "while": (b"while False: pass\n", "branch", 1),
    "try": (b"try:\n    requires = ['a']\nexcept: pass\n", "branch", 1),
    "match": (b"match 1:\n    case requires: pass\n", "assignment", 1),
    "type alias": (b"type requires = list\n", "assignment", 1),
    "class": (b"class A:\n    pass\n", "class", 1),
    "class named like a field": (b"class requires: pass\n", "class", 1),
    "print": (b"print('x')\n", "assignment", 1),
    "number alone": (b"1\n", "statement", 1),
    "full-width letters": ("ｒequires = []\n".encode(), "statement", 1),
    "letters that fold to a field": ("requireſ = []\n".encode(), "statement", 1),
    "keyword as a name": (b"None = 1\n", "statement", 1),
    "name that rez gives": (b"late = 1\n", "reserved-name", 1),
    "private name of Python": (b"__builtins__ = {}\n", "reserved-name", 1),
    "annotation that is evaluated": (b"a: exit() = 1\n", "dynamic-attribute", 1),
    "annotation with a builtin bound anew": (
        b"list = 1\na: list[str] = []\n",
        "dynamic-attribute",
        2,
    ),
    # ---- imports
    "unknown module": (b"import studio\n", "import", 1),
    "module imported as a field": (b"import os as requires\n", "reserved-name", 1),
    "name imported as a field": (
        b"from rez.utils.lint_helper import x as name\n",
        "reserved-name",
        1,
    ),
    "field imported": (b"from rez.utils.lint_helper import requires\n", "reserved-name", 1),
    "star import": (b"from rez.utils.lint_helper import *\n", "syntax", 1),
    "name of a module": (b"from os import environ\n", "import", 1),
    "late future feature": (b"name = 'a'\nfrom __future__ import annotations\n", "import", 2),
    "unknown future feature": (b"from __future__ import braces\n", "import", 1),
    "bytes are no docstring": (b"b'x'\nfrom __future__ import annotations\n", "import", 2),
    # ---- functions
    "field as a function": (b"def requires():\n    return []\n", "field-function", 1),
    "late bound field": (b"@late()\ndef requires():\n    return []\n", "field-function", 2),
    "late variants": (b"@late()\ndef variants():\n    return []\n", "field-function", 2),
    "early function": (b"@early()\ndef tools():\n    this.requires.append('a')\n", "decorator", 1),
    "decorator without a call": (b"@late\ndef tools(): pass\n", "decorator", 1),
    "unknown decorator": (b"@cache\ndef tools(): pass\n", "decorator", 1),
    "decorated class": (b"@late()\nclass A: pass\n", "decorator", 2),
    "late commands": (b"@late()\ndef commands(): pass\n", "decorator", 2),
    "call in a default": (b"def f(a=exit()): pass\n", "dynamic-attribute", 1),
    "default before none": (b"def f(a=1, b): pass\n", "signature", 1),
    "parameter twice": (b"def f(a, a): pass\n", "signature", 1),
    "annotated parameter": (b"def f(a: exit()): pass\n", "dynamic-attribute", 1),
    "function without a body": (b"def f():\nname = 'a'\n", "indentation", 2),
    "body that dedents to nowhere": (b"def f():\n    a\n  b\n", "indentation", 3),
    "unclosed bracket in a body": (b"def f():\n    (\nrequires = ['a']\n", "syntax", 4),
    "wrong bracket in a body": (b"def f():\n    (]\n", "syntax", 2),
    "unclosed string in a body": (b"def f():\n    'a\nrequires = []\n", "syntax", 2),
    "f-string that Python 3.12 reads another way": (
        b"def f():\n    f'{d['#']}' + \"\"\"\nrequires = ['evil']\n\"\"\"\n",
        "string",
        2,
    ),
    # ---- scopes
    "scope named like a field": (
        b"with scope('requires') as c:\n    c.x = 1\n",
        "reserved-name",
        1,
    ),
    "field bound in a scope": (b"with scope('a'):\n    requires = []\n", "reserved-name", 2),
    "scope named as a field": (b"with scope('a') as requires:\n    pass\n", "reserved-name", 1),
    "call in a scope": (b"with scope('a'):\n    x = f()\n", "dynamic-attribute", 2),
    "attribute of a plain value": (
        b"with scope('a') as c:\n    c.x = 1\n    c.x.y = 2\n",
        "scope",
        3,
    ),
    "attribute of a method": (b"with scope('a') as c:\n    c.update.x = 1\n", "scope", 2),
    "method call in a scope": (
        b"requires = []\nwith scope('a'):\n    requires.append(1)\n",
        "reserved-name",
        3,
    ),
    "computed scope": (b"with scope('re' 'quires'):\n    x = 1\n", "scope", 1),
    "other context manager": (b"with open('x') as f:\n    pass\n", "scope", 1),
    "environment in a scope": (
        b"with scope('config') as c:\n    import os\n    c.x = os.environ['X']\n",
        "scope",
        2,
    ),
    "scope that the lint helper took": (
        b"from rez.utils.lint_helper import scope\nwith scope('config') as c:\n    c.x = 1\n",
        "scope",
        2,
    ),
    "decorator that the lint helper took": (
        b"from rez.utils.lint_helper import late\n@late()\ndef tools():\n    pass\n",
        "decorator",
        2,
    ),
    "scope without a body": (b"with scope('a'):\nname = 'a'\n", "indentation", 2),
}


@pytest.mark.parametrize("idea", REFUSED)
def test_says_why_and_where(idea: str) -> None:
    source, reason, line = REFUSED[idea]
    found = scan(source)
    assert isinstance(found, Refused), found
    assert not found
    assert (found.reason, found.line) == (reason, line)


# What the text seems to say, and what Python makes of it: why each of these has to be refused.
SURPRISES: dict[str, tuple[str, Any]] = {
    "walrus": ("requires", ["a"]),
    "chained assignment": ("requires", ["a"]),
    "unpacking": ("requires", ["a"]),
    "unpacking in brackets": ("requires", ["a"]),
    "augmented assignment": ("requires", ["a", "b"]),
    "item assignment": ("requires", ["b"]),
    "method call": ("requires", ["a", "b"]),
    "globals()": ("requires", ["a"]),
    "locals()": ("requires", ["a"]),
    "exec": ("requires", []),
    "del": ("requires", None),
    "for": ("requires", ["a"]),
    "match": ("requires", 1),
    "full-width letters": ("requires", []),
    "letters that fold to a field": ("requires", []),
    "trailing comma makes a tuple": ("requires", (["a"],)),
    "split string": ("requires", ["a", "b"]),
    "method call in a scope": ("requires", [1]),
}


@pytest.mark.parametrize("idea", SURPRISES)
def test_python_reads_another_value(idea: str, judge: Callable[[bytes], dict[str, Any]]) -> None:
    field, value = SURPRISES[idea]
    assert judge(REFUSED[idea][0])[field] == value


def test_a_refusal_is_false_and_shows_itself() -> None:
    found = scan("import studio")
    assert not found
    assert repr(found) == "Refused(reason='import', line=1)"


def test_lines_are_counted_through_every_kind_of_newline() -> None:
    found = scan(b"a = 1\rb = 2\r\nc = 3\nimport studio")
    assert isinstance(found, Refused)
    assert found.line == 4


# ---- the source view ---------------------------------------------------------------------------

SOURCE_REFUSED: dict[str, tuple[str, str, int]] = {
    "no name": ("version = '1'\n", "missing-name", 1),
    "preprocess function": ("name = 'a'\ndef preprocess(this, data):\n    pass\n", "preprocess", 2),
    "preprocess setting": (
        "name = 'a'\nwith scope('config') as c:\n    c.package_preprocess_function = 'x'\n",
        "scope",
        3,
    ),
    "scope that is no dict": ("name = 'a'\nwith scope('uuid'):\n    x = 1\n", "scope", 2),
    "rez version": ("name = 'a'\nrequires_rez_version = '99'\n", "dynamic-attribute", 2),
    "description that is no text": ("name = 'a'\ndescription = 1\n", "dynamic-attribute", 2),
    "help that is no list of pages": ("name = 'a'\nhelp = ['x']\n", "dynamic-attribute", 2),
    "test without a command": ("name = 'a'\ntests = {'u': {}}\n", "dynamic-attribute", 2),
    "test that requires a wildcard": (
        "name = 'a'\ntests = {'u': {'command': 'x', 'requires': ['b-*']}}\n",
        "invalid-value",
        2,
    ),
    "build command that is true": ("name = 'a'\nbuild_command = True\n", "dynamic-attribute", 2),
    "authors that are no texts": ("name = 'a'\nauthors = ['x', 1]\n", "dynamic-attribute", 2),
    "late description": ("name = 'a'\n@late()\ndef description():\n    pass\n", "decorator", 3),
}


@pytest.mark.parametrize("idea", SOURCE_REFUSED)
def test_a_build_reads_more_than_a_resolve(idea: str) -> None:
    source, reason, line = SOURCE_REFUSED[idea]
    found = scan(source, view="source")
    assert isinstance(found, Refused)
    assert (found.reason, found.line) == (reason, line)
    assert scan(source, view="installed")


SCOPE_REFUSED: dict[str, tuple[str, str, int]] = {
    "module that was not imported": ("    c.x = os.environ['X']\n", "dynamic-attribute", 3),
    "module that may be imported": (
        "    a = 'b'\n    if a == 'b':\n        import os\n    c.x = os.environ['X']\n",
        "scope",
        5,
    ),
    "module that is no longer one": (
        "    import os\n    os = 'a'\n    c.x = os.environ['X']\n",
        "scope",
        4,
    ),
    "module under another name": ("    import os as o\n", "dynamic-attribute", 3),
    "module of a studio": ("    import studio\n", "import", 3),
    "module in the name of the scope": ("    import c\n", "import", 3),
    "more made of the environment": (
        "    import os\n    c.x = os.environ['X'] + 'a'\n",
        "dynamic-attribute",
        4,
    ),
    "variable of an odd name": (
        "    import os\n    c.x = os.getenv('\\ud800')\n",
        "dynamic-attribute",
        4,
    ),
    "working directory": ("    import os\n    c.x = os.getcwd()\n", "dynamic-attribute", 4),
    "branch on an unknown name": ("    if a == 'b':\n        c.x = 1\n", "scope", 3),
    "branch on a name that may be there": (
        "    a = 'b'\n    if a == 'b':\n        b = 'c'\n    if b == 'c':\n        c.x = 1\n",
        "scope",
        6,
    ),
    "look into what may be no text": ("    a = 1\n    if 'x' in a:\n        c.x = 1\n", "scope", 4),
    "branch on bytes": ("    if b'a' == 'b':\n        c.x = 1\n", "scope", 3),
    "field in a branch": (
        "    import sys\n    if 'a' in sys.platform:\n        requires = ['a']\n",
        "reserved-name",
        5,
    ),
    "else of nothing": ("    else:\n        c.x = 1\n", "scope", 3),
    "else that comes late": (
        "    a = 'b'\n    if a == 'b':\n        pass\n    c.y = 1\n    else:\n        c.z = 1\n",
        "scope",
        7,
    ),
    "branch without a body": ("    a = 'b'\n    if a == 'b':\n    c.y = 1\n", "indentation", 5),
    "branch on one line": ("    a = 'b'\n    if a == 'b': c.x = 1\n", "scope", 4),
    "margin of no block": (
        "    a = 'b'\n    if a == 'b':\n        c.x = 1\n      c.y = 1\n",
        "indentation",
        6,
    ),
    "loop": ("    for a in 'b':\n        c.x = 1\n", "scope", 3),
}


@pytest.mark.parametrize("idea", SCOPE_REFUSED)
def test_what_is_not_certain_to_stay_in_its_scope_is_refused(idea: str) -> None:
    body, reason, line = SCOPE_REFUSED[idea]
    found = scan(f"name = 'a'\nwith scope('config') as c:\n{body}", view="source")
    assert isinstance(found, Refused)
    assert (found.reason, found.line) == (reason, line)


def test_a_source_package_may_be_unversioned() -> None:
    assert scan("name = 'a'\nauthors = ['x']\ndescription = None\n", view="source")

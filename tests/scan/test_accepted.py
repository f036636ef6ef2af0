"""Definitions that are read without running them, one idea each, with Python as the judge."""

# ruff: noqa: E501 - an idea is a line

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rezfast._scan import Scanned, scan

FIELDS = (
    "name", "version", "requires", "variants", "build_requires", "private_build_requires",
    "timestamp", "hashed_variants",
)  # fmt: skip

ACCEPTED: dict[str, bytes] = {
    # ---- the text
    "empty": b"",
    "only a comment": b"# nothing",
    "no newline at the end": b'requires = ["foo"]',
    "crlf": b'requires = [\r\n"foo",\r\n"bar"]\r\nversion = "1"\r\n',
    "lone carriage returns": b'name = "foo"\r# comment\rrequires = ["bar"]\r',
    "carriage return and newline mixed": b'name = "foo"\rversion = "1"\nrequires = []\r\n',
    "byte order mark": b'\xef\xbb\xbfname = "foo"\n',
    "coding line": b'#!/usr/bin/python\n# -*- coding: utf-8 -*-\nname = "foo"\n',
    "byte order mark and coding line": b'\xef\xbb\xbf# coding: utf-8\nname = "foo"\n',
    "coding line too late to count": b'\n\n# coding: latin-1\nname = "foo"\n',
    "letters beyond ascii in text": 'description = "Größe — 大"\nname = "foo"\n'.encode(),
    "form feed between statements": b'name = "foo"\n\x0c\nversion = "1"\n\x0crequires = []\n',
    "tabs and form feeds around tokens": b'name\t=\x0c"foo"\t\n',
    "indented comment": b'name = "foo"\n    # here\nversion = "1"\n',
    # ---- assignments
    "last value wins": b'requires = ["foo"]\nrequires = ["bar"]\n',
    "semicolons": b'name = "foo"; version = "1"; # both\nrequires = [];\n',
    "backslash before the value": b'variants = \\\n    [["foo-1",\n      "bar"]]\n',
    "backslash before crlf": b'requires = \\\r\n["foo"]\r\n',
    "backslash after the value": b'name = "foo" \\\n\nversion = "1"\n',
    "backslash inside brackets": b'requires = ["foo", \\\n "bar"]\n',
    "annotated field": b'requires: list[str] = ["foo"]\nname: str = "foo"\n',
    "annotation alone": b'requires: list\nrequires = ["foo"]\nvariants: list\n',
    "comments between items": b'requires = [  # first\n  "foo",  # "not this"\n  # ["nor this"]\n]\n',
    "trailing comma": b'requires = ["foo",]\nvariants = [["a",], ["b"],]\n',
    "empty lists": b"requires = []\nvariants = []\nbuild_requires = [\n]\n",
    "empty variant": b'variants = [[], ["a"]]\n',
    "every field": (
        b'name = "foo"\nversion = "1.2"\nrequires = ["a"]\nvariants = [["b"]]\n'
        b'build_requires = ["c"]\nprivate_build_requires = ["d"]\ntimestamp = 1600130061\n'
        b"hashed_variants = False\n"
    ),
    "every shape of request": (
        b'requires = ["a", "a-1", "a-1.2+<3", "a==1.0", "!a-1", "~a-2+", "a-1|2", "a<2", ".eph-1",'
        b' "a@1", "a#1", "a.b-1", "a>=1", "a-1..2"]\n'
    ),
    # ---- strings
    "quotes of every kind": b"requires = ['a', \"b\", '''c''', \"\"\"d\"\"\"]\n",
    "joined strings": b'requires = ["foo" "-1", "ba"\n "r" \'-2\']\nname = "a" "b"\n',
    "raw string": b'requires = [r"foo-1", R"bar"]\ndescription = r"\\d \\" x"\n',
    "unicode prefix": b'requires = [u"foo-1", U"bar"]\n',
    "escapes in a field": b'requires = ["f\\x6f\\u006f-\\061", "\\U00000062ar", "ba\\\nz"]\n',
    "escapes elsewhere": b'a = "\\q \\0 \\777 \\a\\b\\f\\n\\r\\t\\v \\\\ \\\' \\" \\ud800"\nb = b"\\xff\\u12"\n',
    "escaped quote": b"description = 'it\\'s' \"\\\"\"\nname = 'foo'\n",
    "quotes in triple quotes": b'description = """a " b "" c \\""" d"""\nname = "foo"\n',
    "field in triple quotes": b'description = """\nrequires = ["evil"]\n"""\nrequires = ["good"]\n',
    "field in a comment": b'# requires = ["evil"]\nname = "foo"\n',
    "docstring": b'"""About\nfoo."""\nname = "foo"\n',
    "bytes elsewhere": b'a = b"x" B"y"\nc = rb"\\x" bR"z"\n',
    # ---- other attributes
    "numbers": b"a = [0, 1_000, 0x1F, 0o17, 0b1_0, 1., .5, 1e5, 1.5E-3, 2j, -1, + 2]\n",
    "constants": b"a = [True, False, None, ...]\n",
    "nested literals": b'tests = {"u": {"c": ["x", ("y", 1)], "r": {1, "z"}}, "l": {}}\na = ((), (1,), (1))\n',
    "multi-line literals": b'tests = {\n  "unit": {\n    "command": "a",\n  },\n}\nname = "foo"\n',
    "name of a builtin": b'help = "x"\nlicense = "y"\ntools = ["z"]\n',
    "soft keywords": b'match = "a"\ntype = "b"\ncase = "c"\n_ = "d"\n',
    "names that begin like fields": b'requires_rez_version = "2"\nname_ = 1\n_requires = [2]\nvariantsx = 3\n',
    # ---- texts that are put together
    "format": b'version = "1"\nuuid = "x-{version}".format(version=str(version))\n',
    "format by position": b'name = "a"\nversion = "1"\nu = "{}-{} {{}}".format(name, version,)\nw = "{1}{0}{1}".format(name, "x")\n',
    "percent": b'name = "a"\nuuid = "repository.%s" % name\nt = ["%s-%s%%" % (name, "x")]\n',
    "sum of texts": b'name = "a"\nversion = "1"\nuuid = name + "-" + version\ntools = ["x" "y" + name]\n',
    "text of a field": b'name = "a"\nlabel = name\nother = {name: [str(name)]}\n',
    "joined lines in a text": b'name = "a"\nu = "x" + \\\n  name\nw = ("%s"\n  % name)\n',
    # ---- imports
    "standard modules": b'import os\nimport sys, os.path as p\nimport platform as pl\nname = "foo"\n',
    "lint helper": b"from rez.utils.lint_helper import env, this as t\n",
    "lint helper in brackets": b"from rez.utils.lint_helper import (\n    env,  # used below\n    this,\n)\n",
    "lint helper for names of rez": b'from rez.utils.lint_helper import env, scope, late, early\nname = "foo"\n',
    "future features": b'"""doc"""\nfrom __future__ import annotations, print_function\nname = "foo"\n',
    # ---- functions
    "commands": b'def commands():\n    env.PATH.append("{root}")\n\nname = "foo"\n',
    "commands at the end": b'name = "foo"\ndef commands():\n    pass',
    "one-line function": b'def commands(): env.A = "x"; env.B = [\n1]\nname = "foo"\n',
    "async function": b'async def f():\n    await x\nname = "foo"\n',
    "signature": b'def f(a, b=None, c=("x", 1), *args, **kwargs) -> str:\n    pass\ndef g(\n  a,\n):\n    pass\n',
    "annotated parameters": b'def f(a: str, b: list[str] = None, *c: int) -> dict:\n    pass\nname = "foo"\n',
    "text as a default": b'name = "a"\ndef f(x=name, y="%s" % name):\n    pass\n',
    "field in a body": b'def commands():\n    requires = ["evil"]\n    global variants\nrequires = ["good"]\n',
    "text at the margin of a body": b'def commands():\n    x = """\nrequires = ["evil"]\n"""\n    y = (1,\nrequires)\nname = "foo"\n',
    "comment at the margin of a body": b'def commands():\n    a = 1\n# still inside\n    b = 2\nname = "foo"\n',
    "body of tabs": b'def commands():\n\tif x:\n\t\tpass\nname = "foo"\n',
    "brackets in strings of a body": b'def commands():\n    a = "([{" + \']\' # (\nname = "foo"\n',
    "joined lines in a body": b'def commands():\n    a = 1 + \\\n2\n    b = "x\\\ny"\nname = "foo"\n',
    "f-strings in a body": b'def commands():\n    a = f"{x[\'a\']} {{}} {y!r:>{w}}"\n    b = f"""{\nx\n}"""\nname = "foo"\n',
    "conditions in a body": b'def commands():\n    if building:\n        pass\n    else:\n        requires.append("x")\nrequires = ["a"]\n',
    "late bound attribute": b'@late()\ndef tools():\n    return [x]\nrequires = ["a"]\n',
    "included modules": b'@include("utils", "more")\n# how odd\n\n@late()\ndef tools():\n    return []\nname = "foo"\n',
    # ---- scopes
    "config scope": b'with scope("config") as c:\n    release_packages_path = "/a"\n    c.x = 1\n    c.plugins.y.z = [2]\nname = "foo"\n',
    "scope without a name": b"with scope('config'):\n\t'''doc'''\n\tx = 1\n\n\t# done\n\tpass\n",
    "text in a scope": b'name = "a"\nwith scope("config") as c:\n    c.x = "/r/" + name\n',
    "scope entered twice": b'with scope("config") as c:\n  c.a.b = 1\nwith scope("config") as c:\n  c.a.d = 2\nname = "x"\n',
}


@pytest.mark.parametrize("idea", ACCEPTED)
def test_reads_what_python_reads(idea: str, judge: Callable[[bytes], dict[str, Any]]) -> None:
    found = scan(ACCEPTED[idea])
    assert isinstance(found, Scanned), found
    assert {field: getattr(found, field) for field in judge(ACCEPTED[idea])} == judge(
        ACCEPTED[idea]
    )


def test_text_may_be_given_as_str() -> None:
    found = scan('name = "größe"[0]')
    assert not found
    found = scan('name = "foo"\ndescription = "größe"')
    assert found
    assert found.name == "foo"


def test_fields_are_new_lists_each_time() -> None:
    found = scan('requires = ["a"]\nvariants = [["b"]]')
    assert isinstance(found, Scanned)
    requires = found.requires
    assert requires is not None
    requires.append("c")
    assert found.requires == ["a"]


def test_absent_fields_are_none() -> None:
    found = scan("")
    assert isinstance(found, Scanned)
    assert {getattr(found, field) for field in FIELDS} == {None}
    assert found.late is None


def test_a_record_can_be_made_of_values() -> None:
    made = Scanned.from_fields(
        name="foo",
        version="1",
        requires=["a"],
        variants=[["b"], []],
        timestamp=-5,
        hashed_variants=True,
    )
    assert made.name == "foo"
    assert made.version == "1"
    assert made.requires == ["a"]
    assert made.variants == [["b"], []]
    assert made.build_requires is None
    assert made.timestamp == -5
    assert made.hashed_variants is True
    assert "variants=[['b'], []]" in repr(made)


def test_a_record_holds_strings_only() -> None:
    with pytest.raises(TypeError):
        Scanned.from_fields(requires=[1])  # type: ignore[list-item]


def test_a_view_has_to_exist() -> None:
    with pytest.raises(ValueError, match="'installed' or 'source'"):
        scan("", view="any")  # type: ignore[arg-type]


# ---- the source view ---------------------------------------------------------------------------

SOURCE_ACCEPTED: dict[str, str] = {
    "unversioned": "description = None\nauthors = ['x']",
    "help pages": "help = [['Home', 'https://x'], ['Code', 'https://y' + name]]",
    "help text": "help = 'read me'",
    "tests": "tests = {'u': 'run', 'v': ['run', 'x'], 'w': {'command': 'run', 'requires': ['a-1'], 'run_on': ['default'], 'on_variants': False, 'own': 1}}",
    "build without a command": "build_command = False",
    "build commands": "build_command = ['make', 'make install']",
    "uuid of the name": "uuid = 'repository.%s' % name",
    "setting from the environment": "with scope('config') as c:\n    import os\n    c.release_packages_path = os.environ['PATH']",
    "setting that may be missing": "with scope('config') as c:\n    import os\n    c.x = os.environ.get('STUDIO', '/a')\n    c.y = os.getenv('STUDIO')",
    "setting by the platform": "with scope('config') as c:\n    import sys\n    if 'win' in str(sys.platform):\n        c.x = 'r:'\n    else:\n        c.x = '/r'",
    "setting by a name of the scope": "with scope('config') as c:\n    kind = 'ext'\n\n    if kind == 'int':\n        c.x = 1\n    # others\n    elif kind != 'ext':\n        pass\n    c.y = 2",
    "whatever else": "custom = {'a': (1, None)}\nformat_version = 2",
}


@pytest.mark.parametrize("idea", SOURCE_ACCEPTED)
def test_a_build_reads_the_same(idea: str, judge: Callable[[bytes], dict[str, Any]]) -> None:
    found = scan(f"name = 'foo'\n{SOURCE_ACCEPTED[idea]}\n", view="source")
    assert isinstance(found, Scanned), found
    assert found.name == "foo"
    assert judge(f"name = 'foo'\n{SOURCE_ACCEPTED[idea]}\n".encode())["name"] == "foo"

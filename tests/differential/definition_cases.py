"""Generated definitions, which mix what the scanner accepts and what it must not, and their judge.

A definition is statements in a random order: fields, other attributes, imports, functions, scopes,
and traps, which reach a field by another way than the text suggests. The whole may then be damaged.
`Judge` says what Python makes of it, so that an answer of the scanner can be held against that.

`run_definitions.py` runs very many of them.
"""

# ruff: noqa: E501, RUF001 - tables of small definitions, some with odd letters

from __future__ import annotations
import __future__

import re
import sys
import warnings
from collections.abc import Callable
from random import Random
from types import FunctionType
from typing import Any

from rezfast._scan import Scanned

LISTS = ("requires", "build_requires", "private_build_requires")
FIELDS = ("name", "version", *LISTS, "variants", "timestamp", "hashed_variants")

REQUESTS = [
    "foo", "foo-1", "foo-1.2.3", "foo-1+", "foo-1+<2", "foo==1.0", "!foo-2", "~foo-1", "foo<3",
    "foo-1|3", ".eph-1", "a_b-1", "a.b-2", "foo@1", "foo-1..3", "foo-0a.b_c",
]  # fmt: skip
WRONG_REQUESTS = [
    "", " foo", "foo-*", "platform-**", "foo-2+<1", "!.eph", "__pycache__", "-1", "foo bar", "é", "~",
]  # fmt: skip

OTHERS = (
    "description", "tools", "tests", "help", "authors", "uuid", "build_command", "config", "_x",
    "other", "list", "str", "requires_", "match", "type", "cachable", "relocatable", "has_plugins",
    "plugin_for", "requires_rez_version", "changelog", "late_", "__x", "print", "isinstance",
)  # fmt: skip

IMPORTS = (
    "import os", "import sys, os.path as p", "import os as {n}", "import os, sys as {f}",
    "import os.path", "import json; json", "import unknown_module_x", "import rez.utils",
    "from rez.utils.lint_helper import env, this", "from rez.utils.lint_helper import (\n  env,\n)",
    "from rez.utils.lint_helper import scope, late, early, include", "import os.nothing",
    "from rez.utils.lint_helper import x as scope", "from rez.utils.lint_helper import {f}",
    "from rez.utils.lint_helper import x as {f}", "from rez.utils.lint_helper import str, list",
    "from rez.utils.lint_helper import *", "from os import environ", "from os.path import *",
    "from __future__ import annotations", "from . import x", "import platform as late",
    "from os import environ as {f}", "from rez.utils.lint_helper import ModifyList as {n}",
    "from rez.utils.lint_helper import env,", "from rez.utils.lint_helper import (env as e, b)",
    "import os as name", "from rez.utils.lint_helper import scope as version",
)  # fmt: skip

BODIES = (
    "pass", "env.PATH.append('{{root}}')", "{f} = ['evil']", "global {f}\n    {f} = ['evil']",
    "x = '''\n{f} = ['evil']\n'''", "y = (1,\n{f})", "# c\n    if x:\n        z = [\n1]",
    "return f\"{{x['a']}} {{{{}}}}\"", "a = 1; b = \\\n2", "'doc'\n# margin\n    pass",
    "with scope('{f}') as c:\n        c.x = 1", "def g():\n        nonlocal q", "return [{f}", "x = 'a",
    "class A:\n        {f} = 1", "import os; os.getcwd()", "\tpass", "lambda: {f}", "yield",
    "return \"'''\" + '\"\"\"'", "x = r'\\'; y = 1", "x = rb'\\\\'", "a = {{'b': [1, (2, '(')]}}",
    "if 1: pass\n    else: pass\n\n\n    # end", "x = '\\\n'", 'f"{{a!r:>{{w}}}}" f\'{{"x"}}\'', "f'{{'",
)  # fmt: skip
HEADS = (
    "def commands():", "def pre_commands() -> None:", "def {n}(a, b=None, *args, **kw):",
    "async def {n}():", "@late()\ndef {n}():", "@include('m')\ndef {n}():", "def {n}(a: str = 'x'):",
    "@late()\n@include('m', 'n')\ndef {n}(this):", "def {n}(a=str(version), b=name): ",
    "def {n}(*, a): ", "def {n}(a, /):", "def {f}():", "@late()\ndef {f}():", "@early()\ndef {f}():",
    "@early()\ndef {n}():", "def preprocess(this, data):", "@late()\ndef commands():",
    "def str(x):", "def {n}(a=[{f}]):", "def {n}(a={f}.append('x')):", "def {n}(a=({f}:=['w'])):",
    "@{n}\ndef {n}():", "@late() # c\n\n# d\ndef {n} ( ) :", "def {n}(a: {f}) -> {f}:", "def scope():",
    "@late\ndef {n}():", "class {n}:", "@late()\nclass {n}:", "def {n}(a, a):", "def {n}[T](a: T):",
)  # fmt: skip

SCOPES = (
    "with scope('config') as c:\n    c.x = 1", "with scope('config') as c:\n    y = [2]\n    c.p.z = 'w'",
    "with scope('{n}') as c:\n\tc.x = 1\n\n\tpass", "with scope('config'):\n    'doc'",
    "with scope('config') as c:\n    c.x = name + '-' + version", "with scope('{f}') as c:\n    c.x = 1",
    "with scope('config') as {f}:\n    x = 1", "with scope('config') as c:\n    {f} = ['inner']",
    "with scope('config') as c:\n    c.x = 1\n    c.x.y = 2", "with scope('config') as c: pass",
    "with scope('config') as c:\n    {f}.append('x')", "with scope('config') as c:\n    c = 1\n    c.x = 2",
    "with scope('config') as c:\n    c.x = {f}", "with scope('config') as c:\n    c.x = {f}.append('s')",
    "with scope('config') as c, scope('{f}') as d:\n    d.x = 1", "with scope(\"config\") as c:\n  c.a.b=1",
    "with scope('config') as c:\n    import os\n    c.x = os.environ['PATH']",
    "with scope('config') as c:\n    import os\n    c.x = os.environ.get('{f}', 'y')\n    os = 1",
    "with scope('config') as c:\n    import sys\n    if 'x' in sys.platform:\n        c.x = 1",
    "with scope('config') as c:\n    {n} = 'a'\n    if {n} == 'a':\n        {f} = ['x']",
    "with scope('config') as c:\n    q = 'a'\n    if q != 'b':\n        c.x = 1\n    else:\n        c.y = 2",
    "with scope('config') as c:\n    if {n} == 'a':\n        c.x = 1", "with scope('a'):\n    import os as {f}",
    "with scope('a'):\n    def {f}(): pass",
    "with scope('a'):\n    if 1: {f} = ['i']", "with scope('a') as c:\n    for {f} in [['x']]: pass",
    "with scope('a') as c:\n    with scope('{f}') as d:\n        d.x = 1",
    "with scope('a') as c:\n    c.x = [{f} := 'w']", "with scope('a') as c:\n    c[0] = 1",
    "with scope('a') as c:\n    c.update({{'{f}': 1}})", "with scope('a') as c:\n    c.update.x = 1",
    "with scope('a') as c:\n    del c.x", "with scope('str') as c:\n    c.x = 1", "with scope('a'):\n    str = 1",
)  # fmt: skip

# Ways to a field that its assignment does not show, and statements that end in an error.
TRAPS = (
    "{f} += ['more']", "{f}.append('more')", "{f}[0] = 'x'", "{f}[:] = ['x']", "{f}.name = 1",
    "{f}, other = ['a'], 1", "other, *{f} = 1, 'a', 'b'", "({f}) = ['p']", "({f}): list = ['p']",
    "other = {f} = ['a']", "{f} = other = ['a']", "[{f}] = [['a']]", "[a, [{f}]] = 1, [['n']]",
    "del {f}", "del name, {f}", "globals()['{f}'] = ['g']", "locals().update({f}=['l'])",
    "locals()['{f}'] = ['l']", "vars()['{f}'] = ['v']", "exec('{f} = [1]')", "eval('{f}.append(1)')",
    "exec(\"\"\"{f} = ['t']\"\"\")", "__builtins__['x'] = 1", "__builtins__ = {{}}",
    "setattr(__import__('sys').modules['__main__'], '{f}', 1)", "globals().pop('{f}', 0)",
    "(lambda: globals().update({f}=['y']))()", "other = ({f} := ['w'])", "other = [{f} := 'w']",
    "other = {{'a': ({f} := ['w'])}}", "other = [{f} := x for x in ['c']]", "print({f} := ['w'])",
    "other = [x for x in [{f}.append('l')]]", "other = (x := {f}); x.append('a')",
    "x = {f}; x.append('alias')", "x = [{f}]\nx[0].append('alias')", "x: list = {f}\nx += ['alias']",
    "def f(x={f}): x.append('d')\nf()", "x, y = {f}, {f}\nx.append('u')", "x = y = {f}\ny.append('c')",
    "for {f} in (['f'],): pass", "for x in [1]: {f} = ['f']", "for {f}[0] in ['z']: pass",
    "while True:\n    {f} = ['w']\n    break", "if True: {f} = ['i']", "if {f}: pass\nelse: {f} = ['e']",
    "try:\n    {f} = ['t']\nfinally:\n    pass", "try: raise ValueError\nexcept ValueError as {f}: pass",
    "class {f}: pass", "class A:\n    {f}.append('c')", "class A(print({f}.append('b'))): pass",
    "class A:\n    global {f}\n    {f} = ['g']", "@(lambda f: {f}.append('deco') or f)\ndef other(): pass",
    "def h():\n    global {f}\n    {f} = ['h']\nh()", "def h(): {f}.append('h')\nh()", "global {f}",
    "def h(): {f}.append('h')\nother = h()", "def h(): {f}.append('h')\nother = [h()]",
    "match {f}:\n    case other: pass", "match ['m']:\n    case {f}: pass", "type {f} = list",
    "with open('/dev/null') as {f}: pass", "import os as {f}", "import sys; sys.exit()", "assert 0",
    "raise ValueError", "{f}: list[undefined] = ['a']", "{f}: ({f} := ['n'])", "other: {f}.append('n') = 1",
    "other = undefined", "other = {{1: 2}}", "other = {{[]: 1}}", "other = {{([],)}}", "other = -'x'",
    "scope = late = None", "late = 1", "list = 1", "str = list", "name = undefined", "{f} = None",
    "{f} = ['a'] if 1 else ['b']", "{f} = ['a'] or ['b']", "{f} = ['a'] * 2", "{f} = ['a'],",
    "{f} = ['a'] + ['b']", "{f} = ['a'][:]", "{f} = list('ab')", "{f} = [*'ab']", "{f} = ['a' 'b' + 'c']",
    "{f} = ['%s' % name]", "{f} = ['a-{{}}'.format(version)]", "{f} = [f'a-1']", "{f} = [name]",
    "{f} = name", "{f} = version", "{f} = str(name)", "{f} = 'x' + name", "{f} = ('foo-1')",
    "{f} = (['a'])", "{f} = [('a')]", "{f} = [('a',)]", "{f} = ['a',\n", "{f} == ['a']", "{f} = = 1",
    "{f}:= ['w']", "{f} = yield", "await {f}", "lambda: 0", "...", "1", "{f}", "{f};", ";", "  {f} = []",
    "ｒequires = ['k']", "{f}\\\n = ['j']", "{f} = \\\n['j']\\\n", "{f} = ['a'] # c\\\n['b']", "0x{f}",
    "if 1:\n    {f} = ['i']\n", "else: pass", "pass; {f} = ['s']", "pass {f}", "{f} = 'a' if 0 else ['b']",
    "{f} = ['a']; {f} = ['z']", "None = 1", "{f} = ['a']\nif 0: {f} = 1", "import os; os.{f} = 1",
    "import os; os.environ['REZFAST_{f}'] = '1'", "import os\nother = os.sep", "other = os",
)  # fmt: skip

# Values that are put together, right and wrong.
TEXTS = (
    "name", "version", "name + '-' + version", "'a' + name", "name + 1", "'%s' % name", "'%s-%s' % (name, version)",
    "'%s' % (name,)", "'%s-%s' % name", "'%d' % version", "'%s%%' % version", "'%' % name", "'x' % name",
    "'{{}}'.format(name)", "'{{0}}-{{1}}'.format(name, version)", "'{{version}}'.format(version=str(version))",
    "'{{1}}'.format(name)", "'{{a}}'.format(b=name)", "'{{0}}{{}}'.format(name, name)", "'{{}}{{}}'.format(name)",
    "'{{!r}}'.format(name)", "'{{:>4}}'.format(name)", "'{{.x}}'.format(name)", "'{{0[0]}}'.format(name)",
    "'{{{{}}}}'.format()", "'{{'.format(name)", "'}}'.format(name)", "'{{}}'.format", "'{{}}'.format(*name)",
    "'{{a}}'.format(a=name, a=name)", "'{{a}}'.format(a=name, version)", "'{{}}'.format(({f} := name))",
    "'{{}}'.format({f}.append('f'))", "'%s' % {f}.append('p')", "'%s' % ({f} := ['w'])", "str(name)", "str(version)",
    "str({f})", "str({f}.append('s'))", "str()", "str(name, name)", "str(str(name))", "name.upper()", "name[0]",
    "version.split('.')[0]", "version if 1 else name", "name or {f}", "name == version", "name,", "(name)", "[name]",
    "[name, [version]]", "{{name: version}}", "{{'a': name + 'b'}}", "{{name}}", "(name, version)", "name +\\\n version",
    "'a' 'b%s' % name", "'a%s' % 'b' 'c'", "'%s' % '%s' % name", "'%s' % 'x' + name", "b'%s' % name", "b'a' + name",
    "f'{{name}}'", "f'{{{f}.append(1)}}'", "'a' + (name)", "+name", "-name", "not name", "name * 2", "name % 1",
    "'%s'% name", "'%(a)s' % {{'a': name}}", "'%s' % {f}", "'%s' % [name]", "'a' + {f}", "names", "str", "str (name)",
    "'{{}}' .format(name)", "'{{}}'. format(name)", "'{{}}'.format (name)", "'{{ }}'.format(name)", "'{{00}}'.format(name)",
    "('%s'\n % name)", "'\\x7b\\x7d'.format(name)", "'\\x25s' % name", "r'\\x25s' % name", "'\\u007b'.format(name)",
    "'''%s''' % name", "'é%s' % name", "'%s' % name.x", "'%s' % name[0]", "'%s' % name()", "name()", "name.x",
    "'{{}}'.format(name).x", "'{{}}'.format(name)[0]", "'{{}}'.format(name)()", "'a'.join({f})", "name\n + version",
)  # fmt: skip

LITERALS = (
    "1", "-2", "0x1F", "1_000", ".5", "1e5", "2j", "True", "None", "...", "'a'", '"b"', "b'c'", "r'\\d'",
    "'''x\ny'''", "u'e'", "'\\q'", "''", "'(['", "'#'", "01", "1__0", "0b12", "1.e", "0xg", "1if", "0_0", "'\\N{DASH}'",
    "'\\x1'", "b'\\u12'", "b'é'", "'é'", "False", "()", "[]", "{}", "1_", "0o8", "- 1", "--1", "~1", "'a' b'b'", "ur'x'",
    "rb'\\x'", "'a' 'b'\t'c'", "'\\ud800'", "'\\777'", "'\\\n'", '"""a\\"""b"""', "1 .real", "'a'.b", "not 1", "lambda: 0",
)  # fmt: skip

SOURCE_VALUES = (
    "help = [['Home', 'https://x']]", "help = 'text'", "help = ['a']", "help = [['a', 1]]", "help = []",
    "tests = {{'u': 'run'}}", "tests = {{'u': ['run', 'x']}}", "tests = {{'u': {{'command': 'x', 'requires': ['foo-1']}}}}",
    "tests = {{'u': {{'command': ['x'], 'run_on': 'default', 'on_variants': True, 'k': 1}}}}", "tests = {{}}",
    "tests = {{'u': {{'requires': ['foo-1']}}}}", "tests = {{'u': {{'command': 1}}}}", "tests = {{'u': 1}}", "tests = []",
    "tests = {{'u': {{'command': 'x', 'requires': ['foo-*']}}}}", "tests = {{'u': {{'command': 'x', 'requires': 'a'}}}}",
    "tests = {{'u': {{'command': 'x', 'run_on': ['a', 'b']}}}}", "tests = {{'__u': 1}}", "tests = {{1: 'a'}}",
    "tests = {{'u': {{'command': 'x', 'on_variants': {{'type': 'requires', 'value': ['foo']}}}}}}", "tests = None",
    "tests = {{'u': {{'command': 'x', 'on_variants': 1}}}}", "tests = {{'u': {{'command': 'x', 'requires': ['a b']}}}}",
    "tests = {{'u': {{'command': 'x', 'command': 1}}}}", "tests = {{'u': {{'__c': 1, 'command': 'x'}}}}", "tests = {{'u'}}",
    "build_command = False", "build_command = True", "build_command = ['a', 'b']", "build_command = 'make'",
    "build_command = [1]", "build_command = None", "build_command = 1", "build_command = ''", "build_command = False or 1",
    "build_system = 'cmake'", "build_system = 1", "tools = ['a', name]", "tools = 'a'", "tools = ['a' + version]",
    "authors = ['a']", "authors = 'a'", "authors = ('a',)", "description = 'a'", "description = 1", "description = name",
    "uuid = 'x-%s' % name", "uuid = 1", "uuid = None", "requires_rez_version = '99'", "requires_rez_version = '2.0'",
    "config = {{'a': 1}}", "config = 1", "plugin_for = ['maya']", "has_plugins = True", "has_plugins = 'a'",
    "relocatable = None", "relocatable = 1", "cachable = False", "base = 'x'", "commands = 'export A=1'", "commands = 1",
    "commands = ['a']", "timestamp = True", "previous_version = '1'", "previous_version = 1", "release_message = None",
    "changelog = 'x'", "vcs = 'git'", "revision = {{'a': 1}}", "installed_variants = 1", "format_version = 2",
)  # fmt: skip

DAMAGE = (
    b"", b"'", b'"', b"[", b"]", b",", b"\\", b"\n", b";", b"#", b"=", b":", b"(", b"{", b"}", b"*", b")", b"%", b"+",
    b"\x0c", b" ", b"f", b"\xff", b"\x00", b"\xc3\xa9", b"0", b".", b"\t", b"\r", b"\\\n", b"'''", b"@", b"-", b"_", b"\x1a",
)  # fmt: skip


def seeded_definition(seed: int) -> bytes:
    """The definition of a seed: the same on every machine."""
    return generate_definition(Random(seed))


def generate_definition(random: Random) -> bytes:
    """A definition from a source of random choices."""
    return _Generator(random).definition()


class _Generator:
    """One definition in the making. Every part may come out wrong, most do not."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.wrong = random.choice([0.0, 0.0, 0.0, 0.02, 0.1, 0.3])
        self.traps = random.choice([0.0, 0.0, 0.05, 0.15])

    def definition(self) -> bytes:
        random = self.random
        lines = [self.head()]
        if random.random() < 0.8:
            lines += [f"name = {self.quoted('foo')}", f"version = {self.quoted('1.2')}"]
        lines += [self.statement() for _ in range(random.choice([0, 1, 2, 3, 4, 6, 9]))]
        text = "\n".join(line for line in lines if line is not None)
        text += random.choice(["\n", "\n", "", "\n\n", "\n# end", "\n  "])
        text = text.replace("\n", random.choice(["\n"] * 6 + ["\r\n", "\r", "\n\f", "\n\n"]))
        source = bytearray(text.encode("utf-8", "surrogatepass"))
        if random.random() < 0.15:
            for _ in range(random.choice([1, 1, 2, 3])):
                at = random.randint(0, len(source))
                source[at : at + random.choice([0, 0, 1, 4])] = random.choice(DAMAGE)
        return bytes(source)

    def head(self) -> str | None:
        if self.random.random() < 0.75:
            return None
        return self.random.choice(
            ["# coding: utf-8", "\ufeff", "\ufeff# coding: utf-8", "'''doc'''", "# coding: latin-1", "#!/x\n# vim: fileencoding=utf-8",
             "'''doc'''\nfrom __future__ import annotations", "# -*- coding: ascii -*-", "\ufeff# coding: latin-1", "# coding=cp1252",
             "from __future__ import annotations, division", "\n# coding: utf8", "\n\n# coding: x", "# coding : latin-1", "\f# coding: latin-1",
             "'' # coding: latin-1", "'''\n# coding: latin-1\n'''", "x = 1 # coding: latin-1", "\\\n# coding: latin-1"]
        )  # fmt: skip

    def statement(self) -> str:
        random = self.random
        if random.random() < self.traps:
            return self.filled(random.choice(TRAPS))
        kind = random.randrange(20)
        if kind < 8:
            return self.field()
        if kind < 10:
            return f"{random.choice(OTHERS)}{self.annotation()} = {self.value(0)}"
        if kind == 10:
            return f"{random.choice(OTHERS)} = {self.filled(random.choice(TEXTS))}"
        if kind == 11:
            return self.filled(random.choice(SOURCE_VALUES))
        if kind == 12:
            return self.filled(
                random.choice(IMPORTS if self.odd() else IMPORTS[:2] + IMPORTS[8:11])
            )
        if kind < 15:
            return self.function()
        if kind == 15:
            return self.filled(random.choice(SCOPES if self.odd() else SCOPES[:5]))
        if kind == 16:
            parts = [self.simple() for _ in range(random.choice([1, 2, 3]))]
            return "; ".join(parts) + random.choice(
                ["", ";", "; # end", ";;" if self.odd() else ""]
            )
        if kind == 17:
            return random.choice(
                [
                    "",
                    "# x = '''",
                    "   # indented",
                    "\f",
                    "pass",
                    "'text'",
                    "x: int",
                    "\\\n",
                    "# é",
                    "b''",
                ]
            )
        return self.simple()

    def odd(self) -> bool:
        return self.random.random() < self.wrong

    def filled(self, template: str) -> str:
        names = OTHERS if self.odd() else (*OTHERS[:8], "tool_", "_x", "other")
        return template.format(f=self.random.choice(FIELDS), n=self.random.choice(names))

    def simple(self) -> str:
        if self.random.random() < 0.6:
            return self.field()
        return f"{self.random.choice(OTHERS)} = {self.random.choice(LITERALS[:22])}"

    def annotation(self) -> str:
        odd = ["", ": list[undefined]", ": ({})", ": 'text'", ": int | None", ": x.y", ":"]
        usual = [""] * 12 + [": list", ": str", ": dict[str, list[str]]"]
        return self.random.choice(odd if self.odd() else usual)

    def field(self) -> str:
        random = self.random
        field = random.choice(FIELDS)
        equals = random.choice([" = ", " = ", " = ", "=", " = \\\n    ", "\t=\f"])
        end = random.choice(
            [""] * 9 + ["  # why", " ", " \\\n", ","] if self.odd() else ["", "", " # x"]
        )
        return f"{field}{self.annotation()}{equals}{self.field_value(field)}{end}"

    def field_value(self, field: str) -> str:
        random = self.random
        if self.odd():
            return random.choice(
                [self.value(0), self.filled(random.choice(TEXTS)), "other or []", self.items()]
            )
        if field == "variants":
            return "[" + ", ".join(self.items() for _ in range(random.randrange(4))) + "]"
        if field in LISTS:
            return self.items()
        if field == "timestamp":
            return random.choice(
                ["0", "1600130061"] * 3
                + ["True", "-1", "01", "1_0", "9" * 18, "9" * 19, "1.5", "0x1"]
            )
        if field == "hashed_variants":
            return random.choice(["True", "False"] * 4 + ["0", "not 1", "None", "1 == 1"])
        return self.quoted(
            random.choice(
                ["foo", "1.0", "a_b", "2"] if not self.odd() else ["a b", "1..2", "", "é"]
            )
        )

    def items(self) -> str:
        """A list of requests, mostly right."""
        random = self.random
        pool = REQUESTS + WRONG_REQUESTS if self.odd() else REQUESTS
        items = [self.quoted(random.choice(pool)) for _ in range(random.choice([0, 1, 1, 2, 3]))]
        joint = random.choice([", ", ",", ",\n    ", " , # more\n", ",\\\n", ",\n\n\t"])
        opening, closing = ("(", ")") if self.odd() else ("[", "]")
        end = (
            random.choice(["", ",", "\n", ",\n", " # end\n"])
            if items
            else random.choice(["", "\n"])
        )
        return opening + joint.join(items) + end + closing

    def quoted(self, text: str) -> str:
        """A Python string literal, or several, with this text; or nearly so."""
        random = self.random
        style = random.randrange(24)
        if style == 0 and len(text) > 1:
            cut = random.randint(1, len(text) - 1)
            return repr(text[:cut]) + random.choice([" ", "", "\t", "\\\n"]) + repr(text[cut:])
        if style == 1 and text:
            return "'" + "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else c for c in text) + "'"
        if style == 2:
            return "'" + "".join(f"\\u{ord(c):04x}" for c in text) + "'"
        if style == 3:
            return random.choice(
                ["r", "R", "u", "U"] if not self.odd() else ["b", "f", "rb", "t"]
            ) + repr(text)
        if style == 4:
            return random.choice(['"""', "'''"]).join(["", text, ""])
        if style == 5:
            return '"' + "".join(f"\\{ord(c):03o}" if ord(c) < 128 else c for c in text) + '"'
        if style == 6:
            cut = random.randint(0, len(text))
            return "'" + text[:cut] + "\\\n" + text[cut:] + "'"
        return random.choice(["'", '"']).join(["", text, ""])

    def value(self, depth: int) -> str:
        """A literal, deep now and then."""
        random = self.random
        kind = random.randrange(12) if depth < 4 else 0
        if kind < 6:
            return random.choice(LITERALS if self.odd() else LITERALS[:20])
        inner = [self.value(depth + 1) for _ in range(random.randrange(4))]
        joint = random.choice([", ", ",", ",\n", ", # c\n "])
        if kind < 8:
            return "[" + joint.join(inner) + random.choice(["", ","] if inner else [""]) + "]"
        if kind == 8:
            return "(" + joint.join(inner) + ")"
        if kind == 9:
            return "{" + joint.join(f"'k{i}': {item}" for i, item in enumerate(inner)) + "}"
        if kind == 10:
            return "{" + joint.join(inner) + "}" if self.odd() else "{1, 'a'}"
        return self.filled(random.choice(TEXTS))

    def function(self) -> str:
        random = self.random
        head = random.choice(HEADS if self.odd() else HEADS[:9])
        body = random.choice(BODIES if self.odd() else BODIES[:8])
        layout = random.choice(["{}\n    {}", "{}\n    {}", "{} # c\n\n    {}", "{} {}"])
        return self.filled(layout.format(head.rstrip(), body))


# ---- the judge ---------------------------------------------------------------------------------


class _Child:
    """`c.plugins.x = 1`: an attribute that is not there is another such object."""

    def __getattr__(self, name: str) -> _Child:
        child = _Child()
        self.__dict__[name] = child
        return child


class _Scope(_Child):
    """Puts the module's names back when its block ends, as rez does."""

    def __enter__(self) -> _Scope:
        self.__dict__["_before"] = dict(sys._getframe(1).f_globals)
        return self

    def __exit__(self, *exception: object) -> None:
        names = sys._getframe(1).f_globals
        names.clear()
        names.update(self.__dict__["_before"])


def _mark(*arguments: str) -> Callable[[FunctionType], FunctionType]:
    return lambda function: function


_LINES = re.compile(rb"\r\n|\r|\n")


class Judge:
    """Says whether what the scanner accepted is what Python makes of a definition.

    Only definitions that the scanner accepted are run.
    """

    def verdict(self, source: bytes, found: Scanned, view: str = "installed") -> str | None:
        """What is wrong with an acceptance; None if nothing is."""
        try:
            names = self.run(source)
        except BaseException as error:  # a definition may raise anything, SystemExit included
            if isinstance(error, KeyboardInterrupt):
                raise
            if isinstance(error, SyntaxError) and only_a_body_is_broken(source, error.lineno):
                return None
            if isinstance(error, KeyError) and view == "source" and b"os.environ" in source:
                return None  # a setting of a build; whether it is there, the build finds out
            # what Python's parser says of a long line that is no Python
            if isinstance(error, MemoryError) and only_a_body_is_broken(source, None):
                return None
            return f"Python raises {type(error).__name__}: {error}"
        for field in FIELDS:
            value, expected = getattr(found, field), names.get(field)
            if repr(value) != repr(expected):  # True is no 1 here
                return f"{field} is {value!r}, Python has {expected!r}"
        return None

    def run(self, source: bytes) -> dict[str, Any]:
        """What Python leaves behind, by rez's rules: its names are there, annotations are not run."""
        names: dict[str, Any] = {"late": _mark, "include": _mark, "scope": lambda name: _Scope()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flags = __future__.annotations.compiler_flag
            code = compile(source, "package.py", "exec", flags=flags, dont_inherit=True)
            exec(code, names)
        return names


def only_a_body_is_broken(source: bytes, line: int | None) -> bool:
    """Whether a definition is no Python because of a function's body, which nothing runs.

    Args:
        source: The definition.
        line: Where Python gave up, from 1; None when it does not say.
    """
    before = _LINES.split(source)[:line]
    starts = (b"def ", b"async ", b"def\t", b"def\\", b"def\x0c")
    return any(line.lstrip(b"\xef\xbb\xbf\x0c").startswith(starts) for line in before)

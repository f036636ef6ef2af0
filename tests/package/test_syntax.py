"""`rezfast._syntax.is_sound`: functions that certainly compile, told without compiling them."""

from __future__ import annotations

import random
import warnings

import pytest

from rezfast._syntax import is_sound

COMMANDS = """\
def commands():
    # where everything is
    env.PATH.append("{root}/bin")
    env["PAINT_" + language.upper()] = "{root}/help/" + language

    if "paint" in resolve and not building:
        if resolve.paint.version.major >= 2023:
            alias("brush", "brush-edit --studio")  # the new one
        elif system.platform == 'linux':
            pass
        else:
            env.X = 1
    for name in ("a", "b"):
        if name is not None:
            continue
        found += [one[:1] for one in names(2, key=-1.5) if one]
    info("done é")
"""

LATE = """\
@include("helper", 'other')
@late()
def requires():
    import os, os.path as path
    from sys import argv as given
    wanted = sorted(os.environ, reverse=True)[1:]
    return [
        "python-3",  # or later
        wanted[0] if wanted else "x",
    ] + {"a": []}.get("a", list(x for x in wanted))
"""

SOUND = [
    "pass",
    "return",
    "return a, b",
    "a = {b: c, d: ()}",
    "a.b[c](d).e = -1",
    "a %= 2 ** 3 // 4",
    "not a in b",
    "f(a, b=1, c=(1,),)",
    "raise ValueError('x' % y)",
    "if a:\n        b\n    # out\n\n    c",
    "for a, b in c.items():\n        break",
    "x = a[::2] if b <= c else d",
    "x = '''a\n'b'''",
    'x = \'a\' "b" """c"""',
    "x = 1 + \\\n2",
]

# these do not compile, or not without a warning
BROKEN = [
    "return return",
    "f() = 1",
    "a + b = 1",
    "'a' 1",
    "None = 1",
    "__debug__ = 1",
    "a.if = 1",
    "f(a=1, a=2)",
    "f(a=1, b)",
    "f(x for x in y, 1)",
    "break",
    "if a:\n    b",
    "if a = 1:\n        b",
    "else:\n        b",
    "if a:\n        b\n    c\n    else:\n        d",
    "a\n      b",
    "a[]",
    "1if a else 2",
    "a == not b",
    "'a' is b",
    "'a'(b)",
    "[1]['a']",
    "(a,\nb",
    "x = (yield",
    "a.b.1",
    "01",
    "if a:",
    "x = 1 + \\\n",
    "x = 1 + \\ \n2",
    "x = '''a\n",
    "x = 'a' b",
]

# these do, but that is left to the compiler
UNKNOWN = [
    "a = b = 1",
    "f'{a}'",
    "lambda: 1",
    "a; b",
    "if a: b",
    "'\\n'",
    "with a:\n        b",
    "é = 1",
    "a: int = 1",
]


def function(body: str) -> str:
    return f"def f():\n    {body}\n"


def compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(text, "<definition>", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


def test_what_definitions_mostly_hold_is_known() -> None:
    for text in (COMMANDS, LATE):
        assert compiles(text)
        assert is_sound(text)
        assert is_sound(text.rstrip("\n"))


@pytest.mark.parametrize("body", SOUND)
def test_known(body: str) -> None:
    assert compiles(function(body))
    assert is_sound(function(body))


@pytest.mark.parametrize("body", BROKEN)
def test_broken(body: str) -> None:
    assert not compiles(function(body))
    assert not is_sound(function(body))


@pytest.mark.parametrize("body", UNKNOWN)
def test_left_to_the_compiler(body: str) -> None:
    assert compiles(function(body))
    assert not is_sound(function(body))


def test_limits() -> None:
    for body in ("(" * 50 + ")" * 50, "+".join("a" * 1000), "pass\n    " * 4000 + "pass"):
        assert not is_sound(function(body))
    nested = "".join(f"{'    ' * depth}if a:\n" for depth in range(1, 30)) + "    " * 30 + "b\n"
    assert not is_sound(f"def f():\n{nested}")
    assert not is_sound("")
    assert not is_sound("def f():")
    assert is_sound("def f():\n    pass")


WORDS = """\
a b f 1 0 1.5 's' "t" '' None True __debug__ _ match ( ) [ ] { } , : . = == != < >= + - * ** / //
% ~ | << += -= //= and or not in is if else elif for return import from as pass break raise lambda
await yield del # \\ é"""
TOKENS = (*WORDS.split(), "\t", "\n", "\n    ", "\n        ", ":\n        ", "  ")


def test_whatever_is_sound_compiles() -> None:
    """Texts that are nearly right: parts of right ones, with a few tokens changed."""
    chance = random.Random(4)
    pieces = [text.partition(":\n")[2].strip("\n") for text in (COMMANDS, LATE)]
    lines = [line for piece in pieces for line in piece.split("\n")]
    lines += [f"    {body}" for body in SOUND + BROKEN]
    known = 0
    for _ in range(20_000):
        body = "\n".join(chance.sample(lines, chance.randint(1, 3)))
        for _ in range(chance.randint(0, 3)):
            at = chance.randrange(len(body) + 1)
            end = at + chance.choice((0, 0, 1, 1, 2, 4))
            space = chance.choice(("", "", " "))
            body = body[:at] + space + chance.choice((*TOKENS, "")) + space + body[end:]
        text = f"def f():\n{body}\n"
        if is_sound(text):
            known += 1
            assert compiles(text), text
    assert known > 1000


@pytest.mark.parametrize("given", ["None", "str", "a.b"])
def test_what_a_function_is_said_to_give(given: str) -> None:
    assert is_sound(f"def f() -> {given}:  # why\n    pass\n")


@pytest.mark.parametrize("given", ["", "1a", "a.", "list[str]", "'a'", "a: b"])
def test_what_is_not_known_of_what_a_function_gives(given: str) -> None:
    assert not is_sound(f"def f() -> {given}:\n    pass\n")

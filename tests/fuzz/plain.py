"""Fuzzes definitions that are run without Python's compiler: they give what Python gives."""

from __future__ import annotations

import os
import sys
import warnings
from random import Random

from differential.plain_cases import Writer, run_by_python, run_here, told
from fuzz.target import Target

WORDS = (
    *b"' \" ''' \"\"\" \\ # ; : , = == != += -= < <= >".split(),
    *b">= ( ) [ ] { } * ** . + - % // / @ := ->".split(),
    *b"0 1 -1 07 1.5 1. 1e3 1_0 999999999999999999".split(),
    *b"True False None not and or in is if else".split(),
    *b"elif for while break continue return pass def lambda import from global del raise".split(),
    *b"x y z name this this.x building scope".split(),
    *b"early late str len list dict range sorted sum".split(),
    *b"os.environ os.path.join os.getenv('A','b')".split(),
    *b"sys.platform .append(x) .extend(x) .format(x)".split(),
    *b".items() .get('a') .join(x) .split('a') .upper() [0]".split(),
    *b"[1:] ['k'] %s %d {} {0} x[0]=1".split(),
    *b"u'a' b'a' f'{x}' r'a' 'a''b' \\n \\\n \xc3\xa9 \xff \x00 \xef\xbb\xbf".split(b" "),
    b"\n",
    b"\n    ",
    b"\n        ",
    b" ",
    b"\t",
    b"\r\n",
    b"\r",
    b"\f",
    b"\\\n",
    b"\x1c",
    b"\xc2\x85",
    b"# coding: latin-1\n",
    b"@early()\n",
    b"@late()\n",
    b"@include('m')\n",
    b"\ndef f():\n    ",
    b"\ndef commands():\n    ",
    b"with scope('a') as c:\n    ",
    b"c.a.b = ",
    b" is None",
    b" not in ",
    b"this = ",
    b"this[0] = 1",
    b"def this():\n    ",
    b"this()",
    b"building = ",
    b" for x in ",
    b" if x else ",
    b"for x in y:\n    ",
    b"if x:\n    ",
    b"else:\n    ",
    b"import os, sys\n",
)


def run(data: bytes) -> None:
    """Has Python judge what is taken for plain, for a build and for others."""
    objects = {"building": True} if len(data) % 4 == 0 else None
    before = _process()
    strict = run_here(data, objects)
    lax = run_here(data, objects, is_strict=False)
    assert _process() == before, "it has changed the process"
    if lax is None:
        assert strict is None, "a build takes what nobody else does"
    elif strict is not None or _compiles(data):
        assert told(lax) == told(run_by_python(data, objects))
        assert strict is None or told(lax) == told(strict)


def _process() -> object:
    return dict(os.environ), os.getcwd(), list(sys.path), set(sys.modules)


def _compiles(data: bytes) -> bool:
    """Whether what is kept as text is well, which only a build asks."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile(data, "package.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def fresh(random: Random) -> bytes:
    """A definition that is plain, or nearly so."""
    writer = Writer(random)
    text = writer.definition()
    return (writer.damaged(text) if random.random() < 0.3 else text).encode()


TARGET = Target(run, fresh, WORDS)

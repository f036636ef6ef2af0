"""No input brings the scanner down: it answers, or refuses."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rezfast._scan import REASONS, Refused, Scanned, scan

View = Literal["installed", "source"]

DEFINITION = b"""# -*- coding: utf-8 -*-
import os
name = 'foo'
requires = ['a-1', "b-2+<3"  # why
]
variants = [['c'], [r'd' "-1"]]
tests = {'unit': {'run': ('x', 1.5e3, b'\\x00', None)}}
with scope('config') as c:
    c.a.b = 1
@late()
def tools():
    return f"{x['y']}" + '''
'''
timestamp = 12; hashed_variants = True
"""


def check(source: bytes, view: View) -> None:
    found = scan(source, view)
    if isinstance(found, Refused):
        assert found.reason in REASONS[1:]
        assert 1 <= found.line <= source.count(b"\n") + source.count(b"\r") + 1
    else:
        assert isinstance(found, Scanned)
        repr(found)


@settings(max_examples=300, deadline=None)
@given(source=st.binary(max_size=200), view=st.sampled_from(["installed", "source"]))
def test_random_bytes(source: bytes, view: View) -> None:
    check(source, view)


@settings(max_examples=300, deadline=None)
@given(
    at=st.integers(0, len(DEFINITION)),
    length=st.integers(0, 5),
    put=st.one_of(st.binary(max_size=3), st.sampled_from([b"'''", b"[", b"\\", b'"', b"(", b"{"])),
)
def test_a_damaged_definition(at: int, length: int, put: bytes) -> None:
    check(DEFINITION[:at] + put + DEFINITION[at + length :], "installed")


@pytest.mark.parametrize("size", range(len(DEFINITION)))
def test_a_cut_off_definition(size: int) -> None:
    check(DEFINITION[:size], "installed")


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"a = ", b"["),
        (b"a = ", b"("),
        (b"a = ", b"{'a': "),
        (b"a = ", b"-"),
        (b"a = ", b"'x' "),
        (b"a = '''", b"\\\\"),
        (b"a = '''", b"\\x41"),
        (b"a = '", b"x"),
        (b"a = [", b"'x', "),
        (b"", b"\\\n"),
        (b"", b"@late()\n"),
        (b"", b"x: list["),
        (b"", b"# c\r"),
        (b"", b"import os;"),
        (b"def f():\n (", b"("),
        (b"def f():\n '''", b"\\'"),
        (b"def f():\n f'", b"{"),
        (b"def f(", b"a, "),
        (b"with scope('c') as c:\n", b" c.x.y = 1\n"),
        (b"with scope('c') as c:\n c", b".x"),
        (b"requires = [", b"'a-1|2|3', "),
        (b"requires = ['a-", b"1|"),
        (b"# coding", b"coding"),
    ],
)
def test_much_of_the_same(start: bytes, again: bytes) -> None:
    check(start + again * 100_000, "installed")

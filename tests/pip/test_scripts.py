"""First lines of scripts."""

from __future__ import annotations

import pytest

from rezfast.pip.scripts import without_interpreter

PORTABLE = b"#!/usr/bin/env python\n"
LONG = b"""#!/bin/sh
'''exec' "/a very long path/bin/python3.11" "$0" "$@"
' '''
"""


@pytest.mark.parametrize(
    "first",
    [
        b"#!python\n",
        b"#!pythonw\n",
        b"#!/usr/bin/python\n",
        b"#!/opt/x/bin/python3.11\n",
        b"#! /opt/x/bin/python3 -E\n",
        b'#!"/with space/bin/python"\n',
        b"#!/opt/pypy/bin/pypy3.10\r\n",
        LONG,
    ],
)
def test_a_python_becomes_that_of_the_environment(first: bytes) -> None:
    assert without_interpreter(first + b"print(1)\n") == PORTABLE + b"print(1)\n"


@pytest.mark.parametrize(
    "script",
    [
        b"",
        b"#!/bin/sh\necho python\n",
        b"#!/usr/bin/env python3\n",
        b"#!/usr/bin/perl -w python\n",
        b"import sys  # python\n",
        b"\x7fELF\0\0python",
        b"\n#!/usr/bin/python\n",
    ],
)
def test_anything_else_stays_as_it_is(script: bytes) -> None:
    assert without_interpreter(script) == script

"""Fuzzes the scanner, in both views: no input harms it, what it accepts is what Python reads."""

from __future__ import annotations

import re

from differential.definition_cases import Judge, generate_definition
from fuzz.target import Target

from rezfast._scan import REASONS, Refused, Scanned, scan

_JUDGE = Judge()
_LINES = re.compile(rb"\r\n|\r|\n")

WORDS = (
    *(b"' \" ''' \"\"\" \\ # ; : , = == := ( ) [ ] { } * ** . ... - + ~ ! | < > @ % $ ->".split()),
    *(b"0 0x 1e 1_0 \\x41 \\u0041 \\U00000041 \\101 \\N{DASH} r' b' f' u' rb\"".split()),
    *(b"%s {} {{ {0} ->".split()),
    *(b"name version requires variants build_requires private_build_requires timestamp".split()),
    *(b"hashed_variants tools tests help commands description build_command scope late".split()),
    *(b"def class async with as import from for if else in lambda None True False not is".split()),
    *(b"global del pass return match type os str list[str] command run_on".split()),
    *(b"foo-1 foo-1+<2 !foo ~foo .eph foo==1.0 1..2 platform-* a|b".split()),
    b"\\\n", b"\n", b"\r", b"\r\n", b"\f", b"\t", b" ", b"\n    ", b"\n\t",
    b"\xef\xbb\xbf", b"\xc3\xa9", b"\xff", b"\x00", b"@late()\n", b"@early()\n", b"@include('m')\n",
    b"with scope('config') as c:\n",
    b"# coding: utf-8\n", b"# coding: latin-1\n", b"from rez.utils.lint_helper import ",
    b"from __future__ import annotations\n", b".format(", b"def commands():\n    ", b"str(name)",
)  # fmt: skip


def run(source: bytes) -> None:
    """Scans in both views and has Python judge what is accepted."""
    installed = scan(source)
    built = scan(source, view="source")
    lines = len(_LINES.findall(source)) + 1
    for found in (installed, built):
        if isinstance(found, Refused):
            assert found.reason in REASONS[1:], found
            assert 1 <= found.line <= lines, found
    if isinstance(built, Scanned) and isinstance(installed, Refused):
        # a build may find a setting in the environment
        assert installed.reason == "scope", f"a resolve refuses what a build takes: {installed}"
    elif isinstance(built, Scanned):
        assert repr(installed) == repr(built), f"{installed} and {built}"
    if isinstance(installed, Scanned):
        wrong = _JUDGE.verdict(source, installed)
        assert wrong is None, wrong
    elif isinstance(built, Scanned):
        wrong = _JUDGE.verdict(source, built, "source")
        assert wrong is None, wrong


TARGET = Target(run, generate_definition, WORDS)

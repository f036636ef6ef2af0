"""References in expandable text: found by hand where they are simple, else by pattern."""

from __future__ import annotations

import pytest

from rezfast.shell.text import REFERENCE, SH_REFERENCE, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(None, "")]),
        ("/usr/bin", [(None, "/usr/bin")]),
        ("${PATH}:/bin", [("PATH", "${PATH}"), (None, ":/bin")]),
        ("a${B}${C}d", [(None, "a"), ("B", "${B}"), ("C", "${C}"), (None, "d")]),
        ("$A/b", [("A", "$A"), (None, "/b")]),
        ("${A}$B", [("A", "${A}"), ("B", "$B")]),
        ("${1}", [(None, "${1}")]),
        ("${A", [(None, "${A")]),
        ("5 $", [(None, "5 $")]),
    ],
)
def test_parts(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert list(parts(text, REFERENCE)) == expected
    assert list(parts(text, SH_REFERENCE)) == expected


def test_what_sh_makes_of_a_variable_is_a_reference_to_sh_alone() -> None:
    assert list(parts("${A:-b}", SH_REFERENCE)) == [("A", "${A:-b}")]
    assert list(parts("${A:-b}", REFERENCE)) == [(None, "${A:-b}")]

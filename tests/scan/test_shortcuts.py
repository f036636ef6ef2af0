"""The scanner's shortcuts change nothing: what takes one means what it means the long way round.

Most definitions are read many bytes at a time. Each test writes one thing so that a shortcut
applies and so that none does, or moves it over the borders of what is read at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rezfast._scan import Refused, Scanned, scan

Judge = Callable[[bytes], dict[str, Any]]

# longer than anything that is read at once, and nothing to the scanner
FAR_FROM_THE_END = "\n" * 100


def fields(source: str) -> object:
    found = scan(source)
    if isinstance(found, Refused):
        return found.reason
    return found.name, found.version, found.requires, found.variants


# ---- requests, names, versions ------------------------------------------------------------------

WRITTEN = st.one_of(
    st.text("ab1.-+<>=!~_|@#* é", max_size=40),
    st.from_regex(
        r"[!~]?[a-z_]{1,14}-[0-9a-z]{1,9}(\.[0-9]{1,3}){0,3}(\+(<[0-9]{1,9})?)?", fullmatch=True
    ),
    st.from_regex(r"[a-z]{1,3}(-[0-9]{1,10}){1,3}\+<0?[0-9]{1,10}(\.[0-9])?", fullmatch=True),
)


@settings(max_examples=600, deadline=None)
@given(WRITTEN)
@example("__pycache__")
@example("__pycache__-1")
@example("a-1+<1")
@example("a-1.2+<1.3")
@example("a-1.3+<1.2")
@example("a-9+<10")
@example("a-10+<9")
@example("a-09+<10")
@example("a-1a+<2")
@example("a-123456789+<1234567890")
@example("a-b-c")
@example("a-1-2+<3")
@example("a-1+2")
@example("a-1+<2+")
@example("a-1+<")
@example("a-+<1")
@example("a" * 15 + "-" + "1" * 14)
@example("a" * 15 + "-" + "1" * 15)
@example("a" * 31)
@example("a" * 32)
def test_a_request_is_the_same_in_one_piece_and_in_two(text: str) -> None:
    for template in (
        "requires = [{}]",
        "requires = [\n    {},\n    {}\n]",
        "variants = [[{}], [{}]]",
    ):
        plain = template.replace("{}", f"'{text}'") + FAR_FROM_THE_END
        joined = template.replace("{}", f"'' '{text}'") + FAR_FROM_THE_END
        assert fields(plain) == fields(joined)


@settings(max_examples=300, deadline=None)
@given(WRITTEN, st.sampled_from(["name", "version"]))
@example("__pycache__", "name")
@example("a.b", "name")
@example("1..2", "version")
@example(".1", "version")
@example("1.", "version")
@example("1-2", "version")
@example("", "version")
def test_a_name_and_a_version_are_the_same_in_one_piece_and_in_two(text: str, field: str) -> None:
    plain = f"{field} = '{text}'\n{FAR_FROM_THE_END}"
    joined = f"{field} = '' '{text}'\n{FAR_FROM_THE_END}"
    assert fields(plain) == fields(joined)


@pytest.mark.parametrize("size", range(120))
def test_how_near_the_end_is_does_not_matter(size: int) -> None:
    source = (
        "name = 'foo'\nversion = '1.2'\n"
        "requires = ['a-1+<2', '~b',\n  'c-1.2'\n]\nvariants = [['d']]"
    )
    expected = ("foo", "1.2", ["a-1+<2", "~b", "c-1.2"], [["d"]])
    assert fields(source + "\n" * size) == expected
    assert fields("\n" * size + source) == expected


@pytest.mark.parametrize(
    "between",
    [
        ",",
        ", ",
        ",\n",
        " ,\n    ",
        "\n    ,\n\t",
        ",  ",
        ", # it's\n",
        ",\\\n",
        ",\n" + " " * 20,
        ",\n\n  ",
    ],
)
def test_what_stands_between_requests_does_not_matter(between: str) -> None:
    found = fields(f"requires = ['a-1'{between}'b'{between}'c-2+'{between}]{FAR_FROM_THE_END}")
    assert found == (None, None, ["a-1", "b", "c-2+"], None)


def test_no_comma_joins_two_strings() -> None:
    assert fields(f"requires = ['a-1'\n'b', 'c']{FAR_FROM_THE_END}") == (
        None,
        None,
        ["a-1b", "c"],
        None,
    )


def test_very_many_requests_and_variants() -> None:
    requests = [f"family_{number}-{number}.1" for number in range(5000)]
    variants = [[f"v-{number}", "w"] for number in range(3000)]
    found = fields(f"requires = {requests}\nvariants = {variants}\nname = 'foo'\n")
    assert found == ("foo", None, requests, variants)


def test_the_last_of_two_assignments_counts() -> None:
    source = (
        "requires = ['a']\nvariants = [['b'], ['c']]\nrequires = ['d', 'e']\nvariants = [['f']]\n"
    )
    assert fields(source) == (None, None, ["d", "e"], [["f"]])
    assert fields("name = 'a'\nname = 'b'\nvariants = [['c']]\nvariants = []\n") == (
        "b",
        None,
        None,
        [],
    )


# ---- bodies of functions ------------------------------------------------------------------------

# code that stands in one line, or starts in one, and leaves nothing open
WHOLE = [
    "'a'",
    '"it\'s (all"',
    "''",
    '""',
    "'\\''",
    "'\\\\'",
    "'a\\\nb'",
    "'''a\n'b' (\n'''",
    '"""\nname = "no"\n"""',
    "'''a\\'''b'''",
    "(1,\n2)",
    "{'a': [(1,\n)]}",
    "a[b(c[1])]",
    "1  # it's (",
    "\\\n1",
    'f"{a}"',
    "rb'\\'(' + f'{{' + fr'{a!r:>{b}}'",
    "u'('",
    "1 % 2 & 3 | 4",
    "'" + "x" * 200 + "'",
    "1 #" + "x" * 200,
    "'é(' + \"ü'\"",
    "f'{a.b}/{c.d}' + f\"{a}-{b}\" + f''",
    "f'" + "{a}/b" * 30 + "'",
    "r'{' + r'}' + r'{a}', not'a'",
    "'' '', \"\" '''''' \"\"\"\"\"\"",
    "'''it\\\\\n''' + '''" + "x" * 80 + "\\''''",
    "1\n\n    \n  \n" + " " * 30 + "\n    (2)",
]
# code that leaves something open or closes what is not open
BROKEN = [
    "'a",
    '"a',
    "(",
    "[",
    "{",
    ")",
    "]",
    "}",
    "(]",
    "[}",
    "{)",
    "'''a",
    '"""a"',
    "\\ ",
    "'a\\",
    "not) 1)",
    "str) {a})",
    "f'{a}{'",
]


@pytest.mark.parametrize("code", WHOLE)
def test_whole_code_is_skipped_wherever_it_stands(code: str, judge: Judge) -> None:
    for size in range(140):
        source = f"def commands():\n    {'x' * size}y = {code}\n\n    pass\nname = 'foo'\n"
        assert judge(source.encode())["name"] == "foo"
        assert fields(source) == ("foo", None, None, None), source


@pytest.mark.parametrize("code", BROKEN)
def test_broken_code_is_refused_wherever_it_stands(code: str) -> None:
    for size in range(140):
        source = f"def commands():\n    {'x' * size}y = {code}\nname = 'foo'\n"
        with pytest.raises(SyntaxError):
            compile(source, "package.py", "exec")
        assert isinstance(scan(source), Refused), source
        assert isinstance(scan(source + "# " + "x" * 200 + "\n"), Refused)


@pytest.mark.parametrize("size", range(140))
def test_a_body_may_end_the_file(size: int) -> None:
    for end in ("", "\n", "\n\n", "\n    ", "\n# it's", "\n    # (", " # '"):
        assert fields(f"name = 'foo'\ndef f():\n    {'x' * size}(){end}") == (
            "foo",
            None,
            None,
            None,
        )


@pytest.mark.parametrize(
    "blanks", ["    ", " ", "\t", " " * 15, " " * 16, " " * 17, " " * 40, "\t  "]
)
def test_any_indentation(blanks: str, judge: Judge) -> None:
    source = (
        f"def f():\n{blanks}if a:\n{blanks}{blanks}b\n\n{blanks}# c\n#d\n{blanks}c\n"
        + "name = 'foo'\n"
    )
    assert judge(source.encode())["name"] == "foo"
    assert fields(source) == ("foo", None, None, None)
    if len(blanks) > 1:
        assert fields(source.replace(f"{blanks}c\n", f"{blanks[1:]}c\n")) == "indentation"


@pytest.mark.parametrize(("depth", "accepted"), [(1, True), (99, True), (100, True), (101, False)])
def test_brackets_in_brackets(depth: int, accepted: bool) -> None:
    found = scan(f"def f():\n    {'(' * depth}{')' * depth}\n")
    assert bool(found) == accepted
    assert accepted or (isinstance(found, Refused) and found.reason == "nesting")


TOKENS = st.sampled_from(
    [
        *("'", '"', "'''", '"""', "\\", "\n", "\n    ", "\n        ", "(", ")", "[", "]", "{", "}"),
        *(
            "#",
            " ",
            "f'",
            'r"',
            "x",
            "= 1",
            "{a}",
            "pass",
            "if x:",
            "%",
            "&",
            "|",
            "\t",
            "é",
            "x" * 61,
        ),
    ]
)


@settings(max_examples=3000, deadline=None)
@given(st.lists(TOKENS, max_size=30), st.booleans())
def test_what_follows_a_body_is_seen_as_python_sees_it(tokens: list[str], named: bool) -> None:
    source = f"def f():\n    {''.join(tokens)}\n" + "name = 'foo'\n" * named
    found = scan(source)
    try:
        names: dict[str, Any] = {}
        exec(compile(source, "package.py", "exec", dont_inherit=True), names)
    except (SyntaxError, ValueError, NameError, TypeError):
        return  # a body that does not compile may be accepted
    if isinstance(found, Scanned):
        assert found.name == names.get("name")
    else:
        # for its prefixes, its joined lines or what stands at the margin
        assert found.reason in (
            "string",
            "syntax",
            "indentation",
            "statement",
            "assignment",
            "branch",
        )


TEXT = st.lists(
    st.sampled_from(
        [*("{", "}", "{{", "}}", "'", '"', "\\", "\\'", "#", "(", ")", "a", "!r", ":", "=", "{a}")]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["", "f", "r", "fr", "Rf", "b", "t"]), st.sampled_from("'\""), TEXT)
@example("f", "'", "{a['b']}")
@example("f", '"', "{a['b']}{{}}")
@example("f", '"', "{a:{b}}")
@example("f", '"', "{'}'}")
@example("f", "'", "{a}}}")
@example("f", "'", "{a#}")
def test_where_a_string_stands_does_not_matter(prefix: str, quote: str, text: str) -> None:
    sources = (
        f"def f():\n {'x' * size} = {prefix}{quote}{text}{quote}, {quote}{quote}\nname = 'foo'\n"
        for size in range(1, 66)
    )
    found = [fields(source) for source in sources]
    assert all(each == found[0] for each in found)

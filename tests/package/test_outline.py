"""What of a definition is read without Python's compiler: never anything but what Python gives."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rezfast.errors import PackageMetadataError
from rezfast.package import evaluate as evaluation
from rezfast.package.evaluate import evaluate
from rezfast.package.functions import SourceCode
from rezfast.package.outline import Outline, outline

EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "400"))


def outlined(text: str) -> Outline:
    """The outline of a definition that has one."""
    found = outline(text.encode(), "package.py")
    assert found is not None
    return found


def without_outline(text: str, directory: str | None = None) -> dict[str, Any]:
    """What running all of a definition gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "plain_attributes", lambda *given: None)
        patch.setattr(evaluation, "_outline", lambda source, path: None)
        return evaluate(text.encode(), "package.py", directory=directory)


def plain(value: Any) -> Any:
    """A value in a form that tells everything about functions."""
    if isinstance(value, SourceCode):
        return (
            *(value.name, value.funcname, value.path, value.late, value.decorators),
            *(value.eval_as_function, value.line, value.source),
            *(value.first_line, value.unchecked_source),
        )
    if isinstance(value, dict):
        return [(name, plain(item)) for name, item in value.items()]
    if isinstance(value, FunctionType):
        return value.__qualname__, value.__code__.co_firstlineno
    return value


def assert_same(text: str) -> None:
    """Fails unless a definition gives the same whether or not it is outlined."""
    try:
        expected: Any = plain(without_outline(text))
    except PackageMetadataError as error:
        if "is not valid Python" in str(error):
            return  # what is wrong with a body shows when it is needed
        expected = str(error)
    try:
        found: Any = plain(evaluate(text.encode(), "package.py"))
    except PackageMetadataError as error:
        found = str(error)
    assert found == expected


def assert_same_in_a_build(text: str) -> None:
    """As `assert_same`; what does not compile is told at once."""
    try:
        expected: Any = plain(without_outline(text, os.curdir))
    except PackageMetadataError as error:
        expected = str(error)
    try:
        found: Any = plain(evaluate(text.encode(), "package.py", directory=os.curdir))
    except PackageMetadataError as error:
        found = str(error)
    assert found == expected


# ---- literals ----------------------------------------------------------------------------------


def test_a_definition_of_literals_and_commands_is_not_compiled() -> None:
    found = outlined(
        "# -*- coding: utf-8 -*-\n\n"
        "name = 'foo'  # the name\n"
        'description = """Two\nlines."""\n'
        "timestamp = 1600130028\n"
        "hashed_variants = True\n"
        "requires = [\n    'bar-1',  # it's 'old'\n    \"baz[#]\",\n]\n"
        "variants = [['a', 'b'], [], ['c'],]\n\n"
        "def commands():\n"
        "    env.X = 1\n\n"
        "# at the edge\n"
        "    # and not\n"
        "    env.Y = 2\n"
        "tools = []"
    )
    assert found.code is None
    code = found.names.pop("commands")
    assert code.source == "env.X = 1\n\n# at the edge\n# and not\nenv.Y = 2"
    assert found.names == {
        "name": "foo",
        "description": "Two\nlines.",
        "timestamp": 1600130028,
        "hashed_variants": True,
        "requires": ["bar-1", "baz[#]"],
        "variants": [["a", "b"], [], ["c"]],
        "tools": [],
    }


def test_literals_before_other_code_are_there_for_it() -> None:
    text = "name = 'foo'\nversion = '1'\nversion += '.2'\ntools = [name]\n"
    assert outlined(text).names == {"name": "foo", "version": "1"}
    assert evaluate(text.encode(), "package.py") == {
        "name": "foo",
        "version": "1.2",
        "tools": ["foo"],
    }


def test_values_are_not_shared_between_two_readings() -> None:
    text = b"requires = ['a']\nvariants = [['b']]\n"
    first = evaluate(text, "package.py")
    first["requires"].append("x")
    first["variants"][0].append("x")
    assert evaluate(text, "package.py") == {"requires": ["a"], "variants": [["b"]]}


@pytest.mark.parametrize(
    "text",
    [
        "name = 'foo' 'bar'\n",
        "name = 'foo'.upper()\n",
        "name = f'foo'\n",
        "name = 'fo\\x6f'\n",
        "name = 'foo' \\\n  'bar'\n",
        "name = 'a'; version = '1'\n",
        "timestamp = 0x10\n",
        "requires = ['a' 'b']\n",
        "requires = ['a', 'b'][:1]\n",
        "requires = ['a', *['b']]\n",
        "tools = ['a']\n['b']\n",
        "scope = 'a'\nname = 'b'\n",
        "name = 'é'\n",
        "name = '\N{LINE SEPARATOR}'\n",
        "name = 'a'\r\nversion = '1'\r\n",
        "name = 'a'\rversion = '1'\r",
        "name = 'a'\n\fversion = '1'\n",
        "from __future__ import annotations\nname = 'a'\n",
        "__secret = 'a'\nname = 'b'\n",
        "__version = '1'\nversion = __version + '.2'\n",
        "name = 'a'\nname = 'b'\n",
        "commands = 'env.X = 1'\n",
        "'''text'''\nname = 'a'\n",
        "",
        "\n\n",
        "   # only a comment",
    ],
)
def test_what_is_no_plain_literal_is_left_to_python(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize(
    "text", ["for = 'a'\n", "None = 'a'\n", "__debug__ = 'a'\n", "name = 'a\n", "  name = 'a'\n"]
)
def test_what_is_no_python_is_an_error(text: str) -> None:
    with pytest.raises(PackageMetadataError, match="is not valid Python"):
        evaluate(text.encode(), "package.py")


def test_the_encoding_that_a_definition_names_counts() -> None:
    source = "# coding: latin-1\nname = 'é'\n".encode("latin-1")
    assert evaluate(source, "package.py") == {"name": "é"}
    source = b"#!/usr/bin/env python\n# vim: set fileencoding=latin-1 :\nname = '\xe9'\n"
    assert evaluate(source, "package.py") == {"name": "é"}
    source = b"name = 'a'\n\n# coding: latin-1\n"
    assert evaluate(source, "package.py") == {"name": "a"}


def test_a_definition_that_changes_is_read_anew() -> None:
    for version in ("1", "2", "1"):
        text = f"name = 'a'\nversion = str({version})\nx = [version]\n".encode()
        for _ in range(2):
            found = evaluate(text, "package.py")
            assert found == {"name": "a", "version": version, "x": [version]}
            found["x"].append("more")


def test_a_very_long_definition() -> None:
    lines = "".join(f"x{number} = '{'y' * 60}'\n" for number in range(2000))
    found = evaluate(f"{lines}z = len(x7)\n".encode(), "package.py")
    assert (len(found), found["z"]) == (2001, 60)


# ---- functions ---------------------------------------------------------------------------------


def test_functions_that_are_kept_as_text_are_left_out_of_the_code() -> None:
    found = outlined(
        "import os\n"
        "@late()\n"
        "def tools():\n"
        "    return [os.name]\n\n"
        "@include('utils', \"more\")\n"
        "def commands() -> None:\n"
        "    env.X = 1\n"
        "version = '1'\n"
    )
    assert found.code is not None
    assert "env.X" not in found.code and "os.name" not in found.code
    assert found.code.splitlines()[8] == "version = '1'"
    assert found.functions["tools"].decorators == (("late", ()),)
    assert found.functions["commands"].decorators == (("include", ("utils", "more")),)
    assert [code.line for code in found.functions.values()] == [2, 6]


@pytest.mark.parametrize(
    "rest",
    [
        # something looks at the function, or may
        "x = commands()\n",
        "name = commands.__name__\n",
        "names = sorted(globals())\n",
        "value = eval('comm' + 'ands')\n",
        "@early()\ndef x():\n    return this.commands.__name__\n",
        "@early()\ndef x():\n    return getattr(this, 'comm' + 'ands').__name__\n",
        "@early()\ndef x(data):\n    return [type(v).__name__ for v in data.values()]\n",
        # it is not the last word
        "commands = 'env.Y = 1'\n",
        "del commands\n",
        "def commands():\n    env.Z = 1\n",
        # the function does not end where it seems to
        'def post_commands():\n    x = """\nname = "a"\n"""\n',
        "def post_commands():\n    x = 1 + \\\n2\n",
        "def post_commands():\n    x = dict(\nname = 'a'\n    )\n",
        "def post_commands():\n    x = (\n# )\n1)\nname = 'b'\n",
        # it is something else
        "@early()\ndef post_commands():\n    return 'a'\n",
        "@early()\n\n# why\n\ndef post_commands():\n    return 'a'\n",
        "def mark(*a):\n    return lambda f: f\n@mark(\n  1)\ndef post_commands():\n    pass\n",
        "def mark(f):\n    return 'a'\n@mark\n@late()\ndef tools():\n    return []\n",
        "@late()\ndef post_commands():\n    pass\n",
        "def post_commands(x=1):\n    pass\n",
        "def post_commands(): env.X = 1\n",
        "def tools():\n    return []\n",
        "def preprocess(this, data):\n    pass\n",
        "if True:\n    def post_commands():\n        pass\n",
        "x = 1\ndef post_commands():\n\n  # odd indent\n  y = 2\n\n# after\n\n# end",
    ],
)
def test_a_function_that_may_be_looked_at_stays(rest: str) -> None:
    assert_same(f"import os\ndef commands():\n    env.X = 1\n{rest}")
    assert_same(f"{rest}\ndef commands():\n    env.X = 1\n")


def test_a_body_that_does_not_compile_is_an_error_when_it_is_needed() -> None:
    text = "name = 'a'\n\ndef commands():\n    env.X = 1\n    return = 2\n"
    code = evaluate(text.encode(), "package.py")["commands"]
    for need in (lambda: code.source, code.check, lambda: code.to_text("commands")):
        with pytest.raises(PackageMetadataError, match="is not valid Python") as caught:
            need()
        assert caught.value.line == 5


def test_a_body_that_does_not_compile_is_an_error_of_a_build() -> None:
    text = b"name = 'a'\n\ndef commands():\n    return = 2\n"
    with pytest.raises(PackageMetadataError, match="is not valid Python"):
        evaluate(text, "package.py", directory=os.curdir)


@pytest.mark.parametrize(
    "text",
    [
        # the first is never bound, and does not compile all the same
        "def commands():\n    return = 2\ndef commands():\n    return\n",
        "x = 1 + 1\ndef commands():\n    return = 2\ndef commands():\n    return\n",
        # without the function this would be a call
        "x = dict(\n\ndef commands():\n    return\n)\n",
        "x = 1 + 1\nif x:\n    y = 1\ndef commands():\n    pass\nelse:\n    y = 2\n",
        "@early()\ndef tools():\n    raise ValueError\ndef commands():\n    return = 2\n",
    ],
)
def test_a_build_tells_what_does_not_compile_before_it_runs_anything(text: str) -> None:
    with pytest.raises(PackageMetadataError, match="is not valid Python"):
        evaluate(text.encode(), "package.py", directory=os.curdir)
    assert_same_in_a_build(text)


def test_early_functions_of_a_build_read_files_beside_the_definition(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("1.2")
    text = (
        "name = 'a'\n\n@early()\ndef version():\n"
        "    with open('VERSION') as file:\n        return file.read()\n\n"
        "def commands():\n    env.X = 1\n"
    )
    assert outlined(text).is_harmless
    data = evaluate(text.encode(), str(tmp_path / "package.py"), directory=str(tmp_path))
    assert data["version"] == "1.2"
    assert data["commands"].source == "env.X = 1"


def test_code_that_was_misjudged_is_contained_like_any_other(tmp_path: Path) -> None:
    # the first function seems to end before `name`, and what is left of it is no code
    text = (
        "x = 1 + 1\ndef commands():\n    y = dict(\nname = 'a'\n    )\n"
        "import sys\nsys.recursed = 1\n"
    )
    assert evaluate(text.encode(), str(tmp_path / "package.py"))["x"] == 2
    assert not hasattr(sys, "recursed")


def test_code_that_reaches_for_the_process_is_not_harmless() -> None:
    assert outlined("x = 1 + 1\n@late()\ndef tools():\n    import os\n    return []\n").is_harmless
    for code in ("import os", "print(1)", "x = eval('1')", "x = __builtins__", "quit()"):
        assert not outlined(f"y = 1 + 1\n{code}\n").is_harmless


# ---- generated ---------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    ["name", "version", "tools", "commands", "post_commands", "__x", "help", "requires", "y_1"]
)
_STRINGS = st.sampled_from(
    [
        "'a'",
        '"b"',
        "''",
        "'#'",
        "'[x]'",
        '"it\'s"',
        "'''c\nd'''",
        '"""e"""',
        "'a' 'b'",
        "'\\t'",
        "f'a'",
    ]
)
_ATOMS = st.one_of(_STRINGS, st.sampled_from(["1", "0", "-1", "01", "1.5", "True", "None", "name"]))
_GAPS = st.sampled_from(["", " ", "\n", "\n    ", "  # ] 'c'\n"])
_COMMENTS = st.sampled_from(["", "", "  # why", "  # it's [", ";", " \\"])


@st.composite
def _lists(draw: st.DrawFn, item: st.SearchStrategy[str] = _STRINGS) -> str:
    items = draw(st.lists(item, max_size=3))
    commas = [f"{draw(_GAPS)}{one}{draw(_GAPS)}," for one in items]
    text = "".join(commas)
    return f"[{text if draw(st.booleans()) else text[:-1]}]"


_VALUES = st.one_of(_ATOMS, _lists(), _lists(_lists()))
_LINES = st.sampled_from(
    [
        "    x = 1\n",
        "\n",
        "# edge\n",
        "    # in\n",
        "  y\n",
        "    x = (\n",
        "    )\n",
        ")\n",
        "    '''\n",
    ]
)


@st.composite
def _functions(draw: st.DrawFn) -> str:
    decorators = draw(
        st.lists(
            st.sampled_from(["@late()\n", "@early()\n", "@include('a')\n", "# c\n"]), max_size=2
        )
    )
    name = draw(_WORDS)
    head = draw(st.sampled_from(["():\n", "():  # c\n", "() -> None:\n", "(this):\n", "(): "]))
    body = "".join(draw(st.lists(_LINES, min_size=1, max_size=4)))
    return "".join(decorators) + f"def {name}{head}{body}"


@st.composite
def _definitions(draw: st.DrawFn) -> str:
    assigned = st.builds("{} = {}{}\n".format, _WORDS, _VALUES, _COMMENTS)
    others = st.sampled_from(
        [
            "import os\n",
            "x = name\n",
            "if 1:\n    z = 1\n",
            "\n",
            "# c\n",
            "name += 'a'\n",
            "c = 3\n",
        ]
    )
    text = "".join(draw(st.lists(st.one_of(assigned, _functions(), others), max_size=7)))
    return text if draw(st.booleans()) else text[:-1]


@settings(max_examples=EXAMPLES, deadline=None)
@given(_definitions())
def test_generated_definitions_give_the_same(text: str) -> None:
    assert_same(text)
    assert_same_in_a_build(text)


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "    env.X = 1",
                "    if x:",
                "        y()",
                "  # deep",
                "    # note",
                "      # deeper",
            ),
            *(
                "# edge",
                "",
                "  ",
                "\t",
                "\tz = 1",
                "    call(",
                "    )",
                "  b)",
                "    x = '#'  # why",
            ),
            *("    # note  ", "    'text'", "    pass;", "     odd"),
        ]
    ),
    min_size=1,
    max_size=8,
)
HEADS = st.sampled_from(
    ["def commands():", "def commands( ):  # why", "@late()\ndef tools():", "def pre_commands() :"]
)


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(head=HEADS, lines=LINES, last=st.sampled_from(["", "\n", "\nx = 1\n", "\n# end\n"]))
def test_the_text_of_a_body_is_what_tokenizing_finds(
    head: str, lines: list[str], last: str
) -> None:
    assert_same(f"name = 'foo'\n{head}\n" + "\n".join(lines) + last)

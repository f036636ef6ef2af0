"""Functions that a definition keeps for later: their text, and how they are run."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rezfast.errors import PackageMetadataError
from rezfast.package.containment import contained
from rezfast.package.definition import load_data
from rezfast.package.functions import SourceCode

Write = Callable[..., str]


def code(write: Write, text: str, name: str = "commands") -> SourceCode:
    """The function of a definition with this text."""
    found: SourceCode = load_data(write(text))[name]
    return found


# ---- the text ----------------------------------------------------------------------------------


def test_the_body_is_kept_without_indentation_and_blank_end(write: Write) -> None:
    found = code(write, 'def commands():\n      env.A = "a"\n\n      if 1:\n          stop()\n\n\n')
    assert found.source == 'env.A = "a"\n\nif 1:\n    stop()'
    assert (found.name, found.funcname, found.line) == ("commands", "commands", 1)
    assert str(found) == found.source


def test_the_text_is_that_of_the_moment_of_reading(write: Write) -> None:
    path = write("def commands():\n    env.A = 1\n")
    found = load_data(path)["commands"]
    Path(path).write_text("something else")
    assert found.source == "env.A = 1"


def test_comments_at_the_left_edge_belong_to_the_line_after_them(write: Write) -> None:
    found = code(write, "def commands():\n    a = 1\n# why\n# and how\n    b = 2\n")
    assert found.source == "a = 1\n# why\n# and how\nb = 2"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("def commands(): env.A = 1; env.B = 2\n", "env.A = 1; env.B = 2"),
        ("def commands(\n    this=None,\n):\n    env.A = 1\n", "env.A = 1"),
        ("def commands() -> dict[str, int]:  # note\n    env.A = 1\n", "env.A = 1"),
        ("mark = lambda f: f\n@mark\ndef commands():\n    env.A = 1\n", "env.A = 1"),
        ("@include('a',\n    'b')\ndef commands():\n    env.A = 1\n", "env.A = 1"),
    ],
)
def test_whatever_the_head_looks_like(write: Write, text: str, body: str) -> None:
    assert code(write, text).source == body


def test_the_text_of_a_lambda_is_not_known(write: Write) -> None:
    found = code(write, "tools = late()(lambda: [])\n", "tools")
    assert found.run({}, "") == []
    with pytest.raises(PackageMetadataError, match=r"package.py:1: .* write it as a function"):
        _ = found.source


def test_a_function_from_a_shared_module(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared_commands_x.py").write_text("def commands():\n    env.SHARED = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = code(write, "from shared_commands_x import commands\n")
    assert found.source == "env.SHARED = 1"


def test_decorators_that_matter_later_are_written_again(write: Write) -> None:
    text = "@include('a', 'b')\n@late()\ndef tools():\n    return a.tools\n"
    found = code(write, text, "tools")
    assert found.late
    assert found.includes == frozenset(("a", "b"))
    assert found.to_text("tools") + "\n" == text
    plain = code(write, "def commands():\n    pass\n")
    assert (plain.late, plain.includes) == (False, None)


@pytest.mark.parametrize("text", ["", "# nothing to do"])
def test_a_text_without_a_statement_is_written_as_a_function_all_the_same(text: str) -> None:
    written = SourceCode.from_text(text, "commands", "package.yaml").to_text("commands")
    names: dict[str, Any] = {}
    exec(written, names)
    assert names["commands"]() is None


# ---- copies ------------------------------------------------------------------------------------


def test_copies_and_pickles_are_equal_and_run_the_same(write: Write) -> None:
    found = code(write, "x = 0\n@late()\ndef tools():\n    return [this]\n", "tools")
    for other in (
        found.copy(),
        copy.deepcopy({"a": found})["a"],
        pickle.loads(pickle.dumps(found)),
    ):
        assert other == found
        assert other.late
        assert other.run({"this": "me"}, "") == ["me"]
    assert found != SourceCode.from_text("return []", "tools", "")
    assert found != found.source


# ---- running -----------------------------------------------------------------------------------


def test_commands_leave_their_names_behind(write: Write) -> None:
    found = code(write, "def commands():\n    folder = root + '/bin'\n")
    assert found.evaluated_code == "if True:\n    folder = root + '/bin'"
    namespace: dict[str, Any] = {"root": "/r"}
    assert found.execute(namespace, "") is None
    assert namespace["folder"] == "/r/bin"


def test_late_functions_run_as_functions(write: Write) -> None:
    found = code(write, "@late()\ndef tools():\n    inner = [this]\n    return inner\n", "tools")
    assert found.evaluated_code == (
        "def tools():\n    inner = [this]\n    return inner\n_result = tools()"
    )
    namespace: dict[str, Any] = {"this": 1}
    assert found.execute(namespace, "") == [1]
    assert "inner" not in namespace


def test_a_text_runs_as_a_function_of_no_name() -> None:
    found = SourceCode.from_text("x = 1\nreturn x + y\n\n", "commands", "package.yaml")
    assert found.evaluated_code.startswith("def _unnamed():\n    x = 1")
    assert found.run({"y": 2}, "") == 3


def test_texts_of_several_lines_are_what_rez_makes_of_them(write: Write) -> None:
    # taken out of the function and put into one again, they are indented by four
    found = code(write, '@late()\ndef help():\n        return """a\n        b"""\n', "help")
    assert found.run({}, "") == "a\n    b"


def test_included_modules(write: Write, tmp_path: Path) -> None:
    modules = tmp_path / ".rez" / "include"
    modules.mkdir(parents=True)
    (modules / "shared.py").write_text("VALUE = 5\n")
    found = code(write, "@include('shared')\ndef commands():\n    x = shared.VALUE\n")
    namespace: dict[str, Any] = {}
    found.execute(namespace, str(tmp_path))
    assert namespace["x"] == 5
    found.execute(namespace, "", modules=str(modules))
    with pytest.raises(PackageMetadataError, match=r"package.py:2?.*@include\('shared'\)"):
        found.execute({}, str(tmp_path / "elsewhere"))


def test_an_error_names_file_and_line(write: Write) -> None:
    path = write("name = 'a'\n\ndef commands():\n    # first\n    x = 1\n    x / 0\n")
    found = load_data(path)["commands"]
    with pytest.raises(PackageMetadataError) as raised:
        contained(path, lambda: found.execute({}, ""))
    assert (raised.value.path, raised.value.line) == (path, 6)
    assert "ZeroDivisionError" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: a\ncommands: |\n  x = 1\n  x / 0\n", 4),
        ("name: a\ncommands: x = 1 / 0\n", 2),
        ("name: a\ncommands: |\n  x = 1\n  x = = 0\n", 4),
    ],
)
def test_an_error_in_a_text_names_its_line_in_the_definition(
    write: Write, text: str, line: int
) -> None:
    path = write(text, "package.yaml")
    found = SourceCode.from_text(load_data(path)["commands"], "commands", path)
    with pytest.raises(PackageMetadataError) as raised:
        contained(path, lambda: found.execute({}, ""))
    assert raised.value.line == line

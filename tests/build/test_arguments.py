"""parse_build_args.py: arguments that a package declares, and the variables they become."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import pytest

from rezfast.build.arguments import argument_variables, declare_arguments, declared_names


def parser_with(directory: Path, declarations: str) -> argparse.ArgumentParser:
    """A command line like that of a build, with what a source tree adds."""
    (directory / "parse_build_args.py").write_text(textwrap.dedent(declarations))
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", nargs="+", type=int)
    declare_arguments(parser, parser.add_argument_group("custom"), str(directory))
    return parser


def variables(directory: Path, declaration: str, *words: str) -> dict[str, str]:
    """The variables for one declared argument and a command line."""
    parser = parser_with(directory, f"parser.add_argument({declaration})\n")
    return argument_variables(vars(parser.parse_args(words)), declared_names(parser))


def test_a_source_tree_without_arguments(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    assert declare_arguments(parser, parser.add_argument_group("custom"), str(tmp_path)) == []
    assert declared_names(parser) == []
    assert argument_variables({"variants": None}, []) == {}


@pytest.mark.parametrize(
    ("declaration", "words", "exported"),
    [
        ("'--name'", ["--name", "x"], "x"),
        ("'--name'", [], "None"),
        ("'--name', default=''", [], "''"),
        ("'--name'", ["--name", "it's $HOME; rm *"], "'it'\"'\"'s $HOME; rm *'"),
        ("'--name', type=int", ["--name", "3"], "3"),
        ("'--name', type=float", ["--name", "-.5"], "-0.5"),
        ("'--name', choices=['a', 'b']", ["--name", "b"], "b"),
        ("'--name', action='store_true'", ["--name"], "1"),
        ("'--name', action='store_true'", [], "0"),
        ("'--name', action='store_false'", ["--name"], "0"),
        ("'--name', action='store_const', const=7", ["--name"], "7"),
        ("'--name', action='store_const', const=(1, 'a b')", ["--name"], "1 'a b'"),
        ("'--name', action='count'", ["--name", "--name"], "2"),
        ("'--name', action='append'", ["--name", "a", "--name", "b c"], "a 'b c'"),
        ("'--name', action='append'", [], "None"),
        ("'--name', action='append_const', const=True", ["--name", "--name"], "True True"),
        ("'--name', action='extend', nargs='+'", ["--name", "a", "b", "--name", "c"], "a b c"),
        ("'--name', action=__import__('argparse').BooleanOptionalAction", ["--no-name"], "0"),
        ("'--name', nargs=2", ["--name", "a", "$b"], "a '$b'"),
        ("'--name', nargs='?', const='c'", ["--name"], "c"),
        ("'--name', nargs='*'", ["--name"], ""),
        ("'name', nargs='*', default=[1, None]", [], "1 None"),
        ("'name'", ["x"], "x"),
        ("'-n', dest='name'", ["-n", "x"], "x"),
    ],
)
def test_every_kind_of_argument(
    tmp_path: Path, declaration: str, words: list[str], exported: str
) -> None:
    assert variables(tmp_path, declaration, *words) == {"__PARSE_ARG_NAME": exported}


def test_names_are_in_capitals(tmp_path: Path) -> None:
    assert variables(tmp_path, "'--with-docs', action='store_true'") == {
        "__PARSE_ARG_WITH_DOCS": "0"
    }


@pytest.mark.parametrize(
    "declaration",
    ["'--help2', action='help'", "'--version', action='version', version='1'"],
)
def test_arguments_without_a_value_are_not_exported(tmp_path: Path, declaration: str) -> None:
    assert set(variables(tmp_path, declaration).values()) <= {"None"}


def test_only_what_the_package_declares_is_exported(tmp_path: Path) -> None:
    parser = parser_with(tmp_path, "parser.add_argument('--a')\nparser.add_argument('--b')\n")
    values = vars(parser.parse_args(["--variants", "1", "--b", "x"]))
    assert declared_names(parser) == ["a", "b"]
    assert argument_variables(values, declared_names(parser)) == {
        "__PARSE_ARG_A": "None",
        "__PARSE_ARG_B": "x",
    }


def test_a_name_that_the_build_has_is_the_builds(tmp_path: Path) -> None:
    parser = parser_with(tmp_path, "parser.add_argument('--only', dest='variants')\n")
    assert declared_names(parser) == []


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("parser.add_argument('--a')\n1 / 0\n", ":2: ", "ZeroDivisionError"),
        ("parser.add_argument('--a')\nraise SystemExit(3)\n", ":2: ", "SystemExit: 3"),
        ("parser.add_argument('--a')\nimport no_such_module\n", ":2: ", "no_such_module"),
    ],
)
def test_a_file_that_fails_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, place: str, reason: str
) -> None:
    parser = parser_with(tmp_path, text)
    assert declared_names(parser) == ["a"]
    assert f"parse_build_args.py{place}" in caplog.text and reason in caplog.text


def test_a_file_that_is_no_python(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert declared_names(parser_with(tmp_path, "x = 1\ndef\n")) == []
    assert "parse_build_args.py:2: SyntaxError" in caplog.text

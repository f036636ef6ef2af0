"""A program that is started without a shell gets what bash gives it, or else bash starts it."""

from __future__ import annotations

import os
import shutil
import string
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rezfast.config import settings as configured
from rezfast.context import direct
from rezfast.errors import ProgramError
from rezfast.rex.executor import RexExecutor
from rezfast.rex.strings import expandable, literal
from rezfast.shell import create_shell

ENV = shutil.which("env") or ""

# ---- the variables ------------------------------------------------------------------------------

_KEYS = st.sampled_from(["A", "B", "LIST", "PATH", "REZ_X_ROOT", "PYTHONPATH"])
_TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            "/sw/bin",
            "${A}",
            "$B/x",
            "$A$B",
            "a${A}b",
            "$",
            "a $ b",
            "$$",
            "$1",
            "${A:-x}",
            "${}",
            "`id`",
            "$(id)",
            '"',
            "'",
            "\\",
            "\\$A",
            "\\\\",
            "~",
            "~/x",
            "a:~",
            "!x",
            "a\nb",
            "\t ",
            "*",
            "é",
            "{root}",
            "&",
            ";#",
        ]
    ),
    st.text(string.printable + "é…", max_size=8),
)
_VALUES = st.one_of(
    _TEXTS,
    _TEXTS.map(literal),
    st.tuples(_TEXTS, _TEXTS).map(lambda two: literal(two[0]).e(two[1])),
    st.tuples(_TEXTS, _TEXTS).map(lambda two: expandable(two[0]).l(two[1])),
)
_CALLS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["setenv", "appendenv", "prependenv"]), _KEYS, _VALUES),
        st.tuples(st.just("unsetenv"), _KEYS.filter(lambda key: key != "PATH"), st.none()),
    ),
    max_size=6,
)
_PARENTS = st.dictionaries(
    st.sampled_from(
        [
            *("A", "B", "LIST", "OLDPWD", "PWD", "SHLVL", "PS1", "PS2", "_", "REZ_ENV_PROMPT"),
            *("REZ_STORED_PROMPT_SH", "a-b", "LANG", "IFS", "UID", "BASH_ENV", "POSIXLY_CORRECT"),
        ]
    ),
    st.sampled_from(["", "x", "/", "/usr", "/nowhere", "3", "-1", "007", "1000", "a b", "${A}"]),
    max_size=4,
)


def _through_bash(calls: RexExecutor, parent: dict[str, str], place: str) -> dict[str, str]:
    """What a program gets that bash runs after these actions."""
    shell = calls.interpreter
    context = Path(place) / "context.sh"
    context.write_text(calls.get_output(), encoding="utf-8")
    process = shell.spawn_shell(  # type: ignore[attr-defined]
        str(context),
        place,
        command=f"{ENV} -0",
        env=parent,
        quiet=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    out, _ = process.communicate()
    pairs = (item.partition("=") for item in out.decode().split("\0") if item)
    return {name: value for name, _, value in pairs}


def _told(executor: RexExecutor, parent: dict[str, str]) -> dict[str, str] | None:
    return direct.environment(
        executor.actions,
        parent,
        configured().env_var_separators,
        direct.Prompt(">", configured().set_prompt, configured().prefix_prompt),
    )


@settings(max_examples=250, deadline=None)
@given(_CALLS, _PARENTS)
@example([], {})
@example([("setenv", "A", "${B}"), ("appendenv", "A", "x")], {"B": "y"})
@example([("setenv", "A", "x"), ("unsetenv", "A", None), ("appendenv", "A", "y")], {"A": "z"})
@example([("setenv", "A", ""), ("appendenv", "A", "~"), ("prependenv", "A", "~/x")], {})
@example([], {"PWD": "/usr", "OLDPWD": "/usr", "SHLVL": "3", "PS1": "mine", "_": "x"})
@example([], {"REZ_ENV_PROMPT": ">", "REZ_STORED_PROMPT_SH": "old"})
def test_the_variables_are_those_that_bash_gives(
    calls: list[tuple[str, str, object]], parent: dict[str, str]
) -> None:
    parent = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **parent}
    executor = RexExecutor(create_shell("bash"), parent_environ=parent)
    for name, key, value in calls:
        call = getattr(executor.manager, name)
        try:
            call(key) if value is None else call(key, value)
        except (LookupError, AttributeError, ValueError):
            return  # text with braces that cannot be formatted: commands that do so fail
    told = _told(executor, parent)
    if told is None:
        return
    with tempfile.TemporaryDirectory() as place:
        found = _through_bash(executor, parent, place)
    assert {**told, "_": ENV} == found


@pytest.mark.parametrize(
    "act",
    [
        lambda ex: ex.manager.alias("a", "b"),
        lambda ex: ex.manager.source("/x.sh"),
        lambda ex: ex.manager.command("true"),
        lambda ex: ex.manager.info("hello"),
        lambda ex: ex.manager.error("hello"),
        lambda ex: ex.manager.resetenv("A", "1"),
        lambda ex: ex.manager.setenv("A", "${B:-c}"),
        lambda ex: ex.manager.setenv("no-name", "1"),
        lambda ex: ex.manager.setenv("LC_ALL", "xx"),
        lambda ex: ex.manager.setenv("UID", "1"),
        lambda ex: ex.manager.setenv("BASH_ENV", "/x.sh"),
        lambda ex: ex.manager.setenv("PS1", "$"),
    ],
)
def test_bash_does_what_only_bash_can_do(act: Callable[[RexExecutor], None]) -> None:
    executor = RexExecutor(create_shell("bash"), parent_environ={})
    act(executor)
    assert _told(executor, {}) is None


@pytest.mark.parametrize(
    "parent",
    [{"BASH_ENV": "/x.sh"}, {"IFS": ":"}, {"POSIXLY_CORRECT": "1"}, {"SHLVL": "1000"}],
)
def test_bash_starts_where_it_takes_something_from_the_variables(parent: dict[str, str]) -> None:
    assert _told(RexExecutor(create_shell("bash"), parent_environ=parent), parent) is None


def test_exported_functions_reach_the_program() -> None:
    parent = {"BASH_FUNC_module%%": "() { :; }"}
    told = _told(RexExecutor(create_shell("bash"), parent_environ=parent), parent)
    assert told is not None
    assert told["BASH_FUNC_module%%"] == "() { :; }"


# ---- the command --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["maya", "-file", "a b.ma", "it's", ""], ["maya", "-file", "a b.ma", "it's", ""]),
        (["/sw/bin/maya"], ["/sw/bin/maya"]),
        (["true"], ["true"]),
        ("maya  -batch scene.ma", ["maya", "-batch", "scene.ma"]),
    ],
)
def test_a_plain_command_is_words(command: str | list[str], words: list[str]) -> None:
    assert direct.plain_words(command) == words


@pytest.mark.parametrize(
    "command",
    [
        ["echo", "hi"],
        ["cd", "/"],
        ["if"],
        ["maya", "$FILE"],
        ["maya", "`x`"],
        ["maya", "a\\b"],
        ["A=1", "maya"],
        [""],
        "",
        "maya && true",
        "maya *.ma",
        "maya ~",
        "maya 'a b'",
        "A=1 maya",
        "maya;",
        "maya # x",
        "maya\ntrue",
        "maya {a,b}",
    ],
)
def test_any_other_command_is_for_a_shell(command: str | list[str]) -> None:
    assert direct.plain_words(command) is None


_WORDS = st.lists(
    st.sampled_from(["a", "", " ", "*", "~", "'", '"', "!", "#", "a=b", "{a,b}", "é", "a\nb", "-n"])
    | st.text(string.printable, max_size=5),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(_WORDS)
def test_plain_words_are_what_bash_makes_of_the_command(words: list[str]) -> None:
    command = [shutil.which("printf") or "", "%s\\0".replace("\\0", "|"), *words]
    told = direct.plain_words(command)
    if told is None:
        return
    text = create_shell("bash").join(command)
    through_bash = subprocess.run(["bash", "-c", text], capture_output=True, check=True).stdout
    alone = subprocess.run(told, capture_output=True, check=True).stdout
    assert alone == through_bash


# ---- the program --------------------------------------------------------------------------------


def _file(path: Path, mode: int) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return str(path)


def test_the_first_file_on_the_path_that_can_be_run(tmp_path: Path) -> None:
    _file(tmp_path / "one" / "tool", 0o644)
    (tmp_path / "two" / "tool").mkdir(parents=True)
    found = _file(tmp_path / "three" / "tool", 0o755)
    path = ":".join(str(tmp_path / name) for name in ("none", "one", "two", "three"))
    assert direct.program("tool", {"PATH": path}) == found
    assert direct.program(found, {}) == found


@pytest.mark.parametrize("empty", ["", "/nowhere:", ":/nowhere"])
def test_an_empty_entry_of_the_path_is_the_current_directory(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file(tmp_path / "tool", 0o755)
    monkeypatch.chdir(tmp_path)
    assert direct.program("tool", {"PATH": empty}) == "./tool"


@pytest.mark.parametrize("function", ["tool", "command_not_found_handle"])
def test_a_function_comes_before_a_program(function: str) -> None:
    assert direct.program("tool", {f"BASH_FUNC_{function}%%": "() { :; }"}) is None


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="tool: there is no such program") as caught:
        direct.program("tool", {"PATH": str(tmp_path)})
    assert not caught.value.is_there
    with pytest.raises(ProgramError, match="no such file"):
        direct.program("/nowhere/tool", {})


def test_a_file_that_cannot_be_run(tmp_path: Path) -> None:
    _file(tmp_path / "tool", 0o644)
    with pytest.raises(ProgramError, match="not executable") as caught:
        direct.program("tool", {"PATH": str(tmp_path)})
    assert caught.value.is_there

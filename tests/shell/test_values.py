"""Values arrive in real shells as they were given, whatever they hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from shell.running import REAL_SHELLS, environment, hostile_values, run

from rezfast.rex.interpreter import OutputStyle
from rezfast.rex.strings import EscapedString, expandable, literal
from rezfast.shell import create_shell
from rezfast.shell.text import REFERENCE, SH_REFERENCE

VALUES = hostile_values()

# What the variables hold that values refer to.
HELD = "held `id` $(id) $X \"'!* \\\n two  blanks é%X%"

each_shell = pytest.mark.parametrize("name", REAL_SHELLS)


def test_there_are_many_of_them() -> None:
    assert len(VALUES) >= 200


@each_shell
@pytest.mark.parametrize("style", OutputStyle)
def test_literal_values_arrive_byte_for_byte(name: str, style: OutputStyle, tmp_path: Path) -> None:
    shell = create_shell(name)
    for number, value in enumerate(VALUES):
        shell.setenv(f"V{number}", literal(value))
    found = environment(shell, tmp_path, style=style)
    assert [found.get(f"V{number}") for number in range(len(VALUES))] == VALUES


@each_shell
def test_of_expandable_values_references_are_expanded_and_nothing_else_is(
    name: str, tmp_path: Path
) -> None:
    values = [
        value
        for value in VALUES
        if all(REFERENCE.fullmatch(found[0]) for found in SH_REFERENCE.finditer(value))
        # a variable that shells set themselves
        and "$_" not in value
    ]
    assert len(values) >= 200 and sum("$X" in value for value in values) > 10
    shell = create_shell(name)
    shell.setenv("X", literal(HELD))
    names = {"X"}
    for number, value in enumerate(values):
        for reference in REFERENCE.finditer(value):
            referred = reference[1] or reference[2]
            if referred not in names:
                names.add(referred)
                shell.setenv(referred, literal(HELD))
        shell.setenv(f"V{number}", value)
    found = environment(shell, tmp_path)
    wanted = [REFERENCE.sub(lambda _: HELD, os.path.expanduser(value)) for value in values]
    arrived = [found.get(f"V{number}") for number in range(len(values))]
    assert [pair for pair in zip(values, arrived, wanted, strict=True) if pair[1] != pair[2]] == []


@each_shell
def test_parts_of_both_kinds_make_one_value(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.setenv("X", literal(HELD))
    shell.setenv("A", literal("$X ").e("${X}").l("'!"))
    shell.setenv("B", expandable("$X").l("[1]:h").e("é"))
    shell.setenv("C", EscapedString.join(":", ["$X", literal("$X"), "b"]))
    found = environment(shell, tmp_path)
    assert found["A"] == f"$X {HELD}'!"
    assert found["B"] == f"{HELD}[1]:hé"
    assert found["C"] == f"{HELD}:$X:b"


@each_shell
def test_a_variable_that_is_not_there_is_nothing(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.setenv("A", "$NOWHERE/a:${NOWHERE}")
    shell.setenv("B", "$A")
    shell.unsetenv("A")
    shell.setenv("C", "$A/c")
    found = environment(shell, tmp_path)
    assert (found["B"], found["C"]) == ("/a:", "/c")
    shell.info("see $NOT_YET")
    shell.error("see $NOT_YET_EITHER")
    shell.info("the end")
    assert run(name, shell.get_output(), tmp_path).stdout == "see \nthe end\n"


@each_shell
def test_a_name_after_a_reference_belongs_to_it_only_without_braces(
    name: str, tmp_path: Path
) -> None:
    shell = create_shell(name)
    shell.setenv("X", "x")
    shell.setenv("X1", "one")
    shell.setenv("A", "${X}1 $X1 $X-1 $X[1] ${X}[1] $X:h ${X}:h")
    assert environment(shell, tmp_path)["A"] == "x1 one x-1 x[1] x[1] x:h x:h"


@each_shell
def test_a_variable_grows_at_both_ends(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    token = shell.get_key_token("GROWS")
    shell.setenv("GROWS", literal(HELD))
    shell.setenv("GROWS", EscapedString.join(":", ["before", token]))
    shell.setenv("GROWS", EscapedString.join(":", [token, "after"]))
    assert environment(shell, tmp_path)["GROWS"] == f"before:{HELD}:after"


@each_shell
def test_path_like_variables_are_no_exception(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    entries = ["/a b", "/it's", '/"quoted"', "/$(id)", "/`id`", "/!x", "/é", "/back\\slash"]
    for variable in ("PYTHONPATH", "LD_LIBRARY_PATH", "MY_PATH"):
        shell.setenv(variable, "/first")
        for entry in entries:
            token = shell.get_key_token(variable)
            shell.setenv(variable, EscapedString.join(":", [token, literal(entry)]))
    found = environment(shell, tmp_path)
    for variable in ("PYTHONPATH", "LD_LIBRARY_PATH", "MY_PATH"):
        assert found[variable] == ":".join(["/first", *entries])


@each_shell
def test_bytes_that_are_no_text_arrive(name: str, tmp_path: Path) -> None:
    value = os.fsdecode(b"caf\xe9 \xff\xfe")
    shell = create_shell(name)
    shell.setenv("A", literal(value))
    assert environment(shell, tmp_path)["A"] == value


@each_shell
def test_unset_and_reset(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.setenv("GONE", "1")
    shell.unsetenv("GONE")
    shell.unsetenv("NEVER_THERE")
    shell.setenv("AGAIN", "1")
    shell.resetenv("AGAIN", literal("it's $new"), friends=["OTHER"])
    found = environment(shell, tmp_path, {"OTHER": "stays"})
    assert "GONE" not in found and found["AGAIN"] == "it's $new" and found["OTHER"] == "stays"


@each_shell
def test_a_variable_that_may_not_be_there_can_be_made_safe_to_refer_to(
    name: str, tmp_path: Path
) -> None:
    shell = create_shell(name)
    shell._saferefenv("PERHAPS")
    shell.setenv("A", "<${PERHAPS}>")
    assert environment(shell, tmp_path)["A"] == "<>"

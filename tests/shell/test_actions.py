"""What actions other than setting variables do in real shells."""

from __future__ import annotations

from pathlib import Path

import pytest
from shell.running import REAL_SHELLS, environment, hostile_values, run

from rezfast.errors import RexError
from rezfast.rex.strings import EscapedString, literal
from rezfast.shell import create_shell

each_shell = pytest.mark.parametrize("name", REAL_SHELLS)

LINES = hostile_values()

HELD = "a\\nb $(id) `id` \"'! -n"


@each_shell
def test_info_writes_any_text_on_stdout(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    for line in LINES:
        shell.info(literal(line))
    done = run(name, shell.get_output(), tmp_path)
    assert done.stdout == "".join([f"{line}\n" for line in LINES])
    assert (done.stderr, done.returncode) == ("", 0)


@each_shell
def test_error_writes_any_text_on_stderr_and_nowhere_else(name: str, tmp_path: Path) -> None:
    lines = LINES[::6]
    shell = create_shell(name)
    for line in lines:
        shell.error(literal(line))
    done = run(name, shell.get_output(), tmp_path)
    assert done.stderr == "".join([f"{line}\n" for line in lines])
    assert done.stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", f"script.{name}"]


@each_shell
def test_what_variables_hold_is_written_as_it_is(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.setenv("X", literal(HELD))
    shell.info("$X|${X}")
    shell.error("<${X}>")
    done = run(name, shell.get_output(), tmp_path)
    assert (done.stdout, done.stderr) == (f"{HELD}|{HELD}\n", f"<{HELD}>\n")


@each_shell
def test_comments_do_nothing(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    for line in LINES:
        shell.comment(line)
        shell.comment(f"{line}; touch made `touch made` $(touch made)")
    shell.setenv("AFTER", "1")
    assert environment(shell, tmp_path)["AFTER"] == "1"
    assert not (tmp_path / "made").exists()


@each_shell
def test_a_command_is_taken_as_it_is(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.command("printf '%s\\n' a 'b c' | tr a-z A-Z")
    assert run(name, shell.get_output(), tmp_path).stdout == "A\nB C\n"


@each_shell
def test_arguments_of_a_command_given_as_a_list_arrive_as_they_are(
    name: str, tmp_path: Path
) -> None:
    words = hostile_values()[:150]
    shell = create_shell(name)
    shell.setenv("X", literal(HELD))
    shell.command(["printf", "%s\\0", *map(literal, words), "<$X>"])
    assert run(name, shell.get_output(), tmp_path).stdout.split("\0") == [*words, f"<{HELD}>", ""]


@each_shell
def test_a_command_line_of_joined_words_expands_variables_only(name: str, tmp_path: Path) -> None:
    words = [word for word in hostile_values() if "$" not in word and not word.startswith("~")]
    shell = create_shell(name)
    shell.setenv("X", literal(HELD))
    words += ["$(touch made)", "a$(touch made)b", "$", "$5", "$$", "$?", "a $", "'$1'", '"$"']
    line = shell.join(["printf", "%s\\0", *words, "$X", "a${X}b"])
    shell.command(line)
    done = run(name, shell.get_output(), tmp_path)
    assert done.stdout.split("\0") == [*words, HELD, f"a{HELD}b", ""]
    assert not (tmp_path / "made").exists()


def test_a_command_line_that_is_one_already_stays_as_it_is() -> None:
    for name in REAL_SHELLS:
        assert create_shell(name).join("a | b && c $(d)") == "a | b && c $(d)"


@each_shell
def test_an_alias_takes_arguments(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.alias("show", "printf '<%s>'")
    shell.alias("say", 'printf "[%s]" "it\'s" one!')
    # a shell reads an alias before it knows one that stands in the same piece of text
    shell.command("show a 'b c'")
    shell.command("say 'd e'")
    assert run(name, shell.get_output(), tmp_path).stdout == "<a><b c>[it's][one!][d e]"


@each_shell
def test_an_alias_refers_to_variables_when_it_runs(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.setenv("X", literal("/a b"))
    # commands write `$X`, of which `${X}` is made before a shell sees it
    shell.alias("show", """printf '<%s>' "${X}/c" "${X}c" '${X}' """)
    shell.command("show d")
    assert run(name, shell.get_output(), tmp_path).stdout == "</a b/c></a bc><${X}><d>"


def test_an_alias_of_fish_refers_to_variables_as_fish_does(tmp_path: Path) -> None:
    shell = create_shell("fish")
    shell.setenv("X", literal("/a b"))
    shell.alias("show", r"""printf '<%s>' ${X} ${X}/c ${NONE} b${NONE}c "\"${X}\"" \${X}""")
    shell.alias("keep", r"""printf '<%s>' "\${X}" "a\${X}c${X}" "\\${X}" """)
    shell.command("show d; keep")
    shown, kept = '</a b></a b/c><bc><"/a b"><${X}><d>', r"<${X}><a${X}c/a b><\/a b>"
    assert run("fish", shell.get_output(), tmp_path).stdout == shown + kept


@each_shell
def test_an_alias_may_have_the_name_of_the_program_it_runs(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.alias("basename", "basename -s .py")
    shell.command("basename a.py b.py")
    done = run(name, shell.get_output(), tmp_path)
    assert (done.stdout, done.stderr) == ("a\nb\n", "")


@pytest.mark.parametrize("name", ["csh", "tcsh"])
def test_an_alias_of_csh_may_place_its_arguments(name: str, tmp_path: Path) -> None:
    shell = create_shell(name)
    shell.alias("swap", r"printf '<%s>' \!:2 \!:1")
    shell.command("swap a b")
    assert run(name, shell.get_output(), tmp_path).stdout == "<b><a>"


@pytest.mark.parametrize("key", ["", "a b", "a;b", "$(id)", "`id`", "a'b", "-x", "a\nb", "a/{b}"])
@each_shell
def test_an_alias_has_a_name_that_can_be_typed(name: str, key: str) -> None:
    with pytest.raises(RexError, match="alias"):
        create_shell(name).alias(key, "true")


@pytest.mark.parametrize(
    "key", ["A B", "A;touch made", "$(touch made)", "`touch made`", "A\ntouch made"]
)
@each_shell
def test_a_name_that_is_none_runs_nothing(name: str, key: str, tmp_path: Path) -> None:
    for act in ("setenv", "unsetenv"):
        shell = create_shell(name)
        getattr(shell, act)(*([key, "1"] if act == "setenv" else [key]))
        run(name, shell.get_output(), tmp_path)
        assert not (tmp_path / "made").exists()


@each_shell
def test_source_runs_a_script_in_place(name: str, tmp_path: Path) -> None:
    odd = tmp_path / 'it\'s $X `id` "here"'
    odd.mkdir()
    sourced = create_shell(name)
    sourced.setenv("SOURCED", "yes")
    sourced.alias("greet", "echo hello")
    (odd / "script").write_text(sourced.get_output())
    shell = create_shell(name)
    shell.source(EscapedString(str(odd / "script"), True))  # type: ignore[arg-type]
    shell.command("greet you")
    done = run(name, shell.get_output(), tmp_path)
    assert (done.stdout, done.stderr) == ("hello you\n", "")


@each_shell
def test_a_value_with_a_nul_is_refused(name: str) -> None:
    with pytest.raises(RexError, match="NUL"):
        create_shell(name).setenv("A", "a\0b")


def test_command_and_alias_take_no_escaped_strings() -> None:
    for name in ("bash", "csh", "fish", "cmd", "powershell"):
        shell = create_shell(name)
        with pytest.raises(RexError, match="literal"):
            shell.command(literal("ls"))
        with pytest.raises(RexError, match="literal"):
            shell.command([literal("ls"), "-l"])
        with pytest.raises(RexError, match="literal"):
            shell.alias("l", literal("ls"))  # type: ignore[arg-type]

"""The command language, in the order of docs/commands.md."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rex.conftest import Run

from rezfast.errors import RexError, RexStopError, RexUndefinedVariableError
from rezfast.rex.actions import (
    Action,
    Alias,
    Appendenv,
    Command,
    Comment,
    Error,
    Info,
    Prependenv,
    Resetenv,
    Setenv,
    Shebang,
    Source,
    Unsetenv,
)

# ---- variables


def test_a_variable_is_set_as_an_attribute_as_an_item_or_by_a_function(run: Run) -> None:
    done = run("env.A = 1\nenv['B'] = 'b'\nsetenv('C', 'c')\nenv.D.set('d')")
    assert done.get_output() == {"A": "1", "B": "b", "C": "c", "D": "d"}
    assert done.actions == [Setenv("A", "1"), Setenv("B", "b"), Setenv("C", "c"), Setenv("D", "d")]


def test_the_first_append_or_prepend_takes_the_place_of_what_the_parent_has(run: Run) -> None:
    done = run(
        "env.PATH.append('/a')\nenv.PATH.append('/b')\nprependenv('PATH', '/c')",
        {"PATH": "/usr/bin"},
    )
    assert done.get_output() == {"PATH": "/c:/a:/b"}
    assert done.actions == [
        Setenv("PATH", "/a"),
        Appendenv("PATH", "/b"),
        Prependenv("PATH", "/c"),
    ]


def test_also_after_it_was_unset(run: Run) -> None:
    done = run("env.A.append('1')\nenv.A.unset()\nenv.A.append('2')\nenv.A.append('3')")
    assert done.get_output() == {"A": "2:3"}
    assert done.actions == [
        Setenv("A", "1"),
        Unsetenv("A"),
        Setenv("A", "2"),
        Appendenv("A", "3"),
    ]


@pytest.mark.parametrize("parents", [["A", "B"], True])
def test_parent_variables_keep_what_the_parent_has(run: Run, parents: list[str] | bool) -> None:
    done = run("env.A.append('1')\nenv.B.prepend('2')", {"A": "up"}, parent_variables=parents)
    # B is not there: rez adds to nothing, and so the separator stays
    assert done.get_output() == {"A": "up:1", "B": "2:"}
    assert done.actions == [Appendenv("A", "1"), Prependenv("B", "2")]


def test_a_variable_may_have_a_separator_of_its_own(
    run: Run, configured: Callable[..., None]
) -> None:
    configured(env_var_separators={"LIST": ","})
    done = run("env.LIST.append('a')\nenv.LIST.append('b')\nenv.LIST.prepend('c')")
    assert done.get_output() == {"LIST": "c,a,b"}


def test_unset_hides_nothing_of_the_parent_from_commands(run: Run) -> None:
    done = run("env.A.unset()\ninfo(env.A)", {"A": "up"})
    assert done.actions == [Unsetenv("A"), Info("up")]


def test_reset_keeps_its_friends(run: Run) -> None:
    done = run("env.A.append('1')\nresetenv('A', '2', ['B'])\nenv.C.reset('3')")
    assert done.get_output() == {"A": "2", "C": "3"}
    assert done.actions[1:] == [Resetenv("A", "2", ["B"]), Resetenv("C", "3", None)]


def test_setdefault_sets_what_is_empty_or_not_there(run: Run) -> None:
    done = run(
        "env.A.setdefault('x')\nenv.B.setdefault('x')\nenv.C.setdefault('x')", {"B": "", "C": "up"}
    )
    assert done.get_output() == {"A": "x", "B": "x"}


def test_to_read_a_variable_that_is_not_there_is_an_error(run: Run) -> None:
    for code in ("getenv('A')", "env.A.get()", "env.A.value()", "info(env.A)", "env.A == 'x'"):
        with pytest.raises(RexUndefinedVariableError, match=r"variable A is not defined"):
            run(code)


def test_but_it_counts_as_false_and_then_as_a_key(run: Run) -> None:
    done = run("a = 'A' in env\nb = bool(env.A)\nc = 'A' in env\ninfo('{a} {b} {c}')")
    assert done.actions == [Info("False False True")]


def test_defined_and_undefined_look_at_the_parent_too(run: Run) -> None:
    code = "env.B = ''\ninfo('%s %s %s' % (defined('A'), defined('B'), undefined('C')))"
    assert run(code, {"A": "x"}).actions[-1] == Info("True True True")


def test_env_is_a_mapping(run: Run) -> None:
    code = "comment(' '.join(env.keys()))\ncomment(env.get('A'))\nenv.update({'B': 2})\nlen(env)"
    done = run(code, {"A": "x", "Z": "z"})
    assert done.actions == [Comment("A Z"), Comment("x"), Setenv("B", "2")]


def test_variables_named_as_its_methods_are_items(run: Run) -> None:
    assert run("env.keys = 1\nenv['get'] = 2").get_output() == {"keys": "1", "get": "2"}
    with pytest.raises(RexError, match="AttributeError"):
        run("env.keys.append('x')")


def test_to_delete_a_key_changes_no_variable(run: Run) -> None:
    done = run("env.A = 1\ndel env['A']\ninfo('A' in env)\ninfo(env.A)\ninfo('A' in env)")
    assert done.actions[1:] == [Info("False"), Info("1"), Info("True")]


# ---- what else commands do


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("alias('m', 'maya -x {x}')", Alias("m", "maya -x 5")),
        ("info('{x}')", Info("5")),
        ("info()", Info("")),
        ("error('{x}')", Error("5")),
        ("comment('{x}')", Comment("5")),
        ("source('{x}.sh')", Source("5.sh")),
        ("shebang()", Shebang()),
        ("command('run {x} $A')", Command("run {x} $A")),
        ("command(['run', '{x}'])", Command(["run", "{x}"])),
    ],
)
def test_one_action_each(run: Run, code: str, action: Action) -> None:
    assert run(f"x = 5\n{code}").actions == [action]


def test_stop_ends_everything(run: Run) -> None:
    with pytest.raises(RexStopError, match="no licence for maya"):
        run("stop('no licence for %s', 'maya')\nenv.A = 1")


# ---- strings


def test_braces_stand_for_what_commands_see(run: Run) -> None:
    code = "x = 'p'\ndef f():\n    y = 1\n    info('{root}/{x}/{y}')\nf()\ninfo('{root}/{x}')"
    done = run(code, bound={"root": "/sw"})
    # y is the function's own
    assert done.actions == [Info("{root}/{x}/{y}"), Info("/sw/p")]


def test_one_unknown_name_leaves_the_whole_text(run: Run) -> None:
    done = run("env.A = '{root}/{nope}'\nenv.B = '{'", bound={"root": "/sw"})
    assert done.get_output() == {"A": "{root}/{nope}", "B": "{"}


def test_an_unknown_attribute_is_an_error(run: Run) -> None:
    with pytest.raises(RexError, match="AttributeError: 'str' object has no attribute 'nope'"):
        run("env.A = '{root.nope}'", bound={"root": "/sw"})


def test_braces_that_are_put_in_for_themselves_are_an_error(run: Run) -> None:
    # as of a repository in a directory that is called so
    with pytest.raises(RexError, match=r"braces that never end: .*'/sw/\{root\}/foo'") as caught:
        run("env.A = '{root}/bin'", bound={"root": "/sw/{root}/foo"})
    assert str(caught.value).count("\n") == 0


def test_what_is_put_in_is_formatted_in_turn(run: Run) -> None:
    done = run("env.A = '{a}'", bound={"a": "{b}/$C", "b": "/b"})
    assert done.actions == [Setenv("A", "/b/${C}")]


def test_references_to_variables_get_braces(run: Run) -> None:
    done = run("env.A = '$B/${C}'\nenv.D = '$E1'", {"B": "b", "C": "c", "E": "e"})
    assert done.actions == [Setenv("A", "${B}/${C}"), Setenv("D", "${E}1")]
    assert done.get_output() == {"A": "b/c", "D": "e1"}


def test_an_unknown_variable_stays_as_it_is(run: Run) -> None:
    assert run("env.A = '$NOPE'").get_output() == {"A": "${NOPE}"}


def test_a_value_is_expanded_when_it_is_set(run: Run) -> None:
    done = run("env.A = 1\nenv.B = '$A'\nenv.A = 2\ninfo(env.B)")
    assert done.actions[-1] == Info("1")


def test_a_tilde_at_the_start_is_the_home_directory(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    done = run("env.A = '~/x'\nenv.B = 'x~'\nenv.C = literal('~/x')")
    assert done.get_output() == {"A": "/home/me/x", "B": "x~", "C": "~/x"}
    assert done.actions[0] == Setenv("A", "~/x")


def test_literals_are_left_alone(run: Run) -> None:
    done = run("env.A = 'a'\nenv.B = literal('{x} $A ').e('$A').l('$A')", bound={"x": 1})
    assert done.get_output() == {"A": "a", "B": "{x} $A a$A"}
    assert done.actions[1].args[1].strings == [(True, "{x} $A "), (False, "${A}"), (True, "$A")]


def test_objects_other_than_strings_are_not_formatted(run: Run) -> None:
    done = run("env.A = ['{x}', '$B']\nenv.C = None", {"B": "b"}, bound={"x": 1})
    # yet `$B` is expanded when the variable gets its value
    assert done.get_output() == {"A": "['{x}', 'b']", "C": "None"}


def test_expandvars_and_format_give_texts(run: Run) -> None:
    code = (
        "comment(expandvars('$A {x}'))\ncomment(expandvars('$A {x}', False))\n"
        "comment(format('$A {x}'))"
    )
    done = run(code, {"A": "a"}, bound={"x": 1})
    assert done.actions == [Comment("a 1"), Comment("a 1"), Comment("${A} 1")]


def test_format_tells_of_names_that_are_not_there(run: Run) -> None:
    with pytest.raises(RexError, match="KeyError: 'nope'"):
        run("format('{nope}')")


# ---- settings


def test_optionvars_reads_studio_settings(run: Run, configured: Callable[..., None]) -> None:
    configured(optionvars={"maya": {"licence": "server"}})
    code = "comment(optionvars('maya.licence'))\ncomment(optionvars('maya.port', 7))"
    assert run(code).actions == [Comment("server"), Comment("7")]
    with pytest.raises(RexError, match=r"has str at 'maya\.licence', not a dict"):
        run("optionvars('maya.licence.x')")


def test_system_is_this_machine(run: Run) -> None:
    assert run("comment('{system.platform}')").actions == [Comment("linux")]

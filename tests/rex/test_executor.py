"""Executors and interpreters, for those who run commands or write an interpreter."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from rezfast.errors import RexError, RexUndefinedVariableError
from rezfast.package.functions import SourceCode
from rezfast.rex.actions import Action, Appendenv, Comment, Info, Prependenv, Setenv, Shebang
from rezfast.rex.compiled import compiled_commands
from rezfast.rex.executor import RexExecutor
from rezfast.rex.interpreter import ActionInterpreter, OutputStyle
from rezfast.rex.manager import ActionManager
from rezfast.rex.python import Python
from rezfast.rex.strings import EscapedString, literal


def make(interpreter: ActionInterpreter | None = None, **options: Any) -> RexExecutor:
    options = {"parent_environ": {}, "shebang": False, **options}
    return RexExecutor(interpreter, **options)


# ---- the executor


def test_functions_of_the_language_are_methods() -> None:
    executor = make()
    executor.setenv("A", "1")
    executor.env.B.append("2")
    executor.environ["C"] = "3"
    assert executor.get_output() == {"A": "1", "B": "2", "C": "3"}
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = executor.nope


def test_a_shebang_comes_first_unless_it_is_turned_off() -> None:
    assert RexExecutor(parent_environ={}).actions == [Shebang()]
    assert make().actions == []


def test_names_are_bound_and_unbound() -> None:
    executor = make()
    executor.bind("x", 5)
    executor.execute_code("comment('{x}')")
    executor.unbind("x")
    executor.unbind("x")
    executor.execute_code("comment('{x}')")
    assert executor.actions == [Comment("5"), Comment("{x}")]


def test_names_that_code_leaves_can_be_taken_back() -> None:
    executor = make()
    with executor.reset_globals():
        executor.bind("x", 5)
        executor.execute_code("y = x\ndel x\nenv = None")
    assert "x" not in executor.globals
    assert "y" not in executor.globals
    executor.execute_code("env.A = 1")
    with pytest.raises(RexError), executor.reset_globals():
        executor.execute_code("z = 1\nnope")
    assert "z" not in executor.globals


def test_a_namespace_may_be_given() -> None:
    names = {"x": 5}
    make(globals_map=names).execute_code("y = x")
    assert names["y"] == 5
    assert "setenv" in names


def test_system_is_left_out_on_demand() -> None:
    assert "system" not in make(add_default_namespaces=False).globals


def test_functions_see_the_namespace() -> None:
    def function(value: str, *, more: str = "m") -> str:
        setenv("A", value + more)  # type: ignore[name-defined] # noqa: F821
        return "done"

    executor = make()
    assert executor.execute_function(function, "v") == "done"
    assert executor.get_output() == {"A": "vm"}
    with pytest.raises(RexUndefinedVariableError, match=r"test_executor\.py:\d+: "):
        executor.execute_function(lambda: executor.getenv("NOPE"))


def test_code_is_compiled_without_being_run() -> None:
    code = RexExecutor.compile_code("nope")
    with pytest.raises(NameError):
        exec(code, {})
    with pytest.raises(RexError, match=r"^f:1: SyntaxError"):
        RexExecutor.compile_code("if:", filename="f")


def test_equal_commands_are_compiled_once() -> None:
    def commands(text: str, path: str) -> SourceCode:
        return SourceCode.from_text(text, "commands", path, eval_as_function=False)

    one = compiled_commands(commands("env.A = 1", "/a.py"))
    assert compiled_commands(commands("env.A = 1", "/b.py")) is one
    assert compiled_commands(commands("env.A = 2", "/a.py")) is not one


def test_paths_at_the_end_and_at_the_beginning() -> None:
    executor = make(parent_variables=["PATH"], parent_environ={"PATH": "/up"})
    executor.append_system_paths(["/usr/bin", "/bin"])
    executor.prepend_rez_path("/rez")
    executor.append_rez_path()
    assert executor.get_output() == {"PATH": "/rez:/up:/usr/bin:/bin"}


# ---- Python's interpreter


def test_variables_are_put_into_a_mapping_at_the_end() -> None:
    target = {"A": "old", "B": "old"}
    executor = make(Python(target_environ=target))
    executor.env.A = "new"
    executor.env.B.unset()
    assert target["A"] == "old"
    assert executor.get_output() == {"A": "new"}
    # what was unset stays there
    assert target == {"A": "new", "B": "old"}


def test_this_process_may_be_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["/first"])
    monkeypatch.setenv("REZFAST_TEST", "")
    executor = RexExecutor(Python(), parent_variables=["PYTHONPATH"], shebang=False)
    executor.env.PYTHONPATH.append("/last")
    executor.env.PYTHONPATH.prepend("/new")
    executor.env.REZFAST_TEST = "x"
    assert sys.path == ["/new", "/first", "/last"]
    executor.setenv("PYTHONPATH", "/a:/b")
    assert sys.path == ["/a", "/b"]
    monkeypatch.setenv("PYTHONPATH", "")
    executor.get_output()
    assert os.environ["REZFAST_TEST"] == "x"


def test_messages_are_written_and_commands_run(capfd: pytest.CaptureFixture[str]) -> None:
    executor = make(Python(target_environ=dict(os.environ)))
    executor.info("out")
    executor.error("err")
    executor.env.A = "a b"
    executor.command('echo "line $A" >&2')
    executor.command(["printenv", "A"])
    executor.command(["echo", literal("$A")])
    found = capfd.readouterr()
    assert sorted(found.out.splitlines()) == ["$A", "a b", "out"]
    assert found.err.splitlines() == ["err", "line a b"]


def test_a_passive_one_does_neither(capfd: pytest.CaptureFixture[str]) -> None:
    executor = make(Python(target_environ={}, passive=True))
    executor.info("out")
    executor.command("echo x")
    assert capfd.readouterr().out == ""


def test_a_command_that_cannot_be_run() -> None:
    executor = make(Python(target_environ={}))
    with pytest.raises(RexError, match=r"command 'no-such-program x' cannot be run: "):
        executor.command(["no-such-program", "x"])
    with pytest.raises(RexError, match=r"takes no literal\(\)"):
        executor.command(literal("echo"))


def test_python_needs_a_manager() -> None:
    with pytest.raises(RexError, match="set_manager"):
        Python(target_environ={}).get_output()


# ---- an interpreter of one's own


class Script(ActionInterpreter):
    """Sees variables as they were written; has no way to append."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, Any]] = []

    def setenv(self, key: str, value: str | EscapedString) -> None:
        self.lines.append((key, value))

    def comment(self, value: str) -> None:
        self.lines.append(("#", value))

    def get_key_token(self, key: str) -> str:
        return f"%{key}%"

    def _saferefenv(self, key: str) -> None:
        self.lines.append(("safe", key))

    def get_output(self, style: OutputStyle = OutputStyle.file) -> Any:
        return self.lines


def test_what_cannot_append_is_told_to_set() -> None:
    executor = make(Script(), parent_variables=["P"], parent_environ={"P": "up"})
    executor.execute_code(
        "env.A = '$B'\nenv.A.append('x')\nenv.A.prepend(literal('$'))\nenv.P.append('y')"
    )
    assert executor.get_output() == [
        ("A", "${B}"),
        ("A", "%A%:x"),
        ("A", EscapedString("$", True).e(":%A%")),
        ("safe", "P"),
        ("P", "%P%:y"),
    ]
    assert executor.actions == [
        Setenv("A", "${B}"),
        Appendenv("A", "x"),
        Prependenv("A", "$"),
        Appendenv("P", "y"),
    ]


def test_what_it_cannot_do_is_an_error() -> None:
    with pytest.raises(RexError, match=r"Script cannot do this action: it has no alias\(\)"):
        make(Script()).alias("a", "b")


def test_one_that_says_so_when_it_is_asked() -> None:
    class Half(Script):
        def appendenv(self, key: str, value: str | EscapedString) -> None:
            raise NotImplementedError

        def prependenv(self, key: str, value: str | EscapedString) -> None:
            self.lines.append((f"{key}^", value))

    executor = make(Half())
    executor.execute_code("env.A = 1\nenv.A.append(2)\nenv.A.prepend(3)")
    assert executor.get_output() == [("A", "1"), ("A", "%A%:2"), ("A^", "3")]


def test_references_may_look_otherwise() -> None:
    import re

    class Percent(Script):
        ENV_VAR_REGEX = re.compile(r"%(\w+)%|\$\{([^{}]+)\}")

    executor = make(Percent())
    executor.bind("root", "/sw")
    executor.execute_code("env.A = '%B%/x'\nenv.C = '{root}/%B% $D'")
    assert executor.get_output() == [("A", "${B}/x"), ("C", "/sw/${B} $D")]


def test_a_manager_works_without_an_executor() -> None:
    manager = ActionManager(Script(), parent_environ={"B": "b"}, formatter=lambda text: text * 2)
    manager.setenv("A", "${B}")
    assert manager.environ == {"A": "bb"}
    # nothing in it that could be formatted
    manager.setenv("A", "x")
    assert manager.environ == {"A": "x"}


def test_paths_and_values(configured: Any) -> None:
    interpreter = Script()
    assert interpreter.normalize_paths("/a:/b") == "/a:/b"
    assert interpreter.escape_string(literal("a").e("$B")) == "a$B"
    configured(pathed_env_vars=["*PATH"], standard_system_paths=["/bin"])
    assert Script._is_pathed_key("PYTHONPATH")
    assert not Script._is_pathed_key("HOME")
    assert interpreter.get_syspaths() == ["/bin"]


def test_actions_are_shown_as_they_are_made() -> None:
    action: Action = Appendenv("A", "x")
    assert repr(action) == "Appendenv('A', 'x')"
    assert action != Prependenv("A", "x")
    assert action != Appendenv("A", "y")
    assert action != "x"
    assert Info(literal("x")) == Info("x")

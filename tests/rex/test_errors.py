"""Commands that fail: one line that names the package, its file and the line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rex.conftest import Run

from rezfast.errors import RexError, RexStopError, RexUndefinedVariableError
from rezfast.package.functions import SourceCode
from rezfast.repository import MemoryRepository
from rezfast.repository.queries import iter_packages
from rezfast.rex.executor import RexExecutor
from rezfast.rex.python import Python


def run_package(path: Path, name: str, attribute: str = "commands") -> RexExecutor:
    """Runs the commands of the package of a name in a repository."""
    (package,) = iter_packages(name, paths=[str(path)])
    (variant,) = package.iter_variants()
    executor = RexExecutor(Python(target_environ={}, passive=True), parent_environ={})
    executor.bind("root", variant.root)
    executor.execute_code(getattr(variant, attribute), package=variant)
    return executor


def write(path: Path, name: str, text: str, file: str = "package.py") -> str:
    definition = path / name / "1.0" / file
    definition.parent.mkdir(parents=True)
    definition.write_text(text)
    return str(definition)


def test_an_error_names_package_file_and_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "foo",
        "name = 'foo'\nversion = '1.0'\n\n\ndef commands():\n"
        "    env.A = 1\n\n    # a note\n    env.B = nope\n",
    )
    with pytest.raises(RexError) as caught:
        run_package(tmp_path, "foo")
    assert str(caught.value) == f"foo-1.0 ({path}:9): NameError: name 'nope' is not defined"
    assert isinstance(caught.value.__cause__, NameError)


def test_each_phase_has_lines_of_its_own(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "foo",
        "name = 'foo'\nversion = '1.0'\ndef pre_commands():\n    1 / 0\n"
        "def commands(): env.A = {}['x']\ndef post_commands():\n    if True:\n        stop('no')\n",
    )
    for attribute, line, text in (
        ("pre_commands", 4, "ZeroDivisionError: division by zero"),
        ("commands", 5, "KeyError: 'x'"),
        ("post_commands", 8, "no"),
    ):
        with pytest.raises(RexError) as caught:
            run_package(tmp_path, "foo", attribute)
        assert str(caught.value) == f"foo-1.0 ({path}:{line}): {text}"


def test_packages_with_the_same_commands_have_their_own_places(tmp_path: Path) -> None:
    lines = {}
    for name, space in (("foo", 0), ("bar", 3)):
        text = f"name = '{name}'\nversion = '1.0'\n" + "\n" * space
        path = write(tmp_path, name, text + "def commands():\n    x = 1\n    nope\n")
        lines[name] = f"{name}-1.0 ({path}:{space + 5})"
    for name, place in lines.items():
        with pytest.raises(RexError) as caught:
            run_package(tmp_path, name)
        assert str(caught.value).startswith(place)


def test_commands_in_yaml_have_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "foo",
        "name: foo\nversion: '1.0'\ncommands: |\n  env.A = 1\n  nope\n",
        "package.yaml",
    )
    with pytest.raises(RexError) as caught:
        run_package(tmp_path, "foo")
    assert str(caught.value) == f"foo-1.0 ({path}:5): NameError: name 'nope' is not defined"


def test_commands_that_are_no_python(tmp_path: Path) -> None:
    path = write(
        tmp_path, "foo", "name = 'foo'\nversion = '1.0'\ncommands = '''\nenv.A = 1\nif:\n'''\n"
    )
    with pytest.raises(RexError) as caught:
        run_package(tmp_path, "foo")
    assert str(caught.value) == f"foo-1.0 ({path}:5): SyntaxError: invalid syntax"


def test_commands_without_a_file_name_their_package() -> None:
    repository = MemoryRepository.create_repository(
        {"foo": {"1.0": {"commands": "env.A = 1\nnope"}}}
    )
    (package,) = iter_packages("foo", paths=[repository])
    (variant,) = package.iter_variants()
    executor = RexExecutor(Python(target_environ={}), parent_environ={})
    with pytest.raises(RexError, match=r"^foo-1\.0 \(.*\): NameError: name 'nope'"):
        executor.execute_code(variant.commands or "", package=variant)


def test_stop_and_missing_variables_keep_their_kind(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "foo",
        "name = 'foo'\nversion = '1.0'\ndef commands():\n    stop('sorry')\n"
        "def post_commands():\n    env.NOPE.get()\n",
    )
    with pytest.raises(RexStopError) as stopped:
        run_package(tmp_path, "foo")
    assert str(stopped.value) == f"foo-1.0 ({path}:4): sorry"
    with pytest.raises(RexUndefinedVariableError) as missing:
        run_package(tmp_path, "foo", "post_commands")
    assert str(missing.value).startswith(f"foo-1.0 ({path}:6): the environment variable NOPE")


def test_sys_exit_ends_the_commands_and_not_the_process(run: Run) -> None:
    with pytest.raises(RexError, match="SystemExit: 3"):
        run("import sys\nsys.exit(3)")


def test_an_error_in_an_included_module_is_at_the_line_that_calls_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "foo",
        "name = 'foo'\nversion = '1.0'\n@include('tools')\ndef commands():\n"
        "    tools.good(env)\n    tools.bad()\n",
    )
    modules = tmp_path / "foo" / "1.0" / ".rez" / "include"
    modules.mkdir(parents=True)
    (modules / "tools.py").write_text(
        "def good(env):\n    env.A = 1\n\ndef bad():\n    raise ValueError('bad\\nluck')\n"
    )
    with pytest.raises(RexError) as caught:
        run_package(tmp_path, "foo")
    assert str(caught.value) == f"foo-1.0 ({path}:6): ValueError: bad luck"


def test_an_included_module_that_is_not_there(tmp_path: Path) -> None:
    write(
        tmp_path, "foo", "name = 'foo'\nversion = '1.0'\n@include('nope')\ndef commands():\n    1\n"
    )
    with pytest.raises(
        RexError, match=r"^foo-1\.0: \S+/package\.py:3: @include\('nope'\): no nope"
    ):
        run_package(tmp_path, "foo")


def test_code_without_a_package(run: Run) -> None:
    with pytest.raises(RexError) as caught:
        run("env.A = 1\nnope")
    assert str(caught.value) == "<string>:2: NameError: name 'nope' is not defined"
    executor = RexExecutor(parent_environ={})
    with pytest.raises(RexError, match=r"^my\.rex:1: SyntaxError"):
        executor.execute_code("if:", filename="my.rex")


def test_the_package_may_be_bound_rather_than_given(run: Run) -> None:
    package = SimpleNamespace(qualified_package_name="foo-1.0")
    with pytest.raises(RexError, match=r"^foo-1\.0 \(<string>:1\): NameError"):
        run("nope", bound={"this": package})


def test_an_error_that_has_its_place_gets_no_second_one(run: Run) -> None:
    inner = SourceCode.from_text("nope", "commands", "/inner.py", eval_as_function=False)

    def nested() -> Any:
        RexExecutor(parent_environ={}).execute_code(inner)

    with pytest.raises(RexError) as caught:
        run("nested()", bound={"nested": nested})
    assert str(caught.value) == "/inner.py:1: NameError: name 'nope' is not defined"


def test_errors_of_plain_code_can_be_let_through(run: Run, configured: Callable[..., None]) -> None:
    configured(catch_rex_errors=False)
    with pytest.raises(ZeroDivisionError):
        run("1 / 0")
    with pytest.raises(RexStopError):
        run("stop('x')")

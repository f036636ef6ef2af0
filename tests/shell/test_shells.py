"""Which shells there are, which one counts, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import RezError, ShellError
from rezfast.shell import create_shell, get_shell_class, get_shell_types
from rezfast.shell.unix import UnixShell

ALL = (*get_shell_types(), "cmd", "gitbash", "powershell")


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    previous = config.use(Settings.locked())
    yield
    config.use(previous)


def test_those_of_this_platform_are_listed() -> None:
    assert get_shell_types() == ["bash", "csh", "fish", "pwsh", "sh", "tcsh", "zsh"]


@pytest.mark.parametrize("name", ALL)
def test_each_has_a_class_of_its_own(name: str) -> None:
    shell = create_shell(name)
    assert type(shell) is get_shell_class(name)
    assert shell.name() == name
    assert shell.get_output() == "\n"
    assert type(shell.new_shell()) is type(shell)


def test_without_a_name_it_is_the_configured_one_or_the_one_in_use() -> None:
    config.use(Settings.locked({"default_shell": "tcsh"}))
    assert create_shell().name() == "tcsh"
    config.use(Settings.locked())
    assert create_shell().name() == config.settings().system.shell


def test_the_name_is_given_as_in_rez() -> None:
    assert create_shell(shell="zsh").name() == get_shell_class(shell="zsh").name() == "zsh"


def test_an_unknown_one_is_one_line_that_names_the_others() -> None:
    with pytest.raises(ShellError) as caught:
        create_shell("ksh")
    assert str(caught.value) == f"unknown shell 'ksh'; there are {', '.join(sorted(ALL))}"
    config.use(Settings.locked({"default_shell": "bsah"}))
    with pytest.raises(RezError, match="default_shell: unknown shell 'bsah'"):
        create_shell()


def capabilities(name: str, **options: Any) -> tuple[Any, ...]:
    return get_shell_class(name).startup_capabilities(**options)


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_of_start_up_options_the_stronger_counts(name: str) -> None:
    assert capabilities(name, rcfile="x") == ("x", False, False, None)
    assert capabilities(name, rcfile="x", norc=True) == (False, True, False, None)
    assert capabilities(name, rcfile="x", stdin=True) == (False, False, True, None)
    assert capabilities(name, rcfile="x", stdin=True, command="c") == (False, False, False, "c")


@pytest.mark.parametrize("name", ["sh", "csh", "tcsh"])
def test_some_have_no_startup_file_of_one_s_own(name: str) -> None:
    assert capabilities(name, rcfile="x", stdin=True) == (False, False, True, None)


@pytest.mark.parametrize("name", ["cmd", "powershell", "pwsh"])
def test_some_have_none_of_the_options(name: str) -> None:
    everything = {"rcfile": "x", "norc": True, "stdin": True, "command": "c"}
    assert capabilities(name, **everything) == (False, False, False, "c")


def test_what_is_ignored_is_told_if_that_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    capabilities("bash", rcfile="x", norc=True)
    assert capsys.readouterr().err == ""
    config.use(Settings.locked({"warn_shell_startup": True}))
    capabilities("bash", rcfile="x", norc=True)
    capabilities("sh", rcfile="x")
    assert capsys.readouterr().err == (
        "rezfast: warning: rcfile is ignored: bash was given norc, which beats it\n"
        "rezfast: warning: sh has no option rcfile; it is ignored\n"
    )


def test_unix_shells_can_all_be_given_a_command_and_stdin() -> None:
    shell = get_shell_class("tcsh")
    assert issubclass(shell, UnixShell)
    assert shell.supports_command() and shell.supports_stdin() and shell.supports_norc()


@pytest.mark.parametrize("name", ["sh", "bash"])
def test_echo_prints_what_it_cannot_misread_and_printf_the_rest(name: str) -> None:
    shell = create_shell(name)
    shell.info("hello\n-n")
    shell.error("oh no")
    assert shell.get_output() == 'echo "hello"\nprintf \'%s\\n\' "-n"\necho "oh no" 1>&2\n'

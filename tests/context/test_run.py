"""`execute_command` and `execute_shell`: programs and shells in a context's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest

from rezfast.config import Settings, use
from rezfast.context.resolved import ResolvedContext
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import ResolvedContextError, RezSystemError, ShellError
from rezfast.rex.executor import RexExecutor


@pytest.fixture
def tmpdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the files of environments go; bash is the shell, and settings are rez's defaults."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("REZ_KEEP_TMPDIRS", "REZ_RXT_FILE", "BASH_ENV"):
        monkeypatch.delenv(name, raising=False)
    overrides = {"default_shell": "bash", "context_tmpdir": str(place), "implicit_packages": []}
    previous = use(Settings.locked(overrides))
    monkeypatch.setattr(context_tmpdirs(), "tmpdir", None)
    yield place
    context_tmpdirs().clear()
    use(previous)


@pytest.fixture
def context(tmpdir: Path, tmp_path: Path) -> ResolvedContext:
    """A context of one package that sets a variable and an alias."""
    place = tmp_path / "packages" / "tool" / "1.0"
    place.mkdir(parents=True)
    (place / "package.py").write_text(
        "name = 'tool'\nversion = '1.0'\n"
        "def commands():\n"
        "    env.TOOL = '{version}'\n"
        "    env.BEFORE = 'yes' if defined('FROM_CALLBACK') else 'no'\n"
        "    alias('greet', 'echo hello')\n"
    )
    return ResolvedContext(["tool"], package_paths=[str(tmp_path / "packages")])


# ---- a program ----------------------------------------------------------------------------------


def test_a_program_gets_what_the_context_sets_and_nothing_else(context: ResolvedContext) -> None:
    process = context.execute_command(["/usr/bin/env"], stdout=PIPE, text=True)
    out, _ = process.communicate()
    assert "TOOL=1.0" in out.splitlines()
    assert not any(line.startswith("HOME=") for line in out.splitlines())


def test_a_program_gets_the_variables_that_are_given_too(context: ResolvedContext) -> None:
    parent = {"MINE": "1", "PATH": "/bin"}
    process = context.execute_command("echo $MINE $TOOL", parent, stdout=PIPE, text=True)
    assert process.communicate()[0] == "1 1.0\n"
    assert parent == {"MINE": "1", "PATH": "/bin"}


def test_a_failed_context_runs_nothing(tmpdir: Path, context: ResolvedContext) -> None:
    failed = ResolvedContext(["tool", "!tool"], package_paths=context.package_paths)
    with pytest.raises(ResolvedContextError):
        failed.execute_command(["true"])
    with pytest.raises(ResolvedContextError):
        failed.execute_shell(command="true")
    assert os.listdir(tmpdir) == []


# ---- a shell ------------------------------------------------------------------------------------


def test_a_command_in_a_shell_is_not_waited_for(context: ResolvedContext) -> None:
    process = context.execute_shell(command="greet you; exit 4", stdout=PIPE, text=True)
    assert isinstance(process, subprocess.Popen)
    assert process.communicate()[0] == "hello you\n"
    assert process.returncode == 4


def test_waiting_gives_code_and_output(context: ResolvedContext, tmpdir: Path) -> None:
    done = context.execute_shell(
        command=["sh", "-c", "echo out; echo err >&2; exit 5"],
        block=True,
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    )
    assert done == (5, "out\n", "err\n")
    assert os.listdir(tmpdir) == []


def test_an_interactive_shell_is_waited_for(context: ResolvedContext, tmpdir: Path) -> None:
    code, out, _ = context.execute_shell(norc=True, stdin=False, quiet=True, stdout=PIPE, text=True)
    assert (code, out) == (0, "")


def test_commands_are_written_to_its_standard_input(context: ResolvedContext) -> None:
    process = context.execute_shell(stdin=PIPE, stdout=PIPE, text=True)
    assert process.communicate("greet you\nexit 6\n")[0] == "hello you\n"
    assert process.returncode == 6


def test_an_empty_command_runs_nothing(context: ResolvedContext) -> None:
    nothing: list[str | list[str]] = ["", []]
    for empty in nothing:
        done = context.execute_shell(command=empty, stdout=PIPE, text=True)
        assert done == (0, "", None)


def test_the_variables_that_it_starts_with_can_be_given(context: ResolvedContext) -> None:
    parent = {"MINE": "1", "PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
    code, out, _ = context.execute_shell(
        parent_environ=parent, command="echo $MINE $TOOL", block=True, stdout=PIPE, text=True
    )
    assert (code, out) == (0, "1 1.0\n")


def test_actions_can_be_added_before_and_after_those_of_the_packages(
    context: ResolvedContext,
) -> None:
    def before(executor: RexExecutor) -> None:
        executor.setenv("FROM_CALLBACK", "before")

    def after(executor: RexExecutor) -> None:
        executor.setenv("TOOL", "changed")

    code, out, _ = context.execute_shell(
        actions_callback=before,
        post_actions_callback=after,
        command="echo $BEFORE $FROM_CALLBACK $TOOL",
        block=True,
        stdout=PIPE,
        text=True,
    )
    assert (code, out) == (0, "yes before changed\n")


def test_its_files_are_named_by_variables(context: ResolvedContext) -> None:
    _, out, _ = context.execute_shell(
        command="test -s $REZ_RXT_FILE && test -s $REZ_CONTEXT_FILE; echo $? "
        "$REZ_SHELL_INTERACTIVE $REZ_SHELL_INIT_TIMESTAMP",
        block=True,
        stdout=PIPE,
        text=True,
    )
    there, interactive, moment = out.split()
    assert (there, interactive) == ("0", "0")
    assert moment.isdigit()


def test_a_context_that_is_in_a_file_is_named_by_that_file(
    context: ResolvedContext, tmp_path: Path
) -> None:
    file = tmp_path / "tool.rxt"
    context.save(str(file))
    loaded = ResolvedContext.load(str(file))
    code, out, _ = loaded.execute_shell(
        command="echo $REZ_RXT_FILE", block=True, stdout=PIPE, text=True
    )
    assert (code, out) == (0, f"{file}\n")


def test_the_script_can_be_kept(context: ResolvedContext, tmp_path: Path, tmpdir: Path) -> None:
    script = tmp_path / "setup.sh"
    context.execute_shell(command="true", block=True, context_filepath=str(script))
    assert os.listdir(tmpdir) == []
    out = subprocess.run(
        ["bash", "-c", f". {script}; greet $TOOL"], capture_output=True, text=True, check=True
    ).stdout
    assert out == "hello 1.0\n"


@pytest.mark.parametrize("shell", ["bash", "sh", "zsh"])
def test_the_script_may_be_named_from_here(
    shell: str, context: ResolvedContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = context.execute_shell(
        shell=shell,
        command="echo $TOOL",
        block=True,
        context_filepath="setup",
        stdout=PIPE,
        text=True,
    )
    assert (code, out) == (0, "1.0\n")
    assert (tmp_path / "setup").is_file()


def test_something_can_be_put_before_it(context: ResolvedContext) -> None:
    for pre_command in ("env ADDED=1", ["env", "ADDED=1"]):
        code, out, _ = context.execute_shell(
            pre_command=pre_command, command="echo $ADDED", block=True, stdout=PIPE, text=True
        )
        assert (code, out) == (0, "1\n")


def test_it_can_have_a_process_group_of_its_own(context: ResolvedContext) -> None:
    process = context.execute_shell(
        command="ps -o pgid= -p $$", start_new_session=True, stdout=PIPE, text=True
    )
    group = int(process.communicate()[0])
    assert group == process.pid != os.getpgid(0)


def test_rex_code_runs_after_the_packages_commands(context: ResolvedContext) -> None:
    process = context.execute_rex_code("info('tool is {env.TOOL}')", stdout=PIPE, text=True)
    assert process.communicate()[0] == "tool is 1.0\n"


# ---- its files ----------------------------------------------------------------------------------


def test_files_of_a_shell_that_nobody_waits_for_are_removed_in_the_end(
    context: ResolvedContext, tmpdir: Path
) -> None:
    process = context.execute_shell(command="true")
    process.wait()
    assert len(os.listdir(tmpdir)) == 1
    context_tmpdirs().clear()
    assert os.listdir(tmpdir) == []


def test_a_process_that_ends_removes_them(
    context: ResolvedContext, tmpdir: Path, tmp_path: Path
) -> None:
    file = tmp_path / "tool.rxt"
    context.save(str(file))
    code = (
        "from rezfast.context.resolved import ResolvedContext\n"
        f"context = ResolvedContext.load({str(file)!r})\n"
        "context.execute_shell(shell='bash', command='true').wait()\n"
    )
    environ = {**os.environ, "REZ_CONTEXT_TMPDIR": str(tmpdir)}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True)
    assert os.listdir(tmpdir) == []


def test_when_it_cannot_be_started_its_files_are_removed(
    context: ResolvedContext, tmpdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ShellError, match="nosuchshell"):
        context.execute_shell(shell="nosuchshell", command="true")
    with pytest.raises(RezSystemError, match="nosuchprogram"):
        context.execute_shell(pre_command="nosuchprogram", command="true")
    assert os.listdir(tmpdir) == []


def test_when_commands_fail_its_files_are_removed(context: ResolvedContext, tmpdir: Path) -> None:
    def fail(executor: RexExecutor) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        context.execute_shell(command="true", actions_callback=fail)
    assert os.listdir(tmpdir) == []


def test_bytes_that_are_no_text_arrive(context: ResolvedContext) -> None:
    def add(executor: RexExecutor) -> None:
        executor.setenv("ODD", "a\udcffb")

    code, out, _ = context.execute_shell(
        command='printf %s "$ODD"', block=True, post_actions_callback=add, stdout=PIPE
    )
    assert (code, out) == (0, b"a\xffb")

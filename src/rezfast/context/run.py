"""Programs and shells in a context's environment: what `execute_command` and `execute_shell` do.

    context --rex--> context.sh --+
    context --save--> context.rxt +--> rez-shell.sh --> the shell's process
                                  |
                     a directory of its own, removed when it is no longer needed

`rezfast.context.enter` does the same for a process that has nothing else to do.
"""

from __future__ import annotations

import os
from time import time

from rezfast.config import settings
from rezfast.context import direct
from rezfast.context.environment import create_executor, execute, header_comment
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import ProgramError
from rezfast.rex.python import Python, popen_arguments
from rezfast.shell import create_shell
from rezfast.shell.base import debug

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from subprocess import Popen
    from typing import Any

    from rezfast.context.resolved import ResolvedContext
    from rezfast.rex.executor import RexExecutor
    from rezfast.shell.base import Shell

    Done = tuple[int, Any, Any]
    Callback = Callable[[RexExecutor], Any]


def execute_command(
    context: ResolvedContext,
    args: str | Iterable[str],
    parent_environ: Mapping[str, str] | None = None,
    **Popen_args: Any,
) -> Popen[Any]:
    """Run a program in the environment, without a shell (rez: `ResolvedContext.execute_command`).

    What only a shell can do, such as aliases and scripts that commands source, has no effect.

    Args:
        context: The context.
        args: The words of the command, or a text that `/bin/sh` reads.
        parent_environ: The variables that the environment is made on top of. None: those of this
            process; then the program gets nothing but what the context sets, as in rez.
        Popen_args: More arguments of `subprocess.Popen`.

    Returns:
        The process, which has been started and not waited for.

    Raises:
        ResolvedContextError: There is no answer.
        PackageCommandError: The commands of a package failed.
        OSError: The program cannot be started.
    """
    own = parent_environ is None or parent_environ is os.environ
    interpreter = Python(target_environ={} if own else dict(parent_environ or {}))
    executor = create_executor(interpreter, parent_environ)
    execute(context, executor)
    return interpreter.subprocess(args, **Popen_args)


def execute_shell(
    context: ResolvedContext,
    shell: str | None = None,
    parent_environ: Mapping[str, str] | None = None,
    rcfile: str | None = None,
    norc: bool = False,
    stdin: bool | int = False,
    command: str | Iterable[str] | None = None,
    quiet: bool = False,
    block: bool | None = None,
    actions_callback: Callback | None = None,
    post_actions_callback: Callback | None = None,
    context_filepath: str | None = None,
    start_new_session: bool = False,
    detached: bool = False,
    pre_command: str | list[str] | None = None,
    **Popen_args: Any,
) -> Done | Popen[Any]:
    """Enter the environment with a shell (rez: `ResolvedContext.execute_shell`).

    The files that the shell needs lie in a directory of their own, which is removed when the shell
    has ended, or, when nobody waits for it, when this process ends. That of a detached shell stays.

    Args:
        context: The context.
        shell: The shell's name; None: the setting `default_shell`, else the one that this process
            runs in.
        parent_environ: The variables that the shell is started with; None: this process's.
        rcfile: A startup file in place of the user's.
        norc: No startup files.
        stdin: True: read commands from standard input; something else that is true, such as
            `subprocess.PIPE`, is the shell's standard input as well.
        command: A command to run and then end, as text in the shell's language, or as words. None:
            be interactive; empty: end at once.
        quiet: No greeting.
        block: Whether to wait for the shell's end; None: only if it is interactive.
        actions_callback, post_actions_callback: Called with the executor before and after the
            context's actions, to add some.
        context_filepath: Where to write the script that makes the environment, which then stays;
            None: with the other files.
        start_new_session: Use the setting `new_session_popen_args`: a process group of its own.
        detached: Use the setting `terminal_emulator_command`: a terminal of its own.
        pre_command: What to put before the shell's own command line, as words or text.
        Popen_args: More arguments of `subprocess.Popen`.

    Returns:
        If it waits: exit code, standard output and standard error, of which the last two are None
        unless they were asked for with `stdout=PIPE` and `stderr=PIPE`; else the process.

    Raises:
        ResolvedContextError: There is no answer.
        PackageCommandError: The commands of a package failed.
        ShellError: The shell is unknown, or its program is not there.
        RezSystemError: A file cannot be written, or the process cannot be started.
    """
    sh = create_shell(shell)
    text = command_text(sh, command)
    if start_new_session:
        Popen_args.update(settings().new_session_popen_args)
    if detached:
        pre_command = terminal_words() or pre_command
    if block is None:
        block = not (text or stdin)
    tmpdirs = context_tmpdirs()
    tmpdir = tmpdirs.mkdtemp(cleanup=not detached)
    try:
        context_file, _ = write_context(
            context,
            sh,
            tmpdir,
            text,
            parent_environ,
            actions_callback,
            post_actions_callback,
            context_filepath,
        )
        process = sh.spawn_shell(
            context_file,
            tmpdir,
            rcfile=rcfile,
            norc=norc,
            stdin=stdin,
            command=text,
            env=parent_environ,
            quiet=quiet or settings().rez_tools_visibility == "never",
            pre_command=pre_command,
            **Popen_args,
        )
    except BaseException:
        tmpdirs.remove(tmpdir)
        raise
    if not block:
        return process
    output, errors = process.communicate()
    if not detached:
        tmpdirs.remove(tmpdir)
    return process.returncode, output, errors


def start_command(
    context: ResolvedContext,
    command: str | Sequence[str],
    directory: str,
    rxt_file: str | None = None,
    actions_callback: Callback | None = None,
    post_actions_callback: Callback | None = None,
    *,
    tmpdir: str,
) -> Popen[Any] | None:
    """As `execute_shell(block=False)`, without a shell where bash would do nothing but start it.

    Args:
        context: The context.
        command: What to run, as text in the shell's language or as words.
        directory: Where to run it.
        rxt_file: A file that holds the context; None: there is none.
        actions_callback, post_actions_callback: As in `execute_shell`.
        tmpdir: A directory of the caller's for the files that the shell needs. It has to be there
            until the process has ended.

    Returns:
        The process; None: there is nothing that a shell would do.

    Raises:
        RezError: As `execute_shell`.
    """
    sh = create_shell()
    text = command_text(sh, command)
    context_file, executor = write_context(
        context,
        sh,
        tmpdir,
        text,
        actions_callback=actions_callback,
        post_actions_callback=post_actions_callback,
        rxt_file=rxt_file,
    )
    is_nothing = direct.does_nothing(command, os.environ)
    words = direct.plain_words(command)
    if words is not None or is_nothing:
        environ = direct.shell_environment(sh, executor.actions, directory)
        if environ is not None and direct.does_nothing(command, environ):
            return None
        process = words and environ and _started(words, environ, directory)
        if process:
            return process
    return sh.spawn_shell(
        context_file,
        tmpdir,
        command=text,
        quiet=settings().rez_tools_visibility == "never",
        cwd=directory,
    )


def _started(words: list[str], environ: dict[str, str], directory: str) -> Popen[Any] | None:
    """A program that was started; None: a shell says why it cannot be."""
    import subprocess

    try:
        path = direct.program(words[0], environ, directory)
        if path is None:
            return None
        environ["_"] = path
        debug(f"starting {words}")
        more = popen_arguments({"cwd": directory})
        return subprocess.Popen(words, executable=path, env=environ, **more)
    except (OSError, ValueError, ProgramError):
        return None


def command_text(sh: Shell, command: str | Iterable[str] | None) -> str | None:
    """A command as the shell reads it; None for an interactive shell."""
    if command is None or isinstance(command, str):
        return command
    return sh.join(command)


def terminal_words() -> list[str]:
    """What starts a terminal of its own, as configured; empty if nothing is known to."""
    return (settings().terminal_emulator_command or "").split()


def write_context(
    context: ResolvedContext,
    sh: Shell,
    tmpdir: str,
    command: str | None,
    parent_environ: Mapping[str, str] | None = None,
    actions_callback: Callback | None = None,
    post_actions_callback: Callback | None = None,
    context_filepath: str | None = None,
    rxt_file: str | None = None,
) -> tuple[str, RexExecutor]:
    """Write the script that makes the environment, and the context itself if it is in no file.

    Args:
        context: The context.
        sh: A new shell of the kind that reads the script.
        tmpdir: Where the files go.
        command: What the shell runs; None if it is interactive.
        parent_environ, actions_callback, post_actions_callback, context_filepath: As in
            `execute_shell`.
        rxt_file: A file that holds the context; None: the one that it was read from.

    Returns:
        The script's path, and what ran the actions.

    Raises:
        ResolvedContextError, PackageCommandError: As `execute_shell`.
        OSError: A file cannot be written.
    """
    rxt_file = rxt_file or context.load_path
    if not (rxt_file and os.path.isfile(rxt_file)):
        rxt_file = os.path.join(tmpdir, "context.rxt")
        context.save(rxt_file)
    # absolute: sh looks for others on PATH
    context_file = (
        os.path.abspath(context_filepath)
        if context_filepath
        else os.path.join(tmpdir, f"context.{sh.file_extension()}")
    )
    executor = create_executor(sh, parent_environ)
    # programs of the environment may work elsewhere
    executor.setenv("REZ_RXT_FILE", os.path.abspath(rxt_file))
    executor.setenv("REZ_CONTEXT_FILE", context_file)
    if actions_callback is not None:
        header_comment(executor, "pre-actions-callback")
        actions_callback(executor)
    execute(context, executor)
    executor.setenv("REZ_SHELL_INIT_TIMESTAMP", str(int(time())))
    executor.setenv("REZ_SHELL_INTERACTIVE", "1" if command is None else "0")
    if post_actions_callback is not None:
        header_comment(executor, "post-actions-callback")
        post_actions_callback(executor)
    with open(context_file, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(executor.get_output())
    return context_file, executor

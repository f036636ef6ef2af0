"""A process that becomes an environment: `rezfast env`.

    make the directory for its files, have somebody remove it at the end     `Entrance`
    (the caller resolves)
    write the context; start the program, or the shell, in place of this process     `enter`

Nothing of this process stays behind, so the exit code and the signals are the program's own. Where
the process cannot be replaced it waits, passes signals on, and gives the exit code.
"""

from __future__ import annotations

import os
import sys
from errno import E2BIG, ENOENT, ENOEXEC

from rezfast.config import settings
from rezfast.context import direct
from rezfast.context.run import command_text, terminal_words, write_context
from rezfast.context.tmpdirs import PassingDirectory, make_directory, remove_directory
from rezfast.errors import ProgramError, RezSystemError
from rezfast.shell import create_shell
from rezfast.shell.which import which

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence
    from subprocess import Popen
    from typing import Any, NoReturn

    from rezfast.context.resolved import ResolvedContext
    from rezfast.rex.executor import RexExecutor
    from rezfast.shell.base import Shell
else:
    # the module of that name makes enums of its numbers, which takes longer than a small resolve
    import _signal as signal

# Python ignores these; a program expects them as they are.
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
# What somebody sends to this process is meant for the program that it waits for...
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT)
# ...and these reach it from the terminal anyway, if it has no session of its own.
_FROM_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)


class Entrance:
    """The way into an environment for a process that is to become it.

    Make it early: while the process is small, having somebody look on costs little.

    Args:
        shell: The shell's name; None: none was asked for.
        rcfile, norc, quiet: As in `execute_shell`.
        stdin: Whether commands are read from standard input.
        command: As in `execute_shell`.
        start_new_session, detached, pre_command: As in `execute_shell`.
        saves: Whether the context is a new one, which is written to a file.

    Raises:
        ShellError: The shell is unknown.
        RezSystemError: There is no place for the files of a detached shell.
    """

    def __init__(
        self,
        *,
        shell: str | None = None,
        rcfile: str | None = None,
        norc: bool = False,
        stdin: bool = False,
        command: str | Sequence[str] | None = None,
        quiet: bool = False,
        start_new_session: bool = False,
        detached: bool = False,
        pre_command: str | None = None,
        saves: bool = True,
    ) -> None:
        self._shell_asked_for = shell is not None
        self._shell: Shell = create_shell(shell)
        self._startup: dict[str, Any] = {"rcfile": rcfile, "norc": norc, "stdin": stdin}
        self._command = command
        self._quiet = quiet
        self._new_session = start_new_session
        self._passing: PassingDirectory | None = None
        before = terminal_words() if detached else []
        self._before: list[str] = before or (pre_command or "").split()
        if detached:
            # A terminal may return long before what runs in it has ended: files stay, as in rez.
            self._tmpdir, self._removes = make_directory(), False
        else:
            self._passing = PassingDirectory()
            self._tmpdir = self._passing.path
            self._removes = not self._passing.is_looked_on
        # Both may take programs of their own, which run beside the resolve.
        self._shell.begin_syspaths()
        if saves:
            settings().system.begin_os()
        self._has_to_wait = self._removes or start_new_session

    def give_up(self) -> None:
        """Remove what was made."""
        if self._passing is not None:
            self._passing.wait()
        remove_directory(self._tmpdir)

    def enter(self, context: ResolvedContext) -> int:
        """Become the environment. Returns only where that is not possible: with the exit code.

        Args:
            context: A context that was solved.

        Raises:
            PackageCommandError: The commands of a package failed.
            ShellError: The shell's program is not there.
            ProgramError: There is no such program, or it cannot be started.
            RezSystemError: A file cannot be written, or the shell cannot be started.
        """
        try:
            if self._passing is not None:
                self._passing.make()
            text = command_text(self._shell, self._command)
            context_file, executor = write_context(context, self._shell, self._tmpdir, text)
            # also where nobody asked: no child may be left that the program never started
            self._shell.get_syspaths()
        except OSError as error:
            raise RezSystemError(
                f"cannot write the files of the environment: {error.filename or self._tmpdir}: "
                f"{error.strerror}"
            ) from error
        plain = self._direct(executor)
        if plain is not None:
            code = self._start(*plain)
            if code is not None:
                return code
        return self._through_shell(context_file, text)

    def _direct(self, executor: RexExecutor) -> tuple[str, list[str], dict[str, str]] | None:
        """The program itself with its variables, where the shell would do nothing else."""
        if (
            self._shell_asked_for
            or self._new_session
            or self._before
            or any(self._startup.values())
        ):
            return None
        words = direct.plain_words(self._command) if self._command else None
        if words is None:
            return None
        environ = direct.shell_environment(self._shell, executor.actions)
        path = None if environ is None else direct.program(words[0], environ)
        if environ is None or path is None:
            return None
        environ["_"] = path
        return path, words, environ

    def _start(self, path: str, words: list[str], environ: dict[str, str]) -> int | None:
        """Run a program in place of this process, or else as a child of it.

        Returns:
            Its exit code; None if only a shell can run it.
        """
        try:
            if not self._has_to_wait:
                _become(path, words, environ)
            import subprocess

            return self._wait(subprocess.Popen(words, executable=path, env=environ))
        except OSError as error:
            if error.errno == ENOEXEC:
                return None
            why = f"{error.strerror}{_longest(environ) if error.errno == E2BIG else ''}"
            raise ProgramError(f"cannot start {path}: {why}", words[0], is_there=True) from error

    def _through_shell(self, context_file: str, text: str | None) -> int:
        """Run the shell in place of this process, or else as a child of it."""
        more: dict[str, Any] = {}
        if self._new_session:
            more = dict(settings().new_session_popen_args)
        if not self._has_to_wait:
            more["instead"] = _become_words
        process = self._shell.spawn_shell(
            context_file,
            self._tmpdir,
            command=text,
            quiet=self._quiet or settings().rez_tools_visibility == "never",
            pre_command=self._before,
            **self._startup,
            **more,
        )
        return self._wait(process)

    def _wait(self, process: Popen[Any]) -> int:
        """The exit code of a child, once it has ended; what was made for it is removed."""
        # In a session of its own the child goes on when the terminal ends the waiting, as in rez.
        for number in () if self._new_session else _FROM_THE_TERMINAL:
            signal.signal(number, lambda got, frame: None)
        for number in _PASSED_ON:
            signal.signal(number, lambda got, frame: process.send_signal(got))
        code = process.wait()
        if self._removes:
            remove_directory(self._tmpdir)
        # what a shell gives for a program that a signal ended
        return code if code >= 0 else 128 - code


def _longest(environ: Mapping[str, str]) -> str:
    """Which variable is probably meant where the system takes no more: Linux takes 128 KiB each."""
    sizes = {name: len(os.fsencode(value)) for name, value in environ.items()}
    name = max(sizes, key=sizes.__getitem__, default=None)
    return "" if name is None else f"; the longest variable is {name}, with {sizes[name]} bytes"


def _become_words(words: list[str], environ: Mapping[str, str] | None) -> NoReturn:
    environ = os.environ if environ is None else environ
    path = which(words[0], environ)
    try:
        if path is None:
            raise FileNotFoundError(ENOENT, "there is no such program on PATH")
        _become(path, words, environ)
    except OSError as error:
        raise RezSystemError(f"cannot start {words[0]}: {error.strerror}") from error


def _become(path: str, words: list[str], environ: Mapping[str, str]) -> NoReturn:
    """Run a program in place of this process."""
    for number in _IGNORED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os.execve(path, words, environ)

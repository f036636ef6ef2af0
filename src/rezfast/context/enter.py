"""A process that becomes an environment: `rezfast env`.

    make the directory for its files, have somebody remove it at the end     `Entrance`
    (the caller resolves)
    write the context; start the program, or the shell, in place of this process     `enter`

Nothing of this process stays behind, so the exit code and the signals are the program's own. Where
the process cannot be replaced it waits, passes signals on, and gives the exit code.
"""

from __future__ import annotations

import os
import signal
import sys
from errno import ENOENT, ENOEXEC

from rezfast.config import settings
from rezfast.context import direct
from rezfast.context.run import command_text, terminal_words, write_context
from rezfast.context.tmpdirs import PassingDirectory, make_directory, remove_directory
from rezfast.errors import ProgramError, RezSystemError
from rezfast.shell import create_shell
from rezfast.shell.which import which

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from subprocess import Popen
    from typing import Any, NoReturn

    from rezfast.context.resolved import ResolvedContext
    from rezfast.rex.executor import RexExecutor
    from rezfast.shell.base import Shell

# Python ignores these; a program expects them as they are.
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
# What somebody sends to this process is meant for the program that it waits for...
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT)
# ...and these reach it from the terminal anyway.
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
        self._saving = _Saving(self._shell)
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
        saving = self._saving
        try:
            if self._passing is not None:
                self._passing.make()
            text = command_text(self._shell, self._command)
            context_file, executor = write_context(
                context,
                self._shell,
                self._tmpdir,
                text,
                save=lambda path: saving.begin(context, path),
            )
            saving.finish()
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
            raise ProgramError(
                f"cannot start {path}: {error.strerror}", words[0], is_there=True
            ) from error

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
        # The terminal sends these to the child as well.
        for number in _FROM_THE_TERMINAL:
            signal.signal(number, lambda got, frame: None)
        for number in _PASSED_ON:
            signal.signal(number, lambda got, frame: process.send_signal(got))
        code = process.wait()
        if self._removes:
            remove_directory(self._tmpdir)
        # what a shell gives for a program that a signal ended
        return code if code >= 0 else 128 - code


class _Aside:
    """A text that a copy of this process finds out meanwhile.

    Args:
        find: Gives it.
    """

    def __init__(self, find: Callable[[], str]) -> None:
        self._reader, writer = os.pipe()
        self._child = _fork()
        if self._child == 0:
            try:
                os.write(writer, find().encode("utf-8", "surrogateescape"))
            finally:
                os._exit(0)
        os.close(writer)

    def get(self) -> str:
        """The text; empty if it could not be found out."""
        with open(self._reader, encoding="utf-8", errors="surrogateescape") as reader:
            text = reader.read()
        if self._child:
            os.waitpid(self._child, 0)
        return text


class _Saving:
    """A context that is written to a file while this process runs the packages' commands.

    A copy of this process does it, so both take no longer than the longer of the two. The context's
    data does not change meanwhile: what commands change is an environment.

    Begin it early: telling the operating system's name, and where a shell looks for the system's
    programs, may take programs of their own, which can run beside the resolve.

    Args:
        shell: The shell.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._facts = _Aside(lambda: "\0".join([settings().system.os, *shell.get_syspaths()]))
        self._context: ResolvedContext | None = None
        self._path = ""
        self._child: int | None = None

    def begin(self, context: ResolvedContext, path: str) -> None:
        """Begin to write."""
        self._context, self._path = context, path
        facts = self._facts.get()
        if facts:
            context.__dict__["os"], *paths = facts.split("\0")
            self._shell.set_syspaths(paths)
        self._child = _fork()
        if self._child == 0:
            code = 1
            try:
                context.save(path)
                code = 0
            finally:
                os._exit(code)

    def finish(self) -> None:
        """Wait until it is written.

        Raises:
            OSError, RezError: It cannot be.
        """
        if self._context is None:
            return
        if self._child is None or os.waitpid(self._child, 0)[1] != 0:
            # once more, to know why
            self._context.save(self._path)


def _fork() -> int | None:
    """As `os.fork`; None if there can be no more processes."""
    try:
        return os.fork()
    except OSError:
        return None


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

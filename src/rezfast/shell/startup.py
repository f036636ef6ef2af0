"""How a Unix shell is started in an environment: the scripts that are written, and their order.

    rez-shell.<ext>      started by rezfast; sets the prompt, says where startup files are, runs the
       |                 command or the interactive shell, and ends with its exit code
       +--> startup file of the interactive shell, one of ours in place of the user's:
              the context file, the user's own file, what makes the shell interactive

Where the user's startup files are taken from depends on the shell: an option (`--rcfile`), a
variable that names a file (`BASH_ENV`, `ENV`), or the directory that it looks in (`HOME`,
`ZDOTDIR`).
"""

from __future__ import annotations

import os
import sys

from rezfast.config import settings
from rezfast.rex.strings import EscapedString
from rezfast.shell.base import warn
from rezfast.shell.process import write_script
from rezfast.shell.text import word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rezfast.shell.base import StartupSequence
    from rezfast.shell.unix import UnixShell

GREETING = "This shell has an environment that rezfast made."


class Startup:
    """One start of a shell.

    Args:
        shell: The shell.
        sequence: What it reads.
        context_file: The script that makes the environment.
        tmpdir: Where scripts are written.
        environ: The environment variables to start it with; None: those of this process.
        is_bare: Whether the user's startup files are to be left alone.
        is_quiet: No greeting.
        adds_rez: Whether to set the prompt and greet.
        is_context_first: Whether the environment is made before startup files are read.
    """

    def __init__(
        self,
        shell: UnixShell,
        sequence: StartupSequence,
        *,
        context_file: str,
        tmpdir: str,
        environ: Mapping[str, str] | None,
        is_bare: bool,
        is_quiet: bool,
        adds_rez: bool,
        is_context_first: bool,
    ) -> None:
        self.shell = shell
        self.sequence = sequence
        self.context_file = path_value(context_file)
        self.tmpdir = tmpdir
        self.environ = environ
        self.is_bare = is_bare
        self.is_quiet = is_quiet
        self.adds_rez = adds_rez
        self.is_context_first = is_context_first

    def command_line(self) -> list[str]:
        """The command that starts it; what that reads is written, and `environ` fits it."""
        script = self._write(self._launcher(), "rez-shell")
        options = self.shell._bare_options() if self.is_bare else []
        return [self.shell.executable, *options, script]

    # ---- the script that rezfast starts

    def _launcher(self) -> UnixShell:
        script = self._new_script()
        prompt = self.shell._prompt()
        if prompt:
            script._saferefenv("REZ_ENV_PROMPT")
            script.setenv("REZ_ENV_PROMPT", "${REZ_ENV_PROMPT}" + prompt)
        command = self.sequence["command"]
        if command is None:
            command = self._interactive(script)
        else:
            self._record(script, self.sequence["files"])
        if command:  # empty: nothing is to be run
            script.command(command)
        script.command(f"exit {script.last_command_status}")
        return script

    def _interactive(self, script: UnixShell) -> str:
        """Prepare what an interactive shell, or one that reads stdin, reads first.

        Args:
            script: The script that will start it.

        Returns:
            The command that starts it.
        """
        shell, sequence = self.shell, self.sequence
        command = shell._program()
        if sequence["stdin"]:
            command += f" {shell.stdin_arg}"
        if sequence["do_rcfile"]:
            path = self._write_startup_file("rcfile")
            return f"{command} {shell.rcfile_arg} {word(path)}"
        variable = sequence["envvar"]
        if variable:
            # the shell reads the value once more as if it stood in double quotes
            import re

            path = re.sub(r'([\\$`"])', r"\\\1", self._write_startup_file(variable))
            script.setenv(variable, path_value(path))
        elif sequence["files"] or sequence["bind_files"]:
            self._take_directory(script)
        else:
            if settings().warn("shell_startup"):
                warn(
                    f"{shell.name()} reads no startup file here, so aliases of packages are "
                    "not there; their variables are"
                )
            script.source(self.context_file)
        return command

    # ---- startup files

    def _write_startup_file(self, name: str) -> str:
        """Write one startup file that stands for all; give back its path."""
        script = self._new_script()
        self._record(script, self.sequence["files"], greets=True)
        return self._write(script, name)

    def _take_directory(self, script: UnixShell) -> None:
        """Write a startup file for each of the user's, and send the shell there."""
        sequence, shell = self.sequence, self.shell
        bound = list(sequence["bind_files"])
        given = self._given_files()
        others = [file for file in sequence["files"] if file not in bound and file not in given]
        for file in others + bound:
            startup = self._new_script()
            shell._write_startup_env(startup)
            if file in bound:
                own = given or ([file] if sequence["source_bind_files"] else [])
                self._record(startup, own, greets=True)
            else:
                self._source(startup, [file])
            write_script(self.tmpdir, os.path.basename(file), startup.get_output())
        script.setenv(shell.startup_env_var, path_value(self.tmpdir))
        if shell.histfile and shell.histvar:
            history = os.path.expanduser(shell.histfile)
            if os.path.exists(history):
                script.setenv(shell.histvar, path_value(history))

    def _given_files(self) -> list[str]:
        """Files that are read in place of the user's; shells look for none of that name."""
        return []

    def _record(self, script: UnixShell, files: Iterable[str], greets: bool = False) -> None:
        """The environment, the user's files, and what makes a shell interactive, in order."""
        if self.is_context_first:
            script.source(self.context_file)
        self._source(script, files)
        if not self.is_context_first:
            script.source(self.context_file)
        if self.sequence["envvar"]:
            script.unsetenv(self.sequence["envvar"])
        self._make_interactive(script, greets)

    def _make_interactive(self, script: UnixShell, greets: bool) -> None:
        if self.adds_rez:
            script._bind_interactive_rez()
            if greets and not self.is_quiet:
                for line in ("", GREETING, ""):
                    script.info(line)
                script.command(f"{word(sys.executable)} -E -m rezfast context")

    def _source(self, script: UnixShell, files: Iterable[str]) -> None:
        for file in files:
            if os.path.exists(os.path.expanduser(file)):
                script.source(file)

    def _new_script(self) -> UnixShell:
        script = self.shell.new_shell()
        script.shebang()
        return script

    def _write(self, script: UnixShell, name: str) -> str:
        return write_script(self.tmpdir, f"{name}.{script.file_extension()}", script.get_output())


def path_value(path: str) -> str | EscapedString:
    """A path that rezfast made or found, as a value: nothing in it is a reference."""
    return EscapedString(path, True) if "$" in path or path.startswith("~") else path

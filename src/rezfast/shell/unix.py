"""What sh, bash, zsh, csh, tcsh and fish have in common (rez: `rez.shells.UnixShell`)."""

from __future__ import annotations

import os

from rezfast.config import settings
from rezfast.config.output import Output
from rezfast.patterns import pattern
from rezfast.rex.strings import EscapedString
from rezfast.shell.base import Shell, warn
from rezfast.shell.process import start, words_of
from rezfast.shell.startup import Startup, path_value
from rezfast.shell.text import SH_REFERENCE, escaped_parts, parts, single_quoted, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from subprocess import Popen
    from typing import Any, ClassVar

    from rezfast.shell.base import Capabilities, RcFile

_MARK = "__PATHS_"

# What was asked for its `PATH`, by the shell's name.
_asked: dict[str, Output] = {}

# What means something inside double quotes.
_SPECIAL = pattern(r'[\\"$`]')


class UnixShell(Shell):
    """A shell of a Unix system.

    Attributes:
        rcfile_arg: The option that gives a startup file; None: there is none.
        norc_arg: The option that keeps it from reading startup files.
        command_arg, stdin_arg: The options for a command, and for commands from standard input.
        source_command: The command that runs a script in place.
        last_command_status: How it refers to the exit code of what ran last.
        histfile, histvar: Where it keeps its history, and the variable that says so.
        startup_env_var: The variable that says where startup files are.
        startup_class: How it is started.
    """

    startup_class: ClassVar[type[Startup]] = Startup

    rcfile_arg: ClassVar[str | None] = None
    norc_arg: ClassVar[str] = ""
    command_arg: ClassVar[str] = "-c"
    stdin_arg: ClassVar[str] = "-s"
    source_command: ClassVar[str] = "source"
    last_command_status: ClassVar[str] = "$?"
    histfile: ClassVar[str | None] = None
    histvar: ClassVar[str | None] = None
    startup_env_var: ClassVar[str] = "HOME"
    supports_rcfile: ClassVar[bool] = False

    # ---- how it starts

    @classmethod
    def supports_norc(cls) -> bool:
        """Whether it can start without reading startup files."""
        return True

    @classmethod
    def supports_command(cls) -> bool:
        """Whether it can be given a command."""
        return True

    @classmethod
    def supports_stdin(cls) -> bool:
        """Whether it can read commands from standard input."""
        return True

    @classmethod
    def startup_capabilities(
        cls,
        rcfile: RcFile | bool = False,
        norc: bool = False,
        stdin: bool = False,
        command: Any = None,
    ) -> Capabilities:
        """As in the base: each beats those before it."""
        if not cls.supports_rcfile:
            cls._unsupported_option("rcfile", rcfile)
            rcfile = False
        if norc:
            cls._overruled_option("rcfile", "norc", rcfile)
            rcfile = False
        if command is not None:
            cls._overruled_option("stdin", "command", stdin)
            cls._overruled_option("rcfile", "command", rcfile)
            stdin = rcfile = False
        if stdin:
            cls._overruled_option("rcfile", "stdin", rcfile)
            rcfile = False
        return rcfile, norc, stdin, command

    @classmethod
    def begin_syspaths(cls) -> None:
        """As in the base."""
        if cls.name() not in Shell._syspaths and not settings().standard_system_paths:
            cls._ask_path()

    @classmethod
    def _find_syspaths(cls) -> list[str]:
        paths = cls._clean_path()
        defaults = [path for path in os.defpath.split(os.pathsep) if path not in paths]
        return [path for path in paths + defaults if path]

    @classmethod
    def _clean_path(cls) -> list[str]:
        """`PATH` as the shell sets it when there is none; empty when it cannot be started."""
        asked = cls._ask_path()
        for line in ((asked and asked.text()) or "").splitlines():
            mark, _, paths = line.partition(" ")
            if mark == _MARK:
                return paths.split(":")
        return []

    @classmethod
    def _ask_path(cls) -> Output | None:
        """The shell saying its `PATH`, asked once a process; None when it cannot be started."""
        name = cls.name()
        if name not in _asked:
            if not cls.is_available():
                return None
            environ = {name: value for name, value in os.environ.items() if name != "PATH"}
            words = [cls.executable_filepath(), *cls._path_options(), cls.command_arg]
            _asked[name] = Output([*words, f'echo {_MARK} "$PATH"'], environ)
        return _asked[name]

    @classmethod
    def _path_options(cls) -> list[str]:
        """The options that it is asked for its `PATH` with."""
        return [cls.norc_arg]

    def spawn_shell(
        self,
        context_file: str,
        tmpdir: str,
        rcfile: str | None = None,
        norc: bool = False,
        stdin: Any = False,
        command: str | None = None,
        env: Mapping[str, str] | None = None,
        quiet: bool = False,
        pre_command: str | list[str] | None = None,
        add_rez: bool = True,
        package_commands_sourced_first: bool | None = None,
        **Popen_args: Any,
    ) -> Popen[Any]:
        """As in the base: a script starts the shell that is wanted and passes on its exit code."""
        if rcfile and not os.path.exists(os.path.expanduser(rcfile)):
            warn(f"there is no startup file {rcfile!r}; {self.name()} starts without it")
        sequence = self.get_startup_sequence(rcfile, norc, bool(stdin), command)
        if package_commands_sourced_first is None:
            package_commands_sourced_first = settings().package_commands_sourced_first
        startup = self.startup_class(
            self,
            sequence,
            context_file=context_file,
            tmpdir=tmpdir,
            environ=env,
            is_bare=norc,
            is_quiet=quiet or sequence["stdin"],
            adds_rez=add_rez,
            is_context_first=package_commands_sourced_first,
        )
        line = [*words_of(pre_command), *startup.command_line()]
        if sequence["stdin"] and stdin is not True:
            Popen_args["stdin"] = stdin
        return start(line, startup.environ, **Popen_args)

    def _program(self) -> str:
        """The shell's program as a word of its own scripts."""
        return word(self.executable)

    def _bare_options(self) -> list[str]:
        """The options that keep a shell that runs a script from reading the user's files."""
        return [self.norc_arg]

    def _write_startup_env(self, script: UnixShell) -> None:
        """Give `HOME` its own value back in a startup file that a changed `HOME` led to."""
        home = os.environ.get("HOME")
        if home is None:
            script.unsetenv("HOME")
        else:
            script.setenv("HOME", path_value(home))

    def _prompt(self) -> str:
        """The end of the prompt, as `REZ_ENV_PROMPT` holds it; empty: prompts are left alone."""
        return str(self.settings.prompt or "")

    # ---- the script

    def escape_string(self, value: str | EscapedString, is_path: bool = False) -> str:
        """The value as the shell quotes it.

        Args:
            value: A `str` is expandable text: `$X` and `${X}` are expanded, nothing else is.
            is_path: Whether it is of a path-like variable.

        Raises:
            RexError: It holds a NUL.
        """
        return "".join(
            [
                self._literal(text)
                if is_literal
                else self._expandable(self.normalize_paths(text) if is_path else text)
                for is_literal, text in escaped_parts(value)
            ]
        )

    def _literal(self, text: str) -> str:
        """Text that is taken as it is, quoted."""
        return single_quoted(text)

    def _expandable(self, text: str) -> str:
        """Text with references to variables, quoted; here as sh reads it."""
        pieces = [
            self._reference(name, piece) if name else _escaped(piece)
            for name, piece in parts(text, SH_REFERENCE)
        ]
        return f'"{"".join(pieces)}"'

    def _reference(self, name: str, written: str) -> str:
        """A reference to a variable, inside double quotes.

        Args:
            name: The variable.
            written: The reference as the text has it.
        """
        return written

    def info(self, value: str | EscapedString) -> None:
        """Write lines on stdout."""
        for line in EscapedString.promote(value).split("\n"):
            self._addline(self._print(line))

    def error(self, value: str | EscapedString) -> None:
        """Write lines on stderr."""
        for line in EscapedString.promote(value).split("\n"):
            self._addline(f"{self._print(line)} 1>&2")

    def _print(self, line: EscapedString) -> str:
        """The command that writes a line on stdout.

        `echo` does, unless the shell's may take the text for options or escapes.
        """
        text = self.escape_string(line)
        if self._echoes(str(line)):
            return f"echo {text}"
        return f"printf '%s\\n' {text}"

    def _echoes(self, line: str) -> bool:
        """Whether `echo` writes a line as it is."""
        return not line.startswith(("-", "$"))

    def command(self, value: Any) -> None:
        """Run a command: text as it is, or a program with arguments, which are quoted."""
        value = EscapedString.disallow(value)
        if not isinstance(value, str):
            program, *arguments = value
            words = [EscapedString.disallow(program), *map(self.escape_string, arguments)]
            value = " ".join(words)
        self._addline(value)

    def source(self, value: str | EscapedString) -> None:
        """Run a script in place."""
        self._addline(f"{self.source_command} {self.escape_string(value)}")

    def comment(self, value: str) -> None:
        """Leave a comment, a line for each of the text."""
        for line in EscapedString.demote(value).split("\n"):
            self._addline(f"# {line}")

    def shebang(self) -> None:
        """Begin the script with the shell's program."""
        self._addline(f"#!{self.executable}")


def _escaped(text: str) -> str:
    """Text that means itself between double quotes."""
    if not any(sign in text for sign in '\\"$`'):
        return text
    return _SPECIAL.sub(r"\\\g<0>", text)


def existing(files: Iterable[str]) -> list[str]:
    """Those of these files that are there; `~` stays as it is."""
    return [file for file in files if os.path.exists(os.path.expanduser(file))]

"""The base of shells (rez: `rez.shells.Shell`): a script, a program, start-up options."""

from __future__ import annotations

import os
import sys

from rezfast.config import settings
from rezfast.errors import ShellError
from rezfast.rex.interpreter import ActionInterpreter, OutputStyle
from rezfast.shell.text import joined, sh_word
from rezfast.shell.which import which

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from subprocess import Popen
    from typing import Any, ClassVar, Literal, Self, TypedDict

    from rezfast.rex.strings import EscapedString

    RcFile = str | Literal[False] | None
    Capabilities = tuple[RcFile | bool, bool, bool, Any]

    class StartupSequence(TypedDict):
        """What a shell reads when it starts (rez: the dict of `get_startup_sequence`).

        Attributes:
            stdin: Whether commands are read from standard input.
            command: The command that is run; None: none is.
            do_rcfile: Whether the shell is given a startup file in place of its own.
            envvar: The variable that names a file the shell reads; None: there is none.
            files: The startup files that exist, in the order of reading; `~` is not expanded.
            bind_files: Startup files that make the environment, whether or not they exist.
            source_bind_files: Whether the user's own files of those names are read as well.
        """

        stdin: bool
        command: str | None
        do_rcfile: bool
        envvar: str | None
        files: list[str]
        bind_files: list[str]
        source_bind_files: bool


class Shell(ActionInterpreter):
    """A shell: an interpreter whose output is a script (rez: `rez.shells.Shell`).

    Attributes:
        settings: The settings under `plugins.shell.<name>`.
    """

    _syspaths: ClassVar[dict[str, list[str]]] = {}

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.settings = self._section()

    # ---- which shell it is

    @classmethod
    def name(cls) -> str:
        """The shell's name, as `bash`."""
        return cls.__name__.lower()

    @classmethod
    def executable_name(cls) -> str:
        """The name of its program."""
        return cls.name()

    @classmethod
    def executable_filepath(cls) -> str:
        """The path of its program.

        Raises:
            ShellError: It is not there (rez: RuntimeError, which this is too).
        """
        return cls.find_executable(cls.executable_name())

    @property
    def executable(self) -> str:
        """The path of its program, as `executable_filepath` gives it."""
        return self.executable_filepath()

    @classmethod
    def is_available(cls) -> bool:
        """Whether its program is there."""
        try:
            cls.executable_filepath()
        except ShellError:
            return False
        return True

    @classmethod
    def find_executable(cls, name: str, check_syspaths: bool = False) -> str:
        """The path of a program: what `executable_fullpath` says, or else the first on `PATH`.

        Args:
            name: Name of the program.
            check_syspaths: Whether to look in the shell's system paths after that.

        Raises:
            ShellError: It is not there.
        """
        field = f"plugins.shell.{cls.name()}.executable_fullpath"
        given = cls._section().get("executable_fullpath")
        if given:
            if not os.path.exists(given):
                raise ShellError(
                    f"{cls.name()}: there is no file {given!r}, which {field} names; set it to the "
                    "path of the shell's program"
                )
            return str(given)
        path = os.environ.get("PATH", os.defpath)
        found = which(name)
        if found is None and check_syspaths:
            syspaths = cls.get_syspaths()
            path = os.pathsep.join([path, *syspaths])
            found = which(name, {"PATH": os.pathsep.join(syspaths)})
        if found is None:
            raise ShellError(
                f"{cls.name()}: no program {name!r} on PATH ({path}); install it, set {field}, or "
                "choose another shell"
            )
        return found

    @classmethod
    def file_extension(cls) -> str:
        """The extension of its scripts, without a dot."""
        return cls.name()

    @classmethod
    def _section(cls) -> Any:
        return settings().plugins.shell[cls.name()]

    # ---- how it starts

    @classmethod
    def startup_capabilities(
        cls,
        rcfile: RcFile | bool = False,
        norc: bool = False,
        stdin: bool = False,
        command: Any = None,
    ) -> Capabilities:
        """Which of these options the shell takes, given together (rez: the same).

        Args:
            rcfile: A startup file in place of the user's.
            norc: No startup files.
            stdin: Commands from standard input.
            command: A command to run; None: none.

        Returns:
            The four as they will be in effect: what is not supported, or beaten by another, is
            False. The setting `warn_shell_startup` makes a warning of it.
        """
        cls._unsupported_option("rcfile", rcfile)
        cls._unsupported_option("norc", norc)
        cls._unsupported_option("stdin", stdin)
        return False, False, False, command

    @classmethod
    def get_startup_sequence(
        cls, rcfile: RcFile | bool, norc: bool, stdin: bool, command: Any
    ) -> StartupSequence:
        """What the shell reads when it starts; arguments as in `startup_capabilities`."""
        _, norc, stdin, command = cls.startup_capabilities(rcfile, norc, stdin, command)
        return {
            "stdin": stdin,
            "command": command,
            "do_rcfile": False,
            "envvar": None,
            "files": [],
            "bind_files": [],
            "source_bind_files": not norc,
        }

    @classmethod
    def get_syspaths(cls) -> list[str]:
        """Where the system's programs are: `standard_system_paths`, or else what the shell says."""
        given = settings().standard_system_paths
        if given:
            return list(given)
        name = cls.name()
        if name not in Shell._syspaths:
            Shell._syspaths[name] = cls._find_syspaths()
        return list(Shell._syspaths[name])

    @classmethod
    def begin_syspaths(cls) -> None:
        """Have what `get_syspaths` has to ask the shell for found out meanwhile."""

    @classmethod
    def _find_syspaths(cls) -> list[str]:
        """What `get_syspaths` gives without a setting; asked for once a process."""
        return []

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
        """Start the shell in an environment (rez: the same).

        Args:
            context_file: The script that makes the environment, in the shell's language.
            tmpdir: A directory of the caller's, where the scripts that are needed are written. It
                has to be there until the process has ended.
            rcfile: A startup file in place of the user's.
            norc: No startup files; beats `rcfile`.
            stdin: True: read commands from standard input. Something else that is true is given
                to the process as its standard input as well.
            command: A command to run and then end; None: be interactive; empty: end at once.
            env: Environment variables to start from; None: this process's.
            quiet: No greeting.
            pre_command: What to put before the shell's own command line, as words or text.
            add_rez: Whether to set the prompt and greet.
            package_commands_sourced_first: Whether the environment is made before startup files
                are read; None: as the setting of that name says.
            Popen_args: More arguments of `subprocess.Popen`.

        Returns:
            The process, which has been started and not waited for.

        Raises:
            ShellError: The shell's program is not there.
            RezSystemError: A script cannot be written, or the process cannot be started.
        """
        return self._missing("spawn_shell")

    @classmethod
    def _unsupported_option(cls, option: str, value: object) -> None:
        if value and settings().warn("shell_startup"):
            warn(f"{cls.name()} has no option {option}; it is ignored")

    @classmethod
    def _overruled_option(cls, option: str, overruling: str, value: object) -> None:
        if value and settings().warn("shell_startup"):
            warn(f"{option} is ignored: {cls.name()} was given {overruling}, which beats it")

    # ---- the script

    def _addline(self, line: str) -> None:
        self._lines.append(line)

    def get_output(self, style: OutputStyle = OutputStyle.file) -> str:
        """The script so far.

        Args:
            style: As lines of a file, or joined with `;` and without comments, to be evaluated.
        """
        if style is OutputStyle.file:
            return "\n".join(self._lines) + "\n"
        return ";".join(
            [line.rstrip().rstrip(";") for line in self._lines if not line.startswith("#")]
        )

    def new_shell(self) -> Self:
        """A shell of the same kind with an empty script."""
        return type(self)()

    def resetenv(
        self, key: str, value: str | EscapedString, friends: Iterable[str] | None = None
    ) -> None:
        """Set a variable; nothing is known of what `friends` would be, in rez either."""
        self.setenv(key, value)

    def _saferefenv(self, key: str) -> None:
        """Nothing to do: a variable that is not there is empty text to most shells."""

    # ---- its language

    @classmethod
    def convert_tokens(cls, value: str) -> str:
        """Text with its `$X` and `${X}` as the shell writes references."""
        return cls.ENV_VAR_REGEX.sub(
            lambda match: cls.get_key_token(match[match.lastindex or 0]), value
        )

    @classmethod
    def get_key_token(cls, key: str) -> str:
        """A reference to a variable, in the form that is safest: `${KEY}`."""
        return cls.get_all_key_tokens(key)[0]

    @classmethod
    def get_all_key_tokens(cls, key: str) -> list[str]:
        """All forms of a reference to a variable, the safest first."""
        return [f"${{{key}}}", f"${key}"]

    @classmethod
    def line_terminator(cls) -> str:
        """What ends a line of its scripts."""
        return "\n"

    @classmethod
    def join(cls, command: Iterable[str] | str) -> str:
        """A command line of words (rez: the same).

        Variables are expanded in a word, as in `rez-env -- echo 'hey $USER'`; nothing else has a
        meaning.

        Args:
            command: Program and arguments; a text is given back as it is.
        """
        return joined(command, cls._quoted_word)

    @classmethod
    def _quoted_word(cls, word: str) -> str:
        """A word of a command line in quotes; here as sh reads them."""
        return sh_word(word)


def warn(message: str) -> None:
    """Write a warning on stderr, if anybody listens there."""
    if sys.stderr is not None:
        sys.stderr.write(f"rezfast: warning: {message}\n")


def debug(message: str) -> None:
    """Write how a shell is started on stderr, when `debug_shell_startup` is set."""
    if sys.stderr is not None and settings().debug("shell_startup"):
        sys.stderr.write(f"rezfast: debug: {message}\n")

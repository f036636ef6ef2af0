"""cmd, the command prompt of Windows (rez: `rezplugins.shell.cmd`).

How it reads text: `^` takes the meaning from the next character, except between double quotes; in
a batch file `%X%` is a variable and `%%` a percent sign, everywhere.
"""

from __future__ import annotations

import os
import re

from rezfast.config import settings
from rezfast.errors import RexError, ShellError
from rezfast.rex.interpreter import OutputStyle
from rezfast.rex.strings import EscapedString
from rezfast.shell.base import Shell
from rezfast.shell.process import start, words_of, write_script
from rezfast.shell.startup import GREETING
from rezfast.shell.text import checked_alias, escaped_parts
from rezfast.shell.windows import get_syspaths_from_registry, to_windows_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from subprocess import Popen
    from typing import Any

# A caret with what it has escaped already; a lone one; what has to be escaped.
_CARET = re.compile(r"(\^[&<>^])|[&<>|^]")
_PERCENT = re.compile("%([A-Za-z0-9_]+)%|%")
# Text after `echo` that would be more than text.
_SWITCH = re.compile(r"\s*(?:on|off)\s*|.*/\?.*", re.IGNORECASE | re.DOTALL)
_WORD_SPECIAL = re.compile(r'[()!^"<>&|]')
_UNQUOTED_SPECIAL = re.compile(r"[&<>|^]")

_FIND = (
    r'echo %PATHEXT%|C:\Windows\System32\findstr.exe /i /c:"{0}">nul || set PATHEXT=%PATHEXT%;{0}'
)


class Cmd(Shell):
    """cmd. Values come expanded, since its references are not those of other shells."""

    expand_env_vars = True
    _doskey: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self._aliases: dict[str, str] = {}

    @classmethod
    def file_extension(cls) -> str:
        """`bat`."""
        return "bat"

    @classmethod
    def _find_syspaths(cls) -> list[str]:
        return get_syspaths_from_registry()

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
        """As in the base: it runs a script, and another cmd in it when there is no command."""
        sequence = self.get_startup_sequence(rcfile, norc, bool(stdin), self._expand_alias(command))
        command = sequence["command"]
        script = self._launcher(context_file, command, quiet=quiet, adds_rez=add_rez)
        path = write_script(tmpdir, f"rez-shell.{self.file_extension()}", script.get_output())
        words = words_of(pre_command)
        line = [*words, self.executable, "/Q", "/K" if command is None else "/C", f"call {path}"]
        # START, which gives a window of its own, is a command of cmd and no program
        is_detached = words[:1] == ["START"]
        return start(line, env, shell=is_detached, **Popen_args)

    def _launcher(
        self, context_file: str, command: str | None, *, quiet: bool, adds_rez: bool
    ) -> Cmd:
        """The script that makes the environment and runs a command."""
        script = self.new_shell()
        prompt = self.settings.prompt
        if prompt:
            value = EscapedString("%REZ_ENV_PROMPT%").literal(prompt)
            script.setenv("REZ_ENV_PROMPT", value)
        extensions = self.settings.additional_pathext
        for extension in extensions or ():
            script.command(_FIND.format(extension))
        if extensions:
            script.command("(call )")  # puts back the exit code
        script.source(context_file)
        if adds_rez:
            script._bind_interactive_rez()
            if command is None and not quiet:
                for text in ("", GREETING, ""):
                    script.info(text)
                script.command("cmd /Q /C rezfast context")
        if command:
            script.command(command)
        elif command is None:
            script.command("cmd /Q /K")
        script.command("exit %errorlevel%")
        return script

    def _bind_interactive_rez(self) -> None:
        if not (settings().set_prompt and self.settings.prompt):
            return
        stored = os.environ.get("REZ_STORED_PROMPT_CMD")
        prompt = stored or os.environ.get("PROMPT", "")
        if not stored:
            self.setenv("REZ_STORED_PROMPT_CMD", prompt)
        mark = "%REZ_ENV_PROMPT%"
        is_prefix = settings().prefix_prompt
        self._addline(f"set PROMPT={f'{mark} {prompt}' if is_prefix else f'{prompt} {mark}'}")

    def _expand_alias(self, command: str | None) -> str | None:
        """The command with an alias of this script in front of it replaced: doskey is too late."""
        words = command.split() if command else []
        if command and words and words[0] in self._aliases:
            return command.replace(words[0], self._aliases[words[0]], 1)
        return command

    # ---- the script

    def get_output(self, style: OutputStyle = OutputStyle.file) -> str:
        """The script so far; joined with `&&` to be evaluated, as in rez."""
        if style is OutputStyle.file:
            return super().get_output(style)
        return "&& ".join([line.rstrip() for line in self._lines if not line.startswith("REM")])

    def escape_string(self, value: str | EscapedString, is_path: bool = False) -> str:
        """The value as it stands outside double quotes.

        Args:
            value: In a `str`, `%X%` is expanded and nothing else is.
            is_path: Whether it is of a path-like variable.

        Raises:
            RexError: It holds a NUL or a line break, which cmd cannot take.
        """
        pieces = list(escaped_parts(value))
        whole = "".join([text for _, text in pieces])
        # between quotes a caret is a caret, so there must be none
        hides_quotes = '"' in whole and _UNQUOTED_SPECIAL.search(whole) is not None
        result = ""
        for is_literal, text in pieces:
            if is_path and not is_literal:
                text = self.normalize_paths(text)
            text = _CARET.sub(lambda match: match[0] if match[1] else f"^{match[0]}", text)
            if hides_quotes:
                text = text.replace('"', '^"')
            result += _PERCENT.sub(_doubled if is_literal else _doubled_if_lone, text)
        return _one_line(result)

    def normalize_path(self, path: str) -> str:
        """A path with backslashes."""
        return to_windows_path(path)

    def shebang(self) -> None:
        """Nothing: these scripts are run by name."""

    def setenv(self, key: str, value: str | EscapedString) -> None:
        """Set a variable."""
        text = self.escape_string(value, is_path=self._is_pathed_key(key))
        self._addline(f"set {self.escape_string(key)}={text}")

    def unsetenv(self, key: str) -> None:
        """Unset a variable."""
        self._addline(f"set {self.escape_string(key)}=")

    def alias(self, key: str, value: str) -> None:
        """Make a macro of doskey, with its own arguments at the end."""
        value = _one_line(EscapedString.disallow(value))
        self._aliases[checked_alias(key)] = value
        self._addline(f"{self._doskey_path()} {key}={value} $*")

    @classmethod
    def _doskey_path(cls) -> str:
        """The program that keeps aliases, found before packages change PATH."""
        if cls._doskey is None:
            try:
                cls._doskey = cls.find_executable("doskey", check_syspaths=True)
            except ShellError:
                cls._doskey = "doskey"
        return cls._doskey

    def comment(self, value: str) -> None:
        """Leave a comment, a line for each of the text."""
        for line in EscapedString.demote(value).splitlines() or [""]:
            # a caret at the end would take in the next line
            self._addline(f"REM {line}{' ' if line.endswith('^') else ''}")

    def info(self, value: str | EscapedString) -> None:
        """Write lines on stdout."""
        for line in EscapedString.promote(value).split("\n"):
            text = self.convert_tokens(self.escape_string(line))
            if not text:
                self._addline("echo.")
            else:
                self._addline(f"echo({text}" if _SWITCH.fullmatch(text) else f"echo {text}")

    def error(self, value: str | EscapedString) -> None:
        """Write lines on stderr, in quotes, as in rez."""
        for line in EscapedString.promote(value).split("\n"):
            self._addline(f'echo "{self.convert_tokens(self.escape_string(line))}" 1>&2')

    def source(self, value: str) -> None:
        """Run a script in place."""
        path = _one_line(value)
        if '"' in path:
            raise RexError(f"source({value!r}): cmd has no file of a name with quotes")
        self._addline(f'call "{path}"' if re.search(r"[\s&|<>^(),;=]", path) else f"call {path}")

    def command(self, value: Any) -> None:
        """Run a command: text as it is, or a program with arguments, which are quoted."""
        value = EscapedString.disallow(value)
        if not isinstance(value, str):
            program, *arguments = value
            line = self.join([str(EscapedString.demote(argument)) for argument in arguments])
            value = f"{EscapedString.disallow(program)} {line}".rstrip()
        self._addline(value)

    # ---- its language

    @classmethod
    def get_all_key_tokens(cls, key: str) -> list[str]:
        """`%KEY%`."""
        return [f"%{key}%"]

    @classmethod
    def join(cls, command: Iterable[str] | str) -> str:
        """A command line of words, as programs of Windows take it apart."""
        if isinstance(command, str):
            return command
        # Deferred: a module that most scripts do not need.
        from subprocess import list2cmdline

        words = [_one_line(list2cmdline([word])) for word in command]
        return " ".join(
            [
                _WORD_SPECIAL.sub(r"^\g<0>", word) if _UNQUOTED_SPECIAL.search(word) else word
                for word in words
            ]
        )

    @classmethod
    def line_terminator(cls) -> str:
        """Carriage return and line feed."""
        return "\r\n"


def _doubled(match: re.Match[str]) -> str:
    """A percent sign, or two around a name, as a batch file writes them."""
    return match[0].replace("%", "%%")


def _doubled_if_lone(match: re.Match[str]) -> str:
    return match[0] if match[1] else "%%"


def _one_line(text: str) -> str:
    """The text, if it is one line.

    Raises:
        RexError: It is not, and what comes after the first line would be commands.
    """
    if "\n" in text or "\r" in text:
        raise RexError(f"cmd cannot take a text with a line break: {text!r}")
    return text

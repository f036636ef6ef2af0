"""What Windows PowerShell and PowerShell have in common (rez: `PowerShellBase`)."""

from __future__ import annotations

import re
import sys

from rezfast.config import settings
from rezfast.rex.interpreter import ActionInterpreter, OutputStyle
from rezfast.rex.strings import EscapedString
from rezfast.shell.base import Shell
from rezfast.shell.process import start, words_of, write_script
from rezfast.shell.startup import GREETING
from rezfast.shell.text import checked_alias, escaped_parts, joined, parts
from rezfast.shell.windows import get_syspaths_from_registry, to_windows_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from subprocess import Popen
    from typing import Any

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
# A variable of the environment, or of PowerShell.
_REFERENCE = re.compile(rf"\$\{{((?:[Ee][Nn][Vv]:)?{_NAME})\}}|\$((?:[Ee][Nn][Vv]:)?{_NAME})")

# Inside double quotes, what means something; PowerShell takes curly quotes for straight ones.
_SPECIAL = re.compile("[\"'`$\u201c\u201d\u201e]")
# The same where `$` is no reference, which it is not before a blank or a quote.
_SPECIAL_IN_TEXT = re.compile("[\"'`\u201c\u201d\u201e]|\\$(?=[^\\s\"'])")
# What Write-Host takes for text without quotes.
_PLAIN = re.compile(r"(?:[\w./:\\=+]| (?=\S)|\$\{Env:\w+\})*")

# PowerShell knows the exit code of programs, and of its own commands whether they failed. The
# variable is tested first because in strict mode a missing one is an error.
_EXIT = """\
$_rez_shell_command_status = $?
if ((Test-Path variable:LASTEXITCODE) -and $LASTEXITCODE) {
  exit $LASTEXITCODE
}
if (! $_rez_shell_command_status) {
  exit 1
}"""


class PowerShellBase(Shell):
    """A PowerShell. Values come expanded, since it has no reference that other shells share."""

    expand_env_vars = True
    # `$Env:X` comes first: otherwise it would be a reference to Env
    ENV_VAR_REGEX = re.compile(
        rf"\$[Ee][Nn][Vv]:([a-zA-Z_]+)|\$\{{[Ee][Nn][Vv]:({_NAME})\}}|"
        + ActionInterpreter.ENV_VAR_REGEX.pattern
    )

    @classmethod
    def file_extension(cls) -> str:
        """`ps1`."""
        return "ps1"

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
        """As in the base: it runs a script, and stays when there is no command."""
        sequence = self.get_startup_sequence(rcfile, norc, bool(stdin), command)
        command = sequence["command"]
        script = self.new_shell()
        script.source(context_file)
        if add_rez:
            script._bind_interactive_rez()
            if command is None and not quiet:
                for text in ("", GREETING, ""):
                    script.info(text)
                script.command(f"& {self._quoted_word(sys.executable)} -E -m rezfast context")
        extensions = self.settings.additional_pathext
        if sys.platform == "win32" and extensions:
            script.command(_pathext(extensions))
        if command:
            script.command(command)
        script.command(_EXIT)
        path = write_script(tmpdir, f"rez-shell.{self.file_extension()}", script.get_output())
        line = [self.executable, "-NoLogo"]
        if command is None:
            line.insert(1, "-NoExit")
        policy = self.settings.execution_policy
        if policy and policy.isalpha():
            line += ["-ExecutionPolicy", policy]
        return start([*words_of(pre_command), *line, "-File", path], env, **Popen_args)

    def _bind_interactive_rez(self) -> None:
        if settings().set_prompt and self.settings.prompt:
            self._addline(f'Function prompt {{"{self.settings.prompt}"}}')

    # ---- the script

    def get_output(self, style: OutputStyle = OutputStyle.file) -> str:
        """The script so far; joined with `&&` to be evaluated, as in rez."""
        if style is OutputStyle.file:
            return super().get_output(style)
        return "&& ".join([line.rstrip() for line in self._lines if not line.startswith("#")])

    def escape_string(self, value: str | EscapedString, is_path: bool = False) -> str:
        """The value as it stands inside double quotes.

        Args:
            value: In a `str`, references to variables are expanded and nothing else is.
            is_path: Whether it is of a path-like variable.

        Raises:
            RexError: It holds a NUL.
        """
        return "".join(
            [
                _escaped(text)
                if is_literal
                else _expandable(self.normalize_paths(text) if is_path else text)
                for is_literal, text in escaped_parts(value)
            ]
        )

    def normalize_path(self, path: str) -> str:
        """A path with backslashes on Windows, as it is elsewhere."""
        return to_windows_path(path) if sys.platform == "win32" else path

    def shebang(self) -> None:
        """Nothing: these scripts are run by name."""

    def setenv(self, key: str, value: str | EscapedString) -> None:
        """Set a variable."""
        text = self.escape_string(value, is_path=self._is_pathed_key(key))
        self._addline(f'Set-Item -Path "Env:{_escaped(key)}" -Value "{text}"')

    def prependenv(self, key: str, value: str | EscapedString) -> None:
        """Put a value before what a variable holds."""
        text = self.escape_string(value, is_path=self._is_pathed_key(key))
        self._addline(self._joined(key, f'"{text}{self.pathsep}" + {_held(key)}'))

    def appendenv(self, key: str, value: str | EscapedString) -> None:
        """Put a value after what a variable holds."""
        text = self.escape_string(value, is_path=self._is_pathed_key(key))
        self._addline(self._joined(key, f'{_held(key)} + "{self.pathsep}{text}"'))

    @staticmethod
    def _joined(key: str, expression: str) -> str:
        return f'Set-Item -Path "Env:{_escaped(key)}" -Value ({expression})'

    def unsetenv(self, key: str) -> None:
        """Unset a variable, if it is there."""
        self._addline(f'Remove-Item -ErrorAction SilentlyContinue "Env:{_escaped(key)}"')

    def alias(self, key: str, value: str) -> None:
        """Make a function that runs `value`, with its own arguments after it."""
        value = EscapedString.disallow(value)
        self._addline(f"function {checked_alias(key)}() {{ {value} @args }}")

    def comment(self, value: str) -> None:
        """Leave a comment, a line for each of the text."""
        for line in EscapedString.demote(value).split("\n"):
            self._addline(f"# {line}")

    def info(self, value: str | EscapedString) -> None:
        """Write lines on stdout."""
        for line in EscapedString.promote(value).split("\n"):
            text = self.convert_tokens(self.escape_string(line))
            self._addline(f"Write-Host {text}" if _is_plain(text) else f'Write-Host "{text}"')

    def error(self, value: str | EscapedString) -> None:
        """Write lines as errors."""
        for line in EscapedString.promote(value).split("\n"):
            self._addline(f'Write-Error "{self.convert_tokens(self.escape_string(line))}"')

    def source(self, value: str) -> None:
        """Run a script in place."""
        self._addline(f'. "{_in_quotes(value)}"')

    def command(self, value: Any) -> None:
        """Run a command: text as it is, or a program with arguments, which are quoted."""
        value = EscapedString.disallow(value)
        if not isinstance(value, str):
            program, *arguments = value
            words = [f'"{self.escape_string(argument)}"' for argument in arguments]
            value = " ".join([EscapedString.disallow(program), *words])
        self._addline(value)

    # ---- its language

    @classmethod
    def get_all_key_tokens(cls, key: str) -> list[str]:
        """`${Env:KEY}` and `$Env:KEY`."""
        return [f"${{Env:{key}}}", f"$Env:{key}"]

    @classmethod
    def join(cls, command: Iterable[str] | str) -> str:
        """A command line of words, with the call operator in case that the program is quoted."""
        if isinstance(command, str):
            return command
        return "& " + joined(command, cls._quoted_word)

    @classmethod
    def _quoted_word(cls, word: str) -> str:
        return f'"{_in_quotes(word)}"'


def _escaped(text: str) -> str:
    """Text inside double quotes, with nothing to expand."""
    return _SPECIAL.sub(r"`\g<0>", text)


def _expandable(text: str) -> str:
    """Text inside double quotes, with references."""
    return "".join(
        [
            piece if name else _SPECIAL_IN_TEXT.sub(r"`\g<0>", piece)
            for name, piece in parts(text, _REFERENCE)
        ]
    )


def _in_quotes(text: str) -> str:
    """The same with single quotes as they are, which mean nothing there."""
    return _expandable(text).replace("`'", "'")


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and not text.startswith((" ", "+"))


def _held(key: str) -> str:
    """What a variable holds; nothing when it is not there."""
    return f'(Get-ChildItem -ErrorAction SilentlyContinue "Env:{_escaped(key)}").Value'


def _pathext(extensions: Iterable[str]) -> str:
    """Adds extensions to PATHEXT, so that `.py` files run by name."""
    added = ";".join(extensions)
    return (
        f'$Env:PATHEXT = ((($Env:PATHEXT + ";{added}") -split ";") | '
        'Select-Object -Unique) -join ";"'
    )

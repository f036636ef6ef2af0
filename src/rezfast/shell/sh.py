"""sh, and what shells of its language share (rez: `rezplugins.shell.sh`)."""

from __future__ import annotations

import os

from rezfast.config import settings
from rezfast.rex.strings import EscapedString
from rezfast.shell.text import checked_alias, variable, without_recursion
from rezfast.shell.unix import UnixShell, existing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast.shell.base import RcFile, StartupSequence

# Text that means itself in double quotes, as nearly every value does.
_ITSELF = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./<>|() -"


class Sh(UnixShell):
    """The system's `sh`, whichever shell that is."""

    norc_arg = "--noprofile"
    histfile = "~/.bash_history"
    histvar = "HISTFILE"
    source_command = "."

    @classmethod
    def file_extension(cls) -> str:
        """`sh`, of the shells built on this as well."""
        return "sh"

    @classmethod
    def get_startup_sequence(
        cls, rcfile: RcFile | bool, norc: bool, stdin: bool, command: Any
    ) -> StartupSequence:
        """As in the base: `~/.profile` and what `$ENV` names, for interactive shells."""
        _, norc, stdin, command = cls.startup_capabilities(rcfile, norc, stdin, command)
        files: list[str] = []
        variable = None
        if command is None and not stdin:
            if not norc:
                files = existing(["~/.profile"])
            variable = "ENV"
            files += named_by(variable)
        return {
            "stdin": stdin,
            "command": command,
            "do_rcfile": False,
            "envvar": variable,
            "files": files,
            "bind_files": [],
            "source_bind_files": False,
        }

    def _bare_options(self) -> list[str]:
        """None: a script of sh reads no startup files."""
        return []

    def _bind_interactive_rez(self) -> None:
        self._bind_prompt(r"\[\e[1m\]$REZ_ENV_PROMPT\[\e[0m\]")

    def _bind_prompt(self, mark: str) -> None:
        """Put a mark into the prompt; the first prompt is kept for shells started in this one."""
        if settings().set_prompt and self._prompt():
            stored = "REZ_STORED_PROMPT_SH"
            self._addline(f'if [ -z "${stored}" ]; then export {stored}="$PS1"; fi')
            is_prefix = settings().prefix_prompt
            prompt = f"{mark} ${stored}" if is_prefix else f"${stored} {mark}"
            self._addline(f'export PS1="{prompt}"')

    def setenv(self, key: str, value: str | EscapedString) -> None:
        """Set a variable."""
        if type(value) is str and not value.strip(_ITSELF) and self._is_itself(key):
            text = f'"{value}"'
        else:
            text = self.escape_string(value, is_path=self._is_pathed_key(key))
        name = key if key.isidentifier() else variable(key, self.escape_string)
        self._addline(f"export {name}={text}")

    def _is_itself(self, key: str) -> bool:
        """Whether what a variable holds stays as it is: paths do, in a shell of this system."""
        return True

    def unsetenv(self, key: str) -> None:
        """Unset a variable."""
        self._addline(f"unset {variable(key, self.escape_string)}")

    def alias(self, key: str, value: str) -> None:
        """Make a function that runs `value`, with its own arguments after it."""
        value = without_recursion(key, EscapedString.disallow(value))
        self._addline(f'{checked_alias(key)}() {{ {value} "$@"; }};')

    def _echoes(self, line: str) -> bool:
        # sh may be dash, whose echo reads escapes, in the values of variables too
        return super()._echoes(line) and "\\" not in line and "$" not in line


def named_by(variable: str) -> list[str]:
    """The file that a variable of this process names, if it is there."""
    path = os.getenv(variable)
    return [path] if path and os.path.isfile(os.path.expanduser(path)) else []

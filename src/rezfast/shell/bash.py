"""bash (rez: `rezplugins.shell.bash`)."""

from __future__ import annotations

from rezfast.rex.strings import EscapedString
from rezfast.shell.sh import Sh, named_by
from rezfast.shell.text import checked_alias, without_recursion
from rezfast.shell.unix import existing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast.shell.base import RcFile, StartupSequence

_STARTUP_FILES = ("~/.bash_profile", "~/.bash_login", "~/.profile", "~/.bashrc")


class Bash(Sh):
    """bash."""

    rcfile_arg = "--rcfile"
    norc_arg = "--norc"
    supports_rcfile = True

    @classmethod
    def get_startup_sequence(
        cls, rcfile: RcFile | bool, norc: bool, stdin: bool, command: Any
    ) -> StartupSequence:
        """As in the base: what `$BASH_ENV` names, `rcfile`, or the user's own files."""
        rcfile, norc, stdin, command = cls.startup_capabilities(rcfile, norc, stdin, command)
        variable = None
        takes_rcfile = False
        if command is not None or stdin:
            variable = "BASH_ENV"
            files = named_by(variable)
        elif rcfile or norc:
            takes_rcfile = True
            files = existing([rcfile]) if isinstance(rcfile, str) and rcfile else []
        else:
            files = existing(_STARTUP_FILES)
        return {
            "stdin": stdin,
            "command": command,
            "do_rcfile": takes_rcfile,
            "envvar": variable,
            "files": files,
            "bind_files": ["~/.bash_profile", "~/.bashrc"],
            "source_bind_files": True,
        }

    def alias(self, key: str, value: str) -> None:
        """Make a function that runs `value`; shells started in this one have it too."""
        value = without_recursion(key, EscapedString.disallow(value))
        key = checked_alias(key)
        self._addline(f'function {key}() {{ {value} "$@"; }};export -f {key};')

    def _echoes(self, line: str) -> bool:
        return not line.startswith(("-", "$"))

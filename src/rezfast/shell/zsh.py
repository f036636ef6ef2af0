"""zsh (rez: `rezplugins.shell.zsh`)."""

from __future__ import annotations

from rezfast.shell.sh import Sh
from rezfast.shell.startup import Startup
from rezfast.shell.text import sh_word
from rezfast.shell.unix import existing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast.shell.base import RcFile, StartupSequence
    from rezfast.shell.unix import UnixShell

_STARTUP_FILES = ("~/.zprofile", "~/.zlogin", "~/.zshrc", "~/.zshenv")


class ZshStartup(Startup):
    """One start of zsh."""

    def _given_files(self) -> list[str]:
        return [file for file in self.sequence["files"] if file not in _STARTUP_FILES]


class Zsh(Sh):
    """zsh."""

    startup_class = ZshStartup
    norc_arg = "--no-rcs"
    supports_rcfile = True
    histfile = "~/.zsh_history"
    startup_env_var = "ZDOTDIR"

    @classmethod
    def get_startup_sequence(
        cls, rcfile: RcFile | bool, norc: bool, stdin: bool, command: Any
    ) -> StartupSequence:
        """As in the base: `rcfile`, or the user's own files."""
        rcfile, norc, stdin, command = cls.startup_capabilities(rcfile, norc, stdin, command)
        if rcfile or norc:
            files = existing([rcfile]) if isinstance(rcfile, str) and rcfile else []
        else:
            files = existing(_STARTUP_FILES)
        return {
            "stdin": stdin,
            "command": command,
            "do_rcfile": False,
            "envvar": None,
            "files": files,
            # that is all it reads when it is not interactive
            "bind_files": ["~/.zshenv" if stdin else "~/.zshrc"],
            "source_bind_files": not norc,
        }

    def _bare_options(self) -> list[str]:
        return [self.norc_arg]

    def _bind_interactive_rez(self) -> None:
        self._bind_prompt("%{%B%}$REZ_ENV_PROMPT%{%b%}")

    def _prompt(self) -> str:
        # the prompt is expanded once more when it is shown
        return super()._prompt().replace("%", "%%")

    def _write_startup_env(self, script: UnixShell) -> None:
        """Nothing: `HOME` stays what it is."""

    @classmethod
    def _quoted_word(cls, word: str) -> str:
        return sh_word(word, braces=True)

    def _reference(self, name: str, written: str) -> str:
        # `$X[1]` and `$X:h` would be more than a reference
        return written if written.startswith("${") else f"${{{name}}}"

"""fish, for which rez has nothing.

fish reads the user's `config.fish` whatever it is started for, and before that the files in
`fish/vendor_conf.d` of the directories that `XDG_DATA_DIRS` lists. So one process does, in place of
the two of other shells:

    vendor_conf.d/rezfast.fish     the context file, when it is to come before startup files
    config.fish                    the user's own, which fish reads by itself
    rez-shell.fish                 the rest: the prompt, and the command, if there is one
"""

from __future__ import annotations

import os
import re

from rezfast.config import settings
from rezfast.rex.strings import EscapedString
from rezfast.shell.startup import Startup
from rezfast.shell.text import REFERENCE, checked_alias, parts, variable, without_recursion
from rezfast.shell.unix import UnixShell, existing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast.shell.base import RcFile, StartupSequence

_DATA_DIRS = "XDG_DATA_DIRS"
# What fish takes when the variable is not there.
_DEFAULT_DATA_DIRS = "/usr/local/share:/usr/share"

# What a command line is made of: quoted text, a reference in braces, or an escaped character.
_PIECE = re.compile(
    r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\.|\$\{(?P<name>[A-Za-z_]\w*)\}""", re.DOTALL
)
# What means something inside double quotes.
_QUOTED_PIECE = re.compile(rf"\\.|{REFERENCE.pattern}", re.DOTALL)
_BETWEEN_WORDS = " \t\n;|&()<>"


class FishStartup(Startup):
    """One start of fish."""

    def command_line(self) -> list[str]:
        """The command that starts it; what that reads is written."""
        shell, command = self.shell, self.sequence["command"]
        # without the user's startup files there is nothing that the environment could come before
        is_bare = self.is_bare or self.sequence["do_rcfile"]
        script = self._new_script()
        if shell._prompt():
            script.setenv("REZ_ENV_PROMPT", "${REZ_ENV_PROMPT}" + shell._prompt())
        if self.is_context_first and not is_bare:
            self._write_early()
        elif self.is_context_first:
            script.source(self.context_file)
        if self.sequence["do_rcfile"]:
            self._source(script, self.sequence["files"])
        if not self.is_context_first:
            script.source(self.context_file)
        self._make_interactive(script, greets=command is None)
        line = [shell.executable, *(shell._bare_options() if is_bare else ())]
        if command is None:
            path = self._write(script, "rez-shell")
            return [*line, "--init-command", f"source {_single_quoted(path)}"]
        if command:
            script.command(command)
        script.command(f"exit {script.last_command_status}")
        return [*line, self._write(script, "rez-shell")]

    def _write_early(self) -> None:
        """Write what fish reads before `config.fish`, and have it looked for."""
        environ = os.environ if self.environ is None else self.environ
        dirs = environ.get(_DATA_DIRS)
        script = self._new_script()
        if dirs is None:
            script.unsetenv(_DATA_DIRS)
        else:
            script.setenv(_DATA_DIRS, EscapedString(dirs, True))
        script.source(self.context_file)
        self._write(script, "fish/vendor_conf.d/rezfast")
        self.environ = {**environ, _DATA_DIRS: f"{self.tmpdir}:{dirs or _DEFAULT_DATA_DIRS}"}


class Fish(UnixShell):
    """fish 3."""

    startup_class = FishStartup
    norc_arg = "--no-config"
    supports_rcfile = True
    stdin_arg = ""
    last_command_status = "$status"

    @classmethod
    def get_startup_sequence(
        cls, rcfile: RcFile | bool, norc: bool, stdin: bool, command: Any
    ) -> StartupSequence:
        """As in the base: `rcfile`, or the user's `config.fish`, which fish reads by itself."""
        rcfile, norc, stdin, command = cls.startup_capabilities(rcfile, norc, stdin, command)
        if rcfile or norc:
            files = existing([rcfile]) if isinstance(rcfile, str) and rcfile else []
        else:
            home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
            files = existing([f"{home}/fish/config.fish"])
        return {
            "stdin": stdin,
            "command": command,
            "do_rcfile": bool(files) and bool(rcfile),
            "envvar": None,
            "files": files,
            "bind_files": [],
            "source_bind_files": not norc,
        }

    @classmethod
    def get_all_key_tokens(cls, key: str) -> list[str]:
        """`$KEY`; values may have `${KEY}` as well."""
        return [f"${key}"]

    def _bind_interactive_rez(self) -> None:
        if settings().set_prompt and self._prompt():
            own = "rezfast_own_prompt"
            mark = 'set_color --bold; printf %s "$REZ_ENV_PROMPT"; set_color normal'
            is_prefix = settings().prefix_prompt
            prompt = f"{mark}; printf ' '; {own}" if is_prefix else f"{own}; printf ' '; {mark}"
            self._addline(f"functions -q {own}; or functions -c fish_prompt {own}")
            self._addline(f"function fish_prompt; {prompt}; end")

    @classmethod
    def _section(cls) -> Any:
        # the settings of a shell that rez has not are what the user gives
        given = settings().plugins.shell.get(cls.name()) or {}
        return {"prompt": ">", **{name: given[name] for name in given}}

    def _prompt(self) -> str:
        return str(self.settings["prompt"] or "")

    def _program(self) -> str:
        return _single_quoted(self.executable)

    # ---- the script

    def _literal(self, text: str) -> str:
        return _single_quoted(text)

    def _expandable(self, text: str) -> str:
        return _with_references(text)

    @classmethod
    def _quoted_word(cls, word: str) -> str:
        return _with_references(word)

    def setenv(self, key: str, value: str | EscapedString) -> None:
        """Set a variable."""
        text = self.escape_string(value, is_path=self._is_pathed_key(key))
        self._addline(f"set -gx {variable(key, self.escape_string)} {text}")

    def unsetenv(self, key: str) -> None:
        """Unset a variable, but not one that the user keeps for all sessions."""
        self._addline(f"set -eg {variable(key, self.escape_string)}")

    def alias(self, key: str, value: str) -> None:
        """Make a function that runs `value`, with its own arguments after it."""
        value = without_recursion(key, _command_line(EscapedString.disallow(value)))
        self._addline(f"function {checked_alias(key)}; {value} $argv; end")


def _single_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _command_line(text: str) -> str:
    """A command line whose `${X}`, which rex writes for every `$X`, are as fish has them.

    One syntax error would have fish read nothing of the whole script.
    """
    return _PIECE.sub(_in_fish, text)


def _in_fish(found: re.Match[str]) -> str:
    text, name = found[0], found["name"]
    if text.startswith('"'):
        # quotes that end and begin again part the name from what follows
        return _QUOTED_PIECE.sub(_in_quotes, text)
    if name is None:
        return text
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    # one that is not there is no word by itself, and empty text in a word
    is_word = (not before or before in _BETWEEN_WORDS) and (not after or after in _BETWEEN_WORDS)
    return f"${name}" if is_word else f'"${name}"'


def _in_quotes(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    return f'${name}""' if name else found[0]


def _with_references(text: str) -> str:
    """Expandable text; a reference has quotes of its own, so that `$X[1]` and `$Xy` are none."""
    pieces = [f'"${name}"' if name else _single_quoted(piece) for name, piece in parts(text)]
    return "".join(pieces)

"""csh (rez: `rezplugins.shell.csh`)."""

from __future__ import annotations

import os
import re

from rezfast.config import settings
from rezfast.rex.strings import EscapedString
from rezfast.shell.text import NAME, checked_alias, parts, single_quoted, variable
from rezfast.shell.unix import UnixShell, existing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast.shell.base import RcFile, StartupSequence

_STARTUP_FILES = ("~/.tcshrc", "~/.cshrc", "~/.login", "~/.cshdirs")
_STORED_PROMPT = "REZ_STORED_PROMPT_CSH"

# Inside double quotes, what would end them or mean something in them; a backslash does not help.
_SPECIAL = re.compile(r'["$`]')
# The same on a command line, as rez writes it.
_WORD_SPECIAL = re.compile(r'\$(?=[^a-zA-Z{])|\$\Z|\$\{|["`]')


class Csh(UnixShell):
    """The C shell."""

    norc_arg = "-f"
    last_command_status = "$status"
    histfile = "~/.history"
    histvar = "histfile"

    def __init__(self) -> None:
        super().__init__()
        # variables that the script has set so far
        self._there: set[str] = set()

    @classmethod
    def file_extension(cls) -> str:
        """`csh`, of tcsh as well."""
        return "csh"

    @classmethod
    def get_startup_sequence(
        cls, rcfile: RcFile | bool, norc: bool, stdin: bool, command: Any
    ) -> StartupSequence:
        """As in the base: the user's own files."""
        _, norc, stdin, command = cls.startup_capabilities(rcfile, norc, stdin, command)
        return {
            "stdin": stdin,
            "command": command,
            "do_rcfile": False,
            "envvar": None,
            "files": [] if norc else existing(_STARTUP_FILES),
            "bind_files": ["~/.tcshrc", "~/.cshrc"],
            "source_bind_files": not norc,
        }

    @classmethod
    def _path_options(cls) -> list[str]:
        return []

    def _bind_interactive_rez(self) -> None:
        if not (settings().set_prompt and self._prompt()):
            return
        stored = os.environ.get(_STORED_PROMPT)
        prompt = stored or os.environ.get("prompt", "[%m %c]%# ")  # noqa: SIM112
        if not stored:
            self.setenv(_STORED_PROMPT, EscapedString(prompt, True))
        mark = EscapedString("$REZ_ENV_PROMPT")
        own = EscapedString(prompt, True)
        is_prefix = settings().prefix_prompt
        text = mark + " " + own if is_prefix else own + " " + mark
        self._addline(f"set prompt={self.escape_string(text)}")

    def _saferefenv(self, key: str) -> None:
        """Set the variable to nothing if it is not there: csh stops at a reference to it."""
        if re.fullmatch(NAME, key):
            self._addline(f"if (!($?{key})) setenv {key}")
            self._there.add(key)

    def _make_referable(self, value: str | EscapedString) -> None:
        """See to it that what a value refers to is there, so that the script goes on after it."""
        for is_literal, text in EscapedString.promote(value).strings:
            for name, _ in () if is_literal else parts(text):
                if name and name not in self._there:
                    self._saferefenv(name)

    # ---- the script

    def _literal(self, text: str) -> str:
        return _protected(single_quoted(text))

    def _expandable(self, text: str) -> str:
        pieces = [
            # :q keeps what the value holds from being read again
            f'"${{{name}:q}}"' if name else _protected(_SPECIAL.sub(_apart, piece))
            for name, piece in parts(text)
        ]
        return f'"{"".join(pieces)}"'

    @classmethod
    def _quoted_word(cls, word: str) -> str:
        """A word in double quotes; quotes, backticks and lone `$` stand in single ones."""
        pieces = [
            f'"${{{name}:q}}"' if name else _protected(_WORD_SPECIAL.sub(_single, piece))
            for name, piece in parts(word)
        ]
        return f'"{"".join(pieces)}"'

    def _print(self, line: EscapedString) -> str:
        text = self.escape_string(line)
        if self._echoes(str(line)):
            return f"echo {text}"
        return f'/bin/sh -c \'printf "%s\\n" "$1"\' - {text}'

    def _echoes(self, line: str) -> bool:
        # tcsh's echo reads escapes, in the values of variables too
        return super()._echoes(line) and "\\" not in line and "$" not in line

    def info(self, value: str | EscapedString) -> None:
        """Write lines on stdout."""
        self._make_referable(value)
        super().info(value)

    def error(self, value: str | EscapedString) -> None:
        """Write lines on stderr, which csh itself cannot do without stdout."""
        self._make_referable(value)
        for line in EscapedString.promote(value).split("\n"):
            text = self.escape_string(line)
            self._addline(f'/bin/sh -c \'printf "%s\\n" "$1" 1>&2\' - {text}')

    def setenv(self, key: str, value: str | EscapedString) -> None:
        """Set a variable."""
        self._make_referable(value)
        text = self.escape_string(value, is_path=self._is_pathed_key(key))
        self._there.add(key)
        self._addline(f"setenv {variable(key, self.escape_string)} {text}")

    def unsetenv(self, key: str) -> None:
        """Unset a variable."""
        self._there.discard(key)
        self._addline(f"unsetenv {variable(key, self.escape_string)}")

    def alias(self, key: str, value: str) -> None:
        """Make an alias; `\\!` in it refers to arguments, which come last without it."""
        value = EscapedString.disallow(value)
        text = single_quoted(re.sub(r"(?<!\\)!", r"\\\\!", value)).replace("\n", "\\\n")
        self._addline(f"alias {checked_alias(key)} {text};")


def _apart(match: re.Match[str]) -> str:
    """A special character of a text in double quotes."""
    return '"\\""' if match[0] == '"' else _single(match)


def _single(match: re.Match[str]) -> str:
    """Text that leaves double quotes for single ones."""
    return f"\"'{match[0]}'\""


def _protected(text: str) -> str:
    """Quoted text with its history references and line breaks made plain."""
    return text.replace("!", "\\!").replace("\n", "\\\n")

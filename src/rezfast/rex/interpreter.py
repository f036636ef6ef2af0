"""What actions are done with: the base of interpreters (rez: `rez.rex.ActionInterpreter`).

    commands --call--> ActionManager --call--> ActionInterpreter --get_output()--> script, dict ...

The manager keeps the books (what each variable holds, which actions there were); an interpreter
turns each action into lines of a script, or does it.
"""

from __future__ import annotations

import os

from rezfast.config import settings
from rezfast.errors import RexError
from rezfast.patterns import pattern
from rezfast.rex.strings import EscapedString
from rezfast.typed import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Pattern
    from typing import Any, ClassVar, NoReturn


class OutputStyle(Enum):
    """What an interpreter's output is for (rez: `rez.rex.OutputStyle`)."""

    file = ("a script file",)
    eval = ("one line that a shell can evaluate",)


class ActionInterpreter:
    """Turns actions into something: lines of a script, changes of an environment.

    A subclass overrides the method of each action that it can be given. `prependenv` and
    `appendenv` may be left out: `setenv` is called with the whole value then. A value is a `str`,
    which is expandable text, or an `EscapedString`.

    Attributes:
        expand_env_vars: Whether values come with `$X` expanded, rather than as they were written.
        pathsep: What stands between the entries of a path-like variable.
        ENV_VAR_REGEX: Finds references to variables in text, so that formatting leaves them
            alone. The first group that takes part is the name.
    """

    expand_env_vars: ClassVar[bool] = False
    pathsep: str = os.pathsep
    # `$FOO1` is a reference to FOO with a 1 after it, as in rez
    ENV_VAR_REGEX: ClassVar[Pattern[str]] = pattern(r"\$\{([^{}]+)\}|\$([a-zA-Z_]+)")

    def get_output(self, style: OutputStyle = OutputStyle.file) -> Any:
        """What the actions so far have become: code, for most interpreters.

        Args:
            style: What it is for.
        """
        self._missing("get_output")

    # ---- actions

    def setenv(self, key: str, value: str | EscapedString) -> None:
        """Set a variable."""
        self._missing("setenv")

    def unsetenv(self, key: str) -> None:
        """Unset a variable, which may not be there."""
        self._missing("unsetenv")

    def resetenv(
        self, key: str, value: str | EscapedString, friends: Iterable[str] | None = None
    ) -> None:
        """Set a variable whatever it held; `friends` are variables that go with it."""
        self._missing("resetenv")

    def prependenv(self, key: str, value: str | EscapedString) -> None:
        """Put a value before what a variable holds. Optional."""
        self._missing("prependenv")

    def appendenv(self, key: str, value: str | EscapedString) -> None:
        """Put a value after what a variable holds. Optional."""
        self._missing("appendenv")

    def alias(self, key: str, value: str) -> None:
        """Make `key` a command that runs `value`."""
        self._missing("alias")

    def info(self, value: str | EscapedString) -> None:
        """Write a line on stdout."""
        self._missing("info")

    def error(self, value: str | EscapedString) -> None:
        """Write a line on stderr."""
        self._missing("error")

    def command(self, value: Any) -> None:
        """Run a command: a line of text, or a list of words. It is not formatted."""
        self._missing("command")

    def comment(self, value: str) -> None:
        """Leave a comment in the script."""
        self._missing("comment")

    def source(self, value: str) -> None:
        """Run a script of the interpreter's own language in place."""
        self._missing("source")

    def shebang(self) -> None:
        """Begin the script with its `#!` line."""
        self._missing("shebang")

    def get_key_token(self, key: str) -> str:
        """A reference to a variable, as the language writes it: `${KEY}`."""
        self._missing("get_key_token")

    # ---- values

    def escape_string(self, value: str | EscapedString, is_path: bool = False) -> str:
        """The value as the language quotes it. Here: its text.

        Args:
            value: A `str` is expandable text.
            is_path: Whether it is of a path-like variable, whose paths have to be normalized.
        """
        return str(value)

    @classmethod
    def _is_pathed_key(cls, key: str) -> bool:
        """Whether the setting `pathed_env_vars` says that a variable holds paths."""
        return any(_matches(key, wanted) for wanted in settings().pathed_env_vars)

    def normalize_path(self, path: str) -> str:
        """A path as the language wants it. Here: as it is.

        Args:
            path: The path; it may hold references to variables, which have to stay.
        """
        return path

    def normalize_paths(self, value: str) -> str:
        """Several paths, with `pathsep` between them, as the language wants them."""
        return self.pathsep.join([self.normalize_path(path) for path in value.split(self.pathsep)])

    # ---- for other rooms, not for commands

    def get_syspaths(self) -> list[str]:
        """What a shell has in PATH of its own. Here: the setting `standard_system_paths`."""
        return list(settings().standard_system_paths)

    def _saferefenv(self, key: str) -> None:
        """Make it safe to refer to a variable that may not be there."""
        self._missing("_saferefenv")

    def _bind_interactive_rez(self) -> None:
        """Add what an interactive shell has: the prompt, completion."""
        self._missing("_bind_interactive_rez")

    def _missing(self, method: str) -> NoReturn:
        raise RexError(f"{type(self).__name__} cannot do this action: it has no {method}()")


def _matches(key: str, wanted: str) -> bool:
    """`fnmatch.fnmatchcase`, without importing it for what a configuration mostly has: `*PATH`."""
    end = wanted[1:]
    if wanted[:1] == "*" and not ("*" in end or "?" in end or "[" in end):
        return key.endswith(end)
    from fnmatch import fnmatchcase

    return fnmatchcase(key, wanted)

"""Keeps the books of commands: what each variable holds, which actions there were.

    env.PATH.append("{root}/bin")
      key, value --formatted--> "PATH", "/sw/foo/1/bin"        as the action says it
                 --expanded---> "PATH", "/sw/foo/1/bin"        as `environ` holds it
      --> actions, environ, interpreter

rez's `rez.rex.ActionManager`. Nearly every value is a plain text, so what is no `EscapedString`
is never made into one.
"""

from __future__ import annotations

import os

from rezfast.config import settings
from rezfast.errors import RexStopError, RexUndefinedVariableError
from rezfast.patterns import pattern
from rezfast.rex.actions import (
    ACTIONS,
    Action,
    Alias,
    Appendenv,
    Command,
    Comment,
    Error,
    Info,
    Prependenv,
    Resetenv,
    Setenv,
    Shebang,
    Source,
    Unsetenv,
)
from rezfast.rex.interpreter import ActionInterpreter, OutputStyle
from rezfast.rex.strings import EscapedString

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from re import Match
    from typing import Any, NoReturn

# other than what formatting takes for a reference: this is for values
_VARIABLE = pattern(r"\$(\w+|\{[^}]*\})")


class ActionManager:
    """What the functions of the command language do.

    Args:
        interpreter: What actions are done with.
        parent_environ: The environment that commands start from; None: this process's.
        parent_variables: Variables whose first append or prepend keeps what they hold in
            `parent_environ`; True: all of them.
        formatter: Formats an expandable text. It is not asked about texts in which nothing can be
            to format: no brace and no reference to a variable.
        verbose: Kept for callers; nothing is written.
        env_sep_map: What stands between a variable's entries, where that is not the interpreter's
            separator; None: the setting `env_var_separators`.

    Attributes:
        environ: The variables that commands have set, expanded.
    """

    def __init__(
        self,
        interpreter: ActionInterpreter,
        parent_environ: Mapping[str, str] | None = None,
        parent_variables: Iterable[str] | bool | None = None,
        formatter: Callable[[str], str] | None = None,
        verbose: bool | Iterable[str] = False,
        env_sep_map: Mapping[str, str] | None = None,
    ) -> None:
        self.interpreter = interpreter
        self.verbose = verbose
        self.parent_environ = os.environ if parent_environ is None else parent_environ
        self.parent_variables: set[str] | bool = (
            True
            if parent_variables is True
            else set(() if isinstance(parent_variables, bool) else parent_variables or ())
        )
        self.environ: dict[str, str] = {}
        self.formatter: Callable[[str], str] = formatter or str
        self._separators = settings().env_var_separators if env_sep_map is None else env_sep_map
        self._expands = interpreter.expand_env_vars
        self._is_plain = interpreter.ENV_VAR_REGEX is ActionInterpreter.ENV_VAR_REGEX
        kind = type(interpreter)
        self._prepend = (
            None if kind.prependenv is ActionInterpreter.prependenv else interpreter.prependenv
        )
        self._append = (
            None if kind.appendenv is ActionInterpreter.appendenv else interpreter.appendenv
        )
        # what was done: kind, then arguments; objects are made when they are asked for
        self._done: list[tuple[Any, ...]] = []
        self._actions: list[Action] = []

    @property
    def actions(self) -> list[Action]:
        """What commands did, in order."""
        made = self._actions
        made.extend([kind(*arguments) for kind, *arguments in self._done[len(made) :]])
        return made

    def get_action_methods(self) -> list[tuple[str, Callable[..., Any]]]:
        """The functions that do something, by name."""
        return [(action.name, getattr(self, action.name)) for action in ACTIONS]

    def get_public_methods(self) -> list[tuple[str, Callable[..., Any]]]:
        """The functions of the command language, by name."""
        return [
            *self.get_action_methods(),
            ("getenv", self.getenv),
            ("expandvars", self.expandvars),
            ("defined", self.defined),
            ("undefined", self.undefined),
        ]

    def get_output(self, style: OutputStyle = OutputStyle.file) -> Any:
        """What the interpreter has made of the actions.

        Args:
            style: What it is for.
        """
        return self.interpreter.get_output(style=style)

    # ---- keys and values

    def _format(self, value: Any) -> str | EscapedString:
        """The value with its braces replaced, or as it is when one of them cannot be."""
        if isinstance(value, str):
            if self._is_plain and "{" not in value and "$" not in value and "}" not in value:
                return value
            try:
                return self.formatter(value)
            except (KeyError, ValueError):
                return value
        if isinstance(value, EscapedString):
            try:
                return value.formatted(self.formatter)
            except (KeyError, ValueError):
                return value
        return str(value)

    def _value(self, value: Any) -> tuple[str | EscapedString, str | EscapedString]:
        """The value formatted, and expanded as well."""
        written = self._format(value)
        if isinstance(written, str):
            if "$" in written or written[:1] == "~":
                return written, self._expand_text(written)
            return written, written
        return written, written.formatted(self._expand_text)

    def _expand_text(self, text: str) -> str:
        """The text with variables and a home directory replaced."""
        if "$" in text:
            text = _expanded(text, self.environ)
            # what came in may refer to variables, and what stayed may be one of the parent's
            if "$" in text:
                text = _expanded(text, self.parent_environ)
        if text[:1] == "~":
            text = os.path.expanduser(text)
        return text

    def _key(self, key: Any) -> tuple[str, str]:
        """The key as it is written, and expanded."""
        if type(key) is str and key.isidentifier():
            return key, key
        written = str(self._format(key))
        return written, self._expand_text(written)

    # ---- what commands ask

    def undefined(self, key: Any) -> bool:
        """Whether a variable is not there."""
        return not self.defined(key)

    def defined(self, key: Any) -> bool:
        """Whether a variable is there."""
        _, name = self._key(key)
        return name in self.environ or name in self.parent_environ

    def expandvars(self, value: Any, format: bool = True) -> str:
        """The value with variables replaced.

        Args:
            value: The value.
            format: Whether braces are replaced, too.
        """
        if format:
            return self._expand_text(str(self._format(value)))
        return str(EscapedString.promote(value).formatted(self._expand_text))

    def getenv(self, key: Any) -> str:
        """The value of a variable.

        Raises:
            RexUndefinedVariableError: It is not there.
        """
        _, name = self._key(key)
        try:
            return self.environ[name] if name in self.environ else self.parent_environ[name]
        except KeyError:
            raise RexUndefinedVariableError(
                f"the environment variable {name} is not defined: ask defined({name!r}) first"
            ) from None

    # ---- what commands do

    def setenv(self, key: Any, value: Any) -> None:
        """Set a variable."""
        if (
            type(value) is str
            and type(key) is str
            and self._is_plain
            and key.isidentifier()
            and not ("{" in value or "$" in value or "}" in value or value[:1] == "~")
        ):
            # nearly always: nothing to replace
            self._done.append((Setenv, key, value))
            self.environ[key] = value
            self.interpreter.setenv(key, value)
            return
        written_key, name = self._key(key)
        written, expanded = self._value(value)
        self._done.append((Setenv, written_key, written))
        self.environ[name] = str(expanded)
        if self._expands:
            self.interpreter.setenv(name, expanded)
        else:
            self.interpreter.setenv(written_key, written)

    def set_plain(self, variables: Mapping[str, str]) -> bool:
        """Set variables with nothing to replace in their names and values.

        Returns:
            Whether it did: False if the interpreter has references of its own.
        """
        if not self._is_plain:
            return False
        self._done.extend([(Setenv, key, value) for key, value in variables.items()])
        self.environ.update(variables)
        setenv = self.interpreter.setenv
        for key, value in variables.items():
            setenv(key, value)
        return True

    def unsetenv(self, key: Any) -> None:
        """Unset a variable. What it holds in the parent's environment can be asked for still."""
        written_key, name = self._key(key)
        self._done.append((Unsetenv, written_key))
        self.environ.pop(name, None)
        self.interpreter.unsetenv(name if self._expands else written_key)

    def resetenv(self, key: Any, value: Any, friends: Any = None) -> None:
        """Set a variable whatever it held; `friends` are variables that go with it."""
        written_key, name = self._key(key)
        written, expanded = self._value(value)
        self._done.append((Resetenv, written_key, written, friends))
        self.environ[name] = str(expanded)
        if self._expands:
            self.interpreter.resetenv(name, expanded, friends)
        else:
            self.interpreter.resetenv(written_key, written, friends)

    def prependenv(self, key: Any, value: Any) -> None:
        """Put a value before what a variable holds; the first time, in place of that."""
        self.pendenv(key, value, True)

    def appendenv(self, key: Any, value: Any) -> None:
        """Put a value after what a variable holds; the first time, in place of that."""
        self.pendenv(key, value, False)

    def pendenv(self, key: Any, value: Any, is_before: bool) -> None:
        """What `prependenv` and `appendenv` do.

        Args:
            key: The variable.
            value: The value.
            is_before: Whether it is put before what the variable holds.
        """
        written_key, name = self._key(key)
        written, expanded = self._value(value)
        environ = self.environ
        interpreter = self.interpreter
        used_key, used = (name, expanded) if self._expands else (written_key, written)

        held = environ.get(name)
        if held is None:
            parents = self.parent_variables
            if parents is not True and (not parents or name not in parents):
                self._done.append((Setenv, written_key, written))
                environ[name] = str(expanded)
                interpreter.setenv(used_key, used)
                return
            held = self.parent_environ.get(name, "")
            interpreter._saferefenv(used_key)

        separator = self._separators.get(name, interpreter.pathsep)
        action = Prependenv if is_before else Appendenv
        self._done.append((action, written_key, written))
        added = str(expanded)
        environ[name] = f"{added}{separator}{held}" if is_before else f"{held}{separator}{added}"
        pend = self._prepend if is_before else self._append
        if pend is not None:
            try:
                pend(used_key, used)
                return
            except NotImplementedError:
                pass  # by rez's protocol, so an interpreter of others says that it cannot
        rest = held if self._expands else interpreter.get_key_token(name)
        whole = (used, rest) if is_before else (rest, used)
        interpreter.setenv(used_key, _joined(separator, *whole))

    def alias(self, key: Any, value: Any) -> None:
        """Make a command that runs another one."""
        key, value = str(self._format(key)), str(self._format(value))
        self._done.append((Alias, key, value))
        self.interpreter.alias(key, value)

    def info(self, value: Any = "") -> None:
        """Write a line on stdout."""
        value = self._format(value)
        self._done.append((Info, value))
        self.interpreter.info(value)

    def error(self, value: Any) -> None:
        """Write a line on stderr."""
        value = self._format(value)
        self._done.append((Error, value))
        self.interpreter.error(value)

    def stop(self, msg: str, *nargs: Any) -> NoReturn:
        """End with an error.

        Args:
            msg: What to say.
            nargs: What its `%s` stand for.

        Raises:
            RexStopError: Always.
        """
        raise RexStopError(msg % nargs)

    def command(self, value: Any) -> None:
        """Run a command: a line of text, or a list of words. Braces stay as they are, as in rez."""
        self._done.append((Command, value))
        self.interpreter.command(value)

    def comment(self, value: Any) -> None:
        """Leave a comment in the script."""
        value = str(self._format(value))
        self._done.append((Comment, value))
        self.interpreter.comment(value)

    def source(self, value: Any) -> None:
        """Run a script of the shell's own language."""
        value = str(self._format(value))
        self._done.append((Source, value))
        self.interpreter.source(value)

    def shebang(self) -> None:
        """Begin the script with its `#!` line."""
        self._done.append((Shebang,))
        self.interpreter.shebang()


def _expanded(text: str, environ: Mapping[str, str]) -> str:
    """The text with the variables that are there replaced; values are not looked at again."""
    start = text.find("$")
    if text.startswith("{", start + 1) and text.find("$", start + 1) < 0:
        # nearly always: one reference, in braces
        end = text.find("}", start)
        found = environ.get(text[start + 2 : end]) if end > 0 else None
        return text if found is None else text[:start] + found + text[end + 1 :]

    def value(found: Match[str]) -> str:
        name = found[1]
        if name[0] == "{":
            name = name[1:-1]
        return environ[name] if name in environ else found[0]

    return _VARIABLE.sub(value, text)


def _joined(
    separator: str, first: str | EscapedString, second: str | EscapedString
) -> str | EscapedString:
    if isinstance(first, str) and isinstance(second, str):
        return first + separator + second
    return EscapedString.join(separator, (first, second))

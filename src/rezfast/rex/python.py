"""Actions done to an environment of this process (rez: `rez.rex.Python`)."""

from __future__ import annotations

import os
import sys

from rezfast.errors import RexError
from rezfast.rex.interpreter import ActionInterpreter, OutputStyle
from rezfast.rex.strings import EscapedString

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping
    from subprocess import Popen
    from typing import Any

    from rezfast.rex.manager import ActionManager


class Python(ActionInterpreter):
    """Puts variables into a mapping, prints messages, runs commands. Aliases have no place here.

    Nothing is put into the mapping before `apply_environ` or `get_output`. In this process's own
    environment `PYTHONPATH` changes `sys.path` at once.

    Args:
        target_environ: The mapping; None: `os.environ`.
        passive: Whether to leave out what does not change the environment: messages and commands.
    """

    expand_env_vars = True

    def __init__(
        self, target_environ: MutableMapping[str, str] | None = None, passive: bool = False
    ) -> None:
        self.passive = passive
        self.manager: ActionManager | None = None
        self.target_environ = os.environ if target_environ is None else target_environ
        self.update_session = self.target_environ is os.environ

    def set_manager(self, manager: ActionManager) -> None:
        """Take variables from a manager; an executor does this."""
        self.manager = manager

    def apply_environ(self) -> None:
        """Put the variables into the mapping. One that was unset stays there, as in rez.

        Raises:
            RexError: There is no manager.
        """
        self.target_environ.update(self._manager().environ)

    def get_output(self, style: OutputStyle = OutputStyle.file) -> dict[str, str]:
        """The variables that commands have set, after `apply_environ`."""
        self.apply_environ()
        return self._manager().environ

    def _manager(self) -> ActionManager:
        if self.manager is None:
            raise RexError("this interpreter has no manager: call set_manager() first")
        return self.manager

    # ---- actions

    def setenv(self, key: str, value: str | EscapedString) -> None:
        if self.update_session and key == "PYTHONPATH":
            sys.path = self.escape_string(value).split(self.pathsep)

    def unsetenv(self, key: str) -> None:
        pass

    def resetenv(
        self, key: str, value: str | EscapedString, friends: Iterable[str] | None = None
    ) -> None:
        pass

    def prependenv(self, key: str, value: str | EscapedString) -> None:
        if self.update_session and key == "PYTHONPATH":
            sys.path.insert(0, self.escape_string(value))

    def appendenv(self, key: str, value: str | EscapedString) -> None:
        if self.update_session and key == "PYTHONPATH":
            sys.path.append(self.escape_string(value))

    def info(self, value: str | EscapedString) -> None:
        if not self.passive:
            print(self.escape_string(value))

    def error(self, value: str | EscapedString) -> None:
        if not self.passive:
            print(self.escape_string(value), file=sys.stderr)

    def command(self, value: Any) -> None:
        if self.passive:
            return
        words: str | list[str]
        if isinstance(value, (str, EscapedString)):
            words = str(EscapedString.disallow(value))
        else:
            program, *rest = value
            words = [EscapedString.disallow(program), *(self.escape_string(word) for word in rest)]
        try:
            self.subprocess(words).communicate()
        except Exception as error:
            text = words if isinstance(words, str) else " ".join(words)
            raise RexError(f"command {text!r} cannot be run: {error}") from error

    def subprocess(self, args: str | Iterable[str], **subproc_kwargs: Any) -> Popen[Any]:
        """Start a process in the mapping's environment, with the variables so far put in.

        Args:
            args: A line for the shell, or a program and its arguments.
            subproc_kwargs: More arguments of `subprocess.Popen`.

        Raises:
            OSError: It cannot be started.
        """
        from subprocess import Popen

        if self.manager is not None:
            self.target_environ.update(self.manager.environ)
        words = args if isinstance(args, str) else list(args)
        return Popen(
            words,
            shell=isinstance(args, str),
            env=dict(self.target_environ),
            **popen_arguments(subproc_kwargs),
        )

    def comment(self, value: str) -> None:
        pass

    def source(self, value: str) -> None:
        pass

    def alias(self, key: str, value: str) -> None:
        pass

    def shebang(self) -> None:
        pass

    def get_key_token(self, key: str) -> str:
        return f"${{{key}}}"

    def _saferefenv(self, key: str) -> None:
        pass

    def _bind_interactive_rez(self) -> None:
        pass


def popen_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of `subprocess.Popen` as rez completes them (rez: `rez.utils.execution.Popen`).

    Inside a program that has put something without a file in place of its standard input, as Maya
    does, a process gets a pipe. Text is UTF-8 unless an encoding is given.
    """
    # Deferred: who only wants a script starts nothing.
    from subprocess import PIPE

    arguments = dict(given)
    if "stdin" not in arguments and not _has_standard_input():
        arguments["stdin"] = PIPE
    if arguments.pop("universal_newlines", False) or arguments.get("text"):
        arguments["text"] = True
        arguments.setdefault("encoding", "utf-8")
    return arguments


def _has_standard_input() -> bool:
    for stream in (sys.stdin, sys.__stdin__):
        try:
            if stream is not None:
                return stream.fileno() in (0, 1, 2)
        except (AttributeError, OSError, ValueError):
            continue
    return False

"""What commands did, one object an action (rez: `rez.rex.Action` and its subclasses).

Two are equal when kind and arguments are. Keys and values are as commands gave them, formatted but
without their variables expanded: `Setenv('A', '${B}/bin')`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from rezfast.rex.strings import EscapedString


class Action:
    """One action.

    Attributes:
        name: What commands call it by.
        args: Its arguments.
    """

    name: ClassVar[str]
    __slots__ = ("args",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *args: Any) -> None:
        self.args = args

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.args))})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Action):
            return NotImplemented
        return self.name == other.name and self.args == other.args


class EnvAction(Action):
    """One that is about a variable."""

    __slots__ = ()

    @property
    def key(self) -> str:
        """The variable."""
        key: str = self.args[0]
        return key

    @property
    def value(self) -> str | EscapedString | None:
        """What it is given; None for `Unsetenv`."""
        return self.args[1] if len(self.args) > 1 else None


class Unsetenv(EnvAction):
    """`unsetenv(key)`, `env.KEY.unset()`."""

    __slots__ = ()
    name = "unsetenv"


class Setenv(EnvAction):
    """`setenv(key, value)`, `env.KEY = value`; also the first append or prepend of a variable."""

    __slots__ = ()
    name = "setenv"


class Resetenv(EnvAction):
    """`resetenv(key, value, friends)`, `env.KEY.reset(value)`."""

    __slots__ = ()
    name = "resetenv"

    @property
    def friends(self) -> Any:
        """The variables that go with it; None for none."""
        return self.args[2] if len(self.args) > 2 else None


class Prependenv(Setenv):
    """`prependenv(key, value)`, `env.KEY.prepend(value)`, of a variable that has a value."""

    __slots__ = ()
    name = "prependenv"


class Appendenv(Setenv):
    """`appendenv(key, value)`, `env.KEY.append(value)`, of a variable that has a value."""

    __slots__ = ()
    name = "appendenv"


class Alias(Action):
    """`alias(key, value)`."""

    __slots__ = ()
    name = "alias"


class Info(Action):
    """`info(value)`."""

    __slots__ = ()
    name = "info"


class Error(Action):
    """`error(value)`."""

    __slots__ = ()
    name = "error"


class Stop(Action):
    """`stop(message)`. It never gets into a list of actions: it ends them with an error."""

    __slots__ = ()
    name = "stop"


class Command(Action):
    """`command(value)`."""

    __slots__ = ()
    name = "command"


class Comment(Action):
    """`comment(value)`."""

    __slots__ = ()
    name = "comment"


class Source(Action):
    """`source(value)`."""

    __slots__ = ()
    name = "source"


class Shebang(Action):
    """`shebang()`."""

    __slots__ = ()
    name = "shebang"


ACTIONS: tuple[type[Action], ...] = (
    Unsetenv,
    Setenv,
    Resetenv,
    Prependenv,
    Appendenv,
    Alias,
    Info,
    Error,
    Stop,
    Command,
    Comment,
    Source,
    Shebang,
)
"""Every kind of action, by rez's order."""

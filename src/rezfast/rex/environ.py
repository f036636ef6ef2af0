"""Environment variables as commands see them: `env.PATH.append("{root}/bin")`.

env ---.PATH---> EnvironmentVariable ---.append()---> ActionManager.appendenv("PATH", ...)
"""

from __future__ import annotations

from rezfast.errors import RexUndefinedVariableError
from rezfast.typed import Any, MutableMapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView

    from rezfast.rex.manager import ActionManager


class EnvironmentVariable:
    """One variable, whether it is there or not (rez: `rez.rex.EnvironmentVariable`)."""

    __slots__ = ("_manager", "_name")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, name: str, manager: ActionManager) -> None:
        self._name = name
        self._manager = manager

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    def prepend(self, value: Any) -> None:
        """Put a value before what it holds; the first time, in place of that."""
        self._manager.pendenv(self._name, value, True)

    def append(self, value: Any) -> None:
        """Put a value after what it holds; the first time, in place of that."""
        self._manager.pendenv(self._name, value, False)

    def reset(self, value: Any, friends: Any = None) -> None:
        """Set it whatever it held; `friends` are variables that go with it."""
        self._manager.resetenv(self._name, value, friends=friends)

    def set(self, value: Any) -> None:
        """Set it."""
        self._manager.setenv(self._name, value)

    def unset(self) -> None:
        """Unset it."""
        self._manager.unsetenv(self._name)

    def get(self) -> str:
        """Its value.

        Raises:
            RexUndefinedVariableError: It is not there.
        """
        return self._manager.getenv(self._name)

    def value(self) -> str:
        """As `get`."""
        return self.get()

    def setdefault(self, value: Any) -> None:
        """Set it if it is empty or not there."""
        if not self:
            self.set(value)

    def __str__(self) -> str:
        return self.value()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name!r}, {self.value()!r})"

    def __bool__(self) -> bool:
        try:
            return bool(self.value())
        except RexUndefinedVariableError:
            return False

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EnvironmentVariable):
            other = other.value()
        return self.value() == other


class EnvironmentDict(MutableMapping[str, Any]):
    """All variables, as items (rez: `rez.rex.EnvironmentDict`).

    An item is an `EnvironmentVariable`, also when there is no such variable; to ask for one puts it
    among the keys, as in rez. To delete one takes it from there and does nothing else.

    Args:
        manager: What keeps the values.
    """

    def __init__(self, manager: ActionManager) -> None:
        self._manager = manager
        self._variables: dict[str, EnvironmentVariable | None] = dict.fromkeys(
            manager.parent_environ
        )
        # variables that `env` has as attributes of its own
        self._attributes: dict[str, Any] = {}

    def __getitem__(self, key: str) -> EnvironmentVariable:
        found = self._variables.get(key)
        if found is None:
            found = self._variables[key] = EnvironmentVariable(key, self._manager)
        return found

    def __setitem__(self, key: str, value: Any) -> None:
        self[key].set(value)

    def __delitem__(self, key: str) -> None:
        del self._variables[key]
        self._attributes.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self._variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def keys(self) -> KeysView[str]:
        """The names of the variables that there are, or that were asked for."""
        return self._variables.keys()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._variables)!r})"


class Env(MutableMapping[str, Any]):
    """The `env` of commands: variables as attributes and as items (rez: an `AttrDictWrapper`).

    `env.get`, `env.keys`, `env.pop` and the other methods of a mapping hide variables of their
    names, which are `env["get"]`.

    Args:
        variables: The variables.
    """

    __slots__ = ("__dict__", "_data")
    _data: EnvironmentDict

    def __init__(self, variables: EnvironmentDict) -> None:
        object.__setattr__(self, "_data", variables)
        variables._attributes = self.__dict__

    def __getattr__(self, name: str) -> EnvironmentVariable:
        if name[:2] == "__" and name[-2:] == "__":
            raise AttributeError(f"env has no attribute {name!r}")
        # the next time it is found without coming here
        variable = self.__dict__[name] = self._data[name]
        return variable

    def __setattr__(self, name: str, value: Any) -> None:
        self._data[name].set(value)

    def __getitem__(self, key: str) -> EnvironmentVariable:
        return self._data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._data[key].set(value)

    def __delitem__(self, key: str) -> None:
        del self._data[key]

    def __contains__(self, key: object) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __str__(self) -> str:
        return str(self._data)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._data!r})"

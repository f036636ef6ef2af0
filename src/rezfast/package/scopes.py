"""`scope`, the name that a definition uses to write nested dicts (rez: `rez.utils.scope`).

    with scope("config") as c:
        release_packages_path = "/a"       config["release_packages_path"]
        c.plugins.release.x = 1            config["plugins"]["release"]["x"]

The same scope may be entered again: what it holds is merged.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

# the attributes of these objects that are not a definition's
_OWN = ("_values", "_pending", "_name", "_context", "_before")


class Attributes(MutableMapping[str, Any]):
    """A dict with attributes that come into being when something is set on them."""

    _values: dict[str, Any]
    _pending: tuple[str, Attributes] | None

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.__dict__.update(_values={}, _pending=None)
        self.merge(values or {})

    def __getattr__(self, name: str) -> Any:
        if name in _OWN or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(name)
        if name in self._values:
            return self._values[name]
        # the child joins its parent when it gets a value: to look is not to add
        child = Attributes()
        child.__dict__["_pending"] = (name, self)
        return child

    def __setattr__(self, name: str, value: Any) -> None:
        self._values[name] = value
        self._attach()

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[name] = value
        self._attach()

    def __delitem__(self, name: str) -> None:
        del self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __bool__(self) -> bool:
        return bool(self._values)

    def __str__(self) -> str:
        return str(self.to_dict())

    def merge(self, values: Mapping[str, Any]) -> None:
        """Takes over every value; a dict in it gets attributes of its own."""
        for name, value in values.items():
            self._values[name] = Attributes(value) if isinstance(value, dict) else value

    def to_dict(self) -> dict[str, Any]:
        """The same as plain dicts."""
        return {
            name: value.to_dict() if isinstance(value, Attributes) else value
            for name, value in self._values.items()
        }

    def _attach(self) -> None:
        if self._pending is not None:
            name, parent = self._pending
            self.__dict__["_pending"] = None
            parent._attach()
            parent._values[name] = self


class Scope(Attributes):
    """One `with scope(name)`: takes what its body binds, and puts the names back as they were."""

    _name: str
    _context: ScopeContext
    _before: dict[str, Any]

    def __init__(self, name: str, context: ScopeContext) -> None:
        super().__init__()
        self.__dict__.update(_name=name, _context=context, _before={})

    def __enter__(self) -> Scope:
        self.__dict__["_before"] = dict(sys._getframe(1).f_locals)
        return self

    def __exit__(self, *exception: object) -> None:
        names = sys._getframe(1).f_locals
        before = self._before
        self.merge(
            {
                name: value
                for name, value in names.items()
                if not (name.startswith("__") and name.endswith("__"))
                and type(value) is not Scope
                and (name not in before or value != before[name])
            }
        )
        names.clear()
        names.update(before)
        self._context.leave()


class ScopeContext:
    """The `scope` of one definition."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Scope] = {}
        self._entered: list[Scope] = []
        self._top = Attributes()

    def __call__(self, name: str) -> Scope:
        path = (*(scope._name for scope in self._entered), name)
        scope = self._known.get(path)
        if scope is None:
            scope = self._known[path] = Scope(name, self)
        self._entered.append(scope)
        return scope

    def leave(self) -> None:
        """Hands what the innermost scope holds to the one around it."""
        scope = self._entered.pop()
        around: Attributes = self._entered[-1] if self._entered else self._top
        around.merge({scope._name: scope.to_dict()})

    def to_dict(self) -> dict[str, Any]:
        """What the scopes add to the definition's attributes."""
        around: Attributes = self._entered[-1] if self._entered else self._top
        return around.to_dict()

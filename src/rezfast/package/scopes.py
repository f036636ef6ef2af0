"""`scope`, the name that a definition uses to write nested dicts (rez: `rez.utils.scope`).

    with scope("config") as c:
        release_packages_path = "/a"       config["release_packages_path"]
        c.plugins.release.x = 1            config["plugins"]["release"]["x"]

The same scope may be entered again: what it holds is merged.
"""

from __future__ import annotations

import sys

from rezfast.typed import Any, MutableMapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Attributes(MutableMapping[str, Any]):
    """A dict with attributes that come into being when something is set on them.

    Only setting an attribute does that: an item that is put into one that is not there yet is lost,
    as in rez (rez: `RecursiveAttribute`). `data` is the dict itself.
    """

    data: dict[str, Any]

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.__dict__["data"] = {}
        if values:
            self._update(values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        values = self.__dict__["data"]
        if name in values:
            return values[name]
        # the child joins its parent when it gets a value: to look is not to add
        child = Attributes()
        child.__dict__["pending"] = (name, self)
        return child

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__") and name.endswith("__"):
            self.__dict__[name] = value
            return
        self.__dict__["data"][name] = value
        self._attach()

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.data[name] = value

    def __delitem__(self, name: str) -> None:
        del self.data[name]

    def __contains__(self, name: object) -> bool:
        return name in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __or__(self, other: Mapping[str, Any]) -> Attributes:
        return Attributes({**self.data, **other})

    def __ior__(self, other: object) -> Attributes:
        # rez recurses without end
        raise TypeError("a scope does not take |=: use update()")

    def __str__(self) -> str:
        return str(self.to_dict())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.to_dict()!r})"

    def update(self, values: Mapping[str, Any]) -> None:  # type: ignore[override]
        """Takes over every value; a dict in it gets attributes of its own.

        Raises:
            TypeError: There is an argument with a name: rez's takes none.
        """
        self._update(values)

    def copy(self) -> Attributes:
        """Another with the same values."""
        return Attributes(self.data)

    def _update(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self.data[name] = Attributes(value) if isinstance(value, dict) else value

    def to_dict(self) -> dict[str, Any]:
        """The same as plain dicts."""
        return {
            name: value.to_dict() if isinstance(value, Attributes) else value
            for name, value in self.data.items()
        }

    def _attach(self) -> None:
        pending = self.__dict__.pop("pending", None)
        if pending is not None:
            name, parent = pending
            parent._attach()
            parent.data[name] = self


class Scope(Attributes):
    """One `with scope(name)`: takes what its body binds, and puts the names back as they were.

    Attributes:
        name: As it was given; hides an attribute of that name from those who read, as in rez.
        context: The definition's.
        locals: The names as they were.
    """

    name: str
    context: ScopeContext
    locals: dict[str, Any]

    def __init__(self, name: str, context: ScopeContext) -> None:
        self.__dict__.update(data={}, name=name, context=context, locals={})

    def __enter__(self) -> Scope:
        self.begin(sys._getframe(1).f_locals)
        return self

    def __exit__(self, *exception: object) -> None:
        self.end(sys._getframe(1).f_locals)

    def begin(self, names: Mapping[str, Any]) -> None:
        """Notes what names there are before its body.

        Args:
            names: The definition's.
        """
        self.__dict__["locals"] = dict(names)

    def end(self, names: dict[str, Any]) -> None:
        """Takes what its body bound, and puts the names back.

        Args:
            names: The definition's, after the body.
        """
        before = self.locals
        self._update(
            {
                name: value
                for name, value in names.items()
                if not (name[:2] == "__" == name[-2:])
                and type(value) is not Scope
                and (name not in before or value != before[name])
            }
        )
        names.clear()
        names.update(before)
        self.context._leave()

    def copy(self) -> Scope:
        """Another scope, which is nobody's: no attribute comes of it, as in rez."""
        return Scope(self.name, ScopeContext())

    def __or__(self, other: object) -> Scope:
        return self.copy()


class ScopeContext:
    """The `scope` of one definition."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Scope] = {}
        self._entered: list[Scope] = []
        self._top = Attributes()

    def __call__(self, name: str) -> Scope:
        path = (*(scope.name for scope in self._entered), name)
        scope = self._known.get(path)
        if scope is None:
            scope = self._known[path] = Scope(name, self)
        self._entered.append(scope)
        return scope

    def _leave(self) -> None:
        """Hands what the innermost scope holds to the one around it."""
        scope = self._entered.pop()
        around: Attributes = self._entered[-1] if self._entered else self._top
        around._update({scope.name: scope.to_dict()})

    def to_dict(self) -> dict[str, Any]:
        """What the scopes add to the definition's attributes."""
        around: Attributes = self._entered[-1] if self._entered else self._top
        return around.to_dict()

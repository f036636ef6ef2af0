"""The functions of a definition: `@early`, `@late`, `@include`, and those that are kept for later.

rez keeps the source text of a function and runs it on its own, so that the body sees the names it
is given and none of its definition's. Here the compiled body is kept, and run with the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeVar

from rezfast.package.included import load_module

F = TypeVar("F", bound=Callable[..., Any])

REX_FUNCTIONS = frozenset(
    ("pre_commands", "commands", "post_commands", "pre_build_commands", "pre_test_commands")
)


def early() -> Callable[[F], F]:
    """Marks a function whose value becomes the attribute when the definition is read."""

    def mark(function: F) -> F:
        function._early = True  # type: ignore[attr-defined]
        return function

    return mark


def late() -> Callable[[F], F]:
    """Marks a function that is run when the attribute is asked for.

    Raises:
        ValueError: The function holds commands, which have a time of their own.
    """

    def mark(function: F) -> F:
        if function.__name__ in REX_FUNCTIONS:
            raise ValueError(f"@late cannot be used on {function.__name__}()")
        function._late = True  # type: ignore[attr-defined]
        return function

    return mark


def include(module: str, *modules: str) -> Callable[[F], F]:
    """Names modules that were copied into the package and that a function uses."""

    def mark(function: F) -> F:
        # of several, rez looks at the one that is nearest to the function
        if not hasattr(function, "_include"):
            function._include = (module, *modules)  # type: ignore[attr-defined]
        return function

    return mark


class SourceCode:
    """A function of a definition that is kept for later (rez: `SourceCode`).

    Attributes:
        name: The function's name.
        path: The definition.
        line: Where the function starts in it, from 1.
        late: Whether it is decorated with `@late`.
    """

    def __init__(self, function: FunctionType, path: str) -> None:
        self.name = function.__name__
        self.path = path
        self.line = function.__code__.co_firstlineno
        self.late = hasattr(function, "_late")
        self._function = function
        self._include: tuple[str, ...] = getattr(function, "_include", ())

    def run(self, names: Mapping[str, Any], modules: str) -> Any:
        """Calls the function with nothing but `names` to see.

        Args:
            names: What the body finds as globals.
            modules: Directory of the modules that it includes.
        """
        function = self._function
        seen: dict[str, Any] = {"__builtins__": function.__globals__["__builtins__"]}
        for name in self._include:
            seen[name] = load_module(name, modules, self.path, self.line)
        seen.update(names)
        bound = FunctionType(
            function.__code__, seen, function.__name__, function.__defaults__, function.__closure__
        )
        seen.setdefault(self.name, bound)
        return bound()

    @property
    def includes(self) -> frozenset[str]:
        """The modules that it uses by `@include`."""
        return frozenset(self._include)

    def __deepcopy__(self, memo: object) -> SourceCode:
        # it does not change, and a copy would not compare equal
        return self

    def __repr__(self) -> str:
        return f"SourceCode({self.name!r}, {self.path!r}, line {self.line})"

"""rez's own modules, as definitions import them, without rez.

`from rez.package_py_utils import expand_requires` in a definition, or in a module that it imports,
finds rezfast's. `builtins.__import__` is `import_for_others` while a definition runs; nothing is
put into `sys.modules`, so that rez itself can be imported in the same process and stays what it is.

A module of rez that is not known here is rez's own, where rez is installed.
"""

from __future__ import annotations

import builtins
from _thread import get_ident

from rezfast.config import settings
from rezfast.typed import ModuleType
from rezfast.typed import import_module as named_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


# by name: some of these rooms are above this one, and only a definition enters them here
_HOMES: Mapping[str, str] = {
    "rez.exceptions": "rezfast.errors",
    "rez.package_py_utils": "rezfast.package_py_utils",
    "rez.packages": "rezfast.packages",
    "rez.vendor.version.requirement": "rezfast.version",
    "rez.vendor.version.version": "rezfast.version",
    "rez.version": "rezfast.version",
}

_python_import: Callable[..., Any] = builtins.__import__
_owner: int | None = None


class _LintHelper(ModuleType):
    """`rez.utils.lint_helper`: every name it is asked for is None, to please a linter."""

    def __getattr__(self, name: str) -> None:
        if name == "__all__":  # rez's gives None for it too, and fails
            raise ImportError(f"{self.__name__} has no list of names: import them by name, not *")
        if name.startswith("__"):
            raise AttributeError(name)

    def used(self, value: object) -> None:
        """Makes a linter take `value` for used."""


class _Config(ModuleType):
    """`rez.config`: the settings that hold now."""

    def __getattr__(self, name: str) -> Any:
        if name == "config":
            return settings()
        raise AttributeError(name)


class _System(ModuleType):
    """`rez.system`: the machine."""

    def __getattr__(self, name: str) -> Any:
        if name == "system":
            return settings().system
        raise AttributeError(name)


class _Execution(ModuleType):
    """`rez.utils.execution`: how to run a process."""

    def __getattr__(self, name: str) -> Any:
        if name == "Popen":
            return named_module("rezfast.package_py_utils").Popen
        raise AttributeError(name)


_MADE: Mapping[str, type[ModuleType]] = {
    "rez.config": _Config,
    "rez.system": _System,
    "rez.utils.execution": _Execution,
    "rez.utils.lint_helper": _LintHelper,
}

_KNOWN = frozenset(_HOMES) | frozenset(_MADE)
_PACKAGES = frozenset(name[:at] for name in _KNOWN for at, sign in enumerate(name) if sign == ".")


class _Package(ModuleType):
    """`rez` or a package in it: what is known here, else rez's own."""

    def __getattr__(self, name: str) -> Any:
        inner = f"{self.__name__}.{name}"
        if inner in _KNOWN or inner in _PACKAGES:
            return _module(inner)
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return getattr(named_module(self.__name__), name)
        except ImportError:
            raise AttributeError(
                f"{inner} is not there: rezfast stands in for {', '.join(sorted(_KNOWN))}"
            ) from None


def _module(name: str) -> ModuleType:
    if name in _HOMES:
        return named_module(_HOMES[name])
    return _MADE.get(name, _Package)(name)


def import_module(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Any = (),
    level: int = 0,
) -> Any:
    """`__import__` of a definition."""
    if level or not (name == "rez" or name.startswith("rez.")) or _is_rez(globals):
        return _python_import(name, globals, locals, fromlist, level)
    if name not in _KNOWN and name not in _PACKAGES:
        found = _python_import(name, globals, locals, fromlist, level)
        return found if fromlist else _module("rez")
    return _module(name if fromlist else "rez")


def import_for_others(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Any = (),
    level: int = 0,
) -> Any:
    """`builtins.__import__` while a definition runs: its modules find what it finds."""
    if _owner == get_ident():
        return import_module(name, globals, locals, fromlist, level)
    return _python_import(name, globals, locals, fromlist, level)


def _is_rez(importing: Mapping[str, object] | None) -> bool:
    name = str((importing or {}).get("__name__", ""))
    return name.partition(".")[0] in ("rez", "rezplugins")


def enter() -> int | None:
    """Answer this thread's imports; give back what `leave` wants. `builtins` is put back elsewhere.

    Call it with the lock held that lets one definition run at a time.
    """
    global _owner, _python_import
    before = _owner
    if builtins.__import__ is not import_for_others:
        _python_import = builtins.__import__
        builtins.__import__ = import_for_others
    _owner = get_ident()
    return before


def leave(before: int | None) -> None:
    """Undo `enter`."""
    global _owner
    _owner = before

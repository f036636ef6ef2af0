"""Runs `preprocess` functions over a definition (rez: `DeveloperPackage._get_preprocessed`).

A definition may have one, and the setting `package_preprocess_function` may name one for all.
`package_preprocess_mode` says which runs: both, the package's own first (`before`) or last
(`after`), or the package's own in place of the other (`override`).

What they change counts only when all of them end well. `InvalidPackageError` rejects the package;
any other exception is logged, and the definition stays as it was.
"""

from __future__ import annotations

from rezfast.errors import ConfigurationError, InvalidPackageError
from rezfast.package.evaluate import Objects, process
from rezfast.typed import Callable, FunctionType, import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger
    from typing import Any

    from rezfast.config import Settings

Function = Callable[..., object]


def _log() -> Logger:
    # Deferred: few packages have such functions.
    import logging

    return logging.getLogger("rezfast.preprocess")


def preprocessed(
    this: Any, data: dict[str, Any], path: str, objects: Objects | None = None
) -> dict[str, Any] | None:
    """What preprocess functions make of the attributes. To be run in `contained`.

    Args:
        this: The package, which the functions may look at.
        data: Its attributes; a copy is changed.
        path: The definition, for messages.
        objects: What early functions find that a preprocess function adds.

    Returns:
        The new attributes; None: nothing has changed.

    Raises:
        InvalidPackageError: A function raised it.
        ConfigurationError: The module of the setting has no such function.
    """
    functions = _functions(getattr(this, "preprocess", None), this.config)
    if not functions:
        return None
    from copy import deepcopy

    changed = deepcopy(data)
    for level, function in functions:
        _log().info("Applying %s preprocess function", level)
        try:
            function(this=this, data=changed)
        except InvalidPackageError:
            raise
        except Exception as error:
            _log().error(
                "%s: failed to apply preprocess: %s: %s", path, type(error).__name__, error
            )
            return None
    changed = process(changed, path, objects)
    if changed == data:
        return None
    _log().info("%s", _summary(data, changed))
    return changed


def is_preprocessed(this: Any, data: dict[str, Any]) -> bool:
    """Whether there may be functions that `preprocessed` runs.

    Args:
        this: The package.
        data: Its attributes.
    """
    try:
        return bool(data.get("preprocess") or this.config.package_preprocess_function)
    except Exception:
        return True  # told where everything is told


def _functions(own: Function | None, settings: Settings) -> list[tuple[str, Function]]:
    mode = settings.package_preprocess_mode
    common = _common(settings)
    if mode == "override":
        ordered = [("local", own)] if own else [("global", common)]
    else:
        ordered = [("local", own), ("global", common)]
        if mode == "after":
            ordered.reverse()
    return [(level, function) for level, function in ordered if function]


def _common(settings: Settings) -> Function | None:
    """The function that the settings give; None, after a word in the log, when there is none."""
    given: Any = settings.package_preprocess_function
    if not given:
        return None
    if isinstance(given, FunctionType):
        return given
    module_name, dot, name = str(given).rpartition(".")
    if not dot:
        _log().error(
            "package_preprocess_function is %r: it has to be module.function; nothing is applied",
            given,
        )
        return None
    try:
        module = import_module(module_name)
    except Exception as error:
        _log().error("package_preprocess_function is %r: cannot be imported: %s", given, error)
        return None
    module.InvalidPackageError = InvalidPackageError  # type: ignore[attr-defined]
    function = getattr(module, name, None)
    if function is None:
        raise ConfigurationError(
            f"package_preprocess_function is {given!r}: {module.__file__} has no {name}"
        )
    if not isinstance(function, FunctionType):
        _log().error("package_preprocess_function is %r: that is no function", given)
        return None
    return function


# ---- what has changed -------------------------------------------------------------


def _summary(before: dict[str, Any], after: dict[str, Any]) -> str:
    changes: dict[str, list[str]] = {"Added": [], "Removed": [], "Changed": []}
    _compare(before, after, "", changes)
    found = [f"{what} attributes: {names}" for what, names in changes.items() if names]
    return "\n".join(["Package attributes were changed in preprocessing:", *found])


def _compare(
    before: dict[str, Any], after: dict[str, Any], prefix: str, changes: dict[str, list[str]]
) -> None:
    for name in before.keys() | after.keys():
        where = f"{prefix}{name}"
        if name not in before:
            changes["Added"].append(where)
        elif name not in after:
            changes["Removed"].append(where)
        elif isinstance(before[name], dict) and isinstance(after[name], dict):
            _compare(before[name], after[name], f"{where}.", changes)
        elif before[name] != after[name]:
            changes["Changed"].append(where)
    for names in changes.values():
        names.sort()

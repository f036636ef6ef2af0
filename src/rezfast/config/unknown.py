"""Names that are no setting: what may have been meant, and the warning of such keys in files.

rez passes over a key that it does not know. So does rezfast, but it says so, because a misspelt
setting looks like one that has no effect. A Python file may hold names for its own use, so there
only a name that looks like a setting's is told.
"""

from __future__ import annotations

import sys

from rezfast.config.table import SETTINGS
from rezfast.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from rezfast.config.settings import Settings
    from rezfast.config.sources import Layer

# How much alike two names must be: for a hint, and to take a name for a slip of the pen.
_ALIKE, _SLIP = 0.6, 0.85


class UnknownKey:
    """A key of a config file that is no setting.

    Attributes:
        where: The file, with the line if that is known.
        name: The key, with dots below `plugins`.
        nearest: The setting that was meant, as it seems, or None.
    """

    __slots__ = ("name", "nearest", "where")

    def __init__(self, where: str, name: str, nearest: str | None) -> None:
        self.where = where
        self.name = name
        self.nearest = nearest

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.where}: unknown setting {self.name!r} is ignored{hint}"


def unknown_keys(layers: Iterable[Layer]) -> list[UnknownKey]:
    """The keys of config files that are no settings, in the order of the files."""
    return [key for layer in layers for key in _unknown_of(layer)]


def warn_of_unknown_keys(settings: Settings) -> None:
    """Write a line on stderr for each unknown key of the files, unless `quiet` is set."""
    keys = unknown_keys(settings.layers)
    if not keys or sys.stderr is None or _is_quiet(settings):
        return
    try:
        sys.stderr.write("".join(f"rezfast: warning: {key}\n" for key in keys))
    except OSError:
        # when nobody listens there is nobody to warn
        return


def unknown_setting(field: str, beside: Iterable[str] = ()) -> ConfigurationError:
    """The error for a field that is no setting, with the nearest one there is.

    Args:
        field: What was asked for.
        beside: The fields that are there in its place; none: all settings.
    """
    # Deferred: nobody waits for an error.
    from rezfast.config.plugin_table import PLUGINS

    names = list(beside)
    if not names:
        is_plugin = field.startswith("plugins.")
        names = [*_plugin_fields("plugins", PLUGINS)] if is_plugin else [*SETTINGS, "plugins"]
    near = nearest(field, names)
    hint = f"did you mean {near!r}?" if near else "'rezfast config' lists them"
    return ConfigurationError(f"no such setting: {field!r}; {hint}")


def nearest(name: str, candidates: Iterable[str], least: float = _ALIKE) -> str | None:
    """The candidate that is most like `name`; None when none is.

    Args:
        name: What was written.
        candidates: The names that exist.
        least: How much alike the two must be, from 0 to 1.
    """
    # Deferred: regular expressions come with it, and files are mostly right.
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, candidates, n=1, cutoff=least)), None)


def _is_quiet(settings: Settings) -> bool:
    try:
        return settings.quiet
    except ConfigurationError:
        return False


def _unknown_of(layer: Layer) -> Iterator[UnknownKey]:
    is_python = layer.where.endswith(".py")
    for name, value in layer.values.items():
        if name == "plugins":
            # Deferred: only a file with plugins' settings needs the table of them.
            from rezfast.config.plugin_table import PLUGINS

            yield from _unknown_plugin_keys(layer.where, "plugins", PLUGINS, value)
        elif name in SETTINGS:
            continue
        elif not is_python:
            yield _unknown(layer.where, str(name), nearest(str(name), SETTINGS))
        elif name[0] != "_" and not callable(value) and (meant := _slip(name)):
            yield _unknown(layer.where, name, meant)


def _unknown(where: str, name: str, near: str | None) -> UnknownKey:
    # Deferred: files are mostly right.
    from rezfast.config.places import place

    return UnknownKey(place(where, name), name, near)


def _slip(name: str) -> str | None:
    """The setting that a name of a Python file is a misspelling of, if it looks like one."""
    letters = set(name)
    # cheap, and it lets hardly any name of a file's own pass
    alike = [
        known
        for known in SETTINGS
        if abs(len(known) - len(name)) <= 2 and len(letters.symmetric_difference(known)) <= 2
    ]
    return nearest(name, alike, _SLIP) if alike else None


def _unknown_plugin_keys(
    where: str, path: str, rows: Mapping[str, Any], given: Any
) -> Iterator[UnknownKey]:
    """The keys that no plugin knows; a dict beside rez's plugins is a plugin of somebody else's."""
    if not isinstance(given, dict):
        return
    for name, value in given.items():
        row = rows.get(name)
        if isinstance(row, dict):
            yield from _unknown_plugin_keys(where, f"{path}.{name}", row, value)
        elif row is None and not (path.count(".") == 1 and isinstance(value, dict)):
            near = nearest(str(name), rows)
            yield _unknown(where, f"{path}.{name}", near and f"{path}.{near}")


def _plugin_fields(path: str, rows: Mapping[str, Any]) -> Iterator[str]:
    for name, row in rows.items():
        yield f"{path}.{name}"
        if isinstance(row, dict):
            yield from _plugin_fields(f"{path}.{name}", row)

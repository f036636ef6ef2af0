"""The settings under `plugins`: a plugin type is checked when it is first asked for, as in rez."""

from __future__ import annotations

from rezfast.config.kinds import ANYTHING, Kind
from rezfast.config.places import place
from rezfast.config.plugin_table import PLUGINS
from rezfast.config.sources import merged
from rezfast.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, NoReturn


class Section:
    """Settings that stand together, by attribute or `section["name"]`; iterated by name."""

    __slots__ = ("_values",)

    _values: dict[str, Any]

    def __init__(self, values: dict[str, Any]) -> None:
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        # what Python itself asks for is never a setting
        if not name.startswith("_"):
            try:
                return self[name]
            except KeyError:
                pass
        raise AttributeError(f"no such setting: {name!r}")

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Settings are frozen: cannot set {name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of `name`, or `default` when it is not there."""
        try:
            return self[name]
        except KeyError:
            return default

    def data(self) -> dict[str, Any]:
        """The settings as plain data: dicts and lists."""
        return {name: _plain(self[name]) for name in self}


class Plugins(Section):
    """The settings of all plugins, by plugin type.

    Args:
        given: What the sources say under `plugins`, merged.
        where: Takes a field, gives the last source that says anything there.
        usable: Takes name, kind, value and source of a setting; checks and expands the value.
    """

    __slots__ = ("_given", "_usable", "_where")

    def __init__(
        self,
        given: Mapping[str, Any],
        where: Callable[[str], str],
        usable: Callable[[str, Kind, Any, str], Any],
    ) -> None:
        super().__init__({})
        object.__setattr__(self, "_given", given)
        object.__setattr__(self, "_where", where)
        object.__setattr__(self, "_usable", usable)

    def __getitem__(self, name: str) -> Any:
        values = self._values
        if name not in values:
            given = self._given.get(name, {})
            if name in PLUGINS:
                values[name] = self._section(f"plugins.{name}", PLUGINS[name], given)
            elif name in self._given:
                # no plugin type of rez: nothing is known of it
                values[name] = _wrapped(given)
        return values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(PLUGINS)

    def _section(self, path: str, rows: Mapping[str, Any], given: Any) -> Section:
        if not isinstance(given, dict):
            where = place(self._where(path), path)
            raise ConfigurationError(f"{where}: {path}: expected a dict, got {given!r}")
        values: dict[str, Any] = {}
        for name, row in rows.items():
            field = f"{path}.{name}"
            if isinstance(row, dict):
                values[name] = self._section(field, row, given.get(name, {}))
                continue
            kind, default, _ = row
            value = merged(default, given[name]) if name in given else default
            values[name] = _wrapped(self._usable(field, kind, value, self._where(field)))
        for name, value in given.items():
            if name not in rows:
                # a plugin of somebody else's, or a setting that its plugin does not know
                field = f"{path}.{name}"
                values[name] = _wrapped(self._usable(field, ANYTHING, value, self._where(field)))
        return Section(values)


def values_below(tree: Mapping[str, Any], field: str) -> Iterator[Any]:
    """What stands in nested dicts under a field with dots: one value, or none."""
    value: Any = tree
    for key in field.split("."):
        if not isinstance(value, dict) or key not in value:
            return
        value = value[key]
    yield value


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return Section({name: _wrapped(item) for name, item in value.items()})
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.data()
    return list(value) if isinstance(value, tuple) else value

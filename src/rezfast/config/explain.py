"""Where a setting comes from: the sources that give it, its type, its default, what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rezfast.config.kinds import ANYTHING
from rezfast.config.places import place
from rezfast.config.plugin_table import PLUGINS
from rezfast.config.plugins import Section, values_below
from rezfast.config.settings import Settings, plain
from rezfast.config.sources import DEFAULT, OVERRIDES
from rezfast.config.table import FOUND, SECTIONS, SETTINGS
from rezfast.config.unknown import unknown_setting
from rezfast.errors import ConfigurationError

if TYPE_CHECKING:
    from rezfast.config.table import Row


class Source:
    """One source that gives a setting.

    Attributes:
        where: `default`, `overrides`, `$NAME` of a variable, or a file with the line if known.
        value: What it says, before it is merged, checked and expanded.
    """

    __slots__ = ("value", "where")

    def __init__(self, where: str, value: Any) -> None:
        self.where = where
        self.value = value


class Explanation:
    """What is known of a setting.

    Attributes:
        field: Its name, with dots: `plugins.release_vcs.tag_name`.
        section: The heading it stands under.
        kind: Its type in words.
        doc: What it is for.
        variables: The environment variables that give it; empty for a plugin's.
        sources: Who gives it, weakest first; the last one wins, dicts and ModifyLists add up.
    """

    __slots__ = ("doc", "field", "kind", "section", "sources", "variables")

    def __init__(
        self, field: str, section: str, row: Row, sources: list[Source], *, in_variables: bool
    ) -> None:
        kind, _, self.doc = row
        self.field = field
        self.section = section
        self.kind = kind.expected
        self.sources = sources
        name = f"REZ_{field.upper()}"
        texts = [name] if kind.parse is not None else []
        self.variables = [*texts, f"{name}_JSON"] if in_variables else []

    @property
    def origin(self) -> str:
        """The source that had the last word."""
        return self.sources[-1].where


def value_of(settings: Settings, field: str) -> Any:
    """The value of a field: a setting, a plugin's, or what is in a dict, with dots between.

    Args:
        settings: Where to look.
        field: Such as `packages_path`, `plugins.release_vcs.git`, `context_tracking_amqp.userid`.

    Returns:
        Plain data.

    Raises:
        ConfigurationError: There is no such field, or its value cannot be used.
    """
    name, *keys = field.split(".")
    if name not in SETTINGS and name != "plugins":
        raise unknown_setting(field)
    value = getattr(settings, name)
    path = name
    for key in keys:
        if not isinstance(value, (dict, Section)):
            raise ConfigurationError(f"{path} is not a dict: there is no {field!r}")
        if key not in value:
            raise unknown_setting(field, [f"{path}.{item}" for item in value])
        value = value[key]
        path = f"{path}.{key}"
    return value.data() if isinstance(value, Section) else plain(value)


def explain(settings: Settings, field: str) -> list[Explanation]:
    """What is known of a field: one explanation, or one of each setting below it.

    Raises:
        ConfigurationError: There is no such field.
    """
    name = field.partition(".")[0]
    if name in SETTINGS:
        value_of(settings, field)
        return [_of_setting(settings, name)]
    found = [
        _of_plugin(settings, path, row)
        for path, row in _rows("plugins", PLUGINS)
        if path == field or path.startswith(f"{field}.") or field.startswith(f"{path}.")
    ]
    if not found:
        value_of(settings, field)
        found.append(_of_plugin(settings, field, (ANYTHING, None, "Not one of rez's plugins'.")))
    return found


def explain_all(settings: Settings) -> list[Explanation]:
    """What is known of every setting, in the order of the tables."""
    return [*(_of_setting(settings, name) for name in SETTINGS), *explain(settings, "plugins")]


def _of_setting(settings: Settings, name: str) -> Explanation:
    row = SETTINGS[name]
    section = next(heading for heading, rows in SECTIONS.items() if name in rows)
    default = "what is found on this machine" if name in FOUND else row[1]
    sources = [Source(DEFAULT, default), *_in_layers(settings, name)]
    for variable in (f"REZ_{name.upper()}_JSON", f"REZ_{name.upper()}"):
        text = None if settings.is_locked else settings.environ.get(variable)
        if text is not None and name not in settings.overrides:
            sources.append(Source(f"${variable}", text))
    sources.extend(_in_overrides(settings, name))
    return Explanation(name, section, row, sources, in_variables=True)


def _of_plugin(settings: Settings, field: str, row: Row) -> Explanation:
    sources = [Source(DEFAULT, row[1]), *_in_layers(settings, field)]
    sources.extend(_in_overrides(settings, field))
    section = f"Plugins: {field.split('.')[1]}"
    return Explanation(field, section, row, sources, in_variables=False)


def _in_layers(settings: Settings, field: str) -> Iterator[Source]:
    for layer in settings.layers:
        for value in values_below(layer.values, field):
            yield Source(place(layer.where, field), value)


def _in_overrides(settings: Settings, field: str) -> Iterator[Source]:
    for value in values_below(settings.overrides, field):
        yield Source(OVERRIDES, value)


def _rows(path: str, rows: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """The rows of the table of plugins, with their fields."""
    for name, row in rows.items():
        field = f"{path}.{name}"
        if isinstance(row, dict):
            yield from _rows(field, row)
        else:
            yield field, row

"""`Settings`: the values, each checked and expanded when it is asked for.

Precedence, weakest first, as in rez: default; each file of `$REZ_CONFIG_FILE` in order;
`~/.rezconfig`; `$REZ_<SETTING>_JSON`; `$REZ_<SETTING>`; overrides given in the call. Settings under
`plugins` do not look at the environment.
"""

from __future__ import annotations

import os

from rezfast.config.sources import (
    DEFAULT,
    OVERRIDES,
    DelayLoad,
    config_files,
    load_files,
    merged,
    parse_json,
)
from rezfast.config.system import System
from rezfast.config.table import FILESYSTEM, FOUND, SETTINGS
from rezfast.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, NoReturn

    from rezfast.config.declared import Declared
    from rezfast.config.kinds import Kind
    from rezfast.config.plugins import Plugins
    from rezfast.config.sources import Layer
else:
    Declared = object


class Settings(Declared):
    """All settings, as attributes by rez's names. Frozen; safe to share between threads.

    A value is looked up, checked and expanded when it is first asked for, and kept. Lists are
    tuples. Asking raises ConfigurationError when the value cannot be used: it names the source, the
    setting, what was expected and what was found.

    Attributes:
        plugins: The settings of plugins: `plugins.package_repository.filesystem.file_lock_dir`.
        package_filenames, check_package_definition_files, file_lock_dir: Those of
            `plugins.package_repository.filesystem`.
        nonlocal_packages_path: `packages_path` without `local_packages_path`.
        system: This machine, by the names that `platform_map` gives it.
        overrides: The values that beat every source, by setting; those of plugins under `plugins`.
        is_locked: Whether files and environment variables are left out of account.
        searched_files: The config files that were looked for (rez: `filepaths`, without the file of
            defaults, which is a table here).
        layers: What each of those files says, as it was read, weakest first.
        environ: The environment variables that are looked at.
        sourced_files: The config files that were read (rez: `sourced_filepaths`, likewise).
    """

    overrides: Mapping[str, Any]
    is_locked: bool
    searched_files: tuple[str, ...]
    sourced_files: tuple[str, ...]
    layers: tuple[Layer, ...]
    environ: Mapping[str, str]

    def __init__(
        self,
        environ: Mapping[str, str],
        layers: tuple[Layer, ...],
        searched_files: tuple[str, ...] = (),
        overrides: Mapping[str, Any] | None = None,
        is_locked: bool = False,
    ) -> None:
        """Take what was read as it is; `from_sources` is the way to make a `Settings`."""
        self.__dict__.update(
            environ=environ,
            layers=layers,
            searched_files=searched_files,
            sourced_files=tuple([layer.where for layer in layers]),
            overrides={} if overrides is None else overrides,
            is_locked=is_locked,
        )

    @classmethod
    def from_sources(
        cls,
        environ: Mapping[str, str] | None = None,
        files: Iterable[str] | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> Settings:
        """Read the config files (rez: `Config(filepaths, overrides)`).

        Args:
            environ: Environment variables; None: this process's. They are looked at when a setting
                is asked for.
            files: Config files, weakest first; None: those that `environ` and the home directory
                name. A file that does not exist is passed over.
            overrides: Values that beat every source, by setting name.

        Raises:
            ConfigurationError: A file cannot be read or parsed.
        """
        environ = os.environ if environ is None else environ
        files = tuple(config_files(environ) if files is None else files)
        return cls(environ, load_files(files), files, overrides)

    @classmethod
    def locked(cls, overrides: Mapping[str, Any] | None = None) -> Settings:
        """The defaults, whatever files and variables say (rez: `_create_locked_config`).

        Args:
            overrides: Values that beat the defaults, by setting name.
        """
        return cls(os.environ, (), (), overrides, is_locked=True)

    def with_overrides(self, overrides: Mapping[str, Any] | None) -> Settings:
        """These settings with other overrides (rez: `create_config(overrides)`, `Config.copy`).

        A package's settings are made so, from what stands under `with scope("config")` in its
        definition.

        Args:
            overrides: Values that beat every source, by setting name, in place of the overrides
                that are there. Dicts are merged into what the files say and a `ModifyList` adds to
                it; a name that is no setting is passed over, as in a file.
        """
        return Settings(self.environ, self.layers, self.searched_files, overrides, self.is_locked)

    def override(self, field: str, value: Any) -> Settings:
        """These settings with one more override (rez: `Config.override`, in place).

        Args:
            field: A setting, or a plugin's as `plugins.release_hook.emailer.sender`.
            value: Its value, as in `with_overrides`.

        Raises:
            ConfigurationError: There is no such setting.
        """
        keys = _override_keys(field)
        for key in reversed(keys[1:]):
            value = {key: value}
        if len(keys) > 1:
            value = merged(self.overrides.get(keys[0]), value)
        return self.with_overrides({**self.overrides, keys[0]: value})

    def without_override(self, field: str) -> Settings:
        """These settings without that override, if it is there (rez: `Config.remove_override`).

        Args:
            field: As in `override`.

        Raises:
            ConfigurationError: There is no such setting.
        """
        return self.with_overrides(_without(self.overrides, _override_keys(field)))

    def is_overridden(self, name: str) -> bool:
        """Whether there is an override of the setting `name` (rez: `is_overridden`)."""
        return name in self.overrides

    def get(self, name: str, default: Any = None) -> Any:
        """The setting `name`, or `default` when there is no such setting (rez: `Config.get`).

        Raises:
            ConfigurationError: The value cannot be used.
        """
        return getattr(self, name) if name in SETTINGS or name in _DERIVED else default

    def data(self) -> dict[str, Any]:
        """All settings as plain data, in the order of the table (rez: `Config.data`).

        Raises:
            ConfigurationError: A value cannot be used.
        """
        values = {name: plain(getattr(self, name)) for name in SETTINGS}
        return {**values, "plugins": self.plugins.data()}

    def warn(self, topic: str) -> bool:
        """Whether to warn of `topic`, as in the setting `warn_<topic>` (rez: `Config.warn`)."""
        return self._tells("warn", topic)

    def debug(self, topic: str) -> bool:
        """Whether to tell of `topic`, as in `debug_<topic>` (rez: `Config.debug`)."""
        return self._tells("debug", topic)

    def _tells(self, what: str, topic: str) -> bool:
        if self.quiet or getattr(self, f"{what}_none"):
            return False
        return bool(getattr(self, f"{what}_all") or getattr(self, f"{what}_{topic}"))

    if not TYPE_CHECKING:  # which reads `Declared` and so knows what is no setting

        def __getattr__(self, name: str) -> Any:
            # what is asked for once is in __dict__ and does not come here again
            row = SETTINGS.get(name)
            if row is not None:
                value = self._usable(name, row[0], *self._lookup(name, row[0], row[1]))
            elif name in _DERIVED:
                value = _DERIVED[name](self)
            else:
                raise AttributeError(f"no such setting: {name!r}")
            self.__dict__[name] = value
            return value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Settings are frozen: cannot set {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"Settings are frozen: cannot delete {name}")

    def _lookup(self, name: str, kind: Kind, default: Any) -> tuple[Any, str]:
        """The strongest value of a setting, as it was given, and where."""
        if name not in self.overrides and not self.is_locked:
            given = self._variable(name, kind)
            if given is not None:
                return given
        value, where = self._stacked(name, default)
        if isinstance(value, DelayLoad):
            try:
                value = value.get_value()
            except ConfigurationError as error:
                raise _problem(where, name, error) from error
        if value is None and name in FOUND and name not in self.overrides:
            # Deferred: looking around the machine takes modules that a resolve does not need.
            from rezfast.config.machine import found

            value = found(name, self.environ)
        return value, where

    def _variable(self, name: str, kind: Kind) -> tuple[Any, str] | None:
        """What an environment variable says; None when there is none."""
        variable = f"REZ_{name.upper()}"
        text = self.environ.get(variable)
        if text is not None:
            where = f"${variable}"
            if kind.parse is None:
                raise ConfigurationError(f"{where}: cannot be given as text; use {where}_JSON")
            try:
                return kind.parse(text), where
            except ValueError:
                raise _wrong(where, name, kind, text) from None
        variable += "_JSON"
        text = self.environ.get(variable)
        return None if text is None else (parse_json(text, f"${variable}"), f"${variable}")

    def _stacked(self, name: str, default: Any) -> tuple[Any, str]:
        """The value that files and overrides make of a default, and which one came last."""
        value, where = default, DEFAULT
        for layer in self.layers:
            if name in layer.values:
                where = layer.where
                value = _on_top(value, layer.values[name], where, name)
        if name in self.overrides:
            where = OVERRIDES
            value = _on_top(value, self.overrides[name], where, name)
        return value, where

    def _usable(self, name: str, kind: Kind, value: Any, where: str) -> Any:
        """A value checked, expanded, and as a tuple when it is a list."""
        try:
            value = kind.check(value)
        except ValueError:
            raise _wrong(where, name, kind, value) from None
        try:
            if _may_expand(value):
                value = self._expanded(name, value)
            if kind.finish is not None:
                value = kind.finish(value)
        except (ConfigurationError, ValueError) as error:
            raise _problem(where, name, error) from error
        return tuple(value) if isinstance(value, list) else value

    def _expanded(self, name: str, value: Any) -> Any:
        # Deferred: most values have nothing to expand.
        from rezfast.config.expand import Expander

        # the names of the machine cannot stand in what gives them
        is_map = name == "platform_map"
        return Expander(self.environ, lambda: System({}) if is_map else self.system)(value)

    def _gives(self, name: str) -> bool:
        """Whether a file or an override has this key."""
        return name in self.overrides or any(name in layer.values for layer in self.layers)

    def _plugins(self) -> Plugins:
        # Deferred: what has no package on disk asks for no plugin.
        from rezfast.config.plugins import Plugins, values_below

        given, where = self._stacked("plugins", {})
        if not isinstance(given, dict):
            raise _problem(where, "plugins", f"expected a dict, got {given!r}")

        def last(field: str) -> str:
            found = DEFAULT
            for layer in self.layers:
                for _ in values_below(layer.values, field):
                    found = layer.where
            for _ in values_below(self.overrides, field):
                found = OVERRIDES
            return found

        return Plugins(given, last, self._usable)

    def _nonlocal_packages_path(self) -> tuple[str, ...]:
        paths = list(self.packages_path)
        if self.local_packages_path in paths:
            paths.remove(self.local_packages_path)
        return tuple(paths)


def _filesystem(name: str) -> Callable[[Settings], Any]:
    """Reads a setting of the filesystem repository; its default without looking at plugins."""

    def read(settings: Settings) -> Any:
        if settings._gives("plugins"):
            return settings.plugins.package_repository.filesystem[name]
        kind, default, _ = FILESYSTEM[name]
        field = f"plugins.package_repository.filesystem.{name}"
        return settings._usable(field, kind, default, DEFAULT)

    return read


# rez takes any value here and asks whether it is true
_CHECKS_DEFINITIONS = _filesystem("check_package_definition_files")

_DERIVED: dict[str, Callable[[Settings], Any]] = {
    "plugins": Settings._plugins,
    "system": lambda settings: System(settings.platform_map),
    "nonlocal_packages_path": Settings._nonlocal_packages_path,
    "package_filenames": _filesystem("package_filenames"),
    "check_package_definition_files": lambda settings: bool(_CHECKS_DEFINITIONS(settings)),
    "file_lock_dir": _filesystem("file_lock_dir"),
}


def _may_expand(value: Any) -> bool:
    """Whether a value holds anything that `Expander` would change or copy."""
    if isinstance(value, str):
        return "$" in value or "~" in value or "{" in value or "}" in value
    if isinstance(value, (list, tuple, set)):
        return any(map(_may_expand, value))
    return isinstance(value, dict)


def plain(value: Any) -> Any:
    """A value of a setting with its tuples as lists, as it would stand in a file."""
    return list(value) if isinstance(value, tuple) else value


def _on_top(below: Any, value: Any, where: str, name: str) -> Any:
    try:
        return merged(below, value)
    except ValueError as error:
        raise _problem(where, name, error) from error


def _wrong(where: str, name: str, kind: Kind, value: Any) -> ConfigurationError:
    return _problem(where, name, f"expected {kind.expected}, got {value!r}")


def _problem(where: str, name: str, what: object) -> ConfigurationError:
    # Deferred: settings are mostly right.
    from rezfast.config.places import place

    return ConfigurationError(f"{place(where, name)}: {name}: {what}")


def _override_keys(field: str) -> list[str]:
    """The parts of the name of a setting that may be overridden, checked."""
    keys = field.split(".")
    if len(keys) == 1 and field in SETTINGS:
        return keys
    # Deferred: overrides in code are rare, and those of plugins rarer.
    from rezfast.config.plugin_table import PLUGINS
    from rezfast.config.unknown import unknown_setting

    # a plugin's setting has a plugin type and a name below it
    if keys[0] == "plugins" and len(keys) > 2 and keys[1] in PLUGINS:
        return keys
    raise unknown_setting(field)


def _without(tree: Mapping[str, Any], keys: list[str]) -> dict[str, Any]:
    """A copy of nested dicts without one key; dicts that are empty by that are left out too."""
    rest = {key: value for key, value in tree.items() if key != keys[0]}
    below = tree.get(keys[0])
    if len(keys) > 1 and isinstance(below, dict):
        kept = _without(below, keys[1:])
        if kept:
            rest[keys[0]] = kept
    return rest

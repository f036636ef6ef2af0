"""`Settings`: the values themselves, checked and expanded.

Precedence, weakest first, as in rez: default; each file of `$REZ_CONFIG_FILE` in order;
`~/.rezconfig`; `$REZ_<SETTING>_JSON`; `$REZ_<SETTING>`; overrides given in the call. Settings under
`plugins` do not look at the environment.
"""

from __future__ import annotations

import os

from rezfast.config import kinds
from rezfast.config.expand import Expander
from rezfast.config.sources import DelayLoad, ModifyList, config_files, load_files, parse_json
from rezfast.config.system import System
from rezfast.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, NoReturn

_KINDS: dict[str, kinds.Kind] = {
    "platform_map": kinds.MAPPING,
    "packages_path": kinds.PATH_LIST,
    "implicit_packages": kinds.WORD_LIST,
    "package_filter": kinds.MAPPING_LIST,
    "package_orderers": kinds.MAPPING_LIST,
    "variant_select_mode": kinds.choice("version_priority", "intersection_priority"),
    "allow_unversioned_packages": kinds.FLAG,
    "error_on_missing_variant_requires": kinds.FLAG,
    "prune_failed_graph": kinds.FLAG,
    "package_definition_build_python_paths": kinds.PATH_LIST,
}

# dicts among them are None, which reads as empty: files are merged into a dict in place
_DEFAULTS: dict[str, Any] = {
    "platform_map": None,
    "packages_path": ["~/packages", "~/.rez/packages/int", "~/.rez/packages/ext"],
    "implicit_packages": [
        "~platform=={system.platform}",
        "~arch=={system.arch}",
        "~os=={system.os}",
    ],
    "package_filter": None,
    "package_orderers": None,
    "variant_select_mode": "version_priority",
    "allow_unversioned_packages": True,
    "error_on_missing_variant_requires": True,
    "prune_failed_graph": True,
    "package_definition_build_python_paths": [],
}

# plugins.package_repository.filesystem
_REPOSITORY_KINDS: dict[str, kinds.Kind] = {
    "package_filenames": kinds.WORD_LIST,
    "check_package_definition_files": kinds.FLAG,
    "file_lock_dir": kinds.OPTIONAL_TEXT,
}

_REPOSITORY_DEFAULTS: dict[str, Any] = {
    "package_filenames": ["package"],
    "check_package_definition_files": False,
    "file_lock_dir": None,
}


class Settings:
    """The settings of a resolve. Frozen; safe to share between threads.

    Attributes:
        packages_path: Repositories to search, first one first.
        package_filter: Filters, each a dict of `excludes` and `includes` rules.
        package_orderers: Orderers, each a dict with a `type`.
        variant_select_mode: `version_priority` or `intersection_priority`.
        allow_unversioned_packages: Whether `<family>/package.py` is a package.
        error_on_missing_variant_requires: Whether a variant that requires a missing family ends
            the solve, in place of being passed over.
        prune_failed_graph: Whether the graph of a failed solve shows only what failed.
        package_definition_build_python_paths: Added to `sys.path` while a definition is evaluated.
        package_filenames: Names, without extension, that a definition file may have
            (rez: `plugins.package_repository.filesystem.package_filenames`).
        check_package_definition_files: Whether a version directory counts only when it holds a
            definition (rez: `plugins.package_repository.filesystem`).
        file_lock_dir: A directory in a repository that is no family, or None (rez: as above).
        sourced_files: The config files that were read.
    """

    __slots__ = (
        "_expand",
        "_implicit_packages",
        "allow_unversioned_packages",
        "check_package_definition_files",
        "error_on_missing_variant_requires",
        "file_lock_dir",
        "package_definition_build_python_paths",
        "package_filenames",
        "package_filter",
        "package_orderers",
        "packages_path",
        "prune_failed_graph",
        "sourced_files",
        "variant_select_mode",
    )

    packages_path: tuple[str, ...]
    package_filter: tuple[dict[str, Any], ...]
    package_orderers: tuple[dict[str, Any], ...]
    variant_select_mode: str
    allow_unversioned_packages: bool
    error_on_missing_variant_requires: bool
    prune_failed_graph: bool
    package_definition_build_python_paths: tuple[str, ...]
    package_filenames: tuple[str, ...]
    check_package_definition_files: bool
    file_lock_dir: str | None
    sourced_files: tuple[str, ...]
    _implicit_packages: tuple[str, ...]
    _expand: Expander

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Take checked values as they are; `from_sources` is the way to make a `Settings`."""
        for name in self.__slots__:
            object.__setattr__(self, name, values[name])

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Settings are frozen: cannot set {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"Settings are frozen: cannot delete {name}")

    @property
    def implicit_packages(self) -> tuple[str, ...]:
        """Requests that a resolved context adds to what is asked for.

        Expanded when read: the operating system's name may take a subprocess to find out.
        """
        expanded: tuple[str, ...] = self._expand(self._implicit_packages)
        return expanded

    @classmethod
    def from_sources(
        cls,
        environ: Mapping[str, str] | None = None,
        files: Iterable[str] | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> Settings:
        """Read settings.

        Args:
            environ: Environment variables; None: this process's.
            files: Config files, weakest first; None: those that `environ` and the home directory
                name. A file that does not exist is passed over.
            overrides: Values that beat every source, by setting name.

        Raises:
            ConfigurationError: A file cannot be read or parsed, or a value has the wrong type.
        """
        environ = os.environ if environ is None else environ
        files = config_files(environ) if files is None else files
        data, origins, sourced = load_files(files, _DEFAULTS)
        overrides = {} if overrides is None else overrides
        checked = {
            name: _checked(name, kind, *_lookup(name, kind, data, origins, environ, overrides))
            for name, kind in _KINDS.items()
        }
        checked.update(_repository_settings(data, origins))
        platform_map = checked.pop("platform_map")
        expand = Expander(environ, System(Expander(environ, System({}))(platform_map)))
        lazy = checked.pop("implicit_packages")
        values = {name: _expanded(name, expand, value) for name, value in checked.items()}
        return cls(
            {**values, "_implicit_packages": lazy, "_expand": expand, "sourced_files": sourced}
        )


def _lookup(
    name: str,
    kind: kinds.Kind,
    data: Mapping[str, Any],
    origins: Mapping[str, str],
    environ: Mapping[str, str],
    overrides: Mapping[str, Any],
) -> tuple[Any, str]:
    """The strongest value of a setting, and where it was found."""
    if name in overrides:
        value = overrides[name]
        if isinstance(value, ModifyList):
            value = value.apply(data[name])
        return value, "overrides"
    variable = f"REZ_{name.upper()}"
    text = environ.get(variable)
    if text is not None:
        where = f"${variable}"
        if kind.parse is None:
            raise ConfigurationError(f"{where}: cannot be given as text; use ${variable}_JSON")
        try:
            return kind.parse(text), where
        except ValueError:
            raise _wrong_type(where, name, kind, text) from None
    text = environ.get(f"{variable}_JSON")
    if text is not None:
        return parse_json(text, f"${variable}_JSON"), f"${variable}_JSON"
    return data[name], origins.get(name, "default")


def _checked(name: str, kind: kinds.Kind, value: Any, where: str) -> Any:
    if isinstance(value, DelayLoad):
        value = value.get_value()
    try:
        return kind.check(value)
    except ValueError:
        raise _wrong_type(where, name, kind, value) from None


def _wrong_type(where: str, name: str, kind: kinds.Kind, value: Any) -> ConfigurationError:
    return ConfigurationError(f"{where}: {name}: expected {kind.expected}, got {value!r}")


def _repository_settings(data: Mapping[str, Any], origins: Mapping[str, str]) -> dict[str, Any]:
    where = origins.get("plugins", "default")
    section: Any = data
    path = ""
    for key in ("plugins", "package_repository", "filesystem"):
        path = f"{path}.{key}" if path else key
        section = section.get(key, {})
        if not isinstance(section, dict):
            raise ConfigurationError(f"{where}: {path}: expected a dict, got {section!r}")
    return {
        name: _checked(f"{path}.{name}", kind, section.get(name, _REPOSITORY_DEFAULTS[name]), where)
        for name, kind in _REPOSITORY_KINDS.items()
    }


def _expanded(name: str, expand: Expander, value: Any) -> Any:
    try:
        return expand(value)
    except ConfigurationError as error:
        raise ConfigurationError(f"{name}: {error}") from error

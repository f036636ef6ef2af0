"""Plugins that a studio adds, found where rez finds them (rez: `rez.plugin_managers`).

    <directory of plugin_path>/rezplugins/<type>/__init__.py
                                                 <name>.py     has register_plugin() -> class
                                                 rezconfig.py  defaults of its settings
    <Python package on sys.path>/rezplugins/...                the same
    entry points of the group `rez.plugins.<type>`             modules with register_plugin()

Later places win over earlier ones, the last directory of `plugin_path` over the first, and every
plugin over a part of rezfast with the same name. A plugin that cannot be loaded is not there; the
reason is given when somebody asks for it.

A plugin is imported as `rezfast_plugins.<type>.<name>`, so that it may import its neighbours.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock

from rezfast.config import Settings, settings
from rezfast.config.sources import Layer, load_files
from rezfast.errors import RezPluginError
from rezfast.managers import lru_cache
from rezfast.typed import ModuleType, import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_ROOT = "rezfast_plugins"
_FOLDER = "rezplugins"
_GROUP = "rez.plugins."
# what Python itself finds distributions with
_FINDERS = frozenset(("BuiltinImporter", "FrozenImporter", "PathFinder"))

_guard = RLock()
_loaded: dict[str, tuple[tuple[str, ...], Plugins]] = {}


class Plugins:
    """The plugins of one type.

    Attributes:
        type_name: Such as `release_hook`.
        classes: What `register_plugin` gave, by name.
        failed: Why a plugin could not be loaded, by name; one line each.
        config_files: The files of default settings that lie beside plugins, or would.
    """

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        self.classes: dict[str, type] = {}
        self.failed: dict[str, str] = {}
        self.config_files: list[str] = []

    def add(self, name: str, module: ModuleType) -> None:
        """Take a plugin's module.

        Raises:
            RezPluginError: It registers no class.
        """
        register = getattr(module, "register_plugin", None)
        found = register() if callable(register) else None
        if not isinstance(found, type):
            raise RezPluginError("it has no register_plugin() that gives a class")
        self.classes[name] = found
        where = os.path.join(os.path.dirname(module.__file__ or ""), "rezconfig.yaml")
        if where not in self.config_files:
            self.config_files.append(where)

    def fail(self, name: str, error: Exception) -> None:
        """Remember why a plugin is not there."""
        words = " ".join(str(error).split())
        self.failed[name] = f"{type(error).__name__}: {words}"

    def get_class(self, name: str, builtin: Mapping[str, type]) -> type:
        """The class of a name (rez: `get_plugin_class`).

        Args:
            name: The plugin.
            builtin: The classes that rezfast has, by name.

        Raises:
            RezPluginError: There is no plugin of that name, or it cannot be loaded.
        """
        found = self.classes.get(name, builtin.get(name))
        if found is not None:
            return found
        kind = self.type_name.replace("_", " ")
        if name in self.failed:
            raise RezPluginError(f"{kind} {name!r} cannot be loaded: {self.failed[name]}")
        known = ", ".join(sorted({*self.classes, *builtin})) or "none"
        raise RezPluginError(
            f"there is no {kind} {name!r} (known: {known}); a plugin is looked for in "
            f"{_FOLDER}/{self.type_name} below the directories of plugin_path"
        )

    def names(self, builtin: Mapping[str, type]) -> list[str]:
        """The names of plugins and of what rezfast has (rez: `get_plugins`), sorted."""
        return sorted({*self.classes, *builtin})


def plugins(type_name: str) -> Plugins:
    """The plugins of a type, loaded when they are first asked for.

    They are loaded again when the settings name other directories.

    Args:
        type_name: `build_system`, `build_process`, `release_vcs`, `release_hook`, or any.
    """
    places = tuple(_directories(type_name))
    with _guard:
        known = _loaded.get(type_name)
        if known is None or known[0] != places:
            known = places, _load(type_name, places)
            _loaded[type_name] = known
        return known[1]


def plugin_settings(of: Settings, type_name: str) -> Settings:
    """Settings with the defaults that plugins bring along.

    Args:
        of: Settings, such as a package's.
        type_name: The type of the plugins.

    Raises:
        ConfigurationError: A plugin's file of settings cannot be read.
    """
    layers = [
        Layer(layer.where, {"plugins": {type_name: dict(layer.values)}})
        for layer in load_files(plugins(type_name).config_files)
    ]
    if not layers:
        return of
    layers = [*layers, *of.layers]
    return Settings(of.environ, tuple(layers), of.searched_files, of.overrides, of.is_locked)


# ---- where they are ---------------------------------------------------------------


def _directories(type_name: str) -> Iterator[str]:
    """The directories with plugins of a type, those that win first."""
    found: list[str] = []
    for place in [*settings().plugin_path, *_python_packages()]:
        directory = os.path.join(place, _FOLDER, type_name)
        if directory not in found and os.path.isfile(os.path.join(directory, "__init__.py")):
            found.append(directory)
    return reversed(found)


def _python_packages() -> Iterator[str]:
    """The packages on `sys.path` that hold plugins."""
    for entry in sys.path:
        yield from _packages_in(entry, _changed(entry or os.curdir))


@lru_cache(maxsize=256)
def _packages_in(entry: str, changed: int) -> tuple[str, ...]:
    """The packages in a directory that hold plugins; `changed` is when it last did."""
    names = sorted(_names(entry or os.curdir)) if changed else ()
    paths = (os.path.join(entry, name) for name in names if "." not in name)
    return tuple(
        path for path in paths if os.path.isfile(os.path.join(path, _FOLDER, "__init__.py"))
    )


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


# ---- loading ----------------------------------------------------------------------


def _load(type_name: str, directories: tuple[str, ...]) -> Plugins:
    found = Plugins(type_name)
    package = _package(type_name, directories)
    if directories:
        # Deferred, as what follows: most studios have no plugins of most types.
        import pkgutil
        from importlib import invalidate_caches

        invalidate_caches()
    for directory in directories:
        for module in pkgutil.iter_modules([directory]):
            name = module.name
            if name in found.classes or name.startswith("_") or name == "rezconfig":
                continue
            try:
                found.add(name, import_module(f"{package}.{name}"))
            except Exception as error:
                found.fail(name, error)
    if _has_entry_points():
        from importlib.metadata import entry_points

        for entry in entry_points(group=f"{_GROUP}{type_name}"):
            try:
                found.add(entry.name, entry.load())
            except Exception as error:
                found.fail(entry.name, error)
    return found


def _has_entry_points() -> bool:
    """Whether a distribution may have plugins. To ask Python for them takes 20 ms."""
    for finder in sys.meta_path:
        kind = finder if isinstance(finder, type) else type(finder)
        if hasattr(finder, "find_distributions") and kind.__name__ not in _FINDERS:
            return True
    # Python can look into an archive, too
    return any(
        os.path.isfile(entry) or _lists_plugins(entry or os.curdir, _changed(entry or os.curdir))
        for entry in sys.path
    )


@lru_cache(maxsize=256)
def _lists_plugins(directory: str, changed: int) -> bool:
    """Whether a distribution in a directory may have plugins; `changed` is when that last did."""
    for name in _names(directory) if changed else ():
        if name.endswith(".egg"):
            return True
        if name.endswith((".dist-info", ".egg-info")) and _names_plugins(
            os.path.join(directory, name, "entry_points.txt")
        ):
            return True
    return False


def _names_plugins(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _GROUP.encode() in file.read()
    except OSError:
        return False


def _package(type_name: str, directories: tuple[str, ...]) -> str:
    """Makes the package that plugins of a type are imported from."""
    root = sys.modules.setdefault(_ROOT, ModuleType(_ROOT))
    root.__path__ = []
    name = f"{_ROOT}.{type_name}"
    for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[loaded]
    package = ModuleType(name)
    # the first directory that has a module of a name gives it
    package.__path__ = list(directories)
    sys.modules[name] = package
    setattr(root, type_name, package)
    return name

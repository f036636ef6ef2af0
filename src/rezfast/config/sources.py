"""Where settings come from: rezconfig files, read and merged as rez does.

Later files win over earlier ones; dicts are merged key by key. For a path given, the same path with
the extension `.py` is tried first and read as Python; else the path itself is read as YAML.
"""

from __future__ import annotations

import os

from rezfast.errors import ConfigurationError
from rezfast.typed import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

# What a rezconfig.py finds as `rez_version`: the rez whose settings these are.
REZ_VERSION = "3.4.0"

# Sources that are no files; a variable is `$NAME`.
DEFAULT = "default"
OVERRIDES = "overrides"

_OFF_WORDS = ("1", "t", "true")


class ModifyList:
    """Adds to a list from an earlier file in place of replacing it (rez: `ModifyList`)."""

    def __init__(self, append: list[Any] | None = None, prepend: list[Any] | None = None) -> None:
        for given in (prepend, append):
            if given is not None and not isinstance(given, list):
                raise ValueError(f"expected a list in ModifyList, got {given!r}")
        self.prepend = prepend
        self.append = append

    def __repr__(self) -> str:
        ends = (("prepend", self.prepend), ("append", self.append))
        given = ", ".join(f"{name}={items!r}" for name, items in ends if items is not None)
        return f"ModifyList({given})"

    def apply(self, value: Any) -> list[Any]:
        """The list with both ends added.

        Raises:
            ValueError: `value` is neither a list nor None.
        """
        if value is None:
            value = []
        elif not isinstance(value, list):
            raise ValueError(f"ModifyList cannot add to {value!r}, which is not a list")
        return [*(self.prepend or ()), *value, *(self.append or ())]


class DelayLoad:
    """A value that stands in a file of its own, YAML or JSON (rez: `DelayLoad`)."""

    def __init__(self, filepath: str) -> None:
        self.filepath = os.path.expanduser(filepath)

    def __repr__(self) -> str:
        return f"DelayLoad({self.filepath!r})"

    def get_value(self) -> Any:
        """Read the file.

        Raises:
            ConfigurationError: It is neither `.yaml`, `.yml` nor `.json`, or it cannot be read.
        """
        extension = os.path.splitext(self.filepath)[1]
        if extension not in (".yaml", ".yml", ".json"):
            raise ConfigurationError(
                f"{self.filepath}: DelayLoad reads .yaml, .yml and .json files only"
            )
        text = read_text(self.filepath)
        if text is None:
            raise ConfigurationError(f"{self.filepath}: no such file, named by DelayLoad")
        parse = parse_json if extension == ".json" else _yaml
        return parse(text, self.filepath)


def config_files(environ: Mapping[str, str]) -> list[str]:
    """The files that rez would look at, weakest first: `$REZ_CONFIG_FILE`, then `~/.rezconfig`."""
    paths = [path for path in environ.get("REZ_CONFIG_FILE", "").split(os.pathsep) if path]
    if environ.get("REZ_DISABLE_HOME_CONFIG", "").lower() not in _OFF_WORDS:
        paths.append(os.path.expanduser("~/.rezconfig"))
    return paths


class Layer:
    """The settings of one source.

    Attributes:
        where: Path of the file.
        values: What it says, by setting; as it was read, without merging or checking.
    """

    __slots__ = ("values", "where")

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self.values = values


def load_files(paths: Iterable[str]) -> tuple[Layer, ...]:
    """Read config files, weakest first; a path without a file is passed over.

    Raises:
        ConfigurationError: A file cannot be read or parsed.
    """
    layers = []
    for path in paths:
        for candidate, parse in ((f"{os.path.splitext(path)[0]}.py", _python), (path, _mapping)):
            text = read_text(candidate)
            if text is not None:
                layers.append(Layer(candidate, parse(text, candidate)))
                break
    return tuple(layers)


def merged(below: Any, value: Any) -> Any:
    """`value` on top of `below`: dicts key by key, a `ModifyList` added, anything else replaced.

    Neither is changed.

    Raises:
        ValueError: A `ModifyList` meets something that is not a list.
    """
    if isinstance(value, ModifyList):
        return value.apply(below)
    if not isinstance(value, dict):
        return value
    result = dict(below) if isinstance(below, dict) else {}
    for key, item in value.items():
        result[key] = merged(result.get(key), item)
    return result


def read_text(path: str) -> str | None:
    """The text of a file; None when there is no such file.

    Raises:
        ConfigurationError: The file is there and cannot be read.
    """
    # open() alone tells whether the file exists: a look before it would be one more system call
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from error


def parse_json(text: str, where: str) -> Any:
    """The value of a JSON text.

    Raises:
        ConfigurationError: The text is not JSON.
    """
    import json

    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{where}: not JSON: {error}") from error


def _python(text: str, path: str) -> dict[str, Any]:
    reserved: dict[str, Any] = {
        "__name__": os.path.splitext(os.path.basename(path))[0],
        "__file__": path,
        "rez_version": REZ_VERSION,
        "ModifyList": ModifyList,
        "DelayLoad": DelayLoad,
    }
    names = dict(reserved)
    try:
        exec(compile(text, path, "exec"), names)
    except Exception as error:
        raise ConfigurationError(f"{_place(path, error)}: {_words(error)}") from error
    return {
        key: value
        for key, value in names.items()
        if key != "__builtins__" and key not in reserved and not isinstance(value, ModuleType)
    }


def _place(path: str, error: BaseException) -> str:
    """`path:line` of the last line of the file that ran."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == path:
            line = frame.tb_lineno
        frame = frame.tb_next
    return path if line is None else f"{path}:{line}"


def _words(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}"


def _yaml(text: str, path: str) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=yaml.FullLoader)
    except yaml.YAMLError as error:
        # PyYAML spreads a message over lines; one line is what a person reads
        raise ConfigurationError(f"{path}: not YAML: {' '.join(str(error).split())}") from error


def _mapping(text: str, path: str) -> dict[str, Any]:
    values = _yaml(text, path) or {}
    if not isinstance(values, dict):
        raise ConfigurationError(
            f"{path}: expected settings as `key: value`, got {type(values).__name__}"
        )
    return values

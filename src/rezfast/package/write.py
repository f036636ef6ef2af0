"""Attributes to the text of a definition (rez: `rez.package_serialise`).

    data --written_items--> [(name, plain value or SourceCode)] --format--> text

The text is rez's, byte for byte: rez's order of attributes, Python's own `pprint` for values, block
strings for long descriptions, functions for code.
"""

from __future__ import annotations

import keyword
from _json import encode_basestring as quoted

from rezfast._version import Requirement, Version
from rezfast.config.sources import ModifyList
from rezfast.errors import PackageMetadataError
from rezfast.managers import cache
from rezfast.package import attributes as kinds
from rezfast.package.attributes import check_attribute
from rezfast.package.functions import REX_FUNCTIONS, SourceCode
from rezfast.package.model import PackageBase, Variant
from rezfast.package.requests import kind_of
from rezfast.typed import Any, Enum, FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import yaml

Items = list[tuple[str, Any]]

ORDER = (
    "name",
    "version",
    "description",
    "authors",
    "tools",
    "has_plugins",
    "plugin_for",
    "requires",
    "build_requires",
    "private_build_requires",
    "variants",
    "commands",
    "pre_commands",
    "post_commands",
    "help",
    "config",
    "uuid",
    "timestamp",
    "release_message",
    "changelog",
    "vcs",
    "revision",
    "previous_version",
    "previous_revision",
)
"""Which attributes come first, and in what order; others follow in the order they are given in."""

# text longer than this is written as a block
_LONG = 40
# code of these may quote the commands of rez 1 that it was made from
_CONVERTED = ("commands", "pre_commands", "post_commands")


class FileFormat(Enum):
    """The kinds of definition files (rez: `FileFormat`)."""

    py = "py"
    yaml = "yaml"

    @property
    def extension(self) -> str:
        """How the names of such files end, without the dot."""
        return self.value


def dump_package_data(
    data: Mapping[str, Any],
    format_: FileFormat | str = FileFormat.py,
    skip_attributes: Iterable[str] = (),
) -> str:
    """The text of a definition (rez: `dump_package_data`, which prints it).

    Args:
        data: The attributes, as a definition gives them or as package objects hold them; those that
            are None are left out.
        format_: `py` or `yaml`.
        skip_attributes: Names of attributes to leave out.

    Raises:
        PackageMetadataError: `name` is missing, an attribute is not what it has to be, or the text
            of a function is not known.
        ValueError: There is no such format.
    """
    write = _WRITERS[FileFormat(format_)]
    skip = set(skip_attributes)
    items = written_items({name: value for name, value in data.items() if value is not None})
    return "\n\n".join(write(items, skip)) + "\n" if items else ""


def package_text(
    package: PackageBase,
    format_: FileFormat | str = FileFormat.yaml,
    skip_attributes: Iterable[str] = (),
    include_release: bool = False,
) -> str:
    """The text of a package's definition, for people to read (rez: `Package.print_info`).

    Args:
        package: The package, or a variant, which has its package's configuration.
        format_: `yaml` or `py`.
        skip_attributes: Names of attributes to leave out.
        include_release: With what a release wrote, such as `timestamp` and `changelog`.

    Raises:
        PackageMetadataError: The definition cannot be read, or a value is wrong.
        ValueError: There is no such format.
    """
    data = package.validated_data()
    own = package.parent if isinstance(package, Variant) else package
    data.pop("config", None)
    configuration = (own.data or {}).get("config")
    if configuration:
        data["config"] = configuration
    release = () if include_release else kinds.RELEASE_ATTRIBUTES
    return dump_package_data(data, format_, (*skip_attributes, *release))


# ---- what is written --------------------------------------------------------------


def _request_text(value: Any) -> str:
    return str(value) if isinstance(value, Requirement) else kinds.text(value)


def _requests(value: Any) -> list[str]:
    return kinds.list_of(value, "package requests", _request_text)


def _version(value: Any) -> str:
    return str(value) if isinstance(value, Version) else kinds.text(value)


def _code(value: Any) -> Any:
    if isinstance(value, (str, SourceCode, FunctionType)):
        return value
    raise ValueError(f"it has to be a function or a string, not {kind_of(value)}")


_CHECKS: Mapping[str, kinds.Check] = {
    "name": kinds.text,
    "version": _version,
    "description": kinds.text,
    "authors": kinds.texts,
    "tools": kinds.late_or(kinds.texts),
    "requires": kinds.late_or(_requests),
    "build_requires": kinds.late_or(_requests),
    "private_build_requires": kinds.late_or(_requests),
    "variants": lambda value: kinds.list_of(value, "lists of package requests", _requests),
    "hashed_variants": kinds.truth,
    "relocatable": kinds.late_or(kinds.truth_or_none),
    "cachable": kinds.late_or(kinds.truth_or_none),
    **dict.fromkeys(sorted(REX_FUNCTIONS), _code),
    "help": kinds.late_or(kinds.help_entries),
    "uuid": kinds.text,
    "config": kinds.mapping,
    "tests": kinds.late_or(kinds.tests_of(_request_text)),
    "timestamp": kinds.whole_number,
    "changelog": kinds.text,
    "release_message": kinds.text_or_none,
    "previous_version": _version,
}


def written_items(data: Mapping[str, Any]) -> Items:
    """The attributes in the order in which they are written, requests and versions as text.

    Raises:
        PackageMetadataError: `name` is missing, or an attribute is not what it has to be.
    """
    if "name" not in data:
        raise PackageMetadataError("cannot be written: it has no name")
    where = str(data["name"])
    checked: dict[str, Any] = {}
    for name, value in data.items():
        if not isinstance(name, str) or not name:
            raise PackageMetadataError(f"{where}: {name!r} is no name of an attribute")
        value = check_attribute(name, value, _CHECKS.get(name, kinds.anything), None)
        if name in REX_FUNCTIONS:
            value = _as_code(name, value, where)
        checked[name] = _plain(value)
    first = [name for name in ORDER if name in checked]
    rest = [name for name in checked if name not in ORDER]
    return [(name, checked[name]) for name in first + rest]


def _as_code(name: str, value: Any, where: str) -> SourceCode:
    if isinstance(value, str):
        value = SourceCode.from_text(value, name, where)
    elif isinstance(value, FunctionType):
        value = SourceCode(value, value.__code__.co_filename)
    return _without_old_commands(value) if name in _CONVERTED else value


def _without_old_commands(code: SourceCode) -> SourceCode:
    """Comments out what quotes the commands of rez 1 that code was made from."""
    if "comment('OLD COMMAND:" not in code.source:
        return code
    lines = [
        f"# {line}" if line.startswith("comment('OLD COMMAND:") else line
        for line in code.source.split("\n")
    ]
    return code.with_source("\n".join(lines))


def _plain(value: Any) -> Any:
    """The value with versions and requests as text, wherever they are; itself when it has none."""
    if isinstance(value, (Requirement, Version)):
        return str(value)
    # YAML marks an object that is there twice: what needs no change must not be copied
    if type(value) in (list, tuple):
        items = [_plain(item) for item in value]
        changed = any(new is not old for new, old in zip(items, value, strict=True))
        return type(value)(items) if changed else value
    if type(value) is dict:
        fields = {key: _plain(item) for key, item in value.items()}
        return fields if any(fields[key] is not value[key] for key in value) else value
    return value


# ---- package.py -------------------------------------------------------------------


def _modification(value: ModifyList) -> str:
    given = {"append": value.append, "prepend": value.prepend}
    parts = (f"{name}={items!r}" for name, items in given.items() if items is not None)
    return f"ModifyList({', '.join(parts)})"


_WIDTH = 80  # of `pprint`
_SCALARS = (str, int, bool, type(None))


def _literal(value: Any) -> str:
    """What `pprint.pformat` gives, which also knows changes to a list in the configuration."""
    if _is_simple(value) and len(text := repr(value)) <= _WIDTH:
        return text
    return _pprint()(value)


def _is_simple(value: Any) -> bool:
    """Whether `pprint` shows it as `repr` does, if it is short."""
    kind = type(value)
    return kind in _SCALARS or (kind is list and all(map(_is_simple, value)))


@cache
def _pprint() -> Callable[[object], str]:
    # Deferred: with what it imports it takes longer than to write a definition.
    from pprint import PrettyPrinter

    class Printer(PrettyPrinter):
        def format(
            self, object: object, context: dict[int, int], maxlevels: int, level: int
        ) -> tuple[str, bool, bool]:
            if isinstance(object, ModifyList):
                return _modification(object), True, False
            return super().format(object, context, maxlevels, level)

    return Printer().pformat


def _python(items: Items, skip: set[str]) -> list[str]:
    parts = [_assignment(name, value) for name, value in items if name not in skip]
    return ["# -*- coding: utf-8 -*-", *parts]


def _assignment(name: str, value: Any) -> str:
    if name in ("description", "changelog") and len(value) > _LONG:
        return f"{name} = \\\n{_indent(_block_string(value))}"
    if name == "config":
        return f"with scope('config') as config:\n{_indent(_settings(value))}"
    if isinstance(value, SourceCode):
        return value.to_text(name)
    if isinstance(value, list) and len(value) > 1:
        entries = ",\n".join(_indent(_literal(entry)) for entry in value)
        return f"{name} = [\n{entries}\n]"
    return _equals(name, _literal(value))


def _equals(target: str, text: str) -> str:
    return f"{target} = \\\n{_indent(text)}" if "\n" in text else f"{target} = {text}"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _block_string(text: str) -> str:
    """A Python literal of several lines; blanks at the ends of lines are lost, as in rez."""
    lines = (quoted(line)[1:-1].rstrip() for line in text.split("\n"))
    return '"""\n{}\n"""'.format("\n".join(lines))


def _settings(config: Mapping[str, Any]) -> str:
    """The body of `with scope("config") as config`."""
    return "\n".join(_setting_lines("config", config)) or "pass"


def _setting_lines(target: str, settings: Mapping[str, Any]) -> Iterable[str]:
    for name, value in settings.items():
        if isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name):
            inner = f"{target}.{name}"
        else:
            inner = f"{target}[{name!r}]"
        if isinstance(value, dict) and value:
            yield from _setting_lines(inner, value)
        else:
            yield _equals(inner, _literal(value))


# ---- package.yaml -----------------------------------------------------------------


def _represent_code(dumper: yaml.SafeDumper, code: SourceCode) -> yaml.Node:
    return dumper.represent_str(code.source)


def _represent_modification(dumper: yaml.SafeDumper, value: ModifyList) -> yaml.Node:
    return dumper.represent_str(_modification(value))


@cache
def _dumper() -> type[yaml.SafeDumper]:
    """PyYAML's, which also knows code, and shows changes to a list as text."""
    # Deferred: nearly all definitions are Python.
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(SourceCode, _represent_code)
    Dumper.add_representer(ModifyList, _represent_modification)
    return Dumper


def _yaml(items: Items, skip: set[str]) -> list[str]:
    return [_yaml_entry(name, value) for name, value in items if name not in skip]


def _yaml_entry(name: str, value: Any) -> str:
    import yaml

    try:
        text: str = yaml.dump({name: value}, default_flow_style=False, Dumper=_dumper())
    except yaml.YAMLError as error:
        raise PackageMetadataError(
            f"{name} cannot be written as YAML: {' '.join(str(error).split())}"
        ) from None
    return text.strip()


_WRITERS: Mapping[FileFormat, Callable[[Items, set[str]], list[str]]] = {
    FileFormat.py: _python,
    FileFormat.yaml: _yaml,
}


# ---- what can be read again -------------------------------------------------------

_LITERALS = (str, bytes, int, bool, complex, type(None))


def check_readable(data: Mapping[str, Any], format_: FileFormat = FileFormat.py) -> None:
    """See that a written definition can be read again: not every value has a text for that.

    Args:
        data: As for `dump_package_data`.
        format_: The format that it is to be written in.

    Raises:
        PackageMetadataError: A value has no Python literal; `attribute` says which one's it is.
    """
    for name, value in data.items():
        if format_ is FileFormat.py and not (name.isidentifier() and not keyword.iskeyword(name)):
            odd: str | None = "a name that is none in Python"
        elif isinstance(value, (SourceCode, Version, Requirement)) or name in REX_FUNCTIONS:
            continue
        else:
            odd = _odd(value, format_)
        if odd is not None:
            error = PackageMetadataError(
                f"{name} cannot be written: {odd} has no form that can be read again; "
                "use text, numbers, lists and dicts"
            )
            error.attribute = name
            raise error


def _odd(value: Any, format_: FileFormat) -> str | None:
    """What in a value has no literal."""
    if isinstance(value, SourceCode):
        return f"the function {value.name}() inside a dict"
    if isinstance(value, (Version, Requirement)):
        return None
    kind = type(value)
    if kind is ModifyList and format_ is FileFormat.py:
        return next(
            (odd for part in (value.append, value.prepend) if (odd := _odd(part, format_))), None
        )
    if kind is float:
        return None if value - value == 0 else repr(value)
    if kind in (list, tuple, set):
        return next((odd for item in value if (odd := _odd(item, format_))), None)
    if kind is dict:
        parts = (part for pair in value.items() for part in pair)
        return next((odd for part in parts if (odd := _odd(part, format_))), None)
    return None if kind in _LITERALS else kind_of(value)

"""What rez says of every attribute a package may have: its type, and what it is turned into.

`PACKAGE` is for packages in a repository (rez: `package_pod_schema`), `check_source` for what a
build starts from (rez: `rez.package_maker.package_schema`). An attribute that is in neither is an
arbitrary one: any value will do.
"""

from __future__ import annotations

from rezfast._version import Requirement, Version
from rezfast.errors import PackageMetadataError, RezError
from rezfast.package.definition import line_of_field
from rezfast.package.functions import SourceCode
from rezfast.package.requests import kind_of
from rezfast.typed import Any, Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

Check = Callable[[Any], Any]
"""Takes a value, gives what a package object holds in its place. Raises ValueError."""

RELEASE_ATTRIBUTES = (
    "timestamp",
    "revision",
    "changelog",
    "release_message",
    "previous_version",
    "previous_revision",
    "vcs",
)
"""Written by a release (rez: `package_release_keys`)."""

BUILD_ONLY_ATTRIBUTES = (
    "requires_rez_version",
    "build_system",
    "build_command",
    "preprocess",
    "pre_build_commands",
)
"""Not installed (rez: `package_build_only_keys`)."""


# ---- plain values -----------------------------------------------------------------


def text(value: Any) -> str:
    """A string, as it is."""
    if not isinstance(value, str):
        raise ValueError(f"it has to be a string, not {kind_of(value)}")
    return value


def texts(value: Any) -> list[str]:
    """A list of strings."""
    return list_of(value, "strings", text)


def text_or_texts(value: Any) -> str | list[str]:
    """A string or a list of them."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise ValueError(f"it has to be a string or a list of strings, not {kind_of(value)}")
    return texts(value)


def block(value: Any) -> str:
    """A string that may be indented and surrounded by blank lines: without both."""
    if "\n" not in text(value):
        stripped: str = value.strip()
        return stripped
    # deferred: it brings regular expressions
    from textwrap import dedent

    return dedent(value).strip()


def truth(value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"it has to be True or False, not {kind_of(value)}")
    return value


def truth_or_none(value: Any) -> bool | None:
    """True, False or None."""
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"it has to be True, False or None, not {kind_of(value)}")
    return value


def whole_number(value: Any) -> int:
    """An integer."""
    if not isinstance(value, int):
        raise ValueError(f"it has to be a whole number, not {kind_of(value)}")
    return value


def text_or_none(value: Any) -> str | None:
    """A string or None."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"it has to be a string or None, not {kind_of(value)}")
    return value


def anything(value: Any) -> Any:
    """Whatever it is."""
    return value


def list_of(value: Any, of_what: str, check: Check) -> list[Any]:
    """A list whose items pass a check, which `of_what` names in the plural."""
    if not isinstance(value, list):
        raise ValueError(f"it has to be a list of {of_what}, not {kind_of(value)}")
    checked: list[Any] = []
    try:
        # not at once: how far it came is told
        checked.extend(map(check, value))
    except ValueError as error:
        raise ValueError(f"item {len(checked)}: {error}") from None
    return checked


# ---- versions and requests --------------------------------------------------------


def version(value: Any) -> Version:
    """A version's text."""
    given = text(value)
    try:
        return Version(given)
    except ValueError as error:
        raise ValueError(f"{given!r} is not a version: {error}") from None


def request(value: Any) -> Requirement:
    """A package request's text."""
    given = text(value)
    try:
        return Requirement.package_request(given)
    except RezError as error:
        raise ValueError(f"{given!r} is not a package request: {error}") from None


def request_or_text(value: Any) -> Requirement:
    """A request, or its text."""
    return value if isinstance(value, Requirement) else request(value)


def requests(value: Any) -> list[Requirement]:
    """A list of package requests."""
    return list_of(value, "package requests", request)


def late_requests(value: Any) -> list[Requirement]:
    """What a late bound function gave for a list of requests (rez: `late_requires_schema`)."""
    return list_of(value, "package requests", request_or_text)


def variants(value: Any) -> list[list[Requirement]]:
    """A list of lists of package requests."""
    return list_of(value, "lists of package requests", requests)


# ---- help, tests, functions -------------------------------------------------------


def help_entries(value: Any) -> str | list[list[str]]:
    """One text, or a list of lists of texts, each a heading and what it is about."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise ValueError(f"it has to be a string or a list of lists, not {kind_of(value)}")
    return list_of(value, "lists of strings", texts)


def tests_of(check_request: Check) -> Check:
    """A dict of tests: a command, a list of commands, or a dict with a `command` in it."""

    def check(value: Any) -> dict[str, Any]:
        return _fields(value, lambda name, test: _test(name, test, check_request))

    return check


def _test(name: str, test: Any, check_request: Check) -> Any:
    where = f"test {name!r}"
    if not isinstance(test, dict):
        return _within(where, text_or_texts, test)
    if "command" not in test:
        raise ValueError(f"{where}: it has to have a 'command'")
    checks: dict[str, Check] = {
        "command": text_or_texts,
        "requires": lambda value: list_of(value, "package requests", check_request),
        "run_on": text_or_texts,
        "on_variants": lambda value: _on_variants(value, check_request),
    }
    return _within(
        where,
        lambda fields: _fields(
            fields, lambda key, value: _within(key, checks.get(key, anything), value)
        ),
        test,
    )


def _on_variants(value: Any, check_request: Check) -> Any:
    if isinstance(value, bool):
        return value
    if not isinstance(value, dict) or set(value) != {"type", "value"}:
        raise ValueError("it has to be True, False or a dict of 'type' and 'value'")
    if value["type"] != "requires":
        raise ValueError(f"its 'type' has to be 'requires', not {value['type']!r}")
    return {
        key: item if key == "type" else list_of(item, "package requests", check_request)
        for key, item in value.items()
    }


def _fields(value: Any, check: Callable[[str, Any], Any]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"it has to be a dict, not {kind_of(value)}")
    for key in value:
        if not isinstance(key, str) or not key:
            raise ValueError(f"{key!r} in it is no name")
    return {key: check(key, item) for key, item in value.items()}


def _within(where: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def commands(value: Any) -> Any:
    """A function, a text block, or a list of shell commands as releases before rez 2 had it."""
    if isinstance(value, (SourceCode, str)) or callable(value):
        return value
    if not isinstance(value, list):
        raise ValueError(f"it has to be a function, a string or a list, not {kind_of(value)}")
    return texts(value)


def function(value: Any) -> Any:
    """A function."""
    if isinstance(value, SourceCode) or callable(value):
        return value
    raise ValueError(f"it has to be a function, not {kind_of(value)}")


def mapping(value: Any) -> dict[Any, Any]:
    """A dict, as it is."""
    if not isinstance(value, dict):
        raise ValueError(f"it has to be a dict, not {kind_of(value)}")
    return value


def build_command(value: Any) -> Any:
    """A command, a list of words, or False for nothing to build."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return texts(value)
    if value == False:  # noqa: E712 - 0 counts, as in rez
        return value
    raise ValueError(f"it has to be a string, a list of strings or False, not {kind_of(value)}")


def late_or(check: Check) -> Check:
    """The value, or a function that gives it when it is asked for."""

    def checked(value: Any) -> Any:
        return value if isinstance(value, SourceCode) else check(value)

    return checked


# ---- packages in a repository -----------------------------------------------------

PACKAGE: Mapping[str, Check] = {
    "description": block,
    "authors": texts,
    "requires": late_or(requests),
    "build_requires": late_or(requests),
    "private_build_requires": late_or(requests),
    "variants": variants,
    "has_plugins": late_or(truth),
    "plugin_for": late_or(texts),
    "uuid": text,
    "config": mapping,
    "tools": late_or(texts),
    "help": late_or(help_entries),
    "hashed_variants": truth,
    "relocatable": late_or(truth_or_none),
    "cachable": late_or(truth_or_none),
    "tests": late_or(tests_of(request_or_text)),
    "pre_commands": commands,
    "commands": commands,
    "post_commands": commands,
    "pre_build_commands": commands,
    "pre_test_commands": commands,
    "timestamp": whole_number,
    "revision": anything,
    "changelog": block,
    "release_message": text_or_none,
    "previous_version": version,
    "previous_revision": anything,
    "vcs": text,
}
"""The attributes of an installed package that its definition gives."""

STANDARD = frozenset(("name", "base", "version", *PACKAGE))
"""Every attribute that is not an arbitrary one (rez: `Package.keys`)."""

LATE_RESULTS: Mapping[str, Check] = {
    "requires": late_requests,
    "build_requires": late_requests,
    "private_build_requires": late_requests,
}
"""What late bound functions have to give, where rez looks at it."""


# ---- what a build starts from -----------------------------------------------------


# The checks of the last one that was asked for: a package has many attributes.
_last_checks: tuple[Callable[[str], str] | None, dict[str, Check]] = (None, {})


def _source_checks(expand: Callable[[str], str]) -> dict[str, Check]:
    global _last_checks
    asked, checks = _last_checks
    if asked is not expand:
        checks = _make_source_checks(expand)
        _last_checks = expand, checks
    return checks


def _make_source_checks(expand: Callable[[str], str]) -> dict[str, Check]:
    def one(value: Any) -> str:
        return str(value) if isinstance(value, Requirement) else expand(text(value))

    def many(value: Any) -> list[str]:
        return list_of(value, "package requests", one)

    def version_text(value: Any) -> str:
        return str(value) if isinstance(value, Version) else text(value)

    return {
        "requires_rez_version": version,
        "name": text,
        "base": text,
        "version": version_text,
        "description": text,
        "authors": texts,
        "requires": late_or(many),
        "build_requires": late_or(many),
        "private_build_requires": late_or(many),
        "variants": lambda value: list_of(value, "lists of package requests", many),
        "hashed_variants": truth,
        "relocatable": late_or(truth_or_none),
        "cachable": late_or(truth_or_none),
        "uuid": text,
        "config": mapping,
        "tools": late_or(texts),
        "help": late_or(help_entries),
        "tests": late_or(tests_of(one)),
        "pre_commands": commands,
        "commands": commands,
        "post_commands": commands,
        "pre_build_commands": commands,
        "pre_test_commands": commands,
        "build_system": text,
        "build_command": build_command,
        "preprocess": function,
    }


def check_source(
    data: Mapping[str, Any], path: str | None = None, expand: Callable[[str], str] = str
) -> dict[str, Any]:
    """The attributes of a definition that is to be built, checked.

    Args:
        data: The attributes; arbitrary ones are taken over as they are.
        path: The definition, for messages.
        expand: Replaces the wildcards of a request.

    Raises:
        PackageMetadataError: `name` is missing, or an attribute is not what it has to be.
    """
    if "name" not in data:
        raise PackageMetadataError("has no name: every definition that is built needs one", path)
    checks = _source_checks(expand)
    checked = {}
    for name, value in data.items():
        if not isinstance(name, str) or not name:
            raise PackageMetadataError(f"{name!r} is no name of an attribute", path)
        checked[name] = check_attribute(name, value, checks.get(name, anything), path)
    return checked


def check_attribute(name: str, value: Any, check: Check, path: str | None) -> Any:
    """A value after its check.

    Args:
        name: The attribute, for the message.
        value: What the definition gives.
        check: What it has to pass.
        path: The definition, for the message.

    Raises:
        PackageMetadataError: The check rejects it; `attribute` says which one it is.
    """
    try:
        return check(value)
    except ValueError as error:
        line = None if path is None else line_of_field(path, name)
        broken = PackageMetadataError(f"{name} is wrong: {error}", path, line)
        broken.attribute = name
        raise broken from None

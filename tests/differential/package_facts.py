"""Everything that a package object says, as plain data: of rez's objects and of ours alike.

Both have the same attributes, so one function asks both. What raises is `ERROR`; of ours only
errors that are meant to be raised count, whatever rez raises does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rez.package_repository import package_repository_manager
from rez.packages import iter_packages as rez_iter_packages

from rezfast.errors import RezError
from rezfast.packages import iter_packages
from rezfast.repository import clear_caches

ERROR = "ERROR"
MISSING = "MISSING"

STANDARD = (
    "name", "base", "version", "description", "authors", "requires", "build_requires",
    "private_build_requires", "has_plugins", "plugin_for", "uuid", "config", "tools", "help",
    "hashed_variants", "relocatable", "cachable", "tests", "pre_commands", "commands",
    "post_commands", "pre_build_commands", "pre_test_commands", "timestamp", "revision",
    "changelog", "release_message", "previous_version", "previous_revision", "vcs", "variants",
)  # fmt: skip
NO_DEFINITION = ("name", "version", "uri", "qualified_name", "is_package", "is_variant")
OF_PACKAGES = ("num_variants", "is_local", "is_relocatable", "is_cachable")
OF_VARIANTS = ("index", "is_local", "root", "subpath", "qualified_package_name", "variant_requires")

# rez ends in a TypeError for an empty variant, and for `variants` without a length
CRASHES = ("root", "subpath", "num_variants")

TEMPLATE = "{name}-{version}|{authors}|{requires}|{description}|{no_such_thing}|{custom}|{root}"


def plain(value: Any) -> Any:
    """A value as nothing but Python's own types, which say what it was."""
    kind = type(value).__name__
    if kind in ("Requirement", "PackageRequest"):
        return ("request", str(value))
    if kind == "Version":
        return ("version", str(value))
    if kind == "SourceCode":
        return ("code", value.source, value.funcname, sorted(value.includes or ()))
    if kind in ("Config", "Settings"):
        return ("settings", list(value.packages_path))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, [plain(item) for item in value])
    if isinstance(value, (set, frozenset)):
        return (kind, sorted(map(repr, value)))
    if isinstance(value, float):
        return ("float", repr(value))
    if isinstance(value, (str, bytes, int, bool, complex)) or value is None:
        return (kind, value)
    return ("object", kind)


def facts(package: Any, errors: type[Exception]) -> dict[str, Any]:
    """What a package of rez's or ours says of itself and of its variants.

    Args:
        package: The package.
        errors: What it may raise.
    """
    ask = Questions(errors)
    told: dict[str, Any] = {name: ask.attribute(package, name) for name in NO_DEFINITION}
    told["handle"] = package.handle.to_dict()
    told["exact"] = package.as_exact_requirement()
    told["family"] = ask(lambda: (package.parent.name, package.parent.handle.to_dict()))
    told["data"] = ask(lambda: plain(package.data))
    if told["data"] in (ERROR, MISSING):
        # rez takes some errors of a definition for an attribute that is not there
        return {**told, "data": ERROR}
    told.update({name: ask.attribute(package, name) for name in (*STANDARD, *OF_PACKAGES)})
    told["validated"] = ask(lambda: plain(package.validated_data()))
    told["arbitrary"] = ask(lambda: sorted(package.arbitrary_keys()))
    told["values"] = {name: ask.attribute(package, name) for name in told["arbitrary"]}
    told["formatted"] = ask(lambda: package.format(TEMPLATE))
    told["indices"] = ask(lambda: [one.index for one in package.iter_variants()])
    told["each"] = ask(lambda: [_variant_facts(one, ask) for one in package.iter_variants()])
    return told


def _variant_facts(variant: Any, ask: Questions) -> dict[str, Any]:
    told = {
        name: ask.attribute(variant, name) for name in (*NO_DEFINITION, *STANDARD, *OF_VARIANTS)
    }
    told["handle"] = variant.handle.to_dict()
    told["validated"] = ask(lambda: plain(variant.validated_data()))
    told["plain_subpath"] = ask(lambda: variant._non_shortlinked_subpath)
    told["requires_all"] = [
        ask(lambda b=build, p=private: plain(variant.get_requires(b, p)))  # type: ignore[misc]
        for build in (False, True)
        for private in (False, True)
    ]
    told["formatted"] = ask(lambda: variant.format(TEMPLATE))
    return told


class Questions:
    """Asks, and takes an error for an answer.

    Args:
        errors: The errors that are answers; AttributeError always is.
    """

    def __init__(self, errors: type[Exception]) -> None:
        self._errors = errors

    def __call__(self, what: Callable[[], Any]) -> Any:
        try:
            return what()
        except AttributeError:
            return MISSING
        except self._errors:
            return ERROR

    def attribute(self, thing: Any, name: str) -> Any:
        """An attribute as plain data."""
        return self(lambda: plain(getattr(thing, name)))


def differences(rez: Any, ours: Any, where: str = "") -> Iterator[str]:
    """Where two sets of facts differ, one line each."""
    if isinstance(rez, dict) and isinstance(ours, dict):
        for key in {**rez, **ours}:
            yield from differences(rez.get(key, MISSING), ours.get(key, MISSING), f"{where}.{key}")
    elif isinstance(rez, list) and isinstance(ours, list) and len(rez) == len(ours):
        for index, pair in enumerate(zip(rez, ours, strict=True)):
            yield from differences(*pair, f"{where}[{index}]")
    elif rez != ours and not (rez == ERROR and where.endswith(CRASHES)):
        yield f"{where}: rez {rez!r}, ours {ours!r}"


def compare(family: str, path: str) -> tuple[int, list[str]]:
    """Compare every package of a family: how many there were, and how they differ."""
    package_repository_manager.clear_caches()
    clear_caches()
    theirs = {str(one.version): one for one in rez_iter_packages(family, paths=[path])}
    ours = {str(one.version): one for one in iter_packages(family, paths=[path])}
    found = [f"{family}: versions {sorted(theirs)} and {sorted(ours)}"] * (
        theirs.keys() != ours.keys()
    )
    for version in theirs.keys() & ours.keys():
        lines = differences(facts(theirs[version], Exception), facts(ours[version], RezError))
        found += [f"{family}-{version}{line}" for line in lines]
    return len(theirs), found

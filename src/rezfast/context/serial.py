"""Contexts as plain data and as .rxt files, in rez's format.

A file holds requests, settings, and the handles of the packages, not what is in them: a package
that is edited later changes the contexts that name it. What older releases of rez wrote is read,
back to the first format.

A file in a bundle (beside a `bundle.yaml`) names repositories that are in the bundle by paths
relative to it.
"""

from __future__ import annotations

import os

from rezfast.context.json_text import json_text
from rezfast.context.patch import PatchLock
from rezfast.context.status import ResolverStatus
from rezfast.context.whole_file import write_whole
from rezfast.errors import ResolvedContextError, ResourceError, RezError
from rezfast.package.resource import ResourceHandle
from rezfast.repository.names import why_not_version
from rezfast.repository.queries import get_variant
from rezfast.typed import Mapping
from rezfast.version import Requirement, is_valid_package_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeVar

    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant

    Context = TypeVar("Context", bound=ResolvedContext)

_BUNDLE = "bundle.yaml"
_SAME_NAME = (
    "timestamp",
    "requested_timestamp",
    "building",
    "testing",
    "caching",
    "package_paths",
    "append_sys_path",
    "package_caching",
    "package_cache_async",
    "rez_version",
    "rez_path",
    "user",
    "host",
    "platform",
    "arch",
    "os",
    "created",
    "parent_suite_path",
    "suite_context_name",
    "failure_description",
    "from_cache",
    "solve_time",
    "load_time",
    "num_loaded_packages",
)
# what every format has; the other attributes came later, and have these values before
_REQUIRED = (
    "timestamp",
    "building",
    "caching",
    "package_paths",
    "rez_version",
    "rez_path",
    "user",
    "host",
    "platform",
    "arch",
    "os",
    "created",
    "failure_description",
    "solve_time",
    "load_time",
)
_LATER: dict[str, Any] = {
    "requested_timestamp": 0,
    "parent_suite_path": None,
    "suite_context_name": None,
    "from_cache": False,
    "num_loaded_packages": -1,
    "append_sys_path": True,
    "package_caching": True,
    "package_cache_async": True,
    "testing": False,
    "verbosity": 0,
}

_NUMBERS = ("timestamp", "created", "solve_time", "load_time")


# ---- plain data -----------------------------------------------------------------------


def to_dict(
    context: ResolvedContext, fields: Iterable[str] | None = None, bundle: str | None = None
) -> dict[str, Any]:
    """See `ResolvedContext.to_dict`.

    Args:
        context: The context.
        fields: Give these alone; None or empty: all.
        bundle: The directory of the bundle that it is going to be in.
    """
    makers: dict[str, Any] = {
        "resolved_packages": lambda: _handles(context, bundle),
        "resolved_ephemerals": lambda: list(map(str, context.resolved_ephemerals or ())),
        "serialize_version": lambda: ".".join(map(str, context.serialize_version)),
        "patch_locks": lambda: _locks_pod(context),
        "package_orderers": lambda: _orderers_pod(context),
        "package_filter": lambda: _filter_pod(context),
        "graph": lambda: _graph_text(context),
        "implicit_packages": lambda: list(map(str, context.implicit_packages)),
        "package_requests": lambda: list(map(str, context.requested_packages())),
        "default_patch_lock": lambda: context.default_patch_lock.name,
        "status": lambda: context.status.name,
    }
    wanted = set(fields or (*makers, *_SAME_NAME))
    data = {name: make() for name, make in makers.items() if name in wanted}
    data.update((name, getattr(context, name)) for name in _SAME_NAME if name in wanted)
    return data


def _handles(context: ResolvedContext, bundle: str | None) -> list[dict[str, Any]]:
    handles = []
    for variant in context.resolved_packages or ():
        handle = variant.handle
        variables = dict(handle.variables)
        if bundle is not None and variables.get("repository_type") == "filesystem":
            inside, location = os.path.realpath(bundle), os.path.realpath(variables["location"])
            if location.startswith(inside + os.sep):
                variables["location"] = os.path.relpath(location, inside)
        handles.append({"key": handle.key, "variables": variables})
    return handles


def _locks_pod(context: ResolvedContext) -> Any:
    # rez cannot write locks; what it can read is pairs
    locks = context.patch_locks
    return [[name, lock.name] for name, lock in sorted(locks.items())] if locks else {}


def _orderers_pod(context: ResolvedContext) -> list[dict[str, Any]] | None:
    orderers = context.package_orderers if context.has_orderers else None
    return orderers.to_pod() if orderers else None


def _filter_pod(context: ResolvedContext) -> Any:
    return context.package_filter.to_pod() if context.has_filter else []


def _graph_text(context: ResolvedContext) -> str | None:
    text = context.graph_string
    if text and text.startswith("{"):
        return text
    # deferred: what draws graphs is not needed to load a context
    from rezfast.context.graph import get_graph, write_compacted

    graph = get_graph(context)
    return None if graph is None else write_compacted(graph)


def from_dict(
    kind: type[Context],
    data: Mapping[str, Any],
    identifier: str | None = None,
    bundle: str | None = None,
) -> Context:
    """See `ResolvedContext.from_dict`.

    Args:
        kind: The class to make one of.
        data: The data.
        identifier: What to call the context in errors.
        bundle: The directory of the bundle that it is in.
    """
    what = identifier or "the context"
    if not isinstance(data, Mapping):
        raise ResolvedContextError(f"{what} is no context: it holds no mapping")
    written = _format_of(data, what)
    if written[0] > kind.serialize_version[0]:
        ours = ".".join(map(str, kind.serialize_version))
        raise ResolvedContextError(
            f"{what} is of format {data['serialize_version']}, which a newer release of rez "
            f"writes; what can be read is {ours} and older"
        )
    try:
        return _made(kind, data, written, bundle)
    except KeyError as error:
        raise ResolvedContextError(f"{what} cannot be loaded: it has no {error}") from None
    except (TypeError, ValueError, AttributeError, RezError) as error:
        raise ResolvedContextError(f"{what} cannot be loaded: {error}") from error


def _format_of(data: Mapping[str, Any], what: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in str(data["serialize_version"]).split("."))
    except (KeyError, ValueError):
        raise ResolvedContextError(
            f"{what} is no context: it has no serialize_version that is a number"
        ) from None


def _made(
    kind: type[Context], data: Mapping[str, Any], written: tuple[int, ...], bundle: str | None
) -> Context:
    context = kind.__new__(kind)
    attributes = context.__dict__
    for name in _REQUIRED:
        attributes[name] = data[name]
    for name, value in _LATER.items():
        attributes[name] = data.get(name, value)
    _check(data)
    attributes.update(
        load_path=None,
        implicit_packages=_requests(data, "implicit_packages"),
        _package_requests=_requests(data, "package_requests"),
        package_paths=list(_texts(data, "package_paths")),
        status_=_member(ResolverStatus, data["status"], "status"),
        graph_string=data["graph"],
        default_patch_lock=_member(
            PatchLock, data.get("default_patch_lock", "no_lock"), "default_patch_lock"
        ),
        patch_locks=_locks(data.get("patch_locks") or ()),
        _resolved_ephemerals=[Requirement(one) for one in data.get("resolved_ephemerals") or ()],
        _solver=None,
        _bindings=None,
    )
    context.set_rules(data.get("package_filter"), data.get("package_orderers"))
    context._resolved_packages = [
        _variant(handle, written, bundle, context) for handle in data["resolved_packages"]
    ]
    return context


def _check(data: Mapping[str, Any]) -> None:
    """Raise ValueError for what would only fail when it is shown."""
    numbers = {name: data[name] for name in _NUMBERS}
    numbers["requested_timestamp"] = data.get("requested_timestamp") or 0
    for name, value in numbers.items():
        if not isinstance(value, (int, float)):
            raise ValueError(f"{name} is no number: {value!r}")
    if data["graph"] is not None and not isinstance(data["graph"], str):
        raise ValueError("graph is not a text")


def _texts(data: Mapping[str, Any], name: str) -> list[str]:
    texts = data[name]
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise ValueError(f"{name} is not a list of texts")
    return texts


def _requests(data: Mapping[str, Any], name: str) -> list[Requirement]:
    return [Requirement.package_request(one) for one in _texts(data, name)]


def _member(kind: Any, name: Any, what: str) -> Any:
    try:
        return kind[name]
    except KeyError:
        known = ", ".join(one.name for one in kind)
        raise ValueError(f"{what} is {name!r}, which is none of {known}") from None


def _locks(given: Any) -> dict[str, PatchLock]:
    pairs = given.items() if isinstance(given, Mapping) else given
    return {name: _member(PatchLock, lock, "a patch lock") for name, lock in pairs}


def _variant(
    data: Any, written: tuple[int, ...], bundle: str | None, context: ResolvedContext
) -> Variant:
    if written < (4, 0):
        data = _old_handle(data)
    handle = ResourceHandle.from_dict(data)
    variables = handle.variables
    # these become part of a path
    name, version = variables.get("name"), variables.get("version")
    if not isinstance(name, str) or not is_valid_package_name(name):
        raise ResourceError(f"{name!r} is no name of a package")
    if version:
        wrong = why_not_version(version) if isinstance(version, str) else "not a text"
        if wrong:
            raise ResourceError(f"version {version!r} of {name} is {wrong}")
    location = variables.get("location")
    if (
        bundle is not None
        and variables.get("repository_type") == "filesystem"
        and isinstance(location, str)
        and not os.path.isabs(location)
    ):
        variables["location"] = os.path.realpath(os.path.join(bundle, location))
    return get_variant(handle, context=context)


def _old_handle(data: Any) -> dict[str, Any]:
    """What a handle of a format before 4.0 is now (rez: `convert_old_variant_handle`)."""
    old = data.get("variables", {})
    stem, extension = os.path.splitext(os.path.basename(data["path"]))
    variables = {name: old.get(name) for name in ("name", "version", "index")}
    variables.update(repository_type="filesystem", location=old.get("search_path"))
    if stem == "package":
        return {"key": "filesystem.variant", "variables": variables}
    variables["ext"] = extension[1:]
    return {"key": "filesystem.variant.combined", "variables": variables}


# ---- text and files ---------------------------------------------------------------------


def to_text(context: ResolvedContext, bundle: str | None = None) -> str:
    """What an .rxt file of the context holds; byte for byte as rez writes it."""
    data = to_dict(context, bundle=bundle)
    return json_text(data)


def from_text(
    kind: type[Context], text: str, identifier: str | None = None, bundle: str | None = None
) -> Context:
    """See `ResolvedContext.read_from_buffer`."""
    import json

    what = identifier or "the context"
    try:
        data = json.loads(text) if text.startswith("{") else _from_yaml(text)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ResolvedContextError(f"{what} is no context: {reason}") from None
    return from_dict(kind, data, identifier, bundle)


def _from_yaml(text: str) -> Any:
    # deferred: only old releases wrote it
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"neither JSON nor YAML: {error}") from None


def save(context: ResolvedContext, path: str) -> None:
    """See `ResolvedContext.save`."""
    text = to_text(context, _bundle_of(path))
    write_whole(path, text.encode("utf-8"))


def load(kind: type[Context], path: str) -> Context:
    """See `ResolvedContext.load`."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise ResolvedContextError(f"{path} is no context: {error}") from None
    context = from_text(kind, text, path, _bundle_of(path))
    context.set_load_path(path)
    return context


def _bundle_of(path: str) -> str | None:
    """The directory of the bundle that a file is in, or None."""
    directory = os.path.dirname(os.path.abspath(path))
    return directory if os.path.exists(os.path.join(directory, _BUNDLE)) else None

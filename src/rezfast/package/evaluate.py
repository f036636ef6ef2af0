"""Runs a definition with Python, as rez does for an installed package (rez: `rez.serialise`).

    bytes --plain--> data                                                    most of them
          --outline--> literals, code --exec--> names --without rez's own--> attributes
          --early run, late kept--> data

`rezfast.package.containment` keeps it from doing damage by accident.
"""

from __future__ import annotations

import builtins

from rezfast.config import settings
from rezfast.config.sources import ModifyList
from rezfast.errors import InvalidPackageError, PackageMetadataError, RezError
from rezfast.managers import lru_cache
from rezfast.package.containment import contained
from rezfast.package.functions import (
    COMPILE_FLAGS,
    REX_FUNCTIONS,
    SourceCode,
    early,
    include,
    late,
)
from rezfast.package.plain import plain_attributes
from rezfast.package.rez_modules import import_module
from rezfast.package.scopes import ScopeContext
from rezfast.typed import Any, CodeType, FunctionType, Mapping, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.package.outline import Outline

Objects = Mapping[str, Any]
"""What early functions find by name, besides `this`."""

_OBJECTS: Objects = {
    "building": False,
    "testing": False,
    "build_variant_index": 0,
}

_BUILTINS = vars(builtins)
# what code does that binds what is always the same, in the words of several releases of Python
_CONSTANT = (
    *("RESUME", "NOP", "CACHE", "EXTENDED_ARG", "NOT_TAKEN", "LOAD_CONST", "LOAD_SMALL_INT"),
    *("STORE_NAME", "BUILD_LIST", "BUILD_TUPLE", "BUILD_SET", "BUILD_MAP", "BUILD_CONST_KEY_MAP"),
    *("LIST_EXTEND", "LIST_APPEND", "SET_UPDATE", "MAP_ADD", "MAKE_FUNCTION"),
    *("RETURN_VALUE", "RETURN_CONST"),
)
_constant: frozenset[int] | None = None
# how many definitions' compiled code is kept, and how long a text may be for that
_KEPT = 64
_LONGEST_KEPT = 1 << 16

# Values that are neither functions nor hold any that count; most are of these types.
_PLAIN = frozenset((str, list, int, bool, float, tuple, type(None), SourceCode))


def evaluate(
    source: bytes, path: str, objects: Objects | None = None, directory: str | None = None
) -> dict[str, Any]:
    """Attributes of a definition, as rez reads them.

    Args:
        source: The definition's text.
        path: Where it came from, for messages.
        objects: What early functions find in place of, or besides, what says that nothing is being
            built (rez: `set_objects`).
        directory: The working directory meanwhile; None: as it is.

    Raises:
        PackageRejected: The definition raised `InvalidPackageError`.
        PackageMetadataError: It cannot be compiled or run; the line is the one at fault.
    """
    is_build = objects is not None or directory is not None
    if is_build:
        # a build says at once what is wrong with the settings, whether they are needed or not
        _ = settings().package_definition_build_python_paths
    data = plain_attributes(source, path, lambda: _early_objects(objects), _trim, is_build)
    if data is not None:
        return data
    find = _outline if len(source) <= _LONGEST_KEPT else _outline_now
    # what has no function is compiled in no time
    parts = None if is_build and b"def" not in source else find(source, path)
    is_harmless = parts is not None and parts.is_harmless
    if parts is not None and is_build:
        # what does not compile, too
        if not parts.is_sound:
            parts = None
        is_harmless = is_harmless and objects is None and not _is_looking(parts)
    if parts is not None and parts.code is None:
        return parts.bound()
    code = None if parts is None else _compiled(parts, path)
    if parts is None or code is None:
        return contained(
            path, lambda: _evaluated(_compile(source, path), source, path, objects), directory
        )
    return contained(
        path,
        lambda: _evaluated(code, source, path, objects, parts),
        directory,
        is_harmless,
    )


def _early_objects(objects: Objects | None) -> dict[str, Any]:
    """What an early function finds besides `this` and the definition's names."""
    return {**_OBJECTS, "build_variant_requires": [], **(objects or {})}


def _is_looking(parts: Outline | None) -> bool:
    """Whether harmless code may use the working directory."""
    return parts is None or "open" in (parts.code or "")


def _evaluated(
    code: CodeType,
    source: bytes,
    path: str,
    objects: Objects | None,
    parts: Outline | None = None,
) -> dict[str, Any]:
    scopes = ScopeContext()
    own: dict[str, Any] = {
        "scope": scopes,
        "early": early,
        "late": late,
        "include": include,
        "ModifyList": ModifyList,
        "InvalidPackageError": InvalidPackageError,
        # late bound functions run with these, too, when nothing else looks after their imports
        "__builtins__": {**_BUILTINS, "__import__": import_module},
    }
    names = own.copy()
    if parts is not None:
        names.update(parts.bound())
    exec(code, names)
    if parts is not None:
        names.update(parts.functions)
    data = {
        name: value
        for name, value in names.items()
        if name not in own and (name not in _BUILTINS or _BUILTINS[name] != value)
    }
    data.update(scopes.to_dict())
    process(data, path, objects, source)
    if _only_run_here(code, names):
        # functions and their globals hold each other: waiting for the garbage collector to find
        # that out costs as much as running the definition
        names.clear()
        names["__builtins__"] = own["__builtins__"]
    return data


def is_constant(source: bytes, path: str) -> bool:
    """Whether a definition gives the same attributes whenever and for whatever it is run.

    So it is if it binds constants, lists and the like of them, and functions that are kept; what
    calls, imports, looks something up or decides may come to something else.

    Args:
        source: The definition's text, which has been run.
        path: Where it came from.
    """
    global _constant
    if _constant is None:
        from opcode import opmap

        _constant = frozenset(opmap[name] for name in _CONSTANT if name in opmap)
    return _constant.issuperset(_compile(source, path).co_code[::2])


def _compiled(parts: Outline, path: str) -> CodeType | None:
    """What an outline leaves to compile; None when that cannot be: all of it has to be tried."""
    try:
        return _compile(parts.code or "", path)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _compile(source: str | bytes, path: str) -> CodeType:
    return (
        _compile_kept(source, path) if len(source) <= _LONGEST_KEPT else _compile_now(source, path)
    )


def _compile_now(source: str | bytes, path: str) -> CodeType:
    code: CodeType = compile(source, path, "exec", flags=COMPILE_FLAGS, dont_inherit=True)
    return code


# A build evaluates a definition once a variant, and whoever clears the caches reads the same again.
_compile_kept = lru_cache(maxsize=_KEPT)(_compile_now)


@lru_cache(maxsize=_KEPT)
def _outline(source: bytes, path: str) -> Outline | None:
    return _outline_now(source, path)


def _outline_now(source: bytes, path: str) -> Outline | None:
    # Deferred: regular expressions take longer to import than a small build takes.
    from rezfast.package.outline import outline

    return outline(source, path)


def _only_run_here(code: CodeType, names: Mapping[str, Any]) -> bool:
    """Whether no function of a definition can be called later with the definition's globals.

    That is so when all that it defines are early functions, which are done, and those that are
    kept as source code, which get globals of their own.
    """
    for body in code.co_consts:
        if not isinstance(body, CodeType):
            continue
        function = names.get(body.co_name)
        if not isinstance(function, FunctionType) or function.__code__ is not body:
            return False
        kept = body.co_name in REX_FUNCTIONS
        if not (kept or hasattr(function, "_early") or hasattr(function, "_late")):
            return False
        # a function or class inside it might be what the attribute holds
        if any(isinstance(inner, CodeType) for inner in body.co_consts):
            return False
    return True


def process(
    data: dict[str, Any],
    path: str,
    objects: Objects | None = None,
    source: bytes | None = None,
) -> dict[str, Any]:
    """Attributes in place of the functions in `data` that stand for them, in place.

    Early functions are run, late ones and commands become `SourceCode`; other functions, modules
    and private names are dropped (rez: `process_python_objects`). To be run in `contained`.

    Args:
        data: What a definition binds, or what a preprocess function made of it.
        path: The definition, for messages.
        objects: See `evaluate`.
        source: The definition's text; None: to be read when a function's text is asked for.
    """
    _Binder(data, path, objects, source).bind(data)
    _trim(data)
    return data


class _Binder:
    """Replaces functions by what they stand for, in order: `this` sees what is done so far."""

    def __init__(
        self,
        data: dict[str, Any],
        path: str,
        objects: Objects | None,
        source: bytes | None,
    ) -> None:
        self._data = data
        self._path = path
        self._objects = objects
        self._source = source

    def bind(self, part: dict[str, Any]) -> None:
        for name, value in part.items():
            if type(value) not in _PLAIN:
                part[name] = self._bound(value)

    def _bound(self, value: Any) -> Any:
        if isinstance(value, dict):
            self.bind(value)
        elif isinstance(value, FunctionType):
            if hasattr(value, "_early"):
                return self._bound(self._run_early(value))
            is_late = hasattr(value, "_late")
            if is_late or value.__name__ in REX_FUNCTIONS:
                return SourceCode(value, self._path, self._source, eval_as_function=is_late)
        return value

    def _run_early(self, function: FunctionType) -> Any:
        code = function.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        if count > 1:
            raise PackageMetadataError(
                f"@early function {function.__name__}() takes {count} arguments: give it none",
                self._path,
                code.co_firstlineno,
            )
        names = {
            **function.__globals__,
            "this": EarlyThis(self._data),
            **_early_objects(self._objects),
        }
        copy = FunctionType(
            code, names, function.__name__, function.__defaults__, function.__closure__
        )
        return copy(self._data) if count else copy()


def _trim(part: dict[str, Any]) -> None:
    """Drops functions, modules and private names, down into dicts."""
    odd = [
        (name, value)
        for name, value in part.items()
        if type(value) not in _PLAIN or type(name) is not str or name[:2] == "__"
    ]
    for name, value in odd:
        if isinstance(value, FunctionType):
            # a build runs it, once it has the whole package
            if value.__name__ != "preprocess":
                del part[name]
        elif isinstance(value, ModuleType):
            del part[name]
        elif not isinstance(name, str):
            raise RezError(f"{name!r} is the key of a dict: rez takes strings only")
        elif name.startswith("__"):
            del part[name]
        elif isinstance(value, dict):
            _trim(value)


class EarlyThis:
    """`this` in an early function: the attributes as they stand."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def __getattr__(self, name: str) -> Any:
        try:
            value = self._data[name]
        except KeyError:
            raise AttributeError(f"the definition has no attribute {name!r}") from None
        unbound = isinstance(value, FunctionType)
        if unbound and (hasattr(value, "_early") or hasattr(value, "_late")):
            raise ValueError(f"an early function cannot use {name!r}: it is not bound yet")
        return value

"""Runs a definition with Python, as rez does for an installed package (rez: `rez.serialise`).

    bytes --exec--> names --without rez's own--> attributes --early run, late kept--> data

A definition is a studio's own code and is trusted as in rez, but kept from doing damage by
accident: what it prints goes to stderr, the working directory and `sys.path` are put back,
`sys.exit` and endless recursion end in an error that names the line.
"""

from __future__ import annotations
import __future__

import builtins
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FunctionType, ModuleType, TracebackType
from typing import Any, TextIO

from rezfast.config import settings
from rezfast.config.sources import ModifyList
from rezfast.errors import InvalidPackageError, PackageMetadataError, RezError
from rezfast.package.functions import REX_FUNCTIONS, SourceCode, early, include, late
from rezfast.package.scopes import ScopeContext

# rez's loader has this feature on, and hands it down to every definition it compiles
_COMPILE_FLAGS = __future__.annotations.compiler_flag

_LINT_HELPER = "rez.utils.lint_helper"

# What an early function of an installed package finds: nothing is being built.
_EARLY_NAMES: Mapping[str, Any] = {
    "building": False,
    "testing": False,
    "build_variant_index": 0,
    "build_variant_requires": (),
}

_BUILTINS = vars(builtins)

# Values that are neither functions nor hold any that count; most are of these types.
_PLAIN = frozenset((str, list, int, bool, float, tuple, type(None), SourceCode))

# One evaluation at a time: stdout, the working directory and sys.path belong to the process.
_guard = threading.RLock()


def _renew_guard() -> None:
    global _guard
    _guard = threading.RLock()


os.register_at_fork(after_in_child=_renew_guard)


def evaluate(source: bytes, path: str) -> dict[str, Any]:
    """Attributes of a definition, as rez reads them.

    Args:
        source: The definition's text.
        path: Where it came from, for messages.

    Raises:
        PackageMetadataError: It cannot be compiled or run; the line is the one at fault.
    """
    scopes = ScopeContext()
    own: dict[str, Any] = {
        "scope": scopes,
        "early": early,
        "late": late,
        "include": include,
        "ModifyList": ModifyList,
        "InvalidPackageError": InvalidPackageError,
        "__builtins__": {**_BUILTINS, "__import__": _import},
    }
    names = dict(own)
    with contained(path):
        code = compile(source, path, "exec", flags=_COMPILE_FLAGS, dont_inherit=True)
        exec(code, names)
        data = {
            name: value
            for name, value in names.items()
            if name not in own and (name not in _BUILTINS or _BUILTINS[name] != value)
        }
        data.update(scopes.to_dict())
        _bind(data, data, path, source)
        _trim(data)
    if _only_run_here(code, names):
        # functions and their globals hold each other: waiting for the garbage collector to find
        # that out costs as much as running the definition
        names.clear()
        names["__builtins__"] = own["__builtins__"]
    return data


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


def _bind(part: dict[str, Any], data: dict[str, Any], path: str, source: bytes) -> None:
    """Replaces functions by what they stand for, in order: `this` sees what is done so far."""
    for name, value in part.items():
        if type(value) not in _PLAIN:
            part[name] = _bound(value, data, path, source)


def _bound(value: Any, data: dict[str, Any], path: str, source: bytes) -> Any:
    if isinstance(value, dict):
        _bind(value, data, path, source)
    elif isinstance(value, FunctionType):
        if hasattr(value, "_early"):
            return _bound(_run_early(value, data, path), data, path, source)
        if hasattr(value, "_late"):
            return SourceCode(value, path, source)
        if value.__name__ in REX_FUNCTIONS:
            return SourceCode(value, path, source, eval_as_function=False)
    return value


def _run_early(function: FunctionType, data: dict[str, Any], path: str) -> Any:
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    if count > 1:
        raise PackageMetadataError(
            f"@early function {function.__name__}() takes {count} arguments: give it none",
            path,
            code.co_firstlineno,
        )
    names = {**function.__globals__, "this": EarlyThis(data), **_EARLY_NAMES}
    names["build_variant_requires"] = []
    copy = FunctionType(code, names, function.__name__, function.__defaults__, function.__closure__)
    return copy(data) if count else copy()


def _trim(part: dict[str, Any]) -> None:
    """Drops functions, modules and private names, down into dicts."""
    for name, value in list(part.items()):
        if type(value) in _PLAIN and type(name) is str and name[:2] != "__":
            continue
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


# ---- imports ----------------------------------------------------------------------


class _LintHelper(ModuleType):
    """`rez.utils.lint_helper`: every name it is asked for is None, to please a linter."""

    def __getattr__(self, name: str) -> None:
        return None

    def used(self, value: object) -> None:
        """Makes a linter take `value` for used."""


def _import(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Any = (),
    level: int = 0,
) -> Any:
    """`__import__` of a definition, which finds rez's lint helper without loading rez."""
    if level == 0 and fromlist:
        if name == _LINT_HELPER:
            return _LintHelper(name)
        if name == "rez.utils" and tuple(fromlist) == ("lint_helper",):
            utils = ModuleType(name)
            utils.lint_helper = _LintHelper(_LINT_HELPER)  # type: ignore[attr-defined]
            return utils
    return __import__(name, globals, locals, fromlist, level)


# ---- containment ------------------------------------------------------------------


class _ErrorsInstead:
    """Standard output while a definition runs: stderr for its thread, as before for others."""

    def __init__(self, stdout: TextIO) -> None:
        self._stdout = stdout
        self._thread = threading.get_ident()

    def _stream(self) -> TextIO:
        return sys.stderr if threading.get_ident() == self._thread else self._stdout

    def write(self, text: str) -> int:
        return self._stream().write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream(), name)


@contextmanager
def contained(path: str) -> Iterator[None]:
    """Runs a definition's code without a trace on the process; whatever it raises names `path`.

    Raises:
        PackageMetadataError: In place of what the code raised, `SystemExit` included.
    """
    with _guard:
        stdout, search, directory = sys.stdout, sys.path, _working_directory()
        sys.path = [*search, *settings().package_definition_build_python_paths]
        sys.stdout = _ErrorsInstead(stdout)
        try:
            yield
        except PackageMetadataError:
            raise
        except (Exception, SystemExit) as error:
            raise _explained(error, path) from error
        finally:
            sys.stdout, sys.path = stdout, search
            if directory is not None and directory != _working_directory():
                os.chdir(directory)


def _working_directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None


def _explained(error: BaseException, path: str) -> PackageMetadataError:
    if isinstance(error, SyntaxError) and error.filename in (path, None):
        return PackageMetadataError(f"is not valid Python: {error.msg}", path, error.lineno)
    text = " ".join(str(error).split())
    if isinstance(error, SystemExit):
        what = "called sys.exit(): remove the call"
    elif isinstance(error, RezError):
        what = text
    else:
        what = f"raised {type(error).__name__}{': ' if text else ''}{text}"
    return PackageMetadataError(what, path, _line_of(error.__traceback__, path))


def _line_of(traceback: TracebackType | None, path: str) -> int | None:
    """The innermost line of the definition on the way to an error."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == path:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line

"""Definitions run here, kept from doing damage by accident.

    contained(path, work)      work() with stdout on stderr, a deadline, rez's modules in reach;
                               then the process is put back as it was

A definition is a studio's own code and is trusted as in rez. What is put back: the working
directory, environment variables, `sys.path` and every other name in `sys`, builtins, modules that
were replaced in `sys.modules`, the recursion limit. What it prints, or a process that it starts,
goes to stderr. What cannot be: changes inside other modules, threads that it leaves behind,
`os._exit`, a crash of native code.
"""

from __future__ import annotations

import builtins
import os
import sys
from _thread import RLock

from rezfast.config import settings
from rezfast.errors import InvalidPackageError, PackageMetadataError, PackageRejected, RezError
from rezfast.managers import suppress
from rezfast.package import rez_modules
from rezfast.package.deadline import TimeUp, deadline
from rezfast.package.standard_output import ErrorsInstead, redirect_descriptor, restore_descriptor
from rezfast.typed import ModuleType, T

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from rezfast.package.interruption import Watch


_LONGEST_SOURCE = 120

# One evaluation at a time: stdout, the working directory and sys.path belong to the process.
_guard = RLock()
# The definitions that run, each inside the one before it.
_running: list[str] = []


def _renew_guard() -> None:
    global _guard
    _guard = RLock()
    _running.clear()


os.register_at_fork(after_in_child=_renew_guard)


def contained(
    path: str, work: Callable[[], T], directory: str | None = None, is_harmless: bool = False
) -> T:
    """What `work` gives, run without a trace on the process.

    The limit of `rezfast.package.deadline` is kept: by a signal in the main thread, where that can
    be had, which ends waiting too; elsewhere by an exception that another thread raises in this
    one, which ends Python code, but not a call that waits. Neither ends native code that never
    returns to Python. Code that catches BaseException and goes on is interrupted again and again.

    Args:
        path: The definition, which an error names.
        work: What to do: a definition's code, or something that runs it.
        directory: The working directory meanwhile; None: as it is.
        is_harmless: The work cannot get at the process: what is put back costs time.

    Raises:
        PackageRejected: In place of `InvalidPackageError`.
        PackageMetadataError: In place of whatever else the work raised, but `KeyboardInterrupt`.
    """
    with _guard:
        process = None if is_harmless else _Process()
        outer = len(_running)
        _running.append(path)
        watch = _watch()
        try:
            try:
                if process is not None:
                    process.prepare(directory, is_outermost=not outer)
                if watch is not None:
                    watch.start()
                return work()
            finally:
                # its own `try`: the time may be up just here
                if watch is not None:
                    watch.stop()
        except (PackageMetadataError, KeyboardInterrupt):
            raise
        except BaseException as error:
            if path in _running[:outer]:
                raise  # from inside itself: it is explained where its own lines are in sight
            raise explained(error, path) from error
        finally:
            if watch is not None:
                watch.stop()
            if process is not None:
                process.restore()
            del _running[outer:]


def alone(work: Callable[[], T]) -> T:
    """What `work` gives while no definition runs that could change what it sees of the process."""
    with _guard:
        return work()


def _watch() -> Watch | None:
    limit = deadline()
    if limit is None:
        return None
    # Deferred: limits are rare, and ctypes is slow to import.
    from rezfast.package.interruption import Watch

    return Watch(limit)


class _Process:
    """What a definition may change by accident, as it was."""

    def __init__(self) -> None:
        # asked for here: what is wrong with the settings is not the definition's fault
        self._build_paths = settings().package_definition_build_python_paths
        self._directory = _working_directory()
        self._environment = dict(_environment())
        self._sys = dict(vars(sys))
        self._builtins = dict(vars(builtins))
        self._modules = dict(sys.modules)
        self._recursion_limit = sys.getrecursionlimit()
        self._arguments = list(sys.argv)
        self._owner: int | None = None
        self._descriptor: int | None = None
        self._is_prepared = False

    def prepare(self, directory: str | None, is_outermost: bool) -> None:
        self._owner = rez_modules.enter()
        self._is_prepared = True
        if is_outermost:
            self._descriptor = redirect_descriptor()
        sys.path = [*sys.path, *self._build_paths]
        sys.stdout = ErrorsInstead(sys.stdout)
        if directory is not None:
            os.chdir(directory)

    def restore(self) -> None:
        restore_descriptor(self._descriptor)
        sys.stdout, sys.path = self._sys["stdout"], self._sys["path"]
        _put_back(vars(sys), self._sys)
        if sys.argv != self._arguments:
            sys.argv[:] = self._arguments
        builtins.__import__ = self._builtins["__import__"]
        _put_back(vars(builtins), self._builtins)
        self._restore_modules()
        if self._is_prepared:
            rez_modules.leave(self._owner)
        if sys.getrecursionlimit() != self._recursion_limit:
            sys.setrecursionlimit(self._recursion_limit)
        if _environment() != self._environment:
            _restore_environment(self._environment)
        if self._directory is not None and self._directory != _working_directory():
            with suppress(OSError):
                os.chdir(self._directory)

    def _restore_modules(self) -> None:
        modules = sys.modules
        before = self._modules
        if modules == before:
            return
        for name, module in before.items():
            if modules.get(name) is not module:
                modules[name] = module
        # what was imported stays, as with any import; what was only put there goes
        for name in modules.keys() - before.keys():
            root = name.partition(".")[0]
            if root not in before and not _is_imported(modules.get(root)):
                modules.pop(name, None)


def _is_imported(module: object) -> bool:
    return isinstance(module, ModuleType) and getattr(module, "__spec__", None) is not None


def _put_back(names: dict[str, Any], before: dict[str, Any]) -> None:
    if names == before:
        return
    for name, value in before.items():
        if names.get(name, before) is not value:
            names[name] = value
    if len(names) != len(before):
        for name in names.keys() - before.keys():
            del names[name]


def _environment() -> dict[Any, Any]:
    # the mapping itself would decode every variable
    data: dict[Any, Any] = getattr(os.environ, "_data", None) or dict(os.environ)
    return data


def _restore_environment(before: dict[Any, Any]) -> None:
    decode: Callable[[Any], str] = getattr(os.environ, "decodevalue", str)
    wanted = {decode(name): decode(value) for name, value in before.items()}
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def _working_directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None


# ---- errors -----------------------------------------------------------------------


def explained(error: BaseException, path: str) -> PackageMetadataError:
    """What a definition raised, as one line that names file and line and quotes that line.

    Args:
        error: What was raised.
        path: The definition.
    """
    if isinstance(error, SyntaxError) and error.filename in (path, None):
        what = f"is not valid Python: {error.msg}"
        return PackageMetadataError(what + _quoted(path, error.lineno), path, error.lineno)
    text = " ".join(str(error).split())
    line = _line_of(error.__traceback__, path)
    if isinstance(error, InvalidPackageError):
        return PackageRejected(text, path, line)
    if isinstance(error, TimeUp):
        what = "was still running when the time limit was reached"
    elif isinstance(error, SystemExit):
        what = "called sys.exit(): remove the call"
    elif isinstance(error, RezError):
        what = text
    else:
        what = f"raised {type(error).__name__}{': ' if text else ''}{text}"
    return PackageMetadataError(what + _quoted(path, line), path, line)


def _line_of(traceback: TracebackType | None, path: str) -> int | None:
    """The innermost line of the definition on the way to an error."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == path:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _quoted(path: str, line: int | None) -> str:
    """The source line, for the end of a message; nothing when it cannot be read."""
    if line is None:
        return ""
    try:
        with open(path, "rb") as file:
            source = file.read().splitlines()[line - 1].decode("utf-8", "replace").strip()
    except (OSError, IndexError):
        return ""
    if len(source) > _LONGEST_SOURCE:
        source = source[:_LONGEST_SOURCE] + "…"
    return f", in `{source}`" if source.isprintable() and source else ""

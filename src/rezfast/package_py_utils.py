"""Helpers for early functions and `preprocess` (rez: `rez.package_py_utils`).

A definition imports them by rez's name:

@early()
def requires():
    from rez.package_py_utils import expand_requires
    return expand_requires("boost-1.*")
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rezfast.errors import InvalidPackageError
from rezfast.package.model import Package
from rezfast.repository.expansion import Paths, expand_requirement
from rezfast.repository.queries import iter_packages

__all__ = [
    "InvalidPackageError",
    "Popen",
    "exec_command",
    "exec_python",
    "expand_requirement",
    "expand_requires",
    "find_site_python",
]


class Popen(subprocess.Popen[Any]):
    """`subprocess.Popen` that reads text as UTF-8, and works where `sys.stdin` is no real file.

    Applications with a Python of their own put other objects there; the process then gets a pipe.
    """

    def __init__(self, args: Any, **kwargs: Any) -> None:
        if "stdin" not in kwargs and _stdin() not in (0, 1, 2):
            kwargs["stdin"] = subprocess.PIPE
        if kwargs.get("text") or kwargs.get("universal_newlines"):
            kwargs["text"] = True
            kwargs.setdefault("encoding", "utf-8")
        super().__init__(args, **kwargs)


def _stdin() -> int | None:
    for stream in (sys.stdin, sys.__stdin__):
        try:
            if stream is not None:
                return stream.fileno()
        except (AttributeError, OSError, ValueError):
            continue
    return None


def expand_requires(*requests: str | Iterable[str]) -> list[str]:
    """Each request with its wildcards replaced; see `expand_requirement`.

    Args:
        requests: Texts of requests, or lists of them.

    Raises:
        VersionError: One is no request, or is none with the wildcards replaced.
        PackageRequestError: The name of one is not a package name.
    """
    expanded: list[str] = []
    for request in requests:
        given = [request] if isinstance(request, str) else request
        expanded += [expand_requirement(one) for one in given]
    return expanded


def exec_command(attr: str, cmd: Sequence[str] | str) -> tuple[str, str]:
    """What a command writes to stdout and to stderr, without the space around it.

    Args:
        attr: The attribute that it is for, for the error.
        cmd: The command and its arguments.

    Raises:
        InvalidPackageError: It failed; the text has what it wrote to stderr.
        OSError: It cannot be run.
    """
    process = Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    if process.returncode:
        raise InvalidPackageError(f"Error determining package attribute '{attr}':\n{err}")
    return out.strip(), err.strip()


def exec_python(attr: str, src: Sequence[str] | str, executable: str = "python") -> str:
    """What a Python program writes to stdout, without the space around it.

    Args:
        attr: The attribute that it is for, for the error.
        src: Its statements.
        executable: Which Python.

    Raises:
        InvalidPackageError: It failed; the text has what it wrote to stderr.
        OSError: It cannot be run.
    """
    source = src if isinstance(src, str) else "; ".join(src)
    return exec_command(attr, [executable, "-c", source])[0]


def find_site_python(module_name: str, paths: Paths = None) -> Package:
    """The package `python` whose installation has a module of the `python` on `$PATH`.

    Such a package lists its directories of modules in the attribute `_site_paths`.

    Args:
        module_name: A package, in Python's sense, that can be imported there.
        paths: Where to look: paths or repositories; None: the configured `packages_path`.

    Raises:
        InvalidPackageError: The module cannot be imported, or no package has it.
        OSError: There is no `python`.
    """
    process = Popen(
        ["python", "-c", f"import {module_name}; print({module_name}.__path__)"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate()
    if process.returncode:
        raise InvalidPackageError(f"Failed to find installed python module '{module_name}':\n{err}")
    places: list[str] = ast.literal_eval(out.strip())
    for package in iter_packages("python", paths=paths):
        sites: list[str] | None = getattr(package, "_site_paths", None)
        if sites is not None and all(_is_in_one(place, sites) for place in places):
            return package
    raise InvalidPackageError(
        f"Failed to find python installation containing the module '{module_name}'. Has python "
        "been installed as a rez package?"
    )


def _is_in_one(place: str, directories: Iterable[str]) -> bool:
    return any(place.startswith(directory + os.sep) for directory in directories)

"""rezfast: rez's answers, from package.py files on disk, at native speed.

What this module offers is loaded when it is first used, so that a command pays only for its own.
"""

from __future__ import annotations

from rezfast import _startup

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 5 ms
if TYPE_CHECKING:
    from typing import Any

    from rezfast._batch import FileError, FileScan, iter_scan_files, scan_files
    from rezfast._scan import Refused, Scanned, scan
    from rezfast._tables import PackageVariant, Tables
    from rezfast.context.resolved import ResolvedContext
    from rezfast.context.status import ResolverStatus
    from rezfast.solve.solver import Solver
    from rezfast.solve.sources import clear_caches, make_tables
    from rezfast.solve.status import SolverCallbackReturn, SolverState, SolverStatus
    from rezfast.version import Requirement, RequirementList, Version, VersionRange

__version__ = "0.1.0"

_startup.use(__version__)

__all__ = [
    "FileError",
    "FileScan",
    "PackageVariant",
    "Refused",
    "Requirement",
    "RequirementList",
    "ResolvedContext",
    "ResolverStatus",
    "Scanned",
    "Solver",
    "SolverCallbackReturn",
    "SolverState",
    "SolverStatus",
    "Tables",
    "Version",
    "VersionRange",
    "clear_caches",
    "iter_scan_files",
    "make_tables",
    "scan",
    "scan_files",
]

_HOMES = {
    "FileError": "rezfast._batch",
    "FileScan": "rezfast._batch",
    "PackageVariant": "rezfast._tables",
    "Refused": "rezfast._scan",
    "Requirement": "rezfast.version",
    "RequirementList": "rezfast.version",
    "ResolvedContext": "rezfast.context.resolved",
    "ResolverStatus": "rezfast.context.status",
    "Scanned": "rezfast._scan",
    "Solver": "rezfast.solve.solver",
    "SolverCallbackReturn": "rezfast.solve.status",
    "SolverState": "rezfast.solve.status",
    "SolverStatus": "rezfast.solve.status",
    "Tables": "rezfast._tables",
    "Version": "rezfast.version",
    "VersionRange": "rezfast.version",
    "clear_caches": "rezfast.solve.sources",
    "iter_scan_files": "rezfast._batch",
    "make_tables": "rezfast.solve.sources",
    "scan": "rezfast._scan",
    "scan_files": "rezfast._batch",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'rezfast' has no attribute {name!r}")
    value = getattr(__import__(home, fromlist=(name,)), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""The three tools behind one face: load the packages beforehand, then answer requests.

Each imports its library when it is made, so that a process that measures one has only that one.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any, Protocol

from bench.data import Answer, definitions


class Tool(Protocol):
    """A resolver with the packages of one repository in memory."""

    def solve(self, requirements: list[str]) -> Any:
        """Solve, and read every package's name, version and index. This is what is timed."""

    def answer(self, solved: Any) -> Answer:
        """What `solve` found, in a form that compares. Not timed."""


class Rez:
    """rez, with all packages loaded as its own benchmark loads them."""

    def __init__(self, root: Path) -> None:
        from rez.packages import iter_package_families
        from rez.solver import Solver
        from rez.version import Requirement

        self._solver, self._requirement = Solver, Requirement
        self._paths = [str(root)]
        for family in iter_package_families(paths=self._paths):
            for package in family.iter_packages():
                package.validate_data()
                list(package.iter_variants())

    def solve(self, requirements: list[str]) -> Any:
        solver = self._solver([self._requirement(x) for x in requirements], self._paths)
        solver.solve()
        for package in solver.resolved_packages or ():
            _ = package.name, package.version, package.index
        return solver

    def answer(self, solved: Any) -> Answer:
        return _answer_of_solver(solved)


class Pyrer:
    """pyrer, with every package given to it by family, the way it is fastest.

    Its parser refuses 43 of the definitions; those are evaluated, so that it has all 18,226.
    """

    def __init__(self, root: Path) -> None:
        import pyrer

        self._solve = pyrer.solve
        known = definitions(root)
        parsed = pyrer.parse_static_packages_py([str(path) for _, _, path in known])
        self._families: dict[str, list[Any]] = {}
        for (family, version, path), data in zip(known, parsed, strict=True):
            if data is None:
                fields = runpy.run_path(str(path))
                data = pyrer.PackageData.from_strings(
                    family, version, fields.get("requires"), fields.get("variants")
                )
            self._families.setdefault(family, []).append(data)

    def _load_family(self, name: str) -> list[Any]:
        return self._families.get(name, [])

    def solve(self, requirements: list[str]) -> Any:
        result = self._solve(requirements, load_family=self._load_family)
        for _ in result.resolved:  # name, version, index
            pass
        return result

    def answer(self, solved: Any) -> Answer:
        return Answer(solved.status, list(solved.resolved), solved.num_iterations, None)


class Rezfast:
    """rezfast, by its public Python API. The first solve of a request fills the tables."""

    def __init__(self, root: Path) -> None:
        import rezfast

        self._solver = rezfast.Solver
        self._paths = [str(root)]

    def solve(self, requirements: list[str]) -> Any:
        solver = self._solver(requirements, package_paths=self._paths)
        solver.solve()
        for package in solver.resolved_packages or ():
            _ = package.name, package.version, package.index
        return solver

    def answer(self, solved: Any) -> Answer:
        return _answer_of_solver(solved)


TOOLS: dict[str, type[Rez] | type[Pyrer] | type[Rezfast]] = {
    "rez": Rez,
    "pyrer": Pyrer,
    "rezfast": Rezfast,
}


def _answer_of_solver(solver: Any) -> Answer:
    return Answer(
        solver.status.name,
        [(x.name, str(x.version), x.index) for x in solver.resolved_packages or ()],
        solver.num_solves,
        solver.num_fails,
    )

"""Why a phase of a solve failed: rez's failure reasons, as values.

Their texts are rez's own wording, since tools read them; `rezfast.solve.explain` says the same in
plain words.
"""

from __future__ import annotations

from rezfast.version import Requirement, Version, VersionedObject, VersionRange


class Reduction:
    """A variant that was dropped: one of its requirements contradicts another scope.

    Attributes:
        name, version, variant_index: The variant.
        dependency: Its requirement.
        conflicting_request: What is left of the family that it requires.
    """

    def __init__(
        self,
        name: str,
        version: Version,
        variant_index: int | None,
        dependency: Requirement,
        conflicting_request: Requirement,
    ) -> None:
        self.name = name
        self.version = version
        self.variant_index = variant_index
        self.dependency = dependency
        self.conflicting_request = conflicting_request

    def reducee_str(self) -> str:
        """The variant, as rez writes it: `foo-1.0[2]`, `foo-1.0[]`."""
        index = "" if self.variant_index is None else self.variant_index
        return f"{VersionedObject.construct(self.name, self.version)}[{index}]"

    def involved_requirements(self) -> list[Requirement]:
        """The variant's package, its requirement, and what that contradicts."""
        package = Requirement.construct(self.name, VersionRange.from_version(self.version))
        return [package, self.dependency, self.conflicting_request]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reduction):
            return NotImplemented
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return f"{self.reducee_str()} (dep({self.dependency}) <--!--> {self.conflicting_request})"

    def __repr__(self) -> str:
        return f"Reduction({self})"


class DependencyConflict:
    """A requirement that all variants of a scope share, against another scope.

    Attributes:
        dependency: The shared requirement.
        conflicting_request: What it contradicts.
    """

    def __init__(self, dependency: Requirement, conflicting_request: Requirement) -> None:
        self.dependency = dependency
        self.conflicting_request = conflicting_request

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DependencyConflict):
            return NotImplemented
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return f"{self.dependency} <--!--> {self.conflicting_request}"

    def __repr__(self) -> str:
        return f"DependencyConflict({self})"


class FailureReason:
    """Base of the reasons for which a phase fails (rez: `rez.solver.FailureReason`)."""

    def involved_requirements(self) -> list[Requirement]:
        """The requirements that meet in this failure."""
        return []

    def description(self) -> str:
        """The failure in rez's words."""
        return ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FailureReason):
            return NotImplemented
        return type(self) is type(other) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class TotalReduction(FailureReason):
    """Every variant of a scope was dropped."""

    def __init__(self, reductions: list[Reduction]) -> None:
        self.reductions = reductions

    def involved_requirements(self) -> list[Requirement]:
        return [item for one in self.reductions for item in one.involved_requirements()]

    def description(self) -> str:
        return f"A package was completely reduced: {self}"

    def __str__(self) -> str:
        return " ".join(f"({one})" for one in self.reductions)


class DependencyConflicts(FailureReason):
    """A shared requirement of a scope contradicts another scope or another requirement."""

    def __init__(self, conflicts: list[DependencyConflict]) -> None:
        self.conflicts = conflicts

    def involved_requirements(self) -> list[Requirement]:
        return [
            item for one in self.conflicts for item in (one.dependency, one.conflicting_request)
        ]

    def description(self) -> str:
        return f"The following package conflicts occurred: {self}"

    def __str__(self) -> str:
        return " ".join(f"({one})" for one in self.conflicts)


class Cycle(FailureReason):
    """The packages of the answer require each other in a circle."""

    def __init__(self, packages: list[VersionedObject]) -> None:
        self.packages = packages

    def involved_requirements(self) -> list[Requirement]:
        return [
            Requirement.construct(one.name, VersionRange.from_version(one.version))
            for one in self.packages
        ]

    def description(self) -> str:
        return f"A cyclic dependency was detected: {self}"

    def __str__(self) -> str:
        return " --> ".join(str(one) for one in [*self.packages, *self.packages[:1]])

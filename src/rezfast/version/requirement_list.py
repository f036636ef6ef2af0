"""Requirements brought to their shortest form: one for each name, or the first conflict."""

from __future__ import annotations

from rezfast._version import Requirement

TYPE_CHECKING = False  # importing collections.abc would cost every start
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class RequirementList:
    """Requirements merged by name, in the order of first mention (rez: `RequirementList`).

    ``foo-3+ bar !foo-5+`` becomes ``foo-3+<5 bar``. When two requirements cannot be merged,
    `conflict` holds the merged one so far and the one that met it, and the list is empty.

    Args:
        requirements: The requirements, in order.
    """

    __slots__ = ("_by_name", "conflict", "conflict_names", "names", "requirements")
    __hash__ = None  # type: ignore[assignment]  # its sets and lists can be changed, as rez's

    #: The merged requirements; empty when there is a conflict.
    requirements: list[Requirement]
    #: The two requirements that cannot both hold, or None.
    conflict: tuple[Requirement, Requirement] | None
    #: Names that are required.
    names: set[str]
    #: Names that are only restricted, by ``!foo`` or ``~foo``.
    conflict_names: set[str]

    def __init__(self, requirements: Iterable[Requirement]) -> None:
        merged_by_name: dict[str, Requirement] = {}
        self._by_name = merged_by_name
        self.requirements = []
        self.conflict = None
        self.names = set()
        self.conflict_names = set()
        for requirement in requirements:
            name = requirement.name
            existing = merged_by_name.get(name)
            if existing is None:
                merged_by_name[name] = requirement
                continue
            merged = existing.merged(requirement)
            if merged is None:
                self.conflict = (existing, requirement)
                return
            merged_by_name[name] = merged
        self.requirements = list(merged_by_name.values())
        for name, requirement in merged_by_name.items():
            (self.conflict_names if requirement.conflict else self.names).add(name)

    def get(self, name: str) -> Requirement | None:
        """The merged requirement for `name`, or None."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.requirements)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RequirementList):
            return NotImplemented
        return self.requirements == other.requirements and self.conflict == other.conflict

    def __str__(self) -> str:
        if self.conflict is not None:
            return f"{self.conflict[0]} <--!--> {self.conflict[1]}"
        return " ".join(map(str, self.requirements))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

"""One phase of a solve again, in rez's own order, where it can be watched.

The native solver reduces in whatever order is fastest: the answer is the same, the words of a
failure are not. When somebody asks why a step failed, or for its graph, the native solver is run
once more up to that step, and this module repeats the step itself as rez does it: extractions by
scope and name, reductions from the last pending pair to the first. It is written to be read, not
to be fast: it serves one phase.
"""

from __future__ import annotations

from itertools import chain, product

from rezfast._solver import NativeSolver
from rezfast._tables import PackageVariant
from rezfast.solve.failure import (
    Cycle,
    DependencyConflict,
    DependencyConflicts,
    FailureReason,
    Reduction,
    TotalReduction,
)
from rezfast.version import Requirement, RequirementList, VersionedObject, VersionRange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


class ReplayScope:
    """What is possible for one family: variants, or only a requirement (conflict, ephemeral).

    Never changed: an operation that changes something gives a new scope.
    """

    def __init__(
        self,
        native: NativeSolver,
        name: str,
        request: Requirement | None,
        packages: list[list[PackageVariant]],
        extracted: frozenset[str] = frozenset(),
    ) -> None:
        self._native = native
        self.name = name
        self.packages = packages
        self.extracted = extracted
        self.is_ephemeral = name.startswith(".")
        if packages:
            # rez sorts the variants of the first package when it first looks at a scope
            packages[0] = native.ordered_variants(packages[0])
            versions = [package[0].version for package in packages]
            request = Requirement.construct(name, VersionRange.from_versions(versions))
        assert request is not None
        self.request = request
        required = [variant.required_names for variant in self.variants]
        self.common = frozenset.intersection(*required) if required else frozenset()
        self.concerned = frozenset(chain.from_iterable(v.concerned_names for v in self.variants))

    @property
    def variants(self) -> list[PackageVariant]:
        """All variants, in order."""
        return [variant for package in self.packages for variant in package]

    @property
    def is_conflict(self) -> bool:
        """Whether this scope only says what must not be there."""
        return not self.packages and self.request.conflict

    @property
    def solved_variant(self) -> PackageVariant | None:
        """The one variant left with nothing to extract, or None."""
        if len(self.packages) == 1 and len(self.packages[0]) == 1 and not self.extractable:
            return self.packages[0][0]
        return None

    @property
    def extractable(self) -> frozenset[str]:
        """Families that every variant requires and that were not extracted yet."""
        return self.common - self.extracted

    def extract(self) -> tuple[ReplayScope, Requirement] | None:
        """Extract the first family in name order that every variant requires."""
        if not self.extractable:
            return None
        family = min(self.extractable)
        ranges = [_range_of(variant.requirement_on(family)) for variant in self.variants]
        merged = ranges[0].union(ranges[1:])
        scope = ReplayScope.__new__(ReplayScope)
        scope.__dict__.update(self.__dict__)
        scope.extracted = self.extracted | {family}
        return scope, Requirement.construct(family, merged)

    def intersect(self, wanted: VersionRange) -> ReplayScope | None:
        """The part of this scope in a range; itself if that is all of it, None if nothing."""
        if self.packages:
            kept = [package for package in self.packages if package[0].version in wanted]
            if len(kept) == len(self.packages):
                return self
            return ReplayScope(self._native, self.name, None, kept) if kept else None
        own: VersionRange | None = self.request.range
        left: VersionRange | None = wanted
        if own is not None:
            left = wanted - own if self.request.conflict else wanted & own
        if left is None:
            return None
        if self.is_ephemeral:
            if left == own and not self.request.conflict:
                return self
            return ReplayScope(self._native, self.name, Requirement.construct(self.name, left), [])
        packages = group(self._native.variants(self.name, left))
        return ReplayScope(self._native, self.name, None, packages) if packages else None

    def reduce_by(self, request: Requirement) -> tuple[ReplayScope | None, list[Reduction]]:
        """Drop the variants that contradict `request`."""
        if not self.packages or request.range is None or request.name not in self.concerned:
            return self, []
        reductions: list[Reduction] = []
        kept: list[list[PackageVariant]] = []
        for package in self.packages:
            left = []
            for variant in package:
                dependency = variant.requirement_on(request.name)
                if dependency is not None and dependency.conflicts_with(request):
                    reductions.append(
                        Reduction(self.name, variant.version, variant.index, dependency, request)
                    )
                else:
                    left.append(variant)
            if left:
                kept.append(left)
        if not reductions:
            return self, []
        return ReplayScope(self._native, self.name, None, kept) if kept else None, reductions

    def __str__(self) -> str:
        """rez's notation: `[foo==2[1]]`, `foo[2..6(3:4)]*`; a star: still to extract."""
        if not self.packages:
            return str(self.request)
        variants = self.variants
        star = "*" if self.extractable else ""
        version = variants[0].version
        if len(variants) == 1:
            index = "" if variants[0].index is None else f"[{variants[0].index}]"
            return f"[{self.name}=={version}{index}]{star}"
        if len(self.packages) == 1:
            indices = ",".join(str(i) for i in sorted(v.index or 0 for v in variants))
            return f"[{self.name}=={version}[{indices}]]{star}"
        count = str(len(variants))
        if len(variants) != len(self.packages):
            count = f"{len(self.packages)}:{count}"
        return f"{self.name}[{_range_of(self.request).span()}({count})]{star}"


def _range_of(requirement: Requirement | None) -> VersionRange:
    """The range of a requirement that is known to have one: one that is no conflict."""
    assert requirement is not None and requirement.range is not None
    return requirement.range


def group(variants: list[PackageVariant]) -> list[list[PackageVariant]]:
    """Variants, those of one package together."""
    packages: list[list[PackageVariant]] = []
    for variant in variants:
        if packages and packages[-1][0].version == variant.version:
            packages[-1].append(variant)
        else:
            packages.append([variant])
    return packages


class Replay:
    """One phase, from its first scopes to its end.

    Args:
        native: A solver that was advanced to just before the step.
        finished: The solver whose step it is, if that is another one: it went through the phase
            already, so its package filter has seen every package that the phase looks at.

    Attributes:
        scopes: The scopes, as the phase left them.
        extractions: `(from family, target family)` to what was extracted, as rez keeps it.
        failed: Whether the phase failed.
        failure: Why; None also where rez has no reason: it met a family that does not exist, and
            `error_on_missing_variant_requires` is off.
    """

    def __init__(self, native: NativeSolver, finished: NativeSolver | None = None) -> None:
        self._native = finished or native
        self.extractions: dict[tuple[str, str], Requirement] = {}
        self.failed = False
        self.failure: FailureReason | None = None
        self.scopes = [
            ReplayScope(self._native, name, request, group(variants))
            for name, _, request, variants, _, _ in native.export_scopes()
        ]
        self._changed = set(native.changed_scopes)
        for i, scope in enumerate(self.scopes):
            # The phase before extracted all there was, and the split gave the changed scope a new
            # start. The native solver does not extract again what has no effect, so its own record
            # says less than rez's.
            if i not in self._changed:
                scope.extracted = scope.common

    @classmethod
    def of_request_conflict(cls, first: Requirement, second: Requirement) -> Replay:
        """What stands for a request that contradicts itself: no scopes, one conflict."""
        made = cls.__new__(cls)
        made.extractions = {}
        made.scopes = []
        made._fail(DependencyConflicts([DependencyConflict(first, second)]))
        return made

    def variants(self, family: str, wanted: VersionRange) -> list[PackageVariant]:
        """The variants of a family in a range that the solve may use, as far as it read them."""
        return self._native.variants(family, wanted)

    def set_cycle(self, packages: list[PackageVariant]) -> None:
        """Make the cycle that ended the solve the reason of failure."""
        self._fail(Cycle([VersionedObject.construct(p.name, p.version) for p in packages]))
        self.scopes = [scope for scope in self.scopes if not scope.is_conflict]

    def set_solution(self, packages: list[PackageVariant]) -> None:
        """Put the scopes in the order of the answer, without the conflict ones."""
        place = {package.name: i for i, package in enumerate(packages)}
        kept = [scope for scope in self.scopes if not scope.is_conflict]
        self.scopes = sorted(kept, key=lambda scope: place.get(scope.name, len(place)))

    def run(self) -> None:
        """Repeat the phase."""
        changed = self._changed
        while True:
            count = len(self.scopes)
            widened: set[int] = set()
            while self._extract_round(changed, widened):
                pass
            if self.failed:
                return
            if len(self.scopes) == count and not changed and not widened:
                return
            if not self._reduce(count, changed, widened):
                return
            changed = set()

    def _extract_round(self, changed: set[int], widened: set[int]) -> bool:
        """Extract, merge, intersect, append. False: nothing was extracted, or the phase failed."""
        extracted: list[Requirement] = []
        for i, scope in enumerate(self.scopes):
            while (found := self.scopes[i].extract()) is not None:
                self.scopes[i], request = found
                extracted.append(request)
                self.extractions[scope.name, request.name] = request
        if not extracted:
            return False
        merged = RequirementList(extracted)
        if merged.conflict is not None:
            return self._fail(DependencyConflicts([DependencyConflict(*merged.conflict)]))
        for i, scope in enumerate(self.scopes):
            wanted = merged.get(scope.name)
            if wanted is None:
                continue
            narrowed = scope.intersect(_range_of(wanted))
            if narrowed is None:
                conflict = DependencyConflict(wanted, scope.request)
                return self._fail(DependencyConflicts([conflict]))
            if narrowed is not scope:
                self.scopes[i] = narrowed
                changed.add(i)
                if scope.is_conflict and not narrowed.is_conflict:
                    widened.add(i)
        known = {scope.name for scope in self.scopes}
        for wanted in merged.requirements:
            if wanted.name not in known and not self._append(wanted):
                return False
        return True

    def _append(self, wanted: Requirement) -> bool:
        if wanted.name.startswith("."):
            self.scopes.append(ReplayScope(self._native, wanted.name, wanted, []))
            return True
        packages = group(self._native.variants(wanted.name, _range_of(wanted)))
        if not packages:
            return self._fail(None)
        self.scopes.append(ReplayScope(self._native, wanted.name, None, packages))
        return True

    def _reduce(self, count: int, changed: set[int], widened: set[int]) -> bool:
        """Reduce every pair that may contradict each other. False: the phase failed."""
        every, before = range(len(self.scopes)), range(count)
        added = range(count, len(self.scopes))
        pending = sorted(
            set(
                chain(
                    product(before, changed),
                    product(before, added),
                    product(added, every),
                    product(widened, every),
                )
            )
        )
        while pending:
            x, y = pending.pop()
            if x == y:
                continue
            reduced, reductions = self.scopes[x].reduce_by(self.scopes[y].request)
            if reduced is None:
                return self._fail(TotalReduction(reductions))
            if reduced is not self.scopes[x]:
                self.scopes[x] = reduced
                pending.extend((j, x) for j in every if j != x)
        return True

    def _fail(self, reason: FailureReason | None) -> Literal[False]:
        """End the phase."""
        self.failed = True
        self.failure = reason
        return False

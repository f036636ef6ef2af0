"""Why a request has no answer, in plain words: the cause first, where it comes from, what may help.

A failure names one family of which nothing is left. From there `_Trail` walks back to the request:
who requires that family, who keeps which version of it out, who requires those. What it says is
read from the variants themselves, so each line is true by itself. Given a way to solve other
requests, `explain` first finds the smallest part of the request that has no answer, and makes sure
of every hint before it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from rezfast._tables import PackageVariant, Tables
from rezfast.errors import PackageFamilyNotFoundError, PackageNotFoundError, RezError
from rezfast.solve.explain_text import asks, counted, listed, package_text, packages_text, says
from rezfast.solve.failure import Cycle, DependencyConflicts, TotalReduction
from rezfast.solve.nearest import closest_names, closest_versions
from rezfast.version import Requirement, RequirementList, Version, VersionRange

if TYPE_CHECKING:
    from rezfast.solve.replay import Replay, ReplayScope
    from rezfast.solve.solver import Solver

    #: A solver of another request under the same conditions; it has not begun yet.
    Again = Callable[[Sequence[Requirement]], Solver]

# Limits that keep an explanation short, and the search for one.
_MOST_LINES = 8
_MOST_GROUPS = 3
_MOST_HINTS = 2
_NEAREST = 3
_SECONDS = 1.0


class Explanation:
    """Why a solve failed.

    Attributes:
        kind: `conflict` (packages do not agree on a family), `reduction` (each variant of a family
            contradicts something), `cycle`, `request_conflict` (the request contradicts itself),
            `missing` (a required family does not exist) or `unknown`.
        lines: The cause in one line, then what leads to it, from packages to what they require.
        requests: The items of the request that take part.
        hints: What may help, the nearest change first.
    """

    def __init__(
        self, kind: str, lines: list[str], requests: list[Requirement], hints: list[str]
    ) -> None:
        self.kind = kind
        self.lines = lines
        self.requests = requests
        self.hints = hints

    def __str__(self) -> str:
        return "\n".join([*self.lines, *(f"hint: {hint}" for hint in self.hints)])

    def __repr__(self) -> str:
        return f"Explanation({self.kind!r}, {self.lines!r})"


def explain(
    replay: Replay, request: list[Requirement], tables: Tables, again: Again | None = None
) -> Explanation:
    """Explain a failed step of a solve.

    Args:
        replay: The step, repeated to its failure.
        request: The merged request; empty if it contradicts itself.
        tables: What the solve chose from.
        again: Makes solvers of other requests. Without it, the items of the request that take part
            may be more than needed, and there are no hints that must be tried.
    """
    failure = replay.failure
    if isinstance(failure, DependencyConflicts) and not replay.scopes:
        conflict = failure.conflicts[0]
        return _of_request(conflict.dependency, conflict.conflicting_request)
    trials = None if again is None else _Trials(again)
    if trials is not None:
        smaller, found = trials.smallest(request)
        if found is not None:
            return _explained(found, smaller, tables, trials, request)
    return _explained(replay, request, tables, trials, request)


def _of_request(first: Requirement, second: Requirement) -> Explanation:
    line = f"the request contradicts itself: nothing is both {first} and {second}"
    return Explanation("request_conflict", [line], [first, second], [])


def _explained(
    replay: Replay,
    core: list[Requirement],
    tables: Tables,
    trials: _Trials | None,
    request: list[Requirement],
) -> Explanation:
    trail = _Trail(replay, core, tables)
    kind, cause, hints = _follow(trail)
    involved = [one for one in core if one in trail.involved] or list(core)
    if trials is not None and trials.fails is not None:
        involved = list(core)
        hints += trials.hints(core, request, tables, trail.focus)
    if trials is not None and trials.solved:
        hints = ["there is an answer: the solve was stopped before it was found"]
    elif not hints and trials is not None:
        hints = trials.without_one(involved, request)
    tries = 1 if trials is None else trials.fails or 1
    lines = [_headline(involved, cause, trail.focus), *trail.lines]
    if trail.cut:
        lines.append("and more of the kind")
    if trials is not None and trials.solved:
        lines[0] += ", in a try before the solve was stopped"
    elif trail.chosen and tries > 1:
        lines[0] += f", in the first of {tries} tries"
        lines.append(f"that try was with {trail.choice()}; the others failed as well")
    elif trail.chosen and trials is None:
        lines.append(f"that was with {trail.choice()}: other versions may have failed otherwise")
    return Explanation(kind, lines, involved, hints[:_MOST_HINTS])


def _headline(involved: list[Requirement], cause: str | None, focus: str) -> str:
    names = listed([str(one) for one in involved])
    if cause is not None:
        return f"{names}: {cause}" if names else cause
    if len(involved) < 2:
        return f"{names or 'the request'}: what it requires does not agree on {focus}"
    return f"{names} do not agree on {focus}"


def _follow(trail: _Trail) -> tuple[str, str | None, list[str]]:
    """Walk from the failure to the request; returns kind, cause, and hints that need no trial."""
    failure = trail.replay.failure
    if isinstance(failure, Cycle):
        names = [one.name for one in failure.packages]
        for name, target in zip(names, [*names[1:], names[0]], strict=True):
            trail.state_requirement(trail.scopes[name].variants, target)
        return "cycle", "packages require each other in a circle", []
    if isinstance(failure, DependencyConflicts):
        family = failure.conflicts[0].dependency.name
        trail.focus = family
        trail.nothing_left(family)
        return "conflict", trail.cause(), []
    if isinstance(failure, TotalReduction):
        family = failure.reductions[0].name
        trail.focus = failure.reductions[0].conflicting_request.name
        trail.nothing_left(family)
        return "reduction", trail.cause(), []
    missing = trail.missing_family()
    if missing is None:
        return "unknown", "no answer, for a reason that is not known", []
    return "missing", f"{missing} does not exist", family_hints(missing, trail.tables)


class _Claim:
    """What the request (`scope` is None), or all that is left of a family, wants of a family."""

    def __init__(self, scope: ReplayScope | None, requirement: Requirement) -> None:
        self.scope = scope
        self.requirement = requirement


class _Trail:
    """The way from a failure back to the request, as lines.

    Attributes:
        lines: What was stated so far.
        involved: The items of the request that the way led to.
        focus: The family that the others do not agree on, for hints.
        chosen: Families of which only a part is looked at: the solver tried that part first.
        absent: Requirements that no version of their family meets.
        cut: Something was left out.
    """

    def __init__(self, replay: Replay, request: list[Requirement], tables: Tables) -> None:
        self.replay = replay
        self.tables = tables
        self.scopes = {scope.name: scope for scope in replay.scopes}
        self.request = {one.name: one for one in request}
        self.lines: list[str] = []
        self.involved: list[Requirement] = []
        self.focus = ""
        self.chosen: list[str] = []
        self.absent: list[Requirement] = []
        self.cut = False
        self._reached: set[str] = set()

    # -- who wants what

    def claims(self, family: str) -> list[_Claim]:
        """What is wanted of a family."""
        found = []
        if family in self.request:
            found.append(_Claim(None, self.request[family]))
        for scope in self.replay.scopes:
            if family in scope.common:
                ranges = [one.range for one in _requirements(scope.variants, family)]
                wanted = [one for one in ranges if one is not None]
                merged = wanted[0].union(wanted[1:])
                found.append(_Claim(scope, Requirement.construct(family, merged)))
        return found

    def clash(
        self, family: str, claims: list[_Claim], beside: Sequence[Requirement] = ()
    ) -> list[_Claim] | None:
        """The fewest of some claims that cannot be met together; None if all of them can be."""
        if self._possible(family, claims, beside):
            return None
        left = list(claims)
        # those that were made last go first: the request, then what is near it, explains more
        for claim in reversed(claims):
            fewer = [one for one in left if one is not claim]
            if not self._possible(family, fewer, beside):
                left = fewer
        return left

    def _possible(self, family: str, claims: list[_Claim], beside: Sequence[Requirement]) -> bool:
        together = RequirementList([*beside, *(claim.requirement for claim in claims)])
        if together.conflict is not None:
            return False
        merged = together.get(family)
        if merged is None or merged.conflict or merged.range is None or family.startswith("."):
            return True
        if not self.tables.complete:
            return True  # a callback has told of some ranges only
        return any(version in merged.range for version in known_versions(self.tables, family))

    def _usable(self, family: str, wanted: VersionRange | None = None) -> list[PackageVariant]:
        everything = VersionRange() if wanted is None else wanted
        return self.replay.variants(family, everything)

    def missing_family(self) -> str | None:
        """A family that is required and that no repository has."""
        for (_, family), _ in self.replay.extractions.items():
            if (
                family not in self.scopes
                and not family.startswith(".")
                and not known_versions(self.tables, family)
            ):
                for claim in self.claims(family):
                    self.state(claim)
                return family
        return None

    # -- what is said

    def cause(self) -> str | None:
        """What does not exist, once the way was walked; None if it is a disagreement."""
        if self.absent:
            return f"there is no {listed([str(one) for one in self.absent], 'or')}"
        return None

    def choice(self) -> str:
        """The versions that the lines look at, of families of which only those were tried."""
        return ", ".join(
            packages_text(scope.variants, self._usable(name, scope.request.range), [])[0]
            for name, scope in self.scopes.items()
            if name in self.chosen and scope.variants
        )

    def _say(self, line: str) -> None:
        if line in self.lines:
            return
        if len(self.lines) >= _MOST_LINES:
            self.cut = True
            return
        self.lines.append(line)

    def state(
        self, claim: _Claim, against: Sequence[_Claim] = (), beside: Sequence[Requirement] = ()
    ) -> None:
        """Say who makes a claim, and how that one came in.

        Args:
            claim: The claim.
            against: Claims that it contradicts together with `beside`.
        """
        if claim.scope is None:
            self._involve(claim.requirement)
            self._say(asks(claim.requirement))
            return
        family = claim.requirement.name
        others = [one for one in against if one is not claim]
        same, escapes = list(claim.scope.variants), []
        for variant in self._dropped(claim.scope):
            wanted = variant.requirement_on(family)
            if wanted is None or self._possible(family, others, [*beside, wanted]):
                escapes.append(variant)
            else:
                same.append(variant)
        self.state_requirement(same, family)
        self.reach(claim.scope, escapes)

    def state_requirement(self, variants: Sequence[PackageVariant], family: str) -> None:
        """Say what variants of one family say about another, those that say the same together."""
        variants = sorted(variants, key=lambda one: (one.version, one.index or 0))
        groups: dict[str, list[PackageVariant]] = {}
        for variant, requirement in zip(variants, _requirements(variants, family), strict=True):
            groups.setdefault(str(requirement), []).append(variant)
        if len(groups) > _MOST_GROUPS:
            wanted = _requirements(variants, family)
            ranges = [one.range for one in wanted if one.range is not None]
            if not any(one.conflict for one in wanted):
                merged = Requirement.construct(family, ranges[0].union(ranges[1:]))
                groups = {str(merged): list(variants)}
        for number, (text, group) in enumerate(groups.items()):
            if number == _MOST_GROUPS:
                self.cut = True
                return
            subject, plural = self._packages(group)
            self._say(f"{subject} {says(Requirement(text), plural)}")

    def _packages(self, group: Sequence[PackageVariant]) -> tuple[str, bool]:
        name = group[0].name
        versions = VersionRange.from_versions([one.version for one in group])
        listing = known_versions(self.tables, name)
        return packages_text(group, self._usable(name, versions), listing)

    def _involve(self, request: Requirement) -> None:
        if request not in self.involved:
            self.involved.append(request)

    # -- the walk

    def nothing_left(self, family: str) -> None:
        """Say why no version of a family is left."""
        claims = self.claims(family)
        clashing = self.clash(family, claims)
        if clashing is not None:
            for claim in clashing:
                self.state(claim, clashing)
            if len(clashing) == 1 and not clashing[0].requirement.conflict:
                self.absent.append(clashing[0].requirement)
            return
        scope = self.scopes.get(family)
        if scope is not None and family in self.request:
            self._involve(self.request[family])
        merged = RequirementList([claim.requirement for claim in claims]).get(family)
        wanted = None if merged is None or merged.conflict else merged.range
        if not family.startswith("."):
            usable = self._usable(family, wanted)
            if not usable:
                self._all_hidden(family, claims, wanted)
            self.kept_out(family, usable)
        if scope is not None:
            self.reach(scope, ())

    def _all_hidden(self, family: str, claims: list[_Claim], wanted: VersionRange | None) -> None:
        """Say that all that could meet some claims is there and must not be used."""
        for claim in claims:
            self.state(claim)
        listing = known_versions(self.tables, family)
        hidden = [one for one in sorted(set(listing)) if wanted is None or one in wanted]
        if hidden:
            texts = [package_text(family, version) for version in hidden[-_NEAREST:]]
            more = "" if len(hidden) <= _NEAREST else " (and older ones)"
            self._say(f"a package filter hides {listed(texts)}{more}")

    def reach(self, scope: ReplayScope, dropped: Sequence[PackageVariant]) -> None:
        """Say how a family came in, and why variants that would have helped were dropped."""
        if scope.name in self._reached:
            return
        self._reached.add(scope.name)
        if scope.name in self.request:
            self._involve(self.request[scope.name])
        else:
            claims = [one for one in self.claims(scope.name) if one.scope is not scope]
            for claim in claims[:1]:
                self.state(claim)
        if dropped:
            self.kept_out(scope.name, dropped)

    def _dropped(self, scope: ReplayScope) -> list[PackageVariant]:
        """The variants that the claims on a family allow, and that were dropped all the same."""
        claims = [one for one in self.claims(scope.name) if one.scope is not scope]
        together = RequirementList([claim.requirement for claim in claims])
        merged = together.get(scope.name)
        if not scope.packages or together.conflict or merged is None or merged.conflict:
            return []
        left = set(scope.variants)
        return [one for one in self._usable(scope.name, merged.range) if one not in left]

    def kept_out(self, family: str, variants: Sequence[PackageVariant]) -> None:
        """Say what each of some variants of a family contradicts."""
        open_variants = list(variants)
        against: dict[str, list[PackageVariant]] = {}
        for variant in variants:
            for requirement in variant.requirements:
                other = self.scopes.get(requirement.name)
                if (
                    other is not None
                    and other.name != family
                    and requirement.conflicts_with(other.request)
                ):
                    against.setdefault(other.name, []).append(variant)
        for name in sorted(against, key=lambda one: -len(against[one])):
            blocked = [one for one in against[name] if one in open_variants]
            if blocked:
                open_variants = [one for one in open_variants if one not in blocked]
                self.state_requirement(blocked, name)
                self._why(name, _requirements(blocked, name), family)
        if open_variants and family not in self.chosen:
            self.chosen.append(family)

    def _why(self, family: str, beside: Sequence[Requirement], asker: str) -> None:
        """Say why what is left of a family contradicts each of some requirements of another."""
        claims = [
            one for one in self.claims(family) if one.scope is None or one.scope.name != asker
        ]
        for requirement in dict.fromkeys(beside):
            clashing = self.clash(family, claims, [requirement])
            for claim in clashing or ():
                self.state(claim, clashing or (), [requirement])
            if clashing is None:
                scope = self.scopes[family]
                self._say(f"only {scope.request} is left of {family}")
                self.reach(scope, self._dropped(scope))


def _requirements(variants: Iterable[PackageVariant], family: str) -> list[Requirement]:
    found = [variant.requirement_on(family) for variant in variants]
    return [one for one in found if one is not None]


class _Trials:
    """Solves of other requests, within a limit of time.

    Attributes:
        fails: Failed steps of the smallest request; None until `smallest` has found it.
        solved: The request has an answer after all.
    """

    def __init__(self, again: Again) -> None:
        self._again = again
        self._deadline = monotonic() + _SECONDS
        self.fails: int | None = None
        self.solved = False

    def solve(self, request: Sequence[Requirement]) -> Solver | None:
        """A solver that came to an end; None if a limit or an error kept it from that."""
        left = self._deadline - monotonic()
        if left <= 0:
            return None
        try:
            solver = self._again(request)
            solver.time_limit = left
            solver.solve()
        except RezError:
            return None
        if solver.callback_return is not None or solver.status.name not in ("solved", "failed"):
            return None
        return solver

    def smallest(self, request: list[Requirement]) -> tuple[list[Requirement], Replay | None]:
        """A part of the request without an answer, every smaller part of which has one."""
        core = list(request)
        found = self.solve(core)
        if found is None or found.status.name != "failed":
            self.solved = found is not None
            return request, None
        for one in request:
            fewer = [other for other in core if other is not one]
            solver = self.solve(fewer) if fewer else None
            if solver is not None and solver.status.name == "failed":
                core, found = fewer, solver
        self.fails = found.num_fails
        return core, found.failed_replay()

    def hints(
        self,
        core: list[Requirement],
        request: list[Requirement],
        tables: Tables,
        focus: str,
    ) -> list[str]:
        """Changes of one item of the request that were tried and give an answer."""
        found = []
        for one in core:
            hint = next(self._changes(one, request, tables, focus), None)
            if hint is not None:
                found.append(hint)
            if len(found) == _MOST_HINTS:
                break
        return found

    def without_one(self, core: list[Requirement], request: list[Requirement]) -> list[str]:
        """An item of the request without which there is an answer."""
        for one in core:
            solver = self.solve([other for other in request if other != one])
            if solver is not None and solver.status.name == "solved":
                return [f"there is an answer without {one}"]
        return []

    def _changes(
        self, one: Requirement, request: list[Requirement], tables: Tables, focus: str
    ) -> Iterator[str]:
        others = [other for other in request if other is not one]
        if one.conflict or one.name.startswith("."):
            solver = self.solve(others)
            if solver is not None and solver.status.name == "solved":
                yield f"there is an answer without {one}"
            return
        if one.range is None or one.range.is_any():
            return
        for version in closest_versions(one.range, known_versions(tables, one.name), _NEAREST):
            exact = Requirement.construct(one.name, VersionRange.from_version(version, "=="))
            solver = self.solve([exact if other is one else other for other in request])
            if solver is not None and solver.status.name == "solved":
                text = package_text(one.name, version)
                yield f"{text} instead of {one} would do{_reason(solver, one.name, focus)}"


def _reason(solver: Solver, family: str, focus: str) -> str:
    for variant in solver.resolved_packages or ():
        requirement = variant.requirement_on(focus) if variant.name == family else None
        if requirement is not None:
            return f": it {says(requirement, plural=False)}"
    return ""


# -- errors that name what does not exist ----------------------------------------------------------


def known_versions(tables: Tables, family: str) -> list[Version]:
    """The versions of a family that its source lists, those that a filter hides too."""
    listing = getattr(tables.source, "versions", None)
    if listing is None:
        return []
    return [Version(text) for text in listing(family) or ()]


def family_hints(family: str, tables: Tables) -> list[str]:
    """Names that the name of a family that does not exist may have been meant as."""
    names = closest_names(family, tables.source.family_names())
    return [f"did you mean {listed(names, 'or')}?"] if names else []


def explain_error(error: Exception, tables: Tables) -> list[str]:
    """Near misses for an error of a solve that named something that does not exist.

    Args:
        error: What `Solver` raised; a `PackageFamilyNotFoundError` or a `PackageNotFoundError`
            may have hints, other errors have none.
        tables: What the solve chose from.

    Returns:
        Hints, one line each; empty if nothing is near.
    """
    try:
        if isinstance(error, PackageFamilyNotFoundError) and error.family:
            return family_hints(error.family, tables)
        if isinstance(error, PackageNotFoundError) and error.requirement:
            return _version_hints(Requirement(error.requirement), tables)
    except RezError:
        pass
    return []


def _version_hints(requirement: Requirement, tables: Tables) -> list[str]:
    versions = sorted(set(known_versions(tables, requirement.name)))
    wanted = requirement.range
    if not versions or wanted is None:
        return []
    hidden = [version for version in versions if version in wanted]
    if hidden:
        texts = [package_text(requirement.name, version) for version in hidden[-_NEAREST:]]
        return [f"{listed(texts)} {'is' if len(texts) == 1 else 'are'} hidden by a package filter"]
    near = [package_text(requirement.name, one) for one in closest_versions(wanted, versions)]
    hints = [f"nearest to {requirement}: {listed(near, 'or')}"] if near else []
    if len(versions) > len(near):
        hints.append(
            f"{requirement.name} has {counted(len(versions), 'version')}, "
            f"from {versions[0]} to {versions[-1]}"
        )
    return hints

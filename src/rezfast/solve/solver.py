"""The solver's public face: a request and a search path in, an answer or a reason out."""

from __future__ import annotations

from time import monotonic

from rezfast._solver import NativeSolver
from rezfast._tables import PackageVariant, Tables
from rezfast.config import settings
from rezfast.errors import PackageRequestError, ResolveError
from rezfast.package.deadline import time_limit
from rezfast.solve.sources import CallbackSource, shared_tables
from rezfast.solve.status import SolverCallbackReturn, SolverState, SolverStatus
from rezfast.version import Requirement, VersionRange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from rezfast.repository import PackageRepository
    from rezfast.solve.explain import Explanation
    from rezfast.solve.failure import FailureReason
    from rezfast.solve.filters import PackageFilterBase
    from rezfast.solve.graph import Graph
    from rezfast.solve.hooks import SolveHooks
    from rezfast.solve.orderers import PackageOrderList
    from rezfast.solve.replay import Replay

    Callback = Callable[[SolverState], tuple[SolverCallbackReturn, str]]
    LoadFamily = Callable[[str, VersionRange], Iterable[Any] | None]

_MODES = ("version_priority", "intersection_priority")


class Solver:
    """Finds the one set of package variants that a request stands for (rez: `rez.solver.Solver`).

    Two requests that contradict each other make a solver that has failed already.

    Args:
        package_requests: What is asked for, as texts (`"maya-2024"`) or `Requirement` objects.
        package_paths: Where to look, first come first served: paths or repository objects.
            Default: the configured `packages_path`.
        load_family: Where to look instead: a function that is called as
            `load_family(name, version_range)` when the solve first needs packages of that family
            in that range, and returns them; see `CallbackSource`.
        tables: Where to look instead: tables that other solves share, from `make_tables`.
        package_filter: Hides packages.
        package_orderers: Which versions of a family are preferred. Default: descending.
        callback: Called after each solve step with a `SolverState`; answers a
            `SolverCallbackReturn` and a reason.
        building: Read the packages' `build_requires` too.
        variant_select_mode: `version_priority` or `intersection_priority`; default: configured.
        error_on_missing_variant_requires: Whether a requirement on a family that does not exist is
            an error, rather than a failed step; default: configured.
        max_fails: Give up after this many failed steps; -1: never.
        time_limit: Give up after this many seconds; -1: never.
        context: What late bound attributes of packages are evaluated in.
        prune_unfailed: Leave out of a failure graph what has no part in the failure.

    Raises:
        PackageRequestError, VersionError: A request is not one.
        PackageFamilyNotFoundError: A requested family is on no path.
        PackageNotFoundError: No package of a requested family is in the requested range.
        PackageMetadataError: A requested package cannot be read.
    """

    def __init__(
        self,
        package_requests: Iterable[str | Requirement],
        package_paths: Sequence[str | PackageRepository] | None = None,
        *,
        load_family: LoadFamily | None = None,
        tables: Tables | None = None,
        package_filter: PackageFilterBase | None = None,
        package_orderers: PackageOrderList | Iterable[Any] | None = None,
        callback: Callback | None = None,
        building: bool = False,
        variant_select_mode: str | None = None,
        error_on_missing_variant_requires: bool | None = None,
        max_fails: int = -1,
        time_limit: float = -1,
        context: object = None,
        prune_unfailed: bool = True,
    ) -> None:
        requests = list(package_requests)
        if tables is None:
            if load_family is not None:
                tables = Tables(CallbackSource(load_family))
            else:
                paths = settings().packages_path if package_paths is None else package_paths
                tables = shared_tables(paths)
        if variant_select_mode is None:
            variant_select_mode = settings().variant_select_mode
        if variant_select_mode not in _MODES:
            raise ResolveError(
                f"variant_select_mode is {variant_select_mode!r}: use one of {', '.join(_MODES)}"
            )
        if error_on_missing_variant_requires is None:
            error_on_missing_variant_requires = settings().error_on_missing_variant_requires
        self._tables = tables
        self._filter = package_filter
        self._orderers = package_orderers
        self._mode = variant_select_mode
        self._raise_missing = error_on_missing_variant_requires
        self._context = context
        self.building = building
        self.callback = callback
        self.max_fails = max_fails
        self.time_limit = time_limit
        self.prune_unfailed = prune_unfailed
        self.abort_reason: str | None = None
        self.callback_return: SolverCallbackReturn | None = None
        self.solve_time = 0.0
        self._requests = requests
        self._begun = False
        self._replays: dict[int, Replay] = {}
        self._native = self._start()

    def _start(self) -> NativeSolver:
        try:
            # requested packages are loaded here
            with time_limit(self.time_limit):
                return self._native_solver()
        except PackageRequestError as error:
            if isinstance(error.value, str) and error.value in self._requests:
                Requirement.package_request(
                    error.value
                )  # says what is wrong with the text, and where
            raise

    def _native_solver(self) -> NativeSolver:
        return NativeSolver(
            self._tables,
            self._requests,
            hooks=self._hooks() if self._filter or self._orderers else None,
            context=self._context,
            building=self.building,
            intersection_priority=self._mode == "intersection_priority",
            raise_missing=self._raise_missing,
        )

    def _hooks(self) -> SolveHooks:
        from rezfast.solve.hooks import SolveHooks
        from rezfast.solve.orderers import PackageOrderList, VariantSelectMode
        from rezfast.version import RequirementList

        orderers = self._orderers
        if orderers is not None and not isinstance(orderers, PackageOrderList):
            orderers = PackageOrderList.from_pod(orderers)
        request = RequirementList(
            Requirement.package_request(one) if isinstance(one, str) else one
            for one in self._requests
        )
        mode = VariantSelectMode[self._mode]
        return SolveHooks(self._filter, orderers, request.requirements, mode, self._tables)

    # -- solving -----------------------------------------------------------------------------------

    def solve(self) -> None:
        """Solve to the end, or until a limit or the callback stops it.

        Raises:
            ResolveError: The solve was begun before, or a package contradicts itself.
            PackageFamilyNotFoundError, PackageNotFoundError: A package requires what is not there.
            PackageMetadataError: A package that may be needed cannot be read.
        """
        if self._begun:
            raise ResolveError("cannot run solve() on a solve that has already been started")
        self._begun = True
        if self.status is not SolverStatus.unsolved:
            return
        start = monotonic()
        try:
            with time_limit(self.time_limit):
                if self.callback is None:
                    self._stopped(self._native.run(self.max_fails, self.time_limit))
                else:
                    self._solve_with_callback(start)
        finally:
            self.solve_time = monotonic() - start

    def solve_step(self) -> None:
        """Take one step of the solve, if it is not done (rez: `Solver.solve_step`)."""
        self._begun = True
        self._native.step()

    def _stopped(self, stop: str) -> None:
        if stop == "max_fails":
            self.callback_return = SolverCallbackReturn.fail
            self.abort_reason = f"fail limit reached: aborted after {self.num_fails} failures"
        elif stop == "time_limit":
            self.callback_return = SolverCallbackReturn.abort
            self.abort_reason = "time limit exceeded"

    def _solve_with_callback(self, start: float) -> None:
        assert self.callback is not None
        native = self._native
        while self.status is SolverStatus.unsolved:
            native.step()
            if self.status is not SolverStatus.unsolved:
                return None
            if 0 <= self.max_fails <= native.num_fails and native.num_fails:
                return self._stopped("max_fails")
            if 0 <= self.time_limit < monotonic() - start:
                return self._stopped("time_limit")
            state = SolverState(native.num_solves, native.num_fails, self._describe)
            answer, reason = self.callback(state)
            if answer is SolverCallbackReturn.keep_going or (
                answer is SolverCallbackReturn.fail and not native.num_fails
            ):
                continue
            self.abort_reason = reason
            self.callback_return = answer
            return None
        return None

    def _describe(self) -> str:
        from rezfast.solve.replay import Replay

        self._native.take_up()
        return " ".join(str(scope) for scope in Replay(self._native).scopes)

    def reset(self) -> None:
        """Forget the solve, so that it may be run again."""
        if self._native.request_conflict is None:
            self._native = self._start()
            self._begun = False
            self._replays.clear()
            self.abort_reason = self.callback_return = None

    # -- how it went -------------------------------------------------------------------------------

    @property
    def status(self) -> SolverStatus:
        """State of the solve: `unsolved`, `solved` or `failed`."""
        if self.callback_return is SolverCallbackReturn.fail:
            return SolverStatus.failed
        native = self._native.status
        if native == "solved":
            return SolverStatus.solved
        return SolverStatus.failed if native in ("failed", "cyclic") else SolverStatus.unsolved

    def summary(self) -> str:
        """How it went, in one line: `solved: 3 steps, 1 failed`."""
        steps = f"{self.num_solves} step{'s' * (self.num_solves != 1)}"
        return f"{self.status.name}: {steps}, {self.num_fails} failed"

    @property
    def num_solves(self) -> int:
        """Solve steps taken, failed ones included."""
        return self._native.num_solves

    @property
    def num_fails(self) -> int:
        """Solve steps that failed."""
        return self._native.num_fails

    @property
    def cyclic_fail(self) -> bool:
        """Whether the solve ended at a cycle of requirements."""
        return self._native.status == "cyclic"

    @property
    def request_list(self) -> list[Requirement]:
        """The merged request, in the order of asking; empty if it contradicts itself."""
        return self._native.merged_request

    @property
    def resolved_packages(self) -> list[PackageVariant] | None:
        """The variants of the answer, requirements first; None unless solved."""
        if self._native.status != "solved":
            return None
        return self._native.resolved_packages()

    @property
    def resolved_ephemerals(self) -> list[Requirement] | None:
        """The ephemerals of the answer with their final ranges; None unless solved."""
        if self._native.status != "solved":
            return None
        return self._native.resolved_ephemerals()

    @property
    def solve_stats(self) -> dict[str, dict[str, float]]:
        """Counts of what the solve did, and its time in seconds."""
        native = self._native
        return {
            "global": {
                "num_solves": native.num_solves,
                "num_fails": native.num_fails,
                "solve_time": self.solve_time,
            },
            "extractions": {"num_extractions": native.num_extractions},
            "intersections": {"num_intersections": native.num_intersections},
            "reductions": {"num_reductions": native.num_reductions},
        }

    # -- why it failed -----------------------------------------------------------------------------

    def failure_reason(self, failure_index: int | None = None) -> FailureReason | None:
        """Why a step failed.

        Args:
            failure_index: Which failed step, from 0, negative from the end. Default: the cycle if
                there is one, the last failure if a limit or the callback ended the solve, else
                the first failure.

        Raises:
            IndexError: There is no such failure.
        """
        return self.failed_replay(failure_index).failure

    def failure_description(self, failure_index: int | None = None) -> str:
        """The failure in rez's words, with the reason why the solve was given up, if it was."""
        reason = self.failure_reason(failure_index)
        text = "Solver failed with unknown reason." if reason is None else reason.description()
        if (
            failure_index is None
            and not self.cyclic_fail
            and self.callback_return is SolverCallbackReturn.fail
            and self.abort_reason
        ):
            return f"{self.abort_reason}:\n{text}"
        return text

    def failure_packages(self, failure_index: int | None = None) -> list[Requirement] | None:
        """The requirements that take part in a failure."""
        reason = self.failure_reason(failure_index)
        return None if reason is None else reason.involved_requirements()

    def explanation(self) -> Explanation:
        """The failure in plain words: what came from where, where it cannot meet, what may help.

        Raises:
            ResolveError: The solve has not failed.
        """
        from rezfast.solve.explain import explain

        if self.status is not SolverStatus.failed:
            raise ResolveError("the solve has not failed: there is nothing to explain")
        return explain(self.failed_replay(), self.request_list, self._tables, self._variation)

    def _variation(self, request: Sequence[Requirement]) -> Solver:
        """A solver of another request, all else as here."""
        return Solver(
            request,
            tables=self._tables,
            package_filter=self._filter,
            package_orderers=self._orderers,
            building=self.building,
            variant_select_mode=self._mode,
            error_on_missing_variant_requires=self._raise_missing,
            context=self._context,
        )

    def get_graph(self) -> Graph:
        """The resolve graph: the answer and its requirements, or the failure."""
        from rezfast.solve.graph import resolve_graph

        if self.status is SolverStatus.failed:
            return self.get_fail_graph()
        return resolve_graph(self._replay(max(self.num_solves, 1)), self.request_list, prune=False)

    def get_fail_graph(self, failure_index: int | None = None) -> Graph:
        """The graph of a failed step (see `failure_reason`)."""
        from rezfast.solve.graph import resolve_graph

        replay = self.failed_replay(failure_index)
        return resolve_graph(replay, self.request_list, prune=self.prune_unfailed)

    def failed_replay(self, failure_index: int | None = None) -> Replay:
        """A failed step once more, with its scopes and extractions (see `failure_reason`)."""
        from rezfast.solve.replay import Replay

        conflict = self._native.request_conflict
        if conflict is not None:
            if failure_index not in (None, 0, -1):
                raise IndexError("failure index out of range")
            return Replay.of_request_conflict(*conflict)
        steps = self._native.failed_steps
        if failure_index is None:
            ended = self.cyclic_fail or self.callback_return is SolverCallbackReturn.fail
            failure_index = -1 if ended else 0
        try:
            step = steps[failure_index]
        except IndexError:
            raise IndexError("failure index out of range") from None
        return self._replay(step)

    def _replay(self, step: int) -> Replay:
        """Repeat one step of the solve in rez's order, where it can be watched."""
        from rezfast.solve.replay import Replay

        found = self._replays.get(step)
        if found is None:
            native = self._start()
            native.advance(step)
            found = Replay(native, self._native)
            found.run()
            if self.cyclic_fail and step == self.num_solves:
                found.set_cycle(self._native.cycle_packages())
            elif self._native.status == "solved" and step == self.num_solves:
                found.set_solution(self._native.resolved_packages())
            self._replays[step] = found
        return found

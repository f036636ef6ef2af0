"""Runs the solve of a context and takes over what comes of it (rez: `rez.resolver.Resolver`).

A failure's description and the resolve graph need a step of the solve again, so the context keeps
the solver, and works them out when somebody asks.
"""

from __future__ import annotations

import sys
from time import monotonic

from rezfast.config import settings
from rezfast.context.status import ResolverStatus
from rezfast.solve.solver import Solver
from rezfast.solve.sources import RepositorySource, make_tables, shared_tables
from rezfast.solve.status import SolverStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from rezfast._tables import PackageVariant, Tables
    from rezfast.context.state import ContextState, SolveCallback, TextWriter
    from rezfast.package.model import Package, Variant
    from rezfast.solve.filters import PackageFilterBase
    from rezfast.solve.status import SolverCallbackReturn, SolverState

_STATUS = {
    SolverStatus.solved: ResolverStatus.solved,
    SolverStatus.failed: ResolverStatus.failed,
}


def resolve(
    context: ContextState,
    *,
    max_fails: int,
    time_limit: float,
    callback: SolveCallback | None,
    package_load_callback: Callable[[Package], Any] | None,
    buf: TextWriter | None,
    print_stats: bool,
) -> None:
    """Solve the context's request; the context has the answer, or the reason why there is none.

    Args:
        context: The context, its options set.
        max_fails, time_limit, callback, package_load_callback, buf, print_stats: See
            `ResolvedContext`.

    Raises:
        RezError: See `ResolvedContext`.
    """
    tables = _tables(context, package_load_callback)
    source = tables.source
    assert isinstance(source, RepositorySource)
    loaded, load_time = source.num_loaded, source.load_time
    start = monotonic()  # what is requested is loaded before the solve begins
    solver = Solver(
        context.requested_packages(include_implicit=True),
        tables=tables,
        package_filter=_package_filter(context),
        package_orderers=context.package_orderers if context.has_orderers else None,
        callback=_told(callback, buf) if context.verbosity else callback,
        building=context.building,
        max_fails=max_fails,
        time_limit=time_limit,
        context=context,
        prune_unfailed=settings().prune_failed_graph,
    )
    solver.solve()
    if context.verbosity:
        # a small request takes no step that would be told of
        print(solver.summary(), file=buf or sys.stdout)
    context._solver = solver
    context.status_ = _STATUS.get(solver.status, ResolverStatus.aborted)
    context.from_cache = False
    context.num_loaded_packages = source.num_loaded - loaded
    context.load_time = source.load_time - load_time
    context.solve_time = monotonic() - start
    answer = solver.resolved_packages
    if answer is not None:
        context._resolved_packages = _variants(context, source, answer)
        context._resolved_ephemerals = solver.resolved_ephemerals
    if print_stats:
        from pprint import pformat

        print(pformat({"solve_stats": solver.solve_stats}), file=buf or sys.stdout)


def _tables(context: ContextState, told: Callable[[Package], Any] | None) -> Tables:
    if told is None:
        return shared_tables(context.package_paths)
    # what other solves have loaded is loaded again, or nobody would be told of it
    tables = make_tables(context.package_paths)
    source = tables.source
    assert isinstance(source, RepositorySource)
    tell = told

    def loading(name: str, positions: list[int]) -> None:
        from rezfast.package.model import Package
        from rezfast.repository.resources import package_resource

        for position in positions:
            tell(Package(package_resource(*source.place(name, position)), context=context))

    source.before_load = loading
    return tables


def _package_filter(context: ContextState) -> PackageFilterBase | None:
    """The filter, without importing what reads rules when there are none."""
    if not (context.has_filter or context.requested_timestamp):
        return None
    from rezfast.solve.filters import with_timestamp

    return with_timestamp(context.package_filter, context.requested_timestamp)


def _told(callback: SolveCallback | None, buf: TextWriter | None) -> SolveCallback:
    """A callback that tells each step and then asks the other one."""
    from rezfast.solve.status import SolverCallbackReturn

    def tell(state: SolverState) -> tuple[SolverCallbackReturn, str]:
        print(state, file=buf or sys.stdout)
        if callback is not None:
            return callback(state)
        return SolverCallbackReturn.keep_going, ""

    return tell


def _variants(
    context: ContextState, source: RepositorySource, answer: list[PackageVariant]
) -> list[Variant]:
    # deferred: a failed resolve needs no package objects
    from rezfast.package.model import Variant
    from rezfast.repository.resources import package_resource

    found = []
    for one in answer:
        package = package_resource(*source.place(one.name, one.listing_position))
        found.append(Variant(package.variant(one.index), context=context))
    return found

"""`ContextState`: what is in a context. What can be done with it is in `ResolvedContext`."""

from __future__ import annotations

import os
from time import time

from rezfast.config import settings
from rezfast.config.sources import REZ_VERSION
from rezfast.context.resolve import resolve
from rezfast.context.status import ResolverStatus
from rezfast.errors import ResolvedContextError, RezError
from rezfast.package.cached import cached
from rezfast.version import Requirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Protocol

    from rezfast.context.patch import PatchLock
    from rezfast.package.model import Package, Variant
    from rezfast.solve.filters import PackageFilterBase
    from rezfast.solve.graph import Graph
    from rezfast.solve.orderers import PackageOrderList
    from rezfast.solve.solver import Solver
    from rezfast.solve.status import SolverCallbackReturn, SolverState

    SolveCallback = Callable[[SolverState], tuple[SolverCallbackReturn, str]]
    ResolveDiff = dict[str, Any]

    class TextWriter(Protocol):
        def write(self, text: str, /) -> object: ...

    class TextReader(Protocol):
        def read(self) -> str: ...


class ContextState:
    """A request, its options and what came of it; see `ResolvedContext`.

    Args:
        package_requests: What is asked for, as texts (`"maya-2024"`) or `Requirement` objects.
        verbosity: 1 or more: tell each step of the solve to `buf`; 2 or more: an error in a
            package's commands comes with its traceback.
        timestamp: Packages released later are ignored; seconds since the epoch.
        building: The context is for a build: `build_requires` count too.
        testing: The context is for a package's tests.
        caching: Whether shared caches of resolves may be used; None: as configured.
        package_paths: The search path; None: the configured one.
        package_filter: Hides packages; None: the configured one.
        package_orderers: Preferences among versions; None: the configured ones.
        max_fails: Give up after this many failed steps; -1: never.
        add_implicit_packages: Ask for the configured `implicit_packages` too.
        time_limit: Give up after this many seconds; -1: never.
        callback: Called after each solve step; see `Solver`.
        package_load_callback: Called with each `Package` just before its definition is read.
        buf: Where steps and statistics are told; None: stdout.
        suppress_passive: Taken as in rez; what it leaves out is never told here.
        print_stats: Tell counts and times of the solve to `buf`.
        package_caching: Whether payloads may come from the package cache; None: true, for a build
            as configured (`package_cache_during_build`).
        package_cache_async: Whether payloads are cached in the background; None: as configured.

    Raises:
        PackageRequestError, VersionError: A request is not one.
        PackageFamilyNotFoundError, PackageNotFoundError: A package that is asked for or required
            is not there.
        PackageMetadataError: A package that may be needed cannot be read.
        ConfigurationError: A setting cannot be used.

    Attributes:
        load_path: The file that the context was loaded from, or None.
        requested_timestamp: The `timestamp` that was given.
        timestamp: That, else when the resolve was asked for; seconds since the epoch.
        building, testing, caching, verbosity, package_paths, package_filter, package_orderers,
            package_caching, package_cache_async: As given, or the configured value.
        implicit_packages: The requests that the configuration added.
        append_sys_path: Whether environments end their `PATH` with the system's directories.
        default_patch_lock: The lock of packages that `patch_locks` does not name.
        patch_locks: Locks by package name.
        rez_version: The version of rez whose behaviour this is.
        rez_path: Where the code is that resolved.
        created: When; seconds since the epoch.
        status_: The same as `status`.
        graph_string: The resolve graph as text, of a context that was loaded.
        from_cache: Whether the answer came from a shared cache; None before there is one.
        solve_time: Seconds that the resolve took, loading included.
        load_time: Seconds of them that went into loading packages.
        num_loaded_packages: Definitions that were read for it; -1: unknown.
        parent_suite_path: The suite that the context is part of, or None.
        suite_context_name: Its name in that suite, or None.
    """

    load_path: str | None
    requested_timestamp: float | None
    timestamp: float
    implicit_packages: list[Requirement]
    package_paths: list[str]
    patch_locks: dict[str, PatchLock]
    graph_string: str | None
    from_cache: bool | None
    parent_suite_path: str | None
    suite_context_name: str | None
    _resolved_packages: list[Variant] | None
    _resolved_ephemerals: list[Requirement] | None
    _bindings: dict[str, Any] | None
    _filter_pod: Any
    _orderers_pod: Any
    #: What `environment` keeps between two runs.
    _prepared: Any = None
    #: What resolved it; None in a context that was loaded.
    _solver: Solver | None

    #: Major and minor version of the .rxt format that `save` writes.
    serialize_version = (4, 9)

    class Callback:
        """What ends a solve (rez: `ResolvedContext.Callback`), for solvers that take callbacks.

        Args:
            max_fails: Give up after this many failed steps; -1: never.
            time_limit: Give up after this many seconds from now; -1: never.
            callback: Asked when neither limit is reached.
            buf: Kept for the callback.
        """

        def __init__(
            self,
            max_fails: int,
            time_limit: int,
            callback: SolveCallback | None,
            buf: TextWriter | None = None,
        ) -> None:
            self.max_fails = max_fails
            self.time_limit = time_limit
            self.callback = callback
            self.start_time = time()
            self.buf = buf

        def __call__(self, state: SolverState) -> tuple[SolverCallbackReturn, str]:
            from rezfast.solve.status import SolverCallbackReturn

            if self.max_fails != -1 and state.num_fails >= self.max_fails:
                reason = f"fail limit reached: aborted after {state.num_fails} failures"
                return SolverCallbackReturn.fail, reason
            if self.time_limit != -1 and time() - self.start_time > self.time_limit:
                return SolverCallbackReturn.abort, "time limit exceeded"
            if self.callback is not None:
                return self.callback(state)
            return SolverCallbackReturn.keep_going, ""

    def __init__(
        self,
        package_requests: Iterable[str | Requirement],
        verbosity: int = 0,
        timestamp: float | None = None,
        building: bool = False,
        testing: bool = False,
        caching: bool | None = None,
        package_paths: Sequence[str] | None = None,
        package_filter: PackageFilterBase | None = None,
        package_orderers: Iterable[Any] | None = None,
        max_fails: int = -1,
        add_implicit_packages: bool = True,
        time_limit: int = -1,
        callback: SolveCallback | None = None,
        package_load_callback: Callable[[Package], Any] | None = None,
        buf: TextWriter | None = None,
        suppress_passive: bool = False,
        print_stats: bool = False,
        package_caching: bool | None = None,
        package_cache_async: bool | None = None,
    ) -> None:
        configured = settings()
        self.load_path = None
        self.verbosity = verbosity
        self.requested_timestamp = timestamp
        self.timestamp = timestamp or int(time())
        self.building = building
        self.testing = testing
        self.caching = configured.resolve_caching if caching is None else caching
        self._package_requests = [_request(one) for one in package_requests]
        implicit = configured.implicit_packages if add_implicit_packages else ()
        self.implicit_packages = [_request(one) for one in implicit]
        paths = configured.packages_path if package_paths is None else package_paths
        self.package_paths = list(dict.fromkeys(paths))
        self._filter_pod = configured.package_filter or ()
        if package_filter is not None:
            self.__dict__["package_filter"] = package_filter
        self._orderers_pod = configured.package_orderers or ()
        if package_orderers is not None:
            from rezfast.solve.orderers import PackageOrderList

            self.__dict__["package_orderers"] = PackageOrderList(package_orderers)
        self.append_sys_path = True
        if package_caching is None:
            package_caching = configured.package_cache_during_build if building else True
        self.package_caching = package_caching
        if package_cache_async is None:
            package_cache_async = configured.package_cache_async
        self.package_cache_async = package_cache_async
        self.patch_locks = {}
        self.rez_version = REZ_VERSION
        self.created = int(time())
        self.status_ = ResolverStatus.pending
        self._resolved_packages = None
        self._resolved_ephemerals = None
        self.graph_string = None
        self._solver = None
        self.from_cache = None
        self.solve_time = self.load_time = 0.0
        self.num_loaded_packages = 0
        self._bindings = None
        self.parent_suite_path = self.suite_context_name = None
        resolve(
            self,
            max_fails=max_fails,
            time_limit=time_limit,
            callback=callback,
            package_load_callback=package_load_callback,
            buf=buf,
            print_stats=print_stats,
        )

    # -- worked out when it is asked for -------------------------------------------------------

    @cached
    def package_filter(self) -> PackageFilterBase:
        """What hides packages from the resolve."""
        from rezfast.solve.filters import PackageFilterList

        return PackageFilterList.from_pod(self._filter_pod)

    @cached
    def package_orderers(self) -> PackageOrderList | None:
        """Preferences among versions; None in a loaded context that has none, as in rez."""
        from rezfast.solve.orderers import PackageOrderList

        return PackageOrderList.from_pod(self._orderers_pod)

    @property
    def has_filter(self) -> bool:
        """Whether some package may be hidden; needs none of the modules that filters are in."""
        return bool(self.__dict__.get("package_filter", self._filter_pod))

    @property
    def has_orderers(self) -> bool:
        """Whether there are orderers; needs none of the modules that they are in."""
        return bool(self.__dict__.get("package_orderers", self._orderers_pod))

    def set_rules(self, package_filter: Any, package_orderers: Any) -> None:
        """Take filter and orderers as plain data.

        Raises:
            ConfigurationError: A rule is none.
        """
        self._filter_pod = package_filter or ()
        self._orderers_pod = package_orderers or ()
        # now, so that a wrong one shows now
        if package_filter:
            self.package_filter  # noqa: B018
        if package_orderers:
            self.package_orderers  # noqa: B018
        else:
            self.__dict__["package_orderers"] = None

    @cached
    def default_patch_lock(self) -> PatchLock:
        """The lock of packages that `patch_locks` does not name."""
        from rezfast.context.patch import PatchLock

        return PatchLock.no_lock

    @cached
    def rez_path(self) -> str:
        """Where the code is that resolved."""
        return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

    @cached
    def user(self) -> str:
        """Who resolved."""
        return settings().system.user

    @cached
    def host(self) -> str:
        """Where: the machine's name."""
        return settings().system.hostname

    @cached
    def platform(self) -> str:
        """The machine's platform."""
        return settings().system.platform

    @cached
    def arch(self) -> str:
        """The machine's architecture."""
        return settings().system.arch

    @cached
    def os(self) -> str:
        """The machine's operating system."""
        return settings().system.os

    @cached
    def failure_description(self) -> str | None:
        """Why there is no answer, in rez's words; None if there is one."""
        solver = self._solver
        if solver is None or self.status_ is ResolverStatus.solved:
            return None
        aborted = self.status_ is ResolverStatus.aborted
        return solver.abort_reason if aborted else solver.failure_description()

    @cached
    def graph_(self) -> Graph | None:
        """The resolve graph, of a context that was resolved here; None of one that was loaded."""
        return None if self._solver is None else self._solver.get_graph()

    # -- how it went -------------------------------------------------------------------------------

    @property
    def success(self) -> bool:
        """Whether there is an answer."""
        return self.status_ is ResolverStatus.solved

    @property
    def status(self) -> ResolverStatus:
        """State of the context."""
        return self.status_

    def requested_packages(self, include_implicit: bool = False) -> list[Requirement]:
        """What was asked for.

        Args:
            include_implicit: With the implicit packages, after the others.
        """
        if include_implicit:
            return self._package_requests + self.implicit_packages
        return self._package_requests

    @property
    def resolved_packages(self) -> list[Variant] | None:
        """The variants of the answer, requirements first; None if there is no answer."""
        return self._resolved_packages

    @property
    def resolved_ephemerals(self) -> list[Requirement] | None:
        """The ephemerals of the answer with their final ranges; None if there is no answer."""
        return self._resolved_ephemerals

    @property
    def has_graph(self) -> bool:
        """Whether there is a resolve graph."""
        return self._solver is not None or bool(self.graph_string)

    def get_resolved_package(self, name: str) -> Variant | None:
        """The variant of a family in the answer, or None."""
        return next((one for one in self._resolved_packages or () if one.name == name), None)

    def set_load_path(self, path: str) -> None:
        """Say which file the context is in, so that environments can name it."""
        self.load_path = path

    def is_current(self) -> bool | None:
        """Whether this process runs in this context's environment; None: in none at all."""
        if not self.load_path:
            return False
        path = os.getenv("REZ_RXT_FILE")
        return self.load_path == path if path and os.path.exists(path) else None

    def validate(self) -> None:
        """Check the definition of every package of the answer.

        Raises:
            ResolvedContextError: One cannot be read or holds a wrong value, or there is no answer.
        """
        try:
            for variant in self._answer():
                variant.validate_data()
        except ResolvedContextError:
            raise
        except RezError as error:
            raise ResolvedContextError(f"{type(error).__name__}: {error}") from error

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ContextState)
            and other.requested_packages(True) == self.requested_packages(True)
            and other._resolved_packages == self._resolved_packages
        )

    def __hash__(self) -> int:
        answer = self._resolved_packages
        return hash(
            (tuple(self.requested_packages(True)), None if answer is None else tuple(answer))
        )

    def __str__(self) -> str:
        request = " ".join(map(str, self.requested_packages(True)))
        if not self.success:
            return f"{type(self).__name__}:{self.status_.name}({request})"
        answer = " ".join(one.qualified_name for one in self._answer())
        return f"{self.status_.name}({request} ==> {answer})"

    def _answer(self) -> list[Variant]:
        """The variants of the answer.

        Raises:
            ResolvedContextError: There is none.
        """
        if self.status_ is not ResolverStatus.solved or self._resolved_packages is None:
            raise ResolvedContextError(
                "the context's resolve failed: it has no packages to do this with"
            )
        return self._resolved_packages

    def _get_pre_resolve_bindings(self) -> dict[str, Any]:
        """What commands and late bound attributes find by name, packages apart.

        As in rez these are made once: in a context whose resolve met a late bound requirement,
        `ephemerals` stays as empty as it was then.
        """
        if self._bindings is None:
            from rezfast.context.environment import pre_resolve_bindings

            self._bindings = pre_resolve_bindings(self)
        return self._bindings


def _request(given: str | Requirement) -> Requirement:
    return Requirement.package_request(given) if isinstance(given, str) else given

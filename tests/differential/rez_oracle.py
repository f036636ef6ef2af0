"""rez 3.4.0 as the oracle of a solve: a case of plain data in, an `Outcome` of plain data out.

rez runs in this process on its own in-memory repositories and on a configuration of its own (rez's
defaults, no user file, no environment variable, no memcached), which is swapped in for the time of
one solve only. Whatever rez prints is kept out of the test run.
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import rez.config
from differential.solver_cases import NO_VERSION, SolverCase, backwards
from rez.exceptions import RezError, RezSystemError
from rez.package_filter import PackageFilterList
from rez.package_order import PackageOrder, PackageOrderList, register_orderer
from rez.package_repository import package_repository_manager
from rez.solver import Solver, SolverCallbackReturn, SolverState
from rez.utils.resources import ResourcePool
from rez.version import Requirement, Version, VersionedObject, VersionError
from rezplugins.package_repository.memory import MemoryPackageRepository

# Exceptions that rez never raises on purpose: its answer is a crash, so there is nothing to equal.
CRASHES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RecursionError,
    RezSystemError,
    RuntimeError,
    TypeError,
)


@dataclass
class Outcome:
    """What one solve came to, in plain data.

    Attributes:
        status: "solved" or "failed"; "error" when it raised; "crash" when it broke on a bug.
        error: Class name of the exception, for "error" and "crash".
        message: Text of that exception; never compared, it is for the person who reads a report.
        stage: "construct" or "solve": which call raised.
        resolved: (name, version, variant index) in order.
        ephemerals: Resolved ephemerals as text, in order.
        num_solves, num_fails: The solver's own counts; None when it raised.
        failure: Class name of the failure reason; None when solved, or failed without a reason.
        description: Text of the failure; None when solved, or when asking for it broke.
        failures: The same two for every failed step; the first and the last few of many.
        graph: The solve graph's nodes and edges by their labels, sorted; None when rez broke on it.
        cyclic: The solve found a solution that holds a cycle.
    """

    status: str
    error: str | None = None
    message: str = ""
    stage: str | None = None
    resolved: list[tuple[str, str, int | None]] = field(default_factory=list)
    ephemerals: list[str] = field(default_factory=list)
    num_solves: int | None = None
    num_fails: int | None = None
    failure: str | None = None
    description: str | None = None
    failures: list[tuple[str | None, str | None]] = field(default_factory=list)
    graph: list[str] | None = None
    cyclic: bool = False


class BackwardsOrder(PackageOrder):  # type: ignore[misc]
    """An orderer of a user's own."""

    name = "backwards"

    def sort_key_implementation(self, package_name: str, version: Version) -> str:
        """See `PackageOrder`."""
        return backwards(version)

    @classmethod
    def from_pod(cls, data: dict[str, Any]) -> BackwardsOrder:
        """See `PackageOrder`."""
        return cls(packages=data.get("packages"))


register_orderer(BackwardsOrder)


def solve(case: SolverCase) -> Outcome:
    """rez's outcome of a case."""
    with _quiet(), _rez_config(case) as paths:
        return _solve(case, paths)


def differences(expected: Outcome, actual: Outcome) -> list[str]:
    """What is not the same in two outcomes, one line each; empty when they are equal.

    Not compared: the wording of errors, which cycle was found when there are several (rez picks by
    the order of a set), and the order of the conflicts that a failure lists.
    """
    if expected.status == "crash":
        return [] if actual.status != "crash" else [f"crash: {actual.error}: {actual.message}"]
    names = ["status", "error", "stage"]
    if expected.status in ("solved", "failed"):
        names += ["resolved", "ephemerals", "num_solves", "num_fails", "failure", "cyclic"]
    found = [
        f"{name}: {getattr(expected, name)!r} in rez, {getattr(actual, name)!r} here"
        for name in names
        if getattr(expected, name) != getattr(actual, name)
    ]
    if not found and not _same_description(expected.description, actual.description):
        found.append(f"description: {expected.description!r} in rez, {actual.description!r} here")
    if not found:
        found = _different_failures(expected, actual)
    if not found and not expected.cyclic and expected.graph not in (None, actual.graph):
        found = _different_lines("graph", expected.graph or [], actual.graph or [])
    if actual.status in ("error", "crash") and found:
        found.append(f"message here: {actual.message}")
    return found


def contradictions(case: SolverCase, outcome: Outcome) -> list[str]:
    """What a solved outcome breaks of its case's request and of its own packages' requirements.

    Independent of any solver: it holds rez's answers to their word, and is all that can be asked
    where rez crashes.
    """
    chosen = {name: Version(version) for name, version, _ in outcome.resolved}
    ephemerals = {item.name: item for item in map(Requirement, outcome.ephemerals)}
    wanted = [("", text) for text in case["request"]]
    for name, version, index in outcome.resolved:
        package = _first_package(case, name, version)
        requires = list(package.get("requires", []))
        if case["building"]:
            requires += package.get("build_requires", [])
        if index is not None:
            requires += package["variants"][index]
        wanted += [(name, text) for text in requires]
    found = []
    for source, text in wanted:
        wish = Requirement(text)
        if wish.name == source and wish.conflict:
            continue  # rez never holds a package to what it says of itself
        met: Any = None
        if wish.name in chosen:
            met = VersionedObject.construct(wish.name, chosen[wish.name])
        elif wish.name in ephemerals:
            met = ephemerals[wish.name]
        if wish.conflicts_with(met) if met else not wish.conflict:
            found.append(f"{source or 'the request'} wants {text}, answered with {met}")
    return found


def _first_package(case: SolverCase, name: str, version: str) -> dict[str, Any]:
    wanted = Version(version)
    for repository in case["repositories"]:
        family = repository.get(name, {})
        keys = [NO_VERSION] if NO_VERSION in family else list(family)
        for key in keys:
            if Version("" if key == NO_VERSION else key) == wanted:
                return family[key]
    raise LookupError(f"no {name}-{version} in the case")


def _different_failures(expected: Outcome, actual: Outcome) -> list[str]:
    for i, (theirs, ours) in enumerate(zip(expected.failures, actual.failures, strict=True)):
        if theirs[0] != ours[0] or not _same_description(theirs[1], ours[1]):
            return [f"failure {i}: {theirs} in rez, {ours} here"]
    return []


def _different_lines(name: str, theirs: list[str], ours: list[str]) -> list[str]:
    missing, added = Counter(theirs) - Counter(ours), Counter(ours) - Counter(theirs)
    return [f"{name}: {sorted(missing)} in rez only, {sorted(added)} here only"]


def _same_description(expected: str | None, actual: str | None) -> bool:
    if expected is None or expected.startswith("A cyclic dependency"):
        return True
    return actual is not None and (
        expected == actual or _description_items(expected) == _description_items(actual)
    )


def _description_items(text: str) -> Counter[str]:
    """The text before the first conflict, and each conflict: `head: (a) (b)` in any order."""
    head, mark, listed = text.partition(": (")
    return Counter([head, *re.split(r"\)\s+\(", listed.removesuffix(")"))] if mark else [text])


def _solve(case: SolverCase, paths: list[str]) -> Outcome:
    stage = "construct"
    try:
        solver = Solver(
            [Requirement(text) for text in case["request"]],
            package_paths=paths,
            package_filter=PackageFilterList.from_pod(case["package_filter"]),
            package_orderers=PackageOrderList.from_pod(case["package_orderers"]),
            callback=_fail_limit(case["max_fails"]),
            building=case["building"],
        )
        stage = "solve"
        solver.solve()
    except Exception as error:
        kind = "crash" if _is_crash(error) else "error"
        return Outcome(kind, type(error).__name__, str(error), stage)
    return _answer(solver)


def _answer(solver: Solver) -> Outcome:
    outcome = Outcome(
        solver.status.name,
        num_solves=solver.num_solves,
        num_fails=solver.num_fails,
        cyclic=solver.cyclic_fail,
    )
    if outcome.status == "solved":
        outcome.resolved = [(v.name, str(v.version), v.index) for v in solver.resolved_packages]
        outcome.ephemerals = [str(request) for request in solver.resolved_ephemerals]
    else:
        reason = solver.failure_reason()
        outcome.failure = None if reason is None else type(reason).__name__
        with contextlib.suppress(*CRASHES):
            outcome.description = solver.failure_description()
    for i in shown_failures(solver.num_fails):
        reason = solver.failure_reason(i)
        text = None
        with contextlib.suppress(*CRASHES):
            text = solver.failure_description(i)
        outcome.failures.append((None if reason is None else type(reason).__name__, text))
    with contextlib.suppress(*CRASHES):
        outcome.graph = _graph_lines(solver.get_graph())
    return outcome


def shown_failures(count: int) -> list[int]:
    """The indices of the failures that an outcome shows."""
    return [i for i in range(count) if i < 3 or i >= count - 2]


def graph_lines(
    nodes: dict[Any, dict[str, Any]], edges: dict[tuple[Any, Any], dict[str, Any]]
) -> list[str]:
    """A graph as one line for each node and each edge, whatever the ids of its nodes."""
    labels = {node: attributes["label"] for node, attributes in nodes.items()}
    lines = [f"{labels[node]} {_attributes(named)}" for node, named in nodes.items()]
    for (a, b), named in edges.items():
        label = named.get("label", "")
        lines.append(f"{labels[a]} -> {labels[b]} {label} {_attributes(named)}")
    return sorted(lines)


def _attributes(named: dict[str, Any]) -> str:
    # rez keeps the quotes that the dot format wants around a style
    texts = {key: str(value).strip('"') for key, value in sorted(named.items()) if key != "label"}
    return " ".join(f"{key}={text}" for key, text in texts.items())


def _graph_lines(graph: Any) -> list[str]:
    nodes = {node: dict(graph.node_attributes(node)) for node in graph.nodes()}
    edges = {}
    for edge in graph.edges():
        named = dict(graph.edge_attributes(edge))
        if graph.edge_label(edge):
            named["label"] = graph.edge_label(edge)
        edges[edge] = named
    return graph_lines(nodes, edges)


def _is_crash(error: Exception) -> bool:
    """Whether rez broke, as opposed to refused.

    Besides the exceptions that no caller is meant to see: an orderer that fails (it is asked for
    versions that no package has, and for families that are not there), and a range that rez's own
    arithmetic made and then refuses (its union can leave intervals that overlap).
    """
    if isinstance(error, CRASHES) or not isinstance(error, (RezError, VersionError)):
        return True
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith("package_order.py"):
            return True
        trace = trace.tb_next
    return "Invalid bound" in str(error) and "Invalid version range" not in str(error)


def _fail_limit(max_fails: int) -> Any:
    """The callback by which rez's own contexts stop a solve after so many failed steps."""
    if max_fails < 0:
        return None

    def callback(state: SolverState) -> tuple[SolverCallbackReturn, str]:
        if state.num_fails >= max_fails:
            text = f"fail limit reached: aborted after {state.num_fails} failures"
            return SolverCallbackReturn.fail, text
        return SolverCallbackReturn.keep_going, ""

    return callback


@functools.cache
def _config(paths: tuple[str, ...], select_mode: str, error_on_missing: bool) -> Any:
    """rez's default configuration with what a case sets; a setting changed later costs far more."""
    return rez.config._create_locked_config(
        {
            "packages_path": list(paths),
            "variant_select_mode": select_mode,
            "error_on_missing_variant_requires": error_on_missing,
        }
    )


@contextlib.contextmanager
def _rez_config(case: SolverCase) -> Iterator[list[str]]:
    """rez set up for one case: its configuration, and its repositories under the yielded paths."""
    pool = ResourcePool(cache_size=None)
    paths = [f"memory@case{i}" for i in range(len(case["repositories"]))]
    config = _config(
        tuple(paths), case["variant_select_mode"], case["error_on_missing_variant_requires"]
    )
    repositories = package_repository_manager.repositories
    for i, (path, data) in enumerate(zip(paths, case["repositories"], strict=True)):
        repositories[path] = MemoryPackageRepository(f"case{i}", pool)
        repositories[path].data = data
    try:
        with rez.config._replace_config(config):
            yield paths
    finally:
        for path in paths:
            del repositories[path]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """rez tells some failures on stdout and stderr as well: keep them out of the test run."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield

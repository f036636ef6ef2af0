"""`rezfast resolve`: find the packages that meet a request, or say why none do."""

from __future__ import annotations

import sys
from os import path as os_path
from time import perf_counter, time

from rezfast.cli.outcome import (
    EXIT_BAD_INPUT,
    EXIT_FAILED,
    EXIT_OK,
    UsageError,
    report_error,
    write_error,
    write_out,
)
from rezfast.cli.parameters import Option, Parameters
from rezfast.config import settings
from rezfast.errors import PackageFamilyNotFoundError, PackageNotFoundError, RezError
from rezfast.rex.bindings import LateContext
from rezfast.solve.solver import Solver
from rezfast.solve.sources import shared_tables
from rezfast.solve.status import SolverCallbackReturn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.config import Settings
    from rezfast.solve.filters import PackageFilterBase, PackageFilterList
    from rezfast.solve.status import SolverState

HELP = """Find the packages that meet every REQUEST, or say why none do.

A REQUEST is what rez takes: 'maya-2024', 'houdini>=20', 'usd==23.11', '!foo-1' (not this),
'~foo-2' (this one, if at all), '.feature-1' (an ephemeral).

On a terminal the answer is a table. Written to a pipe or a file it is one line a package, in rez's
order: name, version, variant index and uri, with tabs between them; the index is empty for a
package without variants. Ephemerals follow, with their range in place of a version. Why a
request failed, --stats and --verbose go to stderr.

\b
Exit code:
  0  solved
  1  failed: no packages meet the request, or a limit ended the search
  2  bad usage or bad input, such as an unknown package or a definition that cannot be read
"""

PARAMETERS = Parameters(
    words="requests",
    metavar="REQUEST",
    options=[
        Option(
            "--path",
            metavar="PATH",
            many=True,
            help="Package repository to search; may be repeated, the first one wins. "
            "[default: packages_path of the configuration]",
        ),
        Option(
            "--exclude",
            metavar="RULE",
            many=True,
            help="Hide packages: '*.beta', 'glob(foo-*)', 'regex(...)', 'range(foo-5+)', "
            "'after(1429830188)'; may be repeated.",
        ),
        Option(
            "--include",
            metavar="RULE",
            many=True,
            help="Keep what this rule matches although it is excluded; may be repeated.",
        ),
        Option(
            "--time",
            "-t",
            metavar="TIME",
            help="Ignore packages released after TIME: seconds since the epoch, or back from now "
            "as -10s, -5m, -0.5h, -10d.",
        ),
        Option(
            "--max-fails",
            kind="integer",
            default=-1,
            metavar="N",
            help="Stop after N failed attempts.",
        ),
        Option(
            "--time-limit",
            kind="integer",
            default=-1,
            metavar="SECS",
            help="Stop after SECS seconds.",
        ),
        Option(
            "--build",
            "-b",
            kind="flag",
            help="Resolve for a build: build requirements count as well.",
        ),
        Option("--graph", metavar="FILE", help="Write the resolve graph to FILE, in dot format."),
        Option("--stats", kind="flag", help="Show counts and times of the solve on stderr."),
        Option("--verbose", "-v", kind="flag", help="Show each step of the solve on stderr."),
        Option("--json", kind="flag", help="Print one JSON object instead."),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Resolve, print the answer, return the exit code. `given` is by `PARAMETERS`."""
    began = perf_counter()
    try:
        solver = _make_solver(given)
        solver.solve()
    except RezError as error:
        return _report_bad_input(error, given, began)
    if given["verbose"]:
        # a small request takes no step that would be told of
        write_error(f"{solver.summary()}\n")
    solved = solver.status.name == "solved"
    if given["graph"] is not None:
        _write_graph(solver, given["graph"])
    if given["json"]:
        # Deferred with all it imports: the plain answer needs none of it.
        from rezfast.cli.resolve_json import answer_object, to_json

        answer = answer_object(solver, perf_counter() - began, with_stats=given["stats"])
        write_out(to_json(answer))
    elif solved:
        from rezfast.cli.resolve_text import plain_lines, table

        terminal = sys.stdout.isatty()
        write_out(table(solver, perf_counter() - began) if terminal else plain_lines(solver))
    else:
        from rezfast.cli.resolve_text import failure_text

        write_error(failure_text(solver))
    if given["stats"] and not given["json"]:
        from rezfast.cli.resolve_text import stats_text

        write_error(stats_text(solver))
    return EXIT_OK if solved else EXIT_FAILED


def _make_solver(given: Given) -> Solver:
    configured = settings()
    return Solver(
        given["requests"],
        package_paths=_paths(given["path"]),
        package_filter=_package_filter(given, configured),
        package_orderers=configured.package_orderers or None,
        callback=_trace if given["verbose"] else None,
        building=given["build"],
        max_fails=given["max_fails"],
        time_limit=given["time_limit"],
        context=LateContext(given["requests"], building=given["build"]),
    )


def _trace(state: SolverState) -> tuple[SolverCallbackReturn, str]:
    """Tell a step of the solve on stderr, and let it go on."""
    failed = f", {state.num_fails} failed" if state.num_fails else ""
    write_error(f"step {state.num_solves}{failed}: {state.phase}\n")
    return SolverCallbackReturn.keep_going, ""


def _paths(paths: tuple[str, ...]) -> list[str] | None:
    return [os_path.expanduser(path) for path in paths] or None


def _package_filter(given: Given, configured: Settings) -> PackageFilterBase | None:
    """The configured filter with the rules of the command line added; None when there are none."""
    texts = given["exclude"] or given["include"] or given["time"]
    if not (texts or configured.package_filter):
        return None
    # Deferred: a resolve without rules does not pay for them.
    from rezfast.solve.filters import PackageFilterList, with_timestamp

    rules = PackageFilterList.from_pod(configured.package_filter)
    add_rules(rules, given)
    return with_timestamp(rules, epoch_seconds(given["time"]) if given["time"] else None)


def add_rules(rules: PackageFilterList, given: Given) -> None:
    """Add what `--exclude` and `--include` say to a filter."""
    from rezfast.solve.filters import parse_rule

    for text in given["exclude"]:
        rules.add_exclusion(parse_rule(text))
    for text in given["include"]:
        rules.add_inclusion(parse_rule(text))


_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


def epoch_seconds(text: str) -> int:
    """A time as `--time` takes it, in seconds since the epoch (rez: `get_epoch_time_from_str`).

    Args:
        text: Seconds since the epoch, or a time back from now: `-12s`, `-5.4m`, `-2h`, `-10d`.

    Raises:
        UsageError: The text is neither.
    """
    try:
        return int(text)
    except ValueError:
        pass
    unit = _SECONDS.get(text[-1:])
    if text.startswith("-") and unit is not None:
        try:
            return max(int(time()) - int(float(text[1:-1]) * unit), 0)
        except (ValueError, OverflowError):
            pass
    raise UsageError(
        f"--time '{text}' is not a time; "
        "give seconds since the epoch, or a time back from now such as -5m or -10d"
    )


def _report_bad_input(error: RezError, given: Given, began: float) -> int:
    hints = hints_for(error, "--path", _paths(given["path"]))
    if given["json"]:
        from rezfast.cli.resolve_json import error_object, to_json

        write_out(to_json(error_object(error, hints, perf_counter() - began)))
    report_error("; ".join([str(error), *hints]), debug=given["debug"])
    return EXIT_BAD_INPUT


def hints_for(error: RezError, option: str, paths: list[str] | None) -> list[str]:
    """What may have been meant by something that does not exist.

    Args:
        error: What the resolve raised.
        option: The option that gives the search path.
        paths: The search path; None: the configured one.
    """
    if not isinstance(error, (PackageFamilyNotFoundError, PackageNotFoundError)):
        return []
    # Deferred: an answer needs no hints.
    from rezfast.solve.explain import explain_error

    # A mistyped path looks like a missing package.
    lost = [path for path in paths or () if "@" not in path and not os_path.isdir(path)]
    tables = shared_tables(settings().packages_path if paths is None else paths)
    return [
        *(f"{option} {path} is not a directory" for path in lost),
        *explain_error(error, tables),
    ]


def _write_graph(solver: Solver, path: str) -> None:
    text = solver.get_graph().to_dot() + "\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

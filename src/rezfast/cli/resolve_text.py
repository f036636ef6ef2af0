"""The answer of a resolve as text: a table for people, lines for pipes, why it failed.

Why it failed can be shown as an image, too.
"""

from __future__ import annotations

from os import environ

from rezfast.cli.outcome import report_error, write_error
from rezfast.errors import ResolvedContextError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.context.resolved import ResolvedContext
    from rezfast.solve.solver import Solver

_Row = tuple[str, str, str, str]

_HEADINGS: _Row = ("package", "version", "variant", "location")


def rows(solver: Solver) -> list[_Row]:
    """Name, version, variant index and uri of each package in rez's order; then the ephemerals."""
    packages = [
        (x.name, str(x.version), "" if x.index is None else str(x.index), x.uri)
        for x in solver.resolved_packages or ()
    ]
    ephemerals = [(x.name, str(x.range), "", "") for x in solver.resolved_ephemerals or ()]
    return packages + ephemerals


def plain_lines(solver: Solver) -> str:
    """One line a package, fields parted by tabs."""
    return "".join(["\t".join(row) + "\n" for row in rows(solver)])


def table(solver: Solver, seconds: float) -> str:
    """Aligned columns under headings, and a line that sums up."""
    body = rows(solver)
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *body, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (_HEADINGS, *body)]
    if not environ.get("NO_COLOR"):
        lines[0] = f"\x1b[1m{lines[0]}\x1b[0m"
    count = len(solver.resolved_packages or ())
    lines.append(
        f"\nsolved: {count} package{'s' * (count != 1)} in {seconds:.3f} s, "
        f"{solver.num_solves} steps, {solver.num_fails} failed"
    )
    return "\n".join(lines) + "\n"


def failure_text(solver: Solver) -> str:
    """Why there is no answer: one line, then what led to it."""
    if solver.abort_reason:
        return f"rezfast: stopped before an answer was found: {solver.abort_reason}\n"
    first, *more = str(solver.explanation()).rstrip().splitlines() or ["no reason is known"]
    return "\n".join([f"rezfast: no solution: {first}", *(f"  {line}" for line in more)]) + "\n"


def show_failed_graph(context: ResolvedContext, *, debug: bool) -> None:
    """Show the graph of a failed resolve; where that cannot be done, say why on stderr.

    That is no error of its own: that there is no answer is what the exit code is for.
    """
    # Deferred: a graph is looked at rarely.
    from rezfast.context.graph import get_graph, view_graph

    graph = get_graph(context, as_dot=True)
    if graph is None:
        write_error("rezfast: the failed resolve has no graph\n")
        return
    try:
        view_graph(graph, None, lambda step: write_error(f"{step}\n"))
    except (ResolvedContextError, OSError) as error:
        report_error(error, debug=debug)


def stats_text(solver: Solver) -> str:
    """Counts and times of the solve, one a line, under the headings of rez's statistics."""
    lines = []
    for group, values in solver.solve_stats.items():
        lines.append(f"{group}:")
        for name, value in values.items():
            shown = f"{value:.6f} s" if isinstance(value, float) else str(value)
            lines.append(f"  {name.replace('_', ' ')}: {shown}")
    return "\n".join(lines) + "\n"

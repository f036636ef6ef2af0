"""What is told of a context: its summary, its tools, how it differs from another.

The lines and columns are rez's, since people and scripts know them; colours as the settings say,
on a terminal.
"""

from __future__ import annotations

import os
import sys
from time import localtime, strftime

from rezfast.config import settings
from rezfast.config.styles import Printer
from rezfast.context.status import ResolverStatus
from rezfast.errors import PackageDefinitionFileMissing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from rezfast.config.styles import TextWriter
    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant

    # the texts of a line, and its style
    Row = tuple[tuple[str, ...], str | None]


def print_info(
    context: ResolvedContext,
    buf: TextWriter | None = None,
    verbosity: int = 0,
    source_order: bool = False,
    show_resolved_uris: bool = False,
) -> None:
    """Tell what is in a context (rez: `ResolvedContext.print_info`).

    Args:
        context: The context.
        buf: Where to; None: stdout.
        verbosity: 1 or more: search paths, filters and figures of the resolve too; 2 or more: the
            tools as well.
        source_order: Packages in the order in which they are set up; otherwise by name.
        show_resolved_uris: What each package is named by, in place of where it is.
    """
    out = Printer(buf)
    _print_origin(out, context, verbosity)
    if verbosity:
        _print_search(out, context)
    out("requested packages:", "heading")
    _print_rows(out, _request_rows(context))
    out()
    if context.status in (ResolverStatus.failed, ResolverStatus.aborted):
        _print_failure(out, context)
        return
    out("resolved packages:", "heading")
    _print_rows(out, _resolve_rows(context, source_order, show_resolved_uris))
    if verbosity:
        _print_figures(out, context)
    if verbosity >= 2:
        out()
        out("tools:", "heading")
        print_tools(context, buf)


def _print_rows(out: Printer, rows: Iterable[Row]) -> None:
    rows = list(rows)
    lines = columns([texts for texts, _ in rows])
    for line, (_, style) in zip(lines, rows, strict=True):
        out(line, style)


def _print_origin(out: Printer, context: ResolvedContext, verbosity: int) -> None:
    """Who resolved it, where, when and with what."""

    def shown(seconds: float) -> str:
        if verbosity:
            return f"{strftime('%a %b %d %H:%M:%S %Z %Y', localtime(seconds))} ({int(seconds)})"
        return strftime("%a %b %d %H:%M:%S %Y", localtime(seconds))

    failed = context.status in (ResolverStatus.failed, ResolverStatus.aborted)
    out(
        f"{'resolve failed,' if failed else 'resolved'} by {context.user}@{context.host}, "
        f"on {shown(context.created)}, using Rez v{context.rez_version}"
    )
    if context.requested_timestamp:
        out(f"packages released after {shown(context.requested_timestamp)} were ignored")
    out()


def _print_search(out: Printer, context: ResolvedContext) -> None:
    """Where packages were looked for, and what hid some of them."""
    # Deferred: where packages are is a matter of the long form only.
    from rezfast.package.resource import repository_id

    def row(path: str) -> Row:
        if repository_id(path) == repository_id(settings().local_packages_path):
            return (path, "(local)"), "local"
        return (path, ""), None

    out("search paths:", "heading")
    _print_rows(out, map(row, context.package_paths))
    out()
    if context.package_filter:
        # Deferred: a plain summary has no YAML in it.
        import yaml

        out("package filters:", "heading")
        text: str = yaml.safe_dump(context.package_filter.to_pod(), default_flow_style=False)
        out(text.strip())
        out()


def _request_rows(context: ResolvedContext) -> Iterable[Row]:
    for request in context.requested_packages():
        if request.name.startswith("."):
            yield (str(request), "(ephemeral)"), "ephemeral"
        else:
            yield (str(request), ""), None
    for request in context.implicit_packages:
        yield (str(request), "(implicit)"), "implicit"


def _print_failure(out: Printer, context: ResolvedContext) -> None:
    # Deferred: most resolves come to an answer.
    from rezfast.context.graph import failure_detail_from_graph, get_graph

    out(f"The context failed to resolve:\n{context.failure_description}", "critical")
    out()
    graph = get_graph(context)
    out("" if graph is None else failure_detail_from_graph(graph))
    out()
    out("'rezfast env --fail-graph' with the same request shows the failure as a graph.")
    out()


def _resolve_rows(
    context: ResolvedContext, source_order: bool, show_resolved_uris: bool
) -> Iterable[Row]:
    packages = list(context.resolved_packages or ())
    if not source_order:
        packages.sort(key=lambda package: package.name)
    current = bool(context.is_current())
    for package in packages:
        try:
            yield _package_row(package, current, show_resolved_uris)
        except PackageDefinitionFileMissing:
            # the rest of an old context is worth knowing
            yield (package.qualified_package_name, package.uri, "(NOT FOUND)"), "critical"
    for request in sorted(context.resolved_ephemerals or (), key=lambda request: request.name):
        yield (str(request), "", "(ephemeral)"), "ephemeral"


def _package_row(package: Variant, current: bool, show_uri: bool) -> Row:
    root = package.root
    marks: list[str] = []
    style: str | None = None
    place = root
    if current:
        prefix = f"REZ_{package.name.upper().replace('.', '_')}"
        if os.environ.get(f"{prefix}_ORIG_ROOT"):
            # in this environment the payload is taken from the package cache
            place = os.environ.get(f"{prefix}_ROOT", root)
            marks.append("cached")
    if show_uri or not root:
        place = package.uri
    elif not os.path.exists(place or ""):
        marks.append("NOT FOUND")
        style = "critical"
    if package.is_local:
        marks.append("local")
        style = "local"
    label = f"({', '.join(marks)})" if marks else ""
    return (package.qualified_package_name, place or "", label), style


def _print_figures(out: Printer, context: ResolvedContext) -> None:
    out()
    out("resolve details:", "heading")
    out(f"load time:         {context.load_time:.2f} secs")
    out(f"solve time:        {max(0.0, context.solve_time - context.load_time):.2f} secs")
    out(f"packages queried:  {context.num_loaded_packages}")
    out(f"from cache:        {context.from_cache}")
    if context.load_path:
        out(f"rxt file:          {context.load_path}")


def print_tools(context: ResolvedContext, buf: TextWriter | None = None) -> None:
    """Tell which tools a context has (rez: `ResolvedContext.print_tools`).

    Args:
        context: The context.
        buf: Where to; None: stdout.

    Raises:
        ResolvedContextError: The context has no answer.
    """
    tools = context.get_tools()
    if not tools:
        return
    conflicts = context.get_conflicting_tools()
    rows: list[Row] = [(("TOOL", "PACKAGE", ""), None), (("----", "-------", ""), None)]
    for _, (variant, names) in sorted(tools.items()):
        for name in sorted(names):
            clash = name in conflicts
            texts = (name, variant.qualified_package_name, "(in conflict)" if clash else "")
            rows.append((texts, "critical" if clash else None))
    _print_rows(Printer(buf), rows)


def print_resolve_diff(
    context: ResolvedContext,
    other: ResolvedContext,
    heading: bool | tuple[str, str] | None = None,
    buf: TextWriter | None = None,
) -> None:
    """Tell how another context differs (rez: `ResolvedContext.print_resolve_diff`).

    Packages that are newer in the other come first, then older ones, those that it has alone, and
    those that it does not have. Nothing is printed of contexts that do not differ.

    Args:
        context: The context, in the first column.
        other: The other one.
        heading: A pair: what the columns are called. True: the names of the two files, if both
            have one.
        buf: Where to; None: stdout.

    Raises:
        ResolvedContextError: The two cannot be compared: one has no answer, or their search paths
            differ.
    """
    difference = context.get_resolve_diff(other)
    if not difference:
        return
    rows: list[tuple[str, ...]] = []
    if heading is True and context.load_path and other.load_path:
        heading = (os.path.basename(context.load_path), os.path.basename(other.load_path))
    if isinstance(heading, tuple):
        rows.append((*heading, ""))
        rows.append(("-" * len(heading[0]), "-" * len(heading[1]), ""))
    for kind, sign in (("newer_packages", "+"), ("older_packages", "-")):
        for _, packages in sorted(difference.get(kind, {}).items()):
            steps = f"({sign}{len(packages) - 1} versions)"
            rows.append((packages[0].qualified_name, packages[-1].qualified_name, steps))
    for package in sorted(difference.get("added_packages", ()), key=lambda one: one.name):
        rows.append(("-", package.qualified_name, ""))
    for package in sorted(difference.get("removed_packages", ()), key=lambda one: one.name):
        rows.append((package.qualified_name, "-", ""))
    stream = sys.stdout if buf is None else buf
    stream.write("\n".join(columns(rows)) + "\n")


def columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of texts as lines whose columns stand under each other, two spaces apart.

    Every text but the last of its row is filled up with spaces to the width of its column (rez:
    `rez.utils.formatting.columnise`).
    """
    widths: list[int] = []
    for row in rows:
        for place, text in enumerate(row):
            if place == len(widths):
                widths.append(0)
            widths[place] = max(widths[place], len(text))
    return [
        "".join(
            text if place == len(row) - 1 else text.ljust(widths[place] + 2)
            for place, text in enumerate(row)
        )
        for row in rows
    ]

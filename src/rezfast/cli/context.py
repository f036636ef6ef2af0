"""`rezfast context`: what is in a context, and what becomes of it (rez: `rez-context`)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rezfast.cli.outcome import (
    EXIT_FAILED,
    EXIT_OK,
    UsageError,
    report_error,
    write_error,
    write_out,
)
from rezfast.cli.parameters import Option, Parameters

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.context.resolved import ResolvedContext

HELP = """Show what is in the context of the file RXT, or in the current one.

A context is a request and what was resolved for it. 'rezfast env --output' and rez write them to
.rxt files, and the shells that these start are in one. '-' reads a context from stdin.

Without an option that asks for something else, a summary is shown.

\b
Exit code:
  0  shown
  1  no context was given and this is no resolved environment; the resolve of the context
     failed; it has no graph; --which: it has no such program
  2  bad usage, or a file that cannot be read or written
"""

PARAMETERS = Parameters(
    words="rxt",
    metavar="RXT",
    needed=False,
    options=[
        Option(
            "--print-request",
            "--req",
            kind="flag",
            help="Show what was asked for alone, without implicit packages.",
        ),
        Option(
            "--print-resolve",
            "--res",
            kind="flag",
            help="Show the resolved packages alone; with --su their uris.",
        ),
        Option(
            "--source-order",
            "--so",
            kind="flag",
            help="Show packages in the order in which they are set up, not by name.",
        ),
        Option(
            "--show-uris", "--su", kind="flag", help="Show each package's uri, not where it is."
        ),
        Option("--tools", "-t", kind="flag", help="List the programs that packages bring."),
        Option("--which", metavar="CMD", help="Show where the program CMD is in the environment."),
        Option("--graph", "-g", kind="flag", help="Show the resolve graph as an image."),
        Option(
            "--dependency-graph",
            "-d",
            kind="flag",
            help="Show the graph of dependencies, which is simpler; with --pg or --wg, those "
            "print or write it.",
        ),
        Option("--print-graph", "--pg", kind="flag", help="Print the graph in dot format."),
        Option(
            "--write-graph",
            "--wg",
            metavar="FILE",
            help="Write the graph to FILE: as text if it ends in .dot, else as an image, for "
            "which graphviz is needed.",
        ),
        Option(
            "--prune-package",
            "--pp",
            metavar="PKG",
            help="Of the graph, keep what leads to PKG alone.",
        ),
        Option(
            "--interpret", "-i", kind="flag", help="Print the code that sets the environment up."
        ),
        Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="With --interpret: the shell to write code for, or table, dict or json to see "
            "the variables. [default: the current shell]",
        ),
        Option(
            "--style",
            "-s",
            metavar="STYLE",
            default="file",
            help="With --interpret: code for a 'file', or one line to 'eval'. [default: file]",
        ),
        Option(
            "--no-env",
            kind="flag",
            help="With --interpret or --which: start from an empty environment.",
        ),
        Option("--diff", metavar="RXT", help="Show how the context in another file differs."),
        Option("--fetch", kind="flag", help="Show what would change if it were resolved now."),
        Option(
            "--verbose",
            "-v",
            kind="count",
            help="Show more in the summary: search paths and figures; twice: tools.",
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)

# What the summary gives way to; of several, the first counts, as in rez.
_INSTEAD = ("print_request", "print_resolve", "tools", "diff", "fetch", "which")


def run(given: Given) -> int:
    """Show what is asked for, return the exit code. `given` is by `PARAMETERS`."""
    if len(given["rxt"]) > 1:
        raise UsageError(f"one RXT at a time: not {' '.join(given['rxt'])!r}")
    # Deferred: a mistake on the command line is told without it.
    from rezfast.cli.environment_text import checked_format, checked_style, current_context_file

    checked_format(given["format"], ("dict", "table", "json"))
    checked_style(given["style"])
    path = given["rxt"][0] if given["rxt"] else current_context_file()
    if path is None:
        report_error("this is not a resolved environment; name the file of a context")
        return EXIT_FAILED
    context = _load(path)
    if given["interpret"]:
        return _interpret(context, given)
    asked = next((name for name in _INSTEAD if given[name]), None)
    if asked is not None:
        return _ASKED[asked](context, given)
    if any(given[name] for name in ("print_graph", "graph", "dependency_graph", "write_graph")):
        return _graph(context, given)
    write_out("")  # makes stdout take what it must
    context.print_info(
        verbosity=given["verbose"],
        source_order=given["source_order"],
        show_resolved_uris=given["show_uris"],
    )
    return _end()


def _load(path: str) -> ResolvedContext:
    from rezfast.context.resolved import ResolvedContext

    if path != "-":
        return ResolvedContext.load(path)
    if sys.stdin is None:
        raise UsageError("'-' reads a context from stdin, which is closed")
    return ResolvedContext.read_from_buffer(sys.stdin, "STDIN")


def _end() -> int:
    """Push out what was printed."""
    write_out("")
    return EXIT_OK


def _failed(context: ResolvedContext) -> bool:
    """Whether there is no answer to look at; says so."""
    if context.success:
        return False
    report_error("the resolve of this context failed: there are no packages in it")
    return True


# ---- what can be asked for ---------------------------------------------------------------


def _print_request(context: ResolvedContext, given: Given) -> int:
    from rezfast.cli.environment_text import write_items

    write_items(context.requested_packages())
    return EXIT_OK


def _print_resolve(context: ResolvedContext, given: Given) -> int:
    from rezfast.cli.environment_text import write_items

    if _failed(context):
        return EXIT_FAILED
    packages = context.resolved_packages or []
    name = "uri" if given["show_uris"] else "qualified_package_name"
    write_items([getattr(package, name) for package in packages])
    return EXIT_OK


def _print_tools(context: ResolvedContext, given: Given) -> int:
    if _failed(context):
        return EXIT_FAILED
    write_out("")
    context.print_tools()
    return _end()


def _diff(context: ResolvedContext, given: Given) -> int:
    other = _load(given["diff"])
    if _failed(context) or _failed(other):
        return EXIT_FAILED
    write_out("")
    context.print_resolve_diff(other, True)
    return _end()


def _fetch(context: ResolvedContext, given: Given) -> int:
    from rezfast.context.resolved import ResolvedContext

    if _failed(context):
        return EXIT_FAILED
    now = ResolvedContext(
        context.requested_packages(),
        package_paths=context.package_paths,
        verbosity=given["verbose"],
    )
    if not now.success:
        report_error(f"the request has no answer any more: {now.failure_description}")
        return EXIT_FAILED
    write_out("")
    context.print_resolve_diff(now, ("current", "updated"))
    return _end()


def _which(context: ResolvedContext, given: Given) -> int:
    if _failed(context):
        return EXIT_FAILED
    command: str = given["which"]
    path = context.which(command, parent_environ={} if given["no_env"] else None)
    if path is None:
        report_error(f"there is no program {command!r} in the context")
        return EXIT_FAILED
    write_out(f"{path}\n")
    return EXIT_OK


_ASKED = {
    "print_request": _print_request,
    "print_resolve": _print_resolve,
    "tools": _print_tools,
    "diff": _diff,
    "fetch": _fetch,
    "which": _which,
}


def _graph(context: ResolvedContext, given: Given) -> int:
    # Deferred: the only one that needs graphs.
    from rezfast.context.graph import (
        get_dependency_graph,
        get_graph,
        prune_graph,
        save_graph,
        view_graph,
    )

    if given["dependency_graph"]:
        if _failed(context):
            return EXIT_FAILED
        text: str | None = get_dependency_graph(context, as_dot=True)
    else:
        text = get_graph(context, as_dot=True)
    if text is None:
        report_error("there is no graph in the context")
        return EXIT_FAILED
    if given["prune_package"]:
        # Deferred: a graph is mostly shown as it is.
        from rezfast.version import Requirement

        text = prune_graph(text, Requirement.package_request(given["prune_package"]).name)
    if given["print_graph"]:
        write_out(f"{text}\n")
    elif given["write_graph"] and not given["graph"]:
        save_graph(text, given["write_graph"])
    else:
        view_graph(text, given["write_graph"], lambda step: write_error(f"{step}\n"))
    return EXIT_OK


def _interpret(context: ResolvedContext, given: Given) -> int:
    from rezfast.cli.environment_text import checked_style, environment_text

    if _failed(context):
        return EXIT_FAILED
    parent: dict[str, str] | None = {} if given["no_env"] else None
    format_: str | None = given["format"]
    if format_ in ("dict", "table", "json"):
        text = environment_text(context.get_environ(parent_environ=parent), format_)
    else:
        style = checked_style(given["style"])
        text = context.get_shell_code(shell=format_, parent_environ=parent, style=style)
    write_out(f"{text}\n")
    return EXIT_OK

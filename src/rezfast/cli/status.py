"""`rezfast status`: this process's environment, or what a name is in it (rez: `rez-status`)."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from importlib.metadata import version
from typing import TYPE_CHECKING

from rezfast.cli.environment_text import current_context_file
from rezfast.cli.outcome import EXIT_FAILED, EXIT_OK, UsageError, report_error, write_out
from rezfast.cli.parameters import Option, Parameters
from rezfast.config import settings
from rezfast.config.styles import Printer
from rezfast.context.info import columns
from rezfast.errors import RezError
from rezfast.repository import family_names
from rezfast.repository.queries import iter_packages
from rezfast.shell.which import which
from rezfast.solve.nearest import closest_names
from rezfast.version import Requirement

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Package, Variant

HELP = """Show which context this is, or what OBJECT is: a program, a package, a context's file.

A program and a package are looked for in the current context first. A package that is not in it is
looked for on the configured search path.

\b
Exit code:
  0  shown
  1  there is no such thing; with --tools: no program matches
  2  bad usage, or a context or a package that cannot be read
"""

PARAMETERS = Parameters(
    words="object",
    metavar="OBJECT",
    needed=False,
    options=[
        Option(
            "--tools",
            "-t",
            kind="flag",
            help="List the programs of the current context; OBJECT may be a pattern, such as "
            "'maya*'.",
        ),
        Option(
            "--verbose", "-v", kind="count", help="Taken for rez's sake: there is no more to show."
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Show it, return the exit code. `given` is by `PARAMETERS`."""
    words: tuple[str, ...] = given["object"]
    if len(words) > 1:
        raise UsageError(f"one OBJECT at a time: not {' '.join(words)!r}")
    word = words[0] if words else ""
    context = _current_context()
    write_out("")  # makes stdout take what it must
    out = Printer()
    if given["tools"]:
        found = _print_tools(out, context, word)
    elif word:
        found = _print_object(out, context, word)
    else:
        found = _print_summary(out, context)
    write_out("")
    return EXIT_OK if found else EXIT_FAILED


def _current_context() -> ResolvedContext | None:
    path = current_context_file()
    if path is None:
        return None
    # Deferred: without a context there is nothing to load.
    from rezfast.context.resolved import ResolvedContext

    return ResolvedContext.load(path)


def _print_summary(out: Printer, context: ResolvedContext | None) -> bool:
    out(f"Using rezfast {version('rezfast')}")
    out()
    if context is None:
        out("No active context.")
    else:
        out(f"Active Context: {context.load_path}")
    return True


def _print_tools(out: Printer, context: ResolvedContext | None, pattern: str) -> bool:
    """The programs of the context, by name."""
    rows: list[tuple[str, ...]] = []
    conflicts: set[str] = set()
    if context is not None:
        conflicts.update(context.get_conflicting_tools())
        for _, (variant, tools) in sorted(context.get_tools().items()):
            for tool in tools:
                if not pattern or fnmatch(tool, pattern):
                    label = "(in conflict)" if tool in conflicts else ""
                    name = variant.qualified_package_name
                    rows.append((tool, "-", name, "active context", label))
    if not rows:
        out("No matching tools.")
        return False
    rows.sort(key=lambda row: row[0].lower())
    titles = ("TOOL", "ALIASING", "PACKAGE", "SOURCE", "")
    head = [titles, tuple("-" * len(title) for title in titles)]
    styles = [None, None, *("critical" if row[-1] else None for row in rows)]
    for line, style in zip(columns(head + rows), styles, strict=True):
        out(line, style)
    return True


# ---- what a word is ----------------------------------------------------------------------


def _print_object(out: Printer, context: ResolvedContext | None, word: str) -> bool:
    found = False
    for print_it in (_print_tool, _print_package, _print_context):
        is_ = "is also" if found else "is"
        if print_it(out, context, word, is_):
            out()
            found = True
    if not found:
        report_error(f"there is no program, package or context {word!r}{_hint(context, word)}")
    return found


def _hint(context: ResolvedContext | None, word: str) -> str:
    known = set(family_names(settings().packages_path))
    if context is not None and context.success:
        known.update(package.name for package in context.resolved_packages or ())
        for _, tools in context.get_tools().values():
            known.update(tools)
    near = closest_names(word, sorted(known))
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def _print_tool(out: Printer, context: ResolvedContext | None, word: str, is_: str) -> bool:
    """A program of the context: it has to be on the PATH, or be a path."""
    path = which(word) if os.path.basename(word) == word else None
    if not os.path.isfile(path or os.path.abspath(word)):
        return False
    name = os.path.basename(path or word)
    if context is None or not context.success:
        return False
    variants = context.get_tool_variants(name)
    if not variants:
        return False
    out(f"'{name}' {is_} a tool in the active context:")
    out(f"Tool:     {name}")
    if context.load_path:
        out(f"Context:  {context.load_path}")
    packages = sorted(variant.qualified_package_name for variant in variants)
    if len(packages) > 1:
        out(f"Packages (in conflict): {' '.join(packages)}", "critical")
    else:
        out(f"Package:  {packages[0]}")
    return True


def _print_package(out: Printer, context: ResolvedContext | None, word: str, is_: str) -> bool:
    """A package of the context, else the latest of the configured path."""
    if os.path.basename(word) != word:
        return False
    try:
        request = Requirement.package_request(word)
    except RezError:
        return False
    if request.conflict or request.range is None:
        return False
    if context is not None:
        variant = context.get_resolved_package(request.name)
        if variant is not None and variant.version in request.range:
            out(f"'{request.name}' {is_} a package in the active context:")
            _print_place(out, variant.qualified_package_name, variant)
            if context.load_path:
                out(f"Context:  {context.load_path}")
            return True
    packages = list(iter_packages(request.name, request.range))
    if not packages:
        return False
    inside = "" if request.range.is_any() else f" in the range '{request.range}'"
    out(f"'{request.name}' {is_} a package. The latest version{inside} is:")
    latest = max(packages, key=lambda package: package.version)
    _print_place(out, latest.qualified_name, latest)
    return True


def _print_place(out: Printer, name: str, package: Package | Variant) -> None:
    out(f"Package:  {name}")
    out(f"URI:      {package.uri}{'  (local)' if package.is_local else ''}")


def _print_context(out: Printer, context: ResolvedContext | None, word: str, is_: str) -> bool:
    """The file of a context."""
    path = os.path.abspath(word)
    if not os.path.isfile(path):
        return False
    # Deferred: the word is mostly no file.
    from rezfast.context.resolved import ResolvedContext

    try:
        ResolvedContext.load(path)
    except RezError:
        return False
    out(f"'{path}' {is_} a context: 'rezfast context {word}' shows what is in it.")
    return True

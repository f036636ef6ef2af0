"""`rezfast search`: find families, packages and variants by name, version and release time."""

from __future__ import annotations

import os
import sys

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
from rezfast.cli.resolve import epoch_seconds
from rezfast.config.styles import is_coloured, styled
from rezfast.errors import RezError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.cli.search_results import Found

HELP = """Find families, packages or variants whose name matches PKG.

PKG is a name in which * ? and [] stand for other text, or a request such as 'maya-2024+', which
looks for packages in that range. One name that matches shows its packages; several show the
families. Without PKG every family is shown.

Packages are given one a line, by version, the lowest first. --format says what of each is shown:
'{qualified_name}: {description}'. A name may be shortened while it is clear; a name that there is
not stays as it is; \\n in it begins a new line.

\b
Exit code:
  0  found
  1  nothing matches; with --errors: nothing that matches is broken
  2  bad usage, or a repository that cannot be read
"""

PARAMETERS = Parameters(
    words="packages",
    metavar="PKG",
    needed=False,
    options=[
        Option(
            "--type",
            "-t",
            default="auto",
            metavar="TYPE",
            help="What to show: family, package, variant, or auto. [default: auto]",
        ),
        Option(
            "--no-local",
            "--nl",
            kind="flag",
            help="Leave out the repository of local packages.",
        ),
        Option("--validate", kind="flag", help="Check every attribute of what is found."),
        Option(
            "--paths",
            metavar="PATHS",
            help=f"Repositories to search, with '{os.pathsep}' between them; --no-local has no "
            "effect then. [default: packages_path of the configuration]",
        ),
        Option("--format", "-f", metavar="TEXT", help="What to show of each package or variant."),
        Option("--no-newlines", kind="flag", help="Show a line break in a value as \\n."),
        Option("--latest", "-l", kind="flag", help="Show the highest version of each family only."),
        Option(
            "--errors", "-e", kind="flag", help="Show only what is broken, and how; checks as well."
        ),
        Option(
            "--no-warnings", "--nw", kind="flag", help="Accepted for rez's sake; there are none."
        ),
        Option(
            "--before",
            metavar="TIME",
            default="0",
            help="Show only packages released before TIME: seconds since the epoch, or back from "
            "now as -10s, -5m, -0.5h, -10d.",
        ),
        Option(
            "--after",
            metavar="TIME",
            default="0",
            help="Show only packages released at TIME or later.",
        ),
        Option("--json", kind="flag", help="Print one JSON object instead."),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)

_TYPES = ("auto", "family", "package", "variant")


def run(given: Given) -> int:
    """Search, print what is found, return the exit code. `given` is by `PARAMETERS`."""
    try:
        kind, found = _search(given)
    except RezError as error:
        report_error(error, debug=given["debug"])
        return EXIT_BAD_INPUT
    if given["errors"]:
        found = [one for one in found if one.error is not None]
    if given["json"]:
        # Deferred: lines need none of it.
        from rezfast.cli.resolve_json import to_json

        write_out(to_json({"type": kind, "found": [one.to_dict() for one in found]}))
    elif found:
        _print(found, given)
    else:
        broken = "erroneous " if given["errors"] else ""
        write_error(f"No matching {broken}{kind} found.\n")
    return EXIT_OK if found else EXIT_FAILED


def _search(given: Given) -> tuple[str, list[Found]]:
    if given["type"] not in _TYPES:
        raise UsageError(f"--type '{given['type']}' is none of {', '.join(_TYPES)}")
    if len(given["packages"]) > 1:
        raise UsageError(f"one PKG at a time; there are {len(given['packages'])}")
    before, after = _time(given, "before"), _time(given, "after")
    if before and after and after >= before:
        raise UsageError("--after is not before --before: no time is in between")
    # Deferred: a mistake on the command line is told without it.
    from rezfast.cli.search_results import Search

    paths = [path for path in (given["paths"] or "").split(os.pathsep) if path]
    search = Search(
        paths=[os.path.expanduser(path) for path in paths] or None,
        kind=None if given["type"] == "auto" else given["type"],
        no_local=given["no_local"],
        latest=given["latest"],
        after=after,
        before=before,
        validate=given["validate"] or given["errors"],
    )
    return search.run(given["packages"][0] if given["packages"] else None)


def _time(given: Given, name: str) -> int:
    try:
        return epoch_seconds(given[name])
    except UsageError as error:
        raise UsageError(str(error).replace("--time", f"--{name}", 1)) from None


def _print(found: list[Found], given: Given) -> None:
    """One line after the other, as they are made: somebody may read only the first few."""
    from rezfast.cli.search_results import lines_of

    coloured = is_coloured(sys.stdout)
    for one in found:
        for text, style in lines_of(one, given["format"], given["no_newlines"]):
            write_out(f"{styled(text, style) if coloured else text}\n")

"""`rezfast env`: a program, or a shell, in the environment of packages (rez: `rez-env`)."""

from __future__ import annotations

import gc
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
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import ProgramError, RezError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.context.enter import Entrance
    from rezfast.solve.filters import PackageFilterList

# What shells give for a program that cannot be run, and for one that is not there.
EXIT_NOT_RUNNABLE, EXIT_NOT_FOUND = 126, 127

HELP = """Enter the environment of the packages that meet every REQUEST.

What follows '--' is run in it: 'rezfast env maya-2024 -- maya scene.ma'. Without it a shell is
started, which 'exit' leaves again. A REQUEST is what 'rezfast resolve' takes; the configured
implicit packages are asked for too.

A program is started in place of rezfast, so that signals reach it and its exit code comes back.
Commands that a shell has to read ('$', aliases, builtins), packages that need one, and --shell go
through the shell.

\b
Exit code: that of the program or the shell, and where none was started
  0    --output: the context is written
  1    no packages meet the request, or a limit ended the search
  2    bad usage or bad input, such as an unknown package; commands of a package that fail; a
       file that cannot be read or written; a shell that is not there
  127  there is no such program in the environment; 126: it cannot be run
"""

PARAMETERS = Parameters(
    words="requests",
    metavar="REQUEST",
    needed=False,
    rest="program",
    rest_metavar="COMMAND",
    options=[
        Option(
            "--command",
            "-c",
            metavar="TEXT",
            help="Run TEXT, as the shell reads it, in place of an interactive shell.",
        ),
        Option(
            "--stdin",
            "-s",
            kind="flag",
            help="Read commands from standard input; on a terminal it is as if it were not given.",
        ),
        Option(
            "--shell",
            metavar="SHELL",
            help="Use this shell: bash, csh, fish, pwsh, sh, tcsh, zsh. [default: default_shell of "
            "the configuration, else the one that rezfast is started from]",
        ),
        Option("--rcfile", metavar="FILE", help="Read FILE in place of the shell's startup files."),
        Option("--norc", kind="flag", help="Read no startup files."),
        Option("--quiet", "-q", kind="flag", help="Do not greet."),
        Option("--new-session", kind="flag", help="Start it in a process group of its own."),
        Option(
            "--detached",
            kind="flag",
            help="Start it in a terminal of its own: terminal_emulator_command of the "
            "configuration.",
        ),
        Option("--pre-command", metavar="TEXT", help="Put TEXT before the command of the shell."),
        Option(
            "--paths",
            metavar="PATHS",
            help="Package repositories to search, with ':' between them; the first one wins. "
            "[default: packages_path of the configuration]",
        ),
        Option("--no-local", "--nl", kind="flag", help="Leave local packages out."),
        Option("--no-implicit", "--ni", kind="flag", help="Do not ask for implicit packages."),
        Option(
            "--time",
            "-t",
            metavar="TIME",
            help="Ignore packages released after TIME: seconds since the epoch, or back from now "
            "as -10s, -5m, -0.5h, -10d.",
        ),
        Option(
            "--exclude",
            metavar="RULE...",
            many=True,
            greedy=True,
            help="Hide packages: '*.beta', 'glob(foo-*)', 'regex(...)', 'range(foo-5+)', "
            "'after(1429830188)'. All words up to the next option are rules.",
        ),
        Option(
            "--include",
            metavar="RULE...",
            many=True,
            greedy=True,
            help="Keep what these rules match although it is excluded.",
        ),
        Option(
            "--no-filters", kind="flag", help="Leave package_filter of the configuration out."
        ),
        Option(
            "--build", "-b", kind="flag", help="For a build: build requirements count as well."
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
        Option("--no-cache", kind="flag", help="Do not use shared caches of resolves."),
        Option("--no-pkg-cache", kind="flag", help="Do not use the package cache."),
        Option(
            "--pkg-cache-mode",
            metavar="MODE",
            help="Whether to wait while packages are cached: 'sync', or 'async' for not to. "
            "[default: package_cache_async of the configuration]",
        ),
        Option(
            "--input",
            "-i",
            metavar="FILE",
            help="Enter the context of an .rxt FILE; nothing is resolved.",
        ),
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the context to an .rxt FILE and enter nothing; '-' is stdout. A failed "
            "resolve is written too.",
        ),
        Option(
            "--patch",
            "-p",
            kind="flag",
            help="Change the request of the current context, or of --input, by REQUEST: "
            "'foo-2' replaces 'foo-1', '^foo' takes it out.",
        ),
        Option(
            "--strict",
            kind="flag",
            help="With --patch: start from the resolved packages, not from what was asked for.",
        ),
        Option(
            "--patch-rank",
            kind="integer",
            default=0,
            metavar="N",
            help="With --patch: let versions change from their Nth token on.",
        ),
        Option("--fail-graph", kind="flag", help="Show the graph of a failed resolve as an image."),
        Option("--stats", kind="flag", help="Show counts and times of the solve on stderr."),
        Option(
            "--verbose", "-v", kind="count", help="Show each step of the solve on stderr; -vv: "
            "errors in commands with all that led to them."
        ),
        Option(
            "--no-passive",
            kind="flag",
            help="Taken for rez's sake: steps that change nothing are never shown.",
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)  # fmt: skip


def run(given: Given) -> int:
    """Resolve and enter; returns only where no program takes this process's place."""
    # This process ends, or is another one, before there is much to collect.
    gc.disable()
    _check(given)
    if given["output"] is not None:
        return _write(given)
    entrance = _entrance(given)
    context = None
    try:
        context = _context(given)
        if context is None:
            return _given_up(entrance, EXIT_BAD_INPUT)
        if not context.success:
            _tell_failure(context, given)
            return _given_up(entrance, EXIT_FAILED)
        return entrance.enter(context)
    except ProgramError as error:
        _tell_of_program(error, context, given)
        return _given_up(entrance, EXIT_NOT_RUNNABLE if error.is_there else EXIT_NOT_FOUND)
    except BaseException:
        entrance.give_up()
        raise


def _given_up(entrance: Entrance, code: int) -> int:
    entrance.give_up()
    return code


def _check(given: Given) -> None:
    if given["command"] and given["program"]:
        raise UsageError("--command and a command after '--' exclude each other")
    if given["input"] is not None and given["requests"] and not given["patch"]:
        raise UsageError(
            "--input takes no REQUEST: the context is what it is; with --patch it is changed"
        )
    if given["pkg_cache_mode"] not in (None, "sync", "async"):
        raise UsageError(f"--pkg-cache-mode '{given['pkg_cache_mode']}': there are sync and async")
    shell = given["shell"]
    if shell is not None:
        from rezfast.shell import get_shell_types

        known = get_shell_types()
        if shell not in known:
            # Deferred: it is for mistakes.
            from rezfast.solve.nearest import closest_names

            near = closest_names(shell, known)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
            raise UsageError(f"--shell '{shell}': {hint}")


def _entrance(given: Given) -> Entrance:
    # Deferred: nothing is entered with --output.
    from rezfast.context.enter import Entrance

    command = given["program"] or given["command"]
    return Entrance(
        shell=given["shell"],
        rcfile=given["rcfile"],
        norc=given["norc"],
        stdin=_reads_stdin(given),
        command=command,
        quiet=given["quiet"] or bool(command),
        start_new_session=given["new_session"],
        detached=given["detached"],
        pre_command=given["pre_command"],
        saves=given["input"] is None or given["patch"],
    )


def _reads_stdin(given: Given) -> bool:
    """Whether the shell takes commands from standard input: only where nobody sits at it."""
    if sys.stdin is not None and sys.stdin.isatty():
        return False
    # Piped commands are meant for the environment, also without --stdin: a shell that is started as
    # an interactive one would run them outside of it.
    return given["stdin"] or not (given["command"] or given["program"] or given["detached"])


def _write(given: Given) -> int:
    """Write the context to a file."""
    context = _context(given)
    if context is None:
        return EXIT_BAD_INPUT
    if not context.success:
        _tell_failure(context, given)
    if given["output"] == "-":
        from io import StringIO

        text = StringIO()
        context.write_to_buffer(text)
        write_out(text.getvalue())
    else:
        context.save(given["output"])
    return EXIT_OK if context.success else EXIT_FAILED


def _context(given: Given) -> ResolvedContext | None:
    """The context that is to be entered; None if there is none, which has been told then."""
    loaded = None if given["input"] is None else ResolvedContext.load(given["input"])
    requests = given["requests"]
    if given["patch"]:
        base = loaded or ResolvedContext.get_current()
        if base is None:
            gone = os.environ.get("REZ_RXT_FILE")
            why = (
                f"its context, $REZ_RXT_FILE, is gone: {gone}"
                if gone
                else ("this is no resolved environment")
            )
            raise UsageError(f"there is nothing to patch: {why}")
        requests = base.get_patched_request(
            list(requests), strict=given["strict"], rank=given["patch_rank"]
        )
    elif loaded is not None:
        return loaded
    paths = _paths(given)
    try:
        context = ResolvedContext(
            requests,
            verbosity=given["verbose"],
            timestamp=_timestamp(given),
            building=given["build"],
            caching=False if given["no_cache"] else None,
            package_paths=paths,
            package_filter=_package_filter(given),
            max_fails=given["max_fails"],
            add_implicit_packages=not given["no_implicit"],
            time_limit=given["time_limit"],
            buf=sys.stderr,
            suppress_passive=given["no_passive"],
            package_caching=not given["no_pkg_cache"],
            package_cache_async=_package_cache_async(given),
        )
    except RezError as error:
        # Deferred: it is for mistakes.
        from rezfast.cli.resolve import hints_for

        hints = hints_for(error, "--paths", paths)
        report_error("; ".join([str(error), *hints]), debug=given["debug"])
        return None
    if given["stats"] and context._solver is not None:
        from rezfast.cli.resolve_text import stats_text

        write_error(stats_text(context._solver))
    return context


def _paths(given: Given) -> list[str] | None:
    if given["paths"] is not None:
        return [os.path.expanduser(path) for path in given["paths"].split(os.pathsep) if path]
    if given["no_local"]:
        from rezfast.config import settings

        return list(settings().nonlocal_packages_path)
    return None


def _timestamp(given: Given) -> int | None:
    if not given["time"]:
        return None
    from rezfast.cli.resolve import epoch_seconds

    return epoch_seconds(given["time"])


def _package_filter(given: Given) -> PackageFilterList | None:
    """The filter that the options make; None: as configured."""
    if not (given["exclude"] or given["include"] or given["no_filters"]):
        return None
    from rezfast.cli.resolve import add_rules
    from rezfast.config import settings
    from rezfast.solve.filters import PackageFilterList

    rules = PackageFilterList.from_pod(() if given["no_filters"] else settings().package_filter)
    add_rules(rules, given)
    return rules


def _package_cache_async(given: Given) -> bool | None:
    mode = given["pkg_cache_mode"]
    return None if mode is None else mode == "async"


def _tell_of_program(error: ProgramError, context: ResolvedContext | None, given: Given) -> None:
    """Say on stderr why a program cannot be run, and which one may have been meant."""
    # Deferred: it is for mistakes.
    from rezfast.solve.nearest import closest_names

    hint = ""
    if context is not None and not error.is_there:
        tools = {tool for _, tools in context.get_tools().values() for tool in tools}
        near = closest_names(error.program, sorted(tools))
        hint = f"; did you mean {near[0]}?" if near else ""
    report_error(f"{error}{hint}", debug=given["debug"])


def _tell_failure(context: ResolvedContext, given: Given) -> None:
    """Say on stderr why there is no answer."""
    if context._solver is not None:
        from rezfast.cli.resolve_text import failure_text

        write_error(failure_text(context._solver))
    else:
        why = " ".join((context.failure_description or "no reason is known").split())
        write_error(f"rezfast: no solution: the context holds a resolve that failed: {why}\n")
    if given["fail_graph"]:
        from rezfast.cli.resolve_text import show_failed_graph

        show_failed_graph(context, debug=given["debug"])

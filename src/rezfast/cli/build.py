"""`rezfast build`: the package of a source tree, built and installed (rez: `rez-build`)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rezfast.build.guard import guard
from rezfast.build.process import create_build_process, get_build_process_types
from rezfast.build.systems import create_build_system, get_buildsys_types
from rezfast.cli.build_options import BuildParameters, source_package
from rezfast.cli.outcome import (
    EXIT_FAILED,
    EXIT_OK,
    UsageError,
    report_error,
    write_error,
    write_out,
)
from rezfast.cli.parameters import Option
from rezfast.config import settings
from rezfast.config.system import ask_ahead
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import BuildContextResolveError, BuildError
from rezfast.package.write import FileFormat, package_text

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.context.resolved import ResolvedContext

HELP = """Build the package in the current directory; with --install, install it.

Each variant is built in an environment of its own, below the directory 'build', by what the
package's 'build_command' says, or by cmake, make or pip. What follows '--' is given to the build
system, what follows a second '--' to the one that it calls. A package may have options of its
own: 'parse_build_args.py' declares them.

A build that fails or is killed leaves what was installed before.

\b
Exit code:
  0  every variant is built
  1  a build failed, or its environment cannot be resolved
  2  bad usage, a definition that cannot be read, a place that cannot be written
"""

PARAMETERS = BuildParameters(
    words="words",
    metavar="",
    needed=False,
    rest="after",
    rest_metavar="BUILD_ARG",
    options=[
        Option("--clean", "-c", kind="flag", help="Empty the build directory first."),
        Option(
            "--install",
            "-i",
            kind="flag",
            help="Install what is built into the local packages, or into --prefix.",
        ),
        Option("--prefix", "-p", metavar="PATH", help="Install into this package repository."),
        Option(
            "--fail-graph",
            kind="flag",
            help="Show the graph of an environment that cannot be resolved as an image.",
        ),
        Option(
            "--scripts",
            "-s",
            kind="flag",
            help="Build nothing: write a script 'build-env' for each variant that enters the "
            "environment of its build.",
        ),
        Option(
            "--view-pre",
            kind="flag",
            help="Show the definition as 'preprocess' leaves it, and build nothing.",
        ),
        Option(
            "--process",
            metavar="NAME",
            help="How to build: 'local', or 'central' as for a release: into the released "
            "packages, and without local ones. [default: default_build_process of the "
            "configuration]",
        ),
        Option(
            "--build-system",
            "-b",
            metavar="NAME",
            help="What to build with: cmake, custom, make, python. [default: what the package "
            "says, else what can build it]",
        ),
        Option(
            "--variants",
            kind="integer",
            many=True,
            greedy=True,
            metavar="INDEX...",
            help="Build these variants alone: 0 is the first one, -1 the last.",
        ),
        Option(
            "--build-args",
            "--ba",
            metavar="ARGS",
            help="Arguments for the build system, with spaces between.",
        ),
        Option(
            "--child-build-args",
            "--cba",
            metavar="ARGS",
            help="Arguments for the build system that it calls, with spaces between.",
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Build; return the exit code. `given` is by `PARAMETERS`."""
    if PARAMETERS.problem is not None:
        raise PARAMETERS.problem
    if given["words"]:
        raise UsageError(
            f"'{given['words'][0]}': it is the current directory that is built; arguments of the "
            "build system follow '--'"
        )
    _check(given)
    package = source_package()
    if given["view_pre"]:
        write_out(package_text(package, FileFormat.py, skip_attributes=["preprocess"]))
        return EXIT_OK
    build_args, child_build_args = _arguments(given)
    ask_ahead()
    if given["install"]:
        guard.prepare()
    is_heard = sys.stdout is not None
    system = create_build_system(
        os.getcwd(),
        given["build_system"],
        package,
        opts=PARAMETERS.opts,
        write_build_scripts=given["scripts"],
        verbose=is_heard,
        build_args=build_args,
        child_build_args=child_build_args,
    )
    name = given["process"] or settings().default_build_process
    try:
        process = create_build_process(name, system, verbose=is_heard, quiet=not is_heard)
        process.build(
            install_path=given["prefix"],
            clean=given["clean"],
            install=given["install"],
            variants=given["variants"] or None,
        )
    except BuildContextResolveError as error:
        _flush()
        _tell_failure(error.context, given)
        return EXIT_FAILED
    except BuildError as error:
        _flush()
        report_error(error, debug=given["debug"])
        return EXIT_FAILED
    finally:
        context_tmpdirs().clear()
    _flush()
    return EXIT_OK


def _flush() -> None:
    """Have what was said so far come before what is said on stderr."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _check(given: Given) -> None:
    for option, names in (
        ("process", get_build_process_types),
        ("build_system", get_buildsys_types),
    ):
        # plugins are looked for on the whole of sys.path: not without need
        if given[option] is None or given[option] in (known := names()):
            continue
        raise UsageError(
            f"--{option.replace('_', '-')} '{given[option]}': there are {', '.join(known)}"
        )


def _arguments(given: Given) -> tuple[list[str], list[str]]:
    """The arguments for the build system, and for the one that it calls."""
    after = list(given["after"])
    end = after.index("--") if "--" in after else len(after)
    groups = []
    for name, words in (("build_args", after[:end]), ("child_build_args", after[end + 1 :])):
        text = given[name]
        if text and words:
            raise UsageError(
                f"--{name.replace('_', '-')} and arguments after '--' exclude each other"
            )
        groups.append(text.split() if text else words)
    return groups[0], groups[1]


def _tell_failure(context: ResolvedContext, given: Given) -> None:
    """Say on stderr why an environment cannot be resolved."""
    # Deferred: it is for mistakes.
    from rezfast.cli.resolve_text import failure_text

    report_error("the build environment cannot be resolved", debug=given["debug"])
    if context._solver is not None:
        write_error(failure_text(context._solver))
    if not given["fail_graph"]:
        return
    from rezfast.context.graph import get_graph, view_graph

    graph = get_graph(context, as_dot=True)
    if graph is None:
        write_error("rezfast: the failed resolve has no graph\n")
    else:
        view_graph(graph, None, lambda step: write_error(f"{step}\n"))

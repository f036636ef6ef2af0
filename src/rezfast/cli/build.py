"""`rezfast build`: the package of a source tree, built and installed (rez: `rez-build`)."""

from __future__ import annotations

from rezfast.cli.build_options import BuildParameters, shared_options, source_package
from rezfast.cli.outcome import EXIT_OK, write_out
from rezfast.cli.parameters import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.cli.parameters import Given

HELP = """Build the package in the current directory; with --install, install it.

Each variant is built in an environment of its own, below the directory 'build', by what the
package's 'build_command' says, or by cmake, make or pip. What follows '--' is given to the build
system, what follows a second '--' to the one that it calls. A package may have options of its
own: 'parse_build_args.py' declares them.

Tests that a package runs before an install ('pre_install') have to pass. A build that fails or is
killed leaves what was installed before.

\b
Exit code:
  0  every variant is built
  1  a build or a test failed, or an environment cannot be resolved
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
        *shared_options(
            "How to build: 'local', or 'central' as for a release: into the released packages, "
            "and without local ones. [default: default_build_process of the configuration]"
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Build; return the exit code. `given` is by `PARAMETERS`."""
    # Deferred: reading the words begins something that takes time, see `BuildParameters.split`.
    from rezfast.build.guard import guard
    from rezfast.cli.build_steps import (
        FAILURES,
        check_words,
        make_build_process,
        make_build_system,
        say_line_by_line,
        tell_failure,
    )
    from rezfast.context.tmpdirs import context_tmpdirs

    say_line_by_line()
    check_words(PARAMETERS, given)
    package = source_package()
    if given["view_pre"]:
        from rezfast.package.write import FileFormat, package_text

        write_out(package_text(package, FileFormat.py, skip_attributes=["preprocess"]))
        return EXIT_OK
    if given["install"]:
        guard.prepare()
    system = make_build_system(PARAMETERS, given, package, scripts=given["scripts"])
    try:
        process = make_build_process(system, given)
        process.build(
            install_path=given["prefix"],
            clean=given["clean"],
            install=given["install"],
            variants=given["variants"] or None,
        )
    except FAILURES as error:
        return tell_failure(error, given, given["fail_graph"])
    finally:
        context_tmpdirs().clear()
    return EXIT_OK

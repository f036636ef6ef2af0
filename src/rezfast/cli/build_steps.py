"""What `rezfast build` and `rezfast release` do alike, from words to a process and its failures."""

from __future__ import annotations

import os
import sys

from rezfast.build.process import create_build_process, get_build_process_types
from rezfast.build.systems import create_build_system, get_buildsys_types
from rezfast.cli.outcome import EXIT_FAILED, UsageError, report_error, write_error
from rezfast.config import settings
from rezfast.errors import (
    BuildContextResolveError,
    BuildError,
    PackageFamilyNotFoundError,
    PackageNotFoundError,
    PackageTestError,
    RezError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from rezfast.build.process import BuildProcess
    from rezfast.build.system import BuildSystem
    from rezfast.cli.build_options import BuildParameters
    from rezfast.cli.parameters import Given
    from rezfast.context.resolved import ResolvedContext
    from rezfast.repository.developer import DeveloperPackage

FAILURES = (BuildError, PackageTestError, PackageFamilyNotFoundError, PackageNotFoundError)
"""What a build comes to that is no bad input: 1, where everything else is 2."""


def check_words(parameters: BuildParameters, given: Given) -> None:
    """Check what needs no definition.

    Args:
        parameters: The command's.
        given: By those.

    Raises:
        UsageError: A word makes no sense.
    """
    if parameters.problem is not None:
        raise parameters.problem
    if given["words"]:
        raise UsageError(
            f"'{given['words'][0]}': it is the package in the current directory that is built; "
            "arguments of the build system follow '--'"
        )
    check_name("process", given["process"], get_build_process_types)
    check_name("build-system", given["build_system"], get_buildsys_types)


def check_name(option: str, name: str | None, names: Callable[[], list[str]]) -> None:
    """Check the name of something that plugins add to.

    Args:
        option: The option, without dashes.
        name: What it was given; None: nothing.
        names: Tells what there is.

    Raises:
        UsageError: There is none of that name.
    """
    # plugins are looked for on the whole of sys.path: not without need
    if name is not None and name not in (known := names()):
        raise UsageError(f"--{option} '{name}': there are {', '.join(known)}")


def make_build_system(
    parameters: BuildParameters, given: Given, package: DeveloperPackage, scripts: bool = False
) -> BuildSystem:
    """The build system of the current directory.

    Args:
        parameters, given: As for `check_words`.
        package: The package.
        scripts: Whether to write scripts in place of building.

    Raises:
        UsageError: Arguments for it are given in two ways.
        RezError: As `create_build_system`.
    """
    build_args, child_build_args = _arguments(given)
    return create_build_system(
        os.getcwd(),
        given["build_system"],
        package,
        opts=parameters.opts,
        write_build_scripts=scripts,
        verbose=sys.stdout is not None,
        build_args=build_args,
        child_build_args=child_build_args,
    )


def make_build_process(system: BuildSystem, given: Given) -> BuildProcess:
    """The build process that is asked for, else the one of the settings.

    Raises:
        BuildProcessError: As `create_build_process`.
    """
    name = given["process"] or settings().default_build_process
    is_heard = sys.stdout is not None
    process = create_build_process(name, system, verbose=is_heard, quiet=not is_heard)
    process.verbosity = given["verbose"]
    return process


def say_line_by_line() -> None:
    """From now on write each line to stdout when it is said: among what programs and stderr say."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(line_buffering=True)


def tell_failure(error: RezError, given: Given, fail_graph: bool = False) -> int:
    """Say on stderr why something could not be built; gives the exit code.

    Args:
        error: Why.
        given: As for `check_words`.
        fail_graph: Show the graph of an environment that cannot be resolved.
    """
    if isinstance(error, BuildContextResolveError):
        _tell_failed_resolve(error.context, given, fail_graph)
    else:
        report_error(error, debug=given["debug"])
    return EXIT_FAILED


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


def _tell_failed_resolve(context: ResolvedContext, given: Given, fail_graph: bool) -> None:
    # Deferred: it is for mistakes.
    from rezfast.cli.resolve_text import failure_text, show_failed_graph

    report_error("the build environment cannot be resolved", debug=given["debug"])
    if context._solver is not None:
        write_error(failure_text(context._solver))
    if fail_graph:
        show_failed_graph(context, debug=given["debug"])

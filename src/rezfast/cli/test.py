"""`rezfast test`: the tests of a package, in environments of their own (rez: `rez-test`)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rezfast.build.package_test import PackageTestRunner
from rezfast.cli.outcome import (
    EXIT_BAD_INPUT,
    EXIT_OK,
    UsageError,
    report_error,
    write_error,
    write_out,
)
from rezfast.cli.parameters import Option, Parameters
from rezfast.config import settings
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import PackageFamilyNotFoundError, PackageNotFoundError, RezError
from rezfast.repository import family_names
from rezfast.solve.nearest import closest_names
from rezfast.version import Requirement

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.package.model import Package

HELP = """Run the tests of PKG, the latest package that this request admits.

A TEST is a name or a pattern such as 'unit*'; without one, the tests run that are to be run by
default. Each runs in an environment of its own: the package, what the test requires, and the
variant that it is for. What follows '--' goes to the command of the one TEST that is named.

\b
Exit code:
  0    no test failed, or there is none
  2    bad usage or bad input, such as an unknown package or test, or commands that fail
  255  the first test that failed has no environment
  else that of the first test that failed
"""

PARAMETERS = Parameters(
    words="words",
    metavar="PKG [TEST]",
    rest="arguments",
    rest_metavar="ARGUMENT",
    options=[
        Option("--list", "-l", kind="flag", help="List the package's tests and run none."),
        Option("--dry-run", kind="flag", help="Do everything but run the commands of tests."),
        Option("--stop-on-fail", "-s", kind="flag", help="Stop at the first test that fails."),
        Option(
            "--inplace",
            kind="flag",
            help="Test the package of the current environment, in that environment. A test that "
            "requires what is not there fails.",
        ),
        Option(
            "--extra-packages",
            metavar="REQUEST...",
            many=True,
            greedy=True,
            help="Ask for these packages in every environment, too. All words up to the next "
            "option are requests.",
        ),
        Option(
            "--paths",
            metavar="PATHS",
            help="Package repositories to search, with ':' between them; the first one wins. "
            "[default: packages_path of the configuration]",
        ),
        Option("--no-local", "--nl", kind="flag", help="Leave local packages out."),
        Option(
            "--verbose", "-v", kind="count", help="Show each step of the solves on stderr; -vv: "
            "errors in commands with all that led to them."
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)  # fmt: skip


def run(given: Given) -> int:
    """Run the tests, return the exit code. `given` is by `PARAMETERS`."""
    request, *tests = given["words"]
    _check(given, tests)
    paths = _paths(given)
    runner = PackageTestRunner(
        request,
        use_current_env=given["inplace"],
        extra_package_requests=given["extra_packages"],
        package_paths=paths,
        verbose=2,
        dry_run=given["dry_run"],
        stop_on_fail=given["stop_on_fail"],
        verbosity=given["verbose"],
    )
    write_out("")  # makes stdout take what it must
    try:
        package = runner.get_package()
    except RezError as error:
        report_error("; ".join([str(error), *_hints(error, paths)]), debug=given["debug"])
        return EXIT_BAD_INPUT
    if package is None:
        report_error(f"the current environment has no package that meets '{request}'")
        return EXIT_BAD_INPUT
    try:
        return _run_tests(runner, package, tests, given)
    finally:
        # those of a test that was interrupted
        context_tmpdirs().clear()


def _check(given: Given, tests: list[str]) -> None:
    if given["inplace"]:
        for name in ("extra_packages", "paths", "no_local"):
            if given[name]:
                option = "--" + name.replace("_", "-")
                raise UsageError(f"--inplace and {option} exclude each other")
    if given["arguments"] and len(tests) != 1:
        raise UsageError("what follows '--' is for the command of one test: name one TEST")


def _paths(given: Given) -> list[str] | None:
    if given["paths"] is not None:
        return [os.path.expanduser(path) for path in given["paths"].split(os.pathsep) if path]
    return list(settings().nonlocal_packages_path) if given["no_local"] else None


def _hints(error: RezError, paths: list[str] | None) -> list[str]:
    """What may have been meant by a package that does not exist."""
    # Deferred: it is for mistakes.
    from rezfast.cli.resolve import hints_for

    if isinstance(error, PackageNotFoundError) and error.requirement:
        family = Requirement(error.requirement).name
        if family not in family_names(settings().packages_path if paths is None else paths):
            error = PackageFamilyNotFoundError(family=family)
    return hints_for(error, "--paths", paths)


def _run_tests(runner: PackageTestRunner, package: Package, tests: list[str], given: Given) -> int:
    names = runner.get_test_names()
    if not names:
        write_error(f"rezfast: {package.uri} has no tests\n")
        return EXIT_OK
    if given["list"]:
        if sys.stdout.isatty():
            write_out(f"Tests defined in {package.uri}:\n")
        write_out("".join(f"{name}\n" for name in names))
        return EXIT_OK
    _check_names(tests, names, package)
    wanted = runner.find_requested_test_names(tests)
    if not wanted:
        which = f"matches {' '.join(tests)}" if tests else "is run by default: name one"
        write_error(f"rezfast: no test of {package.uri} {which}\n")
        return EXIT_OK
    exit_code = 0
    for name in wanted:
        code = runner.run_test(name, extra_test_args=given["arguments"])
        exit_code = exit_code or code
        if runner.stopped_on_fail:
            break
    write_out("\n\n")
    runner.print_summary()
    write_out("\n")
    # what a process gives for a negative one
    return exit_code & 0xFF


def _check_names(tests: list[str], names: list[str], package: Package) -> None:
    """A name that no test has is a mistake; a pattern that matches none need not be."""
    for test in tests:
        if test in names or any(letter in test for letter in "*?["):
            continue
        near = closest_names(test, names)
        hint = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(names)}"
        raise UsageError(f"{package.uri} has no test '{test}'; {hint}")

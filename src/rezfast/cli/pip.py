"""`rezfast pip`: Python distributions installed as packages (rez: `rez-pip`)."""

from __future__ import annotations

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
from rezfast.cli.pip_text import Display, plan_text, summary_text
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import BuildError, DistributionError
from rezfast.pip.fetch import InstallMode, Request
from rezfast.pip.install import Installation, extra_arguments, install, target_location
from rezfast.pip.interpreter import find_interpreter

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given

HELP = """Install Python distributions, and what they require, as packages.

PACKAGE is what pip takes: a requirement such as 'requests', 'requests[socks]>=2.30' or
'name @ https://...', a url, the path of a wheel, a source archive or a source tree. pip finds
out what is needed and gets it; nothing is installed that is there already.

The pip is that of a package python: the latest, or that of --python-version; else a package pip;
else that of the Python that rezfast runs on. What follows -e or -- are arguments for 'pip
install', in place of the setting pip_extra_args, and has to come last.

\b
Exit code:
  0  installed, or there already
  1  pip failed, or what it got cannot become a package
  2  bad usage, no pip that can be used, a place that cannot be written
"""


class PipParameters(Parameters):
    """What `rezfast pip` accepts: `-e`, as rez has it, takes all that follows it, as `--` does."""

    __slots__ = ()

    def split(self, arguments: list[str]) -> tuple[list[str], tuple[str, ...]]:
        """As `Parameters.split`."""
        ends = [arguments.index(end) for end in ("-e", "--extra", "--") if end in arguments]
        if not ends:
            return super().split(arguments)
        first = min(ends)
        looked_at, _ = super().split(arguments[:first])
        return looked_at, tuple(arguments[first + 1 :])


PARAMETERS = PipParameters(
    words="packages",
    metavar="PACKAGE",
    needed=False,
    rest="extra",
    rest_metavar="PIP_ARG",
    options=[
        Option("--install", "-i", kind="flag", help="Install into the local packages."),
        Option("--release", "-r", kind="flag", help="Install into the released packages."),
        Option("--prefix", "-p", metavar="PATH", help="Install into this package repository."),
        Option(
            "--dry-run",
            "-n",
            kind="flag",
            help="Install nothing: show the packages that would be made.",
        ),
        Option(
            "--python-version",
            metavar="VERSION",
            help="The package python to use, of which major and minor version count. Packages "
            "depend on it. [default: the latest]",
        ),
        Option(
            "--requirement",
            metavar="FILE",
            many=True,
            help="Install what a requirement file says; may be repeated.",
        ),
        Option(
            "--constraint",
            "-c",
            metavar="FILE",
            many=True,
            help="Take only versions that this file admits; may be repeated.",
        ),
        Option("--no-deps", kind="flag", help="Install nothing that PACKAGE requires."),
        Option("--verbose", "-v", kind="count", help="Show what pip says."),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Install; return the exit code. `given` is by `PARAMETERS`."""
    request = _request(given)
    try:
        done = _install(request, given)
    except (BuildError, DistributionError) as error:
        report_error(error, debug=given["debug"])
        return EXIT_FAILED
    finally:
        context_tmpdirs().clear()
    write_out(plan_text(done) if given["dry_run"] else summary_text(done))
    return EXIT_OK


def _install(request: Request, given: Given) -> Installation:
    location = target_location(given["release"], given["prefix"])
    interpreter = find_interpreter(given["python_version"])
    write_error(f"rezfast: {interpreter.origin}\n")
    with Display(verbose=bool(given["verbose"])) as display:
        return install(
            interpreter,
            request,
            location,
            dry_run=given["dry_run"],
            say=display.say,
            progress=display.progress,
        )


def _request(given: Given) -> Request:
    if given["install"] == given["dry_run"]:
        raise UsageError("say one of --install, and --dry-run to see what it would do")
    if given["release"] and given["prefix"]:
        raise UsageError("--release and --prefix exclude each other")
    extra = extra_arguments(given["extra"])
    has_files = any(
        one in ("-r", "--requirement") or one.startswith(("-r", "--requirement=")) for one in extra
    )
    if not given["packages"] and not given["requirement"] and not has_files:
        raise UsageError("name a PACKAGE, or a --requirement FILE")
    return Request(
        given["packages"],
        given["requirement"],
        given["constraint"],
        InstallMode.no_deps if given["no_deps"] else InstallMode.min_deps,
        extra,
    )

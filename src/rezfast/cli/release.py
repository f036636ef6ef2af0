"""`rezfast release`: the package of a source tree, built for everybody (rez: `rez-release`)."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from rezfast.cli.build_options import BuildParameters, shared_options, source_package
from rezfast.cli.build_steps import (
    FAILURES,
    check_name,
    check_words,
    make_build_process,
    make_build_system,
    say_line_by_line,
    tell_failure,
)
from rezfast.cli.outcome import EXIT_INTERRUPTED, EXIT_OK, report_error
from rezfast.cli.parameters import Option
from rezfast.config import settings
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import ReleaseError, RezError
from rezfast.release.detection import create_release_vcs, get_release_vcs_types
from rezfast.release.message import edit_message, forget_message
from rezfast.release.process import ReleaseProcess

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given

HELP = """Build the package in the current directory for everybody, install it, and tag its source.

The source has to be under version control, committed and pushed. Each variant is built without
local packages, and installed into the setting 'release_packages_path'; variants that are there
already are skipped. Tests that a package runs before a release ('pre_release') have to pass. What
follows '--' is given to the build system, as for 'rezfast build'.

A release that fails or is killed leaves packages and tags as they were, and can be tried again.

\b
Exit code:
  0  it is released, or was before
  1  nothing is released: a check, a build, a test, a hook or the tag failed; or a hook failed
     after the release, which is said
  2  bad usage, a definition that cannot be read, a place that cannot be written
"""

PARAMETERS = BuildParameters(
    words="words",
    metavar="",
    needed=False,
    rest="after",
    rest_metavar="BUILD_ARG",
    options=[
        Option("--message", "-m", metavar="TEXT", help="What there is to say of this release."),
        Option(
            "--no-message",
            kind="flag",
            help="Do not ask for a message, whatever prompt_release_message says.",
        ),
        Option("--vcs", metavar="NAME", help="The version control system. [default: look for it]"),
        Option("--no-latest", kind="flag", help="Release although a later version is released."),
        Option(
            "--ignore-existing-tag",
            kind="flag",
            help="Release although the source is tagged with this version, where the setting "
            "plugins.release_vcs.check_tag forbids it.",
        ),
        Option(
            "--skip-repo-errors",
            kind="flag",
            help="Release whatever the version control system says, even that the source is not "
            "committed: for emergencies.",
        ),
        *shared_options(
            "The build process; 'local' and 'central' release alike. [default: "
            "default_build_process of the configuration]"
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Release; return the exit code. `given` is by `PARAMETERS`."""
    say_line_by_line()
    check_words(PARAMETERS, given)
    check_name("vcs", given["vcs"], get_release_vcs_types)
    package = source_package()
    release: ReleaseProcess | None = None
    try:
        vcs = create_release_vcs(os.getcwd(), given["vcs"])
        system = make_build_system(PARAMETERS, given, package)
        release = ReleaseProcess(
            make_build_process(system, given),
            vcs,
            ensure_latest=not given["no_latest"],
            skip_repo_errors=given["skip_repo_errors"],
            ignore_existing_tag=given["ignore_existing_tag"],
        )
        message = _message(release, given)
        release.release(message or None, given["variants"] or None)
    except (ReleaseError, *FAILURES) as error:
        return tell_failure(error, given)
    except KeyboardInterrupt:
        is_done = release is not None and release.is_released
        state = "is released, and stays so" if is_done else "is not released"
        report_error(f"interrupted: {package.qualified_name} {state}", debug=given["debug"])
        return EXIT_INTERRUPTED
    finally:
        context_tmpdirs().clear()
    forget_message(os.getcwd())
    return EXIT_OK


def _message(release: ReleaseProcess, given: Given) -> str | None:
    """What the user says of the release; in an editor, if the settings want it."""
    if given["message"] or given["no_message"] or not settings().prompt_release_message:
        message: str | None = given["message"]
        return message
    changelog = None
    # it is there for the user to look at, no more
    with suppress(RezError):
        changelog = release.get_changelog()
    message = edit_message(os.getcwd(), changelog)
    if not message and not _goes_on_without():
        raise ReleaseError(
            "nothing is released, since the message is empty: write one, or use --message, or "
            "--no-message to release without"
        )
    return message


def _goes_on_without() -> bool:
    """Ask whether to release without a message; where nobody can answer, no."""
    if sys.stdin is None or sys.stdout is None or not sys.stdin.isatty():
        return False
    while True:
        try:
            answer = input("The message is empty. [A]bort or [C]ontinue the release? ")
        except EOFError:
            return False
        if answer.strip().lower() in ("a", "c"):
            return answer.strip().lower() == "c"

"""`rezfast survey`: what a repository's definitions are like, and how many of them are fast."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from os import environ

from rezfast.batch.survey import repository_below, run_survey
from rezfast.cli.outcome import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    UsageError,
    write_error,
    write_out,
)
from rezfast.cli.parameters import Option, Parameters
from rezfast.cli.survey_progress import ProgressBar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.batch.places import View
    from rezfast.batch.result import Survey
    from rezfast.cli.parameters import Given

EXIT_DIFFERENT = 3

HELP = """Read every package definition below each PATH, and say what they are like.

A PATH is a package repository, a family in one, a package, a source checkout, or a single file. A
definition is fast when its fields can be read without running it; otherwise Python has to run it,
and the survey says why and where. Definitions are not run, unless --differential is given.

\b
Exit code:
  0    done
  1    fewer definitions are fast than --fail-under asks for
  2    bad usage or bad input, such as a path with no definitions, or a page that cannot be written
  3    --differential found a difference
  130  interrupted with Ctrl-C; what was found by then is reported
"""

PARAMETERS = Parameters(
    words="paths",
    metavar="PATH",
    options=[
        Option(
            "--view",
            metavar="VIEW",
            default="installed",
            help="Read definitions as 'installed' packages, whose directories name them, or as the "
            "'source' of builds, wherever they are below PATH. [default: installed]",
        ),
        Option(
            "--examples",
            kind="integer",
            default=3,
            metavar="N",
            help="Show up to N examples of each class. [default: 3]",
        ),
        Option(
            "--fail-under",
            metavar="PCT",
            help="Exit with 1 when less than PCT percent of the definitions are fast.",
        ),
        Option(
            "--differential",
            kind="flag",
            help="Run each accepted definition too, with rezfast and with rez if it can be "
            "imported, and report every field that differs.",
        ),
        Option("--html", metavar="FILE", help="Write the survey to FILE as a page with charts."),
        Option("--json", kind="flag", help="Print one JSON object instead."),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Survey, report, return the exit code. `given` is by `PARAMETERS`."""
    view = checked_view(given["view"])
    least = None if given["fail_under"] is None else _percentage(given["fail_under"])
    if given["examples"] < 0:
        raise UsageError("--examples has to be 0 or more")
    with ExitStack() as files:
        page = None
        if given["html"] is not None:
            from rezfast.cli.survey_file import WholeFile

            page = files.enter_context(WholeFile(given["html"]))
        survey = _take(given, view)
        if survey.complete and not survey.definitions:
            raise UsageError(_nothing_found(survey))
        write_out(_text(survey, as_json=given["json"]))
        if page is not None:
            from rezfast.batch.page import html_page

            page.write(html_page(survey).encode("utf-8", "backslashreplace"))
    return _exit_code(survey, least)


def checked_view(text: str) -> View:
    """What `--view` says. Raises UsageError."""
    if text == "installed":
        return "installed"
    if text == "source":
        return "source"
    raise UsageError(f"--view '{text}' is not a view; use 'installed' or 'source'")


def _percentage(text: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:  # nan is not either
        raise UsageError(f"--fail-under '{text}' is not a percentage; give a number from 0 to 100")
    return value


def _take(given: Given, view: View) -> Survey:
    bar = ProgressBar()
    try:
        return run_survey(
            dict.fromkeys(given["paths"]),
            view,
            examples=given["examples"],
            differential=given["differential"],
            progress=bar.show if bar.wanted else None,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    finally:
        bar.wipe()


def _text(survey: Survey, *, as_json: bool) -> str:
    if as_json:
        # each form of the report imports what it needs
        from rezfast.cli.resolve_json import to_json

        return to_json(survey.to_dict())
    from rezfast.cli.survey_text import fitting, report

    terminal = sys.stdout is not None and sys.stdout.isatty()
    text = report(survey, bold=terminal and not environ.get("NO_COLOR"))
    return fitting(text, getattr(sys.stdout, "encoding", None))


def _exit_code(survey: Survey, least: float | None) -> int:
    if not survey.complete:
        write_error("rezfast: interrupted: the report is of what was done by then\n")
        return EXIT_INTERRUPTED
    if survey.differential is not None and survey.differential.differences:
        return EXIT_DIFFERENT
    share = survey.percent(survey.fast)
    if least is not None and share < least:
        write_error(
            f"rezfast: {survey.fast} of {survey.definitions} definitions are fast: "
            f"less than the {least:g} % of --fail-under\n"
        )
        return EXIT_FAILED
    return EXIT_OK


def _nothing_found(survey: Survey) -> str:
    paths = ", ".join([place.path for place in survey.places])
    meant = repository_below(survey)
    if meant is not None:
        return f"no package definitions in {paths}; did you mean {meant}?"
    return f"no package definitions in {paths}; expected <family>/<version>/package.py below it"

"""`rezfast scan`: what the scanner reads in a definition, or why it leaves it to Python."""

from __future__ import annotations

import os
import sys

from rezfast._batch import FileError, scan_files
from rezfast._scan import Scanned, scan
from rezfast.batch.classes import BROKEN_PYTHON, YAML, meaning
from rezfast.batch.fields import FIELDS, NAMING
from rezfast.batch.inspection import broken_python
from rezfast.batch.places import is_yaml
from rezfast.cli.outcome import (
    EXIT_BAD_INPUT,
    EXIT_FAILED,
    EXIT_OK,
    UsageError,
    report_error,
    write_out,
)
from rezfast.cli.parameters import Option, Parameters
from rezfast.cli.survey import checked_view
from rezfast.cli.survey_text import fitting
from rezfast.repository.filesystem import find_definition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast._scan import Refused
    from rezfast.batch.places import View
    from rezfast.cli.parameters import Given

HELP = """Read package definitions without running them: show their fields, or why that fails.

A FILE is a package.py, or a directory with one in it. '-' is standard input. What cannot be read is
told with its reason, line and text; Python has to run such a definition.

\b
Exit code:
  0  every definition was read
  1  at least one cannot be read without running it
  2  bad usage, or a file that cannot be opened
"""

PARAMETERS = Parameters(
    words="files",
    metavar="FILE",
    options=[
        Option(
            "--view",
            metavar="VIEW",
            default="installed",
            help="Read definitions as 'installed' packages, whose directories name them, or as the "
            "'source' of builds. [default: installed]",
        ),
        Option("--json", kind="flag", help="Print one JSON object instead."),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)

_STDIN = "-"
_SHOWN_NAME = "<stdin>"
_MOST_SHOWN = 160  # characters of a line that was refused
_MOST_READ = 64 << 20  # as the scanner


def run(given: Given) -> int:
    """Scan, print, return the exit code. `given` is by `PARAMETERS`."""
    view = checked_view(given["view"])
    answers = _scan_all([_definition(word) for word in given["files"]], view)
    if given["json"]:
        # the text needs none of it
        from rezfast.cli.resolve_json import to_json

        write_out(to_json({"view": view, "files": answers}))
    else:
        text = "".join([_text(answer) for answer in answers if answer["status"] != "error"])
        write_out(fitting(text, getattr(sys.stdout, "encoding", None)))
        for answer in answers:
            if answer["status"] == "error":
                report_error(answer["message"])
    statuses = {answer["status"] for answer in answers}
    if "error" in statuses:
        return EXIT_BAD_INPUT
    return EXIT_FAILED if "refused" in statuses else EXIT_OK


def _definition(word: str) -> str:
    """The file that a word stands for: a directory means the definition in it."""
    path = os.path.expanduser(word)
    if word == _STDIN or not os.path.isdir(path):
        return path
    found = find_definition(path)
    if found is None:
        raise UsageError(
            f"{path}: is a directory without a definition; try 'rezfast survey {path}'"
        )
    return found


def _scan_all(paths: list[str], view: View) -> list[dict[str, Any]]:
    """An answer for each path, as `--json` prints it."""
    try:
        outcomes = iter(scan_files([path for path in paths if path != _STDIN], view))
    except ValueError as error:
        raise UsageError(str(error)) from error
    answers = []
    piped: bytes | None = None
    for path in paths:
        if path == _STDIN:
            if piped is None:
                piped = _read_stdin()
            answers.append(_answer(_SHOWN_NAME, scan(piped, view), piped))
        else:
            answers.append(_answer(path, next(outcomes)))
    return answers


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    source = sys.stdin.buffer.read(_MOST_READ + 1)
    if len(source) > _MOST_READ:
        raise UsageError("standard input is larger than 64 MB: that is no definition")
    return source


def _answer(
    path: str, outcome: Scanned | Refused | FileError, source: bytes | None = None
) -> dict[str, Any]:
    if isinstance(outcome, FileError):
        return {
            "path": path,
            "status": "error",
            "reason": outcome.reason,
            "message": outcome.message,
        }
    if isinstance(outcome, Scanned):
        fields = {field: getattr(outcome, field) for field in (*NAMING, *FIELDS)}
        return {"path": path, "status": "accepted", **fields}
    answer: dict[str, Any] = {
        "path": path,
        "status": "refused",
        "reason": outcome.reason,
        "meaning": meaning(outcome.reason),
        "line": outcome.line,
    }
    if is_yaml(path):
        answer.update(reason=YAML, meaning=meaning(YAML), line=None)
        return answer
    if source is None:
        source = _read(path)
    broken = broken_python(source, path)
    if broken is not None:
        answer.update(reason=BROKEN_PYTHON, meaning=broken.note, line=broken.line)
    answer["text"] = _line_of(source, answer["line"])
    return answer


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_READ)
    except OSError:  # it went away since it was scanned
        return b""


def _line_of(source: bytes, line: int | None) -> str | None:
    """The text of a line, as Python counts lines; None when there is none."""
    if line is None:
        return None
    lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n", line)
    return lines[line - 1].decode("utf-8", "replace") if line <= len(lines) else None


def _text(answer: dict[str, Any]) -> str:
    path = answer["path"]
    if answer["status"] == "refused":
        where = path if answer["line"] is None else f"{path}:{answer['line']}"
        lines = [f"{where}: {answer['reason']}: {answer['meaning']}"]
        text = (answer.get("text") or "").strip()
        if text:
            shown = "".join([c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text])
            lines.append(f"    {shown[:_MOST_SHOWN]}{'...' if len(shown) > _MOST_SHOWN else ''}")
        return "\n".join(lines) + "\n"
    lines = [f"{path}: fast"]
    for field in (*NAMING, *FIELDS):
        value = answer[field]
        if value is not None:
            lines += _field_lines(field, value)
    return "\n".join(lines) + "\n"


def _field_lines(field: str, value: Any) -> list[str]:
    """A field under its name, one value a line."""
    if field == "variants":
        values = [f"[{index}] {', '.join(variant)}".rstrip() for index, variant in enumerate(value)]
    elif isinstance(value, list):
        values = value
    else:
        values = [str(value)]
    first, *others = values or ["[]"]
    return [f"  {field:<23}{first}", *(f"  {'':<23}{other}" for other in others)]

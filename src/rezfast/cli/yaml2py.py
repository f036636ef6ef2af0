"""`rezfast yaml2py`: a package.yaml as a package.py (rez: `rez-yaml2py`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rezfast.cli.outcome import EXIT_OK, UsageError
from rezfast.cli.parameters import Option, Parameters
from rezfast.cli.view_source import print_text, source_path
from rezfast.package.write import FileFormat, package_text
from rezfast.repository.developer import DeveloperPackage

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given

HELP = """Show a package.yaml as the package.py that says the same.

PATH is the file, or the directory that it is in; without PATH it is looked for here. It is read
as a build reads it: the wildcards of its requests are replaced, and preprocess functions run.
Nothing is written: send the output to a file.

\b
Example:
  rezfast yaml2py > package.py

\b
Exit code:
  0  shown
  2  bad usage, or a file that cannot be read
"""

_YAML = (".yaml", ".yml")

PARAMETERS = Parameters(
    words="path",
    metavar="PATH",
    needed=False,
    options=[Option("--debug", kind="flag", help="Show a traceback when something goes wrong.")],
)


def run(given: Given) -> int:
    """Show the definition, return the exit code. `given` is by `PARAMETERS`."""
    if len(given["path"]) > 1:
        raise UsageError(f"one PATH at a time: not {' '.join(given['path'])!r}")
    path = source_path(given["path"][0] if given["path"] else os.curdir, (".yaml",))
    if not path.endswith(_YAML):
        raise UsageError(f"{path}: is not a .yaml file")
    print_text(package_text(DeveloperPackage.from_path(path, "yaml"), FileFormat.py))
    return EXIT_OK

"""`rezfast view`: what a package's definition says (rez: `rez-view`)."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from rezfast.cli.outcome import EXIT_FAILED, EXIT_OK, UsageError, report_error
from rezfast.cli.parameters import Option, Parameters
from rezfast.cli.view_source import print_text, source_path
from rezfast.config import settings
from rezfast.errors import RezError
from rezfast.package.write import FileFormat, package_text
from rezfast.repository import family_names
from rezfast.repository.developer import DeveloperPackage
from rezfast.repository.queries import get_variant, iter_packages
from rezfast.solve.nearest import closest_names, closest_versions
from rezfast.version import Requirement

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given
    from rezfast.package.model import Package

HELP = """Show what the definition of PKG says, as rez reads it.

PKG is a request, such as 'maya' or 'maya-2024': the latest version of it is shown. With a slash
in it, it is the path of a definition, or of a directory with one in it, which is read as a build
reads it.

Early bound functions show as their values, other functions as text.

\b
Exit code:
  0  shown
  1  there is no such package
  2  bad usage, or a definition that cannot be read
"""

PARAMETERS = Parameters(
    words="package",
    metavar="PKG",
    options=[
        Option(
            "--format",
            "-f",
            metavar="FORMAT",
            default="yaml",
            help="How to show it: 'yaml', or 'py' for a package.py. [default: yaml]",
        ),
        Option(
            "--all",
            "-a",
            kind="flag",
            help="Show what a release wrote as well: timestamp, revision, changelog and so on.",
        ),
        Option("--brief", "-b", kind="flag", help="Show the definition alone, without its place."),
        Option("--current", "-c", kind="flag", help="Show the version that this environment has."),
        Option(
            "--path",
            metavar="PATH",
            many=True,
            help="Package repository to search; may be repeated, the first one wins. "
            "[default: packages_path of the configuration]",
        ),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Show the package, return the exit code. `given` is by `PARAMETERS`."""
    format_ = _format(given["format"])
    if len(given["package"]) > 1:
        raise UsageError(f"one PKG at a time: not {' '.join(given['package'])!r}")
    word: str = given["package"][0]
    if os.sep in word or word in (".", ".."):
        if given["current"] or given["path"]:
            raise UsageError(f"{word} is a path: --current and --path are for requests")
        path = source_path(word)
        package: Package = DeveloperPackage.from_path(path)
        uri = path
    else:
        found = _find(Requirement.package_request(word), given)
        if isinstance(found, str):
            report_error(found)
            return EXIT_FAILED
        package, uri = found, found.uri
    text = package_text(package, format_, include_release=given["all"])
    print_text(text if given["brief"] else f"URI:\n{uri}\n\nCONTENTS:\n{text}")
    return EXIT_OK


def _format(text: str) -> FileFormat:
    try:
        return FileFormat(text)
    except ValueError:
        raise UsageError(f"--format {text!r}: there are 'yaml' and 'py'") from None


def _find(request: Requirement, given: Given) -> Package | str:
    """The package, or why there is none."""
    if given["current"]:
        return _current(request)
    paths = [os.path.expanduser(path) for path in given["path"]]
    packages = list(iter_packages(request.name, request.range, paths))
    if packages:
        return max(packages, key=lambda package: package.version)
    return _missing(request, paths)


def _missing(request: Requirement, paths: list[str]) -> str:
    searched = paths or list(settings().packages_path)
    versions = [package.version for package in iter_packages(request.name, paths=paths)]
    if versions and request.range is not None:
        near = [f"{request.name}-{each}" for each in closest_versions(request.range, versions)]
        be = "the nearest are" if len(near) > 1 else "there is"
        return f"no package matches {request}; {be} {' and '.join(near)}"
    message = f"there is no package {request.name!r}"
    names = closest_names(request.name, family_names(searched))
    if names:
        return f"{message}; did you mean {' or '.join(map(repr, names))}?"
    # a mistyped path looks like a missing package
    lost = [path for path in searched if "@" not in path and not os.path.isdir(path)]
    missing = "".join(f"; {path} is not a directory" for path in lost)
    return f"{message} in {', '.join(searched) or 'an empty packages_path'}{missing}"


def _current(request: Requirement) -> Package | str:
    path = os.environ.get("REZ_RXT_FILE")
    if not path:
        return "--current: this is not a resolved environment"
    handles = [_placed(handle, path) for handle in _context(path).get("resolved_packages") or []]
    variants = {variant.name: variant for variant in map(get_variant, handles)}
    if request.name in variants:
        return variants[request.name].parent
    names = closest_names(request.name, variants)
    hint = f"; did you mean {' or '.join(map(repr, names))}?" if names else ""
    return f"there is no package {request.name!r} in this environment{hint}"


def _context(path: str) -> dict[str, Any]:
    """A saved context, which is JSON, or YAML when it is an old one."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        context = json.loads(text)
    except ValueError:
        import yaml  # contexts are JSON for many years now

        try:
            context = yaml.safe_load(text)
        except yaml.YAMLError:
            context = None
    if not isinstance(context, dict):
        raise RezError(f"{path}: is no saved context")
    return context


def _placed(handle: Any, path: str) -> Any:
    """A handle whose repository, in a bundle, is given from the bundle's directory."""
    variables = handle.get("variables") if isinstance(handle, dict) else None
    if not isinstance(variables, dict) or variables.get("repository_type") != "filesystem":
        return handle
    location = os.path.join(os.path.dirname(path), str(variables.get("location")))
    return {**handle, "variables": {**variables, "location": location}}

"""A distribution's attributes as a package's (rez: the `make_package` part of `rez.pip`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rezfast.errors import DistributionError, PackageRequestError, VersionError
from rezfast.pip.distribution import Distribution
from rezfast.pip.files import PackageFile, python_paths
from rezfast.pip.requirements import rez_package_name, rez_version
from rezfast.pip.requires import Requirements

# What older tools wrote for nothing.
_NOTHING = "UNKNOWN"


def package_attributes(
    distribution: Distribution, requirements: Requirements, files: Sequence[PackageFile]
) -> dict[str, Any]:
    """The attributes of the package, in rez's order; `make_package` takes them.

    Args:
        distribution: What becomes a package.
        requirements: What it requires, from `package_requirements`.
        files: Its files, from `Distribution.package_files`.

    Raises:
        DistributionError: Its name or version cannot be a package's, or a file cannot be read.
    """
    try:
        name, version = rez_package_name(distribution.name), rez_version(distribution.version)
    except (PackageRequestError, VersionError) as error:
        raise DistributionError(error, distribution.path) from None
    result: dict[str, Any] = {"name": name, "version": version}
    summary = _field(distribution, "Summary")
    if summary:
        result["description"] = summary
    if requirements.requires:
        result["requires"] = requirements.requires
    if requirements.variant:
        result["variants"] = [requirements.variant]
    tools = sorted(file.tool for file in files if file.tool)
    if tools:
        result["tools"] = tools
    result["commands"] = "\n".join(_commands(python_paths(files, distribution), bool(tools)))
    result["hashed_variants"] = True
    result["pip_name"] = f"{distribution.name} ({distribution.version})"
    result["from_pip"] = True
    result["is_pure_python"] = distribution.is_pure_python
    pages = (("Home Page", "Home-page"), ("Source Code", "Download-URL"))
    found = ([title, _field(distribution, field)] for title, field in pages)
    links = [[title, page] for title, page in found if page is not None]
    if links:
        result["help"] = links
    author = _field(distribution, "Author")
    if author is not None:
        address = _field(distribution, "Author-email")
        result["authors"] = [author if address is None else f"{author} {address}"]
    return result


def _field(distribution: Distribution, field: str) -> str | None:
    value = distribution.metadata[field]
    return None if value is None or str(value) == _NOTHING else str(value)


def _commands(paths: Sequence[str], has_tools: bool) -> list[str]:
    lines = [f"env.PYTHONPATH.append('{{root}}/{path}')" for path in ("python", *paths)]
    if has_tools:
        lines.append("env.PATH.append('{root}/bin')")
    return lines

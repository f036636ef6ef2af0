"""What has to be so before a release, the name of its tag, and what it writes down.

rez has these in `BuildProcessHelper`: `pre_release`, `get_current_tag_name`,
`get_previous_release`, `get_release_data`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rezfast.errors import ReleaseError, ReleaseVCSError
from rezfast.package.model import Package
from rezfast.release.changelog import get_changelog, shortened
from rezfast.release.commands import log
from rezfast.release.vcs import ReleaseVCS
from rezfast.repository.developer import DeveloperPackage
from rezfast.repository.queries import iter_packages


@contextmanager
def repo_operation(skip_errors: bool = False) -> Iterator[None]:
    """Does something with a version control system.

    Args:
        skip_errors: Log a ReleaseVCSError and go on (rez: `--skip-repo-errors`).
    """
    try:
        yield
    except ReleaseVCSError as error:
        if not skip_errors:
            raise
        log.warning("this error was skipped: %s", error)


def check_release(
    package: DeveloperPackage,
    vcs: ReleaseVCS | None,
    ensure_latest: bool = True,
    skip_repo_errors: bool = False,
    ignore_existing_tag: bool = False,
) -> None:
    """Check whether a package may be released, in rez's order.

    The place to release to exists; the working copy is in order; the tag is not taken, if the
    setting `check_tag` says so; what is released there under this name has no other uuid; nothing
    there is newer.

    Args:
        package: The package.
        vcs: Its working copy; None: it has none.
        ensure_latest: Refuse when a newer version is released.
        skip_repo_errors: As in `repo_operation`.
        ignore_existing_tag: Do not look for the tag.

    Raises:
        ReleaseError: A check fails; says what to do.
    """
    release_path = package.config.release_packages_path
    if not os.path.exists(release_path):
        raise ReleaseError(
            f"{release_path}: no such directory to release to: make it, or set "
            "release_packages_path"
        )
    if vcs is not None:
        with repo_operation(skip_repo_errors):
            vcs.validate_repostate()
        if vcs.type_settings.check_tag and not ignore_existing_tag:
            _check_tag(package, vcs, skip_repo_errors)
    released = released_packages(package)
    if not released:
        return
    latest = released[0]
    if package.uuid and latest.uuid and package.uuid != latest.uuid:
        raise ReleaseError(
            f"{latest.uri} is another package of the same name: its uuid is {latest.uuid}, not "
            f"{package.uuid}"
        )
    if ensure_latest and latest.version > package.version:
        raise ReleaseError(
            f"a newer version is released already: {latest.uri}; to release {package.version} all "
            "the same, use --no-latest"
        )


def _check_tag(package: DeveloperPackage, vcs: ReleaseVCS, skip_repo_errors: bool) -> None:
    name = release_tag_name(package, vcs)
    exists = False
    with repo_operation(skip_repo_errors):
        exists = vcs.tag_exists(name)
    if not exists:
        return
    if any(one.version == package.version for one in released_packages(package)):
        raise ReleaseError(
            f"{vcs.vcs_root}: the tag {name!r} exists already, so {package.version} was released "
            "before: change the version, or use --ignore-existing-tag"
        )
    raise ReleaseError(
        f"{vcs.vcs_root}: the tag {name!r} exists already, but {package.qualified_name} is not in "
        f"{package.config.release_packages_path}: if it was released elsewhere, change the "
        "version; if its release was killed, or is wanted here too, use --ignore-existing-tag"
    )


def release_tag_name(package: Package, vcs: ReleaseVCS | None = None) -> str:
    """The name of the tag of a release: the setting `plugins.release_vcs.tag_name`, formatted.

    A name that the package does not have stays as it is, in its braces.

    Args:
        package: The package.
        vcs: Its working copy, which knows the settings of plugins; None: it has none.

    Raises:
        ReleaseError: The setting is no format.
    """
    of = package.config.plugins.release_vcs if vcs is None else vcs.type_settings
    try:
        name = package.format(of.tag_name)
    except Exception as error:
        raise ReleaseError(
            f"plugins.release_vcs.tag_name: {of.tag_name!r} cannot be formatted: {error}"
        ) from error
    return name or "unversioned"


def released_packages(package: Package) -> list[Package]:
    """What is released under a package's name, where it would be released to, newest first.

    Raises:
        PackageRepositoryError: The repository cannot be read.
    """
    found = iter_packages(package.name, paths=[package.config.release_packages_path])
    return sorted(found, key=lambda one: one.version, reverse=True)


def previous_release(package: Package) -> Package | None:
    """The newest released package that is older than this one; None when there is none.

    Raises:
        PackageRepositoryError: The repository cannot be read.
    """
    for one in released_packages(package):
        if one.version < package.version:
            return one
    return None


def release_data(
    package: Package, vcs: ReleaseVCS | None, skip_repo_errors: bool = False
) -> dict[str, Any]:
    """The attributes that a release adds to a definition, save time and message.

    Args:
        package: The package.
        vcs: Its working copy; None: it has none.
        skip_repo_errors: As in `repo_operation`; what cannot be found out is None.

    Raises:
        ReleaseVCSError: Revision or changelog cannot be found out.
        PackageRepositoryError: The repository to release to cannot be read.
    """
    previous = previous_release(package)
    previous_version = None if previous is None else previous.version
    if vcs is None:
        return {"vcs": "None", "previous_version": previous_version}
    revision: object | None = None
    with repo_operation(skip_repo_errors):
        revision = vcs.get_current_revision()
    changelog: str | None = None
    with repo_operation(skip_repo_errors):
        changelog = get_changelog(vcs, previous)
    return {
        "vcs": vcs.name(),
        "revision": revision,
        "changelog": shortened(changelog),
        "previous_version": previous_version,
        "previous_revision": None if previous is None else previous.revision,
    }

"""What has changed since the last release, cut to the size that the settings allow."""

from __future__ import annotations

from rezfast.config import settings
from rezfast.package.model import Package
from rezfast.release.vcs import ReleaseVCS

_CUT = "..."


def get_changelog(vcs: ReleaseVCS, previous: Package | None) -> str:
    """The changes since a release (rez: `BuildProcessHelper.get_changelog`).

    The setting `max_package_changelog_revisions` says how many of them, 0: all.

    Args:
        vcs: The working copy.
        previous: The package of that release; None: since ever.

    Raises:
        ReleaseVCSError: They cannot be found out.
    """
    revision = None if previous is None else previous.revision
    return vcs.get_changelog(revision, max_revisions=settings().max_package_changelog_revisions)


def shortened(changelog: str | None) -> str | None:
    """The changelog as a definition keeps it: long ones would make every load of it slow.

    The setting `max_package_changelog_chars` says how long, 0: no matter how; what is cut off is
    replaced by three dots, which do not count.

    Args:
        changelog: The changelog, or None.
    """
    longest = settings().max_package_changelog_chars
    if not longest or not changelog or len(changelog) <= longest + len(_CUT):
        return changelog
    return changelog[:longest] + _CUT

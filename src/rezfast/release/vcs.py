"""What a release wants of a version control system.

A plugin subclasses `ReleaseVCS` (rez: `rez.release_vcs`); see `rezfast.plugins`.
"""

from __future__ import annotations

import os
import shlex
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from rezfast.errors import ReleaseVCSError, RezError
from rezfast.plugins import plugin_settings
from rezfast.release.commands import Finished, log, run
from rezfast.repository.developer import DeveloperPackage, get_developer_package

PLUGIN_TYPE = "release_vcs"


class ReleaseVCS(ABC):
    """A working copy that a package is released from (rez: `ReleaseVCS`).

    Attributes:
        vcs_root: The directory of the working copy.
        pkg_root: The directory of the package's definition, in it.
        package: The package.
        type_settings: The package's settings `plugins.release_vcs`.
        settings: Those of this version control system; None when it has none.
    """

    def __init__(self, pkg_root: str, vcs_root: str | None = None) -> None:
        """Take a source tree.

        Args:
            pkg_root: The directory of the package's definition.
            vcs_root: The directory of the working copy; None: look for it, upwards if this kind
                does so.

        Raises:
            ReleaseVCSError: There is no working copy of this kind.
            PackageMetadataError: The definition cannot be read.
        """
        if vcs_root is None:
            found = self.find_vcs_root(pkg_root)
            if found is None:
                raise ReleaseVCSError(f"{pkg_root}: no {self.name()} repository here or above")
            vcs_root = found[0]
        elif not self.is_valid_root(vcs_root):
            raise ReleaseVCSError(f"{vcs_root}: not the root of a {self.name()} repository")
        self.vcs_root = vcs_root
        self.pkg_root = pkg_root
        self.package: DeveloperPackage = get_developer_package(pkg_root)
        of = plugin_settings(self.package.config, PLUGIN_TYPE)
        self.type_settings: Any = of.plugins.release_vcs
        self.settings: Any = self.type_settings.get(self.name())

    @classmethod
    @abstractmethod
    def name(cls) -> str:
        """The name of the kind, such as `git`; its settings have the same."""

    @classmethod
    @abstractmethod
    def is_valid_root(cls, path: str) -> bool:
        """Whether a directory is the root of a working copy of this kind."""

    @classmethod
    @abstractmethod
    def search_parents_for_root(cls) -> bool:
        """Whether the root may be above the directory of the package."""

    @abstractmethod
    def validate_repostate(self) -> None:
        """Check that what would be released is committed and known to the remote.

        Raises:
            ReleaseVCSError: It is not; says what to do.
        """

    @abstractmethod
    def get_current_revision(self) -> object:
        """What names the revision that is checked out: plain data, enough for `export`.

        Raises:
            ReleaseVCSError: It cannot be found out.
        """

    @abstractmethod
    def get_changelog(
        self, previous_revision: object | None = None, max_revisions: int | None = None
    ) -> str:
        """The changes since a revision.

        Args:
            previous_revision: As `get_current_revision` gave it at the release before this one, of
                this or another kind of version control system; None: give all changes.
            max_revisions: Give no more than the latest ones, this many; None or 0: all.

        Raises:
            ReleaseVCSError: They cannot be found out.
        """

    @abstractmethod
    def create_release_tag(self, tag_name: str, message: str | None = None) -> None:
        """Tag the revision that is checked out, here and at the remote, unless the tag is there.

        Args:
            tag_name: The tag.
            message: The message of the release.

        Raises:
            ReleaseVCSError: It cannot be tagged; then nothing is.
        """

    def tag_exists(self, tag_name: str) -> bool:
        """Whether there is a tag of this name.

        Raises:
            ReleaseVCSError: It cannot be found out.
        """
        raise ReleaseVCSError(f"{self.name()} cannot tell whether there is a tag {tag_name!r}")

    def remove_release_tag(self, tag_name: str) -> None:
        """Remove a tag that `create_release_tag` made, since nothing could be released after all.

        Args:
            tag_name: The tag.

        Raises:
            ReleaseVCSError: It is still there.
        """
        raise ReleaseVCSError(f"{self.name()} cannot remove the tag {tag_name!r}")

    @classmethod
    def export(cls, revision: Any, path: str) -> None:
        """Write the files of a revision.

        Args:
            revision: As `get_current_revision` gave it.
            path: The directory to make; the one above it has to be there.

        Raises:
            ReleaseVCSError: They cannot be written; then the directory is not there.
        """
        raise ReleaseVCSError(f"{cls.name()} cannot export a revision")

    @classmethod
    def find_executable(cls, name: str) -> str:
        """The path of a program.

        Raises:
            ReleaseVCSError: It is not on `PATH`.
        """
        found = shutil.which(name)
        if found is None:
            raise ReleaseVCSError(
                f"no program {name!r} on PATH, which {cls.name()} needs: install it or put it there"
            )
        return found

    @classmethod
    def find_vcs_root(cls, path: str) -> tuple[str, int] | None:
        """The root of the working copy that a directory is in, and how many levels up; or None."""
        upwards = cls.search_parents_for_root()
        for levels, directory in enumerate(_upwards(path) if upwards else (path,)):
            if cls.is_valid_root(directory):
                return directory, levels
        return None

    def _cmd(self, *nargs: str) -> list[str]:
        """The lines that a program writes to stdout when it is run in `pkg_root`.

        Raises:
            ReleaseVCSError: It fails.
        """
        done = self._run(*nargs)
        if done.status:
            raise ReleaseVCSError(done.failure)
        return done.lines

    def _run(self, *nargs: str) -> Finished:
        """A program run in `pkg_root`, whatever comes of it.

        Raises:
            ReleaseVCSError: It cannot be started.
        """
        if self.package.config.debug("package_release"):
            log.info("Running command: %s", shlex.join(nargs))
        # what programs say is read: it has to be in their own language
        environ = {**os.environ, "LC_ALL": "C", "LANGUAGE": "C"}
        try:
            return run(nargs, self.pkg_root, environ)
        except RezError as error:
            raise ReleaseVCSError(str(error)) from error


def _upwards(path: str) -> Iterator[str]:
    directory = os.path.abspath(path)
    while True:
        yield directory
        above = os.path.dirname(directory)
        if above == directory:
            return
        directory = above

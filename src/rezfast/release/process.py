"""A release: what a build process builds, installed for everybody and tagged, or nothing at all.

    checks --> hooks --> payloads of all variants --> definition, without its name --> tag
                         (nobody sees them yet)                                         |
    hooks <-------------------------------------------------- the definition's name <---+

Nothing can fail between the tag and the definition's name but the disk or the network that the
repository is on. Whatever fails before takes back what was done; so does a release that is killed:
see `rezfast.build.guard`. rez has this in `BuildProcessHelper` and `LocalBuildProcess.release`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from rezfast.build.payload import Payloads
from rezfast.build.process import BuildProcess
from rezfast.errors import BuildProcessError, ReleaseError, ReleaseVCSError, RezError
from rezfast.package.model import Variant
from rezfast.release.changelog import get_changelog
from rezfast.release.checks import (
    check_release,
    previous_release,
    release_data,
    release_tag_name,
    repo_operation,
)
from rezfast.release.commands import log
from rezfast.release.hooks import ReleaseHookEvent
from rezfast.release.run_hooks import run_hooks
from rezfast.release.vcs import ReleaseVCS
from rezfast.repository.developer import DeveloperPackage
from rezfast.repository.install import is_installed


class ReleaseProcess:
    """Releases a source tree's package (rez: `BuildProcess.release`).

    Args:
        process: What builds it; from now on as for a release, whichever process it is.
        vcs: Its working copy; None: it has none, and nothing is tagged.
        ensure_latest: Refuse when a newer version is released.
        skip_repo_errors: Go on when the version control system fails, after a word in the log.
        ignore_existing_tag: Release although the tag is there; without a meaning unless the setting
            `plugins.release_vcs.check_tag` is on.

    Attributes:
        process, vcs: As above.
        is_released: Whether `release` has released something.

    Raises:
        BuildProcessError: The working copy is of another source tree.
    """

    def __init__(
        self,
        process: BuildProcess,
        vcs: ReleaseVCS | None = None,
        ensure_latest: bool = True,
        skip_repo_errors: bool = False,
        ignore_existing_tag: bool = False,
    ) -> None:
        if vcs is not None and not os.path.samefile(vcs.pkg_root, process.working_dir):
            raise BuildProcessError(
                f"{process.working_dir} cannot be released as what is in {vcs.pkg_root}"
            )
        self.process = process
        self.vcs = vcs
        self.is_released = False
        self._ensure_latest = ensure_latest
        self._skip_repo_errors = skip_repo_errors
        self._ignore_existing_tag = ignore_existing_tag
        self._made_tag = False
        process.build_for_release()

    @property
    def package(self) -> DeveloperPackage:
        """The package."""
        return self.process.package

    def get_changelog(self) -> str | None:
        """The changes since the release before this one (rez: the same).

        Returns:
            The changes; None: there is no version control system, or it fails and errors of it are
            skipped.

        Raises:
            ReleaseVCSError: They cannot be found out.
            PackageRepositoryError: The repository to release to cannot be read.
        """
        if self.vcs is None:
            return None
        previous = previous_release(self.package)
        with repo_operation(self._skip_repo_errors):
            return get_changelog(self.vcs, previous)
        return None

    def release(
        self, release_message: str | None = None, variants: Sequence[int] | None = None
    ) -> int:
        """Build, test, install and tag.

        A variant that is released already, by a package with the same attributes, is skipped.

        Args:
            release_message: What the user says of it; None: nothing.
            variants: As for `BuildProcess.build`.

        Returns:
            How many variants were released. If there are none, nothing is tagged.

        Raises:
            ReleaseError: A check, a hook or the version control system is against it. Nothing is
                released, unless the text says so.
            BuildContextResolveError, BuildError: A variant cannot be built; nothing is released.
            PackageTestError: A test that is to run before a release failed; nothing is released.
            PackageRepositoryError: The repository cannot be written; nothing is released.
            RezError: As `BuildProcess.build`.
        """
        process = self.process
        process.heading(f"Releasing {self.package.qualified_name}...")
        if self.vcs is not None:
            process.say("Checking state of repository...")
        check_release(
            self.package,
            self.vcs,
            self._ensure_latest,
            self._skip_repo_errors,
            self._ignore_existing_tag,
        )
        path = process.default_install_path
        data = release_data(self.package, self.vcs, self._skip_repo_errors)
        process.attributes = {**data, "release_message": release_message}
        told: dict[str, Any] = {
            "install_path": path,
            "release_message": release_message,
            **{
                name: data.get(name)
                for name in ("changelog", "previous_version", "previous_revision")
            },
        }
        for event in (ReleaseHookEvent.pre_build, ReleaseHookEvent.pre_release):
            run_hooks(self.package, event, variants=variants, **told)
        number, released = self._release_variants(path, variants, release_message)
        self._tell_others(released, told)
        process.heading("Release Summary")
        process.say(f"\n{len(released)} of {number} releases were successful")
        if released:
            process.say(f"{self.package.qualified_name} is in {path}{self._tagged}")
        process.tell_tests()
        return len(released)

    # ---- steps

    @property
    def _tagged(self) -> str:
        if not self._made_tag:
            return ""
        return f", and its source is tagged {release_tag_name(self.package, self.vcs)!r}"

    def _release_variants(
        self, path: str, indices: Sequence[int] | None, message: str | None
    ) -> tuple[int, list[Variant]]:
        """Build, install and tag; how many variants were looked at, and those released."""
        # a setting that makes no name is told of before anything is built
        tag = release_tag_name(self.package, self.vcs)
        process = self.process
        number = 0
        wanted: list[Variant] = []
        with Payloads() as payloads:
            for variant in process.selected_variants(indices):
                number += 1
                if is_installed([*wanted, variant], path):
                    log.warning(
                        "Skipping %s: it is released already, in %s", process.n_of_m(variant), path
                    )
                    continue
                process.build_variant(variant, path, clean=True, install=True, together=payloads)
                wanted.append(variant)
                if is_installed(wanted, path):
                    # while this one waited for its turn
                    raise ReleaseError(
                        f"{self.package.qualified_name} has just been released by somebody else, "
                        "and stays as they released it"
                    )
            if not wanted:
                return number, []
            return number, self._install(payloads, tag, message)

    def _install(self, payloads: Payloads, tag: str, message: str | None) -> list[Variant]:
        try:
            released = payloads.install(self.process.attributes, lambda: self._tag(tag, message))
        except BaseException as error:
            self.is_released = payloads.is_installed(error)
            if self._made_tag and not self.is_released:
                self._remove_tag(tag, error)
            raise
        self.is_released = True
        return released

    def _tag(self, name: str, message: str | None) -> None:
        """Tag what is about to be released."""
        vcs = self.vcs
        if vcs is None:
            return
        try:
            is_there = vcs.tag_exists(name)
        except ReleaseVCSError:
            # not every version control system can tell; what may be others' is not taken away
            is_there = True
        try:
            with repo_operation(self._skip_repo_errors):
                vcs.create_release_tag(name, message)
                self._made_tag = not is_there
        except ReleaseVCSError as error:
            raise ReleaseError(
                f"nothing is released, since the tag {name!r} cannot be made: {error}; mend that "
                "and release again, or use --skip-repo-errors to release without a tag"
            ) from error

    def _remove_tag(self, name: str, reason: BaseException) -> None:
        """Take a tag away again, of what could not be released after all."""
        assert self.vcs is not None
        try:
            self.vcs.remove_release_tag(name)
        except ReleaseVCSError as error:
            why = str(reason) or type(reason).__name__
            raise ReleaseError(
                f"nothing is released: {why}; but the tag {name!r} is there, and has to be removed "
                f"by hand: {error}"
            ) from reason

    def _tell_others(self, released: Sequence[Variant], told: dict[str, Any]) -> None:
        """Run the hooks that follow."""
        try:
            run_hooks(self.package, ReleaseHookEvent.post_release, variants=released, **told)
        except RezError as error:
            if not released:
                raise
            what = "is released" if self.vcs is None else "is released and tagged"
            raise ReleaseError(
                f"{self.package.qualified_name} {what}, and stays so; what was to follow failed: "
                f"{error}"
            ) from error

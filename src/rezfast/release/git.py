"""Releases from git (rez: `rezplugins.release_vcs.git`). Runs the program `git`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from typing import Any

from rezfast.errors import ReleaseVCSError, RezError
from rezfast.release.commands import log, run
from rezfast.release.vcs import ReleaseVCS

_NO_UPSTREAM = ("no upstream branch", "no upstream configured", "does not point to a branch")
_NAMED = 5  # changed files that a message names


class GitReleaseVCSError(ReleaseVCSError):
    """A git repository that git itself does not take for one."""


class GitReleaseVCS(ReleaseVCS):
    """A git working copy.

    Settings, under `plugins.release_vcs`: `git.allow_no_upstream`, `releasable_branches`.
    """

    def __init__(self, pkg_root: str, vcs_root: str | None = None) -> None:
        super().__init__(pkg_root, vcs_root=vcs_root)
        self.executable = self.find_executable("git")
        try:
            self.git("rev-parse")
        except ReleaseVCSError as error:
            raise GitReleaseVCSError(f"{self.vcs_root}: not a git repository: {error}") from error

    @classmethod
    def name(cls) -> str:
        """`git`."""
        return "git"

    @classmethod
    def is_valid_root(cls, path: str) -> bool:
        """Whether there is a `.git`: a directory, or the file of a linked working copy."""
        return os.path.exists(os.path.join(path, ".git"))

    @classmethod
    def search_parents_for_root(cls) -> bool:
        """True: several packages may share a repository."""
        return True

    def git(self, *nargs: str) -> list[str]:
        """The lines that git writes to stdout.

        Raises:
            ReleaseVCSError: It fails.
        """
        return self._cmd(self.executable, *nargs)

    # ---- where the working copy stands

    def get_local_branch(self) -> str:
        """The branch that is checked out; `HEAD` for none.

        Raises:
            ReleaseVCSError: There is no commit yet.
        """
        return self.git("rev-parse", "--abbrev-ref", "HEAD")[0]

    def get_tracking_branch(self) -> tuple[str, str] | tuple[None, None]:
        """The remote and its branch that the local one follows; None, None if it follows none.

        Raises:
            ReleaseVCSError: git cannot tell.
        """
        try:
            found = self.git("rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{u}")[0]
        except ReleaseVCSError as error:
            if any(words in str(error).lower() for words in _NO_UPSTREAM):
                return None, None
            if "no such branch" in str(error).lower():
                raise ReleaseVCSError(
                    f"{self.vcs_root}: nothing is committed yet: commit and push"
                ) from error
            raise
        remote, slash, branch = found.partition("/")
        # a branch may follow another local one, which is no remote
        return (remote, branch) if slash else (None, None)

    def get_relative_to_remote(self) -> int:
        """How many commits the branch is ahead of the one it follows; below 0: behind.

        Raises:
            ReleaseVCSError: It is both, or git cannot tell.
        """
        ahead, behind = self._ahead_and_behind()
        if ahead and behind:
            raise ReleaseVCSError(
                f"{self.vcs_root}: {_commits(ahead)} ahead of the remote and {_commits(behind)} "
                "behind it: merge or rebase, and push"
            )
        return ahead - behind

    def _ahead_and_behind(self) -> tuple[int, int]:
        line = self.git("rev-list", "--left-right", "--count", "HEAD...@{u}")[0]
        ahead, behind = line.split()
        return int(ahead), int(behind)

    def validate_repostate(self) -> None:
        """Check, in this order: not bare, upstream branch, branch, nothing to commit, in step.

        Raises:
            ReleaseVCSError: A check fails.
        """
        if self.git("rev-parse", "--is-bare-repository")[0] == "true":
            raise ReleaseVCSError(f"{self.vcs_root}: a bare repository: release from a clone of it")
        remote, branch = self.get_tracking_branch()
        if remote is None and not self.settings.allow_no_upstream:
            raise ReleaseVCSError(
                f"{self.vcs_root}: no upstream branch, so nobody else would have what is released: "
                "run git push --set-upstream, or set plugins.release_vcs.git.allow_no_upstream"
            )
        self._check_branch()
        self._check_for_changes()
        if remote is None:
            return
        self.git("remote", "update")
        ahead = self.get_relative_to_remote()
        if ahead:
            where = f"ahead of {remote}/{branch}: push them"
            if ahead < 0:
                where = f"behind {remote}/{branch}: pull them"
            raise ReleaseVCSError(f"{self.vcs_root}: {_commits(abs(ahead))} {where}")

    def _check_branch(self) -> None:
        allowed = self.type_settings.releasable_branches
        if not allowed:
            return
        current = self.get_local_branch()
        for pattern in allowed:
            try:
                if re.search(pattern, current):
                    return
            except re.error as error:
                raise ReleaseVCSError(
                    f"plugins.release_vcs.releasable_branches: {pattern!r} is no regular "
                    f"expression: {error}"
                ) from error
        raise ReleaseVCSError(
            f"{self.vcs_root}: the branch {current} may not be released from, only what matches "
            f"one of: {', '.join(allowed)}"
        )

    def _check_for_changes(self) -> None:
        # a file that was only touched looks changed until git has read it again; a working copy
        # that may not be written can be released from all the same
        self._run(self.executable, "update-index", "-q", "--refresh")
        done = self._run(self.executable, "diff-index", "--quiet", "HEAD")
        if not done.status:
            return
        if done.status != 1:
            raise ReleaseVCSError(done.failure)
        names = self.git("diff-index", "--name-only", "HEAD")
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        raise ReleaseVCSError(
            f"{self.vcs_root}: uncommitted changes in {', '.join(names[:_NAMED])}{more}: "
            "commit or stash them"
        )

    # ---- what is written down

    def get_changelog(
        self, previous_revision: object | None = None, max_revisions: int | None = None
    ) -> str:
        """What `git log` says of the commits since the one in `previous_revision["commit"]`.

        A revision without one, such as another version control system's, counts as None.

        Args, errors: as for `ReleaseVCS.get_changelog`.
        """
        args = ["log"]
        if max_revisions:
            args += ["-n", str(max_revisions)]
        commit = previous_revision.get("commit") if isinstance(previous_revision, dict) else None
        if commit:
            args.append(f"{_commit(commit)}..HEAD")
        elif previous_revision is not None and self.package.config.debug("package_release"):
            log.info("no commit in the revision of the previous release: %r", previous_revision)
        return "\n".join(self.git(*args))

    def get_current_revision(self) -> dict[str, str | None]:
        """Commit, branch, the branch it follows, and the urls of that one's remote.

        What git cannot tell is left out, after a word in the log.

        Raises:
            ReleaseVCSError: There is no commit yet.
        """
        revision: dict[str, str | None] = {"commit": self.git("rev-parse", "HEAD")[0]}

        def tracking() -> str | None:
            remote, branch = self.get_tracking_branch()
            return None if remote is None else f"{remote}/{branch}"

        def take(key: str, find: Callable[[], str | None]) -> str | None:
            try:
                revision[key] = find()
            except ReleaseVCSError as error:
                log.error("no %s for the release: %s", key, error)
            return revision.get(key)

        take("branch", self.get_local_branch)
        followed = take("tracking_branch", tracking)
        if followed:
            remote = followed.split("/")[0]
            take("fetch_url", lambda: self._url(remote, "fetch"))
            take("push_url", lambda: self._url(remote, "push"))
        return revision

    def _url(self, remote: str, use: str) -> str:
        for line in self.git("remote", "-v"):
            name, _, rest = line.partition("\t")
            if name == remote and rest.endswith(f" ({use})"):
                return rest.removesuffix(f" ({use})")
        raise ReleaseVCSError(f"{self.vcs_root}: git knows no {use} url of {remote}")

    # ---- tags

    def tag_exists(self, tag_name: str) -> bool:
        """Whether the repository has a tag of this name; of the remote's, those fetched so far.

        Raises:
            ReleaseVCSError: git cannot tell, or it is no name of a tag.
        """
        done = self._run(self.executable, "show-ref", "--verify", "--quiet", _tag(tag_name))
        if done.status not in (0, 1):
            raise ReleaseVCSError(done.failure)
        return not done.status

    def create_release_tag(self, tag_name: str, message: str | None = None) -> None:
        """Make an annotated tag and push it, if the branch follows one of a remote.

        A tag that cannot be pushed is taken away again. One that is here already, on the same
        commit, is pushed if the remote has it not: a release that was killed may have left it.

        Args, errors: as for `ReleaseVCS.create_release_tag`.
        """
        if self.tag_exists(tag_name):
            self._push_left_tag(tag_name)
            return
        self.git("check-ref-format", _tag(tag_name))
        log.info("Creating tag '%s'...", tag_name)
        self.git("tag", "-a", "-m", message or "", "--", tag_name)
        try:
            remote, branch = self.get_tracking_branch()
            if remote is not None:
                log.info("Pushing tag '%s' to %s/%s...", tag_name, remote, branch)
                self.git("push", remote, _tag(tag_name))
        except BaseException:
            # a tag that is only here would make the next release believe that all is done
            self._run(self.executable, "tag", "-d", "--", tag_name)
            raise

    def _push_left_tag(self, name: str) -> None:
        remote, _ = self.get_tracking_branch()
        if remote is None:
            return
        here, tagged = self.git("rev-parse", "HEAD", f"{_tag(name)}^{{commit}}")
        if here == tagged and not self.git("ls-remote", "--tags", remote, _tag(name)):
            log.info("Pushing tag '%s' to %s...", name, remote)
            self.git("push", remote, _tag(name))

    def remove_release_tag(self, tag_name: str) -> None:
        """Remove the tag, at the remote that the branch follows, and here.

        Args, errors: as for `ReleaseVCS.remove_release_tag`.
        """
        remote, _ = self.get_tracking_branch()
        if remote is not None:
            self.git("push", remote, "--delete", _tag(tag_name))
        self.git("tag", "-d", "--", tag_name)

    @classmethod
    def export(cls, revision: Any, path: str) -> None:
        """Clone `revision["fetch_url"]`, check out `revision["commit"]`, drop what is git's.

        Args, errors: as for `ReleaseVCS.export`.
        """
        try:
            url, commit = str(revision["fetch_url"]), _commit(revision["commit"])
        except (KeyError, TypeError) as error:
            raise ReleaseVCSError(
                f"no fetch_url and commit to export in the revision {revision!r}"
            ) from error
        if os.path.lexists(path):
            raise ReleaseVCSError(f"{path}: exists already, so nothing is exported to it")
        git = cls.find_executable("git")
        try:
            for command in (
                [git, "clone", "--quiet", "--no-checkout", "--", url, path],
                [git, "-C", path, "checkout", "--quiet", "--detach", commit],
            ):
                done = run(command)
                if done.status:
                    raise ReleaseVCSError(done.failure)
            shutil.rmtree(os.path.join(path, ".git"))
        except BaseException as error:
            shutil.rmtree(path, ignore_errors=True)
            if isinstance(error, (OSError, RezError)) and not isinstance(error, ReleaseVCSError):
                raise ReleaseVCSError(str(error)) from error
            raise


def _commits(count: int) -> str:
    return f"{count} commit{'' if count == 1 else 's'}"


def _tag(name: str) -> str:
    if name.startswith("-"):
        raise ReleaseVCSError(
            f"{name!r} cannot be the name of a tag: see plugins.release_vcs.tag_name"
        )
    return f"refs/tags/{name}"


def _commit(given: object) -> str:
    """A commit from a definition: git is not to take it for an option."""
    commit = str(given)
    if commit.startswith("-"):
        raise ReleaseVCSError(f"{commit!r} is no commit")
    return commit

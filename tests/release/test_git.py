"""Releases from git."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from release.conftest import Tree, Use

from rezfast.errors import ReleaseVCSError
from rezfast.release.detection import create_release_vcs
from rezfast.release.git import GitReleaseVCS, GitReleaseVCSError


def git_of(tree: Tree) -> GitReleaseVCS:
    vcs = create_release_vcs(str(tree.path))
    assert isinstance(vcs, GitReleaseVCS)
    return vcs


def refusal(tree: Tree) -> str:
    """Why the working copy may not be released; the message is one line."""
    with pytest.raises(ReleaseVCSError) as caught:
        git_of(tree).validate_repostate()
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ---- may it be released? -----------------------------------------------------------


def test_what_is_committed_and_pushed_may_be_released(tree: Tree) -> None:
    git_of(tree).validate_repostate()


def test_files_that_git_does_not_know_are_no_matter(tree: Tree) -> None:
    (tree.path / "notes.txt").write_text("mine")
    git_of(tree).validate_repostate()


def test_a_file_that_was_only_touched_is_not_changed(tree: Tree) -> None:
    later = time.time() + 10
    os.utime(tree.path / "package.py", (later, later))
    git_of(tree).validate_repostate()


def test_uncommitted_changes(tree: Tree) -> None:
    for name in "abcdefg":
        tree.commit(name, "1", name)
    tree.git("push", "-q")
    for name in "abcdefg":
        (tree.path / name).write_text("2")
    assert refusal(tree) == (
        f"{tree.path}: uncommitted changes in a, b, c, d, e and 2 more: commit or stash them"
    )


def test_changes_that_are_staged_are_not_committed(tree: Tree) -> None:
    (tree.path / "new.py").write_text("")
    tree.git("add", "new.py")
    assert "uncommitted changes in new.py" in refusal(tree)


def test_commits_that_are_not_pushed(tree: Tree) -> None:
    tree.commit("a", "1", "more")
    assert refusal(tree) == f"{tree.path}: 1 commit ahead of origin/main: push them"


def test_commits_that_are_not_pulled(tree: Tree) -> None:
    tree.elsewhere("b", "1")
    tree.elsewhere("c", "1")
    assert refusal(tree) == f"{tree.path}: 2 commits behind origin/main: pull them"


def test_a_branch_that_has_parted_from_its_upstream(tree: Tree) -> None:
    tree.elsewhere("b", "1")
    tree.commit("a", "1", "more")
    assert "1 commit ahead of the remote and 1 commit behind it: merge or rebase" in refusal(tree)


def test_a_branch_without_upstream(tree: Tree, use: Use) -> None:
    tree.git("checkout", "-q", "-b", "feature")
    assert "no upstream branch" in refusal(tree)
    use(plugins={"release_vcs": {"git": {"allow_no_upstream": True}}})
    git_of(tree).validate_repostate()


def test_no_branch_at_all(tree: Tree) -> None:
    tree.git("checkout", "-q", "--detach")
    assert "no upstream branch" in refusal(tree)


def test_a_branch_that_follows_a_local_one_has_no_upstream(tree: Tree) -> None:
    tree.git("checkout", "-q", "-b", "feature", "--track", "main")
    assert "no upstream branch" in refusal(tree)


def test_only_some_branches_may_be_released(tree: Tree, use: Use) -> None:
    use(plugins={"release_vcs": {"releasable_branches": ["^release/", "^main$"]}})
    git_of(tree).validate_repostate()
    tree.git("checkout", "-q", "-b", "topic")
    tree.git("push", "-q", "--set-upstream", "origin", "topic")
    assert refusal(tree).endswith(
        "the branch topic may not be released from, only what matches one of: ^release/, ^main$"
    )


def test_a_pattern_of_branches_that_is_none(tree: Tree, use: Use) -> None:
    use(plugins={"release_vcs": {"releasable_branches": ["("]}})
    assert "releasable_branches: '(' is no regular expression" in refusal(tree)


def test_checks_come_in_rezs_order(tree: Tree, use: Use) -> None:
    tree.git("checkout", "-q", "-b", "topic")
    (tree.path / "package.py").write_text("name = 'foo'\nversion = '1.1'\n")
    patterns = {"releasable_branches": ["^main$"]}
    use(plugins={"release_vcs": patterns})
    assert "no upstream branch" in refusal(tree)
    use(plugins={"release_vcs": {**patterns, "git": {"allow_no_upstream": True}}})
    assert "may not be released from" in refusal(tree)
    use(plugins={"release_vcs": {"git": {"allow_no_upstream": True}}})
    assert "uncommitted changes" in refusal(tree)


def test_a_remote_that_cannot_be_reached(tree: Tree) -> None:
    tree.remote.rename(tree.remote.with_name("gone.git"))
    message = refusal(tree)
    assert "git remote update: failed with exit status" in message
    assert str(tree.remote) in message


def test_a_bare_repository(tree: Tree) -> None:
    tree.git("config", "core.bare", "true")
    assert "a bare repository" in refusal(tree)


# ---- the working copy --------------------------------------------------------------


def test_a_directory_called_git_is_not_enough(tmp_path: Path) -> None:
    (tmp_path / "package.py").write_text("name = 'foo'\n")
    (tmp_path / ".git").mkdir()
    with pytest.raises(GitReleaseVCSError, match="not a git repository"):
        create_release_vcs(str(tmp_path))


def test_git_has_to_be_there(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree.path))
    with pytest.raises(ReleaseVCSError, match="no program 'git' on PATH"):
        create_release_vcs(str(tree.path))


def test_a_package_below_the_root(tree: Tree) -> None:
    package = tree.path / "packages" / "bar"
    package.mkdir(parents=True)
    (package / "package.py").write_text("name = 'bar'\nversion = '2'\n")
    vcs = create_release_vcs(str(package))
    assert (vcs.pkg_root, vcs.vcs_root) == (str(package), str(tree.path))
    assert vcs.package.qualified_name == "bar-2"


def test_a_linked_working_copy(tree: Tree) -> None:
    linked = tree.path.parent / "linked"
    tree.git("worktree", "add", "-q", "-b", "topic", str(linked))
    vcs = create_release_vcs(str(linked))
    assert vcs.vcs_root == str(linked)


# ---- what is written down ----------------------------------------------------------


def test_the_revision(tree: Tree) -> None:
    assert git_of(tree).get_current_revision() == {
        "commit": tree.git("rev-parse", "HEAD"),
        "branch": "main",
        "tracking_branch": "origin/main",
        "fetch_url": f"file://{tree.remote}",
        "push_url": f"file://{tree.remote}",
    }


def test_the_revision_of_a_branch_without_upstream(tree: Tree) -> None:
    tree.git("checkout", "-q", "-b", "topic")
    commit = tree.git("rev-parse", "HEAD")
    revision = git_of(tree).get_current_revision()
    assert revision == {"commit": commit, "branch": "topic", "tracking_branch": None}


def test_urls_with_spaces_in_them(tree: Tree) -> None:
    tree.git("remote", "set-url", "--push", "origin", "/a place/for releases")
    assert git_of(tree).get_current_revision()["push_url"] == "/a place/for releases"


def test_no_commit_yet(tmp_path: Path, tree: Tree) -> None:
    fresh = tmp_path / "fresh"
    tree.git("init", "-q", "-b", "main", str(fresh))
    (fresh / "package.py").write_text("name = 'foo'\n")
    with pytest.raises(ReleaseVCSError, match="HEAD"):
        create_release_vcs(str(fresh)).get_current_revision()


def test_the_changelog_since_a_revision(tree: Tree) -> None:
    vcs = git_of(tree)
    before = vcs.get_current_revision()
    tree.commit("a", "1", "second")
    tree.commit("a", "2", "third")
    since = vcs.get_changelog(before)
    assert "third" in since and "second" in since and "first" not in since
    assert since == tree.git("log", f"{before['commit']}..HEAD")
    assert vcs.get_changelog(vcs.get_current_revision()) == ""


def test_the_whole_changelog(tree: Tree) -> None:
    tree.commit("a", "1", "second")
    vcs = git_of(tree)
    assert vcs.get_changelog() == tree.git("log")
    # a revision of another version control system
    assert vcs.get_changelog(12345) == tree.git("log")
    assert vcs.get_changelog({"url": "svn://"}) == tree.git("log")


def test_only_the_latest_commits(tree: Tree) -> None:
    tree.commit("a", "1", "second")
    log = git_of(tree).get_changelog(max_revisions=1)
    assert "second" in log and "first" not in log
    assert git_of(tree).get_changelog(max_revisions=0) == tree.git("log")


def test_a_release_from_another_branch(tree: Tree) -> None:
    """The changelog goes back to where the branches part."""
    tree.git("checkout", "-q", "-b", "topic")
    there = {"commit": tree.commit("t", "1", "on topic")}
    tree.git("checkout", "-q", "main")
    tree.commit("a", "1", "on main")
    log = git_of(tree).get_changelog(there)
    assert "on main" in log and "on topic" not in log and "first" not in log


def test_a_commit_that_is_not_there(tree: Tree) -> None:
    with pytest.raises(ReleaseVCSError, match=r"git log 0123\.\.HEAD: failed"):
        git_of(tree).get_changelog({"commit": "0123"})


def test_a_commit_is_never_an_option(tree: Tree) -> None:
    victim = tree.path.parent / "victim"
    with pytest.raises(ReleaseVCSError, match="is no commit"):
        git_of(tree).get_changelog({"commit": f"--output={victim}"})
    assert not list(tree.path.parent.glob("victim*"))


def test_messages_in_odd_encodings(tree: Tree) -> None:
    """As old versions of git have stored them."""
    lines = tree.git("cat-file", "commit", "HEAD").split("\n\n")[0]
    commit = tree.path.parent / "commit"
    commit.write_bytes(lines.encode() + b"\n\ncaf\xe9\n")
    name = tree.git("hash-object", "-t", "commit", "-w", str(commit))
    tree.git("reset", "-q", "--hard", name)
    assert "caf\ufffd" in git_of(tree).get_changelog()


# ---- tags --------------------------------------------------------------------------


def test_a_tag_is_made_and_pushed(tree: Tree) -> None:
    vcs = git_of(tree)
    assert not vcs.tag_exists("foo-1.0")
    vcs.create_release_tag("foo-1.0", "the first")
    assert vcs.tag_exists("foo-1.0")
    assert tree.tags() == tree.tags(tree.remote) == ["foo-1.0"]
    assert tree.git("tag", "-l", "--format=%(contents)", "foo-1.0", at=tree.remote) == "the first"
    assert tree.git("cat-file", "-t", "foo-1.0") == "tag"


def test_a_tag_that_is_there_is_left_alone(tree: Tree) -> None:
    vcs = git_of(tree)
    vcs.create_release_tag("foo-1.0", "the first")
    tree.commit("a", "1", "more")
    before = tree.git("rev-parse", "foo-1.0")
    vcs.create_release_tag("foo-1.0", "again")
    assert tree.git("rev-parse", "foo-1.0") == before


def test_a_tag_without_a_message_or_a_remote(tree: Tree) -> None:
    tree.git("checkout", "-q", "-b", "topic")
    git_of(tree).create_release_tag("foo-1.0")
    assert tree.tags() == ["foo-1.0"]
    assert tree.tags(tree.remote) == []


def test_a_tag_that_cannot_be_pushed_is_taken_away(tree: Tree) -> None:
    hook = tree.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no tags on Fridays >&2\nexit 1\n")
    hook.chmod(0o755)
    vcs = git_of(tree)
    with pytest.raises(ReleaseVCSError) as caught:
        vcs.create_release_tag("foo-1.0", "the first")
    assert "no tags on Fridays" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert tree.tags() == tree.tags(tree.remote) == []


def test_a_tag_that_somebody_else_has_just_made(tree: Tree) -> None:
    tree.elsewhere("b", "1")
    other = tree.path.parent / "other"
    tree.git("tag", "foo-1.0", at=other)
    tree.git("push", "-q", "origin", "foo-1.0", at=other)
    theirs = tree.git("rev-parse", "foo-1.0", at=tree.remote)
    with pytest.raises(ReleaseVCSError, match="already exists"):
        git_of(tree).create_release_tag("foo-1.0", "the first")
    assert tree.tags() == []
    assert tree.git("rev-parse", "foo-1.0", at=tree.remote) == theirs


@pytest.mark.parametrize("name", ["-d", "a b", "foo..1", ""])
def test_names_that_no_tag_may_have(tree: Tree, name: str) -> None:
    vcs = git_of(tree)
    with pytest.raises(ReleaseVCSError):
        vcs.create_release_tag(name, "x")
    assert tree.tags() == []


# ---- export ------------------------------------------------------------------------


def test_an_export_has_the_files_of_a_revision(tree: Tree, tmp_path: Path) -> None:
    revision = git_of(tree).get_current_revision()
    tree.commit("a", "1", "later")
    tree.git("push", "-q")
    GitReleaseVCS.export(revision, str(tmp_path / "exported"))
    assert sorted(path.name for path in (tmp_path / "exported").iterdir()) == ["package.py"]


def test_an_export_that_fails_leaves_nothing(tree: Tree, tmp_path: Path) -> None:
    revision = {**git_of(tree).get_current_revision(), "commit": "f" * 40}
    with pytest.raises(ReleaseVCSError, match="checkout"):
        GitReleaseVCS.export(revision, str(tmp_path / "exported"))
    assert not (tmp_path / "exported").exists()
    with pytest.raises(ReleaseVCSError, match="no fetch_url and commit"):
        GitReleaseVCS.export(5, str(tmp_path / "exported"))
    with pytest.raises(ReleaseVCSError, match="exists already"):
        GitReleaseVCS.export(revision, str(tmp_path))

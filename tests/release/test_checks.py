"""What has to be so before a release, its tag's name, and what it writes down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from release.conftest import Tree, Use

from rezfast.config import settings
from rezfast.errors import ReleaseError, ReleaseVCSError
from rezfast.release.changelog import shortened
from rezfast.release.checks import check_release, previous_release, release_data, release_tag_name
from rezfast.release.detection import create_release_vcs
from rezfast.release.vcs import ReleaseVCS
from rezfast.repository import clear_caches


def vcs_of(tree: Tree) -> ReleaseVCS:
    clear_caches()
    return create_release_vcs(str(tree.path))


def release(version: str, **attributes: Any) -> None:
    """A package `foo` is released."""
    place = Path(settings().release_packages_path) / "foo" / version
    place.mkdir(parents=True)
    given = {"name": "foo", "version": version, **attributes}
    text = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    (place / "package.py").write_text(text)


def refusal(tree: Tree, **options: bool) -> str:
    vcs = vcs_of(tree)
    with pytest.raises(ReleaseError) as caught:
        check_release(vcs.package, vcs, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def accept(tree: Tree, **options: bool) -> None:
    vcs = vcs_of(tree)
    check_release(vcs.package, vcs, **options)


# ---- checks ------------------------------------------------------------------------


def test_a_first_release(tree: Tree) -> None:
    accept(tree)


def test_no_place_to_release_to(tree: Tree, use: Use) -> None:
    use(release_packages_path="/no/such/place")
    message = refusal(tree)
    assert message.startswith("/no/such/place: no such directory to release to")


def test_a_package_may_have_a_place_of_its_own(tree: Tree, tmp_path: Path) -> None:
    tree.commit(
        "package.py",
        "name = 'foo'\nwith scope('config') as c:\n    c.release_packages_path = '/not/here'\n",
        "elsewhere",
    )
    tree.git("push", "-q")
    assert "/not/here" in refusal(tree)


def test_a_working_copy_that_is_not_in_order(tree: Tree, caplog: pytest.LogCaptureFixture) -> None:
    (tree.path / "package.py").write_text("name = 'foo'\nversion = '1.1'\n")
    assert "uncommitted changes" in refusal(tree)
    accept(tree, skip_repo_errors=True)
    assert "this error was skipped" in caplog.text


def test_no_version_control_at_all(tree: Tree) -> None:
    check_release(vcs_of(tree).package, None)


def test_the_tag_is_there_already(tree: Tree, use: Use) -> None:
    tree.git("tag", "foo-1.0")
    accept(tree)
    use(plugins={"release_vcs": {"check_tag": True}})
    message = refusal(tree)
    assert "the tag 'foo-1.0' exists already, but foo-1.0 is not in " in message
    assert "if its release was killed, or is wanted here too, use --ignore-existing-tag" in message
    accept(tree, ignore_existing_tag=True)
    release("1.0")
    message = refusal(tree)
    assert "exists already, so 1.0 was released before" in message
    assert message.endswith("change the version, or use --ignore-existing-tag")


def test_another_package_of_the_same_name(tree: Tree) -> None:
    release("0.9", uuid="theirs")
    accept(tree)
    tree.commit("package.py", "name = 'foo'\nversion = '1.0'\nuuid = 'ours'\n", "uuid")
    tree.git("push", "-q")
    assert "its uuid is theirs, not ours" in refusal(tree)


def test_only_the_latest_release_is_asked_for_its_uuid(tree: Tree) -> None:
    release("0.8", uuid="theirs")
    release("0.9")
    tree.commit("package.py", "name = 'foo'\nversion = '1.0'\nuuid = 'ours'\n", "uuid")
    tree.git("push", "-q")
    accept(tree)


def test_a_newer_version_is_released(tree: Tree) -> None:
    release("1.0")
    accept(tree)
    release("1.1")
    message = refusal(tree)
    assert "a newer version is released already" in message and "--no-latest" in message
    accept(tree, ensure_latest=False)


# ---- the tag -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{qualified_name}", "foo-1.0"),
        ("{version}", "1.0"),
        ("v{version.major}_{name}", "v1_foo"),
        ("{studio}/{name}", "{studio}/foo"),
        ("", "unversioned"),
    ],
)
def test_the_name_of_the_tag(tree: Tree, use: Use, pattern: str, name: str) -> None:
    use(plugins={"release_vcs": {"tag_name": pattern}})
    vcs = vcs_of(tree)
    assert release_tag_name(vcs.package, vcs) == release_tag_name(vcs.package) == name


def test_a_name_of_the_tag_that_is_no_format(tree: Tree, use: Use) -> None:
    tree.commit(
        "package.py",
        "name = 'foo'\nwith scope('config') as c:\n    c.plugins.release_vcs.tag_name = '{name'\n",
        "tag",
    )
    with pytest.raises(Exception, match=r"tag_name"):
        vcs = vcs_of(tree)
        release_tag_name(vcs.package, vcs)


# ---- what is written down ----------------------------------------------------------


def test_the_previous_release(tree: Tree) -> None:
    package = vcs_of(tree).package
    assert previous_release(package) is None
    for version in ("0.8", "0.10", "0.9", "1.0", "1.1"):
        release(version)
    clear_caches()
    found = previous_release(package)
    assert found is not None
    assert str(found.version) == "0.10"


def test_what_a_first_release_writes_down(tree: Tree) -> None:
    vcs = vcs_of(tree)
    assert release_data(vcs.package, vcs) == {
        "vcs": "git",
        "revision": vcs.get_current_revision(),
        "changelog": tree.git("log"),
        "previous_version": None,
        "previous_revision": None,
    }
    assert release_data(vcs.package, None) == {"vcs": "None", "previous_version": None}


def test_what_a_later_release_writes_down(tree: Tree) -> None:
    before = {"commit": tree.git("rev-parse", "HEAD")}
    release("0.9", revision=before)
    tree.commit("a", "1", "second")
    vcs = vcs_of(tree)
    data = release_data(vcs.package, vcs)
    assert str(data["previous_version"]) == "0.9"
    assert data["previous_revision"] == before
    assert "second" in data["changelog"] and "first" not in data["changelog"]


def test_a_previous_revision_that_is_gone(tree: Tree, caplog: pytest.LogCaptureFixture) -> None:
    release("0.9", revision={"commit": "0123"})
    vcs = vcs_of(tree)
    with pytest.raises(ReleaseVCSError, match="git log"):
        release_data(vcs.package, vcs)
    data = release_data(vcs.package, vcs, skip_repo_errors=True)
    assert data["changelog"] is None and data["revision"]
    assert "this error was skipped" in caplog.text


def test_long_changelogs_are_cut(tree: Tree, use: Use) -> None:
    use(max_package_changelog_chars=20, max_package_changelog_revisions=1)
    tree.commit("a", "1", "second")
    vcs = vcs_of(tree)
    data = release_data(vcs.package, vcs)
    assert data["changelog"] == tree.git("log", "-n", "1")[:20] + "..."


@pytest.mark.parametrize(
    ("limit", "text", "kept"),
    [
        (5, "12345678", "12345678"),
        (5, "123456789", "12345..."),
        (0, "123456789", "123456789"),
        (5, "", ""),
        (5, None, None),
    ],
)
def test_three_characters_too_many_are_kept(
    use: Use, limit: int, text: str | None, kept: str | None
) -> None:
    use(max_package_changelog_chars=limit)
    assert shortened(text) == kept

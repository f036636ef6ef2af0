"""Which version control system a source tree is in; the one for tests; plugins."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import yaml
from release.conftest import Tree, Use

from rezfast.errors import ReleaseVCSError
from rezfast.release.detection import create_release_vcs, get_release_vcs_types
from rezfast.release.stub import StubReleaseVCS


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A source tree of `foo-1.0` with a `.stub`."""
    path = tmp_path / "stubbed"
    path.mkdir()
    (path / "package.py").write_text("name = 'foo'\nversion = '1.0'\n")
    (path / ".stub").touch()
    return path


def test_the_kinds_there_are() -> None:
    assert get_release_vcs_types() == ["git", "stub"]


def test_no_version_control(tmp_path: Path) -> None:
    (tmp_path / "package.py").write_text("name = 'foo'\n")
    with pytest.raises(ReleaseVCSError, match=r"not under version control .* \(git, stub\)"):
        create_release_vcs(str(tmp_path))
    with pytest.raises(ReleaseVCSError, match="no git repository here or above"):
        create_release_vcs(str(tmp_path), "git")
    with pytest.raises(ReleaseVCSError, match=r"no release vcs 'cvs' \(known: git, stub\)"):
        create_release_vcs(str(tmp_path), "cvs")


def test_the_nearest_root_counts(tree: Tree) -> None:
    package = tree.path / "packages" / "bar"
    package.mkdir(parents=True)
    (package / "package.py").write_text("name = 'bar'\n")
    assert create_release_vcs(str(package)).name() == "git"
    (package / ".stub").touch()
    assert create_release_vcs(str(package)).name() == "stub"
    assert create_release_vcs(str(package), "git").vcs_root == str(tree.path)


def test_two_roots_in_one_directory(tree: Tree) -> None:
    (tree.path / ".stub").touch()
    with pytest.raises(ReleaseVCSError, match=r"several .* \(git, stub\): choose one with --vcs"):
        create_release_vcs(str(tree.path))
    assert create_release_vcs(str(tree.path), "stub").name() == "stub"


def test_a_root_that_is_none(stub: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseVCSError, match="not the root of a stub repository"):
        StubReleaseVCS(str(stub), str(tmp_path))


def test_the_stub_is_always_in_order(stub: Path) -> None:
    vcs = create_release_vcs(str(stub))
    vcs.validate_repostate()
    revision = vcs.get_current_revision()
    assert isinstance(revision, int)
    assert vcs.get_changelog() == "This is the first commit"
    assert vcs.get_changelog(revision - 5) == "This commit was 5 seconds after the last"
    assert vcs.get_changelog({"commit": "1"}) == "There is a previous commit from a different vcs"


def test_the_stub_keeps_tags_in_its_file(stub: Path) -> None:
    vcs = create_release_vcs(str(stub))
    vcs.create_release_tag("foo-1.0", "the first")
    vcs.create_release_tag("foo-1.0", "again")
    vcs.create_release_tag("foo-1.1")
    assert vcs.tag_exists("foo-1.0") and not vcs.tag_exists("foo-2")
    tags = {"foo-1.0": "the first", "foo-1.1": None}
    assert yaml.safe_load((stub / ".stub").read_text()) == {"tags": tags}
    assert sorted(path.name for path in stub.iterdir()) == [".stub", "package.py"]


@pytest.mark.parametrize("text", ["[", "- 1", "tags: 3"])
def test_a_stub_that_cannot_be_read(stub: Path, text: str) -> None:
    (stub / ".stub").write_text(text)
    with pytest.raises(ReleaseVCSError, match=r"\.stub: ") as caught:
        create_release_vcs(str(stub)).tag_exists("foo")
    assert "\n" not in str(caught.value)


def test_what_a_kind_cannot_do(stub: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseVCSError, match="stub cannot export a revision"):
        StubReleaseVCS.export(1, str(tmp_path / "x"))


def test_a_plugin(stub: Path, tmp_path: Path, use: Use) -> None:
    """Another version control system fits in without a change, with settings of its own."""
    plugins = tmp_path / "studio" / "rezplugins" / "release_vcs"
    plugins.mkdir(parents=True)
    (plugins / "__init__.py").touch()
    (plugins / "rezconfig.py").write_text("crate = {'server': 'crate.example', 'depth': 3}\n")
    (plugins / "crate.py").write_text(
        textwrap.dedent("""
            from rezfast.release.stub import StubReleaseVCS

            class Crate(StubReleaseVCS):
                @classmethod
                def name(cls):
                    return "crate"

                def get_current_revision(self):
                    return [self.settings.server, self.settings.depth]

            def register_plugin():
                return Crate
            """)
    )
    use(
        plugin_path=[str(tmp_path / "studio")],
        plugins={"release_vcs": {"crate": {"depth": 5}}},
    )
    assert get_release_vcs_types() == ["crate", "git", "stub"]
    vcs = create_release_vcs(str(stub), "crate")
    assert vcs.get_current_revision() == ["crate.example", 5]

"""What a release does: what rez's own tests of releases ask for, and more of it.

Releases here run in this process, from a source tree with the version control system for tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from release.conftest import Use

from rezfast.build.process import create_build_process
from rezfast.build.systems import create_build_system
from rezfast.errors import BuildProcessError, PackageTestError, ReleaseError
from rezfast.package.model import Package
from rezfast.release.detection import create_release_vcs
from rezfast.release.process import ReleaseProcess
from rezfast.repository import clear_caches
from rezfast.repository.queries import get_package, iter_packages

FOO = {
    "name": "foo",
    "version": "1.0",
    "uuid": "9982b609",
    "description": "foo type thing",
    "build_command": "echo data > $REZ_BUILD_INSTALL_PATH/data.txt",
}
BAR = {
    "name": "bar",
    "version": "1.0",
    "description": "a package with two variants",
    "variants": [["spangle-1.0"], ["spangle-1.1"]],
    "build_command": "echo $REZ_SPANGLE_VERSION > $REZ_BUILD_INSTALL_PATH/data.txt",
}


class Source:
    """A source tree that is released from, and where to.

    Attributes:
        data: Its definition.
        released: The repository.
    """

    def __init__(self, root: Path, data: dict[str, Any]) -> None:
        self.path = root / "src"
        self.path.mkdir()
        self.released = root / "released"
        self.data = dict(data)
        (self.path / ".stub").touch()

    def process(self, process: str = "local", **options: Any) -> ReleaseProcess:
        """A release of what the source tree is now."""
        clear_caches()
        text = "".join(f"{name} = {value!r}\n" for name, value in self.data.items())
        (self.path / "package.py").write_text(text)
        builder = create_build_process(process, create_build_system(str(self.path)), quiet=True)
        options.setdefault("vcs", create_release_vcs(str(self.path)))
        return ReleaseProcess(builder, **options)

    def release(self, message: str | None = None, variants: Any = None, **options: Any) -> int:
        """Release it; how many variants were."""
        return self.process(**options).release(message, variants)

    def tags(self) -> dict[str, str | None]:
        """The tags, with their messages."""
        return (yaml.safe_load((self.path / ".stub").read_text()) or {}).get("tags") or {}

    def package(self) -> Package:
        """What is released of this version."""
        clear_caches()
        found = get_package(self.data["name"], self.data["version"], [str(self.released)])
        assert found is not None
        return found

    def variants(self) -> list[list[str]]:
        """The variants of that."""
        return [[str(request) for request in one] for one in self.package().variants or []]


@pytest.fixture
def foo(tmp_path: Path, use: Use) -> Source:
    use(packages_path=[str(tmp_path / "released")], default_shell="bash")
    return Source(tmp_path, FOO)


@pytest.fixture
def bar(tmp_path: Path, use: Use) -> Source:
    use(packages_path=[str(tmp_path / "released")], default_shell="bash")
    for version in ("1.0", "1.1", "2.0"):
        place = tmp_path / "released" / "spangle" / version
        place.mkdir(parents=True)
        (place / "package.py").write_text(f"name = 'spangle'\nversion = {version!r}\n")
    return Source(tmp_path, BAR)


# ---- what rez tests -------------------------------------------------------------------


def test_the_place_to_release_to_has_to_exist(foo: Source) -> None:
    foo.released.rmdir()
    with pytest.raises(ReleaseError, match="no such directory to release to"):
        foo.release()
    foo.released.mkdir()
    assert foo.release() == 1
    assert (foo.released / "foo" / "1.0" / "data.txt").read_text() == "data\n"


def test_what_is_released_is_skipped(foo: Source, caplog: pytest.LogCaptureFixture) -> None:
    assert foo.release("once") == 1
    assert foo.release("twice") == 0
    assert f"Skipping 1/1: it is released already, in {foo.released}" in caplog.text
    assert foo.package().release_message == "once"
    assert foo.tags() == {"foo-1.0": "once"}


def test_versions_that_are_not_the_latest(foo: Source) -> None:
    for version in ("1.0", "1.1"):
        foo.data["version"] = version
        foo.release()
    foo.data["version"] = "1.0.1"
    with pytest.raises(ReleaseError, match="newer version is released already"):
        foo.release()
    assert foo.release(ensure_latest=False) == 1
    expected = {"foo-1.0", "foo-1.1", "foo-1.0.1"}
    assert set(foo.tags()) == expected
    found = iter_packages("foo", paths=[str(foo.released)])
    assert {package.qualified_name for package in found} == expected


def test_another_uuid_is_another_package(foo: Source) -> None:
    foo.release()
    foo.data |= {"version": "1.2", "uuid": "another"}
    with pytest.raises(ReleaseError, match="another package of the same name"):
        foo.release()
    assert set(foo.tags()) == {"foo-1.0"}


def test_variants_are_added_to_what_is_released(bar: Source) -> None:
    assert bar.release() == 2
    assert bar.variants() == [["spangle-1.0"], ["spangle-1.1"]]
    bar.data |= {"variants": [["spangle-2.0"]], "description": "added spangle-2.0 variant"}
    assert bar.release() == 1
    assert bar.variants() == [["spangle-1.0"], ["spangle-1.1"], ["spangle-2.0"]]
    assert bar.package().description == "added spangle-2.0 variant"
    # one that is there already keeps its index, and the rest of the definition is what it is now
    bar.data |= {"variants": [["spangle-1.1"]], "description": "again"}
    assert bar.release() == 1
    assert bar.variants() == [["spangle-1.0"], ["spangle-1.1"], ["spangle-2.0"]]
    assert bar.package().description == "again"
    assert (bar.released / "bar" / "1.0" / "spangle-1.1" / "data.txt").read_text() == "1.1\n"


# ---- and more ---------------------------------------------------------------------------


def test_what_a_release_writes_down(foo: Source) -> None:
    before = int(time.time())
    foo.release("the first")
    first = foo.package()
    assert (first.vcs, first.release_message) == ("stub", "the first")
    assert first.changelog == "This is the first commit"
    assert first.previous_version is None and first.previous_revision is None
    assert before <= (first.timestamp or 0) <= time.time()
    foo.data["version"] = "1.1"
    foo.release()
    second = foo.package()
    assert str(second.previous_version) == "1.0"
    assert second.previous_revision == first.revision
    assert second.release_message is None
    assert "seconds after the last" in str(second.changelog)


def test_a_long_changelog_is_cut(foo: Source, use: Use, tmp_path: Path) -> None:
    released = [str(tmp_path / "released")]
    use(packages_path=released, default_shell="bash", max_package_changelog_chars=7)
    foo.release()
    assert foo.package().changelog == "This is..."


def test_without_version_control_nothing_is_tagged(foo: Source) -> None:
    assert foo.release(vcs=None) == 1
    assert foo.package().vcs == "None"
    assert foo.package().revision is None
    assert foo.tags() == {}


def test_the_working_copy_of_something_else(foo: Source, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ".stub").touch()
    (other / "package.py").write_text("name = 'other'\n")
    with pytest.raises(BuildProcessError, match="cannot be released as what is in"):
        foo.process(vcs=create_release_vcs(str(other)))


@pytest.mark.parametrize("process", ["local", "central"])
def test_every_process_builds_for_everybody(
    bar: Source, use: Use, tmp_path: Path, process: str
) -> None:
    hidden = tmp_path / "local" / "spangle" / "1.0.5"
    hidden.mkdir(parents=True)
    (hidden / "package.py").write_text("name = 'spangle'\nversion = '1.0.5'\n")
    local = str(tmp_path / "local")
    paths = [local, str(tmp_path / "released")]
    use(
        packages_path=paths,
        local_packages_path=local,
        default_shell="bash",
        disable_rez_1_compatibility=False,
        rez_1_environment_variables=True,
    )
    bar.data["build_command"] = (
        "echo $REZ_BUILD_TYPE $REZ_IN_REZ_RELEASE $REZ_BUILD_INSTALL $REZ_SPANGLE_VERSION "
        "> $REZ_BUILD_INSTALL_PATH/seen"
    )
    assert bar.release(process=process, variants=[0]) == 1
    seen = bar.released / "bar" / "1.0" / "spangle-1.0" / "seen"
    assert seen.read_text() == "central 1 1 1.0\n"
    assert not (tmp_path / "local" / "bar").exists()


def test_some_variants(bar: Source) -> None:
    assert bar.release(variants=[-1]) == 1
    assert bar.variants() == [["spangle-1.1"]]
    assert bar.release() == 1
    assert bar.variants() == [["spangle-1.1"], ["spangle-1.0"]]


def test_tests_before_a_release_see_every_payload(bar: Source) -> None:
    test = {"command": "cat {root}/data.txt", "run_on": "pre_release", "on_variants": True}
    bar.data["tests"] = {"unit": test, "other": {"command": "exit 1", "run_on": "pre_install"}}
    process = bar.process()
    assert process.release() == 2
    results = process.process.test_results
    assert results is not None and results.num_success == 2


def test_a_test_that_fails_forbids_all(bar: Source) -> None:
    test = {"command": "case {root} in *1.1) exit 4;; esac", "run_on": ["pre_release"]}
    bar.data["tests"] = {"unit": {**test, "on_variants": True}}
    with pytest.raises(PackageTestError, match=r"bar-1.0\[1\] is not installed: test unit failed"):
        bar.release()
    assert not (bar.released / "bar").exists()
    assert bar.tags() == {}


Calls = Callable[..., None]


def test_hooks_are_told_of_the_release(foo: Source, use: Use, tmp_path: Path) -> None:
    place = tmp_path / "studio" / "rezplugins" / "release_hook"
    place.mkdir(parents=True)
    (place / "__init__.py").touch()
    (place / "watch.py").write_text(
        "import os\n"
        "from pathlib import Path\n"
        "from rezfast.release.hooks import ReleaseHook\n"
        "class Watch(ReleaseHook):\n"
        "    @classmethod\n"
        "    def name(cls):\n"
        "        return 'watch'\n"
        "    def note(self, event, install_path, variants, **given):\n"
        "        is_there = Path(install_path, 'foo', '1.0', 'package.py').exists()\n"
        "        tags = Path(self.source_path, '.stub').read_text()\n"
        "        with open(os.path.join(install_path, 'calls'), 'a') as file:\n"
        "            print(event, is_there, 'foo-1.0' in tags, variants and\n"
        "                  [getattr(one, 'uri', one) for one in variants],\n"
        "                  given['release_message'], given['changelog'],\n"
        "                  given['previous_version'], given['previous_revision'], file=file)\n"
        "    def pre_build(self, user, **given):\n"
        "        self.note('pre_build', **given)\n"
        "    def pre_release(self, user, **given):\n"
        "        self.note('pre_release', **given)\n"
        "    def post_release(self, user, **given):\n"
        "        self.note('post_release', **given)\n"
        "def register_plugin():\n"
        "    return Watch\n"
    )
    released = str(tmp_path / "released")
    use(
        packages_path=[released],
        default_shell="bash",
        plugin_path=[str(tmp_path / "studio")],
        release_hooks=["watch"],
    )
    foo.release("hello")
    rest = "hello This is the first commit None None"
    assert (foo.released / "calls").read_text().splitlines() == [
        f"pre_build False False None {rest}",
        f"pre_release False False None {rest}",
        f"post_release True True ['{released}/foo/1.0/package.py[]'] {rest}",
    ]
    # nothing is left to release, which hooks are told of, too
    foo.release("again")
    assert "post_release True True [] again" in (foo.released / "calls").read_text()


def test_a_tag_of_what_could_not_be_released_is_taken_out(foo: Source) -> None:
    foo.release("kept")
    vcs = create_release_vcs(str(foo.path))
    vcs.create_release_tag("foo-2.0", "not released")
    vcs.remove_release_tag("foo-2.0")
    assert foo.tags() == {"foo-1.0": "kept"}

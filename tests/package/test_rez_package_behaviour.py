"""What rez's own tests of packages and settings hold packages to, where no other test here says it.

tests/README.md has the whole list of rez's tests and where each is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import ConfigurationError
from rezfast.packages import (
    create_package,
    get_developer_package,
    get_package,
    get_package_from_uri,
    get_variant_from_uri,
    iter_package_families,
    iter_packages,
)
from rezfast.repository import clear_caches
from rezfast.repository.maker import make_package
from rezfast.solve.orderers import (
    PackageOrderList,
    PerFamilyOrder,
    SortedOrder,
    VersionSplitPackageOrder,
)
from rezfast.version import Version

Use = Callable[..., Settings]


@pytest.fixture
def use(tmp_path: Path) -> Iterator[Use]:
    """Takes settings, of a file's text and variables; what was there is put back at the end."""
    before = config.settings()

    def use(text: str = "", **variables: str) -> Settings:
        file = tmp_path / "rezconfig.py"
        file.write_text(text)
        config.use(Settings.from_sources(environ=variables, files=[str(file)]))
        clear_caches()
        return config.settings()

    yield use
    config.use(before)
    clear_caches()


# ---- settings of a package -------------------------------------------------------------------

_STUDIO = """\
release_hooks = ModifyList(append=["foo"])
parent_variables = ["FOO"]
plugins = {"release_hook": {"emailer": {"recipients": ["joe@here.com"]}}}
"""

_PACKAGE = """\
name = "foo"
with scope("config") as c:
    c.build_directory = "weeble"
    c.plugins.release_vcs.tag_name = "tag"
    c.release_hooks = ModifyList(append=["bah"])
    c.plugins.release_hook.emailer.recipients = ModifyList(append=["jay@there.com"])
    c.plugins.release_hook.emailer.sender = "{system.user}@somewhere.com"
    c.parent_variables = ModifyList(append=["BAH_${FUNK}", "EEK"])
"""


def test_a_packages_settings_join_those_of_files_and_beat_variables(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # texts of a setting are expanded by the process's own variables
    monkeypatch.setenv("FUNK", "dude")
    studio = use(_STUDIO, REZ_BUILD_DIRECTORY="elsewhere", FUNK="dude")
    (tmp_path / "package.py").write_text(_PACKAGE)
    own = get_developer_package(str(tmp_path)).config
    assert (studio.build_directory, own.build_directory) == ("elsewhere", "weeble")
    assert own.plugins.release_vcs.tag_name == "tag"
    assert list(own.release_hooks) == ["foo", "bah"]
    emailer = own.plugins.release_hook.emailer
    assert list(emailer.recipients) == ["joe@here.com", "jay@there.com"]
    assert emailer.sender == f"{own.system.user}@somewhere.com"
    assert list(own.parent_variables) == ["FOO", "BAH_dude", "EEK"]


def test_a_packages_settings_are_checked_when_they_are_asked_for(use: Use, tmp_path: Path) -> None:
    use()
    package = create_package("foo", {"config": {"build_directory": []}})
    with pytest.raises(ConfigurationError, match="build_directory"):
        _ = package.config.build_directory


def test_paths_in_a_variable_may_have_blanks(use: Use) -> None:
    paths = ["/foo bar/baz", "/foo bar/baz hey", "/home/foo bar/baz"]
    assert list(use(REZ_PACKAGES_PATH=":".join(paths)).packages_path) == paths


def test_orderers_are_made_of_settings(use: Use) -> None:
    text = (
        "package_orderers = [{'type': 'per_family', 'orderers': [{'packages': ['python'], "
        "'type': 'version_split', 'first_version': '2.9.9'}]}]"
    )
    split = PerFamilyOrder({"python": VersionSplitPackageOrder(Version("2.9.9"))})
    assert PackageOrderList.from_pod(use(text).package_orderers) == [split]
    assert PackageOrderList.from_pod(use("package_orderers = None").package_orderers) == []


def test_no_packages_are_in_order() -> None:
    for orderer in (SortedOrder(True), PerFamilyOrder({}, SortedOrder(True))):
        assert not orderer.reorder([])


# ---- packages of data ------------------------------------------------------------------------


def test_a_package_of_data_is_the_only_one_of_its_family() -> None:
    package = create_package("foo", {"version": "1.0.0", "description": "something"})
    assert package.parent is not None
    assert package.parent.name == "foo"
    assert list(package.parent.iter_packages()) == [package]


def test_the_parent_of_a_variant_is_the_package_that_it_came_from() -> None:
    package = create_package("foo", {"description": "the foo package"})
    [variant] = package.iter_variants()
    assert variant.parent == package
    assert variant.parent.description == "the foo package"


# ---- packages in repositories ----------------------------------------------------------------


def test_a_family_without_packages_is_a_family(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    clear_caches()
    assert [family.name for family in iter_package_families([str(tmp_path)])] == ["empty"]
    assert list(iter_packages("empty", paths=[str(tmp_path)])) == []


def test_a_package_is_among_its_familys(tmp_path: Path) -> None:
    for version in ("1", "2"):
        with make_package("foo", str(tmp_path)) as made:
            made.version = version
    for package in iter_packages("foo", paths=[str(tmp_path)]):
        assert package.parent is not None
        assert package in list(package.parent.iter_packages())


def test_families_of_one_file_show_through_where_nothing_hides_them(tmp_path: Path) -> None:
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    for place, name, text in (
        (first, "multi.yaml", "name: multi\nversions: ['1.0', '1.1']\ntools: [a]\n"),
        (second, "multi.py", "name = 'multi'\nversions = ['1.1', '2.0']\ntools = ['b']\n"),
    ):
        Path(place).mkdir()
        (Path(place) / name).write_text(text)
    clear_caches()
    found = {
        version: get_package("multi", version, paths=[first, second])
        for version in ("1.0", "1.1", "2.0")
    }
    assert {version: one.uri for version, one in found.items() if one is not None} == {
        "1.0": f"{first}/multi.yaml<1.0>",
        "1.1": f"{first}/multi.yaml<1.1>",
        "2.0": f"{second}/multi.py<2.0>",
    }


@pytest.mark.parametrize(("name", "version"), [("foo", "1.0B"), ("FooBar", "1.0")])
def test_a_uri_keeps_its_case(tmp_path: Path, name: str, version: str) -> None:
    with make_package(name, str(tmp_path)) as made:
        made.version = version
    [installed] = made.installed_variants
    package: Any = get_package_from_uri(installed.parent.uri, paths=[str(tmp_path)])
    assert (package.name, str(package.version)) == (name, version)
    assert get_variant_from_uri(installed.uri, paths=[str(tmp_path)]) == installed

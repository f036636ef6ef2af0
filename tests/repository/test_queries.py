"""Finding packages: families, versions, the latest one, by uri, by handle, completion."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rezfast import packages as found
from rezfast.errors import (
    PackageDefinitionFileMissing,
    PackageFamilyNotFoundError,
    PackageRepositoryError,
    PackageRequestError,
    ResourceError,
    VersionError,
)
from rezfast.packages import Package, iter_packages
from rezfast.repository import MemoryRepository
from rezfast.version import Version, VersionRange

Lay = Callable[[Mapping[str, str]], str]


@pytest.fixture
def here(lay: Lay) -> str:
    """A repository with versions, an unversioned package and a combined family."""
    return lay(
        {
            "foo/1.0/package.py": "",
            "foo/2.0/package.py": "variants = [['a-1'], ['a-2']]",
            "foo/10.0/package.yaml": "uuid: u",
            "foobar/package.py": "",
            "many.py": "versions = ['1', '2']\nversion_overrides = {'2': {'uuid': 'two'}}",
        }
    )


@pytest.fixture
def there(lay: Lay) -> str:
    """Another one, to stand behind it on a search path."""
    return lay({"foo/2.0/package.py": "uuid = 'hidden'", "foo/3.0/package.py": "", "last/1/": ""})


def names(packages: object) -> list[str]:
    assert hasattr(packages, "__iter__")
    return [package.qualified_name for package in packages]


def test_every_family(here: str, there: str) -> None:
    families = list(found.iter_package_families([here, there]))
    assert [one.name for one in families] == ["foo", "foobar", "many", "foo", "last"]
    assert [one.handle.key for one in families][:3] == [
        "filesystem.family",
        "filesystem.family",
        "filesystem.family.combined",
    ]
    assert families[0].uri == f"{here}/foo"
    assert families[2].uri == f"{here}/many.py"


def test_the_packages_of_a_family(here: str, there: str) -> None:
    assert names(iter_packages("foo", paths=[here])) == ["foo-1.0", "foo-10.0", "foo-2.0"]
    assert names(iter_packages("foobar", paths=[here])) == ["foobar"]
    assert names(iter_packages("many", paths=[here])) == ["many-1", "many-2"]
    assert names(iter_packages("nothing", paths=[here])) == []


def test_a_package_hides_those_behind_it(here: str, there: str) -> None:
    both = {one.qualified_name: one for one in iter_packages("foo", paths=[here, there])}
    assert sorted(both) == ["foo-1.0", "foo-10.0", "foo-2.0", "foo-3.0"]
    assert both["foo-2.0"].uuid is None
    other = {one.qualified_name: one for one in iter_packages("foo", paths=[there, here])}
    assert other["foo-2.0"].uuid == "hidden"


@pytest.mark.parametrize("range_", ["2+", VersionRange("2+")])
def test_versions_in_a_range(range_: str | VersionRange, here: str, there: str) -> None:
    assert names(iter_packages("foo", range_, [here, there])) == ["foo-10.0", "foo-2.0", "foo-3.0"]


def test_a_range_does_not_bring_out_what_is_hidden(here: str, there: str) -> None:
    (package,) = iter_packages("foo", "==2.0", [here, there])
    assert package.repository.location == here


def test_what_is_no_name_or_no_range(here: str) -> None:
    with pytest.raises(PackageRequestError):
        list(iter_packages("no name", paths=[here]))
    with pytest.raises(VersionError):
        list(iter_packages("foo", "2+<1", [here]))


def test_nothing_is_read_before_it_is_asked_for(lay: Lay) -> None:
    place = lay({"foo/1.0/package.py": "1 / 0"})
    (package,) = iter_packages("foo", paths=[place])
    assert package.qualified_name == "foo-1.0"


def test_a_definition_is_read_once(lay: Lay) -> None:
    place = lay({"foo/1.0/package.py": "custom = []"})
    (first,), (second,) = iter_packages("foo", paths=[place]), iter_packages("foo", paths=[place])
    assert first == second
    assert first.custom is second.custom


def test_the_configured_path(here: str, use_settings: Callable[..., None]) -> None:
    use_settings(packages_path=[here])
    assert names(iter_packages("foobar")) == ["foobar"]
    assert names(iter_packages("foobar", paths=[])) == ["foobar"]


# ---- one package -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.0", Version("2.0"), "2-0"])
def test_one_version(version: str | Version, here: str) -> None:
    package = found.get_package("foo", version, [here])
    assert package is not None
    assert package.qualified_name == "foo-2.0"
    assert found.get_package("foo", "2", [here]) is None


def test_by_name_and_version_as_text(here: str) -> None:
    assert str(found.get_package_from_string("foo-2.0", [here])).startswith("Package(filesystem")
    unversioned = found.get_package_from_string("foobar", [here])
    assert unversioned is not None
    assert found.get_package_from_string("foo", [here]) is None


def test_the_latest(here: str, there: str) -> None:
    def latest(name: str, range_: str | None = None, error: bool = False) -> str | None:
        package = found.get_latest_package(name, range_, [here, there], error)
        return None if package is None else package.qualified_name

    assert latest("foo") == "foo-10.0"
    assert latest("foo", "<10") == "foo-3.0"
    assert latest("foo", "11+") is None
    assert latest("nothing") is None
    with pytest.raises(PackageFamilyNotFoundError, match="no such package family 'nothing'"):
        latest("nothing", error=True)
    with pytest.raises(PackageFamilyNotFoundError, match=r"no 'foo' in the range 11\+"):
        latest("foo", "11+", error=True)


def test_the_latest_that_a_request_admits(here: str) -> None:
    for text, expected in (
        ("foo-2", "2.0"),
        ("foo", "10.0"),
        ("!foo-10", "10.0"),
        ("~foo", "10.0"),
    ):
        package = found.get_latest_package_from_string(text, [here])
        assert package is not None
        assert str(package.version) == expected, text


def test_in_one_repository(here: str) -> None:
    package = found.get_package_from_repository("foo", "2.0", here)
    assert package is not None
    assert package.num_variants == 2
    assert found.get_package_from_repository("foo", "9", here) is None
    assert found.get_package_from_repository("nothing", "9", here) is None
    family = found.get_package_family_from_repository("foo", here)
    assert family is not None
    assert names(family.iter_packages()) == ["foo-1.0", "foo-10.0", "foo-2.0"]
    assert found.get_package_family_from_repository("nothing", here) is None


# ---- handles and uris --------------------------------------------------------------------------


def everything(*paths: str) -> list[Package]:
    return [one for family in found.iter_package_families(paths) for one in family.iter_packages()]


def test_every_handle_leads_back(here: str) -> None:
    for package in everything(here):
        assert found.get_package_from_handle(package.handle) == package
        again = found.get_package_from_handle(package.handle.to_dict())
        assert again.validated_data() == package.validated_data()
        for variant in package.iter_variants():
            other = found.get_variant(variant.handle.to_dict())
            assert other == variant
            assert other.parent == package


def test_a_handle_of_something_that_is_gone(here: str) -> None:
    (package,) = iter_packages("foobar", paths=[here])
    handle = package.handle.to_dict()
    handle["variables"]["version"] = "9"
    gone = found.get_package_from_handle(handle)
    assert gone.qualified_name == "foobar-9"
    with pytest.raises(PackageDefinitionFileMissing, match="foobar/9"):
        gone.validate_data()


def test_wrong_handles(here: str) -> None:
    (package,) = iter_packages("foobar", paths=[here])
    (variant,) = package.iter_variants()
    with pytest.raises(ResourceError, match="of a variant, not of a package"):
        found.get_package_from_handle(variant.handle)
    with pytest.raises(ResourceError, match="of a package, not of a variant"):
        found.get_variant(package.handle)
    with pytest.raises(ResourceError, match="'x' is no kind of"):
        found.get_variant({"key": "x", "variables": variant.handle.variables})
    with pytest.raises(ResourceError, match="names no repository"):
        found.get_variant({"key": "filesystem.variant", "variables": {}})
    with pytest.raises(PackageRepositoryError, match="no kind of repository"):
        found.get_variant(
            {"key": "a", "variables": {"repository_type": "zip", "location": "/x", "name": "a"}}
        )
    with pytest.raises(ResourceError, match="does not belong to"):
        variables = {**variant.handle.variables, "repository_type": "memory"}
        found.get_variant({"key": "filesystem.variant", "variables": variables})


def test_every_uri_leads_back(here: str) -> None:
    for paths in ([here], None):
        for package in everything(here):
            if paths is None and not package.version:
                continue  # FAMILY/package.py looks like VERSION/package.py of another repository
            assert found.get_package_from_uri(package.uri, paths) == package
            for variant in package.iter_variants():
                assert found.get_variant_from_uri(variant.uri, paths) == variant


@pytest.mark.parametrize(
    "uri", ["", "/", "foo", "/no/such/package.py", "HERE/foo/9/package.py", "HERE", "HERE/a/b/c/d"]
)
def test_uris_that_lead_nowhere(uri: str, here: str) -> None:
    uri = uri.replace("HERE", here)
    assert found.get_package_from_uri(uri, [here]) is None
    assert found.get_package_from_uri(uri) is None
    assert found.get_variant_from_uri(f"{uri}[]", [here]) is None
    assert found.get_variant_from_uri(uri) is None


def test_a_uri_is_looked_for_on_the_given_path_only(here: str, there: str) -> None:
    assert found.get_package_from_uri(f"{here}/foo/2.0/package.py", [there]) is None
    assert found.get_variant_from_uri(f"{here}/foo/2.0/package.py[7]", [here]) is None
    assert found.get_variant_from_uri(f"{here}/foo/2.0/package.py[x]", [here]) is None


# ---- release times, completion -----------------------------------------------------------------


def test_the_last_release(here: str, there: str) -> None:
    os.utime(Path(here, "foo"), (1, 1000.5))
    os.utime(Path(there, "foo"), (1, 2000))
    assert found.get_last_release_time("foo", [here]) == 1000.5
    assert found.get_last_release_time("foo", [here, there]) == 2000
    assert found.get_last_release_time("nothing", [here, there]) == 0
    memory = MemoryRepository.create_repository({"foo": {"1": {}}})
    assert found.get_last_release_time("foo", [here, memory]) == 0


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", {"foo", "foobar", "many"}),
        ("foo", {"foo", "foobar"}),
        ("m", {"many", "many-1", "many-2"}),
        ("foo-", {"foo-1.0", "foo-2.0", "foo-10.0"}),
        ("foo-1", {"foo-1.0", "foo-10.0"}),
        ("!foo-1", {"!foo-1.0", "!foo-10.0"}),
        ("~m", {"~many", "~many-1", "~many-2"}),
        ("x", set()),
        ("foo==1", set()),
    ],
)
def test_completion(prefix: str, expected: set[str], here: str) -> None:
    assert found.get_completions(prefix, [here]) == expected


def test_completion_of_families(here: str) -> None:
    assert found.get_completions("m", [here], family_only=True) == {"many"}
    assert found.get_completions("foo-1", [here], family_only=True) == set()
    assert found.get_completions("!m", [here], family_only=True) == set()


# ---- kinds of repositories ---------------------------------------------------------------------


def test_packages_in_memory(here: str) -> None:
    memory = MemoryRepository.create_repository({"foo": {"2.0": {"uuid": "m"}, "7": {}}})
    assert names(iter_packages("foo", paths=[memory, here])) == [
        "foo-2.0", "foo-7", "foo-1.0", "foo-10.0",
    ]  # fmt: skip
    package = found.get_package("foo", "2.0", [memory, here])
    assert package is not None
    assert package.uuid == "m"
    assert package.parent is not None
    assert package.parent.uri == f"{memory.location}:foo"
    assert found.get_package_from_handle(package.handle).uuid == "m"


def test_combined_packages(here: str) -> None:
    first, second = iter_packages("many", paths=[here])
    assert (first.uuid, second.uuid) == (None, "two")
    assert (first.base, first.filepath) == (None, None)
    assert second.uri == f"{here}/many.py<2>"
    assert second.handle.variables["ext"] == "py"
    (variant,) = second.iter_variants()
    assert variant.uri == f"{here}/many.py<2>[]"
    assert variant.root is None


def test_a_repository_that_can_only_be_solved_from() -> None:
    class Family:
        name = "foo"
        versions = ("1",)
        skipped = ()
        repository: object

    class Repository:
        location = "nowhere"

        def get_family(self, name: str) -> Family:
            family = Family()
            family.repository = self
            return family

        def family_names(self) -> list[str]:
            return ["foo"]

    with pytest.raises(PackageRepositoryError, match="no package objects for a Repository"):
        list(iter_packages("foo", paths=[Repository()]))  # type: ignore[list-item]

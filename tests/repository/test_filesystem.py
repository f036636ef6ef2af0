"""What in a directory is a family, what in a family is a package, and what is read of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from rezfast._scan import Scanned
from rezfast.errors import (
    PackageDefinitionFileMissing,
    PackageMetadataError,
    PackageRepositoryError,
    PackageRequestError,
)
from rezfast.repository import PackageFamily, get_repository

Lay = Callable[[Mapping[str, str]], str]


def family_of(path: str, name: str = "foo") -> PackageFamily:
    family = get_repository(path).get_family(name)
    assert family is not None
    return family


def requires(outcome: Scanned | Exception) -> list[str] | None:
    assert isinstance(outcome, Scanned), outcome
    return outcome.requires


class TestFamilies:
    def test_are_directories_and_combined_files_with_valid_names(self, lay: Lay) -> None:
        path = lay(
            {
                "foo/1/package.py": "",
                "empty/": "",
                "bah.py": "",
                "eek.yaml": "",
                "both/": "",
                "both.py": "",
                "dotted.name/": "",
                "not-a-name/": "",
                "no good.py": "",
                "__pycache__/": "",
                ".hidden/": "",
                "README.md": "",
                "settings.yaml": "",
            }
        )
        names = get_repository(path).family_names()
        assert names == ["bah", "both", "dotted.name", "eek", "empty", "foo"]

    def test_the_lock_directory_is_none(
        self, lay: Lay, filesystem_settings: Callable[..., None]
    ) -> None:
        path = lay({"foo/": "", "locks/": ""})
        filesystem_settings(file_lock_dir="locks")
        assert get_repository(path).family_names() == ["foo"]

    def test_a_directory_beats_a_combined_file(self, lay: Lay) -> None:
        path = lay({"foo/1/package.py": "", "foo.py": "versions = ['2']"})
        assert family_of(path).versions == ["1"]

    def test_a_family_that_is_not_there_is_none(self, lay: Lay) -> None:
        repository = get_repository(lay({"foo/": "", "plain": "", "foo.txt": ""}))
        assert repository.get_family("bah") is None
        assert repository.get_family("plain") is None

    @pytest.mark.parametrize("name", ["", "not-a-name", "__pycache__", "a/b", ".eph", "foo\n"])
    def test_what_is_no_package_name_cannot_be_asked_for(self, lay: Lay, name: str) -> None:
        with pytest.raises(PackageRequestError, match="package name"):
            get_repository(lay({})).get_family(name)

    def test_a_repository_that_does_not_exist_is_empty(self, tmp_path: Path) -> None:
        for path in (tmp_path / "nowhere", Path(__file__)):
            repository = get_repository(str(path))
            assert repository.family_names() == []
            assert repository.get_family("foo") is None

    def test_are_looked_for_once(self, lay: Lay) -> None:
        path = lay({"foo/1/": ""})
        repository = get_repository(path)
        family = repository.get_family("foo")
        assert repository.get_family("bah") is None
        os.mkdir(f"{path}/bah")
        assert repository.get_family("foo") is family
        assert repository.get_family("bah") is None


class TestVersions:
    def test_are_the_directories_in_the_order_of_their_names(self, lay: Lay) -> None:
        path = lay({"foo/10/": "", "foo/9.1/": "", "foo/9-0/": "", "foo/_a/": "", "foo/README": ""})
        assert family_of(path).versions == ["10", "9-0", "9.1", "_a"]

    def test_a_link_to_a_directory_counts_and_a_broken_one_does_not(self, lay: Lay) -> None:
        path = lay({"foo/1/package.py": "requires = ['bah']"})
        os.symlink("1", f"{path}/foo/latest")
        os.symlink("nowhere", f"{path}/foo/2")
        os.symlink("3", f"{path}/foo/3")
        family = family_of(path)
        assert family.versions == ["1", "latest"]
        assert requires(family.load([1])[0]) == ["bah"]

    def test_an_ignore_marker_hides_a_version(self, lay: Lay) -> None:
        family = family_of(
            lay({"foo/1/": "", "foo/2/": "", "foo/.ignore2": "", "foo/.ignore1/": ""})
        )
        assert family.versions == ["1"]
        assert family.skipped == [("2", "ignored: .ignore2 is there")]

    def test_a_version_being_built_counts_once_it_has_a_definition(self, lay: Lay) -> None:
        family = family_of(
            lay(
                {
                    "foo/1/package.py": "",
                    "foo/2/package.yaml": "",
                    "foo/3/": "",
                    "foo/4/": "",
                    "foo/.building1": "",
                    "foo/.building2": "",
                    "foo/.building3": "",
                    "foo/.building5": "",
                }
            )
        )
        assert family.versions == ["1", "2", "4"]
        assert family.skipped == [
            ("3", "being built: .building3 is there and no definition yet"),
        ]

    def test_a_name_that_is_no_version_is_passed_over_with_a_reason(self, lay: Lay) -> None:
        family = family_of(lay({"foo/1/": "", "foo/1..2/": "", "foo/_NO_VERSION/": ""}))
        assert family.versions == ["1"]
        assert [name for name, _ in family.skipped] == ["1..2", "_NO_VERSION"]
        assert family.skipped[0][1].startswith("not a version: ")
        assert family.skipped[1][1] == "a reserved name"

    def test_a_name_need_not_be_utf8(self, lay: Lay) -> None:
        path = lay({"foo/1/package.py": "requires = ['bah']"})
        os.rename(f"{path}/foo/1", os.fsencode(path) + b"/foo/1\xff2")
        family = family_of(path)
        assert family.versions == [os.fsdecode(b"1\xff2")]
        assert requires(family.load([0])[0]) == ["bah"]

    def test_are_known_without_looking_at_any_of_them(
        self, lay: Lay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = lay({f"foo/{version}/package.py": "broken(" for version in range(9)})
        repository = get_repository(path)

        def looked(*args: object, **kwargs: object) -> NoReturn:
            raise AssertionError(f"looked at {args[0]}")

        for function in ("stat", "lstat", "open", "listdir", "access"):
            monkeypatch.setattr(os, function, looked)
        for function in ("isdir", "isfile", "exists"):
            monkeypatch.setattr(os.path, function, looked)
        family = repository.get_family("foo")
        assert family is not None and len(family.versions) == 9

    def test_a_directory_that_cannot_be_listed_is_an_error(
        self, lay: Lay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = lay({"foo/1/": ""})

        def refuse(path: str) -> NoReturn:
            raise PermissionError(13, "Permission denied", path)

        monkeypatch.setattr(os, "scandir", refuse)
        repository = get_repository(path)
        with pytest.raises(PackageRepositoryError, match=r"/foo: cannot be listed: Permission den"):
            repository.get_family("foo")
        with pytest.raises(PackageRepositoryError, match="cannot be listed: Permission denied"):
            repository.family_names()
        # what cannot even be looked at is not there
        assert repository.get_family("bah") is None


class TestUnversionedPackages:
    FILES = {"foo/package.yaml": "requires: [bah]", "foo/1/package.py": "", "foo/2/": ""}

    def test_hide_the_versions(self, lay: Lay) -> None:
        path = lay(self.FILES)
        family = family_of(path)
        assert family.versions == [""]
        assert family.skipped == [("1", "hidden by package.yaml"), ("2", "hidden by package.yaml")]
        assert requires(family.load([0])[0]) == ["bah"]
        assert family.uri(0) == f"{path}/foo/package.yaml"

    def test_prefer_python(self, lay: Lay) -> None:
        path = lay({**self.FILES, "foo/package.py": "requires = ['eek']"})
        family = family_of(path)
        assert requires(family.load([0])[0]) == ["eek"]
        assert family.uri(0) == f"{path}/foo/package.py"

    def test_can_be_switched_off(self, lay: Lay, use_settings: Callable[..., None]) -> None:
        use_settings(allow_unversioned_packages=False)
        assert family_of(lay(self.FILES)).versions == ["1", "2"]


class TestDefinitions:
    def test_are_read_for_the_versions_asked_for_in_that_order(self, lay: Lay) -> None:
        path = lay({f"foo/{v}/package.py": f"requires = ['bah-{v}']" for v in range(5)})
        outcomes = family_of(path).load([3, 0, 3])
        assert [requires(outcome) for outcome in outcomes] == [["bah-3"], ["bah-0"], ["bah-3"]]

    def test_in_yaml_are_read_where_there_is_none_in_python(self, lay: Lay) -> None:
        path = lay(
            {
                "foo/1/package.yaml": "requires: [yaml]",
                "foo/2/package.yaml": "requires: [yaml]",
                "foo/2/package.py": "requires = ['python']",
                "foo/3/package.py/": "",
                "foo/3/package.yaml": "requires: [yaml]",
            }
        )
        family = family_of(path)
        outcomes = family.load(range(3))
        assert [requires(outcome) for outcome in outcomes] == [["yaml"], ["python"], ["yaml"]]
        assert [family.uri(index) for index in range(3)] == [
            f"{path}/foo/1/package.yaml",
            f"{path}/foo/2/package.py",
            f"{path}/foo/3/package.yaml",
        ]

    def test_that_only_python_can_read_are_evaluated(self, lay: Lay) -> None:
        path = lay({"foo/1/package.py": "requires = ['bah-' + str(n) for n in range(2)]"})
        assert requires(family_of(path).load([0])[0]) == ["bah-0", "bah-1"]

    def test_that_are_missing_or_broken_are_errors_in_their_place(self, lay: Lay) -> None:
        path = lay(
            {
                "foo/1/package.py": "requires = ['bah']",
                "foo/2/": "",
                "foo/3/package.py": "requires = (",
                "foo/4/package.yaml": "requires: 3",
            }
        )
        good, missing, broken, wrong = family_of(path).load(range(4))
        assert requires(good) == ["bah"]
        assert isinstance(missing, PackageDefinitionFileMissing)
        assert str(missing) == (
            f"{path}/foo/2: no package definition: expected package.py or package.yaml"
        )
        assert isinstance(broken, PackageMetadataError)
        assert f"{path}/foo/3/package.py" in str(broken)
        assert isinstance(wrong, PackageMetadataError)
        assert f"{path}/foo/4/package.yaml" in str(wrong)

    def test_may_have_other_names(self, lay: Lay, filesystem_settings: Callable[..., None]) -> None:
        filesystem_settings(package_filenames=["rezpackage", "package"])
        path = lay(
            {
                "foo/1/rezpackage.py": "requires = ['a']",
                "foo/1/package.py": "requires = ['b']",
                "foo/2/rezpackage.yaml": "requires: [c]",
                "foo/3/package.py": "requires = ['d']",
                "foo/4/": "",
            }
        )
        family = family_of(path)
        *found, missing = family.load(range(4))
        assert [requires(outcome) for outcome in found] == [["a"], ["c"], ["d"]]
        assert "expected rezpackage.py or rezpackage.yaml or package.py" in str(missing)

    def test_can_be_made_a_condition_for_a_version(
        self, lay: Lay, filesystem_settings: Callable[..., None]
    ) -> None:
        filesystem_settings(check_package_definition_files=True)
        family = family_of(lay({"foo/1/package.py": "", "foo/2/": "", "foo/3/package.yaml": ""}))
        assert family.versions == ["1", "3"]
        assert family.skipped == [("2", "no definition file in it")]


class TestUri:
    def test_is_the_path_of_the_definition_whether_read_or_not(self, lay: Lay) -> None:
        path = lay({"foo/1/package.py": "", "foo/2/package.yaml": "", "foo/3/": ""})
        family = family_of(path)
        expected = [f"{path}/foo/1/package.py", f"{path}/foo/2/package.yaml", f"{path}/foo/3"]
        assert [family.uri(index) for index in range(3)] == expected
        family.load(range(3))
        assert [family.uri(index) for index in range(3)] == expected

    def test_has_no_links_of_the_search_path_in_it(self, lay: Lay, tmp_path: Path) -> None:
        path = lay({"foo/1/package.py": ""})
        os.symlink(path, tmp_path / "linked")
        family = family_of(str(tmp_path / "linked"))
        assert family.repository.location == path
        assert family.uri(0) == f"{path}/foo/1/package.py"

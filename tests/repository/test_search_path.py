"""What an entry of a search path names, and which packages a path of several shows."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest

from rezfast.errors import PackageRepositoryError
from rezfast.repository import clear_caches, family_names, find_packages, get_repository

Lay = Callable[[Mapping[str, str]], str]


def uris(name: str, paths: list[str]) -> list[str]:
    return [family.uri(index) for family, index in find_packages(name, paths)]


def test_one_directory_is_one_repository(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lay({})
    repository = get_repository(path)
    assert get_repository(f"{path}/") is repository
    assert get_repository(f"filesystem@{path}") is repository
    assert get_repository(str(repository)) is repository
    monkeypatch.chdir(path)
    assert get_repository(".") is repository


def test_after_clear_caches_the_disk_is_looked_at_again(lay: Lay) -> None:
    path = lay({"foo/1/": ""})
    assert len(find_packages("foo", [path])) == 1
    os.mkdir(f"{path}/foo/2")
    assert len(find_packages("foo", [path])) == 1
    clear_caches()
    assert len(find_packages("foo", [path])) == 2


def test_an_unknown_kind_of_repository_is_an_error() -> None:
    with pytest.raises(PackageRepositoryError, match="write filesystem@/data/p@v1/packages"):
        get_repository("/data/p@v1/packages")


def test_a_package_hides_equal_versions_behind_it(lay: Lay) -> None:
    first = lay({"foo/1.0/package.py": "", "foo/2/package.py": ""})
    second = lay({"foo/1-0/package.py": "", "foo/3/package.py": "", "bah/1/package.py": ""})
    third = lay({"foo.py": "versions = ['1.0', '3', '4']"})
    assert uris("foo", [first, second, third]) == [
        f"{first}/foo/1.0/package.py",
        f"{first}/foo/2/package.py",
        f"{second}/foo/3/package.py",
        f"{third}/foo.py<4>",
    ]
    assert uris("foo", [second, first]) == [
        f"{second}/foo/1-0/package.py",
        f"{second}/foo/3/package.py",
        f"{first}/foo/2/package.py",
    ]


def test_a_hidden_package_does_not_hide(lay: Lay) -> None:
    first = lay({"foo/1/package.py": "", "foo/.ignore1": ""})
    second = lay({"foo/1/package.py": ""})
    assert uris("foo", [first, second]) == [f"{second}/foo/1/package.py"]


def test_an_unversioned_package_hides_in_its_own_repository_alone(lay: Lay) -> None:
    first = lay({"foo/package.py": "", "foo/1/package.py": ""})
    second = lay({"foo/1/package.py": "", "foo/package.yaml": ""})
    third = lay({"foo/1/package.py": ""})
    assert uris("foo", [first, second, third]) == [
        f"{first}/foo/package.py",
        f"{third}/foo/1/package.py",
    ]


def test_family_names_of_a_path(lay: Lay) -> None:
    paths = [lay({"foo/": "", "bah/": ""}), lay({"bah.py": "", "eek/": ""}), "/does/not/exist"]
    assert family_names(paths) == ["bah", "eek", "foo"]

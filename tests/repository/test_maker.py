"""Packages made by a program."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rezfast import Requirement, config
from rezfast.config import Settings
from rezfast.errors import PackageMetadataError
from rezfast.package.model import Package, Variant
from rezfast.repository import clear_caches
from rezfast.repository.developer import create_package
from rezfast.repository.maker import PackageMaker, make_package
from rezfast.repository.queries import iter_packages


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    clear_caches()
    yield
    clear_caches()


def test_attributes_are_set_by_name_or_by_key() -> None:
    maker = PackageMaker("foo", {"version": "1.0"})
    maker.requires = ["bar-2"]
    maker["mine"] = 5
    assert (maker.name, maker["requires"], "mine" in maker, len(maker)) == (
        "foo",
        ["bar-2"],
        True,
        4,
    )
    del maker["mine"]
    assert sorted(maker) == ["name", "requires", "version"]
    with pytest.raises(AttributeError, match="no attribute 'tools' yet"):
        _ = maker.tools
    package = maker.get_package()
    assert package.qualified_name == "foo-1.0"
    assert [str(each) for each in package.requires or []] == ["bar-2"]


def test_attributes_are_checked() -> None:
    with pytest.raises(PackageMetadataError, match="requires is wrong"):
        create_package("foo", {"requires": "bar"})
    with pytest.raises(PackageMetadataError, match="needs rez 99 or later"):
        create_package("foo", {"requires_rez_version": "99"})
    with pytest.raises(PackageMetadataError, match="is not a version"):
        create_package("foo", {"version": "1."})


def test_wildcards_in_requests_are_replaced(tmp_path: Path) -> None:
    packages = str(tmp_path / "packages")
    for version in ("1.2.3", "1.10.1"):
        with make_package("bar", packages) as made:
            made.version = version
    previous = config.use(
        Settings.from_sources(environ={}, files=[], overrides={"packages_path": [packages]})
    )
    try:
        maker = PackageMaker("foo", {"requires": ["bar-1.*"], "variants": [["bar-1.**"]]})
        package = maker.get_package()
        with make_package("foo", packages) as made:
            made.requires = ["bar-1.*"]
    finally:
        config.use(previous)
    assert [str(each) for each in package.requires or []] == ["bar-1.10"]
    assert str(package.variants) == str([[Requirement("bar-1.10.1")]])
    assert "'bar-1.10'" in Path(made.installed_variants[0].parent.uri).read_text()


def test_a_package_may_be_of_a_class_of_ones_own() -> None:
    class Mine(Package):
        pass

    assert type(create_package("foo", {}, Mine)) is Mine


def test_a_package_is_installed_at_the_end(tmp_path: Path) -> None:
    with make_package("foo", str(tmp_path)) as package:
        package.version = "1.0"
        package.variants = [["a"], ["b"]]
        assert os.listdir(tmp_path) == []
    assert [variant.index for variant in package.installed_variants] == [0, 1]
    (found,) = iter_packages("foo", paths=[str(tmp_path)])
    assert found.num_variants == 2


def test_an_error_in_the_block_installs_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), make_package("foo", str(tmp_path)):
        _ = 1 / 0
    assert os.listdir(tmp_path) == []


def test_payloads(tmp_path: Path) -> None:
    calls: list[tuple[str, Any, str]] = []

    def base(variant: Variant, path: str) -> None:
        calls.append(("base", variant.index, path))
        assert os.getcwd() == path

    def root(variant: Variant, path: str) -> None:
        calls.append(("root", variant.index, path))
        assert (os.getcwd(), variant.root) == (path, path)
        # nobody sees the package before its payload is there
        clear_caches()
        assert list(iter_packages("foo", paths=[str(tmp_path)])) == []

    before = os.getcwd()
    with make_package("foo", str(tmp_path), make_base=base, make_root=root) as package:
        package.version = "1.0"
        package.variants = [["a"], ["b-1", "c"]]
    directory = f"{tmp_path}/foo/1.0"
    assert calls == [
        ("base", 0, directory),
        ("root", 0, f"{directory}/a"),
        ("base", 1, directory),
        ("root", 1, f"{directory}/b-1/c"),
    ]
    assert os.getcwd() == before
    assert sorted(os.listdir(directory)) == ["a", "b-1", "package.py"]
    assert os.listdir(tmp_path / "foo") == ["1.0"]


def test_a_payload_that_fails_leaves_nothing_to_see(tmp_path: Path) -> None:
    def root(variant: Variant, path: str) -> None:
        raise OSError("disk full")

    with (
        pytest.raises(OSError, match="disk full"),
        make_package("foo", str(tmp_path), make_root=root) as package,
    ):
        package.version = "1.0"
    clear_caches()
    assert list(iter_packages("foo", paths=[str(tmp_path)])) == []


def test_what_is_there_is_skipped_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def make(**options: Any) -> PackageMaker:
        with make_package("foo", str(tmp_path), **options) as package:
            package.version = "1.0"
        return package

    make()
    with caplog.at_level(logging.WARNING):
        again = make()
    assert again.installed_variants == []
    assert [variant.uri for variant in again.skipped_variants] == [
        f"{tmp_path}/foo/1.0/package.py[]"
    ]
    assert "there already" in caplog.text
    caplog.clear()
    assert len(make(warn_on_skip=False).skipped_variants) == 1
    assert caplog.text == ""
    assert len(make(skip_existing=False).installed_variants) == 1


def test_unversioned_with_payload(tmp_path: Path) -> None:
    with make_package("foo", str(tmp_path), make_root=lambda *_: os.mkdir("bin")):
        pass
    assert sorted(os.listdir(tmp_path / "foo")) == ["bin", "package.py"]

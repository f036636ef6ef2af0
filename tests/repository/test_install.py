"""Variants put into repositories."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rezfast.config import Settings
from rezfast.errors import PackageMetadataError, PackageRepositoryError, ResourceError, RezError
from rezfast.package.model import Variant
from rezfast.repository import clear_caches, get_repository
from rezfast.repository.developer import create_package
from rezfast.repository.install import REMOVE, install_variant
from rezfast.repository.locks import package_lock
from rezfast.repository.memory import MemoryRepository
from rezfast.repository.queries import get_package_from_repository
from rezfast.solve.solver import Solver
from rezfast.solve.sources import shared_tables


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    clear_caches()
    yield
    clear_caches()


def variant(index: int | None = None, **attributes: Any) -> Variant:
    """A variant of a package `foo-1.0` in memory."""
    package = create_package("foo", {"version": "1.0", "timestamp": 5, **attributes})
    found = package.get_variant(index)
    assert found is not None
    return found


def install(given: Variant, path: str | Path, **options: Any) -> Variant:
    """Installs, and looks that there is an answer."""
    installed = install_variant(given, str(path), **options)
    assert installed is not None
    return installed


def written(root: Path) -> str:
    return (root / "foo" / "1.0" / "package.py").read_text()


def test_a_new_package(tmp_path: Path) -> None:
    root = tmp_path / "made"
    installed = install(variant(requires=["a-1"], my_own={"x": [1]}), root)
    assert written(root) == (
        "# -*- coding: utf-8 -*-\n\nname = 'foo'\n\nversion = '1.0'\n\nrequires = ['a-1']\n\n"
        "timestamp = 5\n\nmy_own = {'x': [1]}\n\nformat_version = 2\n"
    )
    assert installed.uri == f"{root}/foo/1.0/package.py[]"
    assert installed.root == f"{root}/foo/1.0"
    assert [str(request) for request in installed.requires] == ["a-1"]
    mode = os.stat(root / "foo" / "1.0" / "package.py").st_mode
    assert stat.S_IMODE(mode) == 0o444
    # neither locks nor drafts are left behind
    assert sorted(p.name for p in root.rglob("*")) == ["1.0", "foo", "package.py"]


def test_without_a_timestamp_it_is_now(tmp_path: Path) -> None:
    before = int(time.time())
    installed = install(variant(timestamp=None), tmp_path)
    assert installed.timestamp is not None
    assert before <= installed.timestamp <= time.time()


def test_build_time_attributes_are_not_installed(tmp_path: Path) -> None:
    install(
        variant(build_command="make", requires_rez_version="2", pre_build_commands="a = 1"),
        tmp_path,
    )
    assert "build" not in written(tmp_path)
    assert "rez_version" not in written(tmp_path)


def test_variants_join_and_keep_their_index(tmp_path: Path) -> None:
    variants = [["a-1"], ["a-2"]]
    assert install(variant(1, variants=variants), tmp_path).index == 0
    assert install(variant(0, variants=variants), tmp_path).index == 1
    assert install(variant(1, variants=variants), tmp_path).index == 0
    assert "variants = [\n    ['a-2'],\n    ['a-1']\n]" in written(tmp_path)


def test_release_data_outlives_a_change_of_other_attributes(tmp_path: Path) -> None:
    install(variant(0, variants=[["a"]], timestamp=5, vcs="git", description="old"), tmp_path)
    install(variant(0, variants=[["b"]], timestamp=9, description="new", tools=["t"]), tmp_path)
    text = written(tmp_path)
    for part in ("timestamp = 5", "vcs = 'git'", "description = 'new'", "tools = ['t']"):
        assert part in text
    assert "['a'],\n    ['b']" in text


def test_dry_run_tells_what_is_there(tmp_path: Path) -> None:
    given = variant(0, variants=[["a"], ["b"]])
    assert install_variant(given, str(tmp_path), dry_run=True) is None
    assert list(tmp_path.iterdir()) == []
    install(given, tmp_path)
    found = install_variant(given, str(tmp_path), dry_run=True)
    assert found is not None
    assert found.index == 0
    assert install_variant(variant(1, variants=[["a"], ["b"]]), str(tmp_path), dry_run=True) is None
    other = variant(0, variants=[["a"], ["b"]], description="changed")
    assert install_variant(other, str(tmp_path), dry_run=True) is None


def test_overrides_of_a_new_package(tmp_path: Path) -> None:
    overrides = {"name": "bar", "version": "2", "uuid": "u", "tools": REMOVE}
    installed = install(variant(tools=["a"]), tmp_path, overrides=overrides)
    assert installed.qualified_package_name == "bar-2"
    assert (installed.uuid, installed.tools) == ("u", None)
    with pytest.raises(PackageRepositoryError, match="'name' cannot be removed"):
        install_variant(variant(), str(tmp_path), overrides={"name": REMOVE})


def test_overrides_of_a_package_that_is_there_change_nothing_in_it(tmp_path: Path) -> None:
    install(variant(0, variants=[["a"]], mine=1), tmp_path)
    overrides = {"mine": 2, "yours": 3, "theirs": REMOVE}
    installed = install(variant(0, variants=[["b"]], mine=1), tmp_path, overrides=overrides)
    assert (installed.mine, installed.yours) == (1, 3)
    assert "theirs" not in written(tmp_path)


def test_installing_where_it_is_already_gives_it_back(tmp_path: Path) -> None:
    installed = install(variant(), tmp_path)
    before = written(tmp_path)
    assert install_variant(installed, str(tmp_path)) is installed
    assert written(tmp_path) == before


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"uuid": "a"}, {"uuid": "b"}, "uuids differ"),
        ({"variants": [["a"]]}, {}, "that one has variants"),
        ({}, {"variants": [["a"]]}, "that one has no variants"),
    ],
)
def test_what_does_not_go_together(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], said: str
) -> None:
    install(variant(0 if "variants" in first else None, **first), tmp_path)
    before = written(tmp_path)
    with pytest.raises(ResourceError, match=said):
        install_variant(variant(0 if "variants" in second else None, **second), str(tmp_path))
    assert written(tmp_path) == before


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"mine": object()}, "mine cannot be written"),
        ({"commands": "if"}, "no valid Python"),
        ({"description": "half \ud800 " * 9}, "half a character"),
    ],
)
def test_what_could_not_be_read_again_is_not_installed(
    tmp_path: Path, attributes: dict[str, Any], said: str
) -> None:
    install(variant(0, variants=[["a"]]), tmp_path)
    before = written(tmp_path)
    with pytest.raises(PackageMetadataError, match=said):
        install_variant(variant(0, variants=[["b"]], **attributes), str(tmp_path))
    assert written(tmp_path) == before


def test_a_package_yaml_stays_one(tmp_path: Path) -> None:
    directory = tmp_path / "foo" / "1.0"
    directory.mkdir(parents=True)
    (directory / "package.yaml").write_text("name: foo\nversion: '1.0'\nvariants:\n- [a]\n")
    assert install(variant(0, variants=[["b"]]), tmp_path).index == 1
    assert sorted(os.listdir(directory)) == ["package.yaml"]
    assert "variants:\n- - a\n- - b\n" in (directory / "package.yaml").read_text()


def test_nothing_goes_into_a_family_of_one_file(tmp_path: Path) -> None:
    (tmp_path / "foo.py").write_text("name = 'foo'\nversions = ['1.0']\n")
    with pytest.raises(PackageRepositoryError, match="a family that is one file"):
        install_variant(variant(), str(tmp_path))


def test_unversioned_packages(tmp_path: Path) -> None:
    installed = install(create_package("foo", {}).get_variant() or variant(), tmp_path)
    assert installed.uri == f"{tmp_path}/foo/package.py[]"
    assert "version = ''" in (tmp_path / "foo" / "package.py").read_text()


def test_a_directory_that_cannot_be_written_is_opened_for_the_moment(tmp_path: Path) -> None:
    install(variant(0, variants=[["a"]]), tmp_path)
    directory = tmp_path / "foo" / "1.0"
    directory.chmod(0o555)
    try:
        install(variant(0, variants=[["b"]]), tmp_path)
        assert stat.S_IMODE(directory.stat().st_mode) == 0o555
    finally:
        directory.chmod(0o755)


def test_tags_of_builds_are_cleared(tmp_path: Path) -> None:
    family = tmp_path / "foo"
    (family / "1.0").mkdir(parents=True)
    (family / "2.0").mkdir()
    for version in ("1.0", "2.0", "3.0", "4.0"):
        (family / f".building{version}").touch()
    os.utime(family / ".building4.0", (0, 0))
    install(variant(), tmp_path)
    # 2.0 has no definition yet, 3.0 may be about to come
    assert sorted(os.listdir(family)) == [".building2.0", ".building3.0", "1.0", "2.0"]


def test_in_memory() -> None:
    path = "memory@test_install"
    assert install(variant(0, variants=[["a"]], timestamp=5), path).index == 0
    installed = install(variant(0, variants=[["b"]]), path)
    assert (installed.index, installed.uri) == (1, "test_install:foo-1.0[1]")
    package = get_package_from_repository("foo", "1.0", path)
    assert package is not None
    assert package.num_variants == 2
    found = install_variant(variant(0, variants=[["a"]]), path, dry_run=True)
    assert found is not None
    assert found.index == 0
    assert get_repository(path).family_names() == ["foo"]


# ---- locks -------------------------------------------------------------------------------------


def test_a_lock_that_somebody_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rezfast.repository.locks._timeout", lambda: 0.1)
    with (
        package_lock(str(tmp_path), "foo", "1.0"),
        pytest.raises(PackageRepositoryError, match=r"\.lock\.foo-1\.0\.lock: somebody else"),
    ):
        install_variant(variant(), str(tmp_path))
    install(variant(), tmp_path)


def test_a_lock_of_a_process_that_is_no_more_is_taken_away(tmp_path: Path) -> None:
    import socket

    lock = tmp_path / ".lock.foo-1.0.lock"
    lock.write_text(f"{socket.gethostname()} {2**22 + 1}")
    install(variant(), tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["foo"]


def test_locks_may_have_a_directory_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".lock").mkdir()
    config = tmp_path / "rezconfig.py"
    config.write_text(
        "plugins = {'package_repository': {'filesystem': {'file_lock_dir': '.lock'}}}\n"
    )
    current = Settings.from_sources({}, [str(config)])
    monkeypatch.setattr("rezfast.repository.locks.settings", lambda: current)
    with package_lock(str(tmp_path), "foo", ""):
        assert os.listdir(tmp_path / ".lock") == [".lock.foo.lock"]
    assert os.listdir(tmp_path / ".lock") == []


def test_a_repository_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RezError, match=r"file/packages: cannot be written"):
        install_variant(variant(), str(tmp_path / "file" / "packages"))


# ---- who sees it -------------------------------------------------------------------------------


def _solved(*paths: str | MemoryRepository) -> list[str]:
    solver = Solver(["foo"], paths)
    solver.solve()
    return [variant.qualified_package_name for variant in solver.resolved_packages or ()]


def test_a_solve_of_the_same_process_sees_it(tmp_path: Path) -> None:
    packages, elsewhere, link = tmp_path / "packages", tmp_path / "elsewhere", tmp_path / "link"
    packages.mkdir()
    link.symlink_to(packages)
    searched = ((str(packages),), (str(link),), (str(elsewhere), str(packages)))
    for version in ("1.0", "1.1"):
        install(variant(version=version), packages)
        for paths in searched:
            assert _solved(*paths) == [f"foo-{version}"]
    # another variant of a package that was solved with
    install(variant(), packages, overrides={"name": "bar"})
    for index in (0, 1):
        install(variant(index, version="2.0", variants=[["bar"], ["bar-1.0"]]), packages)
    package = get_package_from_repository("foo", "2.0", str(link))
    assert package is not None and package.num_variants == 2
    assert sorted(_solved(str(link))) == ["bar-1.0", "foo-2.0"]


def test_other_repositories_keep_what_they_know(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for path in (here, there):
        install(variant(), path)
    kept = shared_tables([str(there)])
    replaced = shared_tables([str(here)])
    install(variant(version="1.1"), here)
    assert shared_tables([str(there)]) is kept
    assert shared_tables([str(here)]) is not replaced


def test_a_dry_run_changes_nothing_for_others(tmp_path: Path) -> None:
    one = variant()
    install(one, tmp_path)
    kept = shared_tables([str(tmp_path)])
    assert install_variant(one, str(tmp_path), dry_run=True) is not None
    assert shared_tables([str(tmp_path)]) is kept


def test_a_solve_sees_what_is_put_into_memory() -> None:
    memory = MemoryRepository.create_repository({"foo": {"1.0": {}}})
    assert _solved(memory) == ["foo-1.0"]
    install_variant(variant(version="1.1"), memory)
    assert _solved(memory) == ["foo-1.1"]

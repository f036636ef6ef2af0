"""Wildcards in requests, and the helpers that definitions import as `rez.package_py_utils`."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rezfast.config import Settings, use
from rezfast.errors import InvalidPackageError, PackageMetadataError, PackageRequestError
from rezfast.package.definition import load_data
from rezfast.package_py_utils import (
    exec_command,
    exec_python,
    expand_requirement,
    expand_requires,
    find_site_python,
)
from rezfast.repository import MemoryRepository
from rezfast.version import VersionError

Write = Callable[..., str]

BOOST = MemoryRepository(
    "boost", {"boost": {version: {} for version in ("1.54.1", "1.55.1", "2.0", "1.55.0.beta")}}
)


@pytest.fixture(autouse=True)
def packages(tmp_path: Path) -> Iterator[Path]:
    """A repository that is the configured search path: boost, and an unversioned python."""
    root = tmp_path / "packages"
    for version in ("1.54.1", "1.55.1", "2.0"):
        directory = root / "boost" / version
        directory.mkdir(parents=True)
        (directory / "package.py").write_text("name = 'boost'\n")
    before = use(Settings.from_sources({}, [], {"packages_path": [str(root)]}))
    yield root
    use(before)


@pytest.mark.parametrize(
    ("request_", "expanded"),
    [
        ("boost", "boost"),
        ("boost-1", "boost-1"),
        ("boost-*", "boost-2"),
        ("boost-**", "boost-2.0"),
        ("boost-1.*", "boost-1.55"),
        ("boost-1.*.*", "boost-1.55.1"),
        ("boost-1.**", "boost-1.55.1"),
        ("boost==1.**", "boost==1.55.1"),
        ("boost-1.54.*", "boost-1.54.1"),
        ("boost<**", "boost<2.0"),
        ("boost-1.*+", "boost-1.55+"),
        ("boost-1.*+<2", "boost-1.55+<2"),
        ("boost>=1.*,<*", "boost-1.55+<2"),
        ("boost-2.*|1.*", "boost-1.55|2.0"),
        ("!boost-1.*", "!boost-1.55"),
        ("~boost-1.*", "~boost-1.55"),
        ("boost-1.*.*.*.*", "boost-1.55.1"),
        # where there is no package the wildcard is left out
        ("boost-7.*", "boost-7"),
        ("nothing-1.*", "nothing-1"),
        ("nothing-*", "nothing"),
        ("nothing-1.**", "nothing-1"),
    ],
)
def test_wildcards(request_: str, expanded: str) -> None:
    assert expand_requirement(request_) == expanded


@pytest.mark.parametrize(
    "request_", ["boost-1.5*", "boost-1.*.0", "boost-1.**.*", "boost-1.*.**.*", "boost-2+<1.*"]
)
def test_wrong_wildcards(request_: str) -> None:
    with pytest.raises(VersionError):
        expand_requirement(request_)


def test_a_wrong_name() -> None:
    with pytest.raises(PackageRequestError):
        expand_requirement("b?ost-*")


def test_where_to_look() -> None:
    assert expand_requirement("boost-1.**", [BOOST]) == "boost-1.55.1"
    assert expand_requirement("boost-1.55.0.*", [BOOST]) == "boost-1.55.0.beta"
    assert expand_requirement("boost-1.*", []) == "boost-1.55"


def test_many_requests_and_lists_of_them() -> None:
    assert expand_requires("boost-1.*", "foo") == ["boost-1.55", "foo"]
    assert expand_requires(["boost-1.*", "foo"]) == ["boost-1.55", "foo"]
    assert expand_requires() == []


# ---- from a definition -------------------------------------------------------------------------


def test_a_definition_imports_by_the_name_that_rez_has(write: Write) -> None:
    data = load_data(
        write(
            """
            @early()
            def requires():
                from rez.package_py_utils import expand_requires
                return expand_requires("boost-1.*")

            @early()
            def tools():
                import rez.package_py_utils as utils
                from rez import package_py_utils
                import rez.exceptions
                assert utils is package_py_utils
                assert rez.exceptions.InvalidPackageError is utils.InvalidPackageError
                assert InvalidPackageError is utils.InvalidPackageError
                return utils.expand_requires("boost-**")
            """
        )
    )
    assert data == {"requires": ["boost-1.55"], "tools": ["boost-2.0"]}


def test_other_modules_of_rez(write: Write) -> None:
    data = load_data(
        write(
            """
            from rez.config import config
            from rez.exceptions import PackageFamilyNotFoundError
            from rez.packages import get_latest_package
            from rez.system import system
            from rez.utils.execution import Popen
            from rez.utils.lint_helper import env
            from rez.vendor.version.version import Version
            from rez.version import VersionRange, Requirement
            found = str(get_latest_package("boost", VersionRange("<2")).version)
            paths = len(config.packages_path)
            platform = system.platform
            newer = Version("1.10") > Version("1.9")
            del config, system, env, Popen, Version, VersionRange, Requirement
            del PackageFamilyNotFoundError
            """
        )
    )
    assert data["found"] == "1.55.1"
    assert data["paths"] == 1
    assert isinstance(data["platform"], str)
    assert data["newer"] is True


def test_a_module_that_a_definition_imports_finds_them_too(write: Write, tmp_path: Path) -> None:
    (tmp_path / "studio_module_b.py").write_text(
        "from rez.package_py_utils import expand_requires\n"
        "def requires():\n    return expand_requires('boost-1.*')\n"
    )
    overrides = {
        "package_definition_build_python_paths": [str(tmp_path)],
        "packages_path": [str(tmp_path / "packages")],
    }
    before = use(Settings.from_sources({}, [], overrides))
    try:
        data = load_data(
            write(
                "@early()\ndef requires():\n    import studio_module_b\n"
                "    return studio_module_b.requires()\n"
            )
        )
    finally:
        use(before)
        sys.modules.pop("studio_module_b", None)
    assert data == {"requires": ["boost-1.55"]}


def test_outside_of_definitions_rez_is_what_it_is(write: Write) -> None:
    before = sys.modules.get("rez"), sys.modules.get("rez.exceptions")
    load_data(write("import rez.exceptions\nfrom rez import package_py_utils\n"))
    assert (sys.modules.get("rez"), sys.modules.get("rez.exceptions")) == before


def test_an_unknown_name_of_rez_is_an_import_error(write: Write) -> None:
    path = write("from rez.package_py_utils import not_there\n")
    with pytest.raises(PackageMetadataError, match=r"py:1: raised ImportError: cannot import name"):
        load_data(path)


# ---- commands ----------------------------------------------------------------------------------


def test_exec_command() -> None:
    out, err = exec_command("tools", ["sh", "-c", "echo ' é '; echo warning >&2"])
    assert (out, err) == ("é", "warning")


def test_exec_command_that_fails() -> None:
    with pytest.raises(InvalidPackageError) as caught:
        exec_command("tools", ["sh", "-c", "echo why >&2; exit 3"])
    assert str(caught.value) == "Error determining package attribute 'tools':\nwhy\n"


def test_exec_python() -> None:
    assert exec_python("x", ["import sys", "print(sys.argv[0])"], sys.executable) == "-c"
    assert exec_python("x", "print(1 + 1)", executable=sys.executable) == "2"


def test_exec_python_that_fails() -> None:
    with pytest.raises(InvalidPackageError, match=r"attribute 'x':\n(.|\n)*ZeroDivisionError"):
        exec_python("x", "1 / 0", sys.executable)


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A `python` on the path, with a package `studio` in it; gives its directory of modules."""
    site = tmp_path / "site"
    (site / "studio").mkdir(parents=True)
    (site / "studio" / "__init__.py").write_text("")
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {sys.executable} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return str(site)


def test_find_site_python(python: str) -> None:
    repository = MemoryRepository(
        "pythons",
        {
            "python": {
                "3.9": {},
                "3.10": {"_site_paths": ["/elsewhere"]},
                "3.11": {"_site_paths": ["/more", python]},
            }
        },
    )
    assert str(find_site_python("studio", [repository]).version) == "3.11"


def test_find_site_python_without_such_a_package(python: str) -> None:
    with pytest.raises(InvalidPackageError, match="containing the module 'studio'"):
        find_site_python("studio")


def test_find_site_python_without_such_a_module(python: str) -> None:
    with pytest.raises(InvalidPackageError, match="find installed python module 'no_such_module'"):
        find_site_python("no_such_module")

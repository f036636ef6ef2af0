"""Which python installs: that of a package, with its own pip or a package's, or rezfast's own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import RezSystemError
from rezfast.pip.interpreter import find_interpreter
from rezfast.repository import clear_caches

MakePackage = Callable[..., Path]


@pytest.fixture(autouse=True)
def packages(tmp_path: Path) -> Iterator[Path]:
    """The repository that is searched, empty."""
    path = tmp_path / "packages"
    path.mkdir()
    overrides = {"packages_path": [str(path)]}
    before = config.use(Settings.from_sources(environ={}, files=[], overrides=overrides))
    clear_caches()
    yield path
    config.use(before)
    clear_caches()


@pytest.fixture
def python(packages: Path) -> MakePackage:
    """Makes a package of a python that says what it is told to."""

    def make(
        version: str, pip: str | None = "23.1", program: str = "python", says: str | None = None
    ) -> Path:
        root = packages / "python" / version
        (root / "bin").mkdir(parents=True)
        (root / "package.py").write_text(
            f"name = 'python'\nversion = '{version}'\n"
            "commands = \"env.PATH.prepend('{root}/bin')\"\n"
        )
        path = root / "bin" / program
        own = "null" if pip is None else f'"{pip}"'
        # one that is found by PYTHONPATH is seen unless -E is given
        told = answer(says or version).replace('"PIP"', "'$pip'")
        path.write_text(
            f"#!/bin/sh\npip='{own}'\n"
            'if [ "$1" != -E ] && [ -n "$PIP_PACKAGE" ]; then pip="\\"$PIP_PACKAGE\\""; fi\n'
            f'if [ "$2" = pip ]; then echo "$@"; else echo \'{told}\'; fi\n'
        )
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def pip_package(packages: Path) -> Callable[[str], None]:
    """Makes a package of a pip."""

    def make(version: str) -> None:
        root = packages / "pip" / version
        root.mkdir(parents=True)
        (root / "package.py").write_text(
            f"name = 'pip'\nversion = '{version}'\ncommands = \"env.PIP_PACKAGE = '{version}'\"\n"
        )

    return make


def answer(version: str) -> str:
    environment = {
        "implementation_name": "cpython",
        "implementation_version": version,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "5",
        "platform_system": "Linux",
        "platform_version": "1",
        "python_full_version": version,
        "python_version": ".".join(version.split(".")[:2]),
        "sys_platform": "linux",
    }
    return json.dumps({"pip": "PIP", "environment": environment})


def test_the_latest_package_of_python_with_a_pip_of_its_own(python: MakePackage) -> None:
    python("3.9.7")
    newest = python("3.10.4", pip="24.0")
    found = find_interpreter()
    assert (found.executable, found.pip_version) == (str(newest), "24.0")
    assert found.target.python == "python-3.10"
    assert found.origin.startswith(f"pip 24.0 with {newest} of ")
    assert found.context is not None


def test_of_the_version_that_is_asked_for_major_and_minor_count(python: MakePackage) -> None:
    python("3.10.4")
    wanted = python("3.9.7")
    for version in ("3.9", "3.9.2"):
        found = find_interpreter(version)
        assert (found.executable, found.target.python) == (str(wanted), "python-3.9")


def test_a_major_version_alone_admits_all_of_it(python: MakePackage) -> None:
    python("2.7.18")
    newest = python("3.10.4")
    assert find_interpreter("3").executable == str(newest)
    assert find_interpreter("3").target.python == "python-3.10"


def test_of_rezfasts_own_python_too() -> None:
    assert find_interpreter(str(sys.version_info[0])).executable == sys.executable


@pytest.mark.parametrize("program", ["python3.9", "python3", "python"])
def test_its_program_has_the_longest_name(python: MakePackage, program: str) -> None:
    python("3.9.7", program=program)
    assert find_interpreter().executable.endswith(f"/{program}")


def test_then_the_pip_of_a_package_of_pip(
    python: MakePackage, pip_package: Callable[[str], None]
) -> None:
    program = python("3.9.7", pip=None)
    pip_package("20.1")
    pip_package("21.0")
    found = find_interpreter()
    assert (found.executable, found.pip_version) == (str(program), "21.0")
    assert "/pip/21.0/package.py; python-3.9.7 has no pip" in found.origin
    assert find_interpreter(pip_version="20.1").pip_version == "20.1"


def test_a_pip_of_its_own_comes_before_that(
    python: MakePackage, pip_package: Callable[[str], None]
) -> None:
    python("3.9.7", pip="19.0")
    pip_package("21.0")
    assert find_interpreter().pip_version == "19.0"


def test_a_pip_that_is_too_old_is_passed_over(
    python: MakePackage, pip_package: Callable[[str], None]
) -> None:
    python("3.9.7", pip="18.1")
    pip_package("21.0")
    found = find_interpreter()
    assert found.pip_version == "21.0"
    assert "python-3.9.7 has pip 18.1, which is too old" in found.origin


def test_then_the_python_that_rezfast_runs_on(python: MakePackage) -> None:
    here = ".".join(map(str, sys.version_info[:2]))
    python(f"{here}.0", pip=None)
    found = find_interpreter()
    assert (found.executable, found.context) == (sys.executable, None)
    assert found.target.python == f"python-{here}"
    assert f"which rezfast runs on; python-{here}.0 has no pip; " in found.origin


def test_without_any_package_of_python_that_is_the_reason() -> None:
    origin = find_interpreter().origin
    assert origin.endswith(", which rezfast runs on; there is no package python")


def test_no_other_version_is_taken_than_was_asked_for() -> None:
    with pytest.raises(RezSystemError, match=r"there is no python 2\.7 to install with: that of"):
        find_interpreter("2.7")


def test_a_package_whose_python_is_another_is_passed_over(python: MakePackage) -> None:
    python("3.9.7", says="3.10.1")
    with pytest.raises(RezSystemError, match=r"python-3\.9\.7 has a python 3\.10\.1"):
        find_interpreter("3.9")


def test_a_python_that_cannot_say_what_it_is_is_passed_over(python: MakePackage) -> None:
    python("3.9.7").write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    with pytest.raises(RezSystemError, match=r"does not say what it is: broken"):
        find_interpreter("3.9")


def test_a_python_of_the_system_is_none_of_a_package(packages: Path) -> None:
    root = packages / "python" / "3.11.1"
    root.mkdir(parents=True)
    (root / "package.py").write_text("name = 'python'\nversion = '3.11.1'\n")
    origin = find_interpreter().origin
    assert "python-3.11.1 has no program python on its PATH" in origin


def test_pip_runs_in_the_environment_of_the_packages(python: MakePackage, tmp_path: Path) -> None:
    python("3.9.7")
    with find_interpreter().start_pip(["wheel", "x"], subprocess.PIPE, str(tmp_path)) as process:
        output, _ = process.communicate()
    assert output == "-m pip wheel x\n"

"""`rezfast status`: the current context, and what a name is in it."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from cli.conftest import Finished, Run

from rezfast.context.resolved import ResolvedContext


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("status") / "packages"
    for name, package_version, text in (
        ("brush", "1.0", "tools = ['paint', 'Mix']"),
        ("brush", "1.1", "tools = ['paint', 'Mix']"),
        ("roller", "2.0", "tools = ['paint', 'unroll']\nrequires = ['brush-1.0']"),
    ):
        directory = root / name / package_version
        (directory / "bin").mkdir(parents=True)
        (directory / "package.py").write_text(
            f"name = {name!r}\nversion = {package_version!r}\n{text}\n"
        )
        for tool in ("paint", "Mix", "unroll"):
            (directory / "bin" / tool).write_text("#!/bin/sh\n")
            (directory / "bin" / tool).chmod(0o755)
    return root


@pytest.fixture(scope="module")
def file(packages: Path) -> Path:
    """The file of the current context."""
    path = packages.parent / "current.rxt"
    context = ResolvedContext(
        ["roller"], package_paths=[str(packages)], add_implicit_packages=False
    )
    context.save(str(path))
    return path


@pytest.fixture
def status(rezfast: Run, packages: Path, file: Path, environment: dict[str, str]) -> Run:
    """Run `rezfast status` in the environment of the context."""
    directories = f"{packages}/roller/2.0/bin:{packages}/brush/1.0/bin:{environment['PATH']}"

    def run(*words: str | Path, **extra: str) -> Finished:
        current = {
            "REZ_RXT_FILE": str(file),
            "REZ_PACKAGES_PATH": str(packages),
            "PATH": directories,
        }
        return rezfast("status", *words, **{**current, **extra})

    return run


def test_the_current_context(status: Run, file: Path) -> None:
    done = status()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Using rezfast {version('rezfast')}\n\nActive Context: {file}\n"


def test_no_context(rezfast: Run) -> None:
    done = rezfast("status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n\nNo active context.\n")


def test_the_tools_of_the_context(status: Run) -> None:
    assert status("--tools").stdout == (
        "TOOL    ALIASING  PACKAGE     SOURCE          \n"
        "----    --------  -------     ------          \n"
        "Mix     -         brush-1.0   active context  \n"
        "paint   -         brush-1.0   active context  (in conflict)\n"
        "paint   -         roller-2.0  active context  (in conflict)\n"
        "unroll  -         roller-2.0  active context  \n"
    )
    assert status("-t", "un*").stdout.count("\n") == 3
    done = status("-t", "spray*")
    assert (done.returncode, done.stdout) == (1, "No matching tools.\n")


def test_no_tools_without_a_context(rezfast: Run) -> None:
    done = rezfast("status", "-t")
    assert (done.returncode, done.stdout) == (1, "No matching tools.\n")


def test_a_tool(status: Run, file: Path) -> None:
    assert status("unroll").stdout == (
        "'unroll' is a tool in the active context:\n"
        f"Tool:     unroll\nContext:  {file}\nPackage:  roller-2.0\n\n"
    )
    assert "Packages (in conflict): brush-1.0 roller-2.0\n" in status("paint").stdout


def test_a_package_of_the_context(status: Run, packages: Path, file: Path) -> None:
    assert status("brush-1").stdout == (
        "'brush' is a package in the active context:\n"
        "Package:  brush-1.0\n"
        f"URI:      {packages}/brush/1.0/package.py[]\n"
        f"Context:  {file}\n\n"
    )


def test_a_package_that_is_not_in_the_context(status: Run, packages: Path) -> None:
    assert status("brush-1.1+", REZ_LOCAL_PACKAGES_PATH=str(packages)).stdout == (
        "'brush' is a package. The latest version in the range '1.1+' is:\n"
        "Package:  brush-1.1\n"
        f"URI:      {packages}/brush/1.1/package.py  (local)\n\n"
    )
    done = status("brush", REZ_RXT_FILE="")
    assert done.stdout.startswith(
        "'brush' is a package. The latest version is:\nPackage:  brush-1.1"
    )


def test_the_file_of_a_context(status: Run, file: Path) -> None:
    assert status(file).stdout == (
        f"'{file}' is a context: 'rezfast context {file}' shows what is in it.\n\n"
    )


def test_what_is_several_things_is_told_as_all_of_them(
    status: Run, packages: Path, environment: dict[str, str]
) -> None:
    (packages / "brush" / "1.0" / "bin" / "roller").write_text("#!/bin/sh\n")
    (packages / "brush" / "1.0" / "bin" / "roller").chmod(0o755)
    definition = packages / "brush" / "1.0" / "package.py"
    before = definition.read_text()
    definition.write_text(before.replace("'Mix'", "'Mix', 'roller'"))
    try:
        lines = status("roller").stdout.splitlines()
    finally:
        definition.write_text(before)
    assert lines[0] == "'roller' is a tool in the active context:"
    assert "'roller' is also a package in the active context:" in lines


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("spray", ""),
        ("rollr", "; did you mean 'roller'?"),
        ("!roller", "; did you mean 'roller'?"),
        ("no/such/file", ""),
        ("roller-9", "; did you mean 'roller'?"),
        ("a b", ""),
    ],
)
def test_what_is_nothing_that_is_known(status: Run, word: str, hint: str) -> None:
    done = status(word)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"rezfast: error: there is no program, package or context {word!r}{hint}\n"
    )


def test_a_current_context_that_cannot_be_read(status: Run, tmp_path: Path) -> None:
    done = status(REZ_RXT_FILE=str(tmp_path / "gone.rxt"))
    assert done.returncode == 2
    assert "gone.rxt: the file of the current context is gone" in done.stderr
    (tmp_path / "bad.rxt").write_text("[]")
    done = status(REZ_RXT_FILE=str(tmp_path / "bad.rxt"))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "bad.rxt" in done.stderr


def test_one_object_at_a_time(status: Run) -> None:
    done = status("a", "b")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "one OBJECT at a time" in done.stderr

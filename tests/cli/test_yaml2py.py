"""`rezfast yaml2py`: a package.yaml as a package.py."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cli.conftest import Run

YAML = """\
name: foo
version: '1.0'
requires: [python-3, bar]
timestamp: 5
commands: |
  env.PATH.append("{root}")
  x = 1
"""

PYTHON = """\
# -*- coding: utf-8 -*-

name = 'foo'

version = '1.0'

requires = [
    'python-3',
    'bar'
]

def commands():
    env.PATH.append("{root}")
    x = 1
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "package.yaml").write_text(YAML)
    return tmp_path


def test_a_file_or_its_directory(rezfast: Run, directory: Path) -> None:
    for word in (directory, directory / "package.yaml"):
        done = rezfast("yaml2py", word)
        assert (done.returncode, done.stdout, done.stderr) == (0, PYTHON, "")


def test_here(program: list[str], environment: dict[str, str], directory: Path) -> None:
    done = subprocess.run(
        [*program, "yaml2py"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, PYTHON)


def test_what_it_prints_is_read_as_the_same_package(rezfast: Run, directory: Path) -> None:
    shown = [rezfast("view", "-b", directory).stdout]
    (directory / "package.py").write_text(rezfast("yaml2py", directory).stdout)
    (directory / "package.yaml").unlink()
    shown.append(rezfast("view", "-b", directory).stdout)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("content", "word", "said"),
    [
        (None, "", "there is no package.yaml in this directory"),
        (None, "no.yaml", "no.yaml: does not exist"),
        (None, "package.py", "is not a .yaml file"),
        ("name: [", "package.yaml", "is not valid YAML"),
        ("version: '1'", "package.yaml", "has no name"),
        ("name: a\nrequires: b\n", "package.yaml", "package.yaml:2: requires is wrong"),
        ("name: a\nversion: '1.'\n", "package.yaml", "version is wrong: '1.' is not"),
    ],
)
def test_bad_input(rezfast: Run, tmp_path: Path, content: str | None, word: str, said: str) -> None:
    if content is not None:
        (tmp_path / word).write_text(content)
    done = rezfast("yaml2py", tmp_path / word)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_it_is_what_a_build_reads(rezfast: Run, directory: Path, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    for version in ("1.2.3", "1.10.1"):
        (packages / "bar" / version).mkdir(parents=True)
        (packages / "bar" / version / "package.py").write_text("name = 'bar'\n")
    (directory / "package.yaml").write_text("name: foo\nrequires: [bar-1.*]\n")
    done = rezfast("yaml2py", directory, REZ_PACKAGES_PATH=str(packages))
    assert done.returncode == 0
    assert "'bar-1.10'" in done.stdout


def test_one_at_a_time(rezfast: Run) -> None:
    done = rezfast("yaml2py", "a.yaml", "b.yaml")
    assert done.returncode == 2
    assert "one PATH at a time" in done.stderr

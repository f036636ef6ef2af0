"""`rezfast view`: what a definition says, in rez's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Run

TEXT = """\
name = "paint"
version = "{version}"
description = "Paints walls, doors and fences, inside and outside alike."
requires = ["python-3.9+"]
timestamp = 1700000000
house = {{"b": 1, "a": "ä"}}
with scope("config") as c:
    c.build_directory = "out"

@early()
def authors():
    return ["me"]

@late()
def tools():
    return [this.name]

def commands():
    # why
    env.PATH.append("{{root}}/bin")
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of a package with a bit of everything."""
    root = tmp_path_factory.mktemp("view")
    for version in ("1.0", "1.10"):
        directory = root / "paint" / version
        directory.mkdir(parents=True)
        (directory / "package.py").write_text(TEXT.format(version=version))
    return root


def test_the_latest_version_as_yaml(rezfast: Run, packages: Path) -> None:
    done = rezfast("view", "paint", "--path", packages)
    assert (done.returncode, done.stderr) == (0, "")
    place = f"{packages}/paint/1.10"
    assert done.stdout == (
        f"URI:\n{place}/package.py\n\nCONTENTS:\n"
        "name: paint\n\n"
        "version: '1.10'\n\n"
        "description: Paints walls, doors and fences, inside and outside alike.\n\n"
        "authors:\n- me\n\n"
        "tools: return [this.name]\n\n"
        "requires:\n- python-3.9+\n\n"
        "commands: '# why\n\n  env.PATH.append(\"{root}/bin\")'\n\n"
        "config:\n  build_directory: out\n\n"
        f"base: {place}\n\n"
        'house:\n  a: "\\xE4"\n  b: 1\n'
    )


def test_as_python_of_a_version_without_its_place(rezfast: Run, packages: Path) -> None:
    done = rezfast("view", "-bf", "py", "paint-1.0", "--path", packages)
    assert done.stdout == (
        "# -*- coding: utf-8 -*-\n\n"
        "name = 'paint'\n\n"
        "version = '1.0'\n\n"
        'description = \\\n    """\n'
        "    Paints walls, doors and fences, inside and outside alike.\n"
        '    """\n\n'
        "authors = ['me']\n\n"
        "@late()\ndef tools():\n    return [this.name]\n\n"
        "requires = ['python-3.9+']\n\n"
        'def commands():\n    # why\n    env.PATH.append("{root}/bin")\n\n'
        "with scope('config') as config:\n    config.build_directory = 'out'\n\n"
        f"base = '{packages}/paint/1.0'\n\n"
        "house = {'a': 'ä', 'b': 1}\n"
    )


def test_what_a_release_wrote_is_shown_on_request(rezfast: Run, packages: Path) -> None:
    assert "timestamp" not in rezfast("view", "paint", "--path", packages).stdout
    shown = rezfast("view", "--all", "paint", "--path", packages).stdout
    assert "\ntimestamp: 1700000000\n" in shown


def test_characters_that_the_terminal_has_not(rezfast: Run, packages: Path) -> None:
    done = rezfast(
        "view", "-f", "py", "paint", "--path", packages, PYTHONIOENCODING="ascii", LC_ALL="C"
    )
    assert done.returncode == 0
    assert "'a': '\\xe4'" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["paitn"], "there is no package 'paitn'; did you mean 'paint'?"),
        (["paint-2+"], "no package matches paint-2+; the nearest are paint-1.10 and paint-1.0"),
        (["xyzzy", "--path", "/nowhere"], "/nowhere is not a directory"),
        (["-c", "paint"], "--current: this is not a resolved environment"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(
    rezfast: Run, packages: Path, words: list[str], said: str
) -> None:
    done = rezfast("view", "--path", packages, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["paint", "-f", "txt"], "there are 'yaml' and 'py'"),
        (["paint", "brush"], "one PKG at a time"),
        (["paint paint"], "paint paint"),
        (["./nothing/package.py"], "does not exist"),
        (["./"], "no package.py or package.yaml in this directory"),
        (["./", "--current"], "is a path"),
    ],
)
def test_bad_input(rezfast: Run, words: list[str], said: str) -> None:
    done = rezfast("view", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_broken_definition_is_told_with_its_line(rezfast: Run, repository: Path) -> None:
    done = rezfast("view", "broken", "--path", repository)
    assert done.returncode == 2
    assert "broken/1.0/package.py:" in done.stderr


def test_a_definition_by_its_path(rezfast: Run, tmp_path: Path) -> None:
    (tmp_path / "package.py").write_text("name = 'mine'\nbuild_command = 'make'\n")
    for word in (tmp_path, tmp_path / "package.py"):
        done = rezfast("view", word)
        assert done.stdout == (
            f"URI:\n{tmp_path}/package.py\n\nCONTENTS:\nname: mine\n\nversion: ''\n\n"
            "build_command: make\n"
        )


def test_the_version_of_this_environment(rezfast: Run, packages: Path, tmp_path: Path) -> None:
    variables = {
        "repository_type": "filesystem",
        "location": str(packages),
        "name": "paint",
        "version": "1.0",
        "index": None,
    }
    context = tmp_path / "context.rxt"
    handle = {"key": "filesystem.variant", "variables": variables}
    context.write_text(json.dumps({"resolved_packages": [handle]}))
    done = rezfast("view", "--current", "paint", REZ_RXT_FILE=str(context))
    assert done.stdout.startswith(f"URI:\n{packages}/paint/1.0/package.py\n")
    done = rezfast("view", "--current", "pain", REZ_RXT_FILE=str(context))
    assert done.returncode == 1
    assert "no package 'pain' in this environment; did you mean 'paint'?" in done.stderr
    context.write_text("[]")
    assert rezfast("view", "-c", "paint", REZ_RXT_FILE=str(context)).returncode == 2

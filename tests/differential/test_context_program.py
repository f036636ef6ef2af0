"""`rezfast context` and `rezfast status` run beside `rez-context` and `rez-status`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.terminal import in_a_terminal

from rezfast.context.resolved import ResolvedContext

REZ = "import sys; from rez.cli._main import run; run({!r})"
REZFAST = "import sys; from rezfast.cli import main; sys.exit(main([{!r}, *sys.argv[1:]]))"

CONTEXT = [
    [],
    ["-v"],
    ["-v", "-v", "--so"],
    ["--su"],
    ["--req"],
    ["--res"],
    ["--res", "--su"],
    ["-t"],
    ["--which", "mix"],
    ["--which", "mix", "--no-env"],
    ["--pg"],
    ["--diff", "{old}"],
    # of several, the same one counts
    ["--res", "--req", "-t"],
    ["-t", "--which", "mix", "--pg"],
    ["-i", "-f", "table", "--no-env"],
    ["-i", "-f", "dict"],
    ["-i", "-f", "json"],
    ["-i", "-f", "bash", "--no-env", "--res"],
    ["-i", "-f", "sh", "-s", "eval"],
    ["-i", "-f", "zsh", "-s", "file"],
]
STATUS = [["brush"], ["brush-1.0"], ["brush<2"], ["unroll"], ["paint"], ["roller"], ["wall"],
          ["-t"], ["-t", "*i*"], ["-t", "nothing"]]  # fmt: skip


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("beside") / "packages"
    for name, version, text in (
        ("brush", "1.0", "tools = ['paint', 'mix']\n"),
        ("brush", "1.1", "tools = ['paint', 'mix']\n"),
        ("roller", "2.0", "tools = ['paint', 'unroll']\nrequires = ['brush-1.0']\n"),
        ("wall", "3.0", "requires = ['brush-1.1']\n"),
    ):
        directory = root / name / version
        (directory / "bin").mkdir(parents=True)
        for tool in ("mix", "paint", "unroll", "roller"):
            program = directory / "bin" / tool
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
        (directory / "package.py").write_text(
            f"name = {name!r}\nversion = {version!r}\n{text}"
            "def commands():\n    env.PATH.append('{root}/bin')\n    env.COLOUR = 'a \"b\"'\n"
        )
    for file, request in (("current", ["roller", ".studio-2"]), ("old", ["wall"])):
        context = ResolvedContext(request, package_paths=[str(root)])
        context.save(str(root.parent / f"{file}.rxt"))
    return root


def surroundings(packages: Path, **extra: str) -> dict[str, str]:
    """The environment of a user without any configuration."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REZ")}
    return {
        **kept,
        "HOME": str(packages.parent),
        "REZ_PACKAGES_PATH": str(packages),
        "PYTHONWARNINGS": "ignore",
        **extra,
    }


def beside(command: str, words: list[str], packages: Path, **extra: str) -> list[str]:
    """What rez and rezfast print."""
    environment = surroundings(packages, **extra)
    words = [word.format(old=packages.parent / "old.rxt") for word in words]
    return [
        subprocess.run(
            [sys.executable, "-c", code.format(command), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for code in (REZ, REZFAST)
    ]


@pytest.mark.parametrize("words", CONTEXT, ids=" ".join)
def test_context(words: list[str], packages: Path) -> None:
    file = packages.parent / "current.rxt"
    rez, rezfast = beside("context", [*words, str(file)], packages)
    assert rez != ""
    assert rezfast == rez


@pytest.mark.parametrize("words", STATUS, ids=" ".join)
def test_status(words: list[str], packages: Path) -> None:
    directories = f"{packages}/roller/2.0/bin:{packages}/brush/1.0/bin:{os.environ['PATH']}"
    rez, rezfast = beside(
        "status",
        words,
        packages,
        REZ_RXT_FILE=str(packages.parent / "current.rxt"),
        PATH=directories,
    )
    assert rez != ""
    # the packages of a conflict come in any order in rez
    assert sorted(rezfast.split()) == sorted(rez.split())


@pytest.mark.parametrize("words", [[], ["-v", "-v"], ["-t"], ["--res"], ["--req"]], ids=" ".join)
def test_context_in_a_terminal(words: list[str], packages: Path) -> None:
    """Colours, and items on one line."""
    environment = surroundings(packages, REZ_LOCAL_PACKAGES_PATH=str(packages))
    file = str(packages.parent / "current.rxt")
    rez, rezfast = (
        in_a_terminal([sys.executable, "-c", code.format("context"), *words, file], environment)
        for code in (REZ, REZFAST)
    )
    assert "\x1b[" in rez or words in (["--res"], ["--req"])
    assert rezfast == rez

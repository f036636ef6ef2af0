"""A small repository, and the program run in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

DEFINITIONS: dict[str, dict[str, object]] = {
    "python-3.9.7": {},
    "python-3.10.4": {"timestamp": 2_000_000_000},
    "maya-2023.3": {"requires": ["python-3.9"]},
    "maya-2024.1": {"requires": ["python-3.10", "~renderer-2"]},
    "houdini-20.0": {"requires": ["python-3.10"]},
    "renderer-1.0": {"variants": [["maya-2023"], ["maya-2024"]]},
    "renderer-2.0": {"variants": [["maya-2023"], ["maya-2024", ".raytrace-1"]]},
    "compiler-1.0": {},
    "tool-1.0": {"requires": ["python"], "build_requires": ["compiler"]},
    "left-1.0": {"requires": ["right"]},
    "right-1.0": {"requires": ["left"]},
    "orphan-1.0": {"requires": ["nowhere-1"]},
}

Finished = subprocess.CompletedProcess[str]
Run = Callable[..., Finished]


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of the packages in `DEFINITIONS`, and one definition that is broken."""
    root = tmp_path_factory.mktemp("packages")
    for qualified, attributes in DEFINITIONS.items():
        name, _, version = qualified.partition("-")
        _define(root, name, version, attributes)
    broken = root / "broken" / "1.0"
    broken.mkdir(parents=True)
    (broken / "package.py").write_text("name = 'broken'\nversion = '1.0'\nrequires = [\n")
    return root


def _define(root: Path, name: str, version: str, attributes: Mapping[str, object]) -> None:
    directory = root / name / version
    directory.mkdir(parents=True)
    fields = {"name": name, "version": version, **attributes}
    text = "".join(f"{key} = {value!r}\n" for key, value in fields.items())
    (directory / "package.py").write_text(text)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables of a user without any configuration."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REZ")}
    return {**kept, "HOME": str(tmp_path_factory.mktemp("home")), "NO_COLOR": "1"}


@pytest.fixture(scope="session")
def program() -> list[str]:
    """The command that runs `rezfast`, whether or not its script is on the search path."""
    return [sys.executable, "-c", "import sys; from rezfast.cli import main; sys.exit(main())"]


@pytest.fixture(scope="session")
def rezfast(program: list[str], environment: dict[str, str]) -> Run:
    """Run `rezfast` with these words; extra environment variables by keyword."""

    def run(*words: str | Path, **extra: str) -> Finished:
        return subprocess.run(
            [*program, *map(str, words)],
            env={**environment, **extra},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def resolve(rezfast: Run, repository: Path) -> Run:
    """Run `rezfast resolve` on the small repository."""

    def run(*words: str | Path, **extra: str) -> Finished:
        return rezfast("resolve", "--path", repository, *words, **extra)

    return run

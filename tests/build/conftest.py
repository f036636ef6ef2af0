"""Source trees to be built; settings that do not come from the machine."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from build.cmake_project import HEAD, CMakeProject
from build.projects import Workshop

from rezfast import config
from rezfast.config import Settings
from rezfast.repository import clear_caches
from rezfast.repository.developer import DeveloperPackage, get_developer_package

Source = Callable[..., DeveloperPackage]
Use = Callable[..., None]
Project = Callable[..., CMakeProject]


@pytest.fixture(autouse=True)
def use() -> Iterator[Use]:
    """Takes settings; without a call, rez's defaults."""

    def take(**overrides: object) -> None:
        config.use(Settings.from_sources(environ={}, files=[], overrides=overrides))
        clear_caches()

    before = config.use(None)
    take()
    yield take
    config.use(before)
    clear_caches()


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Makes a source tree of a definition and other files, and gives its package."""

    def make(definition: str = "name = 'foo'\nversion = '1.0'\n", **files: str) -> DeveloperPackage:
        path = tmp_path / "source"
        path.mkdir(exist_ok=True)
        (path / "package.py").write_text(textwrap.dedent(definition))
        for name, text in files.items():
            (path / name.replace("__", ".")).write_text(text)
        return get_developer_package(str(path))

    return make


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Makes a CMake project of what follows the head of its CMakeLists.txt, and of other files.

    In their names `__` stands for a dot and `_D_` for a slash.
    """

    def make(lists: str, head: str = HEAD, **files: str) -> CMakeProject:
        given = {name.replace("__", "."): text for name, text in files.items()}
        given = {name.replace("_D_", "/"): text for name, text in given.items()}
        return CMakeProject(tmp_path, {"CMakeLists.txt": head + lists, **given})

    return make


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A place to build and install for real."""
    return Workshop(tmp_path)

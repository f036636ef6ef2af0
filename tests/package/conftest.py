"""Definitions written to disk."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.package.model import Package
from rezfast.packages import get_package
from rezfast.repository import clear_caches

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a definition, dedented, and gives its path."""

    def write(text: str, name: str = "package.py") -> str:
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return str(path)

    return write


@pytest.fixture
def use(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Takes settings; what was there is put back at the end."""
    previous = config.use(Settings.from_sources(environ={}, files=[]))

    def use(**values: Any) -> None:
        config.use(Settings.from_sources(environ={}, files=[], overrides=values))

    yield use
    config.use(previous)


@pytest.fixture
def lay(tmp_path: Path, use: Callable[..., None]) -> Callable[..., Package]:
    """Lays a package in a repository and gives its object."""

    def lay(text: str, name: str = "foo", version: str = "1.0") -> Package:
        path = tmp_path / "packages" / name / version
        path.mkdir(parents=True)
        (path / "package.py").write_text(text)
        clear_caches()
        package = get_package(name, version, [str(tmp_path / "packages")])
        assert package is not None
        return package

    return lay

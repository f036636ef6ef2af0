"""A way to lay out repositories, and settings that do not come from the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.repository import clear_caches

Lay = Callable[[Mapping[str, str]], str]


@pytest.fixture(autouse=True)
def default_settings() -> Iterator[None]:
    """rez's defaults, and repositories that nobody has looked at yet."""
    previous = config.use(Settings.from_sources(environ={}, files=[]))
    clear_caches()
    yield
    config.use(previous)
    clear_caches()


@pytest.fixture
def use_settings(tmp_path: Path) -> Callable[..., None]:
    """Take settings from a rezconfig with these top-level keys."""

    def use(**values: Any) -> None:
        path = tmp_path / "rezconfig.py"
        path.write_text("\n".join(f"{name} = {value!r}" for name, value in values.items()))
        config.use(Settings.from_sources(environ={}, files=[str(path)]))

    return use


@pytest.fixture
def filesystem_settings(use_settings: Callable[..., None]) -> Callable[..., None]:
    """Take settings of the filesystem repository."""

    def use(**values: Any) -> None:
        use_settings(plugins={"package_repository": {"filesystem": values}})

    return use


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lay out a new repository from {path: text}; a path that ends in `/` is a directory."""
    count = 0

    def lay_out(files: Mapping[str, str]) -> str:
        nonlocal count
        root = tmp_path / f"packages{count}"
        count += 1
        root.mkdir()
        for name, text in files.items():
            path = root / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        return str(root)

    return lay_out

"""Runs commands, for the tests of the command language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import rezfast.config
from rezfast.rex.executor import RexExecutor
from rezfast.rex.python import Python

Run = Callable[..., RexExecutor]


@pytest.fixture
def run() -> Run:
    """Runs commands in a parent environment (`environ`), with more names bound (`bound`)."""

    def run(code: str, environ: dict[str, str] | None = None, **options: Any) -> RexExecutor:
        bound = options.pop("bound", {})
        executor = RexExecutor(
            Python(target_environ={}, passive=True),
            parent_environ=environ or {},
            shebang=False,
            **options,
        )
        for name, value in bound.items():
            executor.bind(name, value)
        executor.execute_code(code)
        return executor

    return run


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
    """Puts settings in place for a test."""
    before = rezfast.config.use(None)

    def configure(**overrides: Any) -> None:
        rezfast.config.use(
            rezfast.config.Settings.from_sources(environ={}, files=(), overrides=overrides)
        )

    configure()
    yield configure
    rezfast.config.use(before)

"""The judge of the scanner: Python itself runs the definition, and the fields are looked at."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest

FIELDS = (
    "name",
    "version",
    "requires",
    "variants",
    "build_requires",
    "private_build_requires",
    "timestamp",
    "hashed_variants",
)

Judge = Callable[[bytes], dict[str, Any]]


class _Child:
    """`c.plugins.x = 1`: an attribute that is not there is another such object."""

    def __getattr__(self, name: str) -> _Child:
        child = _Child()
        self.__dict__[name] = child
        return child


class _Scope(_Child):
    """Puts the module's names back when its block ends."""

    def __enter__(self) -> _Scope:
        self.__dict__["before"] = dict(sys._getframe(1).f_locals)
        return self

    def __exit__(self, *exception: object) -> None:
        names = sys._getframe(1).f_locals
        names.clear()
        names.update(self.__dict__["before"])


def _mark(*arguments: str) -> Callable[[FunctionType], FunctionType]:
    return lambda function: function


def run(source: bytes) -> dict[str, Any]:
    """What Python makes of the fields of a definition."""
    names: dict[str, Any] = {"scope": lambda name: _Scope(), "late": _mark, "include": _mark}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "package.py", "exec", dont_inherit=True), names)
    return {field: names.get(field) for field in FIELDS}


@pytest.fixture
def judge() -> Judge:
    """Runs a definition and gives its fields, None for one that it does not set."""
    return run

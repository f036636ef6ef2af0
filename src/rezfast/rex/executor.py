"""Runs commands in a namespace (rez: `rez.rex.RexExecutor`)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import CodeType
from typing import TYPE_CHECKING, Any

from rezfast.rex.interpreter import ActionInterpreter, OutputStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rezfast.package.functions import SourceCode

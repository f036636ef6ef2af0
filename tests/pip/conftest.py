"""What the tests of the pip room share: wheels, the rules for files, an interpreter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from differential.wheels import make_wheel

from rezfast.config import Settings
from rezfast.config.system import System
from rezfast.pip.files import Remap
from rezfast.pip.requires import Target

ENVIRONMENT = {
    "implementation_name": "cpython",
    "implementation_version": "3.9.7",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "5.14.0",
    "platform_system": "Linux",
    "platform_version": "#1 SMP",
    "python_full_version": "3.9.7",
    "python_version": "3.9",
    "sys_platform": "linux",
}


@pytest.fixture
def wheel(tmp_path: Path) -> Callable[..., Path]:
    """`make_wheel` into the test's directory."""
    return partial(make_wheel, tmp_path)


@pytest.fixture
def remaps() -> tuple[Remap, ...]:
    """`pip_install_remaps` as it is by default."""
    return Settings.locked().pip_install_remaps


@pytest.fixture
def target() -> Target:
    """CPython 3.9 on Linux, whatever runs the tests."""
    return Target(ENVIRONMENT, System({}))

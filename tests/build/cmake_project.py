"""A CMake project, built and installed in the environment that a build gives it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

from rezfast.build.cmake import MODULES

# no language: that a compiler works is not what most tests are about
HEAD = "cmake_minimum_required(VERSION 3.10)\nproject(foo NONE)\ninclude(RezBuild)\n"


def find_cmake() -> str:
    """CMake, as it builds rezfast itself."""
    beside = os.path.join(sysconfig.get_path("scripts"), "cmake")
    found = beside if os.path.exists(beside) else shutil.which("cmake")
    assert found is not None, "these tests need cmake"
    return found


class CMakeError(Exception):
    """A step that failed; its text is what was said."""


class CMakeProject:
    """A source tree.

    Attributes:
        source, build, prefix: Where it is, where it is built, where it is installed.
        environ: The environment of the build; a test adds to it.
        modules: The directory of modules.
    """

    def __init__(
        self, root: Path, files: Mapping[str, str], modules: str = MODULES, name: str = "foo"
    ) -> None:
        self.source = root / "source"
        self.build = root / "build"
        self.prefix = root / "install"
        self.modules = modules
        for path, text in files.items():
            (self.source / path).parent.mkdir(parents=True, exist_ok=True)
            (self.source / path).write_text(text)
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environ = {
            **kept,
            "REZ_BUILD_ENV": "1",
            "REZ_BUILD_PROJECT_NAME": name,
            "REZ_BUILD_PROJECT_VERSION": "1.2",
            "REZ_BUILD_PROJECT_DESCRIPTION": 'Foo, "the" tool\nof the studio',
            "REZ_BUILD_REQUIRES_UNVERSIONED": "",
            "REZ_BUILD_INSTALL_PYC": "1",
        }

    def make(
        self, *args: str, build_type: str = "local", install: bool = True, cmake: str | None = None
    ) -> str:
        """Configure, build, install; what was said.

        Raises:
            CMakeError: A step fails.
        """
        cmake = cmake or find_cmake()
        above = self.environ.get("CMAKE_MODULE_PATH")
        path = f"{above};{self.modules}" if above else self.modules
        environ = {**self.environ, "CMAKE_MODULE_PATH": path}
        configure = [
            *(cmake, "-S", str(self.source), "-B", str(self.build), "-Wno-dev"),
            f"-DCMAKE_MODULE_PATH={path}",
            f"-DCMAKE_INSTALL_PREFIX={self.prefix}",
            f"-DREZ_BUILD_TYPE={build_type}",
            f"-DREZ_BUILD_INSTALL={int(install)}",
            *args,
        ]
        steps = [configure, [cmake, "--build", str(self.build)]]
        if install:
            steps.append([cmake, "--install", str(self.build)])
        said = ""
        for step in steps:
            done = subprocess.run(
                step, capture_output=True, text=True, env=environ, cwd=self.source, check=False
            )
            said += done.stdout + done.stderr
            if done.returncode:
                raise CMakeError(said)
        return said

    def installed(self) -> dict[str, str]:
        """What is installed: by path the mode and, for a link, where it leads."""
        found = {}
        for path in sorted(self.prefix.rglob("*")):
            name = str(path.relative_to(self.prefix))
            if path.is_symlink():
                found[name] = f"-> {os.readlink(path)}"
            elif path.is_file():
                found[name] = f"{stat.S_IMODE(path.stat().st_mode):o}"
        return found


def said(project: CMakeProject) -> list[str]:
    """The messages `= ...` of a project that is configured and built."""
    lines = project.make(install=False).splitlines()
    return [line.removeprefix("-- = ") for line in lines if line.startswith("-- = ")]


def refusal(project: CMakeProject) -> str:
    """Why a project cannot be built."""
    with pytest.raises(CMakeError) as caught:
        project.make()
    return " ".join(str(caught.value).split())

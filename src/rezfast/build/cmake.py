"""The command lines of cmake and of what builds after it (rez: `rezplugins.build_system.cmake`)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from rezfast.errors import BuildSystemError

BUILD_SYSTEMS: Mapping[str, str] = {
    "eclipse": "Eclipse CDT4 - Unix Makefiles",
    "codeblocks": "CodeBlocks - Unix Makefiles",
    "make": "Unix Makefiles",
    "nmake": "NMake Makefiles",
    "mingw": "MinGW Makefiles",
    "xcode": "Xcode",
    "ninja": "Ninja",
}
"""CMake's generators, by the names that the settings have for them."""

BUILD_TARGETS = ("Debug", "Release", "RelWithDebInfo")
"""What `build_target` may be: CMake's build types."""

MODULES = os.path.join(os.path.dirname(__file__), "cmake_modules")
"""The directory of the modules that a CMakeLists.txt may include, `RezBuild` first."""

# what builds from the files of a generator; `make`, if it is not here
_PROGRAMS = {"mingw": "mingw32-make", "nmake": "nmake", "ninja": "ninja"}


def cmake_command(
    cmake: str,
    source: str,
    install_path: str,
    build_type: str,
    install: bool,
    settings: Any,
    build_args: Sequence[str] = (),
    build_target: str | None = None,
    build_system: str | None = None,
    module_path: str = "${CMAKE_MODULE_PATH}",
) -> list[str]:
    """What configures a build.

    Args:
        cmake: The program.
        source: The source tree.
        install_path: Where the variant is installed.
        build_type: `local` or `central`.
        install: Whether it is to be installed.
        settings: The package's `plugins.build_system.cmake`.
        build_args: Extra arguments.
        build_target: One of `BUILD_TARGETS`; None: the setting.
        build_system: A name in `BUILD_SYSTEMS`; None: the setting.
        module_path: How the shell that runs it writes the variable CMAKE_MODULE_PATH.

    Raises:
        BuildSystemError: There is no such build system on this platform.
    """
    system = build_system or settings.build_system
    if system == "xcode":
        raise BuildSystemError("build_system xcode: Xcode projects can be made on macOS only")
    return [
        cmake,
        source,
        *(settings.cmake_args or ()),
        *build_args,
        f"-DCMAKE_INSTALL_PREFIX={install_path}",
        f"-DCMAKE_MODULE_PATH={module_path}",
        f"-DCMAKE_BUILD_TYPE={build_target or settings.build_target}",
        f"-DREZ_BUILD_TYPE={build_type}",
        f"-DREZ_BUILD_INSTALL={int(install)}",
        "-G",
        BUILD_SYSTEMS[system],
    ]


def make_commands(
    install: bool,
    settings: Any,
    thread_count: int,
    child_build_args: Sequence[str] = (),
    build_system: str | None = None,
) -> list[list[str]]:
    """What builds after cmake, then what installs, if that is to be done and was not.

    Args:
        install: Whether it is to be installed.
        settings: The package's `plugins.build_system.cmake`.
        thread_count: How many jobs at once, unless the arguments say so.
        child_build_args: Extra arguments.
        build_system: A name in `BUILD_SYSTEMS`; None: the setting.
    """
    system = build_system or settings.build_system
    program = settings.make_binary or _PROGRAMS.get(system, "make")
    command = [program, *child_build_args]
    if program != "nmake" and not any(arg.startswith("-j") for arg in child_build_args):
        command.append(f"-j{thread_count}")
    if not install or "install" in command:
        return [command]
    return [command, [*command, "install"]]


def cmake_variables(settings: Any) -> dict[str, str]:
    """The variables of a build's environment that the modules look at.

    Args:
        settings: The package's `plugins.build_system.cmake`.

    Returns:
        By name; what CMAKE_MODULE_PATH holds is to be appended, the others are to be set.
    """
    return {
        "CMAKE_MODULE_PATH": MODULES,
        "REZ_BUILD_DOXYFILE": os.path.join(MODULES, "Doxyfile"),
        "REZ_BUILD_INSTALL_PYC": "1" if settings.install_pyc else "0",
    }

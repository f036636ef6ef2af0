"""The build system `cmake`: cmake, then what builds from the files that it wrote.

rez has it in `rezplugins.build_system.cmake`.
"""

from __future__ import annotations

import os

from rezfast.build.command import command_text
from rezfast.build.programs import ProgramBuildSystem
from rezfast.config import settings as current_settings
from rezfast.errors import BuildSystemError
from rezfast.shell import create_shell
from rezfast.shell.which import which

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from typing import Any

    from rezfast.build.arguments import Group
    from rezfast.build.system import Build, BuildType
    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant
    from rezfast.repository.developer import DeveloperPackage
    from rezfast.rex.executor import RexExecutor

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


class CMakeBuildSystem(ProgramBuildSystem):
    """Runs cmake, then what builds from the files that it wrote."""

    @classmethod
    def name(cls) -> str:
        """`cmake`."""
        return "cmake"

    @classmethod
    def child_build_system(cls) -> str:
        """`make`."""
        return "make"

    @classmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether there is a CMakeLists.txt.

        Args: as for `BuildSystem.is_valid_root`.
        """
        return os.path.isfile(os.path.join(path, "CMakeLists.txt"))

    @classmethod
    def bind_cli(cls, parser: argparse.ArgumentParser, group: Group) -> None:
        """Add `--build-target` and `--cmake-build-system`.

        Args: as for `BuildSystem.bind_cli`.
        """
        defaults = current_settings().plugins.build_system.cmake
        group.add_argument(
            "--bt",
            "--build-target",
            dest="build_target",
            choices=list(BUILD_TARGETS),
            default=defaults.build_target,
            help="what CMake builds (default: %(default)s).",
        )
        group.add_argument(
            "--bs",
            "--cmake-build-system",
            dest="cmake_build_system",
            choices=list(BUILD_SYSTEMS),
            default=defaults.build_system,
            help="what CMake writes build files for (default: %(default)s).",
        )

    @classmethod
    def build_actions(
        cls,
        executor: RexExecutor,
        context: ResolvedContext,
        package: DeveloperPackage,
        variant: Variant,
        build_type: BuildType,
        install: bool,
        build_path: str,
        install_path: str | None = None,
    ) -> None:
        """The standard variables, and those that the modules look at.

        Args: as for `BuildSystem.build_actions`.
        """
        super().build_actions(
            executor, context, package, variant, build_type, install, build_path, install_path
        )
        variables = cmake_variables(package.config.plugins.build_system.cmake)
        executor.env.CMAKE_MODULE_PATH.append(variables.pop("CMAKE_MODULE_PATH"))
        for name, value in variables.items():
            executor.env[name] = value

    def prepare(self, build: Build) -> bool:
        """Configure.

        Args, returns, raises: as for `ProgramBuildSystem.prepare`.
        """
        cmake = self.package.config.plugins.build_system.cmake
        configure = cmake_command(
            _program(build.context, cmake.cmake_binary),
            self.working_dir,
            build.install_path,
            build.build_type.name,
            build.install,
            cmake,
            self.build_args,
            getattr(self.opts, "build_target", None),
            self._generator(),
            create_shell().get_key_token("CMAKE_MODULE_PATH"),
        )
        self.say(f"Executing: {command_text(configure)}")
        return self.run(build, configure)

    def make(self, build: Build) -> bool:
        """Build, then install."""
        commands = make_commands(
            build.install,
            self.package.config.plugins.build_system.cmake,
            build.variant.config.build_thread_count,
            self.child_build_args,
            self._generator(),
        )
        for command in commands:
            self.say(f"\nExecuting: {command_text(command)}")
            if not self.run(build, command):
                return False
        return True

    def _generator(self) -> str:
        """What CMake writes files for, by the name that the settings have for it."""
        configured = self.package.config.plugins.build_system.cmake.build_system
        generator: str = getattr(self.opts, "cmake_build_system", None) or configured
        return generator


def _program(context: ResolvedContext, configured: str | None) -> str:
    """The path of cmake: as configured, else that of the environment, else any."""
    name = configured or context.which("cmake", fallback=True)
    if not name:
        raise BuildSystemError(
            "there is no cmake, neither in the build's environment nor on PATH: install it, add it "
            "to private_build_requires, or set plugins.build_system.cmake.cmake_binary"
        )
    found = which(name)
    if not found:
        raise BuildSystemError(
            f"there is no program {name}, which plugins.build_system.cmake.cmake_binary names"
        )
    return found

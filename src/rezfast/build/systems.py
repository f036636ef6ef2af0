"""Build systems: which of them can build a source tree, and their command line arguments.

    custom    the package's `build_command`
    cmake     CMakeLists.txt; `make` or another program builds after it
    make      Makefile
    python    pyproject.toml or setup.py, when nothing else is there

A plugin subclasses `BuildSystem` (rez: `rez.build_system`); see `rezfast.plugins`.
"""

from __future__ import annotations

import argparse
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from rezfast.build.arguments import Group, declare_arguments
from rezfast.build.cmake import BUILD_SYSTEMS, BUILD_TARGETS
from rezfast.config import settings
from rezfast.errors import BuildSystemError, PackageMetadataError, RezError
from rezfast.plugins import plugins
from rezfast.repository.developer import DeveloperPackage, get_developer_package

PLUGIN_TYPE = "build_system"


class BuildSystem(ABC):
    """What builds a source tree (rez: `BuildSystem`).

    Attributes:
        working_dir: The source tree.
        package: Its package.
        opts: What `bind_cli` made of the command line; None: nothing.
        write_build_scripts: Whether to write scripts that enter the build's environment, and not
            to build.
        verbose: Whether to say what is done.
        build_args: Extra arguments for it.
        child_build_args: Extra arguments for the build system that it calls.
    """

    is_fallback = False
    """Whether it is used only for a source tree that no other build system can build."""

    def __init__(
        self,
        working_dir: str,
        opts: argparse.Namespace | None = None,
        package: DeveloperPackage | None = None,
        write_build_scripts: bool = False,
        verbose: bool = False,
        build_args: Sequence[str] = (),
        child_build_args: Sequence[str] = (),
    ) -> None:
        """Take a source tree.

        Args: see the attributes; `package` None: the one of the source tree.

        Raises:
            BuildSystemError: It cannot build this source tree.
            PackageMetadataError: The definition cannot be read.
        """
        self.working_dir = working_dir
        if not self.is_valid_root(working_dir, package=package):
            raise BuildSystemError(f"{working_dir}: the {self.name()} build system cannot build it")
        self.package = package or get_developer_package(working_dir)
        self.opts = opts
        self.write_build_scripts = write_build_scripts
        self.verbose = verbose
        self.build_args = list(build_args)
        self.child_build_args = list(child_build_args)

    @classmethod
    @abstractmethod
    def name(cls) -> str:
        """Its name, such as `cmake`."""

    @classmethod
    @abstractmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether it can build a source tree.

        Args:
            path: The source tree.
            package: Its package, if somebody has read it.
        """

    @classmethod
    def child_build_system(cls) -> str | None:
        """The build system that it writes files for, if there is one: those files are no choice."""
        return None

    @classmethod
    def bind_cli(cls, parser: argparse.ArgumentParser, group: Group) -> None:
        """Add its arguments to a command line.

        Args:
            parser: The parser.
            group: The group of that parser to add them to.
        """
        return


class CustomBuildSystem(BuildSystem):
    """Runs the package's `build_command`."""

    @classmethod
    def name(cls) -> str:
        """`custom`."""
        return "custom"

    @classmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether the package has a `build_command`.

        Args: as for `BuildSystem.is_valid_root`.
        """
        if package is None:
            try:
                package = get_developer_package(path)
            except PackageMetadataError:
                return False
        return getattr(package, "build_command", None) is not None

    @classmethod
    def bind_cli(cls, parser: argparse.ArgumentParser, group: Group) -> None:
        """Add what `parse_build_args.py` in the working directory declares.

        Args: as for `BuildSystem.bind_cli`.
        """
        declare_arguments(parser, group)


class CMakeBuildSystem(BuildSystem):
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
        defaults = settings().plugins.build_system.cmake
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


class MakeBuildSystem(BuildSystem):
    """Runs make."""

    @classmethod
    def name(cls) -> str:
        """`make`."""
        return "make"

    @classmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether there is a Makefile.

        Args: as for `BuildSystem.is_valid_root`.
        """
        return os.path.isfile(os.path.join(path, "Makefile"))


class PythonBuildSystem(BuildSystem):
    """Installs a Python project; rez has none."""

    # rez does not look at these files, and a project of another kind may have them as well
    is_fallback = True

    @classmethod
    def name(cls) -> str:
        """`python`."""
        return "python"

    @classmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether there is a pyproject.toml or a setup.py.

        Args: as for `BuildSystem.is_valid_root`.
        """
        names = ("pyproject.toml", "setup.py")
        return any(os.path.isfile(os.path.join(path, name)) for name in names)


_BUILTIN: Mapping[str, type] = {
    "custom": CustomBuildSystem,
    "cmake": CMakeBuildSystem,
    "make": MakeBuildSystem,
    "python": PythonBuildSystem,
}


def get_buildsys_types() -> list[str]:
    """The names of the build systems there are, sorted (rez: the same)."""
    return plugins(PLUGIN_TYPE).names(_BUILTIN)


def get_build_system_class(name: str) -> type[BuildSystem]:
    """A build system by its name.

    Raises:
        BuildSystemError: There is none of that name, or its plugin cannot be loaded.
    """
    try:
        found: type[BuildSystem] = plugins(PLUGIN_TYPE).get_class(name, _BUILTIN)
    except RezError as error:
        raise BuildSystemError(str(error)) from error
    return found


def get_valid_build_systems(
    working_dir: str, package: DeveloperPackage | None = None
) -> list[type[BuildSystem]]:
    """The build systems that can build a source tree, by name (rez: the same).

    A package may say which: by `build_command`, else by `build_system`.

    Args:
        working_dir: The source tree.
        package: Its package, if somebody has read it.

    Raises:
        BuildSystemError: The package names one that is not there.
    """
    if package is None:
        try:
            package = get_developer_package(working_dir)
        except PackageMetadataError:
            package = None
    if package is not None:
        if getattr(package, "build_command", None) is not None:
            return [get_build_system_class("custom")]
        named = getattr(package, "build_system", None)
        if named:
            return [get_build_system_class(named)]
    classes = [get_build_system_class(name) for name in get_buildsys_types()]
    found = [cls for cls in classes if cls.is_valid_root(working_dir, package=package)]
    children = {cls.child_build_system() for cls in found}
    found = [cls for cls in found if cls.name() not in children]
    return [cls for cls in found if not getattr(cls, "is_fallback", False)] or found


def select_build_system(
    working_dir: str, buildsys_type: str | None = None, package: DeveloperPackage | None = None
) -> type[BuildSystem]:
    """The build system to build a source tree with (rez: in `create_build_system`).

    Args:
        working_dir: The source tree.
        buildsys_type: Its name; None: the only one that can build the source tree.
        package: Its package, if somebody has read it.

    Raises:
        BuildSystemError: None can build it, several can, or there is none of that name.
    """
    if buildsys_type:
        return get_build_system_class(buildsys_type)
    found = get_valid_build_systems(working_dir, package=package)
    if not found:
        raise BuildSystemError(
            f"{working_dir}: no build system can build it: give the package a build_command, or "
            "False if nothing is to be built"
        )
    if len(found) > 1:
        names = ", ".join(cls.name() for cls in found)
        raise BuildSystemError(
            f"{working_dir}: several build systems can build it ({names}): choose one with "
            "--build-system, or set build_system in the package"
        )
    return found[0]

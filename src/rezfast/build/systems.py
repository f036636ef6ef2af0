"""Build systems: which of them can build a source tree.

    custom    the package's `build_command`
    cmake     CMakeLists.txt; `make` or another program builds after it
    make      Makefile
    python    pyproject.toml or setup.py, when nothing else is there

A plugin subclasses `BuildSystem` (rez: `rez.build_system`); see `rezfast.plugins`.
"""

from __future__ import annotations

from rezfast.build.cmake import CMakeBuildSystem
from rezfast.build.custom import CustomBuildSystem
from rezfast.build.make import MakeBuildSystem
from rezfast.build.python import PythonBuildSystem
from rezfast.build.system import BuildSystem
from rezfast.errors import BuildSystemError, PackageMetadataError, RezError
from rezfast.plugins import plugins
from rezfast.repository.developer import DeveloperPackage, get_developer_package

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

__all__ = [
    "PLUGIN_TYPE",
    "BuildSystem",
    "CMakeBuildSystem",
    "CustomBuildSystem",
    "MakeBuildSystem",
    "PythonBuildSystem",
    "create_build_system",
    "get_build_system_class",
    "get_buildsys_types",
    "get_valid_build_systems",
    "select_build_system",
]

PLUGIN_TYPE = "build_system"

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


def create_build_system(
    working_dir: str,
    buildsys_type: str | None = None,
    package: DeveloperPackage | None = None,
    opts: argparse.Namespace | None = None,
    write_build_scripts: bool = False,
    verbose: bool = False,
    build_args: Sequence[str] = (),
    child_build_args: Sequence[str] = (),
) -> BuildSystem:
    """A build system that can build a source tree (rez: the same).

    Args:
        working_dir: The source tree.
        buildsys_type: Its name; None: the only one that can build the source tree.
        package, opts, write_build_scripts, verbose, build_args, child_build_args: See the
            attributes of `BuildSystem`.

    Raises:
        BuildSystemError: As `select_build_system`, or it cannot build this source tree.
        PackageMetadataError: The definition cannot be read.
    """
    if package is None:
        package = get_developer_package(working_dir)
    return select_build_system(working_dir, buildsys_type, package)(
        working_dir,
        opts=opts,
        package=package,
        write_build_scripts=write_build_scripts,
        verbose=verbose,
        build_args=build_args,
        child_build_args=child_build_args,
    )

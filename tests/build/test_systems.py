"""Build systems: which can build a source tree, their arguments, plugins."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from build.conftest import Source, Use

from rezfast.build.cmake import cmake_command, cmake_variables, make_commands
from rezfast.build.systems import (
    CMakeBuildSystem,
    CustomBuildSystem,
    get_buildsys_types,
    get_valid_build_systems,
    select_build_system,
)
from rezfast.config import settings
from rezfast.errors import BuildSystemError
from rezfast.repository.developer import DeveloperPackage


def detected(package: DeveloperPackage) -> list[str]:
    """What can build a package: the same, whether or not somebody has read it."""
    path = package.root or ""
    names = [cls.name() for cls in get_valid_build_systems(path)]
    assert names == [cls.name() for cls in get_valid_build_systems(path, package)]
    return names


def test_the_build_systems_there_are() -> None:
    assert get_buildsys_types() == ["cmake", "custom", "make", "python"]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ([], []),
        (["CMakeLists__txt"], ["cmake"]),
        (["Makefile"], ["make"]),
        (["pyproject__toml"], ["python"]),
        (["setup__py"], ["python"]),
        # cmake writes files for make: those are no second choice
        (["CMakeLists__txt", "Makefile"], ["cmake"]),
        # a project that is built by something else may have these as well
        (["CMakeLists__txt", "pyproject__toml"], ["cmake"]),
        (["Makefile", "setup__py"], ["make"]),
    ],
)
def test_what_the_files_of_a_source_tree_say(
    source: Source, files: list[str], names: list[str]
) -> None:
    assert detected(source(**dict.fromkeys(files, ""))) == names


@pytest.mark.parametrize("command", ["'make'", "['make', 'all']", "False", "''"])
def test_a_build_command_wins_over_files(source: Source, command: str) -> None:
    package = source(f"name = 'foo'\nbuild_command = {command}\n", CMakeLists__txt="")
    assert detected(package) == ["custom"]


def test_a_package_may_say_which(source: Source) -> None:
    package = source("name = 'foo'\nbuild_system = 'make'\n", CMakeLists__txt="")
    assert detected(package) == ["make"]
    package = source("name = 'foo'\nbuild_system = 'scons'\n")
    with pytest.raises(BuildSystemError, match="no build system 'scons'"):
        detected(package)


def test_a_source_tree_without_a_package(tmp_path: Path) -> None:
    assert get_valid_build_systems(str(tmp_path)) == []
    (tmp_path / "Makefile").touch()
    assert [cls.name() for cls in get_valid_build_systems(str(tmp_path))] == ["make"]
    assert not CustomBuildSystem.is_valid_root(str(tmp_path))


def test_the_only_one_is_selected(source: Source) -> None:
    package = source(CMakeLists__txt="")
    assert select_build_system(package.root or "") is CMakeBuildSystem
    assert select_build_system(package.root or "", "make", package).name() == "make"
    with pytest.raises(BuildSystemError, match="no build system 'scons'"):
        select_build_system(package.root or "", "scons")


def test_none_or_several(source: Source, tmp_path: Path, use: Use) -> None:
    package = source()
    with pytest.raises(BuildSystemError, match="no build system can build it: give the package"):
        select_build_system(package.root or "")
    plugin(tmp_path)
    use(plugin_path=[str(tmp_path / "studio")])
    package = source(Makefile="", SConstruct="")
    with pytest.raises(BuildSystemError, match=r"\(make, scons\): choose one with --build-system"):
        select_build_system(package.root or "")


def plugin(root: Path) -> None:
    """A plugin that builds with scons."""
    place = root / "studio" / "rezplugins" / "build_system"
    place.mkdir(parents=True)
    (place / "__init__.py").touch()
    (place / "scons.py").write_text(
        "import os\n"
        "from rezfast.build.systems import BuildSystem\n\n"
        "class SCons(BuildSystem):\n"
        "    @classmethod\n"
        "    def name(cls):\n"
        "        return 'scons'\n\n"
        "    @classmethod\n"
        "    def is_valid_root(cls, path, package=None):\n"
        "        return os.path.exists(os.path.join(path, 'SConstruct'))\n\n"
        "def register_plugin():\n"
        "    return SCons\n"
    )


def test_a_plugin(source: Source, tmp_path: Path, use: Use) -> None:
    plugin(tmp_path)
    use(plugin_path=[str(tmp_path / "studio")])
    assert get_buildsys_types() == ["cmake", "custom", "make", "python", "scons"]
    assert detected(source(SConstruct="")) == ["scons"]
    assert detected(source(SConstruct="", setup__py="")) == ["scons"]
    assert detected(source("name = 'foo'\nbuild_system = 'scons'\n")) == ["scons"]


def test_a_build_system_takes_a_source_tree(source: Source) -> None:
    package = source(CMakeLists__txt="")
    path = package.root or ""
    made = CMakeBuildSystem(path, verbose=True, build_args=["-DX=1"], child_build_args=["-k"])
    assert made.package == package or made.package.filepath == package.filepath
    assert (made.working_dir, made.build_args, made.child_build_args) == (path, ["-DX=1"], ["-k"])
    with pytest.raises(BuildSystemError, match="the custom build system cannot build it"):
        CustomBuildSystem(path)


# ---- arguments and commands --------------------------------------------------------


def test_arguments_of_cmake(use: Use) -> None:
    use(plugins={"build_system": {"cmake": {"build_target": "Debug"}}})
    parser = argparse.ArgumentParser()
    CMakeBuildSystem.bind_cli(parser, parser.add_argument_group("cmake"))
    given = parser.parse_args(["--bs", "ninja"])
    assert (given.build_target, given.cmake_build_system) == ("Debug", "ninja")
    assert parser.parse_args(["--build-target", "Release"]).build_target == "Release"


def test_arguments_of_a_package(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    package = source(parse_build_args__py="parser.add_argument('--docs')\n")
    monkeypatch.chdir(package.root or "")
    parser = argparse.ArgumentParser()
    CustomBuildSystem.bind_cli(parser, parser.add_argument_group("custom"))
    assert parser.parse_args(["--docs", "x"]).docs == "x"


def test_what_configures_a_build() -> None:
    of = settings().plugins.build_system.cmake
    command = cmake_command("/bin/cmake", "/src", "/p/foo/1", "central", True, of, ["-DX=1"])
    assert command == [
        "/bin/cmake",
        "/src",
        "-Wno-dev",
        "--no-warn-unused-cli",
        "-DX=1",
        "-DCMAKE_INSTALL_PREFIX=/p/foo/1",
        "-DCMAKE_MODULE_PATH=${CMAKE_MODULE_PATH}",
        "-DCMAKE_BUILD_TYPE=Release",
        "-DREZ_BUILD_TYPE=central",
        "-DREZ_BUILD_INSTALL=1",
        "-G",
        "Unix Makefiles",
    ]
    with pytest.raises(BuildSystemError, match="macOS only"):
        cmake_command("cmake", "/src", "/p", "local", False, of, build_system="xcode")


def test_what_builds_after_it(use: Use) -> None:
    of = settings().plugins.build_system.cmake
    assert make_commands(False, of, 4) == [["make", "-j4"]]
    assert make_commands(True, of, 4) == [["make", "-j4"], ["make", "-j4", "install"]]
    assert make_commands(True, of, 4, ["-j2", "install"]) == [["make", "-j2", "install"]]
    assert make_commands(False, of, 4, build_system="ninja") == [["ninja", "-j4"]]
    assert make_commands(False, of, 4, build_system="nmake") == [["nmake"]]
    use(plugins={"build_system": {"cmake": {"make_binary": "/opt/gmake"}}})
    assert make_commands(False, settings().plugins.build_system.cmake, 1) == [["/opt/gmake", "-j1"]]


def test_what_the_modules_look_at(use: Use) -> None:
    found = cmake_variables(settings().plugins.build_system.cmake)
    assert (Path(found["CMAKE_MODULE_PATH"]) / "RezBuild.cmake").is_file()
    assert Path(found["REZ_BUILD_DOXYFILE"]).is_file()
    assert found["REZ_BUILD_INSTALL_PYC"] == "1"
    use(plugins={"build_system": {"cmake": {"install_pyc": False}}})
    found = cmake_variables(settings().plugins.build_system.cmake)
    assert found["REZ_BUILD_INSTALL_PYC"] == "0"

"""What a CMakeLists.txt may include: every function, with a real cmake."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from build.cmake_project import HEAD, CMakeProject, refusal, said
from build.conftest import Project as Make

COMPILED = HEAD.replace("NONE", "CXX")


# ---- RezBuild ----------------------------------------------------------------------


def test_what_a_project_knows(project: Make) -> None:
    made = project(
        'message(STATUS "= ${REZ_BUILD_PROJECT_NAME} ${REZ_BUILD_PROJECT_VERSION}")\n'
        'message(STATUS "= ${REZ_BUILD_ALL_PKGS} ${REZ_BUILD_TYPE} ${REZ_BUILD_INSTALL}")\n'
        'message(STATUS "= ${FOO_VERSION} ${FOO_MAJOR_VERSION} ${FOO_MINOR_VERSION} '
        '${FOO_PATCH_VERSION}")\n'
        'message(STATUS "= ${BAR_VERSION} ${BAR_MAJOR_VERSION} ${BAR_MINOR_VERSION} '
        '${BAR_PATCH_VERSION}")\n'
        'message(STATUS "= ${A.B_VERSION}")\n'
        "rez_package_in_use(bar yes)\nrez_package_in_use(ba no)\n"
        'message(STATUS "= <${yes}> <${no}>")\n'
    )
    made.environ |= {
        "REZ_BUILD_REQUIRES_UNVERSIONED": "bar a.b",
        "REZ_BAR_VERSION": "2.3.4.5",
        "REZ_A_B_VERSION": "7",
    }
    assert said(made) == [
        "foo 1.2",
        "bar;a.b local 0",
        "1.2 1 2 0",
        "2.3.4.5 2 3 4",
        "7",
        "<TRUE> <>",
    ]


def test_the_project_is_named_after_the_package(project: Make) -> None:
    made = project('message(STATUS "= ${PROJECT_NAME}")\n', head=HEAD.replace("foo", "own"))
    assert said(made) == ["own"]


def test_a_project_that_does_not_call_project(project: Make) -> None:
    head = "cmake_minimum_required(VERSION 3.10)\ninclude(RezBuild)\n"
    made = project(
        'message(STATUS "= ${PROJECT_NAME}")\n'
        'file(WRITE a.cpp "int main() { return 0; }")\nadd_executable(a a.cpp)\n',
        head=head,
    )
    assert said(made) == ["foo"]
    assert (made.build / "a").exists()


@pytest.mark.parametrize(
    "name", ["REZ_BUILD_ENV", "REZ_BUILD_PROJECT_NAME", "REZ_BUILD_PROJECT_VERSION"]
)
def test_outside_of_a_build(project: Make, name: str) -> None:
    made = project("")
    del made.environ[name]
    assert f"{name} is not set: build this project with rezfast build" in refusal(made)


@pytest.mark.parametrize(
    "module",
    [
        "RezFindPackages",
        "RezInstallCMake",
        "RezInstallContext",
        "RezInstallDoxygen",
        "RezInstallPython",
        "RezPipInstall",
    ],
)
def test_a_module_without_rezbuild(project: Make, module: str) -> None:
    head = f"cmake_minimum_required(VERSION 3.10)\nproject(foo NONE)\ninclude({module})\n"
    assert f"{module}: include RezBuild" in refusal(project("", head=head))


def test_a_package_may_have_a_module_of_the_same_name(project: Make, tmp_path: Path) -> None:
    (tmp_path / "Utils.cmake").write_text('message(FATAL_ERROR "not this one")\n')
    made = project("")
    made.environ["CMAKE_MODULE_PATH"] = str(tmp_path)
    made.make()


def test_utilities(project: Make) -> None:
    made = project(
        "set(items a b c)\nlist_to_string(text items)\nset(one a)\n"
        "list_contains(yes b a b)\nlist_contains(no x a b)\n"
        'car(first a b)\ncdr(rest a b c)\nlist_remove_regex(items "[ac]")\n'
        'message(STATUS "= <${text}> <${yes}> <${no}> ${first} ${rest} ${items}")\n'
        "set_global_linker_cxx_flags(-a -b)\n"
        'message(STATUS "= <${CMAKE_EXE_LINKER_FLAGS}> <${CMAKE_MODULE_LINKER_FLAGS}>")\n'
        "set(values_B stale)\n"
        'parse_arguments(X "A;B;C" "O;P" 1 2 A 3 O 4 C 5)\n'
        'message(STATUS "= ${X_DEFAULT_ARGS} <${X_A}> <${X_B}> <${X_C}> ${X_O} ${X_P}")\n'
        'string(LENGTH "${BoldRed}${ColourReset}" length)\nmessage(STATUS "= ${length}")\n'
    )
    assert said(made) == [
        "< a b c> <TRUE> <> a b;c b",
        "<  -a -b> <  -a -b>",
        "1;2 <3;4> <> <5> TRUE FALSE",
        "10",
    ]


# ---- files and directories ---------------------------------------------------------


def test_files_keep_their_directories(project: Make) -> None:
    made = project(
        "rez_install_files(data/a data/in/b DESTINATION all)\n"
        "rez_install_files(data/a data/in/b RELATIVE data DESTINATION part)\n"
        "rez_install_files(${CMAKE_CURRENT_SOURCE_DIR}/data/a DESTINATION . RELATIVE ./data)\n"
        "rez_install_files(data/a DESTINATION bin EXECUTABLE)\n",
        data_D_a="",
        data_D_in_D_b="",
    )
    made.make()
    assert made.installed() == {
        "a": "644",
        "all/data/a": "644",
        "all/data/in/b": "644",
        "bin/data/a": "555",
        "part/a": "644",
        "part/in/b": "644",
    }


def test_permissions_of_a_project(project: Make) -> None:
    made = project(
        "rez_install_files(a DESTINATION .)\nrez_install_dirs(d DESTINATION .)\n",
        head=HEAD.replace("include", "set(REZ_FILE_INSTALL_PERMISSIONS OWNER_READ)\ninclude"),
        a="",
        d_D_x="",
    )
    made.make()
    assert made.installed() == {"a": "400", "d/x": "400"}


def test_links_to_the_sources(project: Make) -> None:
    lists = (
        "rez_install_files(data/a RELATIVE data DESTINATION . LOCAL_SYMLINK)\n"
        "rez_install_dirs(data/in DESTINATION all LOCAL_SYMLINK)\n"
    )
    made = project(lists, data_D_a="", data_D_in_D_b="")
    made.make()
    made.make()
    assert made.installed() == {
        "a": f"-> {made.source}/data/a",
        "all/in": f"-> {made.source}/data/in",
    }
    made.prefix = made.prefix.with_name("central")
    made.make(build_type="central")
    assert made.installed() == {"a": "644", "all/in/b": "644"}


def test_a_link_where_a_directory_is(project: Make) -> None:
    made = project("rez_install_dirs(data DESTINATION . LOCAL_SYMLINK)\n", data_D_a="")
    (made.prefix / "data").mkdir(parents=True)
    (made.prefix / "data" / "precious").touch()
    assert "cannot make the link" in refusal(made)
    assert (made.prefix / "data" / "precious").exists()


def test_directories(project: Make) -> None:
    made = project(
        "rez_install_dirs(data DESTINATION .)\n"
        "rez_install_dirs(data/in/ DESTINATION part)\n"
        "rez_install_dirs(data DESTINATION run EXECUTABLE)\n",
        data_D_a="",
        data_D_in_D_b="",
    )
    (made.source / "data" / ".svn").mkdir()
    (made.source / "data" / ".svn" / "entries").touch()
    made.make()
    assert made.installed() == {
        "data/a": "644",
        "data/in/b": "644",
        "part/b": "644",
        "run/data/a": "555",
        "run/data/in/b": "555",
    }


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        ("rez_install_files(DESTINATION x)", "rez_install_files: a file is missing"),
        ("rez_install_files(a)", "rez_install_files: DESTINATION is missing"),
        ("rez_install_dirs(DESTINATION x)", "rez_install_dirs: a directory is missing"),
        ("rez_install_dirs(a)", "rez_install_dirs: DESTINATION is missing"),
        ("install_python(x DESTINATION y)", "install_python: FILES is missing"),
        ("install_python(FILES a DESTINATION y)", "install_python: a label is missing"),
        ("rez_install_cmake(LIBRARIES a)", "rez_install_cmake: DESTINATION is missing"),
        ("rez_find_packages(REQUIRED)", "rez_find_packages: PREFIX is missing"),
        ("rez_install_python(x FILES a DESTINATION y)", "no python among the packages"),
    ],
)
def test_what_is_missing(project: Make, lists: str, reason: str) -> None:
    assert reason in refusal(project(lists + "\n"))


# ---- Python ------------------------------------------------------------------------


@pytest.fixture
def with_python(tmp_path: Path) -> Callable[[CMakeProject], CMakeProject]:
    """Gives a build a package `python`."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)

    def give(project: CMakeProject) -> CMakeProject:
        project.environ["REZ_BUILD_REQUIRES_UNVERSIONED"] = "python"
        project.environ["PATH"] = f"{programs}:{project.environ['PATH']}"
        return project

    return give


PYTHON = "rez_install_python(py FILES src/a.py src/in/b.py RELATIVE src DESTINATION python)\n"


def test_python_files_are_compiled(
    project: Make, with_python: Callable[[CMakeProject], CMakeProject]
) -> None:
    made = with_python(project(PYTHON, src_D_a__py="x = 1\n", src_D_in_D_b__py=""))
    made.make()
    assert made.installed() == {
        "python/a.py": "644",
        "python/a.pyc": "644",
        "python/in/b.py": "644",
        "python/in/b.pyc": "644",
    }
    code = "import a; print(a.x, a.__cached__)"
    (made.prefix / "python" / "a.py").unlink()
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=made.prefix / "python",
        check=True,
    )
    assert done.stdout.startswith("1 ")


def test_python_files_without_what_they_are_compiled_to(
    project: Make, with_python: Callable[[CMakeProject], CMakeProject]
) -> None:
    made = with_python(project(PYTHON, src_D_a__py="", src_D_in_D_b__py=""))
    made.environ["REZ_BUILD_INSTALL_PYC"] = "0"
    made.make()
    assert list(made.installed()) == ["python/a.py", "python/in/b.py"]


def test_links_are_not_compiled(
    project: Make, with_python: Callable[[CMakeProject], CMakeProject]
) -> None:
    lists = PYTHON.replace(" DEST", " LOCAL_SYMLINK DEST")
    made = with_python(project(lists, src_D_a__py="", src_D_in_D_b__py=""))
    made.make()
    assert made.installed()["python/a.py"] == f"-> {made.source}/src/a.py"


def test_a_mistake_in_a_python_file_ends_the_build(
    project: Make, with_python: Callable[[CMakeProject], CMakeProject]
) -> None:
    made = with_python(project(PYTHON, src_D_a__py="def\n", src_D_in_D_b__py=""))
    assert "SyntaxError" in refusal(made)


# ---- finding and being found -------------------------------------------------------


def test_flags_of_packages_with_a_module(project: Make, tmp_path: Path) -> None:
    lists = "".join(
        f'message(STATUS "= ${{X_{kind}}}")\n'
        for kind in (
            "INCLUDE_DIRS",
            "SYSTEM_INCLUDE_DIRS",
            "LIBRARY_DIRS",
            "LIBRARIES",
            "DEFINITIONS",
        )
    )
    (tmp_path / "modules").mkdir()
    for name, more in (("a", ""), ("b", "set(b_USE_SYSTEM_INCLUDE_DIRS TRUE)\n")):
        text = (
            f"set({name}_INCLUDE_DIRS /{name}/include)\nset({name}_LIBRARY_DIRS /{name}/lib)\n"
            f'set({name}_LIBRARIES {name}1 {name}2)\nset({name}_DEFINITIONS -DX="1" -D{name})\n'
        )
        (tmp_path / "modules" / f"{name}.cmake").write_text(text + more)
    find = "rez_find_packages(PREFIX X AUTO)\n"
    made = project(f'{find}{lists}message(STATUS "= ${{CMAKE_CXX_FLAGS}}")\n')
    made.environ |= {
        "CMAKE_MODULE_PATH": f"/nowhere;{tmp_path}/modules",
        "REZ_BUILD_REQUIRES_UNVERSIONED": "a c b",
    }
    assert said(made) == [
        "/a/include",
        "/b/include",
        "/a/lib;/b/lib",
        "a1;a2;b1;b2",
        '-DX="1";-Da;-Db',
        r"  -DX=\"1\" -Da -Db",
    ]
    (made.source / "CMakeLists.txt").write_text(
        f"{HEAD}rez_find_packages(b PREFIX X INCLUDE_DIRS_NO_SYSTEM)\n{lists}"
    )
    assert said(made)[:3] == ["/b/include", "", "/b/lib"]
    (made.source / "CMakeLists.txt").write_text(f"{HEAD}rez_find_packages(c PREFIX X REQUIRED)\n")
    assert "no c.cmake on CMAKE_MODULE_PATH and no c.pc on PKG_CONFIG_PATH" in refusal(made)


def test_a_module_that_looks_for_packages_itself(project: Make, tmp_path: Path) -> None:
    (tmp_path / "a.cmake").write_text(
        "rez_find_packages(b PREFIX inner REQUIRED)\nset(a_LIBRARIES a ${inner_LIBRARIES})\n"
    )
    (tmp_path / "b.cmake").write_text("set(b_LIBRARIES b)\n")
    made = project('rez_find_packages(a b PREFIX X)\nmessage(STATUS "= ${X_LIBRARIES}")\n')
    made.environ["CMAKE_MODULE_PATH"] = str(tmp_path)
    assert said(made) == ["a;b;b"]


def test_another_version_of_a_package_is_found_the_next_time(project: Make, tmp_path: Path) -> None:
    made = project('rez_find_packages(a PREFIX X)\nmessage(STATUS "= ${X_LIBRARIES}")\n')
    for version in ("1", "2"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "a.cmake").write_text(f"set(a_LIBRARIES a{version})\n")
        made.environ["CMAKE_MODULE_PATH"] = str(tmp_path / version)
        assert said(made) == [f"a{version}"]


def test_flags_of_packages_with_a_pc_file(project: Make, tmp_path: Path) -> None:
    for name in ("a", "a_gui"):
        (tmp_path / f"{name}.pc").write_text(
            f"prefix=/opt/{name}\nName: {name}\nDescription: x\nVersion: 1\n"
            f"Libs: -L/opt/{name}/lib -l{name}\nLibs.private: -lm\n"
            f"Cflags: -I/opt/{name}/include -pthread\n"
        )
    show = (
        'message(STATUS "= ${X_INCLUDE_DIRS} ${X_LIBRARY_DIRS} ${X_LIBRARIES} ${X_DEFINITIONS}")\n'
    )
    made = project(f"rez_find_packages(a PREFIX X REQUIRED)\n{show}")
    made.environ["PKG_CONFIG_PATH"] = f"/nowhere:{tmp_path}"
    assert said(made) == ["/opt/a/include /opt/a/lib a -pthread"]
    (made.source / "CMakeLists.txt").write_text(
        f"{HEAD}set(a_COMPONENTS gui)\nrez_find_packages(a PREFIX X)\n{show}"
    )
    assert said(made) == [
        "/opt/a/include;/opt/a_gui/include /opt/a/lib;/opt/a_gui/lib a;a_gui -pthread"
    ]
    (made.source / "CMakeLists.txt").write_text(
        f"{HEAD}set(a_COMPONENTS no)\nrez_find_packages(a PREFIX X)\n{show}"
    )
    assert "a has no component no" in refusal(made)


def test_static_libraries(project: Make, tmp_path: Path) -> None:
    (tmp_path / "liba.a").touch()
    (tmp_path / "a.pc").write_text(
        f"Name: a\nDescription: x\nVersion: 1\nLibs: -L{tmp_path} -la\nLibs.private: -lm\n"
    )
    made = project(
        'set(a_STATIC ON)\nrez_find_packages(a PREFIX X)\nmessage(STATUS "= ${X_LIBRARIES}")\n'
    )
    made.environ["PKG_CONFIG_PATH"] = str(tmp_path)
    assert said(made) == ["a.a;m"]


def test_one_package_uses_the_library_of_another(tmp_path: Path) -> None:
    """rez_install_cmake in one project, rez_find_packages in the other, and it runs."""
    library = CMakeProject(
        tmp_path / "greet",
        {
            "CMakeLists.txt": COMPILED + "add_library(greet SHARED greet.cpp)\n"
            "install(TARGETS greet DESTINATION lib)\n"
            "rez_install_files(include/greet.h DESTINATION .)\n"
            'rez_install_cmake(AUTO LIBRARIES greet DEFINITIONS "-DHOW=\\"hello\\"")\n',
            "greet.cpp": "int greet() { return 42; }\n",
            "include/greet.h": "int greet();\n",
        },
        name="greet",
    )
    library.make()
    assert sorted(library.installed()) == [
        "cmake/greet.cmake",
        "include/greet.h",
        "lib/libgreet.so",
    ]
    program = CMakeProject(
        tmp_path / "foo",
        {
            "CMakeLists.txt": COMPILED + "rez_find_packages(greet PREFIX X REQUIRED AUTO)\n"
            "add_executable(foo foo.cpp)\ntarget_link_libraries(foo ${X_LIBRARIES})\n",
            "foo.cpp": "#include <greet.h>\n#include <cstdio>\nint main() { "
            'printf("%s %d\\n", HOW, greet()); }\n',
        },
    )
    program.environ |= {
        "CMAKE_MODULE_PATH": str(library.prefix / "cmake"),
        "REZ_GREET_ROOT": str(library.prefix),
        "REZ_BUILD_REQUIRES_UNVERSIONED": "greet",
    }
    program.make(install=False)
    done = subprocess.run([program.build / "foo"], capture_output=True, text=True, check=True)
    assert done.stdout == "hello 42\n"


def test_libraries_that_are_found_by_themselves(project: Make) -> None:
    lists = "rez_install_files(lib/libx.a lib/liby.so DESTINATION .)\nrez_install_cmake(AUTO)\n"
    made = project(lists, lib_D_libx__a="", lib_D_liby__so="")
    made.make()
    assert (made.prefix / "cmake" / "foo.cmake").read_text() == (
        'set(foo_ROOT "$ENV{REZ_FOO_ROOT}")\n'
        'set(foo_INCLUDE_DIRS "$ENV{REZ_FOO_ROOT}/include")\n'
        'set(foo_LIBRARY_DIRS "$ENV{REZ_FOO_ROOT}/lib")\n'
        'set(foo_LIBRARIES "libx;liby")\n'
        'set(foo_DEFINITIONS "")\n\n'
        'set(foo_USE_SYSTEM_INCLUDE_DIRS "FALSE")\n\n'
        'set(foo_libx_STATIC_LIBRARY "$ENV{REZ_FOO_ROOT}/lib/libx.a")\n\n'
        'set(foo_liby_DYNAMIC_LIBRARY "$ENV{REZ_FOO_ROOT}/lib/liby.so")\n\n'
        "if(foo_USE_STATIC)\n"
        "set(foo_libx_LIBRARY ${foo_libx_STATIC_LIBRARY})\n"
        "else()\n"
        "set(foo_liby_LIBRARY ${foo_liby_DYNAMIC_LIBRARY})\n"
        "endif()\n"
    )


def test_installed_elsewhere_in_the_end(project: Make, tmp_path: Path) -> None:
    made = project('rez_install_cmake(DESTINATION . CUSTOM_STRING [[set(a "b c")]])\n')
    made.environ["DESTDIR"] = str(tmp_path / "stage")
    made.make()
    text = Path(f"{tmp_path}/stage{made.prefix}/foo.cmake").read_text()
    assert text.endswith('set(a "b c")\n')
    assert not made.prefix.exists()

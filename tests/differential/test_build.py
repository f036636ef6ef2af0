"""Build arguments, build commands, build systems, variants on disk, CMake modules: as rez's."""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import os
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rez
import rezplugins.build_system
from build.cmake_project import HEAD, CMakeProject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rez.build_process import BuildType
from rez.build_process import create_build_process as rez_create_build_process
from rez.build_system import BuildSystem as RezsBuildSystem
from rez.build_system import create_build_system as rez_create_build_system
from rez.build_system import get_valid_build_systems as rez_valid_build_systems
from rez.config import Config, _replace_config
from rez.exceptions import RezError as RezsError
from rez.package_repository import package_repository_manager
from rez.packages import get_developer_package as rez_developer_package
from rez.packages import get_package as rez_get_package
from rez.plugin_managers import plugin_manager
from rez.rex import RexExecutor as RezsExecutor
from rez.shells import create_shell as rez_create_shell
from rez.utils.base26 import create_unique_base26_symlink, get_next_base26

from rezfast.build.arguments import argument_variables, declare_arguments, declared_names
from rezfast.build.command import BuildOf, expand_build_command
from rezfast.build.process import create_build_process
from rezfast.build.system import BuildSystem
from rezfast.build.system import BuildType as OurBuildType
from rezfast.build.systems import create_build_system, get_valid_build_systems
from rezfast.build.variant_paths import create_shortlink, remove_shortlink, variant_paths
from rezfast.config import use
from rezfast.errors import RezError
from rezfast.package.model import Variant
from rezfast.repository import clear_caches
from rezfast.repository.developer import get_developer_package
from rezfast.repository.install import install_variants
from rezfast.repository.queries import get_package
from rezfast.rex.executor import RexExecutor
from rezfast.shell import create_shell
from rezfast.version import Requirement, Version

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "150"))
REZ_DATA = Path(rez.__file__).parent / "data" / "tests" / "builds" / "packages"
REZ_MODULES = Path(rezplugins.build_system.__file__).parent / "cmake_files"


@pytest.fixture(scope="module", autouse=True)
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The defaults for both."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in [name for name in os.environ if name.startswith("REZ_")]:
            patch.delenv(variable)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        before = use(None)
        forget()
        with _replace_config(Config._create_main_config()):
            yield
        use(before)
        forget()


def forget() -> None:
    clear_caches()
    package_repository_manager.clear_caches()


def write(directory: Path, definition: str) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "package.py").write_text(definition)
    return str(directory)


# ---- rez's custom build system, with a context and an executor that only look on ---


class Env(dict[str, str]):
    """`env` of rez's executor, as far as it is set."""

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, str(value))


def rez_build(
    source: str,
    opts: argparse.Namespace | None = None,
    build_args: list[str] | None = None,
    variant: int | None = None,
    install: bool = False,
) -> tuple[Any, dict[str, str]]:
    """The command that rez runs and the variables that it sets for arguments."""
    base = plugin_manager.get_plugin_class("build_system", "custom")

    class Watched(base):  # type: ignore[misc, valid-type]
        @classmethod
        def _add_build_actions(cls, executor: Any, **kwargs: Any) -> None:
            """What does not belong to arguments."""

    seen: dict[str, Any] = {"command": None}
    env = Env()

    def execute_shell(command: Any, actions_callback: Any, **_: Any) -> tuple[int, None, None]:
        seen["command"] = command
        actions_callback(types.SimpleNamespace(env=env))
        return 0, None, None

    package = rez_developer_package(source)
    system = Watched(source, opts=opts, package=package, build_args=build_args or [])
    system.build(
        context=types.SimpleNamespace(execute_shell=execute_shell),
        variant=types.SimpleNamespace(index=variant),
        build_path="/b/x y",
        install_path="/i",
        install=install,
        build_type=BuildType.local,
    )
    return seen["command"], dict(env)


# ---- arguments ---------------------------------------------------------------------

ACTIONS = [
    "'--a'",
    "'--a', default='x y'",
    "'--a', type=int, default=3",
    "'--a', type=float",
    "'--a', action='store_true'",
    "'--a', action='store_false'",
    "'--a', action='store_const', const={1: 2}",
    "'--a', action='store_const', const=('x', None, 'y z')",
    "'--a', action='append'",
    "'--a', action='append', default=['$HOME']",
    "'--a', action='append_const', const=False",
    "'--a', action='count'",
    "'--a', action='extend', nargs='+'",
    "'--a', action=__import__('argparse').BooleanOptionalAction",
    "'--a', nargs=2",
    "'--a', nargs='?', const='c', default='d'",
    "'--a', nargs='*'",
    "'a', nargs='*'",
    "'a', nargs='?'",
    "'--A-b'",
    "'--a', dest='variants'",
    "'--a', action='version', version='1'",
    "'--a', default=__import__('argparse').SUPPRESS",
]
LINES = [
    [],
    ["--a"],
    ["--a", "3"],
    ["--a", "x y", "it's; rm *"],
    ["--a", "1", "--a", "2"],
    ["--a", "$HOME", "{root}"],
    ["--no-a"],
    ["x"],
    ["--A-b", "`ls`"],
]
FILES = [f"parser.add_argument({action})\n" for action in ACTIONS] + [
    "parser.add_argument('--a')\nparser.add_argument('--b')\n1 / 0\n",
    "def\n",
    "if True:\n    g = parser.add_mutually_exclusive_group()\n    g.add_argument('--a')\n",
]


@pytest.mark.parametrize("text", FILES)
def test_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = write(tmp_path, "name = 'foo'\nversion = '1.0'\nbuild_command = 'x'\n")
    (tmp_path / "parse_build_args.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    cls = plugin_manager.get_plugin_class("build_system", "custom")
    parsers = [argparse.ArgumentParser(), argparse.ArgumentParser()]
    for parser in parsers:
        parser.add_argument("--variants")
    declare_arguments(parsers[0], parsers[0].add_argument_group("custom"), source)
    with contextlib.redirect_stderr(io.StringIO()):
        cls.bind_cli(parsers[1], parsers[1].add_argument_group("custom"))
    compared = 0
    for line in LINES:
        found: list[argparse.Namespace | None] = []
        for parser in parsers:
            out = io.StringIO()
            with contextlib.redirect_stderr(out), contextlib.redirect_stdout(out):
                try:
                    found.append(parser.parse_args(line))
                except SystemExit:
                    found.append(None)
        assert (found[0] is None) == (found[1] is None)
        if found[0] is None or found[1] is None:
            continue
        compared += 1
        mine = argument_variables(vars(found[0]), declared_names(parsers[0]))
        found[1].parser = parsers[1]
        assert mine == rez_build(source, opts=found[1])[1], line
    assert compared


# ---- commands ----------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(f"{{{name}}}" for name in ("root", "install", "build_path", "install_path", "name")),
        "{variant_index}",
        "{version}",
        "{version.major}",
        "{version[0]}",
        "{version!r}",
        "{name:>6}",
        "{variant_index:02}",
        "{nothing}",
        "{{",
        "}}",
        "{",
        "$X",
        " ",
        "a",
        "'",
        '"',
    ]
)
TEXTS = st.lists(PIECES, max_size=5).map("".join)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    command=st.one_of(TEXTS, st.lists(TEXTS, max_size=4), st.just(False)),
    args=st.lists(TEXTS, max_size=2),
    variant=st.sampled_from([None, 0, 3]),
    install=st.booleans(),
)
def test_commands(
    tmp_path: Path, command: Any, args: list[str], variant: int | None, install: bool
) -> None:
    source = write(tmp_path, f"name = 'foo'\nversion = '1.2.beta'\nbuild_command = {command!r}\n")
    build = BuildOf(source, "/b/x y", "/i", install, "foo", Version("1.2.beta"), variant)
    try:
        expected = rez_build(source, build_args=list(args), variant=variant, install=install)[0]
    except (KeyError, IndexError, AttributeError, ValueError, TypeError):
        with pytest.raises(RezError):
            expand_build_command(command, build, args)
        return
    assert expand_build_command(command, build, args) == expected


# ---- build systems -----------------------------------------------------------------

DEFINITIONS = [
    "",
    "build_command = 'make'\n",
    "build_command = False\n",
    "build_command = ['a', 'b']\n",
    "build_command = ''\n",
    "build_system = 'cmake'\n",
    "build_system = 'make'\n",
    "build_system = 'nothing'\n",
    "build_system = 'make'\nbuild_command = 'x'\n",
    "@early()\ndef build_command():\n    return None\n",
]


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("file", [None, "CMakeLists.txt", "Makefile", "wscript"])
def test_build_systems(tmp_path: Path, definition: str, file: str | None) -> None:
    source = write(tmp_path, f"name = 'foo'\nversion = '1.0'\n{definition}")
    if file is not None:
        (tmp_path / file).touch()

    def names(ask: Any) -> Any:
        try:
            return [cls.name() for cls in ask()]
        except (RezError, RezsError):
            return "refused"

    expected = names(lambda: rez_valid_build_systems(source))
    assert names(lambda: get_valid_build_systems(source)) == expected
    package = get_developer_package(source)
    assert names(lambda: get_valid_build_systems(source, package)) == expected


# ---- variants ----------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("indices", [None, [], [0], [1], [-1], [1, -1], [0, -1], [-3], [5, -3]])
def test_which_variants_are_built(
    tmp_path: Path, number: int, indices: list[int] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The indices of those that are, or of those that there are not."""
    variants = f"variants = {[[f'a-{one}'] for one in range(number)]}\n" if number else ""
    source = write(tmp_path, f"name = 'foo'\nversion = '1.0'\nbuild_command = False\n{variants}")

    def theirs() -> Any:
        system = rez_create_build_system(source)
        process = rez_create_build_process("local", source, system, quiet=True)
        return process.visit_variants(lambda variant: variant.index, indices)[1]

    def ours() -> Any:
        process = create_build_process("local", create_build_system(source), quiet=True)
        return [variant.index for variant in process.selected_variants(indices)]

    def found(select: Any) -> Any:
        try:
            return select()
        except (RezError, RezsError) as error:
            return re.findall(r"-?\b\d+\b", re.split("variants?:? ", str(error))[-1].split(":")[0])

    assert found(ours) == found(theirs)


# ---- REZ_BUILD_* -------------------------------------------------------------------


@pytest.mark.parametrize("central", [False, True])
@pytest.mark.parametrize("install_path", [None, "/packages/foo/1.0"])
@pytest.mark.parametrize(
    "more", ["", "variants = [['a-1', 'b'], ['!c']]\nhashed_variants = True\n"]
)
def test_the_script_of_the_standard_variables(
    tmp_path: Path, central: bool, install_path: str | None, more: str
) -> None:
    """Every name, in order, with a value that says no more to bash than it does to a reader."""
    description = """A 'package' with "quotes" and $pecial `characters`\\n & $(more)!"""
    text = f"name = 'foo'\nversion = '1.0'\ndescription = {description!r}\nrequires = ['b-1+']\n"
    source = write(tmp_path, f"{text}{more}")
    context = types.SimpleNamespace(
        requested_packages=lambda implicit: [Requirement("b-1+"), Requirement("!c-2")]
    )

    def script(executor: Any, package: Any, system: Any, kind: Any) -> str:
        variant = list(package.iter_variants())[-1]
        build_type = kind.central if central else kind.local
        system.set_standard_vars(
            executor, context, variant, build_type, central, "/build", install_path
        )
        return str(executor.get_output())

    theirs = script(
        RezsExecutor(interpreter=rez_create_shell("bash"), parent_environ={}, shebang=False),
        rez_developer_package(source),
        RezsBuildSystem,
        BuildType,
    )
    ours = script(
        RexExecutor(interpreter=create_shell("bash"), parent_environ={}, shebang=False),
        get_developer_package(source),
        BuildSystem,
        OurBuildType,
    )
    assert ours == theirs
    assert theirs.count("export REZ_BUILD_") == 15 + (install_path is not None)


# ---- variants on disk --------------------------------------------------------------

REQUESTS = st.sampled_from(
    ["a-1", "a-1+<2", "b==2", "!c", "~d-1", "e-1|2", "f", "python-3.11", "g-1.2.3..2", "_h-x"]
)
VARIANTS = st.lists(
    st.lists(REQUESTS, min_size=1, max_size=3, unique_by=lambda text: text.strip("!~")[0]),
    min_size=1,
    max_size=4,
    unique_by=tuple,
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(variants=VARIANTS, hashed=st.booleans())
def test_where_variants_go(tmp_path: Path, variants: list[list[str]], hashed: bool) -> None:
    text = f"name = 'foo'\nversion = '1.0'\nvariants = {variants!r}\nhashed_variants = {hashed}\n"
    source = write(tmp_path, text)
    mine = [
        variant_paths(variant, "/b", "/p/foo/1.0")
        for variant in get_developer_package(source).iter_variants()
    ]
    theirs = [
        variant._non_shortlinked_subpath
        for variant in rez_developer_package(source).iter_variants()
    ]
    assert mine == [(f"/b/{subpath}", f"/p/foo/1.0/{subpath}") for subpath in theirs]


def hashed_variants(root: Path, count: int) -> list[Variant]:
    variants = [[f"a-{number}"] for number in range(count)]
    text = f"name = 'foo'\nversion = '1.0'\nvariants = {variants!r}\nhashed_variants = True\n"
    package = get_developer_package(write(root / "source", text))
    return install_variants(list(package.iter_variants()), str(root / "packages"))


def test_short_links(tmp_path: Path) -> None:
    """As many as rez can make; each uses the other's, and each finds the variants by them."""
    variants = hashed_variants(tmp_path, 24)
    base = tmp_path / "packages" / "foo" / "1.0"
    links = base / "_v"
    links.mkdir()
    expected = []
    for number, variant in enumerate(variants):
        subpath = os.path.relpath(variant_paths(variant, "", str(base)).install, links)
        if number % 2:
            expected.append(create_unique_base26_symlink(str(links), subpath))
            assert create_shortlink(variant, str(base)) == expected[-1]
        else:
            expected.append(create_shortlink(variant, str(base)) or "")
            assert create_unique_base26_symlink(str(links), subpath) == expected[-1]
    name: str | None = None
    for path in expected:
        name = get_next_base26(name)
        assert path == str(links / name)

    def roots() -> list[list[str | None]]:
        forget()
        found = []
        for get in (get_package, rez_get_package):
            package: Any = get("foo", "1.0", [str(tmp_path / "packages")])
            found.append([variant.root for variant in package.iter_variants()])
        return found

    assert roots() == [expected, expected]
    assert remove_shortlink(variants[3], str(base)) == [expected[3]]
    expected[3] = variant_paths(variants[3], "", str(base)).install
    assert roots() == [expected, expected]


@pytest.mark.parametrize("name", ["a", "m", "y", "az", "azy", "bz"])
def test_names_of_links(tmp_path: Path, name: str) -> None:
    variants = hashed_variants(tmp_path, 1)
    links = tmp_path / "base" / "_v"
    links.mkdir(parents=True)
    (links / name).symlink_to("../x")
    assert create_shortlink(variants[0], str(links.parent)) == str(links / get_next_base26(name))


# ---- CMake modules -----------------------------------------------------------------

FILES_OF_PROJECT = {
    "data/a": "a",
    "data/in/b": "b",
    "data/.svn/entries": "",
    "src/a.py": "x = 1\n",
    "src/in/b.py": "",
    "lib/libx.a": "",
    "lib/libz.a": "",
    "lib/liby.so": "",
}
PROJECTS = {
    "files": "rez_install_files(data/a data/in/b DESTINATION all)\n"
    "rez_install_files(data/a data/in/b RELATIVE data DESTINATION part EXECUTABLE)\n"
    "rez_install_files(data/a RELATIVE ./ DESTINATION .)\n"
    "install_files_(data/in/b RELATIVE data/in DESTINATION c)\n",
    "directories": "rez_install_dirs(data DESTINATION .)\n"
    "rez_install_dirs(data/in/ src DESTINATION run EXECUTABLE)\n",
    "links": "rez_install_files(${CMAKE_CURRENT_SOURCE_DIR}/data/a RELATIVE data DESTINATION x "
    "LOCAL_SYMLINK)\nrez_install_dirs(data/in DESTINATION y LOCAL_SYMLINK)\n",
    "permissions": "rez_install_files(data/a DESTINATION x)\n"
    "rez_install_dirs(data DESTINATION y)\n",
    "python": "rez_install_python(py FILES src/a.py src/in/b.py RELATIVE src DESTINATION python)\n",
    "linked python": "rez_install_python(py FILES ${CMAKE_CURRENT_SOURCE_DIR}/src/a.py "
    "RELATIVE src DESTINATION python LOCAL_SYMLINK)\n",
    "cmake": "rez_install_cmake(DESTINATION cmake INCLUDE_DIRS include /usr/x LIBRARY_DIRS lib "
    "LIBRARIES x y DEFINITIONS -DA=1 -DB USE_SYSTEM_INCLUDE_DIRS)\n",
    "cmake, automatic": "rez_install_files(lib/libx.a lib/libz.a lib/liby.so DESTINATION .)\n"
    "rez_install_cmake(AUTO DEFINITIONS -DA)\n",
    "cmake, static": "rez_install_files(lib/libx.a lib/libz.a DESTINATION .)\n"
    "rez_install_cmake(AUTO)\n",
    "cmake, dynamic": "rez_install_files(lib/liby.so DESTINATION .)\n"
    "rez_install_cmake(AUTO DESTINATION share)\n",
    "cmake, nothing": "rez_install_cmake(AUTO LIBRARY_DIRS lib64)\n",
    "packages": "rez_find_packages(PREFIX X AUTO)\nfile(WRITE ${CMAKE_INSTALL_PREFIX}/said "
    '"${X_INCLUDE_DIRS}|${X_SYSTEM_INCLUDE_DIRS}|${X_LIBRARY_DIRS}|${X_LIBRARIES}|${X_DEFINITIONS}|'
    '${CMAKE_CXX_FLAGS}|${one_ROOT}")\n'
    "get_directory_property(said INCLUDE_DIRECTORIES)\n"
    "file(APPEND ${CMAKE_INSTALL_PREFIX}/said ${said})\n",
    "no system": "rez_find_packages(two PREFIX X INCLUDE_DIRS_NO_SYSTEM REQUIRED)\n"
    'file(WRITE ${CMAKE_INSTALL_PREFIX}/said "${X_INCLUDE_DIRS}|${X_SYSTEM_INCLUDE_DIRS}")\n',
    "versions": "foreach(x FOO ONE TWO PYTHON)\nforeach(y VERSION MAJOR_VERSION MINOR_VERSION "
    'PATCH_VERSION)\nfile(APPEND ${CMAKE_INSTALL_PREFIX}/said "${x} ${y} ${${x}_${y}}\\n")\n'
    "endforeach()\nendforeach()\nrez_package_in_use(one a)\nrez_package_in_use(no b)\n"
    'file(APPEND ${CMAKE_INSTALL_PREFIX}/said "${a} ${b} ${REZ_BUILD_ALL_PKGS} ${PROJECT_NAME}")\n',
    "utilities": "set(items a b c)\nlist_to_string(text items)\nlist_contains(yes b a b)\n"
    'car(first a b)\ncdr(rest a b c)\nlist_remove_regex(items "[ac]")\n'
    'parse_arguments(X "A;B;C" "O;P" 1 2 A 3 O 4 C 5 A 6 B)\n'
    'file(WRITE ${CMAKE_INSTALL_PREFIX}/said "${text}|${yes}|${first}|${rest}|${items}|'
    '${X_DEFAULT_ARGS}|${X_A}|${X_B}|${X_C}|${X_O}|${X_P}")\n',
    "coverage": "set_global_linker_cxx_flags(-a -b)\n"
    'file(WRITE ${CMAKE_INSTALL_PREFIX}/said "${CMAKE_EXE_LINKER_FLAGS}|'
    '${CMAKE_SHARED_LINKER_FLAGS}|${Red}|${ColourReset}|${BoldWhite}")\n',
}


@functools.cache
def python_directory(root: Path) -> Path:
    """A directory with a program `python`."""
    root.mkdir(exist_ok=True)
    (root / "python").symlink_to(sys.executable)
    return root


@pytest.mark.parametrize("build_type", ["local", "central"])
@pytest.mark.parametrize("name", PROJECTS)
def test_cmake_modules(tmp_path: Path, name: str, build_type: str) -> None:
    head = HEAD
    if name == "permissions":
        head = HEAD.replace("include", "set(REZ_FILE_INSTALL_PERMISSIONS OWNER_READ)\ninclude")
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "one.cmake").write_text(
        'set(one_ROOT "$ENV{REZ_ONE_ROOT}")\nset(one_INCLUDE_DIRS "/one/include")\n'
        'set(one_LIBRARIES "one" "first")\nset(one_DEFINITIONS -DONE="1" -DALL)\n'
    )
    (packages / "two.cmake").write_text(
        'set(two_INCLUDE_DIRS "/two/include")\nset(two_LIBRARY_DIRS "/two/lib")\n'
        "set(two_USE_SYSTEM_INCLUDE_DIRS TRUE)\nset(two_DEFINITIONS -DALL)\n"
    )
    files = {"CMakeLists.txt": head + PROJECTS[name], **FILES_OF_PROJECT}
    outcomes = []
    # one after the other in the same place, so that paths are the same
    for modules in ({}, {"modules": str(REZ_MODULES)}):
        project = CMakeProject(tmp_path / "work", files, **modules)
        python = python_directory(tmp_path / "bin")
        project.environ |= {
            "CMAKE_MODULE_PATH": str(packages),
            "REZ_BUILD_REQUIRES_UNVERSIONED": "one python two",
            "REZ_ONE_ROOT": "/one",
            "REZ_ONE_VERSION": "1.2.3.4",
            "REZ_TWO_VERSION": "2",
            "REZ_PYTHON_VERSION": "3.11",
            "PATH": f"{python}:{project.environ['PATH']}",
        }
        project.prefix.mkdir(parents=True)
        project.make(build_type=build_type)
        texts = {
            path: (project.prefix / path).read_text()
            for path in project.installed()
            if path.endswith((".cmake", "said"))
        }
        outcomes.append((project.installed(), texts))
        shutil.rmtree(tmp_path / "work")
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0]


@pytest.mark.parametrize("build_type", ["local", "central"])
def test_projects_of_rezs_tests(tmp_path: Path, build_type: str) -> None:
    """A library, and a program that uses it: the same files, and the program runs."""
    outcomes = []
    for modules in ({}, {"modules": str(REZ_MODULES)}):
        root = tmp_path / "work"
        library = CMakeProject(root / "library", {}, name="translate_lib", **modules)
        program = CMakeProject(root / "program", {}, name="sup_world", **modules)
        shutil.copytree(REZ_DATA / "translate_lib" / "2.2.0", library.source)
        shutil.copytree(REZ_DATA / "sup_world" / "3.8", program.source)
        # CMake 4 wants it for projects as old as these
        library.make("-DCMAKE_POLICY_VERSION_MINIMUM=3.5", build_type=build_type)
        program.environ |= {
            "CMAKE_MODULE_PATH": str(library.prefix / "cmake"),
            "REZ_TRANSLATE_LIB_ROOT": str(library.prefix),
            "REZ_BUILD_REQUIRES_UNVERSIONED": "translate_lib",
        }
        program.make("-DCMAKE_POLICY_VERSION_MINIMUM=3.5", build_type=build_type)
        done = subprocess.run(
            [program.prefix / "bin" / "greeter"],
            env={"LD_LIBRARY_PATH": str(library.prefix / "lib")},
            capture_output=True,
            text=True,
            check=True,
        )
        module = (library.prefix / "cmake" / "translate_lib.cmake").read_text()
        outcomes.append([library.installed(), program.installed(), module, done.stdout])
        shutil.rmtree(root)
    assert outcomes[0] == outcomes[1]
    assert "cmake/translate_lib.cmake" in outcomes[0][0] and outcomes[0][3]

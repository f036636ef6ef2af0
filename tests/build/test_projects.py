"""Real projects: built, installed, and what was installed is run in an environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from build.projects import Workshop

CPP = """
    #include <cstdio>
    int main() { std::printf("hello from %s %d\\n", "greeter", FLAVOUR); return 0; }
"""


def test_a_cpp_project_with_cmake_and_two_hashed_variants(workshop: Workshop) -> None:
    for version in ("1", "2"):
        workshop.package("flavour", version, f"def commands():\n    env.FLAVOUR = '{version}'\n")
    workshop.write(
        """
        name = "greeter"
        version = "1.2.0"
        variants = [["flavour-1"], ["flavour-2"]]
        hashed_variants = True
        def commands():
            env.PATH.append("{root}/bin")
        """,
        CMakeLists__txt="""
        cmake_minimum_required(VERSION 3.10)
        project(greeter CXX)
        include(RezBuild)
        rez_find_packages(PREFIX pkgs AUTO)
        add_executable(greeter main.cpp)
        target_compile_definitions(greeter PRIVATE FLAVOUR=$ENV{FLAVOUR})
        install(TARGETS greeter DESTINATION bin)
        """,
        main__cpp=CPP,
    )
    workshop.build("--install")
    package = workshop.local / "greeter" / "1.2.0"
    assert sorted(os.listdir(package / "_v")) == ["a", "b"]
    for version in ("1", "2"):
        said = workshop.env("greeter", f"flavour-{version}", "--", "greeter")
        assert said == f"hello from greeter {version}\n"


def test_a_make_project(workshop: Workshop) -> None:
    workshop.write(
        """
        name = "maker"
        version = "1.0"
        build_system = "make"
        variants = [[], ["extra"]]
        def commands():
            env.PATH.append("{root}/bin")
        """,
        Makefile="""
        PREFIX = /usr/local
        maker: main.cpp
        \t$(CXX) -DFLAVOUR=7 -o $@ $<
        install: maker
        \tmkdir -p $(PREFIX)/bin
        \tcp maker $(PREFIX)/bin
        """,
        main__cpp=CPP,
    )
    workshop.package("extra", "1")
    workshop.build("--install", "--variants", "1")
    assert workshop.env("maker", "--", "maker") == "hello from greeter 7\n"
    # a variant is built in its own directory
    assert not (workshop.source / "maker").exists()
    assert (workshop.source / "build" / "extra" / "maker").exists()


# a back end that needs nothing from elsewhere
BACKEND = """
import zipfile
NAME = "greet-1.0-py3-none-any.whl"
WHEEL = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
FILES = {
    "greet.py": "def main():\\n    print('hello from a wheel')\\n",
    "greet-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: greet\\nVersion: 1.0\\n",
    "greet-1.0.dist-info/WHEEL": WHEEL,
    "greet-1.0.dist-info/entry_points.txt": "[console_scripts]\\ngreet = greet:main\\n",
}
def build_wheel(directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{directory}/{NAME}", "w") as wheel:
        record = "".join(f"{name},,\\n" for name in FILES)
        for name, text in {**FILES, "greet-1.0.dist-info/RECORD": record}.items():
            wheel.writestr(name, text)
    return NAME
"""


def test_a_pyproject_project(workshop: Workshop) -> None:
    workshop.write(
        """
        name = "greet"
        version = "1.0"
        def commands():
            env.PYTHONPATH.append("{root}/python")
            env.PATH.prepend("{root}/bin")
        """,
        pyproject__toml="""
        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]
        [project]
        name = "greet"
        version = "1.0"
        """,
        backend__py=BACKEND,
    )
    workshop.build("--install")
    assert workshop.env("greet", "--", "greet") == "hello from a wheel\n"
    assert (workshop.local / "greet" / "1.0" / "python" / "greet.py").exists()


def test_a_build_command_with_arguments_of_its_own(workshop: Workshop) -> None:
    workshop.write(
        """
        name = "tool"
        version = "1.0"
        build_command = "sh {root}/build.sh {install}"
        def commands():
            env.PATH.append("{root}/bin")
        """,
        parse_build_args__py="""
        parser.add_argument("--words", nargs="+", default=["none"])
        parser.add_argument("--loud", action="store_true")
        parser.add_argument("--level", type=int)
        """,
        build__sh="""
        set -e
        [ "$1" = install ] || exit 0
        mkdir -p "$REZ_BUILD_INSTALL_PATH/bin"
        eval "set -- $__PARSE_ARG_WORDS"
        printf '#!/bin/sh\\necho "%s"\\n' "$2 $__PARSE_ARG_LOUD $__PARSE_ARG_LEVEL" \\
            > "$REZ_BUILD_INSTALL_PATH/bin/tool"
        chmod +x "$REZ_BUILD_INSTALL_PATH/bin/tool"
        """,
    )
    workshop.build("-i", "--words", "one", "two three", "--loud")
    assert workshop.env("tool", "--", "tool") == "two three 1 None\n"
    workshop.build("--words", "x", "-i", "--level", "4", "--words", "a", "b")
    assert workshop.env("tool", "--", "tool") == "b 0 4\n"
    refused = workshop.run("build", "--level", "high")
    assert refused.returncode == 2
    assert refused.stderr == "rezfast: error: argument --level: invalid int value: 'high'\n"


def test_scripts_enter_the_environment_of_a_build(workshop: Workshop) -> None:
    workshop.package("lib", "1", "def commands():\n    env.LIB = 'seen'\n")
    workshop.write("""
        name = "tool"
        version = "1.0"
        private_build_requires = ["lib"]
        variants = [[], ["lib-1"]]
        build_command = "false"
        def pre_build_commands():
            env.PRE = "{env.LIB} {build.install_path}"
    """)
    said = workshop.build("--scripts", "--install").stdout
    scripts = [line for line in said.splitlines() if line.endswith("/build-env")]
    below = workshop.source / "build"
    assert scripts == [str(below / "build-env"), str(below / "lib-1" / "build-env")]
    assert Path(scripts[0]).stat().st_mode & 0o777 == 0o555
    shown = 'echo "$LIB,$REZ_BUILD_VARIANT_INDEX,$PRE"; pwd -P; exit 5'
    for index, script in enumerate(scripts):
        done = subprocess.run(
            [script], input=shown, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"},
            cwd="/", check=False,
        )  # fmt: skip
        part = "/lib-1" if index else "/"
        assert done.stdout.splitlines()[-2:] == [
            f"seen,{index},seen {workshop.local}/tool/1.0{part}",
            f"{workshop.source}/build{part}".rstrip("/"),
        ]
        assert done.returncode == 5
    given = subprocess.run([scripts[0], "sh", "-c", "exit 6"], check=False, env=workshop.variables)
    assert given.returncode == 6


def test_central_builds_do_not_see_local_packages(workshop: Workshop) -> None:
    workshop.package("lib", "2", local=True)
    workshop.package("lib", "1")
    workshop.write("""
        name = "tool"
        version = "1.0"
        requires = ["lib"]
        build_command = "echo $REZ_LIB_VERSION $REZ_BUILD_TYPE $REZ_IN_REZ_RELEASE > $SEEN"
        def pre_build_commands():
            env.SEEN = "{build.install_path}/seen"
    """)
    workshop.build("--install")
    assert (workshop.local / "tool" / "1.0" / "seen").read_text() == "2 local\n"
    workshop.build("--install", "--process", "central")
    assert (workshop.released / "tool" / "1.0" / "seen").read_text() == "1 central\n"
    # only where rez 1 is to be served
    old = {"REZ_DISABLE_REZ_1_COMPATIBILITY": "0", "REZ_REZ_1_ENVIRONMENT_VARIABLES": "1"}
    workshop.build("--install", REZ_DEFAULT_BUILD_PROCESS="central", **old)
    assert (workshop.released / "tool" / "1.0" / "seen").read_text() == "1 central 1\n"


def test_an_environment_that_cannot_be_resolved_is_saved(workshop: Workshop) -> None:
    workshop.package("lib", "1")
    workshop.write("""
        name = "tool"
        version = "1.0"
        requires = ["lib-1", "!lib"]
        build_command = False
    """)
    done = workshop.run("build", "--install")
    assert done.returncode == 1
    assert "the build environment cannot be resolved" in done.stderr
    saved = json.loads((workshop.source / "build" / "build.rxt").read_text())
    assert saved["status"] == "failed"
    assert workshop.installed() == []

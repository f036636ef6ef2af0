"""CMake functions that run other programs: archives, pip, contexts, documentation."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from build.cmake_project import refusal, said
from build.conftest import Project as Make

from rezfast.build.cmake import MODULES


def test_archives(project: Make, tmp_path: Path) -> None:
    lists = (
        'include(RezRepository)\nrez_set_archive(x a/b.tgz http://x)\nmessage(STATUS "= ${x}")\n'
    )
    made = project(lists)
    assert "REZ_REPO_PAYLOAD_DIR is not set" in refusal(made)
    made.environ["REZ_REPO_PAYLOAD_DIR"] = str(tmp_path / "archives")
    assert "/archives/a/b.tgz: get it from http://x" in refusal(made)
    (tmp_path / "archives" / "a").mkdir(parents=True)
    (tmp_path / "archives" / "a" / "b.tgz").touch()
    assert said(made) == [f"{tmp_path}/archives/a/b.tgz"]


BACKEND = """
import os
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "bar-1.0-py3-none-any.whl"
    import shutil
    shutil.copy("ready.whl", os.path.join(wheel_directory, name))
    return name
"""


def python_archive(path: Path) -> None:
    """An archive of a Python project `bar`, which needs nothing to be built."""
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as file:
        info = "bar-1.0.dist-info"
        file.writestr("bar.py", "def main(): print('bar runs')\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: bar\nVersion: 1.0\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/entry_points.txt", "[console_scripts]\nbar = bar:main\n")
        file.writestr(f"{info}/RECORD", "")
    project = '[build-system]\nrequires = []\nbuild-backend = "back"\nbackend-path = ["."]\n'
    files = {"pyproject.toml": project.encode(), "back.py": BACKEND.encode()}
    with tarfile.open(path, "w:gz") as archive:
        for name, data in {**files, "ready.whl": wheel.getvalue()}.items():
            member = tarfile.TarInfo(f"bar-1.0/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def test_pip(project: Make, tmp_path: Path) -> None:
    python_archive(tmp_path / "bar-1.0.tar.gz")
    made = project(
        f"include(RezPipInstall)\nrez_pip_install(bar URL {tmp_path}/bar-1.0.tar.gz "
        "BINDIR programs PIPARGS --no-build-isolation --no-index -q)\n"
    )
    pip = tmp_path / "bin" / "pip"
    pip.parent.mkdir()
    pip.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip "$@"\n')
    pip.chmod(0o755)
    made.environ["PATH"] = f"{pip.parent}:{made.environ['PATH']}"
    made.make()
    assert "python/bar.py" in made.installed()
    assert made.installed()["programs/bar"] == "755"
    assert not (made.prefix / "python" / "bin").exists()
    done = subprocess.run(
        [made.prefix / "programs" / "bar"],
        env={**os.environ, "PYTHONPATH": str(made.prefix / "python")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "bar runs\n"


def fake(directory: Path, name: str, text: str) -> str:
    """A program that stands in for another one; the directory that it is in."""
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{text}\n")
    (directory / name).chmod(0o755)
    return str(directory)


def test_contexts(project: Make, tmp_path: Path) -> None:
    made = project(
        "include(RezInstallContext)\n"
        "rez_install_context(context tools.context PACKAGES maya-2024 bar<3 DESTINATION env "
        'EXTRA_COMMANDS "export A=1" "export B=\\"x y\\"")\n'
    )
    programs = fake(
        tmp_path / "bin",
        "rezfast",
        'case "$1" in env) shift; out=$2; shift 2; echo "$@" > "$out";; *) echo "# $*";; esac',
    )
    made.environ["PATH"] = f"{programs}:{made.environ['PATH']}"
    made.make()
    made.make()
    assert list(made.installed()) == [
        "env/tools.context",
        "env/tools.context.dot",
        "env/tools.context.rxt",
    ]
    assert (made.prefix / "env" / "tools.context.rxt").read_text() == "maya-2024 bar<3\n"
    assert (made.prefix / "env" / "tools.context").read_text() == (
        f"# context --interpret --format bash {made.build}/env/tools.context.rxt\n\n"
        'export REZ_CONTEXT_FILE="$REZ_FOO_ROOT/env/tools.context.rxt"\n'
        'export A=1\nexport B="x y"\n'
    )
    dot = (made.prefix / "env" / "tools.context.dot").read_text()
    assert dot == f"# context --print-graph {made.build}/env/tools.context.rxt\n"


def test_a_context_that_cannot_be_resolved(project: Make, tmp_path: Path) -> None:
    made = project(
        "include(RezInstallContext)\nrez_install_context(c x PACKAGES a DESTINATION .)\n"
    )
    programs = fake(tmp_path / "bin", "rezfast", "echo no package a >&2; exit 1")
    made.environ["PATH"] = f"{programs}:{made.environ['PATH']}"
    assert "no package a" in refusal(made)
    made = project(
        "include(RezInstallContext)\n"
        "rez_install_context(c x MODE earliest PACKAGES a DESTINATION .)\n"
    )
    assert "MODE earliest: there is latest only" in refusal(made)


DOXYGEN = "include(RezInstallDoxygen)\nrez_install_doxygen(doc FILES a.h DESTINATION docs {})\n"


def test_documentation(project: Make, tmp_path: Path) -> None:
    made = project(DOXYGEN.format("GENERATE_TAGFILE IMAGEPATH images"), a__h="")
    programs = fake(
        tmp_path / "bin",
        "doxygen",
        '[ "$1" = --version ] && echo 1.9 && exit; mkdir -p html; cp Doxyfile html/; touch foo.tag',
    )
    made.environ["PATH"] = f"{programs}:{made.environ['PATH']}"
    made.environ["REZ_BUILD_DOXYFILE"] = f"{MODULES}/Doxyfile"
    made.make()
    assert made.installed() == {}
    made.make(build_type="central")
    assert list(made.installed()) == ["docs/foo.tag", "docs/html/Doxyfile"]
    assert (made.prefix / "docs" / "html" / "Doxyfile").read_text() == (
        f'@INCLUDE = "{MODULES}/Doxyfile"\n'
        'PROJECT_NAME = "foo"\nPROJECT_NUMBER = "1.2"\n'
        "PROJECT_BRIEF = \"Foo, 'the' tool of the studio\"\n"
        f'INPUT = "{made.source}/a.h"\nSTRIP_FROM_PATH = "{made.source}"\n'
        f'IMAGE_PATH = "{made.source}/images"\nGENERATE_TAGFILE = foo.tag\n'
    )


def test_documentation_in_every_build(project: Make, tmp_path: Path) -> None:
    made = project(DOXYGEN.format("FORCE DOXYPY USE_TAGFILES"), a__h="")
    programs = fake(tmp_path / "bin", "doxygen", "mkdir -p html; cp Doxyfile html/")
    made.environ["PATH"] = f"{programs}:{made.environ['PATH']}"
    made.environ["REZ_BUILD_DOXYFILE"] = f"{MODULES}/Doxyfile"
    assert "no doxypy.py in" in refusal(made)
    (tmp_path / "doxypy.py").touch()
    made.environ["REZ_DOXYPY_ROOT"] = str(tmp_path)
    made.make()
    text = (made.prefix / "docs" / "html" / "Doxyfile").read_text()
    assert f'INPUT_FILTER = "python {tmp_path}/doxypy.py"\n' in text
    assert "TAGFILES += $(DOXYGEN_TAGFILES)\n" in text


def test_without_doxygen(project: Make, tmp_path: Path) -> None:
    made = project(DOXYGEN.format("FORCE"), a__h="")
    assert "no program doxygen" in made.make("-DDOXYGEN_EXECUTABLE=", "-DCMAKE_PROGRAM_PATH=")
    assert made.installed() == {}

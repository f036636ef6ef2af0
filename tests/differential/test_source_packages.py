"""Every definition in rez's test data, built and installed by rez and by rezfast at the same place.

Those that name no build command get one that writes down the environment which it sees.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rez
from differential.built import OWN_VARIABLES, definitions, saved_environments, tree

DATA = Path(rez.__file__).parent / "data" / "tests"
RUN = Path(__file__).with_name("run_builds.py")

# what others require comes first; the rest in the order of their names
FIRST = ("builds/packages/build_util/1", "builds/packages/floob", "builds/packages/foo/1.0.0")
SOURCES = sorted(
    {
        str(path.parent.relative_to(DATA))
        for path in DATA.rglob("package.*")
        if path.suffix != ".pyc"
    }
)
# `config` is another foo-1.0.0, which has another uuid
SOURCES = [*FIRST, *(name for name in SOURCES if name not in (*FIRST, "config"))]

# repositories that are in the data as they are installed
KNOWN = ("solver/packages", "packages/py_packages", "packages/yaml_packages", "release/variants")

# text goes through a shell, words need none
COMMANDS = ("env -0 > seen; echo $0 > /dev/null", ["sh", "-c", "env -0 > seen"], False)

Built = dict[str, tuple[Path, list[int]]]


def lay_out(root: Path) -> None:
    """The source trees, each with something to build, and what they require."""
    unwanted = shutil.ignore_patterns("__pycache__")
    for number, name in enumerate(SOURCES):
        source = root / "src" / str(number)
        source.mkdir(parents=True)
        for path in (DATA / name).iterdir():
            if path.is_file():
                shutil.copy(path, source)
            elif name.startswith("builds") and path.name != "__pycache__":
                shutil.copytree(path, source / path.name, ignore=unwanted)
        for definition in source.glob("package.*"):
            text = definition.read_text()
            if "build_command" in text or (source / "CMakeLists.txt").exists():
                continue
            command = COMMANDS[number % len(COMMANDS)]
            written = json.dumps(command) if definition.suffix == ".yaml" else repr(command)
            sign = ":" if definition.suffix == ".yaml" else " ="
            definition.write_text(f"{text.rstrip()}\n\nbuild_command{sign} {written}\n")
    for name in KNOWN:
        shutil.copytree(DATA / name, root / "known" / name, ignore=unwanted)
    python = root / "known" / "python" / "python" / "3.11.0"
    python.mkdir(parents=True)
    (python / "package.py").write_text(
        "name = 'python'\nversion = '3.11.0'\ndef commands():\n"
        f"    env.PATH.prepend({str(Path(sys.executable).parent)!r})\n"
    )


def build(program: str, root: Path, home: Path) -> list[int]:
    """Build and install all of them with a program; the exit codes."""
    known = [str(root / "known" / "python"), *(str(root / "known" / name) for name in KNOWN)]
    variables = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "REZ_PACKAGES_PATH": ":".join([str(root / "packages"), *known]),
        "REZ_LOCAL_PACKAGES_PATH": str(root / "packages"),
        "REZ_DEFAULT_SHELL": "bash",
        "REZ_TMPDIR": str(home),
        "REZ_BUILD_THREAD_COUNT": "2",
        "REZ_PACKAGE_DEFINITION_PYTHON_PATH": str(DATA / "python" / "late_bind"),
        "REZ_PACKAGE_DEFINITION_BUILD_PYTHON_PATHS": str(DATA / "python" / "early_bind"),
    }
    directories = [str(root / "src" / str(number)) for number in range(len(SOURCES))]
    with (root / "log.txt").open("w") as log:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", str(RUN), program, *directories],
            input=json.dumps(["-i"]),
            env=variables,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            check=True,
        )
    codes: list[int] = json.loads(done.stdout)
    return codes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What is there when rez has built everything, and when rezfast has."""
    place, home = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("home")
    found = {}
    for program in ("rez", "rezfast"):
        root = place / "studio"
        root.mkdir()
        lay_out(root)
        codes = build(program, root, home)
        root.rename(place / program)
        found[program] = place / program, codes
    return found


def test_the_same_source_packages_can_be_built(built: Built) -> None:
    # rezfast has a code of its own for definitions that are wrong
    done = {
        program: {name for name, code in zip(SOURCES, codes, strict=True) if code == 0}
        for program, (_, codes) in built.items()
    }
    assert done["rezfast"] == done["rez"]
    # what cannot be built lacks what it requires, on purpose
    assert len(done["rez"]) > 60


@pytest.mark.parametrize("where", ["packages", "src"])
def test_the_same_files_are_there(where: str, built: Built) -> None:
    theirs, ours = (tree(built[name][0] / where) for name in ("rez", "rezfast"))
    if where == "packages":
        theirs = without_leftovers(theirs)
    assert ours == theirs


def without_leftovers(found: dict[str, str]) -> dict[str, str]:
    """A tree without what rez leaves of variants that could not be built: payloads and links."""
    kept = dict(found)
    for tag in [name for name in found if "/.building" in name]:
        del kept[tag]
        package = tag.replace("/.building", "/")
        inside = {name for name in kept if name.startswith(f"{package}/")}
        if f"{package}/package.py" not in inside:
            failed = inside | {package}
        else:
            empty = {
                name for name in inside if not any(other.startswith(f"{name}/") for other in inside)
            }
            payloads = {name for name in empty if found[name] == "755"}
            links = {f"-> ../{name.rpartition('/')[2]}" for name in payloads}
            failed = payloads | {name for name in inside if found[name] in links}
        kept = {name: mode for name, mode in kept.items() if name not in failed}
    # families that have nothing else
    return {
        name: mode
        for name, mode in kept.items()
        if "/" in name or any(other.startswith(f"{name}/") for other in kept)
    }


def test_installed_definitions_are_the_same(built: Built) -> None:
    theirs, ours = (definitions(built[name][0] / "packages") for name in ("rez", "rezfast"))
    assert ours.keys() == theirs.keys()
    for name, text in theirs.items():
        assert statements(ours[name]) == statements(text), name


def statements(text: str) -> list[str]:
    """What a definition says. In rez chance orders what its own order does not name."""
    return sorted(ast.get_source_segment(text, node) or "" for node in ast.parse(text).body)


@pytest.mark.parametrize("where", ["packages", "src"])
def test_saved_environments_are_the_same(where: str, built: Built) -> None:
    theirs, ours = (saved_environments(built[name][0] / where) for name in ("rez", "rezfast"))
    for found in (theirs, ours):
        for data in found.values():
            # in rez it depends on chance where a cycle begins
            if "cycl" in (data["failure_description"] or ""):
                del data["failure_description"]
    for name, data in theirs.items():
        assert ours[name] == data, name
    assert ours.keys() == theirs.keys()


def test_build_commands_see_the_same_environment(built: Built) -> None:
    def seen(root: Path) -> dict[str, dict[str, str]]:
        found = {}
        for path in sorted(root.rglob("seen")):
            lines = path.read_text(errors="surrogateescape").split("\0")
            pairs = dict(line.split("=", 1) for line in lines if line)
            kept: dict[str, Any] = {k: v for k, v in pairs.items() if k not in OWN_VARIABLES}
            found[str(path.relative_to(root))] = kept
        return found

    theirs, ours = (seen(built[name][0] / "src") for name in ("rez", "rezfast"))
    assert len(theirs) > 40
    for name, environ in theirs.items():
        assert ours[name] == environ, name
    assert ours.keys() == theirs.keys()

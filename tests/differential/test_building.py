"""`rezfast build` beside `rez-build`: source packages built and installed at the very same place.

rez's own source packages are built by one program after the other, so that all that may differ is
moments and where the programs are.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rez
from differential.built import OWN_VARIABLES, definitions, saved_environments, tree
from rez.resolved_context import ResolvedContext

from rezfast.context.resolved import ResolvedContext as OurContext

REZ = "from rez.cli._entry_points import run_rez_build; run_rez_build()"
REZFAST = "import sys; from rezfast.cli import main; sys.argv.insert(1, 'build'); sys.exit(main())"
DATA = Path(rez.__file__).parent / "data" / "tests"

# in the order in which they need each other
SOURCES = (
    "build_util/1",
    "floob",
    "foo/1.0.0",
    "foo/1.1.0",
    "bah/2.1",
    "anti/1.0.0",
    "hello/1.0",
    "translate_lib/2.2.0",
    "sup_world/3.8",
)

PYTHON = """
name = "python"
version = "{version}"
def commands():
    env.PATH.prepend({path!r})
"""

PROBE = r"""
name = "probe"
version = "1.2.beta"
description = "A 'probe' with $HOME, \"quotes\" and `ticks`\nin two lines"
requires = ["floob"]
build_requires = ["foo-1.0"]
private_build_requires = ["python"]
variants = [["build_util-1"], ["build_util", "!bah-3"], ["~anti"]]
hashed_variants = True
tools = ["probe"]

@early()
def studio_note():
    return "building" if building else "installed"

@late()
def studio_late():
    return "%s in %s, late" % (this.name, "context" if in_context() else "none")

@early()
def private_build_requires():
    if building:
        return ["python", "build_util-%d" % (build_variant_index * 0 + 1)]
    return []

def pre_build_commands():
    env.PROBE_THIS = "{this.name} {this.version} {this.version.major} {this.root} {this.index}"
    env.PROBE_TOKENS = "{this.version[7]} {this.version.patch}|%s|" % this.version[7]
    env.PROBE_LATE = this.studio_late
    env.PROBE_TEXT = "{} {}".format(this, type(this.version).__name__)
    try:
        this.nothing
    except AttributeError as error:
        env.PROBE_NOTHING = str(error)
    env.PROBE_SLICE = "-".join(str(token) for token in this.version[:2])
    env.PROBE_BUILD = "{build.build_type} {build.install} {build.build_path} {build.install_path}"
    env.PROBE_KEYS = " ".join(sorted(build))
    env.PROBE_ORDER = "{} {}".format(env.REZ_BUILD_VARIANT_INDEX, env.REZ_FOO_ROOT)
    env.PROBE_FOO = "FOO_TEST_VAR" in env
    try:
        build.install = 3
    except AttributeError:
        env.PROBE_READ_ONLY = "yes"

def commands():
    env.PROBE_ROOT = "{root}"

build_command = (
    "python {root}/probe.py {install} {build_path} {install_path} {name} "
    "v{variant_index} {version} {version.major}"
)
"""

PROBE_PROGRAM = """
import json, os, sys
with open(os.path.join(os.environ["REZ_BUILD_PATH"], "seen.json"), "w") as file:
    json.dump({"words": sys.argv, "cwd": os.getcwd(), "environ": dict(os.environ)}, file)
if "install" in sys.argv:
    place = os.environ["REZ_BUILD_INSTALL_PATH"]
    with open(os.path.join(place, "probe"), "w") as file:
        file.write("#!/bin/sh\\n")
    os.chmod(os.path.join(place, "probe"), 0o750)
"""

ARGUMENTS = """
parser.add_argument("--flavour", choices=["sweet", "sour"], default="sweet")
parser.add_argument("--many", nargs="+", type=int)
parser.add_argument("--yes", action="store_true")
parser.add_argument("--text")
"""


class Studio:
    """A place to build at.

    Attributes:
        root: Where: sources in `src`, packages in `packages`.
        variables: The environment of both programs.
    """

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.variables = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "REZ_PACKAGES_PATH": str(root / "packages"),
            "REZ_LOCAL_PACKAGES_PATH": str(root / "packages"),
            "REZ_RELEASE_PACKAGES_PATH": str(root / "released"),
            "REZ_DEFAULT_SHELL": "bash",
            "REZ_PACKAGE_DEFINITION_PYTHON_PATH": str(DATA / "python" / "late_bind"),
            "REZ_TMPDIR": str(home),
            "REZ_BUILD_THREAD_COUNT": "2",
        }

    def lay_out(self) -> None:
        """The sources, and what has to be there before anything is built."""
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(DATA / "builds" / "packages", self.root / "src", ignore=unwanted)
        probe = self.root / "src" / "probe"
        probe.mkdir()
        (probe / "package.py").write_text(PROBE)
        (probe / "probe.py").write_text(PROBE_PROGRAM)
        (probe / "parse_build_args.py").write_text(ARGUMENTS)
        python = self.root / "packages" / "python" / "3.11.0"
        python.mkdir(parents=True)
        path = str(Path(sys.executable).parent)
        (python / "package.py").write_text(PYTHON.format(version="3.11.0", path=path))
        (self.root / "released").mkdir()

    def build(self, program: str, source: str, *words: str) -> int:
        """Run a program in a source tree; its exit code."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program, *words],
            cwd=self.root / "src" / source,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        with (self.root / "log.txt").open("a") as log:
            log.write(f"{source} {words}: {done.returncode}\n{done.stdout}{done.stderr}\n")
        return done.returncode


def everything(studio: Studio, program: str) -> list[tuple[str, int]]:
    """All builds, with what each of them gave."""
    steps = [(source, "-ci") for source in SOURCES]
    steps += [("foo/1.0.0", "-i"), ("loco/3", "-c"), ("loco/3", "-ci"), ("whack", "-c")]
    codes = [(source, studio.build(program, source, words)) for source, words in steps]
    arguments = ["--flavour", "sour", "--many", "1", "2", "--yes", "--text", "it's $HOME"]
    codes.append(("probe", studio.build(program, "probe", "-i", *arguments, "--", "--more", "a b")))
    return codes


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Path, Any]]]:
    """What is there when rez has built everything, and when rezfast has."""
    place = tmp_path_factory.mktemp("building")
    home = tmp_path_factory.mktemp("home")
    found = {}
    for name, program in (("rez", REZ), ("rezfast", REZFAST)):
        studio = Studio(place / "studio", home)
        studio.root.mkdir()
        studio.lay_out()
        codes = everything(studio, program)
        kept = place / name
        studio.root.rename(kept)
        found[name] = kept, codes
    yield found


Both = dict[str, tuple[Path, Any]]


def test_every_build_ends_as_in_rez(both: Both) -> None:
    assert both["rez"][1] == [(source, 0) for source in SOURCES] + [
        ("foo/1.0.0", 0),
        ("loco/3", 1),
        ("loco/3", 1),
        ("whack", 1),
        ("probe", 0),
    ]
    assert both["rezfast"][1] == both["rez"][1]


@pytest.mark.parametrize("where", ["packages", "src"])
def test_the_same_files_are_there(where: str, both: Both) -> None:
    theirs, ours = (tree(both[name][0] / where) for name in ("rez", "rezfast"))
    if where == "packages":
        # rez leaves of a package that could not be built its directories and what hides it
        for left in ("loco", "loco/3", "loco/.building3"):
            theirs.pop(left, None)
    assert ours == theirs


def _own_in_order(text: str) -> list[str]:
    """The parts of a definition, each in its place but for those of the studio's own attributes.

    rez writes these in the order of a set, which is another in every process.
    """
    parts = text.split("\n\n")
    own = {part for part in parts if re.match(r"(?:@late\(\)\ndef )?studio_", part)}
    ordered = iter(sorted(own))
    return [next(ordered) if part in own else part for part in parts]


def test_installed_definitions_are_the_same(both: Both) -> None:
    theirs, ours = (
        {
            path: _own_in_order(text)
            for path, text in definitions(both[name][0] / "packages").items()
        }
        for name in ("rez", "rezfast")
    )
    assert len(theirs) >= len(SOURCES)
    assert ours == theirs


def test_what_else_is_installed_has_the_same_content(both: Both) -> None:
    def read(root: Path) -> dict[str, bytes]:
        files = sorted((root / "packages").rglob("*"))
        wanted = {".py", ".json", ".sha1", ".txt", ".cmake", ""}
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in files
            if path.is_file()
            and path.suffix in wanted
            and path.name not in ("package.py", ".building3")
        }

    assert read(both["rezfast"][0]) == read(both["rez"][0])


@pytest.mark.parametrize("where", ["packages", "src"])
def test_saved_environments_are_the_same(where: str, both: Both) -> None:
    theirs, ours = (saved_environments(both[name][0] / where) for name in ("rez", "rezfast"))
    # a failed one, too
    assert where == "packages" or "loco/3/build/build.rxt" in theirs
    assert ours.keys() == theirs.keys()
    for name, data in theirs.items():
        assert ours[name] == data, name


def test_build_commands_see_the_same_environment(both: Both) -> None:
    def read(root: Path) -> list[Any]:
        found = []
        for path in sorted((root / "src" / "probe" / "build").rglob("seen.json")):
            seen = json.loads(path.read_text())
            environ = {k: v for k, v in seen["environ"].items() if k not in OWN_VARIABLES}
            found.append({**seen, "environ": environ})
        return found

    theirs, ours = read(both["rez"][0]), read(both["rezfast"][0])
    assert len(theirs) == 3
    for one, other in zip(ours, theirs, strict=True):
        assert one == other
    environ = ours[0]["environ"]
    assert environ["__PARSE_ARG_MANY"] == "1 2"
    assert environ["PROBE_READ_ONLY"] == "yes"


def test_rez_loads_our_build_rxt(both: Both) -> None:
    root = both["rezfast"][0]
    files = sorted((root / "packages").rglob("build.rxt"))
    assert len(files) > len(SOURCES)
    for path in files:
        context = ResolvedContext.load(str(path))
        assert context.success
        assert context.building


def test_we_load_the_build_rxt_of_rez(both: Both) -> None:
    files = sorted((both["rez"][0] / "packages").rglob("build.rxt"))
    assert len(files) > len(SOURCES)
    for path in files:
        context = OurContext.load(str(path))
        assert context.success
        assert context.building


@pytest.mark.parametrize("name", ["rez", "rezfast"])
def test_installed_packages_resolve_and_set_the_same(name: str, both: Both) -> None:
    packages = str(both[name][0] / "packages")

    def context(*requests: str) -> OurContext:
        found = OurContext(requests, package_paths=[packages], add_implicit_packages=False)
        assert found.success
        return found

    for request in ("build_util==1", "floob==1.2.0", "foo==1.0.0", "anti==1.0.0"):
        context(request)
    context("bah==2.1", "foo==1.0.0")
    context("bah==2.1", "foo==1.1.0")
    environ = context("foo==1.1.0").get_environ(parent_environ={})
    # its commands, and a module that they include
    assert (environ["FOO_IN_DA_HOUSE"], environ["EEK"]) == ("1", "2")
    environ = context("translate_lib==2.2.0").get_environ()
    places = [Path(place) for place in environ["CMAKE_MODULE_PATH"].split(os.pathsep)]
    assert any((place / "translate_lib.cmake").exists() for place in places)
    documents = Path(environ["REZ_TRANSLATE_LIB_ROOT"]) / "docs"
    assert {"an_unspaced_document", "a spaced document"} <= {
        path.name for path in documents.iterdir()
    }
    for request, program, says in (
        ("sup_world==3.8", "greeter", "hola amigo"),
        ("hello==1.0", "hai", "Oh hai!"),
    ):
        run = context(request).execute_command([program], stdout=subprocess.PIPE, text=True)
        assert run.communicate()[0].strip() == says


@pytest.mark.parametrize("shell", ["sh", "zsh", "tcsh"])
def test_other_shells_build_alike(shell: str, tmp_path: Path) -> None:
    seen = []
    for program in (REZ, REZFAST):
        studio = Studio(tmp_path / "studio", tmp_path)
        shutil.rmtree(studio.root, ignore_errors=True)
        source = studio.root / "src" / "probe"
        source.mkdir(parents=True)
        (studio.root / "packages").mkdir()
        (source / "package.py").write_text(
            "name = 'probe'\nversion = '1'\ndescription = 'a $HOME, \"b\" and `c`'\n"
            "build_command = 'env > {install_path}/seen'\n"
            "def pre_build_commands():\n    env.PROBE = 'of {this.name}'\n"
        )
        studio.variables["REZ_DEFAULT_SHELL"] = shell
        assert studio.build(program, "probe", "-i") == 0
        lines = (studio.root / "packages" / "probe" / "1" / "seen").read_text().splitlines()
        environ = dict(line.partition("=")[::2] for line in lines)
        seen.append({name: value for name, value in environ.items() if name[:3] in ("REZ", "PRO")})
    theirs, ours = seen
    for name in {*OWN_VARIABLES, "REZ_STORED_PROMPT_CSH"}:
        ours.pop(name, None), theirs.pop(name, None)
    assert ours == theirs
    assert ours["PROBE"] == "of probe"
    assert ours["REZ_BUILD_PROJECT_DESCRIPTION"] == 'a $HOME, "b" and `c`'

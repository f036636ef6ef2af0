"""`rezfast release` beside `rez-release`: the same git project, released at the very same place.

One program after the other releases what the same commits make, so that all that may differ is
moments and where the programs are.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REZ = "from rez.cli._entry_points import run_rez_release; run_rez_release()"
REZFAST = (
    "import sys; from rezfast.cli import main; sys.argv.insert(1, 'release'); sys.exit(main())"
)

TOOL = """
name = "tool"
version = "1.0"
description = "the first"
authors = ["A Developer"]
uuid = "tool of the studio"
requires = ["base"]
private_build_requires = ["python"]
variants = [["lib-1"], ["lib-2"]]
hashed_variants = True
build_command = "python {root}/build.py {install}"
tests = {
    "unit": {"command": "echo tested {root} >> $SEEN_HOOKS", "run_on": "pre_release",
             "on_variants": True},
    "never": {"command": "exit 1", "run_on": ["default", "pre_install"]},
}

@early()
def studio_note():
    return "building" if building else "installed"

def pre_build_commands():
    env.TOOL_BUILD = "{build.build_type} {build.install} {build.build_path} {build.install_path}"

with scope("config") as c:
    c.release_packages_path = "$REZ_RELEASE_PACKAGES_PATH"
    c.release_hooks = ["command", "no_such_hook"]
    c.plugins.release_vcs.check_tag = True
    c.plugins.release_vcs.tag_name = "{qualified_name}"
    c.plugins.release_hook.command.pre_release_commands = [
        {"command": "sh", "args": ["-c", "echo before {num_variants} {variants} >> $SEEN_HOOKS"]}]
    c.plugins.release_hook.command.post_release_commands = [
        {"command": "sh", "args": ["-c", "echo after {num_variants} {release.path} "
                                         "{package.version} >> $SEEN_HOOKS"]}]
"""

BUILD = """
import json, os, sys
place = os.environ["REZ_BUILD_INSTALL_PATH"]
with open(os.path.join(place, "seen.json"), "w") as file:
    json.dump({"words": sys.argv, "cwd": os.getcwd(), "environ": dict(os.environ)}, file)
open(os.path.join(place, "program"), "w").close()
os.chmod(os.path.join(place, "program"), 0o755)
"""

_OWN = {"REZ_USED", "REZ_USED_TIMESTAMP", "REZ_CONTEXT_FILE", "REZ_RXT_FILE"}
_OWN |= {"REZ_SHELL_INIT_TIMESTAMP", "REZ_PATH", "_", "SHLVL"}


class Studio:
    """A working copy, its remote and a place to release to.

    Attributes:
        root: The directory of all.
        program: What releases.
        codes: The exit codes so far.
    """

    def __init__(self, root: Path, home: Path, program: str) -> None:
        self.root = root
        self.program = program
        self.codes: list[tuple[str, int]] = []
        who = {"NAME": "A Developer", "EMAIL": "developer@studio.example"}
        who["DATE"] = "2026-01-02T03:04:05"
        self.variables = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()},
            "REZ_PACKAGES_PATH": f"{root}/local:{root}/released",
            "REZ_LOCAL_PACKAGES_PATH": str(root / "local"),
            "REZ_RELEASE_PACKAGES_PATH": str(root / "released"),
            "REZ_DEFAULT_SHELL": "bash",
            "REZ_TMPDIR": str(home),
            "SEEN_HOOKS": str(root / "hooks.txt"),
        }
        self.source = root / "source"
        self.source.mkdir(parents=True)
        self.package("local", "lib", "1.5")  # which a release must not see
        self.package("released", "base", "3.0", "def commands():\n    env.BASE = '{root}'\n")
        path = str(Path(sys.executable).parent)
        self.package(
            "released", "python", "3.11", f"def commands():\n    env.PATH.prepend({path!r})\n"
        )
        for version in ("1.0", "2.0"):
            self.package("released", "lib", version)
        self.git("init", "-q", "--bare", "-b", "main", str(root / "remote.git"))
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", f"file://{root}/remote.git")
        for name, text in (("package.py", TOOL), ("build.py", BUILD), (".gitignore", "build\n")):
            (self.source / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "first")
        self.git("push", "-q", "--set-upstream", "origin", "main")

    def package(self, where: str, name: str, version: str, more: str = "") -> None:
        place = self.root / where / name / version
        place.mkdir(parents=True)
        (place / "package.py").write_text(f"name = {name!r}\nversion = {version!r}\n{more}")

    def git(self, *words: str) -> str:
        command = ["git", *words]
        done = subprocess.run(
            command, cwd=self.source, env=self.variables, capture_output=True, text=True, check=True
        )
        return done.stdout

    def change(self, old: str, new: str) -> None:
        """Commit a change of the definition, and push it."""
        path = self.source / "package.py"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        self.git("commit", "-q", "-a", "-m", new)
        self.git("push", "-q")

    def release(self, what: str, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", self.program, *words],
            cwd=self.source,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        self.codes.append((what, done.returncode))
        with (self.root / "log.txt").open("a") as log:
            log.write(f"{what}: {done.returncode}\n{done.stdout}{done.stderr}\n")


def everything(studio: Studio) -> None:
    """Releases as they come, one after the other."""
    studio.release("first", "-m", "the 'first'\nrelease")
    studio.release("tag exists")
    studio.release("all is there", "--ignore-existing-tag")
    studio.change("the first", "the second")
    (studio.source / "build.py").write_text(BUILD + "# changed\n")
    studio.release("dirty", "--ignore-existing-tag")
    studio.git("checkout", "-q", "build.py")
    studio.release("another description", "--ignore-existing-tag", "-m", "again")
    studio.change('version = "1.0"', 'version = "1.1"')
    studio.release("one variant", "--variants", "1", "--process", "local", "--", "--more", "a b")
    studio.release("the other variant", "--ignore-existing-tag", "--vcs", "git")
    studio.change('version = "1.1"', 'version = "1.0.5"')
    studio.release("not the latest")
    studio.release("not the latest, but wanted", "--no-latest", "--no-message")
    studio.change('version = "1.0.5"', 'version = "1.2"')
    studio.change("tool of the studio", "another tool")
    studio.release("another uuid")
    studio.release("another vcs", "--vcs", "stub")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Studio]]:
    """What is there when rez has released everything, and when rezfast has."""
    place = tmp_path_factory.mktemp("releasing")
    found = {}
    for name, program in (("rez", REZ), ("rezfast", REZFAST)):
        home = place / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        studio = Studio(place / "studio", home, program)
        everything(studio)
        studio.root.rename(place / name)
        studio.root = place / name
        found[name] = studio
    yield found


Both = dict[str, Studio]


def test_every_release_ends_as_in_rez(both: Both) -> None:
    refused = ["tag exists", "dirty", "not the latest", "another uuid", "another vcs"]
    assert [what for what, code in both["rez"].codes if code] == refused
    assert both["rezfast"].codes == both["rez"].codes


def test_the_same_files_are_released(both: Both) -> None:
    def tree(root: Path) -> dict[str, str]:
        found = {}
        for path in sorted((root / "released").rglob("*")):
            mode = f"{stat.S_IMODE(path.lstat().st_mode):o}"
            mode = f"-> {os.readlink(path)}" if path.is_symlink() else mode
            found[str(path.relative_to(root))] = mode
        return found

    assert tree(both["rezfast"].root) == tree(both["rez"].root)


def test_the_same_definitions_are_released(both: Both) -> None:
    def read(root: Path) -> dict[str, list[str]]:
        files = sorted((root / "released" / "tool").rglob("package.py"))
        texts = {str(path.relative_to(root)): path.read_text() for path in files}
        # some attributes rez writes in the order of a set, which changes from run to run
        return {
            name: sorted(re.sub(r"(?m)^timestamp = \d+$", "", text).split("\n\n"))
            for name, text in texts.items()
        }

    theirs, ours = read(both["rez"].root), read(both["rezfast"].root)
    assert set(theirs) == {f"released/tool/{one}/package.py" for one in ("1.0", "1.0.5", "1.1")}
    assert ours == theirs
    written = {block.split(" = ")[0] for text in ours.values() for block in text}
    assert {"previous_version", "previous_revision", "release_message", "changelog"} <= written


def test_the_same_tags_are_at_the_remote(both: Both) -> None:
    for where in ("remote.git", "source/.git"):
        assert tags_at(both["rezfast"], where) == tags_at(both["rez"], where)
    assert [line.split()[0] for line in tags_at(both["rez"], "remote.git").splitlines()
            if line.startswith("refs/")] == [
        f"refs/tags/tool-{version}" for version in ("1.0", "1.0.5", "1.1")
    ]  # fmt: skip


def tags_at(studio: Studio, where: str) -> str:
    """The tags of a repository: what they lead to, who made them, and their messages."""
    command = ["git", f"--git-dir={studio.root / where}", "for-each-ref", "refs/tags"]
    command.append("--format=%(refname) %(objecttype) %(*objectname) %(taggername)%0a%(contents)")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def test_builds_see_the_same_environment(both: Both) -> None:
    def read(root: Path) -> dict[str, Any]:
        found = {}
        for path in sorted((root / "released").rglob("seen.json")):
            seen = json.loads(path.read_text())
            environ = {k: v for k, v in seen["environ"].items() if k not in _OWN}
            found[str(path.relative_to(root))] = {**seen, "environ": environ}
        return found

    theirs, ours = read(both["rez"].root), read(both["rezfast"].root)
    assert ours == theirs
    environ = [one["environ"] for one in ours.values()]
    assert {one["REZ_BUILD_TYPE"] for one in environ} == {"central"}
    assert {one["REZ_LIB_VERSION"] for one in environ} == {"1.0", "2.0"}


def test_hooks_and_tests_were_run_alike(both: Both) -> None:
    theirs = (both["rez"].root / "hooks.txt").read_text()
    assert "before" in theirs and "after" in theirs
    assert (both["rezfast"].root / "hooks.txt").read_text() == theirs

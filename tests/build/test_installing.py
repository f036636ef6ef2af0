"""What an install leaves: all of it, or what was there before, whatever happens in between."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from build.projects import PROGRAM, Workshop

# how often processes meet, and how often one is killed; more of both by hand
ROUNDS = int(os.environ.get("REZFAST_ROUNDS", "3"))
INSTANTS = int(os.environ.get("REZFAST_KILLS", "6"))

TOOL = """
    name = "tool"
    version = "1.0"
    variants = [["lib-1"], ["lib-2"]]
    hashed_variants = {hashed}
    build_command = "sh {{root}}/build.sh {{install}}"
"""

# writes two files; between the two a package that is half there could be seen
BUILD = """
    set -e
    [ "$1" = install ] || exit 0
    cp {root}/content "$REZ_BUILD_INSTALL_PATH/first"
    {between}
    cp {root}/content "$REZ_BUILD_INSTALL_PATH/second"
"""


def tool(workshop: Workshop, between: str = ":", hashed: bool = False, content: str = "1") -> None:
    """A package of two variants."""
    for version in ("1", "2"):
        if not (workshop.released / "lib" / version).exists():
            workshop.package("lib", version)
    workshop.write(
        TOOL.format(hashed=hashed),
        build__sh=BUILD.format(root=workshop.source, between=between),
        content=content,
    )


def payloads(workshop: Workshop) -> list[tuple[str, str]]:
    """What is in the two files of each payload that is there."""
    found = []
    for path in sorted((workshop.local / "tool").rglob("first")):
        second = path.parent / "second"
        found.append((path.read_text(), second.read_text() if second.exists() else "missing"))
    return found


def test_a_failed_build_leaves_nothing(workshop: Workshop) -> None:
    tool(workshop, between="exit 3", hashed=True)
    done = workshop.run("build", "--install")
    assert done.returncode == 1
    assert done.stderr == "rezfast: error: The custom build system failed.\n"
    assert workshop.installed() == []
    assert list((workshop.root / "tmp").iterdir()) == []


def test_a_failed_build_leaves_what_was_there(workshop: Workshop) -> None:
    tool(workshop, hashed=True)
    workshop.build("-i")
    before = workshop.installed()
    assert payloads(workshop) == [("1", "1"), ("1", "1")]
    tool(workshop, between="exit 3", hashed=True, content="2")
    assert workshop.run("build", "-i").returncode == 1
    assert workshop.installed() == before
    assert payloads(workshop) == [("1", "1"), ("1", "1")]


def test_the_second_variant_fails_and_the_first_stays(workshop: Workshop) -> None:
    tool(workshop, between='[ "$REZ_BUILD_VARIANT_INDEX" = 0 ]')
    assert workshop.run("build", "-i").returncode == 1
    assert payloads(workshop) == [("1", "1")]
    text = (workshop.local / "tool" / "1.0" / "package.py").read_text()
    assert "lib-1" in text
    assert "lib-2" not in text
    assert not (workshop.local / "tool" / ".building1.0").exists()


def test_variants_keep_their_indices_when_others_are_added(workshop: Workshop) -> None:
    tool(workshop)
    workshop.build("-i", "--variants", "1")
    workshop.build("-i", "--variants", "0")
    workshop.build("-i", "--variants", "-1")
    text = (workshop.local / "tool" / "1.0" / "package.py").read_text()
    assert text.index("lib-2") < text.index("lib-1")
    assert payloads(workshop) == [("1", "1"), ("1", "1")]


def test_short_links_are_made_once(workshop: Workshop) -> None:
    tool(workshop, hashed=True)
    workshop.build("-i")
    workshop.build("-i", "--clean")
    links = workshop.local / "tool" / "1.0" / "_v"
    assert sorted(os.listdir(links)) == ["a", "b"]
    short = {"REZ_USE_VARIANT_SHORTLINKS": "true"}
    done = workshop.run("env", "tool", "lib-1", "--", "printenv", "REZ_TOOL_ROOT", **short)
    assert done.stdout.strip() == str(links / "a")


def test_nobody_sees_a_package_while_it_is_built(workshop: Workshop) -> None:
    tool(workshop, between=f"ls -a {workshop.local}/tool > {workshop.root}/seen")
    workshop.build("-i", "--variants", "0")
    assert ".building1.0" in (workshop.root / "seen").read_text().split()
    assert ".building1.0" not in os.listdir(workshop.local / "tool")


def test_a_package_that_is_read_only_is_opened_for_a_moment(workshop: Workshop) -> None:
    tool(workshop)
    workshop.build("-i", "--variants", "0")
    package = workshop.local / "tool" / "1.0"
    package.chmod(0o555)
    kept = {**workshop.variables, "REZ_MAKE_PACKAGE_TEMPORARILY_WRITABLE": "false"}
    for variables, code in ((kept, 2), (workshop.variables, 0)):
        done = subprocess.run(
            [*PROGRAM, "build", "-i", "--variants", "1"],
            cwd=workshop.source,
            env=variables,
            preexec_fn=_heed_modes,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert stat.S_IMODE(package.stat().st_mode) == 0o555
        if code:
            assert "cannot be written: Permission denied" in done.stderr
            assert payloads(workshop) == [("1", "1")]
    assert payloads(workshop) == [("1", "1"), ("1", "1")]


@pytest.mark.parametrize("opened", ["true", "false"])
@pytest.mark.parametrize("closed", ["tool", "tool/1.0/lib-1", "tool/1.0/lib-1/below"])
def test_a_failed_build_leaves_what_was_read_only(
    closed: str, opened: str, workshop: Workshop
) -> None:
    tool(workshop, between='mkdir -p "$REZ_BUILD_INSTALL_PATH/below/more"')
    workshop.build("-i", "--variants", "0")
    (workshop.local / "tool" / "1.0" / "lib-1" / "below" / "file").write_text("")
    for path in [*(workshop.local / closed).rglob("*"), workshop.local / closed]:
        path.chmod(0o555)
    before = modes(workshop)
    (workshop.source / "build.sh").write_text(
        'echo > "$REZ_BUILD_INSTALL_PATH/new"; rm -rf "$REZ_BUILD_INSTALL_PATH/second"; exit 1\n'
    )
    done = subprocess.run(
        [*PROGRAM, "build", "-i", "--variants", "0"],
        cwd=workshop.source,
        env={**workshop.variables, "REZ_MAKE_PACKAGE_TEMPORARILY_WRITABLE": opened},
        preexec_fn=_heed_modes,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert modes(workshop) == before


def modes(workshop: Workshop) -> dict[str, int]:
    """All that is in the repository, files of nobody too, with their modes."""
    return {name: (workshop.local / name).stat().st_mode for name in workshop.installed()}


def _heed_modes() -> None:
    """From the next program on modes of files bind root, too: without CAP_DAC_OVERRIDE."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_two_builds_of_two_variants_at_once(workshop: Workshop) -> None:
    tool(workshop, hashed=True)
    for number in range(ROUNDS):
        if number % 2:
            # else over what is there
            shutil.rmtree(workshop.local / "tool")
        both = [workshop.start("build", "-i", "--variants", index) for index in ("0", "1")]
        assert [one.wait() for one in both] == [0, 0]
        assert payloads(workshop) == [("1", "1"), ("1", "1")]
        text = (workshop.local / "tool" / "1.0" / "package.py").read_text()
        assert "lib-1" in text
        assert "lib-2" in text
    assert [name for name in os.listdir(workshop.local) if name != "tool"] == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_killed_leaves_nothing(number: int, workshop: Workshop) -> None:
    mark = workshop.root / "mark"
    tool(workshop, between=f"echo $$ > {mark}; sleep 60", hashed=True)
    build = workshop.start("build", "-i")
    pid = wait_for(mark)
    build.send_signal(number)
    build.wait()
    settle(workshop, [])
    # what it had started has ended, too
    assert _is_builder(str(pid), workshop) is False


def test_a_build_that_is_killed_leaves_what_was_there(workshop: Workshop) -> None:
    tool(workshop)
    workshop.build("-i")
    before = workshop.installed()
    mark = workshop.root / "mark"
    tool(workshop, between=f"echo $$ > {mark}; sleep 60", content="2")
    build = workshop.start("build", "-i")
    wait_for(mark)
    build.kill()
    build.wait()
    settle(workshop, before)
    assert payloads(workshop) == [("1", "1"), ("1", "1")]


def test_killed_at_any_instant_every_variant_is_whole_or_not_there(workshop: Workshop) -> None:
    tool(workshop, between="sleep 0.05", hashed=True)
    started = time.monotonic()
    workshop.build("-i")
    takes = time.monotonic() - started
    whole = workshop.installed()
    chance = random.Random(7)
    for instant in range(INSTANTS):
        if instant % 2:
            # else a build over what is there is killed
            workshop.env("--", "rm", "-rf", str(workshop.local / "tool"))
        build = workshop.start("build", "-i")
        time.sleep(chance.uniform(0, takes))
        build.kill()
        build.wait()
        at_rest(workshop)
        assert all(one == ("1", "1") for one in payloads(workshop))
        left = set(workshop.installed())
        assert left <= set(whole), left - set(whole)
        definition = workshop.local / "tool" / "1.0" / "package.py"
        variants = definition.read_text().count("lib-") if definition.exists() else 0
        assert len(payloads(workshop)) == variants
    workshop.build("-i")
    assert workshop.installed() == whole


# ends when the definition has its name, before anything else is done
KILLED = """
import os, signal, sys
from rezfast.cli import main
replace = os.replace
def ends(source, target):
    replace(source, target)
    if os.path.basename(target) == "package.py":
        os.kill(os.getpid(), {number})
os.replace = ends
sys.exit(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ended_when_all_is_done_but_the_tidying(workshop: Workshop, number: int) -> None:
    tool(workshop, hashed=True)
    subprocess.run(
        [sys.executable, "-c", KILLED.format(number=int(number)), "build", "-i", "--variants=0"],
        cwd=workshop.source,
        env=workshop.variables,
        capture_output=True,
        check=False,
    )
    at_rest(workshop)
    assert payloads(workshop) == [("1", "1")]
    assert sorted(os.listdir(workshop.local)) == ["tool"]
    assert sorted(os.listdir(workshop.local / "tool")) == ["1.0"]
    assert sorted(os.listdir(workshop.local / "tool" / "1.0" / "_v")) == ["a"]


UNTOLD = """
import sys
from rezfast.build.guard import Guard
from rezfast.cli import main
Guard.started = lambda *_: None
sys.exit(main())
"""


def test_killed_before_it_could_tell_what_it_started(workshop: Workshop) -> None:
    mark = workshop.root / "mark"
    tool(workshop, between=f"echo $$ > {mark}; sleep 60")
    build = subprocess.Popen(
        [sys.executable, "-c", UNTOLD, "build", "-i"],
        cwd=workshop.source,
        env=workshop.variables,
        stdout=subprocess.DEVNULL,
    )
    pid = wait_for(mark)
    build.kill()
    build.wait()
    settle(workshop, [])
    assert _is_builder(str(pid), workshop) is False


LINKED = """
import os, signal, sys
from rezfast.cli import main
symlink = os.symlink
def ends(source, target):
    symlink(source, target)
    os.kill(os.getpid(), signal.SIGKILL)
os.symlink = ends
sys.exit(main())
"""


def test_killed_when_there_is_nothing_but_a_short_link(workshop: Workshop) -> None:
    tool(workshop, hashed=True)
    done = subprocess.run(
        [sys.executable, "-c", LINKED, "build", "-i"],
        cwd=workshop.source,
        env=workshop.variables,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    settle(workshop, [])


TESTS = """
    tests = {
        "unit": {"command": "grep 1 {root}/second", "run_on": "pre_install",
                 "on_variants": True},
        "other": {"command": "exit 1", "run_on": ["default", "pre_release"]},
    }
"""


def test_tests_before_an_install_forbid_it(workshop: Workshop) -> None:
    tool(workshop, content="2")
    workshop.write(TOOL.format(hashed=False) + TESTS)
    done = workshop.run("build", "-i")
    assert done.returncode == 1
    assert done.stderr.endswith("tool-1.0[0] is not installed: test unit failed\n")
    assert workshop.installed() == []
    # what passes is installed, with one table of all results at the end
    (workshop.source / "content").write_text("1")
    done = workshop.build("-i")
    assert "2 succeeded, 0 failed, 0 skipped" in done.stdout
    before = workshop.installed()
    assert payloads(workshop) == [("1", "1"), ("1", "1")]
    (workshop.source / "content").write_text("2")
    assert workshop.run("build", "-i").returncode == 1
    assert workshop.installed() == before
    assert payloads(workshop) == [("1", "1"), ("1", "1")]
    # without an install nothing is tested
    assert workshop.run("build").returncode == 0


def wait_for(mark: Path) -> int:
    """The number that a build writes into a file once it is there."""
    while not (mark.exists() and mark.read_text().endswith("\n")):
        time.sleep(0.01)
    return int(mark.read_text())


def settle(workshop: Workshop, expected: list[str]) -> None:
    """Wait until a repository holds what it should, or is at rest."""
    at_rest(workshop)
    assert workshop.installed() == expected


def at_rest(workshop: Workshop) -> None:
    """Wait until nobody looks on any more at what was killed."""
    while any(_is_builder(name, workshop) for name in os.listdir("/proc") if name.isdigit()):
        time.sleep(0.02)


def _is_builder(process: str, workshop: Workshop) -> bool:
    try:
        variables = Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return False
    return f"REZ_LOCAL_PACKAGES_PATH={workshop.local}".encode() in variables


@pytest.mark.parametrize("is_there", [False, True])
def test_versions_beside_a_package_without_one_stay(is_there: bool, workshop: Workshop) -> None:
    """The payload of a package that has no version is its family's directory."""
    workshop.write("name = 'tool'\nversion = '1.0'\nbuild_command = 'touch one'")
    workshop.build("--install")
    definition = "name = 'tool'\nbuild_command = 'sh {root}/build.sh'"
    workshop.write(definition, build__sh="touch $REZ_BUILD_INSTALL_PATH/file\nexit $FAIL\n")
    if is_there:
        workshop.build("--install", FAIL="0")
    before = workshop.installed()
    assert "tool/1.0/package.py" in before
    assert workshop.run("build", "--install", FAIL="3").returncode == 1
    assert workshop.installed() == before
    workshop.build("--install", FAIL="0")
    assert workshop.installed() == sorted(
        {*before, "tool/file", "tool/package.py", "tool/build.rxt"}
    )

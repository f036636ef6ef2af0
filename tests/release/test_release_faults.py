"""Whatever goes wrong in a release: packages and tags are as they were, and it is said what to do.

The program releases a real git repository whose remote is another one. A variant is released
already, so that there is something to spoil.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from build.projects import PROGRAM
from release.project import Project

Fault = Callable[[Project], None]


def dirty(project: Project) -> None:
    (project.source / "content").write_text("changed\n")


def ahead(project: Project) -> None:
    (project.source / "content").write_text("changed\n")
    project.commit("not pushed", push=False)


def behind(project: Project) -> None:
    ahead(project)
    project.git("push", "-q")
    project.git("reset", "-q", "--hard", "HEAD~1")


def tagged(project: Project) -> None:
    project.configure("plugins = {'release_vcs': {'check_tag': True}}\n")
    project.git("tag", "tool-1.0")
    project.git("push", "-q", "--tags")


def remote_gone(project: Project) -> None:
    project.remote.rename(project.root / "gone")


def no_push_permission(project: Project) -> None:
    project.git("config", "remote.origin.receivepack", "false")


def tag_refused(project: Project) -> None:
    hook = project.remote / "hooks" / "update"
    hook.write_text("#!/bin/sh\ncase $1 in refs/tags/*) echo no tags on Friday; exit 1;; esac\n")
    hook.chmod(0o755)


def bad_name_for_the_tag(project: Project) -> None:
    project.configure("plugins = {'release_vcs': {'tag_name': 'a {version}'}}\n")


def second_variant_fails(project: Project) -> None:
    (project.source / "fails-1").touch()


def no_environment(project: Project) -> None:
    project.change("lib-2", "nowhere-2")


def hook_cancels(project: Project) -> None:
    project.hook(
        "    def pre_release(self, user, **kwargs):\n"
        "        raise ReleaseHookCancellingError('nobody releases on Friday')\n"
    )


def hook_breaks(project: Project) -> None:
    project.hook("    def pre_build(self, user, **kwargs):\n        1 / 0\n")


def failing_test(project: Project) -> None:
    test = {"command": "case {root} in *lib-2) exit 3;; esac", "run_on": "pre_release"}
    tests = {"unit": {**test, "on_variants": True}}
    project.change("name =", f"tests = {tests!r}\nname =")


def another_package(project: Project) -> None:
    definition = project.released / "tool" / "1.0" / "package.py"
    definition.write_text(definition.read_text() + "uuid = 'of another studio'\n")


def newer_version(project: Project) -> None:
    project.package("tool", "2.0")


def no_place(project: Project) -> None:
    project.variables["REZ_RELEASE_PACKAGES_PATH"] = str(project.root / "nowhere")


def editor(project: Project, script: str) -> None:
    path = project.root / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    project.variables["REZ_EDITOR"] = str(path)
    project.variables["REZ_PROMPT_RELEASE_MESSAGE"] = "true"


def editor_fails(project: Project) -> None:
    editor(project, "exit 3")


def empty_message(project: Project) -> None:
    editor(project, "true")


FAULTS: dict[str, tuple[Fault, int, str]] = {
    "dirty tree": (dirty, 1, "uncommitted changes in content: commit or stash them"),
    "not pushed": (ahead, 1, "1 commit ahead of origin/main: push them"),
    "behind the remote": (behind, 1, "1 commit behind origin/main: pull them"),
    "tag exists": (tagged, 1, "change the version, or use --ignore-existing-tag"),
    "remote gone": (remote_gone, 1, "does not appear to be a git repository"),
    "no push permission": (no_push_permission, 1, "nothing is released, since the tag 'tool-1.0'"),
    "tag refused": (tag_refused, 1, "no tags on Friday"),
    "bad name for the tag": (bad_name_for_the_tag, 1, "mend that and release again"),
    "second variant fails": (second_variant_fails, 1, "The custom build system failed"),
    "no environment": (no_environment, 1, "package family not found: nowhere"),
    "hook cancels": (hook_cancels, 1, "'studio': nobody releases on Friday"),
    "hook breaks": (hook_breaks, 1, "ZeroDivisionError: division by zero"),
    "test fails": (failing_test, 1, "tool-1.0[1] is not installed: test unit failed"),
    "another package": (another_package, 1, "another package of the same name"),
    "newer version": (newer_version, 1, "use --no-latest"),
    "no place to release to": (no_place, 1, "make it, or set release_packages_path"),
    "editor fails": (editor_fails, 1, "the editor failed with exit status 3"),
    "empty message": (empty_message, 1, "write one, or use --message, or --no-message"),
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Variant 0 of `tool-1.0` is released; now both are to be, with another description."""
    made = Project(tmp_path / "studio")
    made.was_released()
    return made


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_left_behind(project: Project, fault: str) -> None:
    inject, code, says = FAULTS[fault]
    inject(project)
    before = project.state()
    done = project.run("release")
    assert done.returncode == code, done.stdout + done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("rezfast: error: ")]
    assert len(errors) == 1, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    after = project.state()
    if fault.startswith(("editor", "empty")):
        # what the user wrote is kept for the next attempt
        after = {name: is_ for name, is_ in after.items() if "rez-release-message" not in name}
    assert after == before


def test_of_a_package_that_was_not_there_nothing_is_left(tmp_path: Path) -> None:
    project = Project(tmp_path / "studio")
    for fault in (second_variant_fails, tag_refused):
        before = project.state()
        fault(project)
        assert project.run("release").returncode == 1
        assert project.state() == before
        (project.source / "fails-1").unlink(missing_ok=True)


@pytest.mark.parametrize("number", [0, signal.SIGKILL])
def test_included_modules_become_what_they_were(project: Project, number: int) -> None:
    modules = project.root / "modules"
    modules.mkdir()
    (modules / "studio.py").write_text("new = True\n")
    (modules / "more.py").write_text("new = True\n")
    project.variables["REZ_PACKAGE_DEFINITION_PYTHON_PATH"] = str(modules)
    place = project.released / "tool" / "1.0" / ".rez" / "include"
    place.mkdir(parents=True)
    (place / "studio.py").write_bytes("old = 'é'\r\n".encode("latin-1"))
    (place / "studio.sha1").write_text("0" * 40)
    (place / "studio.py").chmod(0o444)
    definition = project.source / "package.py"
    include = "@include('studio', 'more')\ndef commands():\n    pass\n"
    definition.write_text(f"{definition.read_text()}\n{include}")
    project.commit("includes")
    (project.source / "fails-1").touch()
    (project.source / "waits-1").touch()
    before = _bytes(project.released)
    if number:
        (project.source / "fails-1").unlink()
        release = project.start("release")
        while not (project.source / "waiting").exists():
            time.sleep(0.01)
        assert (place / "more.py").exists()
        release.send_signal(number)
        release.wait()
        project.at_rest()
    else:
        assert project.run("release").returncode == 1
    assert _bytes(project.released) == before


def _bytes(place: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(place.rglob("*"))
    }


def test_a_release_that_failed_can_be_tried_again(project: Project) -> None:
    tag_refused(project)
    assert project.run("release").returncode == 1
    (project.remote / "hooks" / "update").unlink()
    project.release()
    assert project.tags() == ["tool-1.0"]
    payloads = project.released / "tool" / "1.0"
    assert [(payloads / name / "second").read_text() for name in ("lib-1", "lib-2")] == [
        "new\n"
    ] * 2


@pytest.mark.parametrize("size", [64, 4])
def test_a_full_disk(project: Project, size: int) -> None:
    """As little as a limit to the size of files can show it: of the definition, or of build.rxt."""
    project.change("name =", f"studio_notes = {'x' * 100_000!r}\nname =")
    before = project.state()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size * 1024, size * 1024))

    done = subprocess.run(
        [*PROGRAM, "release"],
        cwd=project.source,
        env=project.variables,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    # the place is named, though the system says none
    assert re.search(r"error: /\S+: cannot be written: File too large", done.stderr)
    assert project.state() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("variant", [0, 1])
def test_an_end_in_the_middle_of_a_build(project: Project, number: int, variant: int) -> None:
    (project.source / f"waits-{variant}").touch()
    before = project.state()
    release = project.start("release")
    while not (project.source / "waiting").exists():
        time.sleep(0.01)
    if number == signal.SIGINT:
        # from the keyboard it comes to all that runs
        os.killpg(release.pid, number)
    else:
        release.send_signal(number)
    assert release.wait() == (130 if number == signal.SIGINT else -number)
    project.at_rest()
    assert project.state() == before


def test_an_interrupt_is_told_of(project: Project) -> None:
    (project.source / "waits-1").touch()
    release = subprocess.Popen(
        [*PROGRAM, "release"],
        cwd=project.source,
        env=project.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    while not (project.source / "waiting").exists():
        time.sleep(0.01)
    os.killpg(release.pid, signal.SIGINT)
    _, said = release.communicate()
    assert said.endswith("rezfast: error: interrupted: tool-1.0 is not released\n")


@pytest.mark.parametrize(
    ("raises", "says"),
    [
        ("ReleaseHookCancellingError('no mail')", "release cancelled by the post-release hook"),
        ("ZeroDivisionError('oh')", "ZeroDivisionError: oh"),
    ],
)
def test_a_hook_that_fails_afterwards(project: Project, raises: str, says: str) -> None:
    project.hook(f"    def post_release(self, user, **kwargs):\n        raise {raises}\n")
    done = project.run("release")
    assert done.returncode == 1
    assert (
        "tool-1.0 is released and tagged, and stays so; what was to follow failed: " in done.stderr
    )
    assert says in done.stderr
    assert project.tags() == ["tool-1.0"]
    definition = (project.released / "tool" / "1.0" / "package.py").read_text()
    assert "a new description" in definition


def test_a_failure_of_a_hook_that_is_no_cancelling_is_logged(project: Project) -> None:
    project.hook(
        "    def post_release(self, user, **kwargs):\n        raise ReleaseHookError('x')\n"
    )
    assert "the post-release hook 'studio' failed: x" in project.release().stderr


# the last step fails, when the tag is made already
LAST = """
import os, sys
from rezfast.cli import main
replace = os.replace
def fails(source, target):
    if os.path.basename(target) == "package.py":
        {last}
    replace(source, target)
os.replace = fails
sys.exit(main())
"""


def test_the_last_step_fails_and_the_tag_is_taken_back(project: Project) -> None:
    before = project.state()
    last = "raise OSError(28, 'No space left on device', target)"
    done = _with_last(project, last)
    assert done.returncode == 2
    assert "package.py: cannot be written: No space left on device" in done.stderr
    assert project.state() == before


def test_an_interrupt_at_the_last_step(project: Project) -> None:
    before = project.state()
    done = _with_last(project, "raise KeyboardInterrupt")
    assert done.returncode == 130
    assert project.state() == before


def test_an_interrupt_after_the_last_step(project: Project) -> None:
    done = _with_last(project, "replace(source, target); raise KeyboardInterrupt")
    assert done.returncode == 130
    assert "interrupted: tool-1.0 is released, and stays so" in done.stderr
    assert project.tags() == ["tool-1.0"]
    assert (project.released / "tool" / "1.0" / "lib-2" / "second").exists()
    assert ".previous" not in " ".join(project.state())


def test_the_last_step_fails_and_the_tag_cannot_be_taken_back(project: Project) -> None:
    hook = project.remote / "hooks" / "update"
    hook.write_text("#!/bin/sh\ncase $3 in 0000*) exit 1;; esac\n")
    hook.chmod(0o755)
    done = _with_last(project, "raise OSError(28, 'No space left on device', target)")
    assert done.returncode == 1
    assert "the tag 'tool-1.0' is there, and has to be removed by hand" in done.stderr
    assert "No space left on device" in done.stderr
    assert not (project.released / "tool" / "1.0" / "lib-2").exists()


def _with_last(project: Project, last: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LAST.format(last=last), "release"],
        cwd=project.source,
        env=project.variables,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_a_tag_that_a_killed_release_left_here_is_pushed(project: Project) -> None:
    project.git("tag", "-a", "-m", "left", "tool-1.0")
    project.release()
    assert project.tags() == ["tool-1.0"]


def test_errors_of_the_repository_can_be_skipped(project: Project) -> None:
    no_push_permission(project)
    dirty(project)
    done = project.release("--skip-repo-errors")
    assert done.stderr.count("this error was skipped: ") == 2
    assert project.tags() == []
    assert (project.released / "tool" / "1.0" / "lib-2" / "second").exists()

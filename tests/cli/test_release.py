"""`rezfast release`: words in, words and exit codes out."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest
from build.projects import PROGRAM
from release.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A package of two variants, committed and pushed."""
    return Project(tmp_path)


def definition(project: Project) -> str:
    return (project.released / "tool" / "1.0" / "package.py").read_text()


def test_a_release_is_built_installed_and_tagged(project: Project) -> None:
    done = project.release("--message", "what is new")
    assert "2 of 2 releases were successful\n" in done.stdout
    where = f"tool-1.0 is in {project.released}, and its source is tagged 'tool-1.0'"
    assert where in done.stdout
    assert "release_message = 'what is new'" in definition(project)
    assert project.git("log", "-1", "--format=%H", "tool-1.0") == project.git("rev-parse", "main")
    assert project.git("for-each-ref", "--format=%(contents)", "refs/tags") == "what is new"
    payload = project.released / "tool" / "1.0" / "lib-2"
    assert sorted(os.listdir(payload)) == ["build.rxt", "first", "second", "variant.json"]
    assert project.run("env", "tool", "lib-2", "--", "printenv", "REZ_TOOL_ROOT").stdout.strip() \
        == str(payload)  # fmt: skip
    # once more: there is nothing to do
    done = project.release()
    assert "0 of 2 releases were successful\n" in done.stdout
    assert done.stderr.count("it is released already") == 2


def test_some_variants_and_arguments_for_the_build_system(project: Project) -> None:
    project.change("sh {root}/build.sh", "echo building")
    done = project.release("-m", "x", "--variants", "1", "--", "--more", "a b")
    assert "\nbuilding --more a b\n" in done.stdout
    assert "lib-1" not in definition(project)


def test_help_tells_what_a_failed_release_leaves(project: Project) -> None:
    done = project.run("release", "--help")
    assert done.returncode == 0
    assert "leaves packages and tags as they were" in " ".join(done.stdout.split())
    assert "release" in project.run("--help").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["extra"], "'extra': it is the package in the current directory that is built"),
        (["--process", "remote"], "--process 'remote': there are central, local"),
        (["--vcs", "cvs"], "--vcs 'cvs': there are git, stub"),
        (["--mesage", "x"], "No such option '--mesage'"),
        (["--ba", "x", "--", "y"], "--build-args and arguments after '--' exclude each other"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(
    words: list[str], message: str, project: Project
) -> None:
    done = project.run("release", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_definition(project: Project) -> None:
    (project.source / "package.py").unlink()
    done = project.run("release")
    assert done.returncode == 2
    assert "no package definition: expected package.py" in done.stderr


def test_no_version_control_no_commit_no_remote(project: Project) -> None:
    place = project.source / ".git"
    place.rename(project.root / "git")
    done = project.run("release")
    assert done.returncode == 1
    assert "make a repository of it, commit and push" in done.stderr
    project.git("init", "-q")
    assert "nothing is committed yet: commit and push" in project.run("release").stderr
    project.commit("first", push=False)
    assert "run git push --set-upstream" in project.run("release").stderr
    assert not (project.released / "tool").exists()


def test_a_message_from_an_editor(project: Project) -> None:
    editor = project.root / "editor"
    editor.write_text('#!/bin/sh\ncp "$1" "$0.seen"\nsed -i "s/<Enter.*/written by hand/" "$1"\n')
    editor.chmod(0o755)
    project.variables |= {"REZ_EDITOR": str(editor), "REZ_PROMPT_RELEASE_MESSAGE": "true"}
    project.release()
    assert "release_message = 'written by hand'" in definition(project)
    assert "    first" in (project.root / "editor.seen").read_text()
    assert list((project.root / "tmp").iterdir()) == []


@pytest.mark.parametrize(("answer", "code"), [("c", 0), ("x\na", 1)])
def test_an_empty_message_is_asked_about(project: Project, answer: str, code: int) -> None:
    project.variables |= {"REZ_EDITOR": "true", "REZ_PROMPT_RELEASE_MESSAGE": "true"}
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [*PROGRAM, "release"],
        cwd=project.source,
        env=project.variables,
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code
    assert "The message is empty. [A]bort or [C]ontinue the release?" in done.stdout
    assert (project.released / "tool").exists() is (code == 0)
    assert project.run("release", "--no-message").returncode == 0
    assert "release_message" not in definition(project)


def test_two_releases_at_once(project: Project) -> None:
    """Of one source tree: one is made, and the other one leaves it alone."""
    project.change("sh {root}/build.sh", "sleep 0.3; sh {root}/build.sh")
    both = [project.start("release") for _ in range(2)]
    assert sorted(one.wait() for one in both) == [0, 1]
    assert project.tags(project.remote) == ["tool-1.0"]
    payload = project.released / "tool" / "1.0"
    for variant in ("lib-1", "lib-2"):
        assert (payload / variant / "second").read_text() == "new\n"
    assert project.run("env", "tool", "lib-2", "--", "true").returncode == 0
    assert [path for path in project.installed(project.released) if path.startswith(".")] == []

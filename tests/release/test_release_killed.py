"""A release that is killed at any instant: what is there is whole, and the next one does the rest.

`REZFAST_KILLS=100 pytest tests/release/test_release_killed.py` kills more often.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import pytest
from release.project import Project

from rezfast.repository import clear_caches
from rezfast.repository.queries import iter_packages

INSTANTS = int(os.environ.get("REZFAST_KILLS", "4"))

BUILD = """
    set -e
    cat "$REZ_BUILD_SOURCE_PATH/content" > "$REZ_BUILD_INSTALL_PATH/first"
    sleep 0.03
    cat "$REZ_BUILD_SOURCE_PATH/content" > "$REZ_BUILD_INSTALL_PATH/second"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "studio", build=BUILD)


def begin(project: Project, is_there: bool) -> None:
    """Nothing is released and tagged, or variant 0 is."""
    shutil.rmtree(project.released / "tool", ignore_errors=True)
    if is_there:
        project.was_released()
    for place in (project.source, project.remote):
        if "tool-1.0" in project.tags(place):
            project._run("git", "-C", str(place), "tag", "-d", "tool-1.0")


def contents(project: Project) -> dict[str, list[str]]:
    """The variants that everybody sees, with what is in both files of their payloads."""
    clear_caches()
    found = {}
    for package in iter_packages("tool", paths=[str(project.released)]):
        for variant in package.iter_variants():
            root = Path(str(variant.root))
            found[root.name] = [(root / name).read_text() for name in ("first", "second")]
    return found


def payloads(project: Project) -> set[str]:
    """The payloads that lie there, seen or not."""
    return {path.name for path in (project.released / "tool").glob("1.0/lib-*")}


def test_killed_at_any_instant(project: Project) -> None:
    begin(project, is_there=False)
    started = time.monotonic()
    project.release()
    takes = time.monotonic() - started
    whole = {"lib-1": ["new\n"] * 2, "lib-2": ["new\n"] * 2}
    assert contents(project) == whole
    chance = random.Random(6)
    outcomes = []
    for instant in range(INSTANTS):
        before = {"lib-1": ["old\n"] * 2} if instant % 2 else {}
        begin(project, is_there=bool(before))
        release = project.start("release")
        time.sleep(chance.uniform(0.1, 1.1) * takes)
        release.kill()
        release.wait()
        project.at_rest()
        found = contents(project)
        assert found in (before, whole)
        assert payloads(project) == set(found)
        is_tagged = "tool-1.0" in project.tags()
        # never a package without its tag; a tag without its package only for a moment
        assert is_tagged or found == before
        outcomes.append((found == whole, is_tagged))
        project.release()
        assert contents(project) == whole
        assert project.tags() == ["tool-1.0"]
        left = {path.name for path in project.released.iterdir()}
        assert left == {"tool", "lib"}
        assert sorted(path.name for path in (project.released / "tool").iterdir()) == ["1.0"]
    print(f"\nof {INSTANTS}: {outcomes.count((True, True))} were done, "
          f"{outcomes.count((False, True))} were tagged only")  # fmt: skip

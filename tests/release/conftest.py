"""Source trees under version control: real git repositories whose remotes are directories."""

from __future__ import annotations

import os
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.repository import clear_caches

Use = Callable[..., None]


class Tree:
    """A working copy with a package in it, and the bare repository that it follows.

    Attributes:
        path: The working copy.
        remote: The repository.
    """

    def __init__(self, root: Path, definition: str) -> None:
        self.remote = root / "remote.git"
        self.path = root / "source"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", self.remote], check=True)
        subprocess.run(["git", "init", "-q", "-b", "main", self.path], check=True)
        self.git("remote", "add", "origin", f"file://{self.remote}")
        self.commit("package.py", textwrap.dedent(definition), "first")
        self.git("push", "-q", "--set-upstream", "origin", "main")

    def git(self, *args: str, at: Path | None = None) -> str:
        """What git says."""
        command = ["git", "-C", str(at or self.path), *args]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, name: str, text: str, message: str) -> str:
        """Commit a file; the commit."""
        (self.path / name).write_text(text)
        self.git("add", name)
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def elsewhere(self, name: str, text: str) -> None:
        """Somebody else commits a file and pushes it."""
        other = self.path.parent / "other"
        if not other.exists():
            self.git("clone", "-q", f"file://{self.remote}", str(other))
        self.git("pull", "-q", at=other)
        (other / name).write_text(text)
        self.git("add", name, at=other)
        self.git("commit", "-q", "-m", f"{name} by somebody else", at=other)
        self.git("push", "-q", at=other)

    def tags(self, at: Path | None = None) -> list[str]:
        """The tags here, or of another repository."""
        return self.git("tag", at=at).split()


@pytest.fixture(autouse=True)
def hermetic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that knows nothing of the machine; a user's home that is empty."""
    for variable in [name for name in os.environ if name.startswith(("REZ_", "GIT_"))]:
        monkeypatch.delenv(variable)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A Developer")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "developer@studio.example")


@pytest.fixture(autouse=True)
def use(hermetic: None, tmp_path: Path) -> Iterator[Use]:
    """Takes settings; without a call, the defaults and a directory to release to."""
    released = tmp_path / "released"

    def take(**overrides: object) -> None:
        given = {"release_packages_path": str(released), **overrides}
        config.use(Settings.from_sources(environ={}, files=[], overrides=given))

    before = config.use(None)
    released.mkdir()
    take()
    clear_caches()
    yield take
    config.use(before)
    clear_caches()


@pytest.fixture
def tree(tmp_path: Path, hermetic: None) -> Tree:
    """A package `foo-1.0` in git, committed and pushed."""
    return Tree(tmp_path, "name = 'foo'\nversion = '1.0'\n")

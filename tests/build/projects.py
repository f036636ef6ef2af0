"""Source trees and a place to install them into, for tests that build for real."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

PROGRAM = [sys.executable, "-c", "import sys; from rezfast.cli import main; sys.exit(main())"]

Finished = subprocess.CompletedProcess[str]


class Workshop:
    """A user with sources, local packages and released packages.

    Attributes:
        root: The directory of all.
        source: The source tree that is built.
        local, released: Where local and released packages are.
        variables: The environment of programs.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = root / "source"
        self.local = root / "local"
        self.released = root / "released"
        for path in (self.source, self.local, self.released, root / "home", root / "tmp"):
            path.mkdir(parents=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REZ")}
        self.variables = {
            **kept,
            "HOME": str(root / "home"),
            "NO_COLOR": "1",
            "REZ_DEFAULT_SHELL": "bash",
            "REZ_PACKAGES_PATH": f"{self.local}:{self.released}",
            "REZ_LOCAL_PACKAGES_PATH": str(self.local),
            "REZ_RELEASE_PACKAGES_PATH": str(self.released),
            "REZ_TMPDIR": str(root / "tmp"),
            "REZ_CONTEXT_TMPDIR": str(root / "tmp"),
        }

    def write(self, definition: str, **files: str) -> None:
        """The source tree: its definition, and files; `__` stands for a dot, `_D_` for a slash."""
        (self.source / "package.py").write_text(textwrap.dedent(definition))
        for name, text in files.items():
            path = self.source / name.replace("_D_", "/").replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def package(self, name: str, version: str, more: str = "", local: bool = False) -> Path:
        """A package that is installed already; gives its directory."""
        place = (self.local if local else self.released) / name / version
        place.mkdir(parents=True)
        text = f"name = {name!r}\nversion = {version!r}\n{textwrap.dedent(more)}"
        (place / "package.py").write_text(text)
        return place

    def run(self, *words: str, **extra: str) -> Finished:
        """Run `rezfast` in the source tree; extra environment variables by keyword."""
        return subprocess.run(
            [*PROGRAM, *words],
            cwd=self.source,
            env={**self.variables, **extra},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def build(self, *words: str, **extra: str) -> Finished:
        """Run `rezfast build`, which has to succeed."""
        done = self.run("build", *words, **extra)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def env(self, *words: str) -> str:
        """What a program writes that `rezfast env` runs; it has to succeed."""
        done = self.run("env", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def installed(self, place: Path | None = None) -> list[str]:
        """All files, directories and links in a repository, those of nobody too."""
        root = place or self.local
        return sorted(str(path.relative_to(root)) for path in root.rglob("*"))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start `rezfast` in the source tree, and wait for nothing."""
        return subprocess.Popen(
            [*PROGRAM, *words],
            cwd=self.source,
            env=self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )

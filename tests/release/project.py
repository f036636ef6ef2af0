"""A package in git, with a remote and a place to release to, for tests that release for real."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from build.projects import PROGRAM, Finished, Workshop

GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Developer",
    "GIT_AUTHOR_EMAIL": "developer@studio.example",
    "GIT_COMMITTER_NAME": "A Developer",
    "GIT_COMMITTER_EMAIL": "developer@studio.example",
}

# a build that installs two files; between the two a payload is half there
TOOL = """
    name = "tool"
    version = "1.0"
    description = "a new description"
    variants = [["lib-1"], ["lib-2"]]
    uuid = "tool of the studio"
    build_command = "sh {root}/build.sh"
"""
BUILD = """
    set -e
    test ! -e "$REZ_BUILD_SOURCE_PATH/fails-$REZ_BUILD_VARIANT_INDEX"
    echo "$REZ_BUILD_TYPE" > "$REZ_BUILD_INSTALL_PATH/first"
    if test -e "$REZ_BUILD_SOURCE_PATH/waits-$REZ_BUILD_VARIANT_INDEX"; then
        echo $$ > "$REZ_BUILD_SOURCE_PATH/waiting"; sleep 60
    fi
    cat "$REZ_BUILD_SOURCE_PATH/content" > "$REZ_BUILD_INSTALL_PATH/second"
"""


class Project(Workshop):
    """A working copy in `source`, and the bare repository `remote` that it follows.

    Attributes:
        remote: That repository.
    """

    def __init__(self, root: Path, definition: str = TOOL, build: str = BUILD) -> None:
        super().__init__(root)
        self.remote = root / "remote.git"
        self.variables |= GIT
        for version in ("1", "2"):
            self.package("lib", version)
        self._run("git", "init", "-q", "--bare", "-b", "main", str(self.remote))
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", f"file://{self.remote}")
        ignored = "build\nfails-*\nwaits-*\nwaiting\n"
        self.write(definition, build__sh=build, content="new\n", __gitignore=ignored)
        self.commit("first", push=False)
        self.git("push", "-q", "--set-upstream", "origin", "main")

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.source, env=self.variables, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def git(self, *words: str) -> str:
        """What git says in the working copy."""
        return self._run("git", *words)

    def commit(self, message: str, push: bool = True) -> None:
        """Commit all changes, and push them."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        if push:
            self.git("push", "-q")

    def change(self, old: str, new: str) -> None:
        """Change the definition, commit and push it."""
        path = self.source / "package.py"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        self.commit(new)

    def configure(self, text: str) -> None:
        """Settings, as a configuration file has them."""
        path = self.root / "rezconfig.py"
        path.write_text(text)
        self.variables["REZ_CONFIG_FILE"] = str(path)

    def hook(self, text: str) -> None:
        """A release hook `studio`, whose methods these are."""
        place = self.root / "plugins" / "rezplugins" / "release_hook"
        place.mkdir(parents=True)
        (place / "__init__.py").touch()
        head = (
            "from rezfast.errors import ReleaseHookCancellingError, ReleaseHookError\n"
            "from rezfast.release.hooks import ReleaseHook\n"
            "class Studio(ReleaseHook):\n"
            "    @classmethod\n"
            "    def name(cls):\n"
            "        return 'studio'\n"
        )
        (place / "studio.py").write_text(
            f"{head}{text}\ndef register_plugin():\n    return Studio\n"
        )
        self.variables["REZ_PLUGIN_PATH"] = str(self.root / "plugins")
        self.variables["REZ_RELEASE_HOOKS"] = "studio"

    def release(self, *words: str) -> Finished:
        """Run `rezfast release`, which has to succeed."""
        done = self.run("release", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def was_released(self) -> Path:
        """Variant 0 is released already, with another description; gives its payload."""
        place = self.package("tool", "1.0", "description = 'old'\nvariants = [['lib-1']]\n")
        payload = place / "lib-1"
        payload.mkdir()
        (payload / "first").write_text("old\n")
        (payload / "second").write_text("old\n")
        (payload / "second").chmod(0o640)
        return payload

    def state(self) -> dict[str, str]:
        """All that a release changes: packages, tags here and at the remote, temporary files."""
        found = {}
        for place in (self.released, self.root / "tmp"):
            for path in sorted(place.rglob("*")):
                text = path.read_text() if path.is_file() else ""
                found[str(path)] = f"{path.lstat().st_mode:o} {text}"
        for where in (self.source, self.remote):
            if where.exists():
                found[f"tags of {where}"] = (
                    self._run("git", "-C", str(where), "show-ref", "--tags")
                    if self.tags(where)
                    else ""
                )
        return found

    def tags(self, where: Path | None = None) -> list[str]:
        """The tags of the remote, or of another repository."""
        return self._run("git", "-C", str(where or self.remote), "tag").split()

    def at_rest(self) -> None:
        """Wait until nobody looks on any more at what was killed."""
        while any(self._is_ours(name) for name in os.listdir("/proc") if name.isdigit()):
            time.sleep(0.01)

    def _is_ours(self, process: str) -> bool:
        try:
            variables = Path(f"/proc/{process}/environ").read_bytes()
        except OSError:
            return False
        return f"REZ_LOCAL_PACKAGES_PATH={self.local}\0".encode() in variables

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start `rezfast` in a process group of its own, and wait for nothing."""
        return subprocess.Popen(
            [*PROGRAM, *words],
            cwd=self.source,
            env=self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

"""A version control system for tests: a file (rez: `rezplugins.release_vcs.stub`).

`.stub` beside the definition is YAML: `tags`, each with the message of its release.
"""

from __future__ import annotations

import os
import time
from typing import Any

import yaml

from rezfast.errors import ReleaseVCSError
from rezfast.release.commands import log
from rezfast.release.vcs import ReleaseVCS

_FILE = ".stub"


class StubReleaseVCS(ReleaseVCS):
    """A source tree with a file `.stub`.

    Attributes:
        time: When this object was made (seconds since the epoch): the revision.
    """

    def __init__(self, pkg_root: str, vcs_root: str | None = None) -> None:
        super().__init__(pkg_root, vcs_root=vcs_root)
        self.time = int(time.time())

    @classmethod
    def name(cls) -> str:
        """`stub`."""
        return "stub"

    @classmethod
    def is_valid_root(cls, path: str) -> bool:
        """Whether there is a `.stub`."""
        return os.path.exists(os.path.join(path, _FILE))

    @classmethod
    def search_parents_for_root(cls) -> bool:
        """False."""
        return False

    def validate_repostate(self) -> None:
        """Nothing can be wrong."""

    def get_current_revision(self) -> int:
        """The time."""
        return self.time

    def get_changelog(
        self, previous_revision: object | None = None, max_revisions: int | None = None
    ) -> str:
        """How long ago the previous release was.

        Args: as for `ReleaseVCS.get_changelog`.
        """
        if not previous_revision:
            return "This is the first commit"
        if isinstance(previous_revision, int):
            return f"This commit was {self.time - previous_revision} seconds after the last"
        return "There is a previous commit from a different vcs"

    def tag_exists(self, tag_name: str) -> bool:
        """Whether the file has the tag.

        Raises:
            ReleaseVCSError: The file cannot be read.
        """
        return tag_name in (self._read().get("tags") or {})

    def create_release_tag(self, tag_name: str, message: str | None = None) -> None:
        """Write the tag into the file, unless it is there.

        Args, errors: as for `ReleaseVCS.create_release_tag`.
        """
        data = self._read()
        tags = data.get("tags") or {}
        if tag_name in tags:
            log.warning("Skipped tag creation, tag '%s' already exists", tag_name)
            return
        log.info("Creating tag '%s'...", tag_name)
        self._write({**data, "tags": {**tags, tag_name: message}})

    def remove_release_tag(self, tag_name: str) -> None:
        """Take the tag out of the file.

        Args, errors: as for `ReleaseVCS.remove_release_tag`.
        """
        data = self._read()
        tags = data.get("tags") or {}
        self._write({**data, "tags": {name: tags[name] for name in tags if name != tag_name}})

    @property
    def _path(self) -> str:
        return os.path.join(self.vcs_root, _FILE)

    def _read(self) -> dict[str, Any]:
        try:
            with open(self._path, encoding="utf-8") as file:
                data = yaml.load(file, Loader=yaml.FullLoader) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            words = " ".join(str(error).split())
            raise ReleaseVCSError(f"{self._path}: cannot be read: {words}") from error
        if not isinstance(data, dict) or not isinstance(data.get("tags") or {}, dict):
            raise ReleaseVCSError(f"{self._path}: expected a mapping with `tags`, a mapping")
        return data

    def _write(self, data: dict[str, Any]) -> None:
        temporary = f"{self._path}.{os.getpid()}"
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                yaml.dump(data, file, default_flow_style=False)
            os.replace(temporary, self._path)
        except OSError as error:
            raise ReleaseVCSError(
                f"{self._path}: cannot be written: {error.strerror or error}"
            ) from error

"""Git Bash, the bash of Git for Windows (rez: `rezplugins.shell.gitbash`)."""

from __future__ import annotations

import re

from rezfast.shell.base import warn
from rezfast.shell.bash import Bash
from rezfast.shell.windows import get_syspaths_from_registry, to_posix_path

_DRIVE = re.compile(r"([A-Za-z]):\\")


class GitBash(Bash):
    """bash with paths of Windows: `C:\\foo` becomes `/C/foo`."""

    pathsep = ":"

    @classmethod
    def executable_name(cls) -> str:
        """`bash`."""
        return "bash"

    @classmethod
    def find_executable(cls, name: str, check_syspaths: bool = False) -> str:
        """As in the base; warns of the bash of the Windows Subsystem for Linux."""
        path = super().find_executable(name, check_syspaths)
        if "system32" in path.lower():
            warn(
                f"{path} looks like the bash of the Windows Subsystem for Linux; put Git's first "
                "on PATH, or set plugins.shell.gitbash.executable_fullpath"
            )
        return path

    @classmethod
    def _find_syspaths(cls) -> list[str]:
        paths = get_syspaths_from_registry() + cls._clean_path()
        return [path for path in dict.fromkeys(paths) if path]

    def _is_itself(self, key: str) -> bool:
        return not self._is_pathed_key(key)

    def normalize_path(self, path: str) -> str:
        """A path with slashes."""
        return to_posix_path(path)

    def normalize_paths(self, value: str) -> str:
        """Several paths; those with a drive are told from the separator, which is the same."""
        return super().normalize_paths(_DRIVE.sub(r"/\1/", value))

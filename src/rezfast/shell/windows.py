"""Paths as Windows and its shells write them (rez: `rezplugins.shell._utils.windows`)."""

from __future__ import annotations

import os
import re
import sys

_DRIVE = re.compile(r"^([A-Za-z]):\\")
_VARIABLE = re.compile("%([^%]*)%")
_KEYS = (
    ("HKEY_LOCAL_MACHINE", r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment"),
    ("HKEY_CURRENT_USER", "Environment"),
)


def to_posix_path(path: str) -> str:
    r"""A path with slashes: `/C/foo` for `C:\foo`. `%X%` is expanded, if the variable is there."""
    path = _VARIABLE.sub(lambda match: os.environ.get(match[1], match[0]), path)
    return _DRIVE.sub(r"/\1/", path).replace("\\", "/")


def to_windows_path(path: str) -> str:
    """A path with backslashes."""
    return path.replace("/", "\\")


def get_syspaths_from_registry() -> list[str]:
    """The search path of the machine, then the user's; empty where there is no registry."""
    paths: list[str] = []
    if sys.platform == "win32":
        import winreg

        for root, name in _KEYS:
            try:
                with winreg.OpenKey(getattr(winreg, root), name) as key:
                    value, _ = winreg.QueryValueEx(key, "Path")
            except OSError:
                continue
            paths += winreg.ExpandEnvironmentStrings(value).split(os.pathsep)
    return [path for path in paths if path]

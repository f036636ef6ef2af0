"""What builds leave, as the tests that compare them with rez's look at it."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

# what says when, how often and by whom
_MOMENTS = {"timestamp", "created", "requested_timestamp", "solve_time", "load_time", "rez_path"}
_MOMENTS |= {"num_loaded_packages", "from_cache", "load_path"}

OWN_VARIABLES = {
    *("REZ_USED", "REZ_USED_TIMESTAMP", "REZ_CONTEXT_FILE", "REZ_RXT_FILE"),
    *("REZ_SHELL_INIT_TIMESTAMP", "REZ_PATH", "_", "SHLVL"),
}
"""Variables that say when, and where the program's own files are."""


def tree(root: Path) -> dict[str, str]:
    """Every file, directory and link: its mode, or where it leads."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if "__pycache__" in name or "/CMakeFiles" in name:
            continue
        mode = f"{stat.S_IMODE(path.lstat().st_mode):o}"
        found[name] = f"-> {os.readlink(path)}" if path.is_symlink() else mode
    return found


def definitions(root: Path) -> dict[str, str]:
    """The texts of all installed definitions, without their moments."""
    files = sorted(root.rglob("package.py"))
    texts = {str(path.relative_to(root)): path.read_text() for path in files}
    return {name: re.sub(r"(?m)^timestamp = \d+$", "", text) for name, text in texts.items()}


def saved_environments(root: Path) -> dict[str, dict[str, Any]]:
    """The contexts of all builds, without their moments."""
    found = {}
    for path in sorted(root.rglob("build.rxt")):
        data = json.loads(path.read_text())
        found[str(path.relative_to(root))] = {
            name: value for name, value in data.items() if name not in _MOMENTS
        }
    return found

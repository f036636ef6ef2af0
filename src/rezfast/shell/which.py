"""Where a program is (rez: `rez.utils.which`)."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def which(program: str, env: Mapping[str, str] | None = None) -> str | None:
    """The path of the first file on `PATH` that can be run; None when there is none.

    Args:
        program: Its name. With a directory in it, it is looked for there and nowhere else.
        env: Environment variables; None: this process's.
    """
    directory, name = os.path.split(program)
    if directory:
        places = [directory]
    else:
        path = (os.environ if env is None else env).get("PATH", os.defpath)
        places = path.split(os.pathsep) if path else []
    for place in places:
        found = os.path.join(os.path.expandvars(place), name)
        if os.access(found, os.X_OK) and os.path.isfile(found):
            return found
    return None

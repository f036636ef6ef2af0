"""What the script `build-env` calls."""

from __future__ import annotations

import json
import sys

from rezfast.build.environment import enter_build
from rezfast.build.systems import get_build_system_class
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import RezError


def enter(text: str, command: list[str]) -> int:
    """Enter a build's environment; gives the exit code of its shell, 2 if there is none.

    Args:
        text: What the script says of the build, as JSON.
        command: What the script was given.
    """
    data = json.loads(text)
    try:
        return enter_build(get_build_system_class(data["build_system"]), data, command)
    except (RezError, OSError) as error:
        print(f"build-env: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    finally:
        context_tmpdirs().clear()

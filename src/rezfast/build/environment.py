"""The environment of a build, entered by hand: the script `build-env` and what it calls.

    build/<variant>/build.rxt     the environment
                    build-env     enters it, with REZ_BUILD_* and pre_build_commands

The script names the Python that wrote it, so that it works from any environment. What it is given
is run in the environment; nothing: a shell.
"""

from __future__ import annotations

import os
import sys

import rezfast
from rezfast.build.system import CONTEXT, Build, BuildType
from rezfast.config import settings, use
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import BuildError
from rezfast.managers import join
from rezfast.repository.developer import get_developer_package
from rezfast.shell import create_shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast.build.system import BuildSystem

SCRIPT = "build-env"
"""The name of the script."""

PROMPT = "BUILD>"
"""What the shell's prompt says."""

_MODE = 0o555
_CODE = (
    "import sys; sys.path.append({place!r}); from rezfast.build.enter import enter; "
    "sys.exit(enter({data!r}, sys.argv[1:]))"
)


def write_script(system: BuildSystem, build: Build) -> str:
    """Write the script that enters a build's environment; gives its path.

    Args:
        system: What builds.
        build: The build; its context has been saved in its directory.

    Raises:
        OSError: It cannot be written.
    """
    path = os.path.join(build.build_path, SCRIPT)
    data = {
        "build_system": system.name(),
        "working_dir": os.path.abspath(system.working_dir),
        "build_path": build.build_path,
        "variant_index": build.variant.index,
        "install": build.install,
        "install_path": build.install_path,
        "build_type": build.build_type.name,
    }
    place = os.path.dirname(os.path.dirname(os.path.abspath(rezfast.__file__)))
    # Deferred: few builds write scripts.
    import json

    code = _CODE.format(place=place, data=json.dumps(data))
    # -E, -P: whatever the environment that it is called from says about Python
    words = [sys.executable, "-E", "-P", "-c", code]
    text = f'#!/bin/sh\nexec {join(words)} "$@"\n'
    staged = f"{path}.new"
    with open(staged, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(staged, _MODE)
    os.replace(staged, path)
    return path


def enter_build(
    system: type[BuildSystem], data: dict[str, Any], command: list[str] | None = None
) -> int:
    """A shell in the environment of a build; gives its exit code when it has ended.

    Args:
        system: What builds.
        data: What the script says.
        command: What to run in it; None or empty: what a user types, or standard input has.

    Raises:
        RezError: The context or the definition cannot be read, or the shell cannot be started.
    """
    context = ResolvedContext.load(os.path.join(data["build_path"], CONTEXT))
    package = get_developer_package(data["working_dir"])
    variant = package.get_variant(data["variant_index"])
    if variant is None:
        raise BuildError(
            f"{package.filepath}: there is no variant {data['variant_index']} any more; "
            "write the scripts again: rezfast build --scripts"
        )
    build = Build(
        context,
        variant,
        data["build_path"],
        data["install_path"],
        data["install"],
        BuildType[data["build_type"]],
    )
    shell = create_shell().name()
    use(settings().override(f"plugins.shell.{shell}.prompt", PROMPT))
    code: int
    code, _, _ = context.execute_shell(
        command=command or None,
        stdin=not command and not sys.stdin.isatty(),
        block=True,
        cwd=build.build_path,
        **system.callbacks(package, build),
    )
    return code

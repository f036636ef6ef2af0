"""Builds source trees with rez or with rezfast: `run_builds.py rez|rezfast DIRECTORY... < options`.

Each is built by a copy of this process, so that what is imported is imported once. Standard input
holds the options, a JSON list; the exit codes are written as another.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable


def _rez(options: list[str]) -> int:
    from rez.cli._entry_points import run_rez_build

    sys.argv = ["rez-build", *options]
    try:
        run_rez_build()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    return 0


def _rezfast(options: list[str]) -> int:
    from rezfast.cli import main

    return main(["build", *options])


_BUILD: dict[str, Callable[[list[str]], int]] = {"rez": _rez, "rezfast": _rezfast}


def _built(program: str, directory: str, options: list[str]) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 99
    try:
        os.chdir(directory)
        # what is said goes into the log, as what the builds say does
        os.dup2(2, 1)
        print(f"---- {directory}", flush=True)
        code = _BUILD[program](options)
    except Exception as error:
        # neither program says more than that it failed
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Build all of them."""
    program, directories = sys.argv[1], sys.argv[2:]
    options = json.load(sys.stdin)
    if program == "rez":
        import rez.build_process
        import rez.build_system
        import rez.cli.build  # noqa: F401
    else:
        import rezfast.cli.build  # noqa: F401
    json.dump([_built(program, directory, options) for directory in directories], sys.stdout)


if __name__ == "__main__":
    main()

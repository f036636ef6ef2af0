"""Reading definitions, tool against tool in one process: `python -m bench.scanning`.

Prints JSON: what was read, and each tool's median seconds for one definition. The tools take turns,
so that whatever else the machine does meets all of them.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import pyrer

import rezfast
from bench.data import definitions, repository

Work = Callable[[], object]

_LONG = 50_000  # characters
_REPEATED = 40  # a definition of that length, so often a pass
_SAMPLE = 100  # rez evaluates every so manieth definition

#: Lines of `commands()` as studios write them; a long definition repeats one kind.
_COMMANDS = {
    "paths": (
        "    env.PATH.append('{root}/bin')\n"
        '    env.PYTHONPATH.prepend("{root}/python")\n'
        "    env.LD_LIBRARY_PATH.append('{root}/lib64')\n"
    ),
    "comments and branches": (
        "    # a comment that explains the following line in some detail\n"
        "    if system.platform == 'linux':\n"
        "        env.LD_LIBRARY_PATH.append('{root}/lib64')\n"
    ),
    "calls": (
        "    for name in ('maya', 'houdini'):\n"
        "        setenv('%s_PLUGIN_PATH' % name.upper(), join('{root}', name, 'plugins'))\n"
    ),
    "f-strings": (
        '    env.PATH.append(f"{this.root}/bin/{system.platform}")\n'
        "    info(f'{this.name} is here')\n"
    ),
    "docstrings and literals": (
        '    """Some lines of text\n    about what it\'s good for.\n    """\n'
        '    x = {"a": [1, 2, 3], "b": (4, 5)}\n'
    ),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=11)
    parser.add_argument("--every", type=int, default=1, help="use every Nth definition")
    options = parser.parse_args()
    paths = [str(path) for _, _, path in definitions(repository())][:: options.every]
    results = [*_repository(paths, options.passes)]
    for kind, lines in _COMMANDS.items():
        results.append(_long(kind, lines, options.passes))
    print(json.dumps({"definitions": len(paths), "results": results}))


def _turns(tools: dict[str, Work], passes: int) -> dict[str, float]:
    """Median seconds of each, after a pass that is not timed."""
    seconds: dict[str, list[float]] = {tool: [] for tool in tools}
    for number in range(passes + 1):
        for tool, work in tools.items():
            gc.collect()
            gc.disable()
            started = perf_counter()
            kept = work()
            elapsed = perf_counter() - started
            gc.enable()
            del kept
            if number:
                seconds[tool].append(elapsed)
    return {tool: median(each) for tool, each in seconds.items()}


def _result(what: str, seconds: dict[str, float], count: dict[str, int] | int) -> dict[str, Any]:
    counts = dict.fromkeys(seconds, count) if isinstance(count, int) else count
    return {
        "what": what,
        "seconds": {tool: elapsed / counts[tool] for tool, elapsed in seconds.items()},
    }


def _repository(paths: list[str], passes: int) -> list[dict[str, Any]]:
    from rez.developer_package import DeveloperPackage

    sources = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            sources.append(file.read())
    sample = paths[:: min(_SAMPLE, len(paths))]
    one, many = pyrer.parse_static_package_py, pyrer.parse_static_packages_py
    scan, scan_files = rezfast.scan, rezfast.scan_files

    def evaluate() -> object:
        packages = [DeveloperPackage.from_path(os.path.dirname(path)) for path in sample]
        return [(one.name, one.version, one.requires, one.variants) for one in packages]

    files: dict[str, Work] = {
        "rez": evaluate,
        "pyrer": lambda: many(paths),
        "rezfast": lambda: scan_files(paths),
    }
    memory: dict[str, Work] = {
        "rez": evaluate,
        "pyrer": lambda: [one(source) for source in sources],
        "rezfast": lambda: [scan(source) for source in sources],
    }
    counts = {"rez": len(sample), "pyrer": len(paths), "rezfast": len(paths)}
    return [
        _result("files of the repository, one call", _turns(files, passes), counts),
        _result("texts of the repository, in memory", _turns(memory, passes), counts),
    ]


def _long(kind: str, lines: str, passes: int) -> dict[str, Any]:
    head = "name = 'foo'\nversion = '1.2'\nrequires = ['bar-1', 'baz-2+<4']\n\ndef commands():\n"
    source = head + lines * (_LONG // len(lines))
    one, scan = pyrer.parse_static_package_py, rezfast.scan
    if one(source) is None or not scan(source):
        raise SystemExit(f"bench: {kind}: a tool does not read this definition")
    tools: dict[str, Work] = {
        "pyrer": lambda: [one(source) for _ in range(_REPEATED)],
        "rezfast": lambda: [scan(source) for _ in range(_REPEATED)],
    }
    return _result(f"50 KB of commands: {kind}", _turns(tools, passes), _REPEATED)


if __name__ == "__main__":
    main()

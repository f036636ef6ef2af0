"""Run the whole comparison, one process a tool and one after the other: `python -m bench`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from bench import cold, machine, report
from bench.data import OUT, ROOT, notable, repository, requests

#: Passes over the requests, untimed and timed. A pass of rez takes minutes and varies little.
_PASSES = {"rez": (0, 1), "pyrer": (1, 3), "rezfast": (2, 15)}
_COLD_PASSES = {"rez": 3, "rezfast env": 15, "rezfast": 15}
_THREADS, _THREAD_PASSES = 2, 25
_SECTIONS = ("warm", "cold", "threads", "scan", "definitions", "building", "micro")


def main() -> int:
    """Measure what the command line asks for and write the report; 1 if an answer was wrong."""
    options = _options()
    OUT.mkdir(parents=True, exist_ok=True)
    repository()
    results: dict[str, Any] = {"machine": machine.describe(), "every": options.quick}
    if "warm" in options.sections:
        results["warm"] = {tool: _warm(tool, options) for tool in options.only}
    if "cold" in options.sections:
        results["cold"] = _cold(options)
    if "threads" in options.sections and "rezfast" in options.only:
        results["threads"] = _threads(options)
    if "scan" in options.sections and set(options.only) == set(_PASSES):
        _say("reading definitions")
        results["scan"] = _child("bench.scanning", f"--every={options.quick}")
    if "definitions" in options.sections and {"rez", "rezfast"} <= set(options.only):
        _say("loading definitions")
        results["definitions"] = _child("bench.definitions")
    if "building" in options.sections and {"rez", "rezfast"} <= set(options.only):
        _say("building (this takes a minute)")
        results["building"] = _child("bench.building", "--json")
    if "micro" in options.sections:
        results["micro"] = _micro(options)
    whole = (
        options.quick == 1
        and set(options.only) == set(_PASSES)
        and set(options.sections) == set(_SECTIONS)
    )
    # A partial run must not replace the figures that README quotes.
    report.write(results, ROOT / "bench" if whole else OUT)
    if whole:
        report.quote(results, ROOT / "README.md")
    return 1 if report.wrong_answers(results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--quick",
        type=int,
        nargs="?",
        const=10,
        default=1,
        metavar="N",
        help="use every Nth request (10 when N is left out)",
    )
    parser.add_argument(
        "--only",
        type=_names(tuple(_PASSES)),
        default=list(_PASSES),
        metavar="TOOL,…",
        help=f"measure these tools only: {','.join(_PASSES)}",
    )
    parser.add_argument(
        "--sections",
        type=_names(_SECTIONS),
        default=list(_SECTIONS),
        metavar="SECTION,…",
        help=f"measure these only: {','.join(_SECTIONS)}",
    )
    return parser.parse_args()


def _names(known: tuple[str, ...]) -> Any:
    def parse(text: str) -> list[str]:
        names = text.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {known}")
        return [name for name in known if name in names]

    return parse


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _child(*arguments: str) -> Any:
    """Run a measuring process of its own and read what it prints."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def _warm(tool: str, options: argparse.Namespace) -> dict[str, Any]:
    _say(f"warm: {tool}" + (" (this takes minutes)" if tool == "rez" else ""))
    untimed, timed = _PASSES[tool]
    result: dict[str, Any] = _child(
        "bench.warm",
        tool,
        f"--every={options.quick}",
        f"--warm-passes={untimed}",
        f"--passes={timed}",
    )
    return result


def _threads(options: argparse.Namespace) -> dict[str, Any]:
    _say(f"threads: {_THREADS} against 1")
    result: dict[str, Any] = _child(
        "bench.warm",
        "rezfast",
        f"--every={options.quick}",
        f"--threads={_THREADS}",
        f"--passes={_THREAD_PASSES}",
    )
    return result


def _cold(options: argparse.Namespace) -> dict[str, Any]:
    chosen = notable(requests())
    results: dict[str, Any] = {"startup": cold.python_startup_seconds(10), "requests": {}}
    for label, request in chosen.items():
        results["requests"][label] = {}
        for tool, passes in _COLD_PASSES.items():
            if tool.partition(" ")[0] in options.only:
                _say(f"cold: {tool}, {label} request")
                measured = cold.measure(tool, request, passes)
                results["requests"][label][tool] = measured
    return results


def _micro(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Run the pytest-benchmark suites of this directory and take their medians."""
    _say("micro-benchmarks")
    written = OUT / "micro.json"
    written.unlink(missing_ok=True)
    subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "bench/test_micro.py", "-q"),
            *(
                f"--benchmark-json={written}",
                "--benchmark-disable-gc",
                "--benchmark-columns=median",
            ),
        ],
        cwd=ROOT,
        env={**os.environ, "BENCH_TOOLS": ",".join(options.only)},
        stdout=sys.stderr,
        check=True,
    )
    measured = json.loads(written.read_text())["benchmarks"]
    return [
        {
            "what": found["group"],
            "tool": found["params"]["tool"],
            "seconds": found["stats"]["median"] / found["extra_info"]["operations"],
        }
        for found in measured
    ]


if __name__ == "__main__":
    sys.exit(main())

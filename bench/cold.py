"""Time a resolve from a cold process, by the command line, and count its file system calls.

What is timed is rez's one command, `rezfast env` for the same, and `rezfast`, which only resolves.

A cold process has nothing of the resolve in memory and no cache of its own on disk; the
operating system's file cache is warm for every tool alike.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.data import Request, repository

#: System calls that ask the file system something. `close`, `lseek` and `ioctl` are not among them.
_FILE_CALLS = re.compile(
    r"(open|openat|openat2|stat|lstat|newfstatat|fstat|statx|access|faccessat2?|readlink|readlinkat"
    r"|getdents|getdents64|read|pread64|readv|getcwd|chdir|execve)$"
)


def _program(name: str) -> str:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def _enter(tool: str, requirements: list[str], tail: list[str]) -> list[str]:
    """The command line that runs something in the environment, with nothing implicit."""
    program = [_program("rez-env")] if tool == "rez" else [_program("rezfast"), "env"]
    paths = str(repository())
    return [*program, "--no-implicit", "--paths", paths, *requirements, "--", *tail]


def _command(tool: str, requirements: list[str]) -> list[str]:
    """The command line that is timed. All are asked for the same, with nothing implicit."""
    if tool == "rezfast":
        return [_program("rezfast"), "resolve", "--path", str(repository()), *requirements]
    return _enter(tool, requirements, ["true"])


def _entered(tool: str, request: Request, env: dict[str, str]) -> bool:
    """Whether an environment of the recorded packages was entered."""
    command = _enter(tool, request.requirements, ["printenv", "REZ_USED_RESOLVE"])
    printed = subprocess.run(command, env=env, capture_output=True, text=True, check=False).stdout
    wanted = {f"{name}-{version}" for name, version, _ in request.recorded.packages}
    return set(printed.split()) == wanted


def _found_by_rezfast(request: Request, env: dict[str, str]) -> bool:
    """Whether `rezfast resolve` printed the recorded packages, in order, with their indices."""
    command = _command("rezfast", request.requirements)
    printed = subprocess.run(command, env=env, capture_output=True, text=True, check=False).stdout
    rows = [line.split("\t")[:3] for line in printed.splitlines()]
    wanted = [
        [name, version, "" if index is None else str(index)]
        for name, version, index in request.recorded.packages
    ]
    return rows == wanted


FOUND: dict[str, Callable[[Request, dict[str, str]], bool]] = {
    "rez": lambda request, env: _entered("rez", request, env),
    "rezfast env": lambda request, env: _entered("rezfast env", request, env),
    "rezfast": _found_by_rezfast,
}


def _clean_environment(home: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("REZ", "PYTHON"))}
    return {**kept, "HOME": home}


def _count_calls(command: list[str], env: dict[str, str]) -> dict[str, int] | None:
    """Calls by name over the command and its children, or None without strace."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    with tempfile.NamedTemporaryFile("r") as summary:
        subprocess.run(
            [strace, "-f", "-c", "-o", summary.name, *command],
            env=env,
            capture_output=True,
            check=False,
        )
        counts = {}
        for line in summary:
            fields = line.split()
            # % time, seconds, usecs/call, calls, [errors,] name
            if len(fields) in (5, 6) and fields[3].isdigit() and fields[-1] != "total":
                counts[fields[-1]] = int(fields[3])
    return counts or None


def measure(tool: str, request: Request, passes: int) -> dict[str, Any]:
    """Wall seconds of each pass, the answer's correctness, and the file system calls of one run."""
    with tempfile.TemporaryDirectory() as home:
        env = _clean_environment(home)
        correct = FOUND[tool](request, env)
        command = _command(tool, request.requirements)
        seconds = []
        for _ in range(passes):
            began = perf_counter()
            subprocess.run(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            seconds.append(perf_counter() - began)
        calls = _count_calls(command, env)
    return {
        "request": request.number,
        "packages": len(request.recorded.packages),
        "correct": correct,
        "seconds": seconds,
        "calls_by_name": calls,
        "file_calls": calls
        and sum(count for name, count in calls.items() if _FILE_CALLS.match(name)),
    }


def python_startup_seconds(passes: int) -> dict[str, float]:
    """Wall seconds of an empty process, and of one that imports click."""
    return {
        label: min(_timed([sys.executable, "-c", code]) for _ in range(passes))
        for label, code in (("python", "pass"), ("python, click imported", "import click"))
    }


def _timed(command: list[str]) -> float:
    began = perf_counter()
    subprocess.run(command, check=True)
    return perf_counter() - began

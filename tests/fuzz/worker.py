"""The process that runs inputs, which `run.py` starts, with the sanitizers and a file to share.

    shared file    count (8 bytes)  length (8 bytes)  the input that runs now
    standard out   one line when it is done: executions, inputs kept

Inputs are changed copies of those that ran through something new, or made by the target's grammar.
When one kills this process, the shared file still has it.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import json
import mmap
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from fuzz.target import Target

HEADER = 16
SHARED_SIZE = 1 << 20
FAILED = 3  # exit code: the target raised, or took too long


def main() -> int:
    """Run one target, as the arguments say; returns the exit code."""
    options = json.loads(sys.argv[1])
    target: Target = importlib.import_module(f"fuzz.{options['target']}").TARGET
    _check_tree(options["tree"])
    worker = Worker(target, options["shared"], options["coverage"])
    corpus = [path.read_bytes() for path in map(Path, options["inputs"])]
    for data in corpus:
        if not worker.run(data):
            return FAILED
    kept = 0
    random = Random(options["seed"])
    end = time.monotonic() + options["seconds"]
    for data in inputs(target, corpus, random):
        if time.monotonic() > end:
            break
        if not worker.run(data):
            return FAILED
        if worker.news:
            corpus.append(data)
            kept += 1
            if options["keep"]:
                name = hashlib.sha256(data).hexdigest()[:16]
                Path(options["keep"], name).write_bytes(data)
    print(json.dumps({"executions": worker.count, "kept": kept}))
    return 0


def _check_tree(tree: str) -> None:
    """Sees to it that what is fuzzed is what was built for that."""
    found = importlib.import_module("rezfast._scan").__file__ or ""
    if tree and not found.startswith(tree):
        sys.exit(f"fuzz: {found} is not the build in {tree}: an editable install comes first")


class Worker:
    """Runs inputs one by one and says what each showed.

    Attributes:
        count: How many have run.
        news: How much the last one ran through that none had before.
    """

    def __init__(self, target: Target, shared: str, coverage: str) -> None:
        self.count = 0
        self.news = 0
        self._target = target
        with open(shared, "r+b") as file:
            self._shared = mmap.mmap(file.fileno(), SHARED_SIZE)
        self._take: Callable[[], int] = lambda: 0
        if coverage:
            self._take = ctypes.CDLL(coverage).rezfast_coverage_take

    def run(self, data: bytes) -> bool:
        """Runs an input. False, with a report on standard error, if something is wrong."""
        self.count += 1
        self._shared[:HEADER] = self.count.to_bytes(8, "little") + len(data).to_bytes(8, "little")
        self._shared[HEADER : HEADER + len(data)] = data
        self._take()  # what Python did since the last one
        try:
            seconds = self._time(data)
            self.news = self._take()
            if seconds > self._target.limit:
                seconds = self._time(data)  # Python may have collected garbage
        except Exception:
            traceback.print_exc()
            return False
        if seconds > self._target.limit:
            print(f"took {seconds:.1f} s, {self._target.limit} s are allowed", file=sys.stderr)
            return False
        return True

    def _time(self, data: bytes) -> float:
        started = time.thread_time()
        self._target.run(data)
        return time.thread_time() - started


def inputs(target: Target, corpus: list[bytes], random: Random) -> Iterator[bytes]:
    """Inputs without end. `corpus` may grow meanwhile."""
    while True:
        if not corpus or random.random() < 0.15:
            data = target.fresh(random)
        elif random.random() < 0.5:
            data = random.choice(corpus)
        else:
            data = random.choice(corpus[-64:])
        for _ in range(random.choice([0, 1, 1, 1, 2, 3, 5])):
            data = mutated(data, target, corpus, random)
        yield data[: target.size]


def mutated(data: bytes, target: Target, corpus: list[bytes], random: Random) -> bytes:
    """The input with one change."""
    at = random.randint(0, len(data))
    to = min(len(data), at + random.choice([1, 1, 2, 4, 8, 40]))
    kind = random.randrange(9)
    if kind < 3:
        return data[:at] + random.choice(target.words) + data[at:]
    if kind == 3:
        return data[:at] + random.choice(target.words) + data[to:]
    if kind == 4:
        return data[:at] + data[to:]
    if kind == 5:
        return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
    if kind == 6:
        return data[:to] + data[at:to] * random.choice([1, 1, 2, 200]) + data[to:]
    if kind == 7:
        lines = data.split(b"\n")
        random.shuffle(lines)
        return b"\n".join(lines)
    other = random.choice(corpus) if corpus else target.fresh(random)
    start = random.randint(0, len(other))
    return data[:at] + other[start : start + random.choice([10, 40, 200])] + data[to:]


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # nothing that a process tears down is of interest

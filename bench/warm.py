"""Time one tool on the requests, packages loaded beforehand. Run as `python -m bench.warm TOOL`.

Writes one JSON object on stdout: seconds of loading, of each pass, of each request in each pass,
the peak memory, and the requests whose answer differs from rez's recorded one.
"""

from __future__ import annotations

import argparse
import json
import resource
import threading
from time import perf_counter
from typing import Any

from bench.data import Request, repository, requests
from bench.tools import TOOLS, Tool

THREAD_ROUNDS = 5


def _one_pass(tool: Tool, chosen: list[Request]) -> tuple[float, list[float], list[Any]]:
    """Seconds in all, seconds of each request, and what each gave."""
    each: list[float] = []
    solved: list[Any] = []
    clock = perf_counter
    began = clock()
    last = began
    for request in chosen:
        solved.append(tool.solve(request.requirements))
        now = clock()
        each.append(now - last)
        last = now
    return last - began, each, solved


def measure(name: str, chosen: list[Request], warm_passes: int, passes: int) -> dict[str, Any]:
    """Load, warm up, check the answers, then time `passes` passes over the requests."""
    began = perf_counter()
    tool = TOOLS[name](repository())
    load_seconds = perf_counter() - began
    for _ in range(warm_passes):
        _one_pass(tool, chosen)
    totals: list[float] = []
    each: list[list[float]] = []
    solved: list[Any] = []
    for _ in range(passes):
        total, seconds, solved = _one_pass(tool, chosen)
        totals.append(total)
        each.append(seconds)
    different = [
        request.number
        for request, found in zip(chosen, solved, strict=True)
        if not tool.answer(found).equals(request.recorded)
    ]
    return {
        "load_seconds": load_seconds,
        "pass_seconds": totals,
        "request_seconds": each,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "requests": [request.number for request in chosen],
        "different": different,
    }


def measure_threads(name: str, chosen: list[Request], threads: int, passes: int) -> dict[str, Any]:
    """Seconds for each of `threads` threads to solve every request several times, all at once.

    Several times, so that the figure is of solving and not of starting and ending threads.
    """
    tool = TOOLS[name](repository())
    _one_pass(tool, chosen)
    seconds: dict[int, list[float]] = {}
    for count in (1, threads):
        seconds[count] = []
        for _ in range(passes):
            gate = threading.Barrier(count + 1)

            def work(gate: threading.Barrier = gate) -> None:
                gate.wait()
                for _ in range(THREAD_ROUNDS):
                    _one_pass(tool, chosen)

            workers = [threading.Thread(target=work) for _ in range(count)]
            for worker in workers:
                worker.start()
            began = perf_counter()
            gate.wait()
            for worker in workers:
                worker.join()
            seconds[count].append((perf_counter() - began) / THREAD_ROUNDS)
    return {"threads": threads, "one": seconds[1], "many": seconds[threads]}


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="bench.warm", description=__doc__)
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("--every", type=int, default=1, help="use every Nth request")
    parser.add_argument("--warm-passes", type=int, default=0, help="passes before timing")
    parser.add_argument("--passes", type=int, default=1, help="passes timed")
    parser.add_argument("--threads", type=int, default=0, help="measure this many threads instead")
    options = parser.parse_args()
    chosen = requests()[:: options.every]
    if options.threads:
        result = measure_threads(options.tool, chosen, options.threads, options.passes)
    else:
        result = measure(options.tool, chosen, options.warm_passes, options.passes)
    print(json.dumps(result))


if __name__ == "__main__":
    main()

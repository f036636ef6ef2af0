"""Results as JSON, a markdown table that README quotes, and one chart."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

_TITLES = {
    "processor": "processor",
    "cores": "cores",
    "memory": "memory",
    "kernel": "kernel",
    "python": "Python",
}


def write(results: dict[str, Any], target: Path) -> None:
    """Write `results.json`, `RESULTS.md` and `chart.png` into `target`; print the tables."""
    text = markdown(results)
    (target / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (target / "RESULTS.md").write_text(text)
    if "warm" in results:
        _chart(results, target / "chart.png")
    print(text)
    print(f"written: {target / 'RESULTS.md'}, results.json, chart.png")


def quote(results: dict[str, Any], readme: Path) -> None:
    """Put the tables between the `bench` markers of a README."""
    before, begin, rest = readme.read_text().partition("<!-- bench:begin -->\n")
    _, end, after = rest.partition("<!-- bench:end -->")
    if not end:
        raise SystemExit(f"bench: {readme} has no <!-- bench:begin --> … <!-- bench:end -->")
    parts = [
        _machine(results["machine"]),
        f"Packages loaded:\n\n{_warm_table(results['warm'])}",
        _threads_line(results["threads"]),
        f"From a cold process, no cache but the operating system's:\n\n"
        f"{_cold_tables(results['cold'])[0]}",
        _building_line(results["building"]),
    ]
    readme.write_text("".join([before, begin, "\n\n".join(parts), "\n", end, after]))


def wrong_answers(results: dict[str, Any]) -> list[str]:
    """Every answer that was not rez's recorded one, in words."""
    wrong = [
        f"{tool}: request {number} (warm)"
        for tool, result in results.get("warm", {}).items()
        for number in result["different"]
    ]
    for label, by_tool in results.get("cold", {}).get("requests", {}).items():
        wrong += [
            f"{tool}: {label} request (cold)" for tool in by_tool if not by_tool[tool]["correct"]
        ]
    return wrong


def markdown(results: dict[str, Any]) -> str:
    """The whole report."""
    parts = ["# Benchmark results", "Written by `make bench`; the figures are in results.json."]
    parts.append(_machine(results["machine"]))
    if results["every"] > 1:
        parts.append(f"Partial run: every {results['every']}th request only.")
    if "warm" in results:
        parts += ["## Packages loaded", _WARM_TEXT, _warm_table(results["warm"])]
        parts.append("![seconds of each request, by tool](chart.png)")
    if "threads" in results:
        parts.append(_threads_line(results["threads"]))
    if "cold" in results:
        parts += ["## From a cold process", _COLD_TEXT, *_cold_tables(results["cold"])]
    if "scan" in results:
        parts += ["## Reading definitions", _SCAN_TEXT, _scan_table(results["scan"])]
    if "definitions" in results:
        table = _definitions_table(results["definitions"])
        parts += ["## Definitions", _DEFINITIONS_TEXT, table]
    if "building" in results:
        parts += ["## Building", _BUILDING_TEXT, _building_table(results["building"])]
    if results.get("micro"):
        parts += ["## Parts", _MICRO_TEXT, _micro_table(results["micro"])]
    wrong = wrong_answers(results)
    if wrong:
        parts.append("**Wrong answers:** " + "; ".join(wrong))
    return "\n\n".join(parts) + "\n"


_WARM_TEXT = (
    "rez's own benchmark (18,226 packages), one process a tool, one after the other. Seconds are "
    "those of one pass over all requests, in which every package's name, version and index is "
    "read. Answers are compared with rez's recorded ones: status, packages, order, variant "
    "indices and, where the tool tells them, the numbers of steps and of failed steps."
)
_COLD_TEXT = (
    "`rez-env --no-implicit --paths REPO … -- true` beside `rezfast env` with the same words, and "
    "`rezfast resolve --path REPO …`, which enters nothing, for three requests chosen by rez's "
    "recorded time. Times rezfast: against `rezfast env`. Medians; no cache but the operating "
    "system's. File system calls are opens, stats, directory reads and reads, of the process and "
    "its children."
)
_SCAN_TEXT = (
    "Median time for one definition, the tools taking turns in one process. rez evaluates every "
    "hundredth one, always from its file; pyrer and rezfast read all of them, files in one call on "
    "all processors, texts one by one."
)
_DEFINITIONS_TEXT = (
    "Loading a whole package, every attribute checked: median time of one definition, the tools "
    "taking turns in one process. Every copy of a definition has a text of its own, so that nobody "
    "remembers it. Compiling all of the text, which running it takes, is Python's part."
)
_BUILDING_TEXT = (
    "`rez-build --clean --install` beside `rezfast build --clean --install`, as programs that take "
    "turns: a package with many variants whose `build_command` does nothing. What is installed has "
    "to have the same names. Medians. Half of what rez takes for small variants is its start."
)
_MICRO_TEXT = "Median time of one operation. A tool without the operation has no figure."


def _machine(described: dict[str, str]) -> str:
    machine = "; ".join(f"{_TITLES[key]} {described[key]}" for key in _TITLES)
    tools = ", ".join(f"{name} {described[name]}" for name in ("rez", "pyrer", "rezfast"))
    return f"Machine: {machine}.\nVersions: {tools}."


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] + ["---:"] * (len(headings) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _seconds(value: float) -> str:
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def _ratio(value: float, base: float | None) -> str:
    if not base:
        return ""
    times = value / base
    return f"{times:,.0f}x" if times >= 10 else f"{times:.2g}x"


def _request_medians(result: dict[str, Any]) -> list[float]:
    """Each request's median over the passes."""
    return [median(passes) for passes in zip(*result["request_seconds"], strict=True)]


def _warm_table(warm: dict[str, Any]) -> str:
    base = min(warm["rezfast"]["pass_seconds"]) if "rezfast" in warm else None
    rows = []
    for tool, result in warm.items():
        each = _request_medians(result)
        count = len(each)
        rows.append(
            [
                tool,
                _seconds(min(result["pass_seconds"])),
                _seconds(median(result["pass_seconds"])),
                _seconds(median(each)),
                _seconds(max(each)),
                "" if tool == "rezfast" else _ratio(min(result["pass_seconds"]), base),
                f"{count - len(result['different'])} / {count}",
                _seconds(result["load_seconds"]),
                f"{result['peak_mib']:,.0f} MiB",
            ]
        )
    headings = [
        "tool",
        "all requests, best pass",
        "median pass",
        "median request",
        "worst request",
        "times rezfast",
        "answers equal",
        "loading",
        "peak memory",
    ]
    return _table(headings, rows)


def _threads_line(threads: dict[str, Any]) -> str:
    one, many, count = min(threads["one"]), min(threads["many"]), threads["threads"]
    return (
        f"Threads: {count} threads that each solve all requests take {_seconds(many)}, one takes "
        f"{_seconds(one)}: {count * one / many:.2f} times the throughput."
    )


def _cold_tables(cold: dict[str, Any]) -> list[str]:
    rows = []
    for label, by_tool in cold["requests"].items():
        # what does the same as rez's command, where it was measured
        ours = next((tool for tool in ("rezfast env", "rezfast") if tool in by_tool), None)
        base = None if ours is None else median(by_tool[ours]["seconds"])
        for tool, result in by_tool.items():
            middle = median(result["seconds"])
            calls = result["file_calls"]
            rows.append(
                [
                    f"{label} ({result['packages']} packages)",
                    tool,
                    _seconds(middle),
                    _seconds(min(result["seconds"])),
                    _ratio(middle, base) if tool == "rez" else "",
                    "strace not installed" if calls is None else f"{calls:,}",
                    "yes" if result["correct"] else "**no**",
                ]
            )
    headings = [
        "request",
        "tool",
        "median",
        "best",
        "times rezfast",
        "file system calls",
        "correct",
    ]
    floor = ", ".join(f"{name}: {_seconds(value)}" for name, value in cold["startup"].items())
    return [_table(headings, rows), f"An empty process, best of ten: {floor}."]


def _scan_table(scan: dict[str, Any]) -> str:
    rows = []
    for found in scan["results"]:
        seconds = found["seconds"]
        base = seconds["rezfast"]
        row = [found["what"]]
        for tool in ("rez", "pyrer"):
            value = seconds.get(tool)
            row.append("" if value is None else f"{_seconds(value)} ({_ratio(value, base)})")
        rows.append([*row, _seconds(base)])
    return _table(["definitions", "rez (times rezfast)", "pyrer (times rezfast)", "rezfast"], rows)


def _definitions_table(definitions: dict[str, Any]) -> str:
    rows = []
    for found in definitions["results"]:
        seconds, ratio = found["seconds"], found["ratio"]
        rows.append(
            [
                f"{found['what']} ({found['definitions']})",
                *(_seconds(seconds[tool]) for tool in ("rez", "rezfast", "compile")),
                f"{ratio['median']:.1f} ({ratio['least']:.1f} to {ratio['most']:.1f})",
            ]
        )
    headings = ["definitions", "rez", "rezfast", "compiling", "rez, times rezfast"]
    return _table(headings, rows)


def _building_table(building: list[dict[str, Any]]) -> str:
    rows = [
        [
            f"{row['variants']}, each needs {row['needs']}",
            f"`{row['command']}`",
            *(_seconds(row[tool]["median"]) for tool in ("rez", "rezfast")),
            f"{row['rez']['median'] / row['rezfast']['median']:.1f}",
        ]
        for row in building
    ]
    return _table(["variants", "build_command", "rez", "rezfast", "rez, times rezfast"], rows)


def _building_line(building: list[dict[str, Any]]) -> str:
    ratios: dict[str, list[float]] = {}
    for row in building:
        ratio = row["rez"]["median"] / row["rezfast"]["median"]
        ratios.setdefault(row["needs"], []).append(ratio)
    found = "; ".join(
        f"{min(several):.1f} to {max(several):.1f} times faster than rez where each needs {needs}"
        for needs, several in ratios.items()
    )
    return f"Building and installing {building[0]['variants']} variants, nothing to do: {found}."


def _micro_table(micro: list[dict[str, Any]]) -> str:
    by_what: dict[str, dict[str, float]] = {}
    for found in micro:
        by_what.setdefault(found["what"], {})[found["tool"]] = found["seconds"]
    rows = []
    for what, by_tool in by_what.items():
        base = by_tool.get("rezfast")
        row = [what]
        for tool in ("rez", "pyrer"):
            value = by_tool.get(tool)
            row.append("" if value is None else f"{_seconds(value)} ({_ratio(value, base) or '-'})")
        rows.append([*row, "" if base is None else _seconds(base)])
    return _table(["operation", "rez (times rezfast)", "pyrer (times rezfast)", "rezfast"], rows)


def _chart(results: dict[str, Any], path: Path) -> None:
    """Each tool's requests from fastest to slowest, on a logarithmic scale."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.5), dpi=130)
    for tool, color in (("rez", "#b3554b"), ("pyrer", "#8a7a3d"), ("rezfast", "#2f6f9f")):
        if tool in results["warm"]:
            each = sorted(_request_medians(results["warm"][tool]))
            share = [100 * (i + 0.5) / len(each) for i in range(len(each))]
            axes.plot(share, each, color=color, linewidth=2)
            axes.annotate(
                f"{tool}\nmedian {_seconds(median(each))}",
                (50, median(each)),
                textcoords="offset points",
                xytext=(-6, 10),
                ha="right",
                color=color,
            )
    axes.set_yscale("log")
    axes.set_xlim(0, 100)
    axes.set_xlabel("requests of rez's benchmark, fastest to slowest (%)")
    axes.set_ylabel("time of one resolve (s)")
    axes.set_title("One resolve, packages loaded")
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)

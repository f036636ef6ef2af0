"""A survey as one page: no script, nothing loaded from elsewhere, light or dark as the reader's."""

from __future__ import annotations

from time import localtime, strftime

import rezfast
from rezfast.batch.charts import bars, columns, shown, stacked_bar
from rezfast.batch.classes import FAST, GROUPS, group_of, meaning
from rezfast.batch.result import HOTTEST
from rezfast.batch.units import count_text, percent_text, size_text, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rezfast.batch.differential import Differential
    from rezfast.batch.figures import Distribution, Example, FamilyFigures
    from rezfast.batch.result import Figure, Survey

_STYLE = """
:root { color-scheme: light dark; --back: #ffffff; --card: #f5f6f8; --text: #1c2430;
  --muted: #5a6472; --line: #d5dae1; --fast: #2c8a57; --slow: #c4821a; --broken: #c23b31;
  --unreadable: #7b8490; --plain: #3a6fb5; }
@media (prefers-color-scheme: dark) { :root { --back: #14181e; --card: #1d232b; --text: #e6eaf0;
  --muted: #9ba6b4; --line: #343c47; --fast: #4fb57e; --slow: #dca548; --broken: #e8685e;
  --unreadable: #8f99a6; --plain: #6ea2e6; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 3rem; max-width: 60rem; background: var(--back);
  color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: .95rem; margin: 1.25rem 0 .5rem; font-weight: 600; }
p { margin: .4rem 0; } .muted { color: var(--muted); fill: var(--muted); }
.warning { border-left: 4px solid var(--slow); padding: .4rem .8rem; background: var(--card); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem;
  margin: 1.25rem 0; }
.tile { background: var(--card); border-radius: 8px; padding: .7rem .9rem; }
.tile b { display: block; font-size: 1.45rem; font-weight: 650; }
svg { display: block; width: 100%; height: auto; font: 12.5px system-ui, sans-serif;
  overflow: visible; } svg text { fill: var(--text); } svg text.muted { fill: var(--muted); }
.end { text-anchor: end; } .middle { text-anchor: middle; } .axis { stroke: var(--line); }
rect.fast { fill: var(--fast); } rect.slow { fill: var(--slow); }
rect.broken { fill: var(--broken); } rect.unreadable { fill: var(--unreadable); }
rect.plain { fill: var(--plain); }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; }
th, td { padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; } .number { text-align: right; white-space: nowrap; }
td:first-child > code { white-space: nowrap; }
code { font: 12.5px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
ul { margin: .2rem 0; padding-left: 1.1rem; } footer { margin-top: 2.5rem; }
"""

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
"""


def html_page(survey: Survey) -> str:
    """The page, complete in itself. Text from files and their names is escaped."""
    paths = ", ".join(place.path for place in survey.places)
    parts = [
        _HEAD.format(title=shown(f"Survey of {paths}"), style=_STYLE),
        *_summary(survey, paths),
        *_classes(survey),
    ]
    if survey.differential is not None:
        parts += _differential(survey.differential)
    parts += [
        *_distribution("Sizes", survey.sizes, size_text),
        *_distribution("Scan times", survey.times, time_text),
        *_families(survey),
        *_passed_over(survey),
        f'<footer class="muted">rezfast {shown(rezfast.__version__)}, '
        f"{strftime('%Y-%m-%d %H:%M', localtime())}</footer>\n</body>\n</html>",
    ]
    return "\n".join(parts) + "\n"


def _summary(survey: Survey, paths: str) -> list[str]:
    parts = [
        "<h1>Package definitions</h1>",
        f'<p class="muted"><code>{shown(paths)}</code>, {survey.view} view</p>',
    ]
    if not survey.complete:
        parts.append(
            '<p class="warning">The survey was interrupted: this is what it had found by then.</p>'
        )
    tiles = [
        (percent_text(survey.percent(survey.fast)), "fast"),
        (f"{survey.definitions:,}", "definitions"),
        (f"{len(survey.families):,}", "families"),
        (size_text(sum(survey.sizes.values)), "read"),
        (f"{survey.seconds:.2f} s", "for the survey"),
    ]
    parts.append('<div class="tiles">')
    parts += [f'<div class="tile"><b>{shown(big)}</b>{small}</div>' for big, small in tiles]
    parts.append("</div>")
    return parts


def _classes(survey: Survey) -> list[str]:
    counts = dict.fromkeys(GROUPS, 0)
    counts["fast"] = survey.fast
    ranked = survey.ranked_classes()
    for code, found in ranked:
        counts[group_of(code)] += found.count
    parts = ["<h2>Classes</h2>"]
    if survey.definitions:
        parts.append(stacked_bar("Definitions by group", [(g, n, g) for g, n in counts.items()]))
    used = [(group, words) for group, words in GROUPS.items() if counts[group]]
    parts.append(f'<p class="muted">{shown("; ".join(f"{g}: {words}" for g, words in used))}</p>')
    if ranked:
        parts.append("<h3>What is not fast</h3>")
        rows = [
            (code, found.count, _share(survey, found.count), group_of(code))
            for code, found in ranked
        ]
        parts.append(bars("Definitions of each class that is not fast", rows))
    table = [_class_row(survey, FAST, survey.fast, [])]
    table += [_class_row(survey, code, found.count, found.examples) for code, found in ranked]
    parts.append("<h3>Class by class</h3>")
    parts.append(_table(("class", "#definitions", "#share", "a definition of it…"), table))
    return parts


def _share(survey: Survey, count: int) -> str:
    return f"{count:,}, {percent_text(survey.percent(count))}"


def _class_row(
    survey: Survey, code: str, count: int, examples: Sequence[Example]
) -> tuple[str, ...]:
    return (
        f"<code>{shown(code)}</code>",
        f"{count:,}",
        percent_text(survey.percent(count)).replace("<", "&lt;"),
        f"{shown(meaning(code))}{_examples(examples)}",
    )


def _examples(examples: Iterable[object]) -> str:
    items = "".join([f"<li><code>{shown(example)}</code></li>" for example in examples])
    return f"<ul>{items}</ul>" if items else ""


def _distribution(heading: str, found: Distribution, text: Callable[[float], str]) -> list[str]:
    values = found.summary()
    if not values["count"]:
        return []
    median, most, last, largest = (text(values[key]) for key in ("p50", "p90", "p99", "max"))
    bins = [(text(low), text(high), count) for low, high, count in found.bins()]
    return [
        f"<h2>{heading}</h2>",
        columns(f"{heading}: how many definitions", bins, "plain"),
        f"<p>Half up to {median}, 90 % up to {most}, 99 % up to {last}. "
        f"The most is {largest}: <code>{shown(values['largest'])}</code></p>",
    ]


def _families(survey: Survey) -> list[str]:
    kinds: dict[Figure, tuple[str, Callable[[FamilyFigures], str]]] = {
        "definitions": ("plain", lambda x: f"{x.definitions:,}"),
        "nanoseconds": ("plain", lambda x: time_text(x.nanoseconds)),
        "refused": ("slow", lambda x: f"{x.refused:,} of {x.definitions:,}"),
    }
    parts = []
    for figure, heading in HOTTEST.items():
        style, text = kinds[figure]
        found = survey.hottest(figure)
        if found:
            rows = [(name, getattr(x, figure), text(x), style) for name, x in found]
            parts += [f"<h3>{heading.capitalize()}</h3>", bars(f"Families: {heading}", rows)]
    return ["<h2>Hottest families</h2>", *parts] if parts else []


def _passed_over(survey: Survey) -> list[str]:
    if not survey.passed_over:
        return []
    rows = [
        (shown(why), f"{found.count:,}", _examples(found.examples))
        for why, found in sorted(survey.passed_over.items())
    ]
    return ["<h2>Passed over, no packages</h2>", _table(("why", "#directories", "such as"), rows)]


def _differential(found: Differential) -> list[str]:
    differences = count_text(len(found.differences), "difference", "differences")
    compared = count_text(found.compared, "accepted definition", "accepted definitions")
    by = shown(" and ".join(found.evaluators))
    parts = [
        "<h2>Scanned against evaluated</h2>",
        f"<p>{differences} in {compared}, evaluated by {by}.</p>",
    ]
    if found.differences:
        rows = [
            tuple(
                f"<code>{shown(text)}</code>"
                for text in (x.path, x.field, repr(x.scanned), f"{x.evaluator}: {x.evaluated!r}")
            )
            for x in found.differences
        ]
        parts.append(_table(("definition", "field", "scanned", "evaluated"), rows))
    if found.broken_bodies:
        parts.append("<h3>Function bodies that do not compile</h3>")
        parts.append(_examples(found.broken_bodies))
    return parts


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; `#` marks a column of numbers."""
    styles = [' class="number"' if heading[0] == "#" else "" for heading in headings]
    head = "".join(
        [f"<th{s}>{shown(h.lstrip('#'))}</th>" for h, s in zip(headings, styles, strict=True)]
    )
    lines = ["<table>", f"<tr>{head}</tr>"]
    for row in rows:
        cells = "".join([f"<td{s}>{cell}</td>" for cell, s in zip(row, styles, strict=True)])
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</table>"])

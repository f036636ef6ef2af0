"""A survey as text for people."""

from __future__ import annotations

from rezfast.batch.classes import FAST, meaning
from rezfast.batch.result import HOTTEST
from rezfast.batch.units import count_text, one_line, percent_text, size_text, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rezfast.batch.differential import Differential
    from rezfast.batch.figures import Distribution, Example, FamilyFigures
    from rezfast.batch.result import Figure, Survey

_BAR = 40  # the longest bar, in characters
_FAMILIES = 5


def report(survey: Survey, *, bold: bool) -> str:
    """The whole survey. `bold`: headings stand out, by a terminal's escape codes."""
    sections = [
        _head(survey),
        _classes(survey),
        _passed_over(survey),
        _distribution("size", survey.sizes, size_text),
        _distribution("scan time", survey.times, time_text),
        _hottest(survey),
    ]
    if survey.differential is not None:
        sections.append(_differential(survey.differential))
    lines: list[str] = []
    for section in filter(None, sections):
        if lines:
            lines.append("")
        lines.extend([f"\x1b[1m{section[0]}\x1b[0m" if bold else section[0], *section[1:]])
    return "\n".join(lines) + "\n"


def fitting(text: str, encoding: str | None) -> str:
    """The text, with what an encoding has no character for written in another way."""
    try:
        text.encode(encoding or "utf-8", "surrogateescape")
    except UnicodeEncodeError:
        text = text.replace("µs", "us")
        return text.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
    return text


def _head(survey: Survey) -> list[str]:
    share = percent_text(survey.percent(survey.fast))
    definitions = count_text(survey.definitions, "definition", "definitions")
    families = count_text(len(survey.families), "family", "families")
    found = f"{share} fast: {survey.fast:,} of {definitions} in {families}"
    if not survey.complete:
        found = f"interrupted, so far {found}"
    rate = ""
    if survey.seconds > 0 and survey.sizes.values:
        rate = f", {len(survey.sizes.values) / survey.seconds:,.0f} a second"
    lines = [found, f"  {survey.view} view, {survey.seconds:.2f} s{rate}"]
    lines += [f"  {one_line(place.path)} ({place.kind})" for place in survey.places]
    return lines


def _classes(survey: Survey) -> list[str]:
    rows: list[tuple[str, int, Sequence[Example]]] = [(FAST, survey.fast, [])]
    rows += [(code, found.count, found.examples) for code, found in survey.ranked_classes()]
    width = max(len(code) for code, _, _ in rows)
    lines = ["classes"]
    for code, count, examples in rows:
        share = percent_text(survey.percent(count))
        lines.append(f"  {code:{width}} {count:>9,} {share:>8}  {meaning(code)}")
        lines += _examples(examples)
    return lines


def _examples(examples: Sequence[Example]) -> list[str]:
    return [f"      {one_line(str(example))}" for example in examples]


def _passed_over(survey: Survey) -> list[str]:
    if not survey.passed_over:
        return []
    lines = ["passed over, no packages"]
    for why, found in sorted(survey.passed_over.items()):
        lines += [f"  {why}: {found.count:,}", *_examples(found.examples)]
    return lines


def _distribution(name: str, found: Distribution, text: Callable[[float], str]) -> list[str]:
    values = found.summary()
    if not values["count"]:
        return []
    median, most, last = (text(values[key]) for key in ("p50", "p90", "p99"))
    lines = [
        f"{name}: half up to {median}, 90 % up to {most}, 99 % up to {last}",
        f"  most: {text(values['max'])}, {one_line(values['largest'])}",
        f"  in all: {text(values['total'])}",
    ]
    bins = found.bins()
    highest = max(count for _, _, count in bins)
    for low, high, count in bins:
        bar = "#" * -(-count * _BAR // highest)
        lines.append(f"  {text(low):>8} to {text(high):<8} {count:>9,}  {bar}".rstrip())
    return lines


def _hottest(survey: Survey) -> list[str]:
    shown: dict[Figure, Callable[[FamilyFigures], str]] = {
        "definitions": lambda figures: f"{figures.definitions:,}",
        "nanoseconds": lambda figures: time_text(figures.nanoseconds),
        "refused": lambda figures: f"{figures.refused:,} of {figures.definitions:,}",
    }
    lines = []
    for figure, heading in HOTTEST.items():
        rows = survey.hottest(figure, _FAMILIES)
        if rows:
            listed = ", ".join(f"{name} {shown[figure](figures)}" for name, figures in rows)
            lines.append(f"  {heading}: {one_line(listed)}")
    return ["families", *lines] if lines else []


def _differential(found: Differential) -> list[str]:
    differences = count_text(len(found.differences), "difference", "differences")
    compared = count_text(found.compared, "accepted definition", "accepted definitions")
    by = " and ".join(found.evaluators)
    lines = [f"differential: {differences} in {compared}, evaluated by {by}, {found.seconds:.1f} s"]
    if len(found.evaluators) == 1:
        lines.append("  rez cannot be imported here: nothing was compared with it")
    for x in found.differences:
        lines += [
            f"  {one_line(x.path)}: {x.field}",
            f"      scanned:   {x.scanned!r}",
            f"      {x.evaluator}: {x.evaluated!r}",
        ]
    if found.broken_bodies:
        lines.append(f"  function bodies that do not compile: {len(found.broken_bodies):,}")
        lines += _examples(found.broken_bodies)
    return lines

"""Charts as SVG text, to stand in a page. Colours come from the page's style: see `page`."""

from __future__ import annotations

from html import escape

from rezfast.batch.units import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Part = tuple[str, int, str]  # label, value, style class
    Row = tuple[str, int, str, str]  # label, value, its text, style class
    Column = tuple[str, str, int]  # from, below, count

_WIDTH = 720
_ROW = 26  # height of a bar with its gap
_LABEL = 190  # where bars begin
_VALUE = 110  # room for the value after the longest bar
_PLOT = 150  # height of the columns
_LABEL_CHARACTERS = 26
_COLUMN_LABELS = 8  # as many as fit under the columns without running into each other


def shown(text: object) -> str:
    """Any text as the content of an element or of a quoted attribute."""
    return escape(one_line(str(text)), quote=True)


def stacked_bar(title: str, parts: Sequence[Part]) -> str:
    """One bar of several parts, with a legend. Parts of nothing are left out."""
    parts = [part for part in parts if part[1]]
    total = sum(value for _, value, _ in parts)
    body, x = [], 0.0
    for label, value, style in parts:
        width = value * _WIDTH / total
        body.append(
            f'<rect class="{style}" x="{x:.2f}" y="0" width="{max(width, 0.5):.2f}" height="34">'
            f"<title>{shown(label)}: {value:,}</title></rect>"
        )
        x += width
    x = 0
    for label, value, style in parts:
        body.append(f'<rect class="{style}" x="{x:.0f}" y="47" width="12" height="12" rx="2"/>')
        body.append(f'<text x="{x + 18:.0f}" y="57">{shown(label)} {value:,}</text>')
        x += 180
    return _svg(title, 64, body)


def bars(title: str, rows: Sequence[Row]) -> str:
    """A bar for each row, one under the other."""
    highest = max((value for _, value, _, _ in rows), default=0) or 1
    room = _WIDTH - _LABEL - _VALUE
    body = []
    for index, (label, value, text, style) in enumerate(rows):
        y = index * _ROW
        width = max(value * room / highest, 1)
        beyond = _LABEL + width + 8
        body.append(
            f"<g><title>{shown(label)}: {shown(text)}</title>"
            f'<text class="end" x="{_LABEL - 10}" y="{y + 17}">{shown(_short(label))}</text>'
            f'<rect class="{style}" x="{_LABEL}" y="{y + 4}" width="{width:.2f}" height="18"/>'
            f'<text class="muted" x="{beyond:.2f}" y="{y + 17}">{shown(text)}</text></g>'
        )
    return _svg(title, max(len(rows), 1) * _ROW + 2, body)


def columns(title: str, bins: Sequence[Column], style: str) -> str:
    """A histogram: a column for each bin, with where it begins written below."""
    highest = max((count for _, _, count in bins), default=0) or 1
    step = _WIDTH / max(len(bins), 1)
    every = -(-len(bins) // _COLUMN_LABELS)
    body = [f'<line class="axis" x1="0" y1="{_PLOT + 20}" x2="{_WIDTH}" y2="{_PLOT + 20}"/>']
    for index, (low, high, count) in enumerate(bins):
        height = max(count * _PLOT / highest, 1.5) if count else 0
        x = index * step
        body.append(
            f"<g><title>{shown(low)} to {shown(high)}: {count:,}</title>"
            f'<rect class="{style}" x="{x + 2:.2f}" y="{_PLOT + 20 - height:.2f}" '
            f'width="{max(step - 4, 1):.2f}" height="{height:.2f}"/>'
        )
        if count and step > 48:
            body.append(
                f'<text class="muted middle" x="{x + step / 2:.2f}" '
                f'y="{_PLOT + 14 - height:.2f}">{count:,}</text>'
            )
        if index % every == 0:
            body.append(f'<text x="{x + 2:.2f}" y="{_PLOT + 38}">{shown(low)}</text>')
        body.append("</g>")
    return _svg(title, _PLOT + 44, body)


def _svg(title: str, height: int, body: Sequence[str]) -> str:
    return (
        f'<svg role="img" aria-label="{shown(title)}" viewBox="0 0 {_WIDTH} {height}">'
        f"{''.join(body)}</svg>"
    )


def _short(label: str) -> str:
    if len(label) <= _LABEL_CHARACTERS:
        return label
    return label[: _LABEL_CHARACTERS - 1] + "…"

"""Numbers as people read them: sizes, times, percentages; and names that can be shown."""

from __future__ import annotations

_SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))
_TIMES = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"))


def size_text(count: float) -> str:
    """Bytes, in powers of 1024: `276 B`, `4.0 KB`."""
    return _scaled(count, _SIZES, "B")


def time_text(nanoseconds: float) -> str:
    """Nanoseconds: `850 ns`, `9.8 µs`, `1.2 s`."""
    return _scaled(nanoseconds, _TIMES, "ns")


def percent_text(percent: float) -> str:
    """A percentage: never rounded up to 100 or down to 0."""
    if 99.9 < percent < 100:
        return "99.9 %"
    if 0 < percent < 0.1:
        return "<0.1 %"
    return f"{percent:.1f} %"


def count_text(count: int, one: str, many: str) -> str:
    """A count with its noun: `1 file`, `18,226 files`."""
    return f"{count:,} {one if count == 1 else many}"


def one_line(text: str) -> str:
    """A text that may hold any character of a file name, on one line and without control codes."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    # half a character is a byte of a name that is no text here: it is kept as it is
    if character.isprintable() or "\ud800" <= character <= "\udfff":
        return character
    return character.encode("unicode_escape").decode("ascii")


def _scaled(value: float, units: tuple[tuple[int, str], ...], smallest: str) -> str:
    for unit, name in units:
        if value >= unit:
            scaled = value / unit
            return f"{scaled:.0f} {name}" if scaled >= 100 else f"{scaled:.1f} {name}"
    return f"{value:.0f} {smallest}"

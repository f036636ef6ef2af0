"""A body's text without its indentation."""

from __future__ import annotations


def aligned(text: str) -> str:
    """The text without the indentation that its lines share, and without blank lines at its end.

    Comments at the left edge are moved to where the line after them starts.
    """
    from textwrap import dedent  # what it imports takes longer than a small build

    text = dedent(text)
    if text[:1] != "#" and "\n#" not in text:
        return text.rstrip()
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if line.startswith("#"):
            following = next((other for other in lines[index + 1 :] if other[:1] != "#"), "")
            lines[index] = following[: len(following) - len(following.lstrip())] + line
    return dedent("\n".join(lines).rstrip())

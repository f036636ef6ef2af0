"""Where in a file a setting stands, for messages."""

from __future__ import annotations

from rezfast.config.sources import DEFAULT, OVERRIDES, read_text
from rezfast.errors import ConfigurationError


def place(where: str, name: str) -> str:
    """A source, with the line of a setting in it when it is a file that names it on one line only.

    Args:
        where: Path of a config file, or another source, which stays as it is.
        name: A setting; of a plugin's, dotted, the last part is looked for.
    """
    if where in (DEFAULT, OVERRIDES) or where.startswith("$"):
        return where
    # deferred: it is for mistakes
    import re

    key = re.escape(name.rpartition(".")[2])
    pattern = re.compile(rf"""[^#]*?(?<![\w.])["']?{key}["']?\s*(:|=(?!=))""")
    try:
        text = read_text(where) or ""
    except ConfigurationError:
        text = ""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)]
    return f"{where}:{lines[0]}" if len(lines) == 1 else where

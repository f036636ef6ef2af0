"""Commands that are lists of shell lines, as before rez 2, turned into code."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping

from rezfast.config import settings

_EXPANSIONS = {
    "!VERSION!": "{version}",
    "!MAJOR_VERSION!": "{version.major}",
    "!MINOR_VERSION!": "{version.minor}",
    "!BASE!": "{base}",
    "!ROOT!": "{root}",
    "!USER!": "{system.user}",
}

_QUOTED = re.compile(r'(?<!\\)"(.*?)(?<!\\)"')
_ALIAS = re.compile("alias (?P<name>.*?)=(?P<value>.*)")


def convert_old_commands(commands: Iterable[str], separators: Mapping[str, str]) -> str:
    """Rex code that does what the lines did; each comes with a comment that quotes it.

    Args:
        commands: Lines for a Bourne shell; those that are not understood are run as they are.
        separators: What stands between the entries of a variable, where it is not a colon.
    """
    code = []
    for command in commands:
        code.append(f"comment({_literal('OLD COMMAND: ' + command)})")
        for old, new in _EXPANSIONS.items():
            command = command.replace(old, new)
        try:
            code.append(_converted(command, separators))
        except (IndexError, ValueError):
            code.append(f"command({_literal(command)})")
    return "\n".join(code)


def tell_of_old_commands(name: str, uri: str, lines: Iterable[str], code: str) -> None:
    """Say on stderr that a package has such commands, and what became of them.

    The first is a warning (`warn_old_commands`), the second for debugging (`debug_old_commands`).

    Args:
        name: The attribute that they are.
        uri: The package.
        lines: The lines.
        code: What they are as rex code.
    """
    said = ""
    if settings().warn("old_commands"):
        said = f"rezfast: warning: {uri}: {name} is a list of shell commands, as before rez 2\n"
    if settings().debug("old_commands"):
        both = [f"  {line}" for line in ("old:", *lines, "new:", *code.splitlines())]
        said += "\n".join([f"rezfast: debug: {name} of {uri}", *both, ""])
    if sys.stderr is not None:
        sys.stderr.write(said)


def _converted(command: str, separators: Mapping[str, str]) -> str:
    """One line as rex code. Raises IndexError or ValueError when it is not understood."""
    words = command.split()
    if words[0] == "export":
        name, value = command.split(" ", 1)[1].split("=", 1)
        return _export(name, value, separators.get(name, ":"))
    if words[0].startswith("#"):
        return f"comment({_literal(' '.join(words[1:]))})"
    if words[0] == "alias":
        found = _ALIAS.search(command)
        if found is None:
            raise ValueError(command)
        value = _unquoted(found["value"].strip())
        return f"alias('{found['name'].strip()}', {_literal(value)})"
    return f"command({_literal(command)})"


def _export(name: str, value: str, separator: str) -> str:
    value = _unquoted(value)
    if name == "CMAKE_MODULE_PATH":
        for quote in "'\"":
            value = value.replace(f"{quote}{separator}{quote}", separator)
        value = value.replace(":", separator)
    entries = [entry for entry in value.split(separator) if entry]
    if len(entries) > 1:
        itself = [entry for entry in (f"${name}", f"${{{name}}}") if entry in entries]
        place = entries.index(itself[0]) if itself else None
        if place == 0:
            return f"appendenv('{name}', {_literal(separator.join(entries[1:]))})"
        if place == len(entries) - 1:
            return f"prependenv('{name}', {_literal(separator.join(entries[:-1]))})"
    return f"setenv('{name}', {_literal(value)})"


def _unquoted(text: str) -> str:
    for quote in "\"'":
        if text.startswith(quote) and text.endswith(quote):
            return text[1:-1]
    return text


def _literal(text: str) -> str:
    """A Python literal of the text, with `\\"` as `"` except between quotes."""
    parts = []
    end = 0
    for found in _QUOTED.finditer(text):
        parts += [text[end : found.start()].replace('\\"', '"'), found.group()]
        end = found.end()
    return repr("".join(parts) + text[end:].replace('\\"', '"'))

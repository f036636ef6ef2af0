"""Text as shells take it: references to variables, words, what a command line is made of."""

from __future__ import annotations

from rezfast.errors import RexError
from rezfast.patterns import pattern
from rezfast.rex.strings import EscapedString

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from re import Pattern

NAME = "[A-Za-z_][A-Za-z0-9_]*"

# `$X` and `${X}`: all that expandable text may refer to.
REFERENCE = pattern(rf"\$\{{({NAME})\}}|\$({NAME})")

# What sh can make of a variable without running anything: `${X:-there is none}`, `${X%/*}`.
SH_REFERENCE = pattern(
    rf"\$\{{({NAME})(?:(?::?[-+=]|%%?|##?|//?)[^${{}}`\"'\\!\n]*)?\}}|\$({NAME})"
)

# Inside double quotes on a command line, what would end them or mean something in them.
_SH_SPECIAL = pattern(r"""\\(?=[$`"\\\n]|\Z)|\$(?=[^\s"'])|["`]""")

# Words that rez leaves as they are on a command line; but a backtick means something everywhere,
# and so does `=ls` to zsh.
_PLAIN_WORD = pattern(r"(?!=)[\w@%+=:,./-]+")
_PLAIN_KEY = pattern(r"[\w@%+=:,./${}-]+")
_PLAIN_NAME = pattern(r"[\w@%+:,./][\w@%+:,./-]*")


def parts(text: str, references: Pattern[str] = REFERENCE) -> Iterator[tuple[str | None, str]]:
    """The pieces of expandable text, in order.

    Args:
        text: The text.
        references: What a reference looks like; its first group that takes part is the name.

    Yields:
        The variable's name and the reference as it was written, or None and other text.
    """
    if "$" not in text:
        yield None, text
        return
    simple = _simple_parts(text) if references in (REFERENCE, SH_REFERENCE) else None
    if simple is not None:
        yield from simple
        return
    end = 0
    for match in references.finditer(text):
        if match.start() > end:
            yield None, text[end : match.start()]
        yield match[match.lastindex or 0], match[0]
        end = match.end()
    if end < len(text) or not text:
        yield None, text[end:]


def _simple_parts(text: str) -> list[tuple[str | None, str]] | None:
    """As `parts`, if all references are as `${X}`: nearly always, and no pattern is needed."""
    found: list[tuple[str | None, str]] = []
    end = 0
    start = text.find("$")
    while start >= 0:
        close = text.find("}", start)
        name = text[start + 2 : close]
        if not (text.startswith("${", start) and close >= 0):
            return None
        if not (name.isascii() and name.isidentifier()):
            return None
        if start > end:
            found.append((None, text[end:start]))
        end = close + 1
        found.append((name, text[start:end]))
        start = text.find("$", end)
    if end < len(text):
        found.append((None, text[end:]))
    return found


def single_quoted(text: str) -> str:
    """Text in single quotes, as sh and csh read them; a quote in it stands in double ones."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def is_plain_word(text: str) -> bool:
    """Whether a word means itself on the command line of every shell."""
    # nearly always: nothing but these, which needs no pattern
    return (text.isascii() and text.isidentifier()) or _PLAIN_WORD.fullmatch(text) is not None


def word(text: str) -> str:
    """Text as one word of a command line, taken as it is."""
    return text if is_plain_word(text) else single_quoted(text)


def sh_word(text: str, *, braces: bool = False) -> str:
    """A word of sh's command line in double quotes, as rez writes it: references are expanded.

    Args:
        text: The word.
        braces: Whether to write `$X` as `${X}`.
    """
    pieces = [
        (f"${{{name}}}" if braces and not piece.startswith("${") else piece)
        if name
        else _SH_SPECIAL.sub(lambda m: '"\'"\'"' if m[0] == '"' else "\\" + m[0], piece)
        for name, piece in parts(text, SH_REFERENCE)
    ]
    return f'"{"".join(pieces)}"'


def variable(key: str, escape: Callable[[str], str]) -> str:
    """The name of a variable as a script writes it: quoted if it is none, so that a shell says so.

    Args:
        key: The name; it may hold references.
        escape: The shell's `escape_string`.
    """
    return key if key.isidentifier() or _PLAIN_KEY.fullmatch(key) else escape(key)


def escaped_parts(value: str | EscapedString) -> Iterator[tuple[bool, str]]:
    """The parts of a value with `~` expanded: whether it is literal, and its text.

    Raises:
        RexError: There is a NUL in it, which no environment can hold.
    """
    for is_literal, text in EscapedString.promote(value).expanduser().strings:
        if "\0" in text:
            raise RexError(f"a value with a NUL character cannot reach a shell: {text!r}")
        yield is_literal, text


def joined(words: Iterable[str] | str, quote: Callable[[str], str]) -> str:
    """A command line of words, each quoted if it has to be (rez: `shlex_join`).

    Args:
        words: The words; a text is taken for a command line that is there already.
        quote: Gives the quoted form of a word that is not empty.
    """
    if isinstance(words, str):
        return words
    return " ".join(
        [item if is_plain_word(item) else quote(item) if item else "''" for item in words]
    )


def checked_alias(name: str) -> str:
    """The name of an alias, if it can be one.

    Raises:
        RexError: It has characters that mean something to shells.
    """
    if _PLAIN_NAME.fullmatch(name) is None:
        raise RexError(
            f"alias({name!r}): no shell can run a command of that name; use letters, digits and "
            "any of _ . - +"
        )
    return name


def without_recursion(name: str, value: str) -> str:
    """What an alias runs, for shells that make a function of it: a program of that name stays one.

    Args:
        name: The name of the alias.
        value: What it runs.
    """
    return f"command {value}" if value.split(None, 1)[:1] == [name] else value

"""A definition's text, and functions in it, as long as nothing of them is compiled.

    def commands():              Block: kept as text; compiled when somebody needs it
        env.X = 1

A resolve and a build read most definitions so: what is imported here is there anyway.
"""

from __future__ import annotations

import builtins

from rezfast.package.alignment import aligned
from rezfast.package.functions import COMPILE_FLAGS, Decorators, include, late
from rezfast.package.rez_modules import import_module
from rezfast.typed import Any, FunctionType

# Names that mean something to a definition before it begins, or to Python.
TAKEN = frozenset(
    (
        *("scope", "early", "late", "include", "ModifyList", "InvalidPackageError"),
        *("preprocess", "__debug__", "__builtins__"),
    )
)

# Features that change the language; ends of lines and indents unlike others.
_ODD = ("\r", "\0", "\f", "\v", "__future__")
_CODING = rb"(?i)[ \t\f]*#.*?coding[:=][ \t]*(?![ \t]|utf-?8[ \t\n])"


def decoded(source: bytes) -> str | None:
    """The text after an empty line, its last line ended; None when it is not plain."""
    # an encoding is named on one of the first two lines
    end = source.find(b"\n", source.find(b"\n") + 1) + 1 or len(source)
    if source.find(b"coding", 0, end) >= 0:
        import re  # takes longer than most definitions

        openings = source[:end].splitlines(keepends=True)
        if any(re.match(_CODING, opening) is not None for opening in openings):
            return None
    try:
        text = source.decode()
    except UnicodeDecodeError:
        return None
    if any(map(text.__contains__, _ODD)):
        return None
    return f"\n{text}" if text.endswith("\n") else f"\n{text}\n"


class Block:
    """A function of a definition that is not compiled before somebody needs it.

    Attributes:
        name: Its name.
        line: Where its first decorator or its `def` is, from 1.
        decorators: As `SourceCode.decorators`.
        path: The definition.
        source: The text of all the definition.
    """

    __slots__ = ("_body", "_is_sound", "_text", "decorators", "line", "name", "path", "source")

    def __init__(
        self, name: str, line: int, decorators: Decorators, text: str, path: str, source: bytes
    ) -> None:
        self.name = name
        self.line = line
        self.decorators = decorators
        self.path = path
        self.source = source
        self._text = text
        self._body: tuple[str, int] | None = None
        self._is_sound: bool | None = None

    @property
    def is_sound(self) -> bool:
        """Whether it certainly compiles; False: that is to be found out."""
        if self._is_sound is None:
            from rezfast._syntax import is_sound  # a resolved environment does without

            self._is_sound = is_sound(self._text)
        return self._is_sound

    def body(self) -> tuple[str, int]:
        """What `source_text.body_of` gives for the function, which need not be compiled for it.

        No text in it has more than one line, so that lines tell where it ends.
        """
        if self._body is None:
            lines = self._text.split("\n")
            head = next(i for i, line in enumerate(lines) if line.startswith("def"))
            body = lines[head + 1 :]
            first = next(line for line in body if line.lstrip()[:1] not in ("", "#"))
            indent = len(first) - len(first.lstrip())
            while not _belongs(body[-1], indent):
                body.pop()
            body.append("")
            self._body = aligned("\n".join(body)), self.line + head + 1
        return self._body

    def function(self) -> FunctionType:
        """The function, as running the definition makes it.

        Raises:
            SyntaxError: It does not compile.
        """
        text = "\n" * (self.line - 1) + self._text
        code = compile(text, self.path, "exec", flags=COMPILE_FLAGS, dont_inherit=True)
        names: dict[str, Any] = {
            "late": late,
            "include": include,
            "__builtins__": {**vars(builtins), "__import__": import_module},
        }
        exec(code, names)
        function: FunctionType = names[self.name]
        return function


def _belongs(line: str, indent: int) -> bool:
    """Whether a line can be a body's last: code, or a comment that is indented as far."""
    text = line.lstrip()
    return text != "" and (text[0] != "#" or len(line) - len(text) >= indent)

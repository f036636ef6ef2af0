"""Commands as code objects, compiled once a text, and where in a definition an error came up.

    text of commands --compiled--> code whose lines count from the text's beginning
    error, its traceback, the code's lines --located--> "houdini-20.5 (/p/package.py:31): ..."

Packages often share the text of their commands. Their code is one object then, so it cannot know
whose lines it has: an error is put in its place when it comes up.
"""

from __future__ import annotations

from rezfast.errors import PackageMetadataError, RexError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType

    from rezfast.package.functions import SourceCode

_LIMIT = 20_000
_FILENAME = "<commands>"

_codes: dict[tuple[str, str], CodeType] = {}
# of commands: by their text, and their name if they are a function's body
_commands: dict[tuple[str, str | None], CodeType] = {}


class Place:
    """Where code comes from.

    Args:
        path: Its file, or what it is called in its place; None: the definition's, or `<string>`.
        commands: The commands of a definition; None for text that is its own file.
    """

    __slots__ = ("_commands", "_path")

    def __init__(self, path: str | None, commands: SourceCode | None = None) -> None:
        self._path = path or "<string>" if commands is None else path or commands.path
        self._commands = commands

    def error(self, error: BaseException, owner: object | None) -> RexError:
        """What an error is to a user: one line. A `RexError` stays what it is, with that text.

        Args:
            error: What code that was compiled here, or compiling it, has raised.
            owner: The package whose code it is, or None.
        """
        line = self._line(error)
        where = self._path or (self._commands.sourcename if self._commands else "")
        if line is not None:
            where = f"{where}:{line}"
        start = where if owner is None else f"{owner} ({where})"
        if isinstance(error, RexError):
            # a package that uses another one's functions: it has its place already
            if not getattr(error, "is_located", False):
                error.value = f"{start}: {error.value}"
                error.args = (error.value,)
                error.is_located = True  # type: ignore[attr-defined]
            return error
        if isinstance(error, PackageMetadataError) and error.path:
            # it says where; the package is what is missing
            return RexError(str(error) if owner is None else f"{owner}: {error}")
        text = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
        found = RexError(f"{start}: {type(error).__name__}{': ' if text else ''}{text}")
        found.is_located = True  # type: ignore[attr-defined]
        return found

    def trace(self, error: BaseException) -> str:
        """The way from this code to an error that came up in it, as Python's tracebacks have it.

        Lines are those of the definition. Empty if the code never ran.
        """
        # Deferred: an error is told in one line unless somebody asks for more.
        from traceback import FrameSummary, StackSummary, extract_tb, format_exception_only

        own = self._path if self._commands is None else _FILENAME
        frames = list(extract_tb(error.__traceback__))
        while frames and frames[0].filename != own:
            del frames[0]
        if not frames:
            return ""
        if self._commands is not None:
            path, offset = self._path or own, self._commands.first_line - 2
            frames = [
                FrameSummary(path, (frame.lineno or 0) + offset, frame.name)
                if frame.filename == own
                else frame
                for frame in frames
            ]
        lines = StackSummary.from_list(frames).format()
        heading = "Traceback (most recent call last):\n"
        return heading + "".join([*lines, *format_exception_only(error)])

    def _line(self, error: BaseException) -> int | None:
        filename = self._path if self._commands is None else _FILENAME
        line = None
        if isinstance(error, SyntaxError) and error.filename == filename:
            line = error.lineno
        traceback: TracebackType | None = error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == filename:
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        if line is None or self._commands is None:
            return line
        # the first line of what is compiled is no line of the definition
        return self._commands.first_line + line - 2


def compiled(text: str, filename: str) -> CodeType:
    """Code of a text that is its own file.

    Args:
        text: Python statements.
        filename: What its frames have as their file.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It has null bytes in it.
    """
    key = text, filename
    code = _codes.get(key)
    if code is None:
        if len(_codes) > _LIMIT:
            _codes.clear()
        code = _codes[key] = compile(text, filename, "exec", dont_inherit=True)
    return code


def compiled_commands(commands: SourceCode) -> CodeType:
    """Code of a definition's commands, one for all packages that have the same.

    Args:
        commands: The commands.

    Raises:
        SyntaxError: They are no Python.
        ValueError: They have null bytes in them.
        PackageMetadataError: Their text is not known.
    """
    key = commands.unchecked_source, commands.funcname if commands.eval_as_function else None
    code = _commands.get(key)
    if code is None:
        if len(_commands) > _LIMIT:
            _commands.clear()
        code = _commands[key] = compile(
            commands.evaluated_code, _FILENAME, "exec", dont_inherit=True
        )
    return code

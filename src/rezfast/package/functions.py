"""The functions of a definition: `@early`, `@late`, `@include`, and those that are kept for later.

rez keeps the source text of a function and runs it on its own, so that the body sees the names it
is given and none of its definition's. Here the compiled body is kept as well, and run with the same
names where that makes no difference; the text is made when somebody asks for it.

    SourceCode(function)   .source ---> written definitions, comparison, pickles
    SourceCode.from_block  .run() ----> the value of a late bound attribute
    SourceCode.from_text   .execute() > commands: statements in a namespace that the caller keeps
"""

from __future__ import annotations
import __future__

import os

from rezfast.package.included import INCLUDE_DIRECTORY, load_module
from rezfast.typed import CodeType, FunctionType, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Self, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

COMPILE_FLAGS = __future__.annotations.compiler_flag
"""rez has this feature on, and hands it down to every definition and function that it compiles."""

Decorators = tuple[tuple[str, tuple[str, ...]], ...]
"""`("late", ())` and `("include", names)`, the innermost first."""

REX_FUNCTIONS = frozenset(
    ("pre_commands", "commands", "post_commands", "pre_build_commands", "pre_test_commands")
)


def early() -> Callable[[F], F]:
    """Marks a function whose value becomes the attribute when the definition is read."""

    def mark(function: F) -> F:
        function._early = True  # type: ignore[attr-defined]
        return function

    return mark


def late() -> Callable[[F], F]:
    """Marks a function that is run when the attribute is asked for.

    Raises:
        ValueError: The function holds commands, which have a time of their own.
    """

    def mark(function: F) -> F:
        if function.__name__ in REX_FUNCTIONS:
            raise ValueError(f"@late cannot be used on {function.__name__}()")
        function._late = True  # type: ignore[attr-defined]
        _note(function, "late", ())
        return function

    return mark


def include(module: str, *modules: str) -> Callable[[F], F]:
    """Names modules that were copied into the package and that a function uses."""

    def mark(function: F) -> F:
        _note(function, "include", (module, *modules))
        return function

    return mark


def _note(function: Any, decorator: str, arguments: tuple[str, ...]) -> None:
    """Notes a decorator that is written out again with the function, the innermost first."""
    function._decorators = (*getattr(function, "_decorators", ()), (decorator, arguments))


class Block(Protocol):
    """A function that is not compiled yet: see `rezfast.package.outline`."""

    @property
    def name(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def decorators(self) -> Decorators: ...
    @property
    def path(self) -> str: ...
    @property
    def source(self) -> bytes: ...
    @property
    def is_sound(self) -> bool:
        """Whether it certainly compiles; False: that is to be found out."""

    def function(self) -> FunctionType:
        """The function.

        Raises:
            SyntaxError: It does not compile.
        """

    def body(self) -> tuple[str, int]:
        """The text of its body, and the line on which that starts, if it compiles."""


class SourceCode:
    """Code of a definition that is kept for later (rez: `SourceCode`). Not changed once made.

    Two are equal when their texts are.

    Args:
        function: The function that holds the code.
        path: The definition.
        source: What the definition held when the function was made; None: what it holds later on.
        eval_as_function: Whether the code is the body of a function, which gives a value, rather
            than statements in a namespace.

    Attributes:
        name: The function's name, or the attribute that has the text.
        funcname: The function's name; None for a text.
        path: The definition.
        late: Whether it is decorated with `@late` (rez: `late_binding`).
        decorators: Those that are written out again.
        eval_as_function: As above.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        function: FunctionType,
        path: str,
        source: bytes | None = None,
        eval_as_function: bool = True,
    ) -> None:
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        self.name: str = function.__name__
        self.funcname: str | None = self.name
        self.path = path
        self.late = hasattr(function, "_late")
        self.eval_as_function = eval_as_function
        self.decorators: Decorators = getattr(function, "_decorators", ())
        self._function: FunctionType | None = function
        self._block: Block | None = None
        self._file = source
        self._text: str | None = None
        # line of the text's beginning in the definition; None: not looked for yet
        self._start: int | None = None
        self._compiled: CodeType | None = None

    @classmethod
    def from_text(cls, source: str, name: str, path: str, *, eval_as_function: bool = True) -> Self:
        """Code that a definition gives as a text: `commands` in YAML, or as a string.

        Args:
            source: The code.
            name: The attribute that has it.
            path: The definition.
            eval_as_function: As above.
        """
        made = cls.__new__(cls)
        made.__setstate__(
            {
                "name": name,
                "source": source.rstrip(),
                "filepath": path,
                "funcname": None,
                "eval_as_function": eval_as_function,
                "decorators": (),
                "start": None,
            }
        )
        return made

    @classmethod
    def from_block(cls, block: Block) -> Self:
        """Code that has not been compiled yet.

        Args:
            block: The function.
        """
        made = cls.__new__(cls)
        made.name = made.funcname = block.name
        made.path = block.path
        made.eval_as_function = block.name not in REX_FUNCTIONS
        made.decorators = block.decorators
        made.late = made.eval_as_function
        made._block = block
        made._file = block.source
        made._function = made._text = made._start = made._compiled = None
        return made

    def check(self) -> None:
        """Find out now whether a function of a definition compiles.

        Raises:
            PackageMetadataError: It does not.
        """
        if self._block is None or not self._block.is_sound:
            self._made()

    def _made(self) -> FunctionType | None:
        """The function; None for a text."""
        if self._function is None and self._block is not None:
            try:
                self._function = self._block.function()
            except SyntaxError as error:
                from rezfast.package.containment import explained

                raise explained(error, self.path) from error
        return self._function

    # ---- what it is

    @property
    def line(self) -> int:
        """Where the function starts in the definition, from 1; 1 when that is not known."""
        if self._block is not None:
            return self._block.line
        if self._function is not None:
            return self._function.__code__.co_firstlineno
        return self._first_line()

    @property
    def first_line(self) -> int:
        """Where `source` starts in the definition, from 1; 1 when that is not known.

        Raises:
            PackageMetadataError: As `source`.
        """
        return self._first_line()

    @property
    def source(self) -> str:
        """The code: a function's body, not indented, without decorators and signature.

        Raises:
            PackageMetadataError: The function was not made from a file, is a lambda, or does not
                compile.
        """
        if self._text is None:
            self.check()
            if self._block is not None:
                self._text, self._start = self._block.body()
                return self._text
            function = self._function
            assert function is not None
            # imports what tokenizes Python, which a solve does not need
            from rezfast.package.source_text import body_of

            self._text, self._start = body_of(function, self._file, self.path)
        return self._text

    @property
    def unchecked_source(self) -> str:
        """`source`, for who compiles it next: a function may turn out not to compile.

        Raises:
            PackageMetadataError: As `source`, but for that.
        """
        if self._text is None and self._block is not None:
            return self._block.body()[0]
        return self.source

    @property
    def includes(self) -> frozenset[str] | None:
        """The modules that it names with `@include`; None without that decorator."""
        names = self._included_names()
        return frozenset(names) if names else None

    def _included_names(self) -> tuple[str, ...]:
        return next((names for name, names in self.decorators if name == "include"), ())

    @property
    def evaluated_code(self) -> str:
        """The Python text that is run."""
        body = _indented(self.unchecked_source)
        if not self.eval_as_function:
            return f"if True:\n{body}"
        name = self.funcname or "_unnamed"
        return f"def {name}():\n{body}\n_result = {name}()"

    @property
    def sourcename(self) -> str:
        """What it is called in messages."""
        return f"<{self.path or 'string'}{f':{self.funcname}' if self.funcname else ''}>"

    def to_text(self, funcname: str) -> str:
        """The code as a function, with its decorators: what a written definition holds.

        Args:
            funcname: The function's name there.

        Raises:
            PackageMetadataError: As `source`.
        """
        source = self.source
        if all(line.lstrip()[:1] in ("", "#") for line in source.split("\n")):
            # a function has to have a statement
            source = f"{source}\npass" if source else "pass"
        body = source if source[0] in " \t" else _indented(source)
        text = f"def {funcname}():\n{body}"
        for name, arguments in self.decorators:
            text = f"@{name}({', '.join(map(repr, arguments))})\n{text}"
        return text

    def with_source(self, source: str) -> Self:
        """The same with another text."""
        other = type(self).__new__(type(self))
        other.__setstate__({**self.__getstate__(), "source": source})
        return other

    def copy(self) -> Self:
        """A copy, which is as good as itself."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()

    def __getstate__(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "source": self.source,
            "filepath": self.path,
            "funcname": self.funcname,
            "eval_as_function": self.eval_as_function,
            "decorators": self.decorators,
            "start": self._start,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.name = state["name"]
        self.path = state["filepath"]
        self.funcname = state["funcname"]
        self.eval_as_function = state["eval_as_function"]
        self.decorators = state["decorators"]
        self.late = any(name == "late" for name, _ in self.decorators)
        self._text = state["source"]
        self._start = state["start"]
        self._function = self._block = self._file = self._compiled = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SourceCode) and self.source == other.source

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"SourceCode({self.name!r}, {self.path!r}, line {self.line})"

    # ---- running it

    def run(self, names: Mapping[str, Any], base: str, modules: str | None = None) -> Any:
        """Runs it as a function that sees nothing but `names`, and gives its value.

        Args:
            names: What the body finds as globals. They stay as they are.
            base: Directory of the package, where included modules were copied to.
            modules: Directory of the included modules, when it is not that of an installed package.

        Raises:
            Exception: Whatever the code raises.
        """
        function = self._made()
        seen: dict[str, Any] = {}
        if function is not None:
            seen["__builtins__"] = function.__globals__["__builtins__"]
        if function is None or not self.eval_as_function or _spans_lines(function.__code__):
            seen.update(names)
            return self.execute(seen, base, modules)
        self._include(seen, base, modules)
        seen.update(names)
        bound = FunctionType(
            function.__code__, seen, function.__name__, function.__defaults__, function.__closure__
        )
        seen.setdefault(self.name, bound)
        return bound()

    def execute(self, namespace: dict[str, Any], base: str, modules: str | None = None) -> Any:
        """Runs it in a namespace, as rez does (rez: `exec_`).

        Statements leave the names that they bind in the namespace. A function leaves itself there,
        and its value as `_result`.

        Args:
            namespace: The globals.
            base: Directory of the package, where included modules were copied to.
            modules: Directory of the included modules, when it is not that of an installed package.

        Returns:
            The function's value; None for statements.

        Raises:
            SyntaxError: The code does not compile; file and line are those of the definition.
            Exception: Whatever the code raises, with the definition's lines in its traceback.
        """
        code = self.compiled
        self._include(namespace, base, modules)
        exec(code, namespace)
        return namespace.get("_result")

    @property
    def compiled(self) -> CodeType:
        """`evaluated_code`, compiled so that tracebacks name the definition and its lines.

        Raises:
            SyntaxError: It does not compile; file and line are those of the definition.
        """
        if self._compiled is None:
            text = self.evaluated_code
            # the first line is not the definition's
            shift = self._first_line() - 2
            import ast  # a solve does without

            try:
                tree = ast.parse(text, self.path)
            except SyntaxError as error:
                if error.lineno is not None:
                    error.lineno += shift
                raise
            ast.increment_lineno(tree, shift)
            self._compiled = compile(
                tree, self.path, "exec", flags=COMPILE_FLAGS, dont_inherit=True
            )
        return self._compiled

    def _first_line(self) -> int:
        """Of the code, in the definition."""
        if self._start is None and self._block is not None:
            self._start = self._block.body()[1]
        if self._start is None and self._text is None:
            _ = self.source
        if self._start is None:
            self._start = _line_of_text(self.path, self.name)
        return self._start

    def _include(self, namespace: dict[str, Any], base: str, modules: str | None) -> None:
        for name in self._included_names():
            directory = modules or os.path.join(base, INCLUDE_DIRECTORY)
            namespace[name] = load_module(name, directory, self.path, self.line)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _spans_lines(code: CodeType) -> bool:
    """Whether a string in the code has several lines: to indent the text anew may change it."""
    for constant in code.co_consts:
        if isinstance(constant, str):
            if "\n" in constant:
                return True
        elif isinstance(constant, CodeType) and _spans_lines(constant):
            return True
    return False


# the ends of lines after which a text starts on the next one
_BLOCKS = (b"|", b">", b"|-", b">-", b"|+", b">+", b'"""\\', b"'''\\", b"\\")


def _line_of_text(path: str, name: str) -> int:
    """Where the text of an attribute starts in a definition; 1 when that is not known."""
    from rezfast.package.definition import line_of_field  # imports re when it is called

    line = line_of_field(path, name)
    if line is None:
        return 1
    with open(path, "rb") as file:
        opening = file.read().splitlines()[line - 1].rstrip()
    return line + opening.endswith(_BLOCKS)

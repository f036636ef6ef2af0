"""Runs commands (rez: `rez.rex.RexExecutor`).

executor = RexExecutor(Python(target_environ={}, passive=True), parent_environ={})
executor.bind("root", "/sw/foo/1")
executor.execute_code('env.PATH.append("{root}/bin")')
executor.get_output()            {"PATH": "/sw/foo/1/bin"}
executor.actions                 [Shebang(), Setenv('PATH', '/sw/foo/1/bin')]
"""

from __future__ import annotations

from rezfast.config import settings
from rezfast.config.system import System
from rezfast.errors import RexError
from rezfast.package.functions import SourceCode
from rezfast.package.included import load_module
from rezfast.rex.actions import Action
from rezfast.rex.compiled import Place, compiled, compiled_commands
from rezfast.rex.environ import Env, EnvironmentDict
from rezfast.rex.formatter import NamespaceFormatter
from rezfast.rex.interpreter import ActionInterpreter, OutputStyle
from rezfast.rex.manager import ActionManager
from rezfast.rex.python import Python
from rezfast.rex.strings import expandable, literal, optionvars
from rezfast.typed import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from types import CodeType
    from typing import Any, NoReturn


class RexExecutor:
    """Runs commands in a namespace, and gives what an interpreter makes of them.

    The functions of the command language are methods of it, too: `executor.setenv("A", "1")`,
    `executor.env.PATH.append("/bin")`.

    Args:
        interpreter: What actions are done with; None: a `Python` interpreter with an environment
            of its own.
        globals_map: The namespace, which is changed; None: a new one.
        parent_environ: The environment that commands start from; None: this process's.
        parent_variables: Variables whose first append or prepend keeps what they hold there; True:
            all of them.
        shebang: Whether to begin with `shebang()`.
        add_default_namespaces: Whether to bind `system`.

    Attributes:
        globals: The namespace.
        formatter: Formats texts with it.
        manager: Keeps values and actions.
        environ: The variables, as items.
    """

    def __init__(
        self,
        interpreter: ActionInterpreter | None = None,
        globals_map: dict[str, Any] | None = None,
        parent_environ: Mapping[str, str] | None = None,
        parent_variables: Iterable[str] | bool | None = None,
        shebang: bool = True,
        add_default_namespaces: bool = True,
    ) -> None:
        self.globals: dict[str, Any] = {} if globals_map is None else globals_map
        if interpreter is None:
            interpreter = Python(target_environ={})
        self.formatter = NamespaceFormatter(self.globals, interpreter.ENV_VAR_REGEX)
        self.manager = ActionManager(
            interpreter,
            parent_environ=parent_environ,
            parent_variables=parent_variables,
            formatter=self.formatter.expanded,
        )
        if isinstance(interpreter, Python):
            interpreter.set_manager(self.manager)
        self.environ = EnvironmentDict(self.manager)
        functions = dict(self.manager.get_public_methods())
        # these are asked for all the time: sooner found than by __getattr__
        self.__dict__.update(functions)
        self.globals.update(
            functions,
            format=self.expand,
            literal=literal,
            expandable=expandable,
            optionvars=optionvars,
            env=Env(self.environ),
        )
        if add_default_namespaces:
            self.globals["system"] = System(settings().platform_map)
        if shebang:
            self.manager.shebang()

    @property
    def interpreter(self) -> ActionInterpreter:
        """What actions are done with."""
        return self.manager.interpreter

    @property
    def actions(self) -> list[Action]:
        """What was done, in order."""
        return self.manager.actions

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["globals"][name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}") from None

    # ---- the namespace

    def bind(self, name: str, obj: Any) -> None:
        """Let commands see an object under a name."""
        self.globals[name] = obj

    def unbind(self, name: str) -> None:
        """Take a name away, if it is there."""
        self.globals.pop(name, None)

    def reset_globals(self) -> AbstractContextManager[None]:
        """The namespace becomes at the end what it was at the beginning."""
        return _Kept(self.globals)

    # ---- paths

    def append_system_paths(self, paths: Iterable[str] | None = None) -> None:
        """Append to PATH what a shell has there of its own.

        Args:
            paths: The paths; None: those of the interpreter, if it is a shell, else those of the
                setting `standard_system_paths`.
        """
        if paths is None:
            paths = self.interpreter.get_syspaths()
        for path in paths:
            self.manager.appendenv("PATH", path)

    def prepend_rez_path(self, path: str | None = None) -> None:
        """Prepend the directory of the command line tools to PATH.

        Args:
            path: The directory; None: there is none, and nothing is done.
        """
        if path:
            self.manager.prependenv("PATH", path)

    def append_rez_path(self, path: str | None = None) -> None:
        """As `prepend_rez_path`, at the other end."""
        if path:
            self.manager.appendenv("PATH", path)

    def normalize_path(self, path: str) -> str:
        """A path as the interpreter wants it."""
        return self.interpreter.normalize_path(path)

    # ---- running code

    @classmethod
    def compile_code(
        cls,
        code: str | SourceCode,
        filename: str | None = None,
        exec_namespace: dict[str, Any] | None = None,
    ) -> CodeType:
        """Compile code, and run it if there is a namespace to run it in.

        Args:
            code: The code.
            filename: What errors call it; None: a definition's path, or `<string>`.
            exec_namespace: The namespace; None: it is not run.

        Raises:
            RexError: It is no Python, or it failed. One line, with file and line.
        """
        return _run(code, filename, exec_namespace, None)

    def execute_code(
        self, code: str | SourceCode, filename: str | None = None, package: Any = None
    ) -> None:
        """Run code in the namespace.

        Args:
            code: The code.
            filename: What errors call it; None: a definition's path, or `<string>`.
            package: The package or variant that it belongs to: it has the modules that the code
                includes, and errors name it.

        Raises:
            RexError: It is no Python, or it failed. One line, with package, file and line.
                `RexStopError` when it called `stop()`, `RexUndefinedVariableError` when it asked
                for a variable that is not there.
        """
        _run(code, filename, self.globals, package)

    def execute_function(self, func: Callable[..., Any], *nargs: Any, **kwargs: Any) -> Any:
        """What a function gives that sees the namespace on top of its own globals.

        Args:
            func: The function, a Python one. It is not changed.
            nargs: Its arguments.
            kwargs: Its arguments by name.

        Raises:
            RexError: As `execute_code`.
        """
        made: Any = func
        seen = {**made.__globals__, **self.globals}
        copy = FunctionType(made.__code__, seen, made.__name__, made.__defaults__, made.__closure__)
        copy.__kwdefaults__ = made.__kwdefaults__
        try:
            return copy(*nargs, **kwargs)
        except Exception as error:
            if not settings().catch_rex_errors and not isinstance(error, RexError):
                raise
            _fail(error, Place(made.__code__.co_filename), None)

    def get_output(self, style: OutputStyle = OutputStyle.file) -> Any:
        """What the interpreter has made of all actions so far.

        Args:
            style: What it is for.
        """
        return self.manager.get_output(style=style)

    def expand(self, value: Any) -> str:
        """The text of a value with its braces replaced (`format` in commands).

        Raises:
            KeyError: A name that commands do not see.
            ValueError: Braces that are no format.
            AttributeError: A name without that attribute.
        """
        return self.formatter.expanded(str(value))


class _Kept:
    """A namespace that becomes what it was."""

    __slots__ = ("_names", "_saved")

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def __enter__(self) -> None:
        self._saved = self._names.copy()

    def __exit__(self, *exception: object) -> None:
        self._names.clear()
        self._names.update(self._saved)


def _run(
    code: str | SourceCode, filename: str | None, namespace: dict[str, Any] | None, package: Any
) -> CodeType:
    """Compiles code, and runs it if there is a namespace."""
    commands = code if isinstance(code, SourceCode) else None
    owner = package
    if owner is None and namespace is not None:
        owner = namespace.get("this")
    try:
        if isinstance(code, SourceCode):
            made = compiled_commands(code)
        else:
            made = compiled(code, filename or "<string>")
    except (SyntaxError, ValueError) as error:
        _fail(error, Place(filename, commands), owner)
    if namespace is None:
        return made
    try:
        if commands is not None and commands.decorators:
            _include(commands, namespace, owner)
        exec(made, namespace)
    except (Exception, SystemExit) as error:
        is_bare = commands is None and not isinstance(error, RexError)
        if is_bare and not settings().catch_rex_errors:
            raise
        _fail(error, Place(filename, commands), owner)
    return made


def _include(code: SourceCode, namespace: dict[str, Any], owner: Any) -> None:
    for name in code.includes or ():
        if owner is None:
            raise RexError(f"@include({name!r}): the package is not known that has the module")
        namespace[name] = load_module(name, owner._include_directory, code.path, code.line)


def _fail(error: BaseException, place: Place, owner: Any) -> NoReturn:
    name = getattr(owner, "qualified_package_name", None) or getattr(owner, "qualified_name", None)
    found = place.error(error, name)
    if found is error:
        raise found
    raise found from error

"""`ResolvedContext`: a request, its answer, and what can be done with it.

    request --Solver--> context --environment--> rex actions --> script, environment, process
                           |  ^
                        save  load: .rxt

The class is the face; each thing that it can do has a module of its own in this room. None of them
is imported before it is used.
"""

from __future__ import annotations

import os

from rezfast.context.state import ContextState
from rezfast.version import Requirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from subprocess import Popen
    from typing import Any, Protocol, Self

    from rezfast.context.diff import ResolveDiff
    from rezfast.package.model import Variant
    from rezfast.rex.actions import Action
    from rezfast.rex.executor import RexExecutor
    from rezfast.rex.interpreter import OutputStyle
    from rezfast.solve.graph import Graph
    from rezfast.solve.status import SolverCallbackReturn, SolverState

    SolveCallback = Callable[[SolverState], tuple[SolverCallbackReturn, str]]

    class TextWriter(Protocol):
        def write(self, text: str, /) -> object: ...

    class TextReader(Protocol):
        def read(self) -> str: ...


class ResolvedContext(ContextState):
    """A resolve and its result; saved, loaded, applied and entered (rez: `ResolvedContext`).

    Arguments and attributes are those of `ContextState`.
    """

    @classmethod
    def get_current(cls) -> Self | None:
        """The context of the environment that this process runs in, or None.

        Raises:
            ResolvedContextError: `$REZ_RXT_FILE` is there and is no context.
        """
        path = os.getenv("REZ_RXT_FILE")
        return cls.load(path) if path and os.path.exists(path) else None

    # -- variations --------------------------------------------------------------------------------

    def copy(self) -> Self:
        """A shallow copy."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def retargeted(
        self,
        package_paths: list[str],
        package_names: Iterable[str] | None = None,
        skip_missing: bool = False,
    ) -> Self:
        """A copy whose packages are the same variants from other repositories.

        Args:
            package_paths: The repositories, first come first served.
            package_names: Take only these from there; None: all.
            skip_missing: Leave a package as it is that none of them has.

        Raises:
            PackageNotFoundError: None of them has a package, and `skip_missing` is not set.
        """
        from rezfast.context.retarget import retargeted

        return retargeted(self, package_paths, package_names, skip_missing)

    def get_patched_request(
        self,
        package_requests: Iterable[str | Requirement] | None = None,
        package_subtractions: Iterable[str] | None = None,
        strict: bool = False,
        rank: int = 0,
    ) -> list[Requirement]:
        """The request of this context with changes, for a new context.

        A request takes the place of the one for the same family that is of the same kind (plain,
        `!` or `~`); any other is added at the end.

        Args:
            package_requests: The changes; `^foo` takes away every request for foo.
            package_subtractions: Families to take away every request for.
            strict: Begin with the answer in place of the request.
            rank: If over 1, packages that no change names keep their version's first `rank - 1`
                tokens at most: 3 admits newer patches only. Not together with `strict`.

        Raises:
            ResolvedContextError: `strict` or `rank` is given, and there is no answer.
            PackageRequestError, VersionError: A change is no request.
        """
        from rezfast.context.patch import patched_request

        return patched_request(self, package_requests, package_subtractions, strict, rank)

    def get_resolve_as_exact_requests(self) -> list[Requirement]:
        """The answer as requests for exactly these versions: `foo==1.2.3`.

        Raises:
            ResolvedContextError: There is no answer.
        """
        return [
            Requirement.package_request(one.parent.as_exact_requirement()) for one in self._answer()
        ]

    def get_resolve_diff(self, other: ResolvedContext) -> ResolveDiff:
        """How the answer of another context differs, package by package; empty if it does not.

        Returns:
            `newer_packages` and `older_packages`: for each family the packages from this context's
            to the other's. `added_packages` and `removed_packages`: sets of packages. A part that
            would be empty is left out.

        Raises:
            ResolvedContextError: The search paths differ, or one of the two has no answer.
        """
        from rezfast.context.diff import resolve_diff

        return resolve_diff(self, other)

    # -- as a file ---------------------------------------------------------------------------------

    def to_dict(self, fields: Iterable[str] | None = None) -> dict[str, Any]:
        """The context as plain data, as an .rxt file holds it.

        Args:
            fields: Give these alone; None: all.
        """
        from rezfast.context.serial import to_dict

        return to_dict(self, fields)

    @classmethod
    def from_dict(cls, d: Mapping[str, Any], identifier_str: str | None = None) -> Self:
        """The context that `to_dict` gave, also that of older versions of rez.

        Args:
            d: The data.
            identifier_str: What to call the context when something is wrong.

        Raises:
            ResolvedContextError: It is no context, or of a newer format.
        """
        from rezfast.context.serial import from_dict

        return from_dict(cls, d, identifier_str)

    def save(self, path: str) -> None:
        """Write an .rxt file; it is whole or not there, and a file in its place stays until then.

        Raises:
            ResolvedContextError: It cannot be written.
        """
        from rezfast.context.serial import save

        save(self, path)

    def write_to_buffer(self, buf: TextWriter) -> None:
        """Write what an .rxt file holds."""
        from rezfast.context.serial import to_text

        buf.write(to_text(self))

    @classmethod
    def load(cls, path: str) -> Self:
        """Read an .rxt file.

        Raises:
            ResolvedContextError: It cannot be read, is no context, or of a newer format.
        """
        from rezfast.context.serial import load

        return load(cls, path)

    @classmethod
    def read_from_buffer(cls, buf: TextReader, identifier_str: str | None = None) -> Self:
        """Read what an .rxt file holds.

        Raises:
            ResolvedContextError: It is no context, or of a newer format.
        """
        from rezfast.context.serial import from_text

        return from_text(cls, buf.read(), identifier_str)

    # -- the environment ---------------------------------------------------------------------------

    def get_environ(self, parent_environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """The variables that the context sets.

        Args:
            parent_environ: The environment that it is entered from; None: this process's.

        Raises:
            ResolvedContextError: There is no answer.
            PackageCommandError: The commands of a package failed.
        """
        from rezfast.context.environment import get_environ

        return get_environ(self, parent_environ)

    def get_actions(self, parent_environ: Mapping[str, str] | None = None) -> list[Action]:
        """What the context does, in order.

        Args, raises: As `get_environ`.
        """
        from rezfast.context.environment import get_actions

        return get_actions(self, parent_environ)

    def get_shell_code(
        self,
        shell: str | None = None,
        parent_environ: Mapping[str, str] | None = None,
        style: OutputStyle | None = None,
    ) -> str:
        """The context as a script that a shell can source.

        Args:
            shell: The shell's name; None: the one that this process runs in.
            parent_environ: As in `get_environ`.
            style: A file to source, or one line to evaluate; None: a file.

        Raises:
            ResolvedContextError, PackageCommandError: As `get_environ`.
        """
        from rezfast.context.environment import get_shell_code

        return get_shell_code(self, shell, parent_environ, style)

    def apply(self, parent_environ: Mapping[str, str] | None = None) -> None:
        """Enter the context's environment with this process: `os.environ` and `sys.path`.

        Args, raises: As `get_environ`.
        """
        from rezfast.context.environment import apply

        apply(self, parent_environ)

    def execute_command(
        self,
        args: str | Iterable[str],
        parent_environ: Mapping[str, str] | None = None,
        **Popen_args: Any,
    ) -> Popen[Any]:
        """Run a program in the environment, without a shell; see `rezfast.context.run`."""
        from rezfast.context.run import execute_command

        return execute_command(self, args, parent_environ, **Popen_args)

    def execute_rex_code(
        self,
        code: str,
        filename: str | None = None,
        shell: str | None = None,
        parent_environ: Mapping[str, str] | None = None,
        **Popen_args: Any,
    ) -> Popen[Any]:
        """Run rex code after the packages' commands, in a shell that ends then.

        Args:
            code: The code.
            filename: What to call it in errors.
            shell, parent_environ: As in `get_shell_code`.
            Popen_args: For the shell's process.

        Raises:
            ResolvedContextError, PackageCommandError: As `get_environ`.
        """
        from rezfast.context.environment import execute_rex_code

        return execute_rex_code(self, code, filename, shell, parent_environ, **Popen_args)

    def execute_shell(
        self,
        shell: str | None = None,
        parent_environ: Mapping[str, str] | None = None,
        rcfile: str | None = None,
        norc: bool = False,
        stdin: bool | int = False,
        command: str | Iterable[str] | None = None,
        quiet: bool = False,
        block: bool | None = None,
        actions_callback: Callable[[RexExecutor], Any] | None = None,
        post_actions_callback: Callable[[RexExecutor], Any] | None = None,
        context_filepath: str | None = None,
        start_new_session: bool = False,
        detached: bool = False,
        pre_command: str | list[str] | None = None,
        **Popen_args: Any,
    ) -> Any:
        """Enter the environment with a shell; see `rezfast.context.run.execute_shell`."""
        from rezfast.context.run import execute_shell

        return execute_shell(
            self,
            shell=shell,
            parent_environ=parent_environ,
            rcfile=rcfile,
            norc=norc,
            stdin=stdin,
            command=command,
            quiet=quiet,
            block=block,
            actions_callback=actions_callback,
            post_actions_callback=post_actions_callback,
            context_filepath=context_filepath,
            start_new_session=start_new_session,
            detached=detached,
            pre_command=pre_command,
            **Popen_args,
        )

    def _execute(self, executor: RexExecutor) -> None:
        """Do everything that makes the environment; see `rezfast.context.environment`."""
        from rezfast.context.environment import execute

        execute(self, executor)

    # -- tools and attributes ----------------------------------------------------------------------

    def get_key(self, key: str, request_only: bool = False) -> dict[str, tuple[Variant, Any]]:
        """An attribute of every package that has it: `{family: (variant, value)}`.

        Args:
            key: The attribute.
            request_only: Look at packages alone that were asked for.

        Raises:
            ResolvedContextError: There is no answer.
            AttributeError: A package has no such attribute.
        """
        from rezfast.context.tools import get_key

        return get_key(self, key, request_only)

    def get_tools(self, request_only: bool = False) -> dict[str, tuple[Variant, list[str]]]:
        """The packages' tools: `{family: (variant, tools)}`; see `get_key`."""
        return self.get_key("tools", request_only)

    def get_tool_variants(self, tool_name: str) -> set[Variant]:
        """The variants that have a tool; more than one: the tool is in conflict."""
        from rezfast.context.tools import get_tool_variants

        return get_tool_variants(self, tool_name)

    def get_conflicting_tools(self, request_only: bool = False) -> dict[str, set[Variant]]:
        """The tools that more than one package has: `{tool: variants}`; see `get_key`."""
        from rezfast.context.tools import get_conflicting_tools

        return get_conflicting_tools(self, request_only)

    def which(
        self, cmd: str, parent_environ: Mapping[str, str] | None = None, fallback: bool = False
    ) -> str | None:
        """Where a program is in the environment, or None.

        Args:
            cmd: Its name.
            parent_environ: As in `get_environ`.
            fallback: Look in this process's environment too.

        Raises:
            ResolvedContextError, PackageCommandError: As `get_environ`.
        """
        from rezfast.context.tools import which

        return which(self, cmd, parent_environ, fallback)

    # -- for people --------------------------------------------------------------------------------

    def graph(self, as_dot: bool = False) -> Graph | str | None:
        """The resolve graph, or None if there is none.

        Args:
            as_dot: As text in dot format.
        """
        from rezfast.context.graph import get_graph

        return get_graph(self, as_dot)

    def get_dependency_graph(self, as_dot: bool = False) -> Graph | str:
        """Which package of the answer requires which.

        Args:
            as_dot: As text in dot format.

        Raises:
            ResolvedContextError: There is no answer.
        """
        from rezfast.context.graph import get_dependency_graph

        return get_dependency_graph(self, as_dot)

    def print_info(
        self,
        buf: TextWriter | None = None,
        verbosity: int = 0,
        source_order: bool = False,
        show_resolved_uris: bool = False,
    ) -> None:
        """Tell what is in the context; see `rezfast.context.info`."""
        from rezfast.context.info import print_info

        print_info(self, buf, verbosity, source_order, show_resolved_uris)

    def print_tools(self, buf: TextWriter | None = None) -> None:
        """Tell which tools there are."""
        from rezfast.context.info import print_tools

        print_tools(self, buf)

    def print_resolve_diff(
        self, other: ResolvedContext, heading: bool | tuple[str, str] | None = None
    ) -> None:
        """Tell how another context differs; see `rezfast.context.info`."""
        from rezfast.context.info import print_resolve_diff

        print_resolve_diff(self, other, heading)

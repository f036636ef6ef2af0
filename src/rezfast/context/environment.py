"""The environment of a context: its packages' commands, run in order.

    REZ_USED_*                     what was asked for, and the answer
    REZ_<PACKAGE>_*                every package's version and places
    pre_commands                   of every package, requirements first
    commands                       then these
    post_commands                  then these
    REZ_EPH_*                      the ephemerals
    PATH                           the system's directories, at its end

An interpreter turns that into a script or into a dict (rez: `ResolvedContext._execute`).
"""

from __future__ import annotations

import os

from rezfast.config import settings
from rezfast.errors import PackageCommandError, RexError
from rezfast.rex.bindings import (
    EphemeralsBinding,
    RequirementsBinding,
    VariantBinding,
    VariantsBinding,
    VersionBinding,
    intersects,
)
from rezfast.rex.compiled import Place
from rezfast.rex.executor import RexExecutor
from rezfast.rex.interpreter import ActionInterpreter, OutputStyle
from rezfast.rex.python import Python
from rezfast.rex.strings import literal
from rezfast.shell import create_shell, get_shell_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from subprocess import Popen
    from typing import Any

    from rezfast.context.resolved import ResolvedContext
    from rezfast.context.state import ContextState
    from rezfast.package.functions import SourceCode
    from rezfast.package.model import Variant
    from rezfast.rex.actions import Action

PHASES = ("pre_commands", "commands", "post_commands")

_RULE = "#" * 80
_THIN_RULE = "-" * 80
_VERSION_NAMES = ("_VERSION", "_MAJOR_VERSION", "_MINOR_VERSION", "_PATCH_VERSION")
_INSTALL_MARK = ".rez_production_install"


# ---- what a context offers ------------------------------------------------------------------


def get_environ(
    context: ResolvedContext, parent_environ: Mapping[str, str] | None = None
) -> dict[str, str]:
    """See `ResolvedContext.get_environ`."""
    executor = create_executor(Python(target_environ={}, passive=True), parent_environ)
    _Run(context, executor, is_quiet=True).run()
    environ: dict[str, str] = executor.get_output()
    return environ


def get_actions(
    context: ResolvedContext, parent_environ: Mapping[str, str] | None = None
) -> list[Action]:
    """See `ResolvedContext.get_actions`."""
    executor = create_executor(Python(target_environ={}, passive=True), parent_environ)
    execute(context, executor)
    return executor.actions


def get_shell_code(
    context: ResolvedContext,
    shell: str | None = None,
    parent_environ: Mapping[str, str] | None = None,
    style: OutputStyle | None = None,
) -> str:
    """See `ResolvedContext.get_shell_code`."""
    executor = create_executor(create_shell(shell), parent_environ)
    if context.load_path and os.path.isfile(context.load_path):
        executor.setenv("REZ_RXT_FILE", os.path.abspath(context.load_path))
    execute(context, executor)
    code: str = executor.get_output(style or OutputStyle.file)
    return code


def apply(context: ResolvedContext, parent_environ: Mapping[str, str] | None = None) -> None:
    """See `ResolvedContext.apply`."""
    interpreter = Python(target_environ=os.environ)
    execute(context, create_executor(interpreter, parent_environ))
    interpreter.apply_environ()


def execute_rex_code(
    context: ResolvedContext,
    code: str,
    filename: str | None = None,
    shell: str | None = None,
    parent_environ: Mapping[str, str] | None = None,
    **Popen_args: Any,
) -> Popen[Any]:
    """See `ResolvedContext.execute_rex_code`."""

    def run(executor: RexExecutor) -> None:
        executor.execute_code(code, filename=filename)

    process: Popen[Any] = context.execute_shell(
        shell=shell,
        parent_environ=parent_environ,
        command="",
        block=False,
        post_actions_callback=run,
        **Popen_args,
    )
    return process


def pre_resolve_bindings(context: ContextState) -> dict[str, Any]:
    """What commands and late bound attributes find by name, packages apart."""
    return {
        "system": settings().system,
        "building": context.building,
        "testing": context.testing,
        "request": RequirementsBinding(context.requested_packages()),
        "implicits": RequirementsBinding(context.implicit_packages),
        "ephemerals": EphemeralsBinding(context.resolved_ephemerals or ()),
        "intersects": intersects,
    }


# ---- with an executor -----------------------------------------------------------------------


def create_executor(
    interpreter: ActionInterpreter, parent_environ: Mapping[str, str] | None = None
) -> RexExecutor:
    """What runs a context's commands, with the configured parent variables.

    Args:
        interpreter: What the actions are done with.
        parent_environ: The environment that commands start from; None: this process's.
    """
    current = settings()
    return RexExecutor(
        interpreter,
        parent_environ=parent_environ,
        parent_variables=True if current.all_parent_variables else current.parent_variables,
    )


def execute(context: ResolvedContext, executor: RexExecutor) -> None:
    """Do everything that makes the context's environment.

    Raises:
        ResolvedContextError: There is no answer.
        PackageCommandError: The commands of a package failed.
        PackageMetadataError: A package cannot be read.
    """
    _Run(context, executor, is_quiet=False).run()


def header_comment(executor: RexExecutor, text: str) -> None:
    """Leave a comment above a part of the script (rez: the same)."""
    for line in ("", "", _RULE, text, _RULE):
        executor.comment(line)


def minor_header_comment(executor: RexExecutor, text: str) -> None:
    """Leave a comment above a small part of the script (rez: the same)."""
    for line in ("", text, _THIN_RULE):
        executor.comment(line)


def rez_bin_path() -> str | None:
    """Where the command line tools are that environments may show (rez: `system.rez_bin_path`).

    They are in a directory of their own, with rez's mark in it, in an installation that is meant
    for that: `INSTALLATION/lib/…/rezfast` and `INSTALLATION/bin/rez`. Else there is none.
    """
    place = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for library in ("lib", "lib64"):
        root, found, _ = place.rpartition(f"/{library}/")
        if found:
            directory = os.path.join(root, "bin", "rez")
            marked = os.path.exists(os.path.join(directory, _INSTALL_MARK))
            return os.path.realpath(directory) if marked else None
    return None


class _Package:
    """A package of the answer, and what every run needs of it.

    Attributes:
        variant: The package.
        prefix: What its variables' names begin with.
        base, root: Its places; None: in memory.
        version: Its version, as commands find it.
        versions: The values of `_VERSION` and the three after it.
    """

    __slots__ = ("_plain", "base", "prefix", "root", "variant", "version", "versions")

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.prefix = f"REZ_{_variable_name(variant.name)}"
        self.base, self.root = variant.base, variant.root
        self.version = VersionBinding(variant.version)
        text = str(variant.version)
        self.versions = (text, *([str(token) for token in variant.version[:3]] + [""] * 3)[:3])
        self._plain: dict[str, str] | None = None

    @property
    def plain(self) -> dict[str, str]:
        """All its variables, if nothing in them can be expanded; else none."""
        found = self._plain
        if found is None:
            found = self._plain = {}
            if _is_plain(self.versions[0]) and _is_plain(self.base) and _is_plain(self.root):
                values = zip(_VERSION_NAMES, self.versions, strict=True)
                found.update((self.prefix + name, value) for name, value in values)
                found[f"{self.prefix}_BASE"] = str(self.base)
                found[f"{self.prefix}_ROOT"] = str(self.root)
        return found


class _Prepared:
    """What every run needs of a context's answer; kept with the context.

    Attributes:
        answer: The answer that it is of.
        packages: Its packages.
        resolve: Their names and versions.
        local: Those of local packages.
    """

    def __init__(self, answer: list[Variant]) -> None:
        self.answer = answer
        self.packages = [_Package(variant) for variant in answer]
        self.resolve = " ".join([one.qualified_package_name for one in answer])
        known: dict[tuple[str, str, str], bool] = {}
        self.local = " ".join([one.qualified_package_name for one in answer if _local(one, known)])
        # the names of all phases have it in them
        self._with_commands = [
            one for one in self.packages if one.variant.resource.parent.may_say("commands")
        ]
        self._commands: dict[str, list[tuple[_Package, SourceCode]]] = {}

    def commands(self, phase: str) -> list[tuple[_Package, SourceCode]]:
        """The packages that have commands for a phase, and these."""
        found = self._commands.get(phase)
        if found is None:
            pairs = [(one, getattr(one.variant, phase)) for one in self._with_commands]
            found = self._commands[phase] = [pair for pair in pairs if pair[1] is not None]
        return found


def _prepared(context: ResolvedContext) -> _Prepared:
    answer = context._answer()
    found: _Prepared | None = context._prepared
    if found is None or found.answer is not answer:
        found = context._prepared = _Prepared(answer)
    return found


def _local(variant: Variant, known: dict[tuple[str, str, str], bool]) -> bool:
    """Whether a package is local; asks the disk once a repository."""
    resource = variant.resource
    # nearly no package has settings of its own
    own = variant.config if resource.parent.may_say("config") else settings()
    local_path = own.local_packages_path
    key = resource.repository_type, resource.location, local_path
    if key not in known:
        known[key] = variant.is_local
    return known[key]


class _Run:
    """One execution of a context.

    Args:
        context: The context.
        executor: What runs its commands.
        is_quiet: Whether neither comments nor actions are wanted, but the environment alone.
    """

    def __init__(self, context: ResolvedContext, executor: RexExecutor, *, is_quiet: bool) -> None:
        self._context = context
        self._executor = executor
        self._prepared = _prepared(context)
        self._setenv = executor.manager.setenv
        self._normalized = executor.interpreter.normalize_path
        self._is_quiet = is_quiet
        interpreter = executor.interpreter
        self._keeps_paths = type(interpreter).normalize_path is ActionInterpreter.normalize_path
        self._bindings = {
            one.variant.name: VariantBinding(one.variant, interpreter=interpreter)
            for one in self._prepared.packages
        }

    def run(self) -> None:
        """Do it."""
        self._header("system setup")
        self._set_used()
        for name, value in self._context._get_pre_resolve_bindings().items():
            self._executor.bind(name, value)
        self._executor.bind("resolve", VariantsBinding(self._bindings))
        self._header("package variables")
        for package in self._prepared.packages:
            self._set_package(package)
        for phase in PHASES:
            self._run_phase(phase)
        for name in ("this", "version", "root", "base"):
            self._executor.unbind(name)
        self._set_ephemerals()
        self._header("post system setup")
        self._add_paths()

    def _header(self, text: str) -> None:
        if not self._is_quiet:
            header_comment(self._executor, text)

    def _minor_header(self, text: str, variant: Variant) -> None:
        if not self._is_quiet:
            minor_header_comment(self._executor, f"{text} package {variant.qualified_name}")

    def _set_used(self) -> None:
        """The variables that tell of the resolve."""
        context, setenv = self._context, self._setenv
        request = " ".join(map(str, context.requested_packages()))
        implicit = " ".join(map(str, context.implicit_packages))
        resolve, local = self._prepared.resolve, self._prepared.local
        ephemerals = " ".join(map(str, context.resolved_ephemerals or ()))
        paths = self._executor.interpreter.pathsep.join(
            [self._normalized(path) for path in context.package_paths]
        )
        setenv("REZ_USED", self._normalized(context.rez_path))
        setenv("REZ_USED_VERSION", context.rez_version)
        setenv("REZ_USED_TIMESTAMP", str(context.timestamp))
        setenv("REZ_USED_REQUESTED_TIMESTAMP", str(context.requested_timestamp or 0))
        setenv("REZ_USED_REQUEST", literal(request))
        setenv("REZ_USED_IMPLICIT_PACKAGES", literal(implicit))
        setenv("REZ_USED_RESOLVE", resolve)
        setenv("REZ_USED_PACKAGES_PATH", paths)
        if ephemerals:
            setenv("REZ_USED_EPH_RESOLVE", ephemerals)
        if local:
            setenv("REZ_USED_LOCAL_RESOLVE", local)
        if context.building:
            setenv("REZ_BUILD_ENV", "1")
        current = settings()
        if current.rez_1_environment_variables and not current.disable_rez_1_compatibility:
            both = f"{request} {implicit}".strip()
            setenv("REZ_VERSION", context.rez_version)
            setenv("REZ_PATH", self._normalized(context.rez_path))
            setenv("REZ_REQUEST", both)
            setenv("REZ_RESOLVE", resolve)
            setenv("REZ_RAW_REQUEST", both)
            setenv("REZ_RESOLVE_MODE", "latest")

    def _set_package(self, package: _Package) -> None:
        """The variables that tell of a package."""
        if self._is_quiet and package.plain:
            self._executor.manager.environ.update(package.plain)
            return
        self._minor_header("variables for", package.variant)
        if self._keeps_paths and package.plain and self._executor.manager.set_plain(package.plain):
            return
        setenv = self._setenv
        for name, value in zip(_VERSION_NAMES, package.versions, strict=True):
            setenv(package.prefix + name, value)
        setenv(f"{package.prefix}_BASE", self._place(package.base))
        setenv(f"{package.prefix}_ROOT", self._place(package.root))

    def _place(self, path: str | None) -> str | None:
        # a package in memory has none, and says so as rez does: "None"
        return None if path is None else self._normalized(path)

    def _run_phase(self, phase: str) -> None:
        """The commands of that phase, of all packages."""
        executor = self._executor
        names = executor.globals
        has_header = False
        for package, commands in self._prepared.commands(phase):
            if not has_header:
                has_header = True
                self._header(phase)
            variant = package.variant
            self._minor_header(f"{phase} from", variant)
            names["this"] = self._bindings[variant.name]
            names["version"] = package.version
            names["root"] = self._place(package.root)
            names["base"] = self._place(package.base)
            before = names.copy()
            try:
                executor.execute_code(commands, package=variant)
            except RexError as error:
                # whatever it was, also stop(): rez has one error for all
                is_long = self._context.verbosity >= 2
                trace = Place(None, commands).trace(error.__cause__ or error) if is_long else ""
                failure = PackageCommandError(f"{phase} of {error}\n{trace}".rstrip("\n"))
                failure.trace = trace
                raise failure from error
            finally:
                # what commands define is theirs alone
                names.clear()
                names.update(before)

    def _set_ephemerals(self) -> None:
        ephemerals = self._context.resolved_ephemerals
        if not ephemerals:
            return
        self._header("ephemeral variables")
        for request in ephemerals:
            name = _variable_name(request.name[1:])
            self._setenv(f"REZ_EPH_{name}_REQUEST", str(request.range))

    def _add_paths(self) -> None:
        """The ends of PATH: the system's directories, and the tools' own."""
        executor = self._executor
        if self._context.append_sys_path:
            # of the shell that this process runs in, if the interpreter is none
            paths: Iterable[str] | None = settings().standard_system_paths
            if isinstance(executor.interpreter, Python) and not paths:
                paths = get_shell_class().get_syspaths()
            executor.append_system_paths(paths or None)
        visibility = settings().rez_tools_visibility
        if visibility == "append":
            executor.append_rez_path(rez_bin_path())
        elif visibility == "prepend":
            executor.prepend_rez_path(rez_bin_path())


def _variable_name(package_name: str) -> str:
    """A package's name, as it is in names of variables."""
    return package_name.upper().replace(".", "_")


def _is_plain(value: str | None) -> bool:
    """Whether a value stays what it is: nothing in it is formatted or expanded."""
    return value is None or not ("{" in value or "}" in value or "$" in value or value[:1] == "~")

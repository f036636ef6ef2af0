"""What every build system is, and what every build's environment holds.

    REZ_BUILD_*             what is built: `set_standard_vars`
    the packages' commands  of the build's context
    pre_build_commands      of the package that is built: `add_pre_build_commands`

A build system runs its commands in that order of things, by `run`.
"""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod

from rezfast.build.guard import end_processes, guard
from rezfast.config import settings
from rezfast.config.styles import Printer
from rezfast.context import direct
from rezfast.context.run import start_command
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import BuildSystemError
from rezfast.managers import partial
from rezfast.repository.developer import DeveloperPackage, get_developer_package
from rezfast.rex.bindings import VariantBinding
from rezfast.rex.strings import literal
from rezfast.shell import create_shell
from rezfast.typed import Any, Callable, Enum, Mapping, TypedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from subprocess import Popen
    from typing import NoReturn

    from rezfast.build.arguments import Group
    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant
    from rezfast.rex.executor import RexExecutor


CONTEXT = "build.rxt"
"""The name of a build's saved environment, in the directory that it is built in."""

# what a build system may do in its own way
_ACTIONS = (
    *("callbacks", "build_actions", "add_standard_build_actions", "set_standard_vars"),
    "add_pre_build_commands",
)
_MOMENT = 100  # milliseconds

OnWait = Callable[[], None]
"""Told that a build takes time."""

OnStart = Callable[[int, list[str]], None]
"""Told of a process that a build starts: its number, and the directories of its files."""


class BuildType(Enum):
    """What a build is for (rez: the same)."""

    local = 0
    """The user's own packages."""
    central = 1
    """A release."""


class BuildResult(TypedDict, total=False):
    """What came of a build (rez: the same).

    Attributes:
        success: Whether it is built.
        extra_files: Files below the build directory that are to be installed, too.
        build_env_script: The script that enters the build's environment, if that was asked for.
        installed: The variant in the repository, when it is installed.
    """

    success: bool
    extra_files: list[str]
    build_env_script: str
    installed: Variant


class BuildBinding(Mapping[str, Any]):
    """`build` in pre_build_commands: data by attributes and items, which cannot be changed.

    Args:
        data: The data.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.__dict__["_data"] = dict(data)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_data"][name]
        except KeyError:
            known = ", ".join(self.__dict__.get("_data", ()))
            raise AttributeError(f"build has no attribute {name!r}; there are {known}") from None

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"build.{name} cannot be set: build is read-only")

    def __getitem__(self, key: str) -> Any:
        return self.__dict__["_data"][key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_data"])

    def __len__(self) -> int:
        return len(self.__dict__["_data"])

    def __str__(self) -> str:
        return str(self.__dict__["_data"])


class Build:
    """One variant's build: what is built, in what, where to.

    Attributes:
        context: The environment.
        variant: The variant.
        build_path: Where it is built, an absolute path.
        install_path: Where it is installed.
        install: Whether it is to be installed.
        build_type: What for.
        on_start: Called when a process is started.
    """

    def __init__(
        self,
        context: ResolvedContext,
        variant: Variant,
        build_path: str,
        install_path: str,
        install: bool = False,
        build_type: BuildType = BuildType.local,
        on_start: OnStart | None = None,
    ) -> None:
        self.context = context
        self.variant = variant
        self.build_path = build_path
        self.install_path = install_path
        self.install = install
        self.build_type = build_type
        self.on_start = on_start


class BuildSystem(ABC):
    """What builds a source tree (rez: `BuildSystem`).

    Attributes:
        working_dir: The source tree.
        package: Its package.
        opts: What `bind_cli` made of the command line; None: nothing.
        write_build_scripts: Whether to write scripts that enter the build's environment, and not
            to build.
        verbose: Whether to say what is done.
        build_args: Extra arguments for it.
        child_build_args: Extra arguments for the build system that it calls.
        on_start: Called when a build starts a process; None: nobody is told.
        keeps_tmpdir: Whether one directory has the files of all commands, which whoever says so
            removes; else each command gets one of its own.
        tmpdir: That directory; None: no command has needed it.
        on_wait: Called once for each process that takes longer than a moment; None: nobody is told.
    """

    is_fallback = False
    """Whether it is used only for a source tree that no other build system can build."""

    on_start: OnStart | None = None
    on_wait: OnWait | None = None
    keeps_tmpdir = False
    tmpdir: str | None = None

    is_quick = False
    """Whether its builds may take no time at all, and it tells `on_wait` when one does."""

    def __init__(
        self,
        working_dir: str,
        opts: argparse.Namespace | None = None,
        package: DeveloperPackage | None = None,
        write_build_scripts: bool = False,
        verbose: bool = False,
        build_args: Sequence[str] = (),
        child_build_args: Sequence[str] = (),
    ) -> None:
        """Take a source tree.

        Args: see the attributes; `package` None: the one of the source tree.

        Raises:
            BuildSystemError: It cannot build this source tree.
            PackageMetadataError: The definition cannot be read.
        """
        self.working_dir = working_dir
        if not self.is_valid_root(working_dir, package=package):
            raise BuildSystemError(f"{working_dir}: the {self.name()} build system cannot build it")
        self.package = package or get_developer_package(working_dir)
        self.opts = opts
        self.write_build_scripts = write_build_scripts
        self.verbose = verbose
        self.build_args = list(build_args)
        self.child_build_args = list(child_build_args)

    @classmethod
    @abstractmethod
    def name(cls) -> str:
        """Its name, such as `cmake`."""

    @classmethod
    @abstractmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether it can build a source tree.

        Args:
            path: The source tree.
            package: Its package, if somebody has read it.
        """

    @classmethod
    def child_build_system(cls) -> str | None:
        """The build system that it writes files for, if there is one: those files are no choice."""
        return None

    @classmethod
    def declares_arguments(cls) -> bool:
        """Whether `bind_cli` has anything to add, in the current directory."""
        return not is_same(cls.bind_cli, BuildSystem.bind_cli)

    @classmethod
    def bind_cli(cls, parser: argparse.ArgumentParser, group: Group) -> None:
        """Add its arguments to a command line.

        Args:
            parser: The parser.
            group: The group of that parser to add them to.
        """
        return

    @abstractmethod
    def build(
        self,
        context: ResolvedContext,
        variant: Variant,
        build_path: str,
        install_path: str,
        install: bool = False,
        build_type: BuildType = BuildType.local,
    ) -> BuildResult:
        """Build one variant (rez: the same).

        Args:
            context: The environment to build in.
            variant: The variant.
            build_path: Where to build it.
            install_path: Where its payload goes.
            install: Whether to install it.
            build_type: What for.

        Returns:
            What came of it; what is not there is no success.

        Raises:
            BuildError: It cannot even begin.
            RezError: The environment cannot be made.
        """

    # ---- the environment of a build

    @classmethod
    def set_standard_vars(
        cls,
        executor: RexExecutor,
        context: ResolvedContext,
        variant: Variant,
        build_type: BuildType,
        install: bool,
        build_path: str,
        install_path: str | None = None,
    ) -> None:
        """Set the variables that tell of a build, `REZ_BUILD_*` (rez: the same).

        Args:
            executor: Where.
            context, variant, build_type, install, build_path, install_path: As for `build`.
        """
        package = variant.parent
        path = executor.normalize_path
        subpath = "" if variant.index is None else variant._non_shortlinked_subpath or ""
        requests = context.requested_packages(True)
        definition = str(package.filepath)
        values = {
            "REZ_BUILD_ENV": "1",
            "REZ_BUILD_PATH": path(build_path),
            "REZ_BUILD_THREAD_COUNT": str(package.config.build_thread_count),
            "REZ_BUILD_VARIANT_INDEX": str(variant.index or 0),
            "REZ_BUILD_VARIANT_REQUIRES": " ".join(map(str, variant.variant_requires)),
            "REZ_BUILD_VARIANT_SUBPATH": path(subpath),
            "REZ_BUILD_PROJECT_VERSION": str(package.version),
            "REZ_BUILD_PROJECT_NAME": package.name,
            "REZ_BUILD_PROJECT_DESCRIPTION": (package.description or "").strip(),
            "REZ_BUILD_PROJECT_FILE": definition,
            "REZ_BUILD_SOURCE_PATH": path(os.path.dirname(definition)),
            "REZ_BUILD_REQUIRES": " ".join(map(str, requests)),
            "REZ_BUILD_REQUIRES_UNVERSIONED": " ".join(one.name for one in requests),
            "REZ_BUILD_TYPE": build_type.name,
            "REZ_BUILD_INSTALL": "1" if install else "0",
        }
        if install_path:
            values["REZ_BUILD_INSTALL_PATH"] = path(install_path)
        current = settings()
        if (
            build_type is BuildType.central
            and current.rez_1_environment_variables
            and not current.disable_rez_1_compatibility
        ):
            values["REZ_IN_REZ_RELEASE"] = "1"
        for name, value in values.items():
            # literally: a description may hold anything
            executor.env[name] = literal(value)

    @classmethod
    def add_standard_build_actions(
        cls,
        executor: RexExecutor,
        context: ResolvedContext,
        variant: Variant,
        build_type: BuildType,
        install: bool,
        build_path: str,
        install_path: str | None = None,
    ) -> None:
        """What every build system does before the packages' commands (rez: the same).

        Args: as for `set_standard_vars`.
        """
        cls.set_standard_vars(
            executor, context, variant, build_type, install, build_path, install_path
        )

    @classmethod
    def add_pre_build_commands(
        cls,
        executor: RexExecutor,
        variant: Variant,
        build_type: BuildType,
        install: bool,
        build_path: str,
        install_path: str | None = None,
    ) -> None:
        """Run the package's `pre_build_commands`, if it has some (rez: the same).

        They find `this`, the variant, and `build`: `build_type`, `install`, `build_path` and
        `install_path`.

        Args: as for `set_standard_vars`.

        Raises:
            RexError: They failed.
        """
        commands = variant.pre_build_commands
        if not commands:
            return
        path = executor.normalize_path
        data = {
            "build_type": build_type.name,
            "install": install,
            "build_path": path(build_path),
            "install_path": path(install_path or ""),
        }
        with executor.reset_globals():
            executor.bind("this", VariantBinding(variant, interpreter=executor.interpreter))
            executor.bind("build", BuildBinding(data))
            executor.execute_code(commands, package=variant)

    @classmethod
    def build_actions(
        cls,
        executor: RexExecutor,
        context: ResolvedContext,
        package: DeveloperPackage,
        variant: Variant,
        build_type: BuildType,
        install: bool,
        build_path: str,
        install_path: str | None = None,
    ) -> None:
        """What this build system does before the packages' commands; more than the standard.

        Args:
            package: The package that is built.
            executor, context, variant, build_type, install, build_path, install_path: As for
                `set_standard_vars`.
        """
        cls.add_standard_build_actions(
            executor, context, variant, build_type, install, build_path, install_path
        )

    @classmethod
    def callbacks(cls, package: DeveloperPackage, build: Build) -> dict[str, Any]:
        """What makes a context's shell one of a build, as arguments of `execute_shell`."""
        common: dict[str, Any] = {
            "variant": build.variant,
            "build_type": build.build_type,
            "install": build.install,
            "build_path": build.build_path,
            "install_path": build.install_path,
        }
        return {
            "actions_callback": partial(
                cls.build_actions, context=build.context, package=package, **common
            ),
            "post_actions_callback": partial(cls.add_pre_build_commands, **common),
        }

    # ---- for the build systems there are

    def run(
        self,
        build: Build,
        command: str | Sequence[str],
        variables: Mapping[str, str] | None = None,
    ) -> bool:
        """Run a command in the environment of a build, and wait for it.

        Args:
            build: The build.
            command: A text for the shell, or words.
            variables: More variables, set with `REZ_BUILD_*`.

        Returns:
            Whether it succeeded.
        """
        if self._is_nothing(build, command):
            return True
        callbacks = self.callbacks(self.package, build)
        standard = callbacks["actions_callback"]

        def actions(executor: RexExecutor) -> None:
            standard(executor)
            for name, value in (variables or {}).items():
                executor.env[name] = value

        callbacks["actions_callback"] = actions
        # what was said so far comes before what the command says
        if sys.stdout is not None:
            sys.stdout.flush()
        context_file = os.path.join(build.build_path, CONTEXT)
        tmpdir = self.tmpdir or context_tmpdirs().mkdtemp()
        if self.keeps_tmpdir and self.tmpdir is None:
            self.tmpdir = tmpdir
            guard.owns(tmpdir)
        try:
            process = start_command(
                build.context,
                command,
                build.build_path,
                rxt_file=context_file if os.path.isfile(context_file) else None,
                tmpdir=tmpdir,
                **callbacks,
            )
            return process is None or self._ends_well(process, build, tmpdir)
        finally:
            if self.tmpdir is None:
                context_tmpdirs().remove(tmpdir)

    def _is_nothing(self, build: Build, command: str | Sequence[str]) -> bool:
        """Whether nobody could tell if a command has run: it does nothing, nor does anybody else.

        Only variables are set for it then, which end with it.
        """
        if not direct.does_nothing(command, os.environ) or build.variant.pre_build_commands:
            return False
        own = type(self)
        if not all(is_same(getattr(own, name), getattr(BuildSystem, name)) for name in _ACTIONS):
            return False
        if any(
            variant.pre_commands or variant.commands or variant.post_commands
            for variant in build.context.resolved_packages or ()
        ):
            return False
        return direct.shell_environment(create_shell(), (), build.build_path) is not None

    def _ends_well(self, process: Popen[Any], build: Build, tmpdir: str) -> bool:
        """Wait for a process; whether it succeeded."""
        try:
            if build.on_start is not None:
                build.on_start(process.pid, [tmpdir])
            if self.on_wait is not None and not _ends_soon(process.pid):
                self.on_wait()
            return process.wait() == 0
        except BaseException:
            # whoever interrupts the build means all of it
            end_processes([process.pid])
            raise

    def say(self, text: str, style: str | None = None) -> None:
        """Say what is done, if that is wanted."""
        if self.verbose:
            Printer()(text, style)


def is_same(method: Any, other: Any) -> bool:
    """Whether two class methods are one that a class inherits from the other."""
    return method.__func__ is other.__func__


def _ends_soon(process: int) -> bool:
    """Whether a process that was started ends within a moment."""
    try:
        descriptor = os.pidfd_open(process)
    except (AttributeError, OSError):
        return False
    import select

    try:
        end = select.poll()
        end.register(descriptor, select.POLLIN)
        return bool(end.poll(_MOMENT))
    finally:
        os.close(descriptor)

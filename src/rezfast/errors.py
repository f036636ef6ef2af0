"""Every exception a caller may catch: one tree, with rez's names where rez has one.

`RezError` is the root. A message is one line that says what is wrong, where, and what to do.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class RezError(Exception):
    """Root of every error raised on purpose (rez: `rez.exceptions.RezError`)."""

    def __init__(self, value: object = "") -> None:
        super().__init__(value)
        self.value = value

    def __str__(self) -> str:
        return str(self.value)


class VersionError(RezError, ValueError):
    """Text that is not a version, a range or a requirement (rez: `rez.version.VersionError`).

    Attributes:
        text: The text that was given.
        position: Offset in characters of the first character that could not be read, or None.
    """

    def __init__(
        self, value: object = "", text: str | None = None, position: int | None = None
    ) -> None:
        super().__init__(value)
        self.text = text
        self.position = position


class ConfigurationError(RezError):
    """A setting, a filter rule or an orderer that cannot be used."""


class ResolveError(RezError):
    """A resolve that cannot be run, as opposed to one that runs and fails."""


class PackageFamilyNotFoundError(RezError):
    """No repository on the search path has this family.

    Attributes:
        family: Name of the missing family, or None when not known.
    """

    def __init__(self, value: object = "", family: str | None = None) -> None:
        super().__init__(value)
        self.family = family


class PackageNotFoundError(RezError):
    """The family exists, but no package of it is in the range that is asked for.

    Attributes:
        requirement: Text of the requirement that nothing satisfies, or None when not known.
    """

    def __init__(self, value: object = "", requirement: str | None = None) -> None:
        super().__init__(value)
        self.requirement = requirement


class PackageRequestError(RezError):
    """A request or a package name that rez does not allow."""


class PackageRepositoryError(RezError):
    """A package repository that cannot be read."""


class ResourceError(RezError):
    """A file that cannot be loaded."""


class DistributionError(ResourceError):
    """A Python distribution that cannot be made into a package.

    Attributes:
        path: The wheel.
    """

    def __init__(self, value: object = "", path: str | None = None) -> None:
        super().__init__(value if path is None else f"{path}: {value}")
        self.path = path


class InvalidPackageError(RezError):
    """What a definition or a preprocess function raises on purpose to reject its package."""


class PackageMetadataError(ResourceError):
    """A package definition that cannot be read or holds a wrong value.

    Attributes:
        path: The definition file, or None when it has none (a memory repository).
        line: Line in that file, counted from 1, or None when not known.
        attribute: The attribute whose value is wrong, or None when it is not about one.
        timestamp: When the package was released (seconds since the epoch), if that could be read.
    """

    attribute: str | None = None
    timestamp: int | None = None

    def __init__(
        self, value: object = "", path: str | None = None, line: int | None = None
    ) -> None:
        where = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(f"{where}{value}")
        self.path = path
        self.line = line


class PackageRejected(PackageMetadataError, InvalidPackageError):
    """A definition or a preprocess function raised `InvalidPackageError`; says where."""


class PackageDefinitionFileMissing(PackageMetadataError):
    """A version directory without a definition in it, found out when the package is loaded."""


class ResolvedContextError(RezError):
    """A context that cannot be loaded, saved, compared or used as it was asked to."""


class RexError(RezError):
    """A package's commands that cannot be run, or a call of them that makes no sense."""


class PackageCommandError(RexError):
    """The commands of a package failed; says which package, file and line.

    Attributes:
        trace: The way from the commands to the error, as Python's tracebacks have it, if the
            context is to be so verbose; it ends the message then. Else nothing.
    """

    trace: str = ""


class RexUndefinedVariableError(RexError):
    """Commands ask for the value of an environment variable that is not there."""


class RexStopError(RexError):
    """Commands called `stop()`: the environment must not be used."""


class RezSystemError(RezError):
    """The system refuses something: a program cannot be started, a script cannot be written."""


class ShellError(RezSystemError, RuntimeError):
    """A shell that there is not: an unknown name, or its program is missing."""


class ProgramError(RezSystemError):
    """A program that cannot be run in an environment.

    Args:
        message: What is wrong.
        program: The program, as it was asked for.
        is_there: Whether there is something of its name.

    Attributes:
        program, is_there: As above.
    """

    def __init__(self, message: str, program: str, *, is_there: bool) -> None:
        super().__init__(message)
        self.program = program
        self.is_there = is_there


class RezPluginError(RezError):
    """A plugin that is not there, or cannot be loaded."""


class BuildError(RezError):
    """A build that cannot be made."""


class BuildSystemError(BuildError):
    """A source tree that a build system cannot build."""


class BuildContextResolveError(BuildError):
    """The environment of a build cannot be resolved.

    Args:
        context: The context that failed.

    Attributes:
        context: As above.
    """

    def __init__(self, context: Any) -> None:
        super().__init__(
            f"The build environment could not be resolved:\n{context.failure_description}"
        )
        self.context = context


class BuildProcessError(RezError):
    """A build process that there is not, or that cannot be used so."""


class PackageTestError(RezError):
    """A test of a package that cannot be run, or tests whose failure forbids an install."""


class ReleaseError(RezError):
    """A release that cannot be made."""


class ReleaseVCSError(ReleaseError):
    """A repository that is not fit for a release, or a version control system that failed."""


class ReleaseHookError(RezError):
    """What a release hook raises when it fails; the release goes on."""


class ReleaseHookCancellingError(RezError):
    """What a release hook raises to cancel the release."""

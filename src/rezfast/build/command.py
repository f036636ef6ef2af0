"""`build_command`: what a package says its build runs, with its braces replaced.

{root}            the source tree
{install}         `install` when the build is to be installed, else nothing
{build_path}      where it is built, the working directory too
{install_path}    where it is installed
{name}            the package
{variant_index}   the variant, nothing for a package without any
{version}         the version, an object: `{version.major}` and `{version[0]}` work
"""

from __future__ import annotations

from rezfast.errors import BuildError
from rezfast.managers import join, quote
from rezfast.version import Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


NAMES = ("root", "install", "build_path", "install_path", "name", "variant_index", "version")


class BuildOf:
    """What braces in a build command stand for.

    Attributes:
        root: The source tree.
        build_path: Where the variant is built.
        install_path: Where it is installed.
        install: Whether it is to be installed.
        name: The package.
        version: Its version.
        variant_index: The variant; None: the package has none.
    """

    def __init__(
        self,
        root: str,
        build_path: str,
        install_path: str,
        install: bool,
        name: str,
        version: Version,
        variant_index: int | None,
    ) -> None:
        self.root = root
        self.build_path = build_path
        self.install_path = install_path
        self.install = install
        self.name = name
        self.version = version
        self.variant_index = variant_index

    def expand(self, text: str) -> str:
        """A text with its braces replaced, without space around it.

        Raises:
            BuildError: The braces do not match, or name something unknown.
        """
        try:
            expanded = text.format(
                root=self.root,
                build_path=self.build_path,
                install_path=self.install_path,
                install="install" if self.install else "",
                name=self.name,
                variant_index="" if self.variant_index is None else self.variant_index,
                version=self.version,
            )
        except (KeyError, IndexError, AttributeError, ValueError, TypeError) as error:
            known = " ".join(f"{{{name}}}" for name in NAMES)
            what = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise BuildError(
                f"build_command: {text!r} cannot be expanded: {what}; there are {known}, and "
                "{{ }} for braces"
            ) from error
        return expanded.strip()


def expand_build_command(
    command: str | Sequence[str] | bool, build: BuildOf, build_args: Sequence[str] = ()
) -> str | list[str] | None:
    """The command of a build (rez: `CustomBuildSystem.build`).

    As in rez, braces in the extra arguments are replaced too.

    Args:
        command: The package's `build_command`.
        build: What braces stand for.
        build_args: Extra arguments, from the command line.

    Returns:
        A text for a shell, a list that no shell looks at, or None: there is nothing to run.

    Raises:
        BuildError: As `BuildOf.expand`, or it is no command.
    """
    if command is False:
        return None
    if isinstance(command, str):
        return build.expand(" ".join([command, *map(quote, build_args)]))
    if isinstance(command, bool) or not all(isinstance(word, str) for word in command):
        raise BuildError(f"build_command: {command!r} is neither text, list of texts nor False")
    return [build.expand(word) for word in (*command, *build_args)]


def command_text(command: str | Sequence[str]) -> str:
    """A command as a person may type it."""
    return command if isinstance(command, str) else join(command)

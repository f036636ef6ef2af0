"""Options of `rezfast build` and `rezfast release`; some are known only in the source tree.

A package's `parse_build_args.py` and cmake declare options with argparse, of whatever kind. Then
argparse reads a build's command line first.
"""

from __future__ import annotations

import os

from rezfast.cli.outcome import UsageError
from rezfast.cli.parameters import Option, Parameters
from rezfast.config import settings
from rezfast.errors import RezError
from rezfast.managers import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from rezfast.build.system import BuildSystem
    from rezfast.repository.developer import DeveloperPackage

_packages: dict[str, DeveloperPackage] = {}


def shared_options(process: str) -> list[Option]:
    """Options that a build and a release have.

    Args:
        process: What `--help` says of `--process`.
    """
    return [
        Option("--process", metavar="NAME", help=process),
        Option(
            "--build-system",
            "-b",
            metavar="NAME",
            help="What to build with: cmake, custom, make, python. [default: what the package "
            "says, else what can build it]",
        ),
        Option(
            "--variants",
            kind="integer",
            many=True,
            greedy=True,
            metavar="INDEX...",
            help="Build these variants alone: 0 is the first one, -1 the last.",
        ),
        Option(
            "--build-args",
            "--ba",
            metavar="ARGS",
            help="Arguments for the build system, with spaces between.",
        ),
        Option(
            "--child-build-args",
            "--cba",
            metavar="ARGS",
            help="Arguments for the build system that it calls, with spaces between.",
        ),
        Option(
            "--verbose",
            "-v",
            kind="count",
            help="Show each step of the solves on stderr; -vv: errors in commands with all that "
            "led to them.",
        ),
    ]


def source_package() -> DeveloperPackage:
    """The package of the current directory, read once.

    Raises:
        RezError: As `get_developer_package`.
    """
    # Deferred: so that what has been begun goes on meanwhile, see `split`.
    from rezfast.repository.developer import get_developer_package

    path = os.getcwd()
    if path not in _packages:
        _packages[path] = get_developer_package(path)
    return _packages[path]


class BuildParameters(Parameters):
    """What a build accepts, with what its build system declares.

    Attributes:
        opts: The values of what the build system declared; `opts.parser` is what read them.
        problem: What is wrong with them; None: nothing.
    """

    __slots__ = ("opts", "problem")

    opts: argparse.Namespace | None
    problem: UsageError | None

    def split(self, arguments: list[str]) -> tuple[list[str], tuple[str, ...]]:
        """As `Parameters.split`; what the build system declared is taken out, into `opts`."""
        self.opts = self.problem = None
        # every context names the operating system: another program may have to say which
        with suppress(RezError):
            settings().system.begin_os()
        end = arguments.index("--") if "--" in arguments else len(arguments)
        given, rest = arguments[:end], tuple(arguments[end + 1 :])
        system = _system()
        if system is None or not system.declares_arguments():
            plain = self._plain(given)
            if plain is not None:
                return plain, rest
        # Deferred: with what it imports it takes longer than to read a definition.
        from rezfast.cli.build_parser import split_arguments

        try:
            self.opts, given = split_arguments(self.options, system, given)
        except UsageError as error:
            # told when the command runs: help is asked for first
            self.problem = error
            return [word for word in given if word in ("-h", "--help")], ()
        return given, rest

    def _plain(self, arguments: list[str]) -> list[str] | None:
        """The arguments as all commands take them; None: they may mean something else."""
        options = {spelling: option for option in self.options for spelling in option.spellings}
        flags = {
            spelling for spelling, option in options.items() if option.kind in ("flag", "count")
        }
        found: list[str] = []
        rest = iter(arguments)
        for argument in rest:
            letters = [f"-{letter}" for letter in argument[1:]]
            if argument in flags:
                found.append(argument)
            elif argument[:2] != "--" and letters and flags.issuperset(letters):
                found += letters
            elif argument in options and not options[argument].greedy:
                value = next(rest, "")
                if not value or value.startswith("-"):
                    return None
                found.append(f"{options[argument].spellings[0]}={value}")
            else:
                return None
        return found

    def epilog(self) -> str | None:
        """What `--help` says of the options that the build system here declares."""
        from rezfast.cli.build_parser import declared_help

        text = declared_help(_system())
        # click leaves lines as they are after \b
        return f"\b\n{text}" if text else None


def _system() -> type[BuildSystem] | None:
    """The build system of the current directory; None: there is none, or there are several."""
    # Deferred: as where the package is read.
    from rezfast.build.systems import get_valid_build_systems

    try:
        systems = get_valid_build_systems(os.getcwd(), source_package())
    except (RezError, OSError):
        # told when the package is asked for
        return None
    return systems[0] if len(systems) == 1 else None

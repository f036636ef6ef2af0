"""Options of `rezfast build` and `rezfast release`; some are known only in the source tree.

A package's `parse_build_args.py` and cmake declare options with argparse, of whatever kind. So
argparse reads a build's command line first; what it makes of the options that every build has is
written down again, plainly, for the readers of all commands.
"""

from __future__ import annotations

import argparse
import os
from typing import NoReturn

from rezfast.build.systems import get_valid_build_systems
from rezfast.cli.outcome import UsageError
from rezfast.cli.parameters import Option, Parameters
from rezfast.errors import RezError
from rezfast.repository.developer import DeveloperPackage, get_developer_package

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
    ]


def source_package() -> DeveloperPackage:
    """The package of the current directory, read once.

    Raises:
        RezError: As `get_developer_package`.
    """
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
        parser = _Parser(add_help=False, allow_abbrev=False)
        for option in self.options:
            _add(parser, option)
        _bind(parser)
        end = arguments.index("--") if "--" in arguments else len(arguments)
        try:
            opts, left = parser.parse_known_args(arguments[:end])
        except UsageError as error:
            # told when the command runs: help is asked for first
            self.problem = error
            return [word for word in arguments[:end] if word in ("-h", "--help")], ()
        opts.parser = parser
        self.opts = opts
        plain = [word for option in self.options for word in _written(option, opts)]
        return [*plain, *left], tuple(arguments[end + 1 :])

    def epilog(self) -> str | None:
        """What `--help` says of the options that the build system here declares."""
        parser = _Parser(add_help=False, usage=argparse.SUPPRESS)
        _bind(parser)
        text = parser.format_help().strip()
        # click leaves lines as they are after \b
        return f"\b\n{text}" if text else None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.kind == "flag":
        parser.add_argument(*option.spellings, dest=option.name, action="store_true")
        return
    kind = int if option.kind == "integer" else str
    nargs = "+" if option.greedy else None
    parser.add_argument(*option.spellings, dest=option.name, type=kind, nargs=nargs)


def _bind(parser: argparse.ArgumentParser) -> None:
    """Let the build system declare its options."""
    try:
        systems = get_valid_build_systems(os.getcwd(), source_package())
    except (RezError, OSError):
        # told when the package is asked for
        return
    if len(systems) == 1:
        group = parser.add_argument_group(f"{systems[0].name()} build system arguments")
        systems[0].bind_cli(parser, group)


def _written(option: Option, opts: argparse.Namespace) -> list[str]:
    """An option with its value, as the readers of command lines take it without doubt."""
    value = getattr(opts, option.name)
    spelling = option.spellings[0]
    if option.kind == "flag":
        return [spelling] if value else []
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [f"{spelling}={one}" for one in values]

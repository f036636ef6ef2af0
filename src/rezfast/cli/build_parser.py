"""argparse over the command line of a build: what a build system declares is read with it.

What argparse makes of the options that every build has is written down again, plainly, for the
readers of all commands.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from rezfast.build.system import BuildSystem
from rezfast.cli.outcome import UsageError
from rezfast.cli.parameters import Option


def split_arguments(
    options: Sequence[Option], system: type[BuildSystem] | None, arguments: list[str]
) -> tuple[argparse.Namespace, list[str]]:
    """What a build system declared, and the other arguments.

    Args:
        options: Those that every build has.
        system: The build system; None: nothing is declared.
        arguments: The command line.

    Returns:
        The values of all, by name, where `parser` is what read them; the options that every build
        has and what nobody knows, written plainly.

    Raises:
        UsageError: A declared option is used wrongly.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    for option in options:
        _add(parser, option)
    _bind(parser, system)
    opts, left = parser.parse_known_args(arguments)
    opts.parser = parser
    plain = [word for option in options for word in _written(option, opts)]
    return opts, [*plain, *left]


def declared_help(system: type[BuildSystem] | None) -> str:
    """What `--help` says of the options that a build system declares."""
    parser = _Parser(add_help=False, usage=argparse.SUPPRESS)
    _bind(parser, system)
    return parser.format_help().strip()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.kind in ("flag", "count"):
        action = "store_true" if option.kind == "flag" else "count"
        parser.add_argument(*option.spellings, dest=option.name, action=action, default=0)
        return
    kind = int if option.kind == "integer" else str
    nargs = "+" if option.greedy else None
    parser.add_argument(*option.spellings, dest=option.name, type=kind, nargs=nargs)


def _bind(parser: argparse.ArgumentParser, system: type[BuildSystem] | None) -> None:
    """Let the build system declare its options."""
    if system is not None:
        group = parser.add_argument_group(f"{system.name()} build system arguments")
        system.bind_cli(parser, group)


def _written(option: Option, opts: argparse.Namespace) -> list[str]:
    """An option with its value, as the readers of command lines take it without doubt."""
    value = getattr(opts, option.name)
    spelling = option.spellings[0]
    if option.kind in ("flag", "count"):
        return [spelling] * int(value)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [f"{spelling}={one}" for one in values]

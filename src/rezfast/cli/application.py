"""The command line as click sees it: help, errors, completion, and every unusual spelling."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from rezfast.cli.commands import COMMANDS, command_module
from rezfast.cli.outcome import EXIT_BAD_INPUT, EXIT_INTERRUPTED, EXIT_OK, guarded, report_error

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given, Option, Parameters

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyCommands(click.Group):
    """The group of all commands; a command's module is imported when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _click_command(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for; a misspelt one is answered with the nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else "try 'rezfast --help'"
            raise click.UsageError(f"no such command '{name}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under their purposes, from the table: no command is imported."""
        purposes: dict[str, list[tuple[str, str]]] = {}
        for name, entry in COMMANDS.items():
            purposes.setdefault(entry.purpose, []).append((name, entry.summary))
        for purpose, rows in purposes.items():
            with formatter.section(purpose):
                formatter.write_dl(rows)


class CommandOfWords(click.Command):
    """A command of ours: what it takes greedily, and what follows `--`, is sorted out first."""

    def __init__(self, parameters: Parameters, **settings: Any) -> None:
        super().__init__(**settings)
        self.parameters = parameters

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        looked_at, rest = self.parameters.split(args)
        left = super().parse_args(ctx, looked_at)
        if self.parameters.rest is not None:
            ctx.params[self.parameters.rest] = rest
        return left

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        if self.parameters.rest is not None:
            pieces.append(f"[-- {self.parameters.rest_metavar}...]")
        return pieces


def _click_option(option: Option) -> click.Option:
    settings: dict[str, Any] = {"help": option.help}
    if option.kind == "flag":
        settings["is_flag"] = True
    elif option.kind == "count":
        settings["count"] = True
    else:
        settings["type"] = int if option.kind == "integer" else str
        settings["metavar"] = option.metavar
        settings["multiple"] = option.many
        if not option.many:
            settings["default"] = option.default
    return click.Option([option.name, *option.spellings], **settings)


def _click_command(name: str) -> click.Command:
    """A command's module as a click command; its result is the exit code."""
    module = command_module(name)
    parameters = module.PARAMETERS

    def callback(**given: Any) -> int:
        return guarded(module.run, given)

    metavar = f"{parameters.metavar}..." if parameters.needed else f"[{parameters.metavar}]..."
    if not parameters.metavar:
        metavar = ""  # it takes none, and says so itself
    words = click.Argument(
        [parameters.words], nargs=-1, required=parameters.needed, metavar=metavar
    )
    return CommandOfWords(
        parameters,
        name=name,
        context_settings=_SETTINGS,
        callback=callback,
        params=[words, *map(_click_option, parameters.options)],
        help=module.HELP,
        epilog=parameters.epilog(),
        short_help=COMMANDS[name].summary,
    )


def _print_version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        # Deferred: reading installed metadata is slow, and only this option needs it.
        from importlib.metadata import version

        click.echo(f"rezfast {version('rezfast')}")
        ctx.exit()


@click.group("rezfast", cls=LazyCommands, invoke_without_command=True, context_settings=_SETTINGS)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def application(ctx: click.Context) -> int | None:
    """Resolve, enter, build and look at rez packages, at native speed.

    'rezfast COMMAND --help' describes a command.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return EXIT_OK
    return None


def read_with_click(name: str, arguments: list[str]) -> Given:
    """What click reads from a command's arguments. Raises click.ClickException."""
    with _click_command(name).make_context(name, list(arguments)) as ctx:
        return dict(ctx.params)


def run_with_click(arguments: list[str]) -> int:
    """Run the program, read by click, and return its exit code."""
    # commands have a guard of their own; this one is for what click does, such as to show help
    return guarded(lambda _: _run_with_click(arguments), {"debug": False})


def _run_with_click(arguments: list[str]) -> int:
    streams = sys.stdout, sys.stderr
    try:
        code = application.main(arguments, prog_name="rezfast", standalone_mode=False)
    except click.ClickException as error:
        report_error(_with_help(error))
        return EXIT_BAD_INPUT
    except click.exceptions.Abort:
        return EXIT_INTERRUPTED
    except SystemExit:
        # what click makes of a reader that went away, in whatever mode it runs; it leaves streams
        # behind that keep silent about it
        if sys.stdout is streams[0]:
            raise
        sys.stdout, sys.stderr = streams
        raise BrokenPipeError from None
    return code if isinstance(code, int) else EXIT_OK


def _with_help(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    ctx = getattr(error, "ctx", None)
    if ctx is None or ctx.parent is None:
        return message
    return f"{message} (see '{ctx.command_path} --help')"

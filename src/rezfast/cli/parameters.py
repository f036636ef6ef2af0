"""What a command accepts, as data that both readers of a command line use."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, Protocol

    Kind = Literal["flag", "count", "text", "integer"]
    Given = dict[str, Any]

    class CommandModule(Protocol):
        """What a module of this package offers to be a command."""

        HELP: str
        PARAMETERS: Parameters

        def run(self, given: Given) -> int:
            """Do the work and return the exit code."""


class Option:
    """One `--option` of a command.

    Attributes:
        name: Key of the value in what a reader gives.
        spellings: Every way to write it, `--long` first.
        kind: "flag" (no value, False unless given), "count" (no value, how often it is given),
            "text" or "integer".
        many: True if it may be repeated; the value is then a tuple, in the order given.
        greedy: True if, with `many`, it also takes the words after its value, up to the next
            option.
        default: Value when it is not given and not `many`.
        metavar: What --help calls the value.
        help: One sentence for --help.
    """

    __slots__ = ("default", "greedy", "help", "kind", "many", "metavar", "name", "spellings")

    def __init__(
        self,
        *spellings: str,
        help: str,
        kind: Kind = "text",
        metavar: str | None = None,
        many: bool = False,
        greedy: bool = False,
        default: int | str | None = None,
    ) -> None:
        self.name = spellings[0].lstrip("-").replace("-", "_")
        self.spellings = spellings
        self.kind = kind
        self.many = many
        self.greedy = greedy
        self.default = default
        self.metavar = metavar
        self.help = help

    def initial(self) -> object:
        """The value when the option is not given."""
        if self.many:
            return ()
        if self.kind == "flag":
            return False
        return 0 if self.kind == "count" else self.default


class Parameters:
    """All a command accepts: its options, words without a dash, and what follows `--`.

    Attributes:
        words: Key under which the words are given, as a tuple.
        metavar: What --help calls one of the words.
        options: The options, in the order --help shows them.
        needed: Whether at least one word has to be given.
        rest: Key under which all that follows `--` is given, as a tuple; None for a command to
            which `--` says that words follow.
        rest_metavar: What --help calls one of those.
    """

    __slots__ = ("metavar", "needed", "options", "rest", "rest_metavar", "words")

    def __init__(
        self,
        words: str,
        metavar: str,
        options: list[Option],
        *,
        needed: bool = True,
        rest: str | None = None,
        rest_metavar: str = "",
    ) -> None:
        self.words = words
        self.metavar = metavar
        self.needed = needed
        self.options = options
        self.rest = rest
        self.rest_metavar = rest_metavar

    def epilog(self) -> str | None:
        """What --help says at its end; None: nothing."""
        return None

    def split(self, arguments: list[str]) -> tuple[list[str], tuple[str, ...]]:
        """What the readers look at, and what follows `--`.

        A greedy option is repeated for each word that it takes, so that readers see one value each.

        Args:
            arguments: The command line after the command's name.
        """
        rest: tuple[str, ...] = ()
        if self.rest is not None and "--" in arguments:
            end = arguments.index("--")
            arguments, rest = arguments[:end], tuple(arguments[end + 1 :])
        greedy = {s for option in self.options if option.greedy for s in option.spellings}
        if greedy.isdisjoint(arguments):
            return arguments, rest
        spread: list[str] = []
        taking = ""  # the greedy option that takes words
        for argument in arguments:
            if argument[:1] == "-" and argument != "-":
                taking = argument if argument in greedy else ""
                spread.append(argument)
            elif taking and spread[-1] != taking:
                spread += (taking, argument)
            else:
                spread.append(argument)
        return spread, rest

"""What a command accepts, as data that both readers of a command line use."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, Protocol

    Kind = Literal["flag", "text", "integer"]
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
        kind: "flag" (no value, False unless given), "text" or "integer".
        many: True if it may be repeated; the value is then a tuple, in the order given.
        default: Value when it is not given and not `many`.
        metavar: What --help calls the value.
        help: One sentence for --help.
    """

    __slots__ = ("default", "help", "kind", "many", "metavar", "name", "spellings")

    def __init__(
        self,
        *spellings: str,
        help: str,
        kind: Kind = "text",
        metavar: str | None = None,
        many: bool = False,
        default: int | str | None = None,
    ) -> None:
        self.name = spellings[0].lstrip("-").replace("-", "_")
        self.spellings = spellings
        self.kind = kind
        self.many = many
        self.default = default
        self.metavar = metavar
        self.help = help

    def initial(self) -> object:
        """The value when the option is not given."""
        if self.many:
            return ()
        return False if self.kind == "flag" else self.default


class Parameters:
    """All a command accepts: its options, and words without a dash.

    Attributes:
        words: Key under which the words are given, as a tuple.
        metavar: What --help calls one of the words.
        options: The options, in the order --help shows them.
        needed: Whether at least one word has to be given.
    """

    __slots__ = ("metavar", "needed", "options", "words")

    def __init__(
        self, words: str, metavar: str, options: list[Option], *, needed: bool = True
    ) -> None:
        self.words = words
        self.metavar = metavar
        self.needed = needed
        self.options = options

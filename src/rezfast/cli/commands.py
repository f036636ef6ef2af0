"""The commands there are, by purpose. Naming them imports none of them."""

from __future__ import annotations

from rezfast.typed import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.cli.parameters import CommandModule


class Entry:
    """A command as the list of commands knows it.

    Attributes:
        purpose: Heading it stands under in `rezfast --help`.
        summary: One line that says what it does.
    """

    __slots__ = ("purpose", "summary")

    def __init__(self, purpose: str, summary: str) -> None:
        self.purpose = purpose
        self.summary = summary


COMMANDS: dict[str, Entry] = {
    "resolve": Entry(
        "Ask for packages", "Find the packages that meet a request, or say why none do."
    ),
    "search": Entry(
        "Ask for packages", "Find families, packages or variants by name, version and time."
    ),
    "env": Entry(
        "Work in environments", "Enter the environment of packages, or run a program in it."
    ),
    "context": Entry(
        "Work in environments", "Show what is in a context, or the code that sets it up."
    ),
    "interpret": Entry(
        "Work in environments", "Show what commands of packages come to in a shell."
    ),
    "status": Entry("Work in environments", "Show the current context, or what a name is in it."),
    "build": Entry("Build packages", "Build the package of a source tree, and install it."),
    "release": Entry(
        "Build packages", "Build the package of a source tree for everybody, and tag it."
    ),
    "test": Entry("Build packages", "Run the tests that a package declares."),
    "pip": Entry("Build packages", "Install Python distributions as packages."),
    "scan": Entry(
        "Look at definitions", "Show what can be read of a definition without running it."
    ),
    "survey": Entry(
        "Look at definitions", "Sort the definitions of whole repositories into classes."
    ),
    "view": Entry("Look at definitions", "Show what a package's definition says."),
    "yaml2py": Entry("Look at definitions", "Show a package.yaml as the package.py it could be."),
    "config": Entry("Look at the configuration", "Show settings, and where they come from."),
}


def command_module(name: str) -> CommandModule:
    """Import the module of a command that is in `COMMANDS`."""
    module: CommandModule = import_module(f"rezfast.cli.{name}")
    return module

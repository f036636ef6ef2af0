"""Read a plain command line without click.

It accepts what it is sure of and leaves the rest to click, so it has no error message of its own:
exact option spellings, `--option value`, `--option=value`, ASCII integers, words without a dash.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.cli.parameters import Given, Option, Parameters


def read_plain(parameters: Parameters, arguments: list[str]) -> Given | None:
    """The values of a plain command line, by name, or None when click must read it."""
    options = {spelling: option for option in parameters.options for spelling in option.spellings}
    given: Given = {option.name: option.initial() for option in parameters.options}
    words: list[str] = []
    arguments, given_rest = parameters.split(arguments)
    rest = iter(arguments)
    for argument in rest:
        if argument[:1] != "-":
            words.append(argument)
            continue
        spelling, equals, text = argument.partition("=")
        option = options.get(spelling)
        if option is None or (equals and not spelling.startswith("--")):
            return None
        if option.kind == "flag":
            if equals:
                return None
            given[option.name] = True
            continue
        if option.kind == "count":
            if equals:
                return None
            given[option.name] += 1
            continue
        value = text if equals else next(rest, None)
        if value is None or not _store(option, value, given):
            return None
    if parameters.needed and not words:
        return None
    given[parameters.words] = tuple(words)
    if parameters.rest is not None:
        given[parameters.rest] = given_rest
    return given


def _store(option: Option, text: str, given: Given) -> bool:
    """Put an option's value in `given`; False when click must say whether it is one."""
    value: str | int = text
    if option.kind == "integer":
        if not (text.isascii() and text.removeprefix("-").isdigit()):
            return False
        value = int(text)
    given[option.name] = (*given[option.name], value) if option.many else value
    return True

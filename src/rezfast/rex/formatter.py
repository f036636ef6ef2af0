"""`{name}` in the strings of commands replaced by what commands see under that name.

    "{root}/bin:$PATH" --parsed, once a text--> [("", root), ("/bin:${PATH}", -)] --> text

rez's rules (`rez.rex.NamespaceFormatter`): a reference to a variable, `$X` or `${X}`, stays a
reference and becomes `${X}`; a text that is put in is formatted in turn. Texts recur from package
to package, so what they were parsed to is kept. Errors come when it is the turn of what is wrong,
as commands tell them apart.
"""

from __future__ import annotations

from _string import (  # type: ignore[import-not-found]
    formatter_field_name_split,
    formatter_parser,
)

from rezfast.errors import RexError
from rezfast.rex.interpreter import ActionInterpreter
from rezfast.rex.strings import EscapedString

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from re import Match, Pattern
    from typing import Any

_LIMIT = 20_000
_DEEPEST = 2

_CONVERSIONS: dict[str, Callable[[Any], str]] = {"s": str, "r": repr, "a": ascii}


class _Numbers:
    """Tells `{}` from `{0}`: the next number to give out; None once numbers are written."""

    __slots__ = ("next",)

    def __init__(self) -> None:
        self.next: int | None = 0


class _Field:
    """One pair of braces.

    Attributes:
        first: The name, or the number of an argument, before the first dot or bracket.
        rest: The attributes (True) and items (False) that lead on from it.
        error: What is wrong with the name after these.
        conversion: What comes after `!`, or None.
        spec: What comes after `:`; None when that is nothing.
    """

    __slots__ = ("conversion", "error", "first", "rest", "spec")

    @property
    def name(self) -> str | None:
        """The name, when there is nothing else."""
        is_more = self.rest or self.error or self.conversion or self.spec
        return None if is_more or isinstance(self.first, int) else self.first

    def __init__(self, name: str, conversion: str | None, spec: _Template | None) -> None:
        self.first: str | int
        self.first, rest = formatter_field_name_split(name)
        self.rest: list[tuple[bool, Any]] = []
        self.error: ValueError | None = None
        self.conversion = conversion
        self.spec = spec
        try:
            self.rest.extend(rest)
        except ValueError as error:
            self.error = error


# text, and what comes after it: a name that is all there is between braces, other braces, an error
_Template = list[tuple[str, str | _Field | ValueError | None]]

# by what finds references to variables; each by text
_templates: dict[Pattern[str], dict[str, _Template]] = {}


class NamespaceFormatter:
    """Formats texts with the names of a namespace.

    Args:
        namespace: The names. It is looked at when a text is formatted, and may change.
        regex: Finds references to variables; None: as most shells write them.
    """

    def __init__(self, namespace: Mapping[str, Any], regex: Pattern[str] | None = None) -> None:
        self.namespace = namespace
        self._pattern = regex or ActionInterpreter.ENV_VAR_REGEX
        self._known = _templates.setdefault(self._pattern, {})

    def expanded(self, text: str) -> str:
        """The text, formatted.

        Args:
            text: The text.

        Raises:
            KeyError: A name, or an item, that is not there.
            ValueError: Braces that are no format.
            IndexError: A number, which stands for nothing here.
            AttributeError: An attribute that is not there.
            RexError: What is put in has itself in it.
        """
        return self._rendered(self._known.get(text) or self._template(text), ())

    def format(
        self, format_string: str, *args: Any, regex: Pattern[str] | None = None, **kwargs: Any
    ) -> str:
        """As `expanded`, with names and arguments of one's own.

        Args:
            format_string: The text.
            args: What `{0}`, `{1}` and so on stand for.
            regex: Finds references to variables, in this text alone.
            kwargs: Names that come before those of the namespace.

        Raises:
            KeyError, ValueError, IndexError, AttributeError: As `expanded`.
        """
        if regex is not None or kwargs:
            # a text that is put in sees the names as well
            names = {**self.namespace, **kwargs} if kwargs else self.namespace
            return NamespaceFormatter(names, regex or self._pattern).format(format_string, *args)
        return self._rendered(self._template(format_string), args)

    def _template(self, text: str) -> _Template:
        known = self._known
        template = known.get(text)
        if template is None:
            if len(known) > _LIMIT:
                known.clear()
            escaped = self._pattern.sub(_protected, text)
            template = known[text] = _parsed(escaped, _DEEPEST, _Numbers()) or [("", None)]
        return template

    def _rendered(self, template: _Template, args: tuple[Any, ...]) -> str:
        pieces = []
        for text, field in template:
            pieces.append(text)
            if field is None:
                continue
            if isinstance(field, str):
                value = self.namespace[field]
                is_text = type(value) is str
                if is_text and "{" not in value and "$" not in value and "}" not in value:
                    pieces.append(value)
                else:
                    pieces.append(self._text(value, ""))
            elif isinstance(field, _Field):
                pieces.append(self._value(field, args))
            else:
                raise field.with_traceback(None)
        return "".join(pieces)

    def _value(self, field: _Field, args: tuple[Any, ...]) -> str:
        first = field.first
        if isinstance(first, int):
            value = args[first]
        elif first:
            value = self.namespace[first]
        else:
            raise ValueError("a pair of braces with no name in it")
        for is_attribute, name in field.rest:
            value = getattr(value, name) if is_attribute else value[name]
        if field.error is not None:
            raise field.error.with_traceback(None)
        if field.conversion is not None:
            if field.conversion not in _CONVERSIONS:
                raise ValueError(f"!{field.conversion} is no conversion: use !s, !r or !a")
            value = _CONVERSIONS[field.conversion](value)
        return self._text(value, "" if field.spec is None else self._rendered(field.spec, args))

    def _text(self, value: Any, spec: str) -> str:
        if isinstance(value, EscapedString):
            value = str(value)
        if isinstance(value, str) and ("{" in value or "$" in value or "}" in value):
            # whatever finds references in the text around it, here it is what most shells write
            try:
                value = NamespaceFormatter(self.namespace).expanded(value)
            except RecursionError:
                raise RexError(
                    f"braces that never end: what is put in for {{...}} in {value!r} has the same "
                    "braces in it"
                ) from None
        return format(value, spec)


def _parsed(text: str, depth: int, numbers: _Numbers) -> _Template:
    if depth < 0:
        return [("", ValueError("braces within braces within braces"))]
    template: _Template = []
    try:
        for before, name, spec, conversion in formatter_parser(text):
            if name is None:
                template.append((before, None))
                continue
            name = _numbered(name, numbers)
            # where it is too deep for one, even a spec of nothing is an error
            has_spec = bool(spec) or not depth
            parsed = _parsed(spec or "", depth - 1, numbers) if has_spec else None
            field = _Field(name, conversion, parsed)
            template.append((before, field.name or field))
    except ValueError as error:
        template.append(("", error))
    return template


def _numbered(name: str, numbers: _Numbers) -> str:
    if name and not name.isdigit():
        return name
    if not name:
        if numbers.next is None:
            raise ValueError("{} after {0}: number all or none")
        name = str(numbers.next)
        numbers.next += 1
    elif numbers.next:
        raise ValueError("{0} after {}: number all or none")
    else:
        numbers.next = None
    return name


def _protected(found: Match[str]) -> str:
    """The reference with its braces written so that formatting leaves one pair of them."""
    return f"${{{{{next(name for name in found.groups() if name is not None)}}}}}"

"""`{name}` in a text replaced by an object's attribute (rez: `StringFormatMixin`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from string import Formatter
from typing import Any

_FIRST_WORD = re.compile(r"[^\.\[]+")
_FIELD = re.compile("{(?P<name>.+?)}")


class StringFormatType(Enum):
    """What becomes of a name that the object does not have."""

    error = 1
    empty = 2
    unchanged = 3


class ObjectStringFormatter(Formatter):
    """Replaces `{name}` by an attribute or an item of an object.

    Args:
        instance: The object.
        pretty: Give None as nothing and a list as its items with spaces between.
        expand: What becomes of a name that the object does not have.
    """

    def __init__(
        self,
        instance: Any,
        pretty: bool = False,
        expand: StringFormatType = StringFormatType.error,
    ) -> None:
        self.instance = instance
        self.pretty = pretty
        self.expand = expand

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if self.pretty:
            if value is None:
                return ""
            if isinstance(value, list):
                return " ".join(map(str, value))
        return super().convert_field(value, conversion)

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        try:
            return super().get_field(field_name, args, kwargs)
        except (AttributeError, KeyError, TypeError):
            if self.expand is StringFormatType.error:
                raise
            found = _FIRST_WORD.match(field_name)
            key = field_name if found is None else found.group()
            return ("" if self.expand is StringFormatType.empty else f"{{{field_name}}}"), key

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if not isinstance(key, str):
            return super().get_value(key, args, kwargs)
        if not key:
            raise ValueError("a pair of braces with no name in it")
        if key in kwargs:
            return kwargs[key]
        # a property may raise something else, which is not to be mistaken for its absence
        try:
            return getattr(self.instance, key)
        except AttributeError:
            return self.instance[key]


def expand_abbreviations(text: str, fields: Iterable[str]) -> str:
    """Replace each `{beginning}` of just one of the fields by the whole name in braces."""
    known = list(fields)

    def expanded(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in known:
            matches = [field for field in known if field.startswith(name)]
            if len(matches) == 1:
                name = matches[0]
        return f"{{{name}}}"

    return _FIELD.sub(expanded, text)

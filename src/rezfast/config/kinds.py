"""What type a setting has: how a value from a file is checked and how `$REZ_<SETTING>` is read."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TRUE_WORDS = ("1", "true", "t", "yes", "y", "on")
FALSE_WORDS = ("0", "false", "f", "no", "n", "off")


class Kind:
    """The type of a setting.

    Attributes:
        expected: The type in words, for messages.
        check: Takes a value, gives it in the setting's type; ValueError when it has another type.
        parse: Takes the text of `$REZ_<SETTING>`, gives a value for `check`; ValueError when it
            cannot. None when the setting has no such form, only `$REZ_<SETTING>_JSON`.
    """

    __slots__ = ("check", "expected", "parse")

    def __init__(
        self, expected: str, check: Callable[[Any], Any], parse: Callable[[str], Any] | None
    ) -> None:
        self.expected = expected
        self.check = check
        self.parse = parse


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _optional_text(value: Any) -> str | None:
    return None if value is None else _text(value)


def _text_list(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError
    return tuple(_text(item) for item in value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _mapping(value: Any) -> dict[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError
    return value


def _mapping_list(value: Any) -> tuple[dict[Any, Any], ...]:
    if value is None:
        return ()
    if isinstance(value, dict):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError
    return tuple(value)


def _choice(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return check


def _parse_words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _parse_paths(text: str) -> list[str]:
    return [path for path in text.split(os.pathsep) if path]


def _parse_flag(text: str) -> bool:
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError


def _parse_mapping(text: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for item in text.split(","):
        key, colon, value = item.partition(":")
        if not colon:
            raise ValueError
        result[key] = _number(value)
    return result


def _number(text: str) -> int | float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


PATH_LIST = Kind("a list of paths", _text_list, _parse_paths)
WORD_LIST = Kind("a list of strings", _text_list, _parse_words)
FLAG = Kind(f"a boolean ({'/'.join(TRUE_WORDS)} or {'/'.join(FALSE_WORDS)})", _flag, _parse_flag)
OPTIONAL_TEXT = Kind("a string or none", _optional_text, str)
MAPPING = Kind("a dict (k1:v1,k2:v2 in a variable)", _mapping, _parse_mapping)
MAPPING_LIST = Kind("a dict or a list of dicts", _mapping_list, None)


def choice(*words: str) -> Kind:
    """A setting that is one of `words`."""
    return Kind(f"one of {', '.join(words)}", _choice(*words), str)

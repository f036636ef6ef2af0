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
        expected: The type in words, for messages and for `rezfast config --explain`.
        check: Takes a value, gives it in the setting's type; ValueError when it has another type.
        parse: Takes the text of `$REZ_<SETTING>`, gives a value for `check`; ValueError when it
            cannot. None when the setting has no such form, only `$REZ_<SETTING>_JSON`.
        finish: Applied after the strings of the value are expanded; ValueError when it cannot.
            None: the value stays as it is.
    """

    __slots__ = ("check", "expected", "finish", "parse")

    def __init__(
        self,
        expected: str,
        check: Callable[[Any], Any],
        parse: Callable[[str], Any] | None,
        finish: Callable[[Any], Any] | None = None,
    ) -> None:
        self.expected = expected
        self.check = check
        self.parse = parse
        self.finish = finish


def _anything(value: Any) -> Any:
    return value


def text(value: Any) -> str:
    """A string; ValueError if it is none, as with the checks below."""
    if not isinstance(value, str):
        raise ValueError
    return value


def _optional_text(value: Any) -> str | None:
    return None if value is None else text(value)


def text_list(value: Any) -> list[str]:
    """A list of strings."""
    if not isinstance(value, list):
        raise ValueError
    return [text(item) for item in value]


def _optional_text_list(value: Any) -> list[str]:
    return [] if value is None else text_list(value)


def _text_or_function(value: Any) -> Any:
    if value is not None and not isinstance(value, str) and not callable(value):
        raise ValueError
    return value


def _integer(value: Any) -> int:
    # True and False are integers here, as they are to rez
    if not isinstance(value, int):
        raise ValueError
    return value


def _number(value: Any) -> float:
    # an integer is none here, as it is none to rez
    if not isinstance(value, float):
        raise ValueError
    return value


def flag(value: Any) -> bool:
    """A boolean."""
    if not isinstance(value, bool):
        raise ValueError
    return value


def _optional_flag(value: Any) -> bool | None:
    return None if value is None else flag(value)


def _forced_flag(value: Any) -> Any:
    return value if value == "force" else flag(value)


def mapping(value: Any) -> dict[Any, Any]:
    """A dict."""
    if not isinstance(value, dict):
        raise ValueError
    return value


def _optional_mapping(value: Any) -> dict[Any, Any]:
    return {} if value is None else mapping(value)


def _mapping_list(value: Any) -> list[dict[Any, Any]]:
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise ValueError
    return [mapping(item) for item in value]


def _choice(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return check


def _threads(value: Any) -> int:
    if value == "physical_cores" or value == "logical_cores":
        # Deferred: only a build counts cores.
        from rezfast.config.machine import logical_cores, physical_cores

        return physical_cores() if value == "physical_cores" else logical_cores()
    if _integer(value) <= 0:
        raise ValueError
    return int(value)


_REMAP_KEYS = ("record_path", "pip_install", "rez_install")


def _remaps(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise ValueError
    for item in value:
        if set(mapping(item)) != set(_REMAP_KEYS) or not all(map(text, item.values())):
            raise ValueError
    return value


def _with_separators(remaps: list[dict[str, str]]) -> list[dict[str, str]]:
    """The remaps with `{p}` and `{s}` filled in: escaped where the text is a regular expression."""
    # Deferred: only an installation from pip asks for them.
    import re

    plain = {"pardir": os.pardir, "p": os.pardir, "sep": os.sep, "s": os.sep}
    escaped = {key: re.escape(part) for key, part in plain.items()}
    try:
        return [
            {
                key: part.format(**(escaped if key == "record_path" else plain))
                for key, part in remap.items()
            }
            for remap in remaps
        ]
    except (LookupError, AttributeError) as error:
        raise ValueError(f"knows {{p}} and {{s}} only, not {error}") from error


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


def _parse_forced_flag(text: str) -> Any:
    return text if text == "force" else _parse_flag(text)


def _parse_threads(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text


def _parse_mapping(text: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for item in text.split(","):
        key, colon, value = item.partition(":")
        if not colon:
            raise ValueError
        result[key] = _number_or_text(value)
    return result


def _number_or_text(text: str) -> int | float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


_BOOLEAN = f"a boolean ({'/'.join(TRUE_WORDS)} or {'/'.join(FALSE_WORDS)} in a variable)"
_DICT = "a dict (k1:v1,k2:v2 in a variable)"

ANYTHING = Kind("anything", _anything, None)
PATH_LIST = Kind("a list of paths", text_list, _parse_paths)
WORD_LIST = Kind("a list of strings", text_list, _parse_words)
OPTIONAL_WORD_LIST = Kind("a list of strings or none", _optional_text_list, _parse_words)
TEXT = Kind("a string", text, str)
OPTIONAL_TEXT = Kind("a string or none", _optional_text, str)
TEXT_OR_FUNCTION = Kind(
    "a function, the name of one as module.name, or none", _text_or_function, str
)
INTEGER = Kind("an integer", _integer, int)
NUMBER = Kind("a number with a decimal point", _number, float)
FLAG = Kind(_BOOLEAN, flag, _parse_flag)
OPTIONAL_FLAG = Kind(f"{_BOOLEAN}, or none", _optional_flag, _parse_flag)
FORCED_FLAG = Kind(f"{_BOOLEAN}, or 'force'", _forced_flag, _parse_forced_flag)
MAPPING = Kind(_DICT, mapping, _parse_mapping)
OPTIONAL_MAPPING = Kind(f"{_DICT} or none", _optional_mapping, _parse_mapping)
MAPPING_LIST = Kind("a dict, a list of dicts or none", _mapping_list, None)
THREADS = Kind("a number above 0, 'physical_cores' or 'logical_cores'", _threads, _parse_threads)
REMAPS = Kind(
    f"a list of dicts with the strings {', '.join(_REMAP_KEYS)}", _remaps, None, _with_separators
)


def choice(*words: str) -> Kind:
    """A setting that is one of `words`."""
    return Kind(f"one of {', '.join(words)}", _choice(*words), str)

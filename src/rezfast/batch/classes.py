"""The classes that a survey sorts definitions into: their codes, and plain words for them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Group = Literal["fast", "slow", "broken", "unreadable"]

FAST = "fast"
BROKEN_PYTHON = "broken-python"
BROKEN_YAML = "broken-yaml"
YAML = "yaml"
COMBINED = "combined"
UNREADABLE = "unreadable"

# A group is what to do about it: nothing; write it plainly; repair it; look at the disk.
GROUPS: dict[Group, str] = {
    "fast": "read without running anything",
    "slow": "read correctly, but by Python or the YAML reader",
    "broken": "an error for whoever resolves it",
    "unreadable": "no answer from the file system",
}

REFUSALS: dict[str, str] = {
    "encoding": "is not plain UTF-8 text, or declares another encoding",
    "syntax": "has syntax that is not read here, or is no Python",
    "indentation": "has indentation that is not read here, or is no Python",
    "string": "has a string literal that is not read here, such as an f-string",
    "nesting": "nests brackets or blocks too deeply",
    "dynamic-field": "computes a field, such as requires or variants, in place of writing it out",
    "invalid-value": "gives a field a value that rez rejects",
    "dynamic-attribute": "computes an attribute with an expression that might do more",
    "field-function": "makes a field with a function: @early, @late or a plain one",
    "signature": "has a function whose defaults or annotations run code",
    "decorator": "has a decorator other than @late and @include: @early and others run code",
    "assignment": "assigns in a way that is not followed: unpacking, chained, to a part, or +=",
    "reserved-name": "binds a name that rez or Python gives a meaning",
    "import": "imports something that might reach a field or have an effect",
    "scope": "has a 'with' block that is not a plain scope('config')",
    "branch": "decides at load time: if, for, while, try or match",
    "class": "defines a class",
    "statement": "has a statement that is not followed, such as a call, del or global",
    "preprocess": "has a preprocess function, which may change anything",
    "missing-name": "does not name itself",
}

_OTHERS: dict[str, tuple[Group, str]] = {
    FAST: ("fast", "read without running anything"),
    YAML: ("slow", "is YAML, which the YAML reader reads"),
    COMBINED: ("slow", "holds every version of a family, which Python puts together"),
    BROKEN_PYTHON: ("broken", "is no valid Python"),
    BROKEN_YAML: ("broken", "is no valid YAML, or holds a value that rez rejects"),
    UNREADABLE: ("unreadable", "cannot be opened, listed or read"),
    "missing": ("unreadable", "is not there"),
    "too-large": ("unreadable", "is too large to be a definition"),
    "not-a-file": ("unreadable", "is no regular file"),
    "bad-path": ("unreadable", "has a path that no file can have"),
    "not-text": ("broken", "holds NUL bytes, so it is no text"),
}


def group_of(code: str) -> Group:
    """Which of `GROUPS` a class belongs to; a refusal means that Python has to run it."""
    return _OTHERS[code][0] if code in _OTHERS else "slow"


def meaning(code: str) -> str:
    """What a class means, as the end of a sentence about one definition."""
    if code in _OTHERS:
        return _OTHERS[code][1]
    return REFUSALS.get(code, "is refused")

"""Fuzzes `is_sound`: what it takes for sound compiles, and the compiler has nothing to warn of."""

from __future__ import annotations

import warnings
from contextlib import suppress
from random import Random

from fuzz.target import Target

from rezfast._syntax import is_sound
from rezfast.package.outline import outline

LINES = (
    *('    env.PATH.append("{root}/bin")', "    if a and not b.c >= 2:", "        pass"),
    *("    else:", "    elif 'x' in resolve:", "    for one in (1, 2):", "        continue"),
    *("    return [", "        'a',  # why", "    ] + f(b=1)[1:]", "    import os", "# edge", ""),
    *("    x = {'a': [y for y in z if y]}", "    found += list(x for x in y)"),
    "    raise E('%s' % x)",
)
WORDS = (
    *b"( ) [ ] { } : , ; = == != <= not in is and or if else for lambda".split(),
    *b"return def yield del".split(),
    *b"None True f(x) a.b 'a' \"b\" 1 0x1 1.5 01 -1 *a **b := @ \\ #".split(),
    *(b"\n", b"\n    ", b"\n        ", b" ", b"\t", b"\x00", b"\xff", b"\xc3\xa9", b"'''"),
    b"f'{a}'",
)


def run(data: bytes) -> None:
    """Asks about any text; where a function of a definition is said to compile, asks Python."""
    with suppress(UnicodeDecodeError):
        is_sound(data.decode())
    found = outline(data, "package.py")
    for block in found.blocks if found else ():
        if block.is_sound:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                compile(block._text, "package.py", "exec", dont_inherit=True)


def fresh(random: Random) -> bytes:
    """A function of lines that may go together."""
    lines = random.choices(LINES, k=random.randrange(1, 9))
    head = random.choice(("def commands():", "@late()\ndef tools():  # why"))
    return "\n".join([head, *lines, ""]).encode()


TARGET = Target(run, fresh, WORDS)

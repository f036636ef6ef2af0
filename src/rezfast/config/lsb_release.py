"""What `lsb_release -a` says: the name of the operating system, where no file has it.

The program takes longer than a resolve. On most systems it is one and the same shell script, which
says what os-release says; what that one would say is told here without it.
"""

from __future__ import annotations

import os

from rezfast.config.output import Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OS_RELEASE = "/etc/os-release"
_PROGRAM = "lsb_release"
_MOST_BYTES = 1 << 16

# The script of lsb-release-minimal (Debian 12 and what is made of it), by `_fingerprint`.
_KNOWN = frozenset((106906874802618810630715986662818396515,))
# What it asks for beyond os-release.
_LOOKED_AT = ("ID", "NAME", "VERSION_ID", "PRETTY_NAME", "VERSION_CODENAME", "LSB_OS_RELEASE")
# What it is made of.
_TOOLS = ("cut", "getopt", "tr")
# Characters that the shell gives no meaning between double quotes, and those that need none.
_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/-+,@%")
_QUOTED = _BARE | frozenset(" ()#'!;&|<>*?[]{}=~^")

# By PATH: a machine stays what it is.
_asked: dict[str, Output | str] = {}


def begin(environ: Mapping[str, str]) -> None:
    """Have it work out meanwhile what `said` will ask for."""
    path = environ.get("PATH", os.defpath)
    if path not in _asked:
        _asked[path] = _begin(path.split(os.pathsep), environ)


def said(environ: Mapping[str, str]) -> str:
    """What the program on `PATH` prints, as far as distributor and release go; "" if there is none.

    Args:
        environ: Environment variables.
    """
    begin(environ)
    found = _asked[environ.get("PATH", os.defpath)]
    return found if isinstance(found, str) else found.text() or ""


def _begin(places: list[str], environ: Mapping[str, str]) -> Output | str:
    program = _found(_PROGRAM, places)
    if program is None:
        return ""
    if not any(name in environ for name in _LOOKED_AT) and all(
        _found(tool, places) for tool in _TOOLS
    ):
        told = told_by(_read(program), _read(OS_RELEASE).decode("utf-8", "surrogateescape"))
        if told is not None:
            return told
    return Output(["/usr/bin/env", _PROGRAM, "-a"], environ)


def told_by(script: bytes, os_release: str) -> str | None:
    """What a program prints on stdout; None if that cannot be told.

    Args:
        script: The program.
        os_release: The text of os-release.
    """
    if _fingerprint(script) not in _KNOWN:
        return None
    values = _assigned(os_release)
    if values is None:
        return None
    name, own, release = values.get("ID"), values.get("NAME"), values.get("VERSION_ID")
    if not name or not own or not release:
        return None
    name = name[:1].upper() + name[1:]
    if name.lower() == own.lower():
        name = own
    return f"Distributor ID:\t{name}\nRelease:\t{release}\n"


def _assigned(text: str) -> dict[str, str] | None:
    """What plain assignments of a shell script assign; None if there is anything else in it."""
    if not text.isascii():
        return None
    values = {}
    for line in text.split("\n"):
        name, equals, value = line.strip(" ").partition("=")
        if not name or name.startswith("#"):
            continue
        quote = value[:1]
        if len(value) > 1 and quote in ('"', "'") and value.endswith(quote):
            value, allowed = value[1:-1], _QUOTED - {quote}
        else:
            allowed = _BARE
        if not (equals and name.isidentifier() and allowed.issuperset(value)):
            return None
        values[name] = value
    return values


def _found(program: str, places: list[str]) -> str | None:
    paths = (os.path.join(place, program) for place in places)
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(_MOST_BYTES) or b""
    except OSError:
        return b""


def _fingerprint(content: bytes) -> int:
    """A number that no two texts have in common by accident; `hashlib` takes long to import."""
    return int.from_bytes(content, "little") % ((1 << 127) - 1)

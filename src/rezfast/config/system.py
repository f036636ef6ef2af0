"""What rez knows of the machine: the `{system.xxx}` of a setting (rez: `rez.system`).

Nothing is looked up before it is asked for: the name of the operating system may take a subprocess.
"""

from __future__ import annotations

import os

from rezfast.config.output import Output
from rezfast.config.sources import REZ_VERSION
from rezfast.errors import RezError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_LSB_RELEASE = "/etc/lsb-release"
_LSB_FIELDS = ("DISTRIB_ID=", "DISTRIB_RELEASE=")
_OS_RELEASE = "/etc/os-release"

# What `lsb_release -a` says, by PATH: a machine stays what it is. It takes as long as a resolve.
_asked: dict[str, Output | None] = {}


class System:
    """Facts of this machine, by rez's names.

    Args:
        platform_map: The setting of that name: {"os" | "arch": {regex: replacement}}.
    """

    def __init__(self, platform_map: Mapping[str, Any]) -> None:
        self._platform_map = platform_map

    @property
    def rez_version(self) -> str:
        """The version of rez whose behaviour this is."""
        return REZ_VERSION

    @property
    def platform(self) -> str:
        """`linux`."""
        return "linux"

    @property
    def arch(self) -> str:
        """The architecture, as `x86_64`."""
        return _version_text(self._mapped("arch", os.uname().machine))

    @property
    def os(self) -> str:
        """The operating system, as `Ubuntu-22.04`.

        Raises:
            RezError: It cannot be found out.
        """
        return _version_text(self._mapped("os", _operating_system()))

    def begin_os(self) -> None:
        """Have what `os` has to ask another program for found out meanwhile."""
        if not all(_fields(_read(_LSB_RELEASE), *_LSB_FIELDS)):
            _lsb_release()

    @property
    def variant(self) -> list[str]:
        """The requests that tie a package to this machine."""
        return [f"platform-{self.platform}", f"arch-{self.arch}", f"os-{self.os}"]

    @property
    def shell(self) -> str:
        """The shell that this process runs in, as `bash`."""
        # Deferred: looking around takes modules that a resolve does not need.
        from rezfast.config.machine import current_shell

        return current_shell()

    @property
    def user(self) -> str:
        """The name of the user who runs this process."""
        # what `getpass.getuser` does, without what else is in that module
        for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
            given = os.environ.get(name)
            if given:
                return given
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name

    @property
    def home(self) -> str:
        """The user's home directory."""
        return os.path.expanduser("~")

    @property
    def hostname(self) -> str:
        """The machine's name, as `ws042`."""
        return os.uname().nodename  # what socket.gethostname() gives

    @property
    def fqdn(self) -> str:
        """The machine's full name, as `ws042.studio.example`."""
        import socket

        return socket.getfqdn()

    @property
    def domain(self) -> str:
        """The part of `fqdn` after the first dot."""
        return self.fqdn.partition(".")[2]

    def _mapped(self, what: str, value: str) -> str:
        replacements = self._platform_map.get(what)
        if not replacements:
            return value
        import re

        for pattern, replacement in replacements.items():
            value, changes = re.subn(pattern, replacement, value)
            if changes:
                break
        return value


def _operating_system() -> str:
    """Distributor and release as rez finds them: each source fills what the last one left open."""
    distributor, release = _fields(_read(_LSB_RELEASE), *_LSB_FIELDS)
    if distributor and release:
        return f"{distributor}-{release}"
    found = _fields(_run_lsb_release(), "Distributor ID:", "Release:")
    distributor, release = distributor or found[0], release or found[1]
    if distributor and release:
        return f"{distributor}-{release}"
    found = _fields(_read(_OS_RELEASE), "ID=", "VERSION_ID=")
    distributor, release = distributor or found[0], release or found[1]
    if not distributor:
        raise RezError(
            f"cannot tell the operating system from {_LSB_RELEASE}, lsb_release or {_OS_RELEASE}"
        )
    # a distribution without releases has a name alone
    return f"{distributor}-{release or ''}"


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def _lsb_release() -> Output | None:
    """The program `lsb_release`, started now if it was not before; None if there is none."""
    path = os.environ.get("PATH", os.defpath)
    asked = _asked.get(path)
    if path not in _asked or (asked is not None and asked.is_of_another_process):
        there = any(
            os.access(os.path.join(place, "lsb_release"), os.X_OK)
            for place in path.split(os.pathsep)
        )
        asked = Output(["/usr/bin/env", "lsb_release", "-a"], os.environ) if there else None
        _asked[path] = asked
    return asked


def _run_lsb_release() -> str:
    asked = _lsb_release()
    return (asked and asked.text()) or ""


def _fields(text: str, distributor_key: str, release_key: str) -> tuple[str | None, str | None]:
    distributor = release = None
    for line in text.strip().split("\n"):
        if line.startswith(distributor_key):
            distributor = _unquoted(line[len(distributor_key) :].strip())
        elif line.startswith(release_key):
            release = _unquoted(line[len(release_key) :].strip())
    return distributor, release


def _unquoted(text: str) -> str:
    for quote in "'\"":
        if text.startswith(quote) and text.endswith(quote):
            return text[1:-1]
    return text


def _version_text(text: str) -> str:
    """`text` as a version: tokens between single separators, `_` for what no token may hold."""
    if text.isascii() and all(
        token.replace("_", "0").isalnum() for token in text.replace(".", "-").split("-")
    ):
        return text
    import re

    tokens = re.split(r"([.-])", text.strip(".").strip("-"))
    result = ""
    for token, separator in zip(tokens[::2], [*tokens[1::2], ""], strict=True):
        if token:
            result += re.sub(r"[^a-zA-Z0-9_]", "_", token) + separator
    return result

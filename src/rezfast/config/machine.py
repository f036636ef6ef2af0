"""What this machine offers: the values of settings that rez leaves to the platform, and the shell.

Each is looked up when it is asked for; a setting's, when no source gives it. Modules are imported
where they are used: entering an environment asks for the shell and the directory for temporary
files, which need none of them.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_CPUINFO = "/proc/cpuinfo"

# The shells that rez has a plugin for on Linux.
_SHELLS = ("bash", "csh", "pwsh", "sh", "tcsh", "zsh")


def found(name: str, environ: Mapping[str, str]) -> Any:
    """The value of a setting that no source gives; None for most.

    Args:
        name: Name of the setting.
        environ: Environment variables; `PATH` says where programs are looked for.
    """
    find = _FINDERS.get(name)
    return None if find is None else find(environ)


def logical_cores() -> int:
    """The number of cores that the operating system counts; 1 when it cannot tell."""
    return os.cpu_count() or 1


def physical_cores() -> int:
    """The number of cores that are there, without what hyperthreading adds (rez: as here).

    Asked are `/proc/cpuinfo`, then `lscpu`; when neither tells it is the number of logical cores.
    """
    logical = logical_cores()
    if logical == 1:
        return 1
    return _cores_of_cpuinfo(_read(_CPUINFO)) or _cores_of_lscpu(_run_lscpu()) or logical


def current_shell() -> str:
    """The shell that this process runs in, as `bash`; bash also when it cannot be told.

    Asked are the command of the parent process, `$SHELL`, then the processes above.
    """
    parent = os.getppid()
    command = _read(f"/proc/{parent}/cmdline").partition("\0")[0].split()
    for name in (command[0].replace("-", "") if command else "", os.environ.get("SHELL", "")):
        shell = os.path.basename(name)
        if shell in _SHELLS:
            return _real_shell(shell)
    return _real_shell(_shell_above(str(parent)) or "sh")


def _shell_above(process: str) -> str | None:
    """The first shell among a process and those that started it."""
    while True:
        fields = _fields(_read(f"/proc/{process}/status"))
        if fields.get("Name") in _SHELLS:
            return fields["Name"]
        if "PPid" not in fields:
            return None
        process = fields["PPid"]


def _real_shell(name: str) -> str:
    """The shell that rez has a plugin for: none for dash, so bash takes its place."""
    is_dash = name == "sh" and os.path.basename(os.path.realpath("/bin/sh")) == "dash"
    return "bash" if is_dash else name


def _read(path: str) -> str:
    """The text of a file of the system; empty when it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _cores_of_cpuinfo(text: str) -> int | None:
    """The number of different (socket, core) pairs; None when a processor does not name its own."""
    import re

    _, *processors = re.split(r"^processor\s*:\s+[0-9]+\s*$", text, flags=re.MULTILINE)
    # a single processor has no core id
    if len(processors) <= 1:
        return len(processors) or None
    places = set()
    for processor in processors:
        fields = _fields(processor)
        place = fields.get("physical id"), fields.get("core id")
        if None in place:
            return None
        places.add(place)
    return len(places)


def _run_lscpu() -> str:
    import subprocess

    try:
        done = subprocess.run(["lscpu"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return "" if done.returncode else done.stdout


def _cores_of_lscpu(text: str) -> int | None:
    fields = _fields(text)
    sockets = fields.get("Socket(s)", fields.get("CPU socket(s)"))
    cores = fields.get("Core(s) per socket")
    if sockets is None or cores is None or not (sockets.isdigit() and cores.isdigit()):
        return None
    return int(sockets) * int(cores)


def _fields(text: str) -> dict[str, str]:
    """The fields of `key: value` lines."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def _program(environ: Mapping[str, str], *names: str) -> str | None:
    """The path of the first of these programs that is there."""
    import shutil

    paths = (shutil.which(name, path=environ.get("PATH", os.defpath)) for name in names)
    return next((path for path in paths if path), None)


def _terminal(environ: Mapping[str, str]) -> str | None:
    path = _program(environ, "x-terminal-emulator", "xterm", "konsole")
    if path is None:
        return None
    name = os.path.basename(path)
    return f"{name} -hold -e" if name == "xterm" else f"{name} --noclose -e"


def _editor(environ: Mapping[str, str]) -> str | None:
    given = environ.get("EDITOR")
    return _program(environ, "vi", "vim", "xdg-open") if given is None else given


def _temporary_directory() -> str:
    """Where `tempfile` puts files, mostly without importing it."""
    # whoever has imported it may have told it another place
    if "tempfile" not in sys.modules:
        names = [os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")]
        first = next(filter(None, names), "/tmp")
        if os.path.isabs(first) and os.path.isdir(first) and os.access(first, os.W_OK | os.X_OK):
            return os.path.normpath(first)
    import tempfile

    return tempfile.gettempdir()


def _cache_directory(environ: Mapping[str, str]) -> str:
    """Where this user's files are that can be made again."""
    base = environ.get("XDG_CACHE_HOME") or ""
    # a relative one is to be ignored
    return os.path.join(base if os.path.isabs(base) else os.path.expanduser("~/.cache"), "rezfast")


_FINDERS: dict[str, Callable[[Mapping[str, str]], Any]] = {
    "tmpdir": lambda environ: _temporary_directory(),
    "context_tmpdir": lambda environ: _temporary_directory(),
    "editor": _editor,
    "image_viewer": lambda environ: _program(environ, "xdg-open", "eog", "kview"),
    "difftool": lambda environ: _program(environ, "kdiff3", "meld", "diff"),
    "terminal_emulator_command": _terminal,
    "new_session_popen_args": lambda environ: {"preexec_fn": os.setpgrp},
    "pip_cache_path": lambda environ: os.path.join(_cache_directory(environ), "wheels"),
}

"""Shells: each turns actions into a script of its own language, and can be started.

    actions --call--> Shell --get_output()--> script
                      Shell.spawn_shell(context_file, ...) --> process

`base.Shell` is the base of all; there is one module a shell, loaded when it is asked for.
docs/shells.md is the guide.
"""

from __future__ import annotations

from rezfast.config import settings
from rezfast.errors import ShellError
from rezfast.typed import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.shell.base import Shell

__all__ = ["create_shell", "get_shell_class", "get_shell_types"]

_CLASSES = {
    "bash": "Bash",
    "cmd": "Cmd",
    "csh": "Csh",
    "fish": "Fish",
    "gitbash": "GitBash",
    "powershell": "PowerShell",
    "pwsh": "Pwsh",
    "sh": "Sh",
    "tcsh": "Tcsh",
    "zsh": "Zsh",
}
_OF_WINDOWS = frozenset(("cmd", "gitbash", "powershell"))


def get_shell_types() -> list[str]:
    """The shells of this platform, sorted by name, installed or not (rez: the same)."""
    return [name for name in _CLASSES if name not in _OF_WINDOWS]


def get_shell_class(shell: str | None = None) -> type[Shell]:
    """The class of a shell (rez: the same).

    Shells of other platforms are found too: they write scripts wherever they are asked to.

    Args:
        shell: Name of the shell, as `bash`; None: the setting `default_shell`, or else the shell
            that this process runs in.

    Raises:
        ShellError: There is no such shell.
    """
    wanted = shell or settings().default_shell or settings().system.shell
    if wanted not in _CLASSES:
        where = "" if shell else "default_shell: "
        raise ShellError(f"{where}unknown shell {wanted!r}; there are {', '.join(_CLASSES)}")
    found: type[Shell] = getattr(import_module(f"rezfast.shell.{wanted}"), _CLASSES[wanted])
    return found


def create_shell(shell: str | None = None) -> Shell:
    """A shell with an empty script (rez: the same).

    Args:
        shell: As in `get_shell_class`.

    Raises:
        ShellError: There is no such shell.
    """
    return get_shell_class(shell)()

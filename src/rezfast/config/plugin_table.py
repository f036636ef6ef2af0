"""The settings under `plugins`: those of the plugins that come with rez 3.4.0.

Nested as in a rezconfig file: plugin type, plugin, setting; some settings stand at the plugin type
itself. A row is as in `table`. What rez takes without looking at it has the kind ANYTHING.
"""

from __future__ import annotations

from rezfast.config.kinds import (
    ANYTHING,
    FLAG,
    INTEGER,
    MAPPING,
    OPTIONAL_TEXT,
    TEXT,
    WORD_LIST,
    Kind,
    choice,
    flag,
    mapping,
    text,
    text_list,
)
from rezfast.config.table import FILESYSTEM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from rezfast.config.table import Row


def _text_list_or_none(value: Any) -> list[str] | None:
    return None if value is None else text_list(value)


def _text_or_list(value: Any) -> Any:
    return value if isinstance(value, str) else text_list(value)


_COMMAND_KINDS: dict[str, Callable[[Any], Any]] = {
    "command": text,
    "args": lambda value: value.split() if isinstance(value, str) else text_list(value),
    "pretty_args": flag,
    "user": text,
    "env": mapping,
}


def _commands(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ValueError
    for item in value:
        if "command" not in mapping(item) or not item.keys() <= _COMMAND_KINDS.keys():
            raise ValueError
    return [{key: _COMMAND_KINDS[key](part) for key, part in item.items()} for item in value]


# none stays none here
_WORD_LIST_OR_NONE = Kind("a list of strings or none", _text_list_or_none, None)
_TEXT_OR_LIST = Kind("a string or a list of strings", _text_or_list, None)
_COMMANDS = Kind(
    f"a list of dicts with command and any of {', '.join(list(_COMMAND_KINDS)[1:])}",
    _commands,
    None,
)

_PROMPT = "What the prompt of an environment ends with."
_EXECUTABLE = "Path of the shell's program; none: the one on PATH."
_EXTENSIONS = "Extensions that are added to PATHEXT."
_POLICY = "Execution policy that the shell is started with; none: the machine's."

_BODY = """\
Package '{package.qualified_name}' was released by {system.user}@{system.fqdn}.

USER: {system.user}
PACKAGE: {package.qualified_name}
RELEASED TO: {release.path}
PREVIOUS VERSION: {release.previous_version}
REZ VERSION: {system.rez_version}

{variants.count} VARIANTS:
{variants.paths}

MESSAGE:
{release.message}

CHANGELOG:
{release.changelog}"""


def _shell(prompt: str, *more: str, kind: Kind = TEXT) -> dict[str, Row]:
    """The settings of a shell; `more` are those that only shells of Windows have.

    rez does not look at those of a shell that is not of this platform: their kind is ANYTHING.
    """
    rows: dict[str, Row] = {
        "prompt": (kind, prompt, _PROMPT),
        "executable_fullpath": (ANYTHING, None, _EXECUTABLE),
        "additional_pathext": (ANYTHING, [".PY"], _EXTENSIONS),
        "execution_policy": (ANYTHING, None, _POLICY),
    }
    return {name: rows[name] for name in ("prompt", "executable_fullpath", *more)}


PLUGINS: dict[str, dict[str, Any]] = {
    "shell": {
        **{name: _shell(">") for name in ("sh", "bash", "csh", "tcsh")},
        "zsh": _shell("%"),
        "pwsh": _shell("> $ ", "additional_pathext", "execution_policy"),
        "powershell": _shell("> $ ", "additional_pathext", "execution_policy", kind=ANYTHING),
        "cmd": _shell("$G", "additional_pathext", kind=ANYTHING),
        "gitbash": _shell(">", kind=ANYTHING),
    },
    "release_vcs": {
        "tag_name": (
            TEXT,
            "{qualified_name}",
            "Name of the tag that a release makes, with attributes of the package in braces.",
        ),
        "releasable_branches": (
            _WORD_LIST_OR_NONE,
            [],
            "Regular expressions of the branches that may be released from; none: all.",
        ),
        "check_tag": (FLAG, False, "Whether a release stops when its tag exists already."),
        "git": {
            "allow_no_upstream": (
                FLAG,
                False,
                "Whether a branch without an upstream branch may be released.",
            ),
        },
    },
    "release_hook": {
        "emailer": {
            "smtp_host": (TEXT, "", "Mail server."),
            "smtp_port": (INTEGER, 25, "Its port."),
            "sender": (TEXT, "{system.user}@rez-release.com", "Who the mail comes from."),
            "recipients": (
                _TEXT_OR_LIST,
                [],
                "Who gets the mail: addresses, or the path of a file that says so.",
            ),
            "subject": (
                TEXT,
                "[rez] [release] {system.user} released {package.qualified_name}",
                "Subject of the mail.",
            ),
            "body": (TEXT, _BODY, "Text of the mail."),
        },
        "command": {
            "print_commands": (FLAG, True, "Show the commands that run."),
            "print_output": (FLAG, True, "Show what they print."),
            "print_error": (FLAG, True, "Show on stderr which of them failed."),
            "cancel_on_error": (
                FLAG,
                True,
                "Whether a command that fails before the release cancels it.",
            ),
            "stop_on_error": (FLAG, True, "Whether a command that fails is the last to run."),
            "pre_build_commands": (_COMMANDS, [], "Commands to run before the build."),
            "pre_release_commands": (_COMMANDS, [], "Commands to run before the release."),
            "post_release_commands": (_COMMANDS, [], "Commands to run after the release."),
        },
        "amqp": {
            "host": (TEXT, "", "AMQP server: host or host:port."),
            "userid": (TEXT, "", "User to log in as."),
            "password": (TEXT, "", "That user's password."),
            "connect_timeout": (INTEGER, 10, "Seconds to wait for the connection."),
            "exchange_name": (TEXT, "", "Exchange to send to."),
            "exchange_routing_key": (TEXT, "REZ.PACKAGE.RELEASED", "Routing key of the message."),
            "message_delivery_mode": (INTEGER, 1, "Delivery mode of the message."),
            "message_attributes": (MAPPING, {}, "Attributes of your own in the message."),
        },
    },
    "build_system": {
        "cmake": {
            "build_target": (
                choice("Debug", "Release", "RelWithDebInfo"),
                "Release",
                "CMake build type.",
            ),
            "build_system": (
                choice("eclipse", "codeblocks", "make", "nmake", "mingw", "xcode", "ninja"),
                "make",
                "What CMake writes build files for.",
            ),
            "cmake_args": (
                WORD_LIST,
                ["-Wno-dev", "--no-warn-unused-cli"],
                "Arguments that cmake is called with.",
            ),
            "cmake_binary": (OPTIONAL_TEXT, None, "Path of cmake; none: the one on PATH."),
            "make_binary": (
                OPTIONAL_TEXT,
                None,
                "Path of the program that builds; none: the build system's, from PATH.",
            ),
            "install_pyc": (
                ANYTHING,
                True,
                "Whether the macro rez_install_python installs compiled files too.",
            ),
        },
    },
    "package_repository": {"filesystem": FILESYSTEM},
    "build_process": {},
    "command": {},
}

"""A program run in an environment without the shell that rez runs it through.

rez writes a script and has a shell run it: set variables, then run the command. Where all of that
is plain, what comes out can be told beforehand, and the program can be started at once:

    actions of the packages --+
    this environment ---------+--> `environment`: what bash would give the program
    the command ----------------> `plain_words`, `program`: what bash would run

Each of them gives None when it is not certain: a command that needs a shell, a value that only a
shell can work out, a variable that bash has a meaning of its own for. Then the shell does it. Only
bash is known here; every other shell does its own work.
"""

from __future__ import annotations

import os

from rezfast.config import settings
from rezfast.errors import ProgramError
from rezfast.rex.actions import Appendenv, Comment, Prependenv, Setenv, Shebang, Unsetenv
from rezfast.rex.strings import EscapedString
from rezfast.shell.text import SH_REFERENCE, escaped_parts, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rezfast.rex.actions import Action
    from rezfast.shell.base import Shell


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that bash gives a meaning: keywords and builtins. `true` and `false` are not among them,
# since the programs of these names do the same.
_BASH_WORDS = _words(
    "! . : [ [[ ]] { } alias bg bind break builtin caller case cd command compgen complete compopt "
    "continue coproc declare dirs disown do done echo elif else enable esac eval exec exit export "
    "fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile popd "
    "printf pushd pwd read readarray readonly return select set shift shopt source suspend test "
    "then time times trap type typeset ulimit umask unalias unset until wait while"
)

# Builtins that do nothing, whatever they are given.
_NOTHING = (":", "true")

# Variables that bash makes, changes at its start, or does something else with.
_BASH_VARIABLES = _words(
    "_ DIRSTACK ENV EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD HOSTTYPE IFS LINENO "
    "MACHTYPE OLDPWD OPTARG OPTERR OPTIND OSTYPE PIPESTATUS POSIXLY_CORRECT PPID PS1 PS2 PS4 PWD "
    "RANDOM READLINE_LINE READLINE_POINT SECONDS SHELLOPTS SHLVL SRANDOM UID"
)
# Those of them whose value at the start of bash is known.
_KNOWN_AT_START = frozenset(("_", "OLDPWD", "PS1", "PS2", "PWD", "SHLVL"))

_BOLD, _NOT_BOLD = r"\[\e[1m\]", r"\[\e[0m\]"

_FUNCTION_PREFIX, _FUNCTION_SUFFIX = "BASH_FUNC_", "%%"
_HIGHEST_LEVEL = 998

# what bash reads as words with spaces between them, and nothing else
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./ -"


class Prompt:
    """How the prompt shows an environment.

    Attributes:
        text: The setting `prompt` of the shell; empty: it does not.
        is_set: The setting `set_prompt`.
        comes_first: The setting `prefix_prompt`.
    """

    __slots__ = ("comes_first", "is_set", "text")

    def __init__(self, text: str | None, is_set: bool, comes_first: bool) -> None:
        self.text = text or ""
        self.is_set = is_set
        self.comes_first = comes_first


def shell_environment(
    shell: Shell, actions: Iterable[Action], directory: str = os.curdir
) -> dict[str, str] | None:
    """`environment` for a shell that this process starts; None if a shell has to make it.

    Args:
        shell: The shell that would be started.
        actions: What the commands of the packages, and the context itself, did.
        directory: Where it would be started.
    """
    if shell.name() != "bash":
        return None
    configured = settings()
    prompt = Prompt(shell.settings["prompt"], configured.set_prompt, configured.prefix_prompt)
    separators = configured.env_var_separators
    return environment(actions, os.environ, separators, prompt, directory)


def plain_words(command: str | Sequence[str]) -> list[str] | None:
    """The words that bash would run a command with; None if it has to look at it itself.

    Args:
        command: A line of text, or words, as `execute_shell` takes it.
    """
    if isinstance(command, str):
        words = [] if command.strip(_PLAIN) else command.split()
    else:
        words = list(command)
        # in a word that has to be quoted, rez lets variables and commands be expanded
        if any("$" in word or "`" in word or "\\" in word or "\0" in word for word in words):
            return None
    if not words or not words[0] or "=" in words[0] or words[0] in _BASH_WORDS:
        return None
    return words


def does_nothing(command: str | Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether a command is one that bash has for doing nothing: `:`, `true`, or none at all.

    Args:
        command: As for `plain_words`.
        environ: The variables that it runs with.
    """
    words = [command] if isinstance(command, str) else command
    if any(word.strip(_PLAIN) for word in words):
        return False
    first = " ".join(words).split()[:1]
    if not first:
        return True
    return first[0] in _NOTHING and f"{_FUNCTION_PREFIX}{first[0]}{_FUNCTION_SUFFIX}" not in environ


def program(name: str, environ: Mapping[str, str], directory: str = os.curdir) -> str | None:
    """The path of the file that bash would run for a name; None if it would run a function.

    Args:
        name: The first word of a command.
        environ: The variables that it runs with.
        directory: Where bash would be started.

    Raises:
        ProgramError: There is no such program, or it cannot be run.
    """
    for function in (name, "command_not_found_handle"):
        if f"{_FUNCTION_PREFIX}{function}{_FUNCTION_SUFFIX}" in environ:
            return None
    if "/" in name:
        places = [name]
    else:
        path = environ.get("PATH", "")
        places = [os.path.join(place or os.curdir, name) for place in path.split(":")]
    there: str | None = None
    for place in places:
        found = os.path.join(directory, place)
        if os.access(found, os.X_OK) and not os.path.isdir(found):
            return place
        if there is None and os.path.exists(found):
            there = place
    if there is None:
        where = "no such file" if "/" in name else "there is no such program in this environment"
        raise ProgramError(f"{name}: {where}", name, is_there=False)
    is_directory = os.path.isdir(os.path.join(directory, there))
    what = "is a directory" if is_directory else "is not a program: it is not executable"
    raise ProgramError(f"{there} {what}", name, is_there=True)


def environment(
    actions: Iterable[Action],
    parent: Mapping[str, str],
    separators: Mapping[str, str],
    prompt: Prompt,
    directory: str = os.curdir,
) -> dict[str, str] | None:
    """The variables that a program gets which bash runs after these actions.

    Args:
        actions: What the commands of the packages, and the context itself, did.
        parent: The variables that bash would be started with.
        separators: What stands between the entries of a variable, where that is not `:`.
        prompt: What the prompt of an environment shows, which programs can see too.
        directory: Where bash would be started.

    Returns:
        The variables without `_`, which is the program's path; None if bash has to do it.
    """
    environ = _at_start(parent, directory)
    if environ is None or any(sign in prompt.text for sign in '$`\\"'):
        return None
    if prompt.text:
        environ["REZ_ENV_PROMPT"] = environ.get("REZ_ENV_PROMPT", "") + prompt.text
    for action in actions:
        kind = type(action)
        if kind is Comment or kind is Shebang:
            continue
        if kind is Setenv:
            key, written = action.args
            # nearly always: what no variable of bash is called, and nothing in it
            if (
                key[:4] == "REZ_"
                and type(written) is str
                and key.isascii()
                and key.isidentifier()
                and not ("$" in written or written[:1] == "~" or "\0" in written)
            ):
                environ[key] = written
                continue
        if not isinstance(action, (Setenv, Prependenv, Appendenv, Unsetenv)):
            return None
        key = action.args[0]
        if (
            not (key.isascii() and key.isidentifier())
            or _is_of_bash(key)
            or key.startswith(("LC_", "LANG"))
        ):
            return None
        if isinstance(action, Unsetenv):
            environ.pop(key, None)
            continue
        written = action.args[1]
        if isinstance(action, (Prependenv, Appendenv)):
            # the script has it as one text, of which `~` is expanded at the beginning alone
            pair = (written, f"${{{key}}}")
            in_order = pair if isinstance(action, Prependenv) else reversed(pair)
            written = EscapedString.join(separators.get(key, ":"), in_order)
        value = _expanded(written, environ)
        if value is None:
            return None
        environ[key] = value
    if prompt.text and prompt.is_set:
        # a script has no prompt that could be stored
        stored = environ.setdefault("REZ_STORED_PROMPT_SH", "")
        shown = f"{_BOLD}{environ.get('REZ_ENV_PROMPT', '')}{_NOT_BOLD}"
        environ["PS1"] = f"{shown} {stored}" if prompt.comes_first else f"{stored} {shown}"
    return environ


def _is_of_bash(name: str) -> bool:
    return name in _BASH_VARIABLES or name.startswith("BASH")


def _at_start(parent: Mapping[str, str], directory: str) -> dict[str, str] | None:
    """The variables that bash exports before it runs the first line of a script."""
    environ = dict(parent)
    for name in parent:
        if not _is_of_bash(name) or name in _KNOWN_AT_START:
            continue
        if not name.startswith(_FUNCTION_PREFIX):
            return None
    level = environ.get("SHLVL", "0")
    if not (level.isascii() and level.isdigit()) or int(level) > _HIGHEST_LEVEL:
        return None
    environ["SHLVL"] = str(int(level) + 1)
    # a script has no prompt
    for name in ("PS1", "PS2", "_"):
        environ.pop(name, None)
    here = environ.get("PWD", "")
    if not (here.startswith("/") and _same_directory(here, directory)):
        environ["PWD"] = os.path.realpath(directory)
    if not os.path.isdir(environ.get("OLDPWD", "")):
        environ.pop("OLDPWD", None)
    return environ


def _same_directory(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


def _expanded(value: str | EscapedString, environ: Mapping[str, str]) -> str | None:
    """The value as bash reads it from the script; None if bash has to."""
    if isinstance(value, str) and not ("$" in value or value[:1] == "~" or "\0" in value):
        return value
    text = ""
    for is_literal, part in escaped_parts(value):
        if is_literal or "$" not in part:
            text += part
            continue
        for name, piece in parts(part, SH_REFERENCE):
            if name is None:
                text += piece
            elif piece in (f"${{{name}}}", f"${name}"):
                text += environ.get(name, "")
            else:
                return None
    return text

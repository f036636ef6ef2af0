"""Scripts, system paths and starts of shells, against rez 3.4.0.

rez's shells of Windows write scripts on any platform once they are told that it is Windows.
Differences that are meant (docs/differences.md, "Shells") are undone in rezfast's script before
the two are compared, or kept out of the actions.
"""

from __future__ import annotations

import functools
import importlib
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import rez.shells
from hypothesis import given, settings
from hypothesis import strategies as st
from rez.rex import EscapedString as RezEscapedString
from rez.rex import OutputStyle as RezOutputStyle
from rez.utils.platform_ import platform_
from shell.running import needs, typed
from shell.test_starting import STARTUP_FILES

from rezfast import config
from rezfast.config import Settings
from rezfast.rex.interpreter import OutputStyle
from rezfast.rex.strings import EscapedString
from rezfast.shell import create_shell, get_shell_class, get_shell_types

OF_UNIX = ("sh", "bash", "zsh", "csh", "tcsh")
OF_WINDOWS = ("cmd", "powershell", "pwsh", "gitbash")

# What rez's shells are called that are no plugins here.
_WINDOWS_CLASSES = {
    "cmd": "CMD",
    "gitbash": "GitBash",
    "powershell": "PowerShell",
    "pwsh": "PowerShellCore",
}


def rez_shell(name: str) -> Any:
    """rez's shell, also one of another platform."""
    if name not in _WINDOWS_CLASSES:
        return rez.shells.create_shell(name)
    return _rez_class(name)()


@functools.cache
def _rez_class(name: str) -> Any:
    module = importlib.import_module(f"rezplugins.shell.{name}")
    with pytest.MonkeyPatch.context() as patch:
        # it takes what it needs from Windows when it is imported
        patch.setattr(type(platform_), "name", "windows")
        return getattr(importlib.reload(module), _WINDOWS_CLASSES[name])


@pytest.fixture(autouse=True, scope="module")
def defaults() -> Iterator[None]:
    previous = config.use(Settings.locked())
    yield
    config.use(previous)


# ---- scripts

# Text that rez quotes rightly in the shell: what it gets wrong is tested in tests/shell.
_COMMON = "abzAZ019 _-+=:/.,@é漢"
_ALPHABETS = {
    **dict.fromkeys(("sh", "bash", "gitbash"), _COMMON + "'\"\\!#;&|<>()[]*?~^%\t"),
    "zsh": _COMMON + "'\"\\!#;&|<>()[]*?~^\t",
    **dict.fromkeys(("csh", "tcsh"), _COMMON + "'\"\\#;&|<>()[]*?~^%\t"),
    "cmd": _COMMON + "'\\!#;&|<>()[]*?~\t",
    **dict.fromkeys(("powershell", "pwsh"), _COMMON + "'\"\\!#;&|<>()[]*?~^%\t"),
}
_REFERENCES = ("${X}", "${PATH}", "${REZ_USED}")
_NAMES = ("A", "FOO_1", "PATH", "PYTHONPATH", "REZ_X_ROOT", "_")

Action = tuple[str, tuple[Any, ...]]


def texts(name: str) -> st.SearchStrategy[str]:
    plain = st.text(_ALPHABETS[name], max_size=12)
    # a home directory is looked up in both; nobody is called as the rest of the text says
    return st.lists(st.one_of(plain, plain, st.sampled_from(_REFERENCES)), max_size=4).map("".join)


def values(name: str) -> st.SearchStrategy[list[tuple[bool, str]]]:
    """The parts of a value: whether it is literal, and its text."""
    return st.lists(st.tuples(st.booleans(), texts(name)), min_size=1, max_size=3)


def actions(name: str) -> st.SearchStrategy[Action]:
    """One action: its name, and arguments; a list of parts stands for a value."""
    key = st.sampled_from(_NAMES)
    value = values(name)
    # what echo, and its like, take for more than text is printed otherwise
    line = st.text("abz AZ019_:/.é漢", min_size=1, max_size=12).filter(
        lambda text: text.strip() == text and "  " not in text
    )
    lines = st.lists(line, min_size=1, max_size=2).map("\n".join)
    path = st.text("abz019_:/.é", min_size=1, max_size=12)
    command = st.text("abz 019_-/.$|;&'\"", min_size=1, max_size=12)
    result = [
        st.tuples(st.just("setenv"), st.tuples(key, value)),
        st.tuples(st.just("unsetenv"), st.tuples(key)),
        st.tuples(st.just("comment"), st.tuples(lines)),
        st.tuples(st.just("info"), st.tuples(lines)),
        st.tuples(st.just("alias"), st.tuples(st.sampled_from(["maya", "maya-2024"]), path)),
        st.tuples(st.just("source"), st.tuples(path)),
        st.tuples(st.just("command"), st.tuples(command)),
        st.tuples(st.just("_saferefenv"), st.tuples(key)),
        st.tuples(st.just("_bind_interactive_rez"), st.tuples()),
    ]
    if name not in ("csh", "tcsh"):  # rez's error() there goes into a file called 2
        result.append(st.tuples(st.just("error"), st.tuples(lines)))
    if name in OF_UNIX:
        words = st.lists(texts(name), min_size=1, max_size=3)
        result.append(st.tuples(st.just("command"), st.tuples(words.map(lambda w: ["run", *w]))))
        result.append(st.tuples(st.just("shebang"), st.tuples()))
    if name in ("powershell", "pwsh"):
        result.append(st.tuples(st.just("prependenv"), st.tuples(key, value)))
        result.append(st.tuples(st.just("appendenv"), st.tuples(key, value)))
    return st.one_of(result)


def written(shell: Any, kind: Callable[..., Any], steps: list[Action], style: Any) -> str:
    """The script of some actions."""
    for action, arguments in steps:
        getattr(shell, action)(
            *[
                value(kind, argument)
                if action in ("setenv", "prependenv", "appendenv") and position
                else argument
                for position, argument in enumerate(arguments)
            ]
        )
    result: str = shell.get_output(style)
    return result


def value(kind: Callable[..., Any], pieces: list[tuple[bool, str]]) -> Any:
    made = kind(pieces[0][1], pieces[0][0])
    for is_literal, text in pieces[1:]:
        made = made.literal(text) if is_literal else made.expandable(text)
    return made


def as_rez_writes(name: str, script: str) -> str:
    """rezfast's script with what is meant to differ written as rez does."""
    if name in ("csh", "tcsh"):
        script = re.sub(r'"(\$\{\w+):q\}"', r"\1}", script)
    return script


def without_safe_references(script: str) -> str:
    """A script of csh without what makes variables that it refers to; that of rez stops there."""
    return re.sub(r"if \(!\(\$\?(\w+)\)\) setenv \1(?:[;\n]|\Z)", "", script)


def without_completion(script: str) -> str:
    """rez's script without what rezfast has not got."""
    return re.sub(r"^(?:\.|source) \"\S*/completion/complete\.\w+\"\n", "", script, flags=re.M)


def without_prompt(script: str) -> str:
    """csh's script without the prompt, which rez keeps with quotes around it."""
    return re.sub(r"^(?:setenv REZ_STORED_PROMPT_CSH|set prompt=).*\n", "", script, flags=re.M)


@pytest.mark.parametrize("name", [*OF_UNIX, *OF_WINDOWS])
def test_scripts_are_rez_s(name: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(actions(name), max_size=8))
    def check(steps: list[Action]) -> None:
        if name == "cmd":  # doskey is looked for in places that Linux has not got
            type(rez_shell(name))._doskey = "doskey"
        theirs = written(rez_shell(name), RezEscapedString, steps, RezOutputStyle.file)
        ours = as_rez_writes(
            name, written(create_shell(name), EscapedString, steps, OutputStyle.file)
        )
        theirs = without_completion(theirs)
        if name in ("csh", "tcsh"):
            ours, theirs = without_prompt(ours), without_prompt(theirs)
            ours, theirs = without_safe_references(ours), without_safe_references(theirs)
        assert ours == theirs

    check()


@pytest.mark.parametrize("name", [*OF_UNIX, *OF_WINDOWS])
def test_scripts_to_be_evaluated_are_rez_s(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(actions(name).filter(lambda step: step[0][0] != "_"), max_size=8))
    def check(steps: list[Action]) -> None:
        if name == "cmd":
            type(rez_shell(name))._doskey = "doskey"
        theirs = written(rez_shell(name), RezEscapedString, steps, RezOutputStyle.eval)
        ours = written(create_shell(name), EscapedString, steps, OutputStyle.eval)
        if name in ("csh", "tcsh"):
            ours = without_safe_references(ours)
        assert as_rez_writes(name, ours) == theirs

    check()


@pytest.mark.parametrize("name", [*OF_UNIX, *OF_WINDOWS])
def test_what_shells_say_of_themselves_is_rez_s(name: str) -> None:
    ours, theirs = create_shell(name), rez_shell(name)
    for member in (
        *("name", "executable_name", "file_extension", "line_terminator"),
        *("supports_norc", "supports_command", "supports_stdin"),
    ):
        if hasattr(theirs, member):
            assert getattr(ours, member)() == getattr(theirs, member)()
    for member in ("pathsep", "expand_env_vars", "last_command_status", "histfile", "histvar"):
        if hasattr(theirs, member):
            assert getattr(ours, member) == getattr(theirs, member)
    assert ours.get_all_key_tokens("X") == theirs.get_all_key_tokens("X")
    assert ours.get_key_token("X") == theirs.get_key_token("X")
    for text in ("a $X ${X}b", "$X1", "${Env:X}", "$Env:X", "%X%", "$$ ${} $", "${A B}"):
        assert ours.convert_tokens(text) == theirs.convert_tokens(text)
    for path in ("C:\\a\\b", "C:\\a:D:\\b", "/a/b", "C:/a", "${X}/b", "a:b", "%HOME%\\x", ""):
        if name not in ("powershell", "pwsh"):  # there they are as the platform has them
            assert ours.normalize_path(path) == theirs.normalize_path(path)
            assert ours.normalize_paths(path) == theirs.normalize_paths(path)


@pytest.mark.parametrize("name", [*OF_UNIX, *OF_WINDOWS])
def test_command_lines_are_rez_s(name: str) -> None:
    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.text(_COMMON + "'\"`!#;()[]*?~^%\t <>", max_size=10), max_size=4))
    def check(words: list[str]) -> None:
        # meant to differ: words that mean something to a shell and are not quoted by rez
        words = [
            word for word in words if not re.fullmatch(r"[\w@%+=`:,./-]*`[\w@%+=`:,./-]*|=.*", word)
        ]
        if name == "cmd":
            words = [word for word in words if not re.search("[<>^]", word)]
        assert create_shell(name).join(words) == rez_shell(name).join(words)

    check()
    for line in (["echo", "hey $ ?yeah 'you'..! `"], ["a", ""], []):
        assert create_shell(name).join(line) == rez_shell(name).join(line)


def test_the_shells_are_rez_s_and_fish() -> None:
    assert sorted({*rez.shells.get_shell_types(), "fish"}) == sorted(get_shell_types())


@pytest.mark.parametrize("name", [*OF_UNIX, "pwsh"])
def test_system_paths_are_rez_s(name: str) -> None:
    if name != "pwsh":
        needs(name)
    # rez keeps what it found for sh as that of bash and zsh as well
    theirs: Any = type(rez.shells.create_shell(name))
    for base in theirs.__mro__:
        if "syspaths" in vars(base):
            base.syspaths = None
    assert get_shell_class(name).get_syspaths() == list(theirs.get_syspaths())


# ---- starting


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (home / ".config/fish").mkdir(parents=True)
    for variable in ("ENV", "BASH_ENV", "ZDOTDIR", "prompt"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TERM", "dumb")
    for file in (*STARTUP_FILES, "own", "env", "bash_env"):
        (home / file).write_text(f"echo {file} >> {tmp_path}/log\n")
    return home


OPTIONS = [
    (rcfile, norc, stdin, command)
    for rcfile in (None, "~/own", "~/not_there")
    for norc in (False, True)
    for stdin in (False, True)
    for command in (None, "")
]


@pytest.mark.parametrize("name", [*OF_UNIX, *OF_WINDOWS])
@pytest.mark.parametrize("has_variables", [False, True])
def test_what_is_read_at_the_start_is_rez_s(
    name: str, has_variables: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if has_variables:
        monkeypatch.setenv("ENV", "~/env")
        monkeypatch.setenv("BASH_ENV", "~/bash_env")
    for options in OPTIONS:
        ours = create_shell(name).get_startup_sequence(*options)
        theirs = rez_shell(name).get_startup_sequence(*options)
        theirs["bind_files"] = list(theirs["bind_files"])
        if name == "zsh" and theirs["stdin"]:
            theirs["bind_files"] = ["~/.zshenv"]  # rez names a file that zsh does not read then
        assert ours == theirs
        assert create_shell(name).startup_capabilities(*options) == rez_shell(
            name
        ).startup_capabilities(*options)


def _spawn(
    shell: Any, tmp_path: Path, tmpdir: Path, options: dict[str, Any]
) -> subprocess.Popen[Any]:
    context = tmp_path / "context"
    context.write_text(f"echo context >> {tmp_path}/log\n")
    tmpdir.mkdir(exist_ok=True)
    process: subprocess.Popen[Any] = shell.spawn_shell(str(context), str(tmpdir), **options)
    return process


@pytest.mark.parametrize("name", OF_UNIX)
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"norc": True},
        {"rcfile": "~/own"},
        {"command": "exit 5"},
        {"command": "exit 5", "norc": True},
        {"command": "exit 5", "rcfile": "~/own"},
        {"stdin": subprocess.PIPE},
        {"stdin": subprocess.PIPE, "norc": True},
    ],
    ids=str,
)
def test_files_are_read_in_rez_s_order(
    name: str, is_first: bool, options: dict[str, Any], home: Path, tmp_path: Path
) -> None:
    needs(name)
    if name == "zsh" and "stdin" in options:
        return  # rez makes no environment then; tests/shell has what rezfast does

    def log_of(shell: Any, tmpdir: Path) -> tuple[int, list[str]]:
        log = tmp_path / "log"
        log.write_text("")
        start = partial(
            _spawn,
            shell,
            tmp_path,
            tmpdir,
            {"quiet": True, "package_commands_sourced_first": is_first, **options},
        )
        if "command" in options or "stdin" in options:
            process = start()
            process.communicate(b"exit 5\n" if "stdin" in options else None)
            code = process.returncode
        else:
            code, _ = typed(start, "exit 5\n")
        return code, log.read_text().split()

    theirs = log_of(rez.shells.create_shell(name), tmp_path / "theirs")
    ours = log_of(create_shell(name), tmp_path / "ours")
    if options.get("norc") and name in ("csh", "tcsh", "zsh"):
        # the shell that runs rez's script reads the user's files all the same
        own = {".cshrc", ".tcshrc", ".zshenv"}
        theirs = theirs[0], [file for file in theirs[1] if file not in own]
    if name == "zsh" and "rcfile" in options and "command" not in options:
        # rez writes a file for it that zsh does not look for
        theirs = theirs[0], ["own" if file == ".zshrc" else file for file in theirs[1]]
    assert ours == theirs and ours[0] == 5

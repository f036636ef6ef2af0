"""`rezfast env` beside `rez-env`: what a program finds around it, and how it ends.

Both run as programs, on the examples' packages and on a few hostile ones. What has to differ (where
the code is, names of temporary files, moments) is left out of the comparison.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from rezfast.cli.commands import command_module

EXAMPLES = Path(__file__).parents[2] / "examples" / "packages"

_OWN = {
    "REZ_CONTEXT_FILE",
    "REZ_RXT_FILE",
    "REZ_SHELL_INIT_TIMESTAMP",
    # rez puts the prompt of csh into it with quotes around, which then show
    "REZ_STORED_PROMPT_CSH",
    "REZ_USED",
    "REZ_USED_TIMESTAMP",
}

_HOSTILE = r"""
name = "hostile"
version = "1.0"
def commands():
    env.QUOTES = "it's \"quoted\""
    env.LITERAL = literal("$HOME `id` \\ {x}")
    env.MIXED = expandable("${HOME} and ").l("${HOME}")
    env.SPACES = "  a  b  "
    env.STARS = "* ? [a] {a,b} ! # ; & | < >"
    env.UNICODE = "café …"
    env.TILDE = "~/x"
    env.PATHS.append("/a")
    env.PATHS.prepend("/b")
    env.PATHS.append("${QUOTES}")
    env.PYTHONPATH.prepend("{root}/python")
    env.GONE = "x"
    env.GONE.unset()
    env.KEPT = getenv("KEPT_FROM_PARENT")
"""

Result = tuple[int, dict[str, str] | str]
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a package that sets what shells could misread."""
    root = tmp_path_factory.mktemp("hostile")
    place = root / "hostile" / "1.0"
    place.mkdir(parents=True)
    (place / "package.py").write_text(_HOSTILE)
    return root


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory, hostile: Path) -> dict[str, str]:
    """What both programs are started with."""
    return {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PATH": os.environ["PATH"],
        "REZ_PACKAGES_PATH": f"{EXAMPLES}:{hostile}",
        "REZ_DEFAULT_SHELL": "bash",
        "KEPT_FROM_PARENT": "kept",
        "OLDPWD": "/usr",
        "SHLVL": "4",
        "PS1": "mine",
    }


def _run(program: str, words: tuple[str, ...], variables: dict[str, str], stdin: str) -> Result:
    """Exit code, and the variables that `env -0` wrote, or else the output."""
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=variables,
        input=stdin.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    out = done.stdout.decode()
    if "\0" not in out:
        return done.returncode, out
    pairs = (item.partition("=") for item in out.split("\0") if item)
    return done.returncode, {name: value for name, _, value in pairs if name not in _OWN}


@pytest.fixture(scope="module")
def both(variables: dict[str, str]) -> Callable[..., tuple[Result, Result]]:
    """Run both with the same words: what rez came to, and what rezfast did."""
    rez = "from rez.cli._entry_points import run_rez_env; run_rez_env()"
    rezfast = "import sys; from rezfast.cli import main; sys.argv.insert(1, 'env'); main()"

    def run(*words: str, stdin: str = "", **extra: str) -> tuple[Result, Result]:
        around = {**variables, **extra}
        return _run(rez, words, around, stdin), _run(rezfast, words, around, stdin)

    return run


Both = Callable[..., tuple[Result, Result]]


@pytest.mark.parametrize(
    "request_",
    [
        ["maya-2024", "studio_tools"],
        ["nuke", "studio_review"],
        ["studio_rig", "numpy"],
        ["houdini", "usd", "~arnold"],
        ["site_env", ".studio.review-2", "!maya"],
        ["hostile"],
        [],
    ],
)
@pytest.mark.parametrize("shell", [None, "bash", "sh"])
def test_a_program_finds_the_same_variables(
    request_: list[str], shell: str | None, both: Both
) -> None:
    asked = ["--shell", shell] if shell else []
    theirs, ours = both(*request_, *asked, "--", "env", "-0")
    assert theirs[0] == 0
    assert isinstance(theirs[1], dict)
    assert ours == theirs


@pytest.mark.parametrize("shell", ["zsh", "tcsh", "csh"])
def test_so_it_does_in_other_shells(shell: str, both: Both) -> None:
    if shutil.which(shell) is None:
        return  # a machine without the shell has nothing to compare
    theirs, ours = both("maya-2024", "studio_tools", "--shell", shell, "--", "env", "-0")
    assert theirs[0] == 0
    assert ours == theirs


@pytest.mark.parametrize(
    "options",
    [
        ["-b"],
        ["--ni"],
        ["--nl"],
        ["--paths", str(EXAMPLES)],
        ["--time", "1700000000"],
        ["--exclude", "maya-2025*", "python-3.11*", "--include", "python-3.11.9"],
        ["--no-filters"],
        ["--no-cache", "--no-pkg-cache", "--pkg-cache-mode", "sync", "--no-passive", "-q"],
        ["--max-fails", "10", "--time-limit", "60"],
        ["--new-session"],
        ["--pre-command", "env ADDED=1"],
        ["--norc"],
        ["--rcfile", "/etc/profile"],
    ],
)
def test_options_mean_the_same(options: list[str], both: Both) -> None:
    theirs, ours = both("maya", *options, "--", "env", "-0")
    assert theirs[0] == 0
    assert ours == theirs


@pytest.mark.parametrize(
    "changes", [["maya-2024"], ["^usd"], ["studio_rig", "--strict"], ["houdini", "!nuke"]]
)
def test_a_changed_request_is_the_same(changes: list[str], both: Both, tmp_path: Path) -> None:
    file = tmp_path / "context.rxt"
    theirs, _ = both("maya-2024.2", "usd", "-o", str(file))
    assert theirs[0] == 0
    theirs, ours = both("-i", str(file), "-p", *changes, "--", "env", "-0")
    assert ours == theirs


def test_a_context_of_either_can_be_entered_with_both(both: Both, tmp_path: Path) -> None:
    file = tmp_path / "context.rxt"
    for _ in range(2):
        both("maya-2024", "usd", "-o", str(file))  # the second one writes over the first
        theirs, ours = both("-i", str(file), "--", "env", "-0")
        assert theirs[0] == 0
        assert ours == theirs
        file.unlink()


@pytest.mark.parametrize(
    "command",
    [
        ["--", "sh", "-c", "exit 7"],
        ["--", "echo", "a b", "$MAYA_VERSION", "'", '"', "*", "~", ""],
        ["--", "printf", "%s|", "$REZ_USED_REQUEST", "a\\b", "a;b", "#", "!x"],
        ["--", "nuke"],
        ["--"],
        ["-c", "echo $MAYA_VERSION; exit 3"],
        ["-c", "echo 'a  b' | tr a c"],
        ["-c", "nosuchprogram"],
        ["--", "nosuchprogram"],
        ["-c", "true && false"],
        ["-s"],
    ],
)
def test_commands_do_the_same(command: list[str], both: Both) -> None:
    theirs, ours = both("maya", "nuke", "--exclude", "maya-2025*", *command, stdin="exit 5\n")
    assert ours == theirs


@pytest.mark.parametrize("words", [["maya-2023", "houdini-20"], ["maya", "!python"]])
def test_a_request_without_an_answer_ends_the_same(words: list[str], both: Both) -> None:
    theirs, ours = both(*words, "--", "true")
    assert theirs == ours == (1, "")


@pytest.mark.parametrize("command", ["env", "context", "interpret", "status"])
def test_every_option_of_rez_is_taken(command: str) -> None:
    parser = ArgumentParser()
    import_module(f"rez.cli.{command}").setup_parser(parser)
    theirs = {word for action in parser._actions for word in action.option_strings}
    # '--N0' is what rez makes of the words after '--'; these all of its commands have
    theirs = theirs - {"-h", "--help", "--N0"} | {"-v", "--verbose", "--debug"}
    ours = {word for one in command_module(command).PARAMETERS.options for word in one.spellings}
    assert theirs <= ours

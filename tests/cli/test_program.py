"""`rezfast` itself: help, version, mistakes, and what it does not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rezfast.cli import main
from rezfast.cli.application import application
from rezfast.cli.commands import COMMANDS, command_module


def test_alone_it_lists_the_commands_by_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    for name, entry in COMMANDS.items():
        assert f"{entry.purpose}:" in out
        assert name in out
        assert entry.summary in out


def test_help_of_a_command_documents_its_options_and_exit_codes() -> None:
    result = CliRunner().invoke(application, ["resolve", "--help"])
    assert result.exit_code == 0
    assert "Exit code:\n    0  solved\n    1  failed" in result.output
    for option in command_module("resolve").PARAMETERS.options:
        for spelling in option.spellings:
            assert spelling in result.output


def test_version() -> None:
    result = CliRunner().invoke(application, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("rezfast ")


@pytest.mark.parametrize("wrong", ["reslove", "resolv", "solve"])
def test_a_misspelt_command_is_answered_with_the_nearest(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([wrong, "maya"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    expected = f"rezfast: error: no such command '{wrong}'; did you mean 'resolve'?\n"
    assert captured.err == expected


def test_a_command_like_no_other_is_pointed_to_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xyzzy"]) == 2
    assert "try 'rezfast --help'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--nonsense"], "--nonsense"),
        (["resolve"], "REQUEST"),
        (["resolve", "maya", "--jsom"], "--json"),
        (["resolve", "maya", "--path"], "--path"),
        (["resolve", "maya", "--max-fails", "many"], "many"),
        (["resolve", "maya", "--time", "yesterday"], "yesterday"),
    ],
)
def test_a_bad_command_line_gives_one_line_and_exit_code_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("rezfast: error: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err


@pytest.mark.parametrize("words", [[], ["--help"], ["--version"], ["env", "--help"]])
def test_a_full_device_under_the_help_is_told_in_one_line(
    words: list[str], environment: dict[str, str]
) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "rezfast", *words],
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "rezfast: error: No space left on device\n")


def test_completion_offers_the_commands(environment: dict[str, str]) -> None:
    program = "from rezfast.cli import main; main()"
    variables = {
        "_REZFAST_COMPLETE": "bash_complete",
        "COMP_WORDS": "rezfast re",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "plain,resolve\nplain,release\n"


def _imported(words: list[str], environment: dict[str, str]) -> set[str]:
    """Modules that a run of the program has imported."""
    program = (
        "import sys; from rezfast.cli import main\n"
        f"main({words!r}); sys.stderr.write('\\nMODULES ' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stderr.rpartition("MODULES ")[2].split())


def test_help_imports_no_command(environment: dict[str, str]) -> None:
    imported = _imported(["--help"], environment)
    assert not imported & {f"rezfast.cli.{name}" for name in COMMANDS}
    assert not imported & {"rezfast._solver", "rezfast._version", "rezfast.repository"}


def test_a_plain_resolve_imports_nothing_it_does_not_use(
    environment: dict[str, str], repository: Path
) -> None:
    imported = _imported(["resolve", "--path", str(repository), "maya"], environment)
    unused = {
        *("typing", "re", "weakref"),
        *("click", "rich", "yaml", "json", "dataclasses", "inspect", "logging", "argparse"),
        *("pathlib", "tempfile", "subprocess", "importlib.metadata", "difflib", "fnmatch"),
    }
    assert not imported & unused


def test_a_plain_environment_imports_nothing_it_does_not_use(
    environment: dict[str, str], repository: Path
) -> None:
    """What has been imported by a process that is just about to become the program."""
    program = (
        "import sys, rezfast.context.enter as enter\n"
        "from rezfast.cli import main\n"
        "def become(*given):\n"
        "    sys.stderr.write('\\nMODULES ' + ' '.join(sys.modules))\n"
        "    sys.exit()\n"
        "enter._become = become\n"
        f"main(['env', '--ni', '--paths', {str(repository)!r}, 'maya', '--', 'true'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    imported = set(done.stderr.rpartition("MODULES ")[2].split())
    unused = {
        *("typing", "re", "weakref", "threading", "fnmatch", "string", "textwrap", "getpass"),
        *("click", "rich", "yaml", "json", "dataclasses", "inspect", "logging", "argparse"),
        *("pathlib", "tempfile", "subprocess", "importlib.metadata", "difflib", "ast", "shutil"),
        *("hashlib", "select", "_json", "math", "rezfast.context.dot"),
        *("rezfast.package.late", "rezfast.package.containment", "rezfast.package.evaluate"),
    }
    assert "rezfast.rex.executor" in imported
    assert sorted(imported & unused) == []


def test_the_module_is_the_program(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rezfast", "--version"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()[0]) == (0, "rezfast")

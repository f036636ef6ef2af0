"""`rezfast interpret`: what the code of commands comes to."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cli.conftest import Run

CODE = "env.FOO = 'a b'\nenv.PATH.append('/opt/bin')\nalias('hi', 'echo hi')\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "commands.rex"
    path.write_text(CODE)
    return path


def test_a_script_for_a_shell(rezfast: Run, file: Path) -> None:
    done = rezfast("interpret", file, "--format", "bash")
    assert (done.returncode, done.stderr) == (0, "")
    assert 'export FOO="a b"\n' in done.stdout
    assert "setenv FOO " in rezfast("interpret", "-f", "tcsh", file).stdout


def test_one_line_to_evaluate(rezfast: Run, file: Path) -> None:
    done = rezfast("interpret", file, "-f", "bash", "-s", "eval")
    assert done.stdout.count("\n") == 1
    assert 'export FOO="a b";' in done.stdout.replace("; ", ";")


def test_the_current_shell_is_the_default(rezfast: Run, file: Path) -> None:
    done = rezfast("interpret", file, REZ_DEFAULT_SHELL="zsh")
    assert done.stdout == rezfast("interpret", file, "-f", "zsh").stdout


def test_the_variables(rezfast: Run, file: Path) -> None:
    assert rezfast("interpret", file, "-f", "dict").stdout == "{'FOO': 'a b', 'PATH': '/opt/bin'}\n"
    assert rezfast("interpret", file, "-f", "table").stdout == "FOO   a b\nPATH  /opt/bin\n"


def test_commands_do_not_change_the_program_itself(rezfast: Run) -> None:
    done = rezfast("interpret", "-c", "env.PYTHONPATH = '/nowhere'", "-f", "dict")
    assert done.stdout == "{'PYTHONPATH': '/nowhere'}\n"


def test_commands_on_the_command_line_and_from_stdin(program: list[str], rezfast: Run) -> None:
    assert rezfast("interpret", "-c", CODE, "-f", "table").stdout == "FOO   a b\nPATH  /opt/bin\n"
    piped = subprocess.run(
        [*program, "interpret", "-", "-f", "table"], input=CODE, capture_output=True, text=True
    )
    assert piped.stdout == "FOO   a b\nPATH  /opt/bin\n"


def test_variables_that_keep_what_they_hold(rezfast: Run) -> None:
    code = "env.A.append('x')\nenv.B.append('y')\nenv.C.append('z')\n"
    held = {"A": "1", "B": "2", "C": "3"}

    def values(*words: str) -> str:
        done = rezfast("interpret", "-c", code, "-f", "table", *words, **held)
        return " ".join(line.split()[1] for line in done.stdout.splitlines())

    assert values() == "x y z"
    assert values("--pv", "A") == "1:x y z"
    assert values("--pv", "A", "B") == values("--pv", "A", "--pv", "B") == "1:x 2:y z"
    assert values("--parent-variables", "all") == "1:x 2:y 3:z"


def test_an_empty_environment(rezfast: Run) -> None:
    code = "env.B = 'yes' if defined('A') else 'no'"
    assert "'yes'" in rezfast("interpret", "-c", code, "-f", "dict", A="1").stdout
    assert "'no'" in rezfast("interpret", "-c", code, "-f", "dict", "--no-env", A="1").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.rex"], "missing.rex: there is no such file; with -c it is taken as commands"),
        (["-c", "env.A = "], "SyntaxError"),
        (["-c", "env.A = getenv('NOT_THERE')"], "NOT_THERE"),
        (["-c", "stop('enough of %s', 'this')"], "enough of this"),
        (["-c", "a", "b"], "one text of commands at a time"),
        (["-c", "a = 1", "-f", "tabel"], "--format 'tabel': did you mean 'table'?"),
        (["-c", "a = 1", "-s", "page"], "--style 'page'"),
        ([], "FILE"),
        (["/"], "/: Is a directory"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(
    rezfast: Run, words: list[str], message: str
) -> None:
    done = rezfast("interpret", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.startswith("rezfast: error: ")
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_no_text(rezfast: Run, tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    done = rezfast("interpret", tmp_path / "picture")
    assert done.returncode == 2
    assert "is no text" in done.stderr


def test_errors_name_file_and_line(rezfast: Run, tmp_path: Path) -> None:
    file = tmp_path / "commands.rex"
    file.write_text("env.A = '1'\n\nenv.B = nothing\n")
    done = rezfast("interpret", file)
    assert done.returncode == 2
    assert "commands.rex" in done.stderr and "nothing" in done.stderr

"""Real shells: which there are, and what a script of rezfast's does in them."""

from __future__ import annotations

import json
import os
import pty
import random
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rezfast.rex.interpreter import OutputStyle
from rezfast.shell import create_shell
from rezfast.shell.base import Shell

# The shells that Debian has, and the package of each.
PACKAGES = {
    "sh": "dash",
    "bash": "bash",
    "zsh": "zsh",
    "csh": "csh",
    "tcsh": "tcsh",
    "fish": "fish",
}
REAL_SHELLS = tuple(PACKAGES)

_DUMP = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"

_TOKENS = (
    *"abz01 \t\n\r\\\\''\"\"``$$!!%^&|;<>(){}[]*?#~=+-,.:/@_",
    *("$(", "${", "$((", "!!", "!$", "%X%", "\\n", "\\\n", "$X", "${X}", "$?", "$$", "$1"),
    *(
        "\x01",
        "\x1b[1m",
        "\x7f",
        "\x85",
        "é",
        "ß",
        "漢字",
        "😀",
        "\u2028",
        "\ufeff",
        "“”",
        "\u2018\u2019",
    ),
)

_CHOSEN = (
    *("", " ", "  two  blanks  ", "\t", "\n", "\n\n", "a\n", "\na", "a\nb\nc", "a\r\nb", "\r"),
    *("'", '"', "''", '""', "it's", 'say "hi"', "'\"'\"'", '"\'"\'"', "a'b\"c`d", "'$X'", '"$X"'),
    *(
        "\\",
        "\\\\",
        "\\\\\\",
        "a\\",
        "a\\\\",
        "\\a",
        "\\n",
        "\\0101",
        "\\\n",
        "\\\\\n",
        "C:\\new\\table",
    ),
    *("`", "``", "`id`", "$(id)", "$((1+1))", "$[1+1]", "$", "$$", "a$", "$ a", "$?", "$#", "$*"),
    *("$0", "$1", "$-", "$_", "$!", "$@", "${", "${}", "$}", "${a b}", "$'a'", '$"a"', "$<", "$,"),
    *("!", "!!", "!a", "a!b", "!$", "!*", "\\!", "\\\\!", "a!", "! a", "!=", "!(", "!\n", "^a^b^"),
    *("%", "%%", "%X%", "100%", "%s", "%d%n", "%PATH%", "&", "&&", "|", "||", ";", ";;", "a;b"),
    *("<", ">", ">>", "<<EOF", "2>&1", "(", ")", "()", "{", "}", "{a,b}", "[", "]", "[a-z]", "*"),
    *("?", "/*", "~root", "a~", "#", "# a", "a # b", "-", "-n", "-e", "--", "-x y", "--help", "+x"),
    *("=", "a=b", "=ls", "==", ":", "::", ":a", "a:", "a::b", ",", "@", "@a", "\x01", "\x1b[1m"),
    *("\x7f", "\xa0", "é", "ÿ", "漢字かな", "😀", "e\u0301", "\u200b", "\u2028", "\ufeff", "“a”"),
    *("on", "off", "/?", "true", "x" * 900, "a b " * 200, "é" * 400, "'" * 100, "\\" * 101),
)


def hostile_values(count: int = 300) -> list[str]:
    """Values that shells read much into: chosen ones, then generated ones, the same every time."""
    chance = random.Random(5)
    values = list(dict.fromkeys(_CHOSEN))
    while len(values) < count:
        value = "".join(chance.choices(_TOKENS, k=chance.randint(2, 12)))
        if value not in values:
            values.append(value)
    return values


def needs(shell: str) -> str:
    """The program of a shell; the test fails with what to install when it is not there."""
    found = create_shell(shell)
    if not found.is_available():
        pytest.fail(f"this test runs {shell}: apt-get install {PACKAGES[shell]}", pytrace=False)
    return found.executable


def run(
    shell: str, script: str, tmp_path: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script in a real shell that finds no startup files."""
    program = needs(shell)
    path = tmp_path / f"script.{shell}"
    path.write_text(script, encoding="utf-8", errors="surrogateescape", newline="")
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [program, str(path)],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **(env or {})},
        cwd=tmp_path,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )
    # not as text, in which a carriage return would be lost
    return subprocess.CompletedProcess(
        done.args, done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr)
    )


def environment(
    shell: Shell,
    tmp_path: Path,
    env: Mapping[str, str] | None = None,
    style: OutputStyle = OutputStyle.file,
) -> dict[str, str]:
    """The environment variables after a shell's script, which has to run without a word."""
    dump = tmp_path / "environment.json"
    python = create_shell("sh").escape_string(sys.executable)
    shell.command([python, "-c", _DUMP, str(dump)])
    done = run(shell.name(), shell.get_output(style) + "\n", tmp_path, env)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    result: dict[str, str] = json.loads(dump.read_text())
    return result


def contents(shell: Shell, directory: Path) -> Path:
    """A context file: it logs that it was read, sets CONTEXT and makes the command `greet`."""
    shell.command(f"echo context >> {directory / 'log'}")
    shell.setenv("CONTEXT", "made")
    shell.alias("greet", "echo hello")
    path = directory / f"context.{shell.file_extension()}"
    path.write_text(shell.get_output())
    return path


def typed(start: Callable[..., subprocess.Popen[Any]], text: str) -> tuple[int, str]:
    """Start an interactive process on a terminal of its own, and type.

    Returns:
        Its exit code, and what was to be seen on the terminal.
    """
    # in a child, whose own standard streams are the terminal: the process takes them over
    child, ours = pty.fork()
    if not child:
        try:
            os._exit(start().wait())
        except BaseException as error:
            print(repr(error), flush=True)
        finally:
            os._exit(99)
    os.write(ours, text.encode())
    seen = bytearray()
    try:
        while select.select([ours], [], [], 60)[0]:
            piece = os.read(ours, 65536)
            if not piece:
                break
            seen += piece
        else:
            os.kill(child, signal.SIGKILL)
            pytest.fail(f"it does not end: {seen.decode(errors='replace')}")
    except OSError:  # nobody has the terminal open any more
        pass
    finally:
        os.close(ours)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen.decode(errors="replace")

"""`rezfast interpret` compared with what `rez-interpret` prints, in every format and style.

What shells are made to do differently on purpose is shown in tests/shell/.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from pprint import pformat
from typing import Any
from unittest.mock import patch

import pytest
import rez.config
from context.configured import configured
from rez.rex import OutputStyle, Python, RexExecutor
from rez.shells import create_shell, get_shell_types
from rez.utils.formatting import columnise

from rezfast.cli import main

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

ENVIRON = {"PATH": "/usr/bin:/bin", "HELD": "one:two", "USER": "me", "HOME": "/home/me"}

SNIPPETS = {
    "variables": "env.A = '1'\nsetenv('B', 'two words')\nunsetenv('C')\nenv.D = 3\n",
    "paths": (
        "env.PATH.prepend('/opt/bin')\nenv.PATH.append('/opt/late')\n"
        "prependenv('HELD', 'zero')\nappendenv('HELD', 'three')\nenv.PYTHONPATH.append('/py')\n"
    ),
    "references": (
        "env.A = 'a'\nenv.B = '$A/b'\nenv.C = '${A}/{env.B}/c'\nenv.D = '{system.platform}'\n"
        "if 'HELD' in env:\n    env.E = 'it is {env.HELD}'\n"
    ),
    "literals": (
        "env.A = literal('$HELD and more')\nenv.B = expandable('$HELD and more')\n"
        "env.C = literal('a b').expandable(' $HELD')\n"
    ),
    "messages": "info('hello there')\ncomment('nothing')\nerror('mind the step')\n",
    "aliases": "alias('ll', 'ls -l')\nalias('hi', 'echo hi there')\n",
    "commands": "command('echo hello')\nsource('/etc/profile.sh')\n",
    "nothing": "",
    "python": (
        "import os.path\nfor i, each in enumerate(('x', 'y')):\n"
        "    setenv('V%d' % i, os.path.join('/root', each))\n"
        "if defined('USER') and not undefined('HOME'):\n    env.W = expandvars('$USER@home')\n"
    ),
    "separators": "env.CMAKE_MODULE_PATH.append('a')\nenv.CMAKE_MODULE_PATH.append('b')\n",
}

OPTIONS: list[tuple[list[str], bool, Any]] = [
    ([], False, None),
    (["--no-env"], True, None),
    (["--pv", "HELD", "PATH"], False, ["HELD", "PATH"]),
    (["--pv", "all"], False, True),
]


@pytest.fixture(autouse=True)
def same_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith("REZ"):
            monkeypatch.delenv(name)
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    with rez.config._replace_config(rez.config._create_locked_config({})), configured():
        yield


def rez_interpret(code: str, format_: str, style: str, no_env: bool, parents: Any) -> str:
    """What rez-interpret does; its style is always that of a file."""
    variables = format_ in ("dict", "table")
    executor = RexExecutor(
        interpreter=Python(passive=True) if variables else create_shell(format_),
        parent_environ={} if no_env else None,
        parent_variables=parents,
    )
    executor.execute_code(code)
    output = executor.get_output(OutputStyle[style])
    if format_ == "table":
        return "\n".join(columnise(sorted(output.items())))
    return pformat(output) if format_ == "dict" else str(output)


@pytest.mark.parametrize("format_", [*get_shell_types(), "dict", "table"])
@pytest.mark.parametrize("name", SNIPPETS)
def test_interpret(name: str, format_: str) -> None:
    code = SNIPPETS[name]
    for style in ("file", "eval"):
        for words, no_env, parents in OPTIONS:
            # rez's Python interpreter changes the process
            with patch.dict(os.environ), patch.object(sys, "path"):
                expected = rez_interpret(code, format_, style, no_env, parents)
            arguments = ["interpret", "-c", "-f", format_, "-s", style, code, *words]
            written = undone(ours(arguments), format_)
            assert written == undone(f"{expected}\n", format_), (style, words)


def ours(arguments: list[str]) -> str:
    written = io.StringIO()
    with redirect_stdout(written):
        assert main(arguments) == 0
    return written.getvalue()


def undone(script: str, format_: str) -> str:
    """A script with what csh's are made to do better undone: quoted values, errors on stderr,
    variables that are there before something refers to them.
    """
    if format_ not in ("csh", "tcsh"):
        return script
    script = re.sub(r'"\$\{(\w+):q\}"', r"${\1}", script)
    script = re.sub(r"if \(!\(\$\?(\w+)\)\) setenv \1[;\n]", "", script)
    return re.sub(r"/bin/sh -c '[^']*' - (\S[^;\n]*)", r"echo \1 1>&2", script)


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "commands.rex"
    file.write_text(SNIPPETS["variables"])
    expected = rez_interpret(SNIPPETS["variables"], "bash", "file", False, None)
    assert ours(["interpret", str(file), "-f", "bash"]) == f"{expected}\n"

"""`rezfast search`: what it finds, how it shows it, how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time

import pytest

from rezfast import config
from rezfast.cli import main
from rezfast.config import Settings
from rezfast.repository import clear_caches

NOW = int(time())
Search = Callable[..., tuple[int, list[str], str]]
FILES = {
    "maya/2023.3/package.py": "timestamp = 1000\nauthors = ['ann', 'bob']",
    "maya/2024.2/package.py": "timestamp = 2000\nvariants = [['python-3.9'], ['python-3.10']]\n"
    "description = '''\n    One.\n    Two.\n    '''",
    "maya/2024.10/package.py": f"timestamp = {NOW - 3600}",
    "maya_tools/1.0/package.py": "requires = ['maya']",
    "broken/1.0/package.py": "timestamp = 5\nauthors = 'me'",
    "broken/2.0/package.py": "1 / 0",
    "nuke/package.py": "",
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path) -> Iterator[None]:
    """A repository that is the configured one, and settings that are rez's defaults."""
    for name, text in FILES.items():
        path = tmp_path / "packages" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    paths = {"packages_path": [str(tmp_path / "packages")]}
    previous = config.use(Settings.from_sources(environ={}, files=[], overrides=paths))
    clear_caches()
    yield
    config.use(previous)
    clear_caches()


@pytest.fixture
def search(capsys: pytest.CaptureFixture[str]) -> Search:
    """Runs it: exit code, lines on stdout, text on stderr."""

    def run(*words: str) -> tuple[int, list[str], str]:
        code = main(["search", *words])
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err

    return run


# ---- what is found -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["broken", "maya", "maya_tools", "nuke"]),
        (["maya"], ["maya-2023.3", "maya-2024.2", "maya-2024.10"]),
        (["maya*"], ["maya", "maya_tools"]),
        (["maya_*"], ["maya_tools-1.0"]),
        (["maya-2024"], ["maya-2024.2", "maya-2024.10"]),
        (["maya<2024"], ["maya-2023.3"]),
        (["nuke"], ["nuke"]),
        (["maya*", "-t", "package"], ["maya-2023.3", "maya-2024.2", "maya-2024.10",
                                      "maya_tools-1.0"]),
        (["maya*", "--type=package", "--latest"], ["maya-2024.10", "maya_tools-1.0"]),
        (["maya", "-t", "family"], ["maya"]),
        (["maya-2024.2", "-t", "variant"], ["maya-2024.2[0]", "maya-2024.2[1]"]),
        (["maya_tools", "-t", "variant"], ["maya_tools-1.0[]"]),
        (["maya", "--before", "2000"], ["maya-2023.3"]),
        (["maya", "--after", "2000"], ["maya-2024.2", "maya-2024.10"]),
        (["maya", "--after", "-2h"], ["maya-2024.10"]),
        (["maya", "--after", "1001", "--before", "3000"], ["maya-2024.2"]),
        (["maya_tools", "--after", "-1s"], ["maya_tools-1.0"]),
        (["nuke", "--latest", "--validate", "--nw"], ["nuke"]),
    ],
)  # fmt: skip
def test_what_is_found(words: list[str], expected: list[str], search: Search) -> None:
    assert search(*words) == (0, expected, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "No matching family found.\n"),
        (["maya-9999"], "No matching package found.\n"),
        (["nothing", "-t", "variant"], "No matching variant found.\n"),
        (["maya", "-e"], "No matching erroneous package found.\n"),
    ],
)
def test_nothing_is_found(words: list[str], said: str, search: Search) -> None:
    assert search(*words) == (1, [], said)


def test_other_repositories(tmp_path: Path, search: Search) -> None:
    for name in ("one", "two"):
        (tmp_path / name / name / "1").mkdir(parents=True)
        (tmp_path / name / name / "1" / "package.py").write_text("")
    paths = f"{tmp_path}/one{os.pathsep}{os.pathsep}{tmp_path}/two"
    assert search("--paths", paths) == (0, ["one", "two"], "")


def test_without_local_packages(tmp_path: Path, search: Search) -> None:
    (tmp_path / "mine" / "foo" / "1").mkdir(parents=True)
    (tmp_path / "mine" / "foo" / "1" / "package.py").write_text("")
    values = {
        "packages_path": [str(tmp_path / "mine"), str(tmp_path / "packages")],
        "local_packages_path": str(tmp_path / "mine"),
    }
    config.use(Settings.from_sources(environ={}, files=[], overrides=values))
    assert search("foo") == (0, ["foo-1"], "")
    assert search("foo", "--no-local")[0] == 1
    assert search("foo", "--nl", "--paths", str(tmp_path / "mine"))[0] == 0


# ---- how it is shown ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{name}: {version}", ["maya: 2024.2"]),
        ("{qualified_name}|{nothing}|{desc}", ["maya-2024.2|{nothing}|One.", "Two."]),
        ("{ver}\\n{num_variants}", ["2024.2", "2"]),
        ("{authors}.", ["."]),
        ("{variants}", ["[Requirement('python-3.9')] [Requirement('python-3.10')]"]),
    ],
)
def test_formats(template: str, expected: list[str], search: Search) -> None:
    assert search("maya-2024.2", "-f", template) == (0, expected, "")


def test_a_list_is_shown_with_spaces_between(search: Search) -> None:
    assert search("maya-2023", "-f", "{authors}")[1] == ["ann bob"]


def test_line_breaks_can_be_shown_as_such(search: Search) -> None:
    words = ("maya-2024.2", "--format", "{description}", "--no-newlines")
    assert search(*words)[1] == ["One.\\nTwo."]


def test_what_is_broken(tmp_path: Path, search: Search) -> None:
    code, lines, _ = search("broken", "--errors")
    assert code == 0
    file = f"{tmp_path}/packages/broken"
    assert lines == [
        "broken-1.0",
        f"{file}/1.0/package.py:2: authors is wrong: it has to be a list of strings, not a str",
        "broken-2.0",
        f"{file}/2.0/package.py:1: raised ZeroDivisionError: division by zero, in `1 / 0`",
    ]


def test_a_value_that_is_wrong_shows_when_it_is_formatted(search: Search) -> None:
    code, lines, _ = search("broken-1", "--format", "{name}\\n{authors}\\n{version}")
    assert code == 0
    assert lines[:2] == ["broken", "broken-1.0"]
    assert "authors is wrong" in lines[2]
    assert len(lines) == 3


def test_json(search: Search, tmp_path: Path) -> None:
    code, lines, _ = search("maya-2024.2", "-t", "variant", "--json")
    assert code == 0
    answer = json.loads("\n".join(lines))
    assert answer["type"] == "variant"
    assert answer["found"][1] == {
        "name": "maya",
        "version": "2024.2",
        "qualified_name": "maya-2024.2[1]",
        "uri": f"{tmp_path}/packages/maya/2024.2/package.py[1]",
        "index": 1,
        "error": None,
    }
    code, lines, _ = search("nothing", "--json")
    assert (code, json.loads(lines[0])) == (1, {"type": "family", "found": []})
    code, lines, _ = search("broken", "--json", "--errors")
    assert [one["error"] is None for one in json.loads(lines[0])["found"]] == [False, False]


def test_a_terminal_gets_colours(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    program = "import sys; from rezfast.cli import main; main()"
    words = ["search", "maya_tools", "--paths", str(tmp_path / "packages")]
    environment = {**os.environ, "REZ_CONFIG_FILE": "", "REZ_DISABLE_HOME_CONFIG": "1"}
    subprocess.run(
        [sys.executable, "-c", program, *words], stdout=slave, env=environment, check=True
    )
    os.close(slave)
    assert os.read(master, 1000) == b"\x1b[32mmaya_tools-1.0\x1b[0m\r\n"
    os.close(master)


# ---- mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-t", "families"], "--type 'families' is none of auto, family, package, variant"),
        (["a", "b"], "one PKG at a time"),
        (["--before", "soon"], "--before 'soon' is not a time"),
        (["--after", "20", "--before", "10"], "no time is in between"),
    ],
)
def test_a_mistake_is_one_line(words: list[str], said: str, search: Search) -> None:
    code, lines, error = search(*words)
    assert (code, lines) == (2, [])
    assert error.startswith("rezfast: error: ")
    assert said in error
    assert error.count("\n") == 1

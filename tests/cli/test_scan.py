"""`rezfast scan`: fields, or why they cannot be read without running the definition."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

FAST = """\
name = 'foo'
version = '1.0'
requires = ['python-3.9', 'maya-2024']
variants = [['houdini-20'], ['nuke-15', 'ocio']]
tools = []
build_requires = []
timestamp = 1600130061
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a definition in a directory of this name."""

    def written(name: str, content: str | bytes, file: str = "package.py") -> Path:
        path = tmp_path / name / file
        path.parent.mkdir()
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def test_a_definition_is_shown_field_by_field(rezfast: Run, write: Callable[..., Path]) -> None:
    path = write("foo", FAST)
    done = rezfast("scan", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{path}: fast\n"
        "  name                   foo\n"
        "  version                1.0\n"
        "  requires               python-3.9\n"
        "                         maya-2024\n"
        "  variants               [0] houdini-20\n"
        "                         [1] nuke-15, ocio\n"
        "  build_requires         []\n"
        "  timestamp              1600130061\n"
    )


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("name = 'x'\nrequires = today()\n", ":2", "dynamic-field: computes a field"),
        ("if x:\n    name = 'x'\n", ":1", "branch: decides at load time"),
        ("name = 'x'\n\nrequires = [\n", ":3", "broken-python: '[' was never closed"),
    ],
)
def test_a_refusal_has_its_reason_line_and_text(
    text: str, where: str, said: str, rezfast: Run, write: Callable[..., Path]
) -> None:
    path = write("foo", text)
    done = rezfast("scan", path)
    assert (done.returncode, done.stderr) == (1, "")
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{path}{where}: {said}")
    assert second == f"    {text.splitlines()[int(where[1:]) - 1]}"


def test_a_directory_means_the_definition_in_it(rezfast: Run, write: Callable[..., Path]) -> None:
    path = write("foo", FAST)
    assert rezfast("scan", path.parent).stdout.startswith(f"{path}: fast")
    yaml = write("bar", "name: bar\n", "package.yaml")
    done = rezfast("scan", yaml.parent)
    assert (done.returncode, done.stdout) == (
        1,
        f"{yaml}: yaml: is YAML, which the YAML reader reads\n",
    )


def test_several_files_are_told_in_order_and_errors_on_stderr(
    rezfast: Run, write: Callable[..., Path], tmp_path: Path
) -> None:
    fast, slow = write("foo", FAST), write("bar", "name = other\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = rezfast("scan", slow, "/nowhere/package.py", pipe, fast)
    assert done.returncode == 2
    told = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split(":")[0] for line in told] == [str(slow), str(fast)]
    assert done.stderr.splitlines() == [
        "rezfast: error: /nowhere/package.py: does not exist",
        f"rezfast: error: {pipe}: is a pipe, a socket or a device",
    ]


def test_the_source_view_wants_a_name(rezfast: Run, write: Callable[..., Path]) -> None:
    path = write("foo", "version = '1'\n")
    assert rezfast("scan", path).returncode == 0
    done = rezfast("scan", path, "--view", "source")
    assert done.returncode == 1
    assert ": missing-name: does not name itself" in done.stdout


def test_json_has_an_answer_for_each_file(rezfast: Run, write: Callable[..., Path]) -> None:
    fast, slow = write("foo", FAST), write("bar", "name = 'bar'\nrequires = today()\n")
    done = rezfast("scan", "--json", fast, slow, "/nowhere")
    assert done.returncode == 2
    assert done.stderr == ""
    data = json.loads(done.stdout)
    assert data["view"] == "installed"
    first, second, third = data["files"]
    assert first == {
        "path": str(fast),
        "status": "accepted",
        "name": "foo",
        "version": "1.0",
        "requires": ["python-3.9", "maya-2024"],
        "variants": [["houdini-20"], ["nuke-15", "ocio"]],
        "build_requires": [],
        "private_build_requires": None,
        "timestamp": 1600130061,
        "hashed_variants": None,
    }
    assert second == {
        "path": str(slow),
        "status": "refused",
        "reason": "dynamic-field",
        "meaning": "computes a field, such as requires or variants, in place of writing it out",
        "line": 2,
        "text": "requires = today()",
    }
    assert third == {
        "path": "/nowhere",
        "status": "error",
        "reason": "missing",
        "message": "/nowhere: does not exist",
    }


def test_a_dash_is_standard_input(
    program: list[str], environment: dict[str, str], write: Callable[..., Path]
) -> None:
    done = subprocess.run(
        [*program, "scan", "-", str(write("bar", FAST)), "-"],
        env=environment,
        input="name = 'foo'\nname = other\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == lines[-2] and lines[1] == lines[-1] == "    name = other"
    assert lines[0].startswith("<stdin>:2: dynamic-field: ")


def test_lines_are_counted_as_python_counts_them(rezfast: Run, write: Callable[..., Path]) -> None:
    for name, newline in (("a", "\n"), ("b", "\r\n"), ("c", "\r")):
        path = write(name, f"name = 'x'{newline}{newline}requires = f(){newline}")
        assert rezfast("scan", path).stdout.endswith(
            ":3: dynamic-field: computes a field, such as "
            "requires or variants, in place of writing it out\n    requires = f()\n"
        )


def test_a_line_that_is_no_text_or_endless_is_shown_all_the_same(
    rezfast: Run, write: Callable[..., Path]
) -> None:
    done = rezfast("scan", write("foo", b"name = f('\xe9\x1b[2J')\n"))
    assert (
        done.stdout.splitlines()[1]
        == "    name = f('\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J')"
    )
    done = rezfast("scan", write("bar", f"name = f('{'a' * (20 << 20)}')\n"))
    assert len(done.stdout.splitlines()[1]) < 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{root}"], "is a directory without a definition; try 'rezfast survey {root}'"),
        (["{root}/x", "--view", "both"], "--view 'both' is not a view"),
        ([], "Missing argument 'FILE...'"),
    ],
)
def test_bad_usage_is_one_line(words: list[str], said: str, rezfast: Run, tmp_path: Path) -> None:
    done = rezfast("scan", *(word.format(root=tmp_path) for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    assert said.format(root=tmp_path) in done.stderr
    assert done.stderr.count("\n") == 1

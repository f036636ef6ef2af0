"""`rezfast resolve`: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import Any

import pytest

from rezfast.cli.outcome import UsageError
from rezfast.cli.resolve import epoch_seconds

Run = Callable[..., subprocess.CompletedProcess[str]]


def packages(done: subprocess.CompletedProcess[str]) -> list[str]:
    """`name-version` or `name-version[index]` of each line of plain output."""
    found = []
    for line in done.stdout.splitlines():
        name, version, index, _ = line.split("\t")
        found.append(f"{name}-{version}" + (f"[{index}]" if index else ""))
    return found


# -- solved ----------------------------------------------------------------------------------------


def test_a_pipe_gets_one_line_a_package_and_nothing_else(resolve: Run, repository: Path) -> None:
    done = resolve("renderer", "maya-2024")
    assert done.returncode == 0
    assert done.stderr == ""
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[:3] for row in rows] == [
        ["python", "3.10.4", ""],
        ["maya", "2024.1", ""],
        ["renderer", "2.0", "1"],
        [".raytrace", "1", ""],
    ]
    assert rows[2][3] == f"{repository}/renderer/2.0/package.py[1]"


def test_a_terminal_gets_a_table_and_a_summary(
    program: list[str], environment: dict[str, str], repository: Path
) -> None:
    leader, follower = pty.openpty()
    subprocess.run(
        [*program, "resolve", "--path", str(repository), "houdini"],
        env=environment,
        stdout=follower,
        check=True,
    )
    os.close(follower)
    shown = os.read(leader, 65536).decode().splitlines()
    os.close(leader)
    assert shown[0].split() == ["package", "version", "variant", "location"]
    assert shown[1].split()[:2] == ["python", "3.10.4"]
    assert shown[1].index("3.10.4") == shown[0].index("version")
    assert shown[-1].startswith("solved: 2 packages in ")


def test_packages_path_of_the_configuration_is_the_default(rezfast: Run, repository: Path) -> None:
    done = rezfast("resolve", "houdini", REZ_PACKAGES_PATH=str(repository))
    assert packages(done) == ["python-3.10.4", "houdini-20.0"]


def test_build_requirements_count_when_building(resolve: Run) -> None:
    assert packages(resolve("tool")) == ["python-3.10.4", "tool-1.0"]
    assert packages(resolve("tool", "--build")) == ["compiler-1.0", "python-3.10.4", "tool-1.0"]


# -- rules -----------------------------------------------------------------------------------------


def test_a_late_bound_function_knows_the_request(rezfast: Run, tmp_path: Path) -> None:
    """As in rez-env; the solver of the library knows it too, when it is given a context."""
    for name, text in {
        "shell": "name = 'shell'\nversion = '1'\n@late()\ndef requires():\n"
        "    wanted = in_context() and ('debug' in request or building)\n"
        "    return ['debugger'] if wanted else []\n",
        "debug": "name = 'debug'\nversion = '1'\n",
        "debugger": "name = 'debugger'\nversion = '3'\n",
    }.items():
        (tmp_path / name / "1").mkdir(parents=True)
        (tmp_path / name / "1" / "package.py").write_text(text)
    given = ["resolve", "--path", str(tmp_path), "shell"]
    assert packages(rezfast(*given)) == ["shell-1"]
    assert packages(rezfast(*given, "debug")) == ["debugger-1", "shell-1", "debug-1"]
    assert packages(rezfast(*given, "--build")) == ["debugger-1", "shell-1"]


def test_exclude_hides_packages_and_include_makes_exceptions(resolve: Run) -> None:
    assert packages(resolve("python", "--exclude", "python-3.10")) == ["python-3.9.7"]
    both = resolve("python", "--exclude", "python-*", "--include", "range(python-3.10)")
    assert packages(both) == ["python-3.10.4"]


def test_configured_filters_apply_as_well(resolve: Run) -> None:
    configured = json.dumps([{"excludes": ["python-3.10"]}])
    done = resolve("python", REZ_PACKAGE_FILTER_JSON=configured)
    assert packages(done) == ["python-3.9.7"]


def test_configured_orderers_apply(resolve: Run) -> None:
    configured = json.dumps([{"type": "sorted", "descending": False}])
    done = resolve("python", REZ_PACKAGE_ORDERERS_JSON=configured)
    assert packages(done) == ["python-3.9.7"]


def test_time_hides_what_was_released_later(resolve: Run) -> None:
    assert packages(resolve("python", "--time", "1999999999")) == ["python-3.9.7"]
    assert packages(resolve("python", "--time", "2000000000")) == ["python-3.10.4"]


@pytest.mark.parametrize(
    ("text", "seconds_ago"),
    [("-12s", 12), ("-5m", 300), ("-0.5h", 1800), ("-10d", 864000), ("-5.4m", 324)],
)
def test_a_time_may_be_told_back_from_now(text: str, seconds_ago: int) -> None:
    assert abs(epoch_seconds(text) - (int(time()) - seconds_ago)) <= 1


def test_a_time_before_1970_is_1970() -> None:
    assert epoch_seconds("-99999d") == 0


@pytest.mark.parametrize("text", ["", "-", "-5", "5m", "-m", "-xm", "-infd", "yesterday"])
def test_other_times_are_refused(text: str) -> None:
    if text == "-5":  # a number is taken as it is, as rez takes it
        assert epoch_seconds(text) == -5
        return
    with pytest.raises(UsageError, match="is not a time"):
        epoch_seconds(text)


# -- failed ----------------------------------------------------------------------------------------


def test_a_failure_explains_itself_on_stderr_and_exits_1(resolve: Run) -> None:
    done = resolve("maya-2023", "houdini")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("rezfast: no solution: ")
    assert "python" in done.stderr


def test_a_cycle_is_a_failure(resolve: Run) -> None:
    done = resolve("left")
    assert done.returncode == 1
    assert "left" in done.stderr
    assert "right" in done.stderr


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing_like_it"], "nothing_like_it"),
        (["maya-1999"], "maya-1999"),
        (["maya-2024++"], "maya-2024++"),
        (["broken"], "broken/1.0/package.py"),
        (["orphan"], "nowhere"),
        (["maya", "--exclude", "colour(red)"], "colour"),
        (["maya", "--graph", "/no/such/directory/out.dot"], "/no/such/directory/out.dot"),
    ],
)
def test_bad_input_gives_one_line_and_exit_code_2(
    resolve: Run, words: list[str], said: str
) -> None:
    done = resolve(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("rezfast: error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_a_name_or_version_that_does_not_exist_gets_hints(resolve: Run) -> None:
    assert "did you mean maya?" in resolve("mayaa").stderr
    assert "maya-2023.3" in resolve("maya-2022").stderr


def test_a_path_that_is_no_directory_is_pointed_out(rezfast: Run) -> None:
    done = rezfast("resolve", "--path", "/no/such/place", "maya")
    assert done.returncode == 2
    assert "/no/such/place is not a directory" in done.stderr


def test_debug_shows_the_traceback(resolve: Run) -> None:
    done = resolve("nothing_like_it", "--debug")
    assert done.stderr.startswith("Traceback")
    assert "\nrezfast: error: package family not found" in done.stderr
    assert done.returncode == 2


# -- json ------------------------------------------------------------------------------------------


def parsed(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one object on stdout."""
    answer: dict[str, Any] = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    return answer


def test_json_of_an_answer(resolve: Run, repository: Path) -> None:
    done = resolve("renderer", "maya-2024", "--json")
    answer = parsed(done)
    assert done.returncode == 0
    assert done.stderr == ""
    timings = answer.pop("timings")
    assert 0 <= timings["solve"] <= timings["total"]
    steps = answer.pop("num_solves")
    assert steps >= 1
    assert [package.pop("uri") for package in answer["packages"]][2] == (
        f"{repository}/renderer/2.0/package.py[1]"
    )
    assert answer == {
        "status": "solved",
        "packages": [
            {"name": "python", "version": "3.10.4", "variant_index": None},
            {"name": "maya", "version": "2024.1", "variant_index": None},
            {"name": "renderer", "version": "2.0", "variant_index": 1},
        ],
        "ephemerals": [".raytrace-1"],
        "num_fails": 0,
        "failure": None,
    }


@pytest.mark.parametrize(
    ("words", "kind"), [(["maya-2023", "houdini"], "conflict"), (["left"], "cycle")]
)
def test_json_of_a_failure(resolve: Run, words: list[str], kind: str) -> None:
    done = resolve(*words, "--json")
    answer = parsed(done)
    assert done.returncode == 1
    assert done.stderr == ""
    assert answer["status"] == "failed"
    assert answer["packages"] == []
    assert answer["failure"]["kind"] == kind
    assert answer["failure"]["description"]
    assert answer["failure"]["explanation"]


def test_json_of_bad_input_is_an_object_too(resolve: Run) -> None:
    done = resolve("nothing_like_it", "--json")
    answer = parsed(done)
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: ")
    assert answer["status"] == "error"
    assert answer["failure"]["kind"] == "PackageFamilyNotFoundError"
    assert "nothing_like_it" in answer["failure"]["description"]


def test_json_with_stats(resolve: Run) -> None:
    answer = parsed(resolve("maya", "--json", "--stats"))
    assert answer["stats"]["global"]["num_solves"] == answer["num_solves"]


# -- limits, traces, graphs ------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--max-fails", "0"], ["--max-fails", "0", "--verbose"]])
def test_a_limit_ends_the_search(resolve: Run, repository: Path, words: list[str]) -> None:
    backtracking = ["renderer", "python-3.9|3.10", "maya", "!maya-2024"]
    assert resolve(*backtracking).returncode == 0
    limited = resolve("maya-2023", "python", "houdini|maya", *words)
    assert limited.returncode != 0


def test_stats_go_to_stderr(resolve: Run) -> None:
    done = resolve("maya", "--stats")
    assert packages(done)[-1] == "maya-2024.1"
    assert "num solves: " in done.stderr


def test_verbose_tells_the_steps_on_stderr(resolve: Run) -> None:
    done = resolve("renderer", "--verbose")
    assert packages(done) == packages(resolve("renderer"))
    assert done.stderr.startswith("step 1: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["compiler"], "solved: 1 step, 0 failed\n"),
        (["left"], "failed: "),
        (["maya-2023", "houdini"], "failed: "),
    ],
)
def test_verbose_tells_how_it_went(resolve: Run, words: list[str], told: str) -> None:
    assert told in resolve(*words, "-v").stderr


@pytest.mark.parametrize("words", [["maya"], ["maya-2023", "houdini"]])
def test_the_graph_is_written_in_dot_format(resolve: Run, words: list[str], tmp_path: Path) -> None:
    target = tmp_path / "graph.dot"
    resolve(*words, "--graph", target)
    assert target.read_text().startswith("digraph")
    assert "maya" in target.read_text()


# -- interrupts, and readers that leave ------------------------------------------------------------


def test_an_interrupt_ends_it_quietly(rezfast: Run, tmp_path: Path) -> None:
    definition = tmp_path / "slow" / "1.0" / "package.py"
    definition.parent.mkdir(parents=True)
    definition.write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nname = 'slow'\nversion = '1.0'\n"
    )
    done = rezfast("resolve", "--path", tmp_path, "slow")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_reader_that_leaves_is_no_error(
    program: list[str], environment: dict[str, str], repository: Path
) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*program, "resolve", "--path", str(repository), "maya"],
        env=environment,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert done.stderr == ""
    assert done.returncode == 141


@pytest.mark.parametrize("words", [["--help"], ["resolve", "--help"], ["env", "--help"], []])
def test_a_reader_of_help_that_leaves_is_no_error(
    program: list[str], environment: dict[str, str], words: list[str]
) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*program, *words], env=environment, stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_answer_that_cannot_be_written_is_an_error(
    program: list[str], environment: dict[str, str], repository: Path
) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*program, "resolve", "--path", str(repository), "maya"],
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: ")
    assert "No space left" in done.stderr


def test_a_repository_whose_path_is_no_text_is_printed_as_its_bytes(
    program: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    root = os.fsencode(tmp_path) + b"/caf\xe9"
    os.makedirs(root + b"/foo/1.0")
    with open(root + b"/foo/1.0/package.py", "w") as file:
        file.write("name = 'foo'\nversion = '1.0'\n")
    command = [*map(os.fsencode, program), b"resolve", b"--path", root, b"foo"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.stderr == b""
    assert root + b"/foo/1.0/package.py" in done.stdout

"""`rezfast context`: what is in a context, and what becomes of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from cli.conftest import Finished, Run
from cli.terminal import in_a_terminal

from rezfast.context.resolved import ResolvedContext


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A painter's tools: two programs of the same name, and a package that uses them."""
    root = tmp_path_factory.mktemp("context") / "packages"
    for name, version, text in (
        ("brush", "1.0", "tools = ['paint', 'mix']\n"),
        ("brush", "1.1", "tools = ['paint', 'mix']\n"),
        ("roller", "2.0", "tools = ['paint']\nrequires = ['brush-1']\n"),
        ("wall", "3.0", "requires = ['brush-1.0']\n"),
    ):
        directory = root / name / version
        (directory / "bin").mkdir(parents=True)
        program = directory / "bin" / "mix"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        (directory / "package.py").write_text(
            f"name = {name!r}\nversion = {version!r}\n{text}"
            "def commands():\n    env.PATH.append('{root}/bin')\n    env.COLOUR = 'a \"b\"'\n"
        )
    return root


@pytest.fixture(scope="module")
def files(packages: Path) -> Path:
    """A directory of saved contexts: one that was resolved, an older answer, one that failed."""
    for name, request in (
        ("ok", ["roller", ".studio-2"]),
        ("old", ["wall"]),
        ("failed", ["wall", "brush-1.1"]),
    ):
        context = ResolvedContext(
            request, package_paths=[str(packages)], add_implicit_packages=False
        )
        context.save(str(packages.parent / f"{name}.rxt"))
    return packages.parent


@pytest.fixture
def context(rezfast: Run, files: Path, packages: Path) -> Run:
    """Run `rezfast context` with the file of the context that was resolved."""

    def run(*words: str | Path, **extra: str) -> Finished:
        return rezfast(
            "context", files / "ok.rxt", *words, REZ_PACKAGES_PATH=str(packages), **extra
        )

    return run


# ---- the summary


def test_what_is_in_a_context(context: Run, packages: Path) -> None:
    done = context()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[2:] == [
        "requested packages:",
        "roller     ",
        ".studio-2  (ephemeral)",
        "",
        "resolved packages:",
        f"brush-1.1   {packages}/brush/1.1   ",
        f"roller-2.0  {packages}/roller/2.0  ",
        f".studio-2   {' ' * len(f'{packages}/roller/2.0')}  (ephemeral)",
    ]


def test_each_v_shows_more(context: Run, files: Path) -> None:
    once, twice = context("-v").stdout, context("-vv").stdout
    assert "\nsearch paths:\n" in once
    assert once.endswith(f"\nrxt file:          {files}/ok.rxt\n")
    assert twice.startswith(once)
    assert "\ntools:\nTOOL   PACKAGE " in twice
    assert context("-v", "--verbose").stdout == twice


def test_order_and_uris(context: Run, packages: Path) -> None:
    done = context("--so", "--su")
    assert f"roller-2.0  {packages}/roller/2.0/package.py[]  \n" in done.stdout


def test_a_failed_context_says_why(rezfast: Run, files: Path) -> None:
    done = rezfast("context", files / "failed.rxt")
    assert done.returncode == 0
    assert "\nThe context failed to resolve:\nThe following package conflicts occurred: (" in (
        done.stdout
    )
    assert "  wall --> wall-3.0 --> brush-1.0\n" in done.stdout


def test_the_current_context_is_meant_when_none_is_named(rezfast: Run, files: Path) -> None:
    named = rezfast("context", files / "ok.rxt")
    assert rezfast("context", REZ_RXT_FILE=str(files / "ok.rxt")).stdout == named.stdout
    with open(files / "ok.rxt") as file:
        piped = subprocess.run(
            [*named.args[:3], "context", "-"], stdin=file, capture_output=True, text=True
        )
    assert piped.stdout == named.stdout


# ---- parts


def test_the_request(context: Run) -> None:
    assert context("--req").stdout == "roller\n.studio-2\n"
    assert context("--print-request").stdout == "roller\n.studio-2\n"


def test_the_packages(context: Run, packages: Path) -> None:
    assert context("--res").stdout == "brush-1.1\nroller-2.0\n"
    assert context("--print-resolve", "--show-uris").stdout == (
        f"{packages}/brush/1.1/package.py[]\n{packages}/roller/2.0/package.py[]\n"
    )


def test_the_tools(context: Run) -> None:
    assert context("-t").stdout.splitlines() == [
        "TOOL   PACKAGE     ",
        "----   -------     ",
        "mix    brush-1.1   ",
        "paint  brush-1.1   (in conflict)",
        "paint  roller-2.0  (in conflict)",
    ]


def test_where_a_program_is(context: Run, packages: Path) -> None:
    done = context("--which", "mix")
    assert (done.returncode, done.stdout) == (0, f"{packages}/brush/1.1/bin/mix\n")
    done = context("--which", "spray", "--no-env")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "rezfast: error: there is no program 'spray' in the context\n"


# ---- differences


def test_how_another_context_differs(context: Run, files: Path) -> None:
    assert context("--diff", files / "old.rxt").stdout == (
        "ok.rxt      old.rxt    \n"
        "------      -------    \n"
        "brush-1.1   brush-1.0  (-1 versions)\n"
        "-           wall-3.0   \n"
        "roller-2.0  -          \n"
    )
    assert context("--diff", files / "ok.rxt").stdout == ""


def test_what_would_change_if_it_were_resolved_now(
    rezfast: Run, files: Path, packages: Path
) -> None:
    file = files / "stale.rxt"
    stale = ResolvedContext(
        ["brush"], package_paths=[str(packages)], timestamp=1, add_implicit_packages=False
    )
    data = stale.to_dict()
    data["resolved_packages"][0]["variables"]["version"] = "1.0"
    file.write_text(json.dumps(data))
    done = rezfast(
        "context", file, "--fetch", REZ_PACKAGES_PATH=str(packages), REZ_IMPLICIT_PACKAGES=""
    )
    assert done.stdout == (
        "current    updated    \n-------    -------    \nbrush-1.0  brush-1.1  (+1 versions)\n"
    )


# ---- graphs


def test_graphs_as_text(context: Run, files: Path) -> None:
    text = context("--pg").stdout
    assert text.startswith('digraph g {\n_1 [fillcolor="#FFFFAA", ')
    dependencies = context("--pg", "-d").stdout
    assert "\nroller -> brush ;\n" in dependencies
    pruned = context("--pg", "--pp", "roller-2").stdout
    assert '"roller-2.0[]"' in pruned
    assert "brush" not in pruned

    file = files / "graph.dot"
    assert context("--wg", file).returncode == 0
    assert file.read_text() == text
    assert context("-d", "--wg", file).returncode == 0
    assert file.read_text() == dependencies


def test_what_is_missing_for_an_image_is_said(context: Run, files: Path) -> None:
    done = context("--wg", files / "graph.png", PATH="/nowhere")
    assert done.returncode == 2
    assert "graphviz" in done.stderr and "ends in .dot" in done.stderr
    done = context("-g", DISPLAY="", WAYLAND_DISPLAY="")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no display" in done.stderr
    done = context("--pg", "--pp", "nuke")
    assert done.stderr == "rezfast: error: there is no package 'nuke' in the graph\n"


# ---- the environment


def test_code_for_a_shell(context: Run, packages: Path) -> None:
    code = context("-i", "-f", "bash", "--no-env").stdout
    assert f'export REZ_BRUSH_ROOT="{packages}/brush/1.1"\n' in code
    line = context("-i", "-f", "bash", "-s", "eval").stdout
    assert line.count("\n") == 1
    assert "setenv REZ_BRUSH_VERSION" in context("--interpret", "--format", "tcsh").stdout


def test_the_variables(context: Run) -> None:
    data = json.loads(context("-i", "-f", "json").stdout)
    assert data["COLOUR"] == 'a "b"'
    assert data["REZ_USED_RESOLVE"] == "brush-1.1 roller-2.0"
    assert "'COLOUR': 'a \"b\"'," in context("-i", "-f", "dict").stdout
    table = context("-i", "-f", "table").stdout.splitlines()
    assert table == sorted(table)
    assert [line.split() for line in table if line.startswith("COLOUR")] == [["COLOUR", "a", '"b"']]


# ---- a terminal


def test_a_terminal_gets_colours_and_one_line_of_items(
    program: list[str], environment: dict[str, str], files: Path
) -> None:
    command = [*program, "context", str(files / "ok.rxt")]
    text = in_a_terminal(command, environment)
    assert "\x1b[1mrequested packages:\x1b[0m\n" in text
    assert "\x1b[34m.studio-2  (ephemeral)\x1b[0m\n" in text
    assert "\x1b[31m\x1b[1mpaint  brush-1.1   (in conflict)\x1b[0m\n" in in_a_terminal(
        [*command, "-t"], environment
    )
    assert in_a_terminal([*command, "--res"], environment) == "brush-1.1 roller-2.0\n"


# ---- what goes wrong


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.rxt"], "missing.rxt"),
        (["ok.rxt", "--diff", "missing.rxt"], "missing.rxt"),
        (["ok.rxt", "old.rxt"], "one RXT at a time"),
        (["ok.rxt", "-i", "-f", "bsh"], "--format 'bsh': did you mean"),
        (["ok.rxt", "-i", "-f", "perl6"], "--format 'perl6': there are bash, "),
        (["ok.rxt", "-i", "-s", "line"], "--style 'line': there are 'file' and 'eval'"),
        (["ok.rxt", "--tool"], "--tool"),
        (["ok.rxt", "--wg", "/nowhere/graph.dot"], "/nowhere/graph.dot: No such file"),
        (["broken.rxt"], "broken.rxt"),
        (["newer.rxt"], "newer.rxt"),
        (["picture.rxt"], "picture.rxt"),
        (["."], "."),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(
    program: list[str], environment: dict[str, str], files: Path, words: list[str], message: str
) -> None:
    (files / "broken.rxt").write_text('{"serialize_version": "4.9", ')
    (files / "picture.rxt").write_bytes(b"\x89PNG\r\n\x1a\n\xff\x00")
    data = json.loads((files / "ok.rxt").read_text())
    (files / "newer.rxt").write_text(json.dumps({**data, "serialize_version": "5.0"}))
    done = subprocess.run(
        [*program, "context", *words], env=environment, cwd=files, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("rezfast: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_context_at_all(rezfast: Run) -> None:
    done = rezfast("context")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "rezfast: error: this is not a resolved environment; name the file of a context\n"
    )


def test_a_current_context_whose_file_is_gone(rezfast: Run) -> None:
    done = rezfast("context", REZ_RXT_FILE="/nowhere/context.rxt")
    assert done.returncode == 2
    assert "/nowhere/context.rxt: the file of the current context is gone" in done.stderr


@pytest.mark.parametrize(
    "words",
    [["--res"], ["--tools"], ["--which", "mix"], ["-i"], ["-d", "--pg"], ["--fetch"],
     ["--diff", "ok.rxt"]],
)  # fmt: skip
def test_what_needs_an_answer_says_that_there_is_none(
    rezfast: Run, files: Path, words: list[str]
) -> None:
    if words[0] == "--diff":
        words = ["--diff", str(files / "ok.rxt")]
    done = rezfast("context", files / "failed.rxt", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "rezfast: error: the resolve of this context failed: there are no packages in it\n"
    )


def test_a_reader_that_goes_away_is_no_error(
    program: list[str], environment: dict[str, str], files: Path
) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*program, "context", str(files / "ok.rxt")],
        env=environment, stdout=write, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_help_names_every_option_of_rez(rezfast: Run) -> None:
    text = rezfast("context", "--help").stdout
    for option in ("--req", "--print-request", "--res", "--print-resolve", "--so", "--source-order",
                   "--su", "--show-uris", "-t", "--tools", "--which", "-g", "--graph", "-d",
                   "--dependency-graph", "--pg", "--print-graph", "--wg", "--write-graph", "--pp",
                   "--prune-package", "-i", "--interpret", "-f", "--format", "-s", "--style",
                   "--no-env", "--diff", "--fetch", "-v", "--verbose"):  # fmt: skip
        assert option in text
    assert "Exit code:" in text

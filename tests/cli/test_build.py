"""`rezfast build`: words in, words and exit codes out."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from build.projects import PROGRAM, Finished, Workshop

TOOL = """
    name = "tool"
    version = "1.0"
    variants = [["lib-1"], ["lib-2"], ["lib-3"]]
    build_command = "echo built {variant_index} {install} --"
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A package of three variants."""
    made = Workshop(tmp_path)
    for version in ("1", "2", "3"):
        made.package("lib", version)
    made.write(TOOL)
    return made


def built(done: Finished) -> list[str]:
    """What the build commands wrote."""
    assert done.returncode == 0, done.stderr
    return [
        line.removeprefix("built ") for line in done.stdout.splitlines() if line[:6] == "built "
    ]


def test_all_variants_are_built_and_nothing_is_installed(workshop: Workshop) -> None:
    assert built(workshop.run("build")) == ["0 --", "1 --", "2 --"]
    assert workshop.installed() == []
    assert (workshop.source / "build" / "lib-1" / "build.rxt").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--variants", "0"], ["0 --"]),
        (["--variants", "2", "0", "-i"], ["0 install --", "2 install --"]),
        (["--variants", "-1"], ["2 --"]),
        (["--variants=1"], ["1 --"]),
        (["--variants", "-3", "1", "--clean"], ["0 --", "1 --"]),
    ],
)
def test_some_variants(words: list[str], expected: list[str], workshop: Workshop) -> None:
    assert built(workshop.run("build", *words)) == expected


@pytest.mark.parametrize(
    "words", [["--", "--more", "a b"], ["--build-args", "--more  a"], ["--ba", "--more a"]]
)
def test_arguments_for_the_build_system(words: list[str], workshop: Workshop) -> None:
    (line,) = built(workshop.run("build", "--variants", "0", *words))
    assert line.startswith("0 -- --more a")


@pytest.mark.parametrize("words", [["-v"], ["-iv"], ["--verbose"], ["-v", "--flavour", "sweet"]])
def test_verbose_tells_of_the_solves_on_stderr(words: list[str], workshop: Workshop) -> None:
    if "--flavour" in words:
        workshop.write(TOOL, parse_build_args__py="parser.add_argument('--flavour')\n")
    done = workshop.build(*words, "--variants", "1")
    assert built(done) == [f"1 {'install ' if '-iv' in words else ''}--"]
    assert "solved: " in done.stderr
    assert workshop.build("--variants", "1").stderr == ""


def test_clean_empties_the_build_directory(workshop: Workshop) -> None:
    workshop.build("--variants", "0")
    left = workshop.source / "build" / "lib-1" / "left"
    left.write_text("")
    workshop.build("--variants", "0")
    assert left.exists()
    workshop.build("--variants", "0", "--clean")
    assert not left.exists()


def test_install_into_another_repository(workshop: Workshop) -> None:
    workshop.build("--install", "--prefix", str(workshop.root / "other"))
    assert (workshop.root / "other" / "tool" / "1.0" / "package.py").exists()
    assert workshop.installed() == []


def test_the_definition_after_preprocess(workshop: Workshop) -> None:
    workshop.write("""
        name = "tool"
        version = "1.0"
        build_command = False
        def preprocess(this, data):
            data["description"] = "made by preprocess"
    """)
    done = workshop.run("build", "--view-pre")
    assert done.returncode == 0
    assert "description = 'made by preprocess'" in done.stdout.replace('"', "'")
    assert "def preprocess" not in done.stdout
    assert not (workshop.source / "build").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["extra"], "'extra': it is the package in the current directory that is built"),
        (["--process", "remote"], "--process 'remote': there are central, local"),
        (["-b", "scons"], "--build-system 'scons': there are cmake, custom, make, python"),
        (["--ba", "x", "--", "y"], "--build-args and arguments after '--' exclude each other"),
        (["--cba", "x", "--", "y", "--", "z"], "--child-build-args and arguments after '--'"),
        (["--nonsense"], "No such option '--nonsense'"),
        (["-b", "cmake"], "the cmake build system cannot build it"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(
    words: list[str], message: str, workshop: Workshop
) -> None:
    done = workshop.run("build", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_variant_that_is_not_there(workshop: Workshop) -> None:
    done = workshop.run("build", "--variants", "3")
    assert done.returncode == 1
    assert done.stderr == "rezfast: error: tool-1.0 has no variant 3: they are 0 to 2\n"


@pytest.mark.parametrize("index", ["0", "-1", "7"])
def test_a_package_without_variants_has_none_to_build(index: str, workshop: Workshop) -> None:
    workshop.write('name = "tool"\nversion = "1.0"\nbuild_command = "echo built"\n')
    done = workshop.build("-i", "--variants", index)
    assert "Skipping a package without variants (1/1)..." in done.stdout
    assert "All 0 build(s) were successful." in done.stdout
    assert workshop.installed() == []


@pytest.mark.parametrize("request_", ["lib-9", "nothing", "lib-1', 'lib-2"])
def test_an_environment_that_cannot_be_resolved_is_no_bad_input(
    request_: str, workshop: Workshop
) -> None:
    workshop.write(f"name = 'tool'\nrequires = ['{request_}']\nbuild_command = 'true'\n")
    assert workshop.run("build", "-i").returncode == 1
    assert workshop.installed() == []


@pytest.mark.parametrize(
    ("more", "last"),
    [
        ("requires = ['nothing']", "Resolving build environment: nothing"),
        ("build_command = '{nothing}'", "Invoking custom build system..."),
        ("config = {'local_packages_path': '/dev/null/x'}", "Building tool..."),
    ],
)
def test_an_error_stands_after_what_came_before_it(
    more: str, last: str, workshop: Workshop
) -> None:
    workshop.write(f"name = 'tool'\nbuild_command = 'true'\n{more}\n")
    done = subprocess.run(
        [*PROGRAM, "build", "-i"],
        cwd=workshop.source,
        # with it Python keeps nothing back
        env={**workshop.variables, "PYTHONUNBUFFERED": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    *said, error = [line for line in done.stdout.splitlines() if line.strip("=")]
    assert error.startswith("rezfast: error: ")
    assert last in said


def test_no_definition(workshop: Workshop) -> None:
    (workshop.source / "package.py").unlink()
    done = workshop.run("build")
    assert done.returncode == 2
    assert "no package definition: expected package.py" in done.stderr


def test_nothing_that_can_build_it(workshop: Workshop) -> None:
    workshop.write('name = "tool"\nversion = "1.0"\n')
    done = workshop.run("build")
    assert done.returncode == 2
    assert "no build system can build it: give the package a build_command" in done.stderr


def test_a_place_that_cannot_be_written(workshop: Workshop) -> None:
    (workshop.root / "file").write_text("")
    done = workshop.run("build", "-i", "--prefix", str(workshop.root / "file" / "below"))
    assert done.returncode == 2
    assert done.stderr.endswith("cannot be written: Not a directory\n")


def test_commands_that_fail_are_told_with_their_place(workshop: Workshop) -> None:
    workshop.write(f"{TOOL}    def pre_build_commands():\n        this.nothing.at.all\n")
    done = workshop.run("build", "-i")
    assert done.returncode == 2
    assert f"{workshop.source}/package.py:7" in done.stderr
    assert workshop.installed() == []


def test_help_tells_what_a_failed_build_leaves(workshop: Workshop) -> None:
    done = workshop.run("build", "--help")
    assert done.returncode == 0
    assert "A build that fails or is killed leaves" in " ".join(done.stdout.split())
    assert "Usage: rezfast build [OPTIONS]" in done.stdout


def test_help_lists_the_options_of_the_package(workshop: Workshop) -> None:
    (workshop.source / "parse_build_args.py").write_text(
        "parser.add_argument('--flavour', choices=['sweet', 'sour'], help='How it tastes.')\n"
    )
    said = workshop.run("build", "--help").stdout
    assert "custom build system arguments:" in said
    assert "--flavour {sweet,sour} How it tastes." in " ".join(said.split())


@pytest.mark.parametrize(("shell", "code"), [("{} | true", 141), ("{} >&-", 0)])
def test_nobody_listens(shell: str, code: int, workshop: Workshop) -> None:
    workshop.write(TOOL.replace("echo", "true"))
    program = shlex.join([*PROGRAM, "build", "-i"])
    done = subprocess.run(
        ["bash", "-c", f"{shell.format(program)}; exit ${{PIPESTATUS[0]}}"],
        cwd=workshop.source,
        env=workshop.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, "")
    # a build that cannot say what it does is given up, one that was told to be silent is not
    assert (workshop.installed() == []) is (code == 141)

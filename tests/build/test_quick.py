"""Variants that are built in no time: what is done once for all of them, and what is not."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from build.projects import Workshop

from rezfast.package.evaluate import is_constant

VARIANTS = """
    name = "tool"
    version = "1.0"
    variants = {variants!r}
    build_command = {command!r}
"""


LIBS = (["lib-1"], ["lib-2"], ["lib-3"])


def three(
    workshop: Workshop, command: object, more: str = "", variants: Sequence[list[str]] = LIBS
) -> None:
    """A package of three variants, or of others."""
    for version in ("1", "2", "3"):
        workshop.package("lib", version)
    workshop.write(VARIANTS.format(command=command, variants=list(variants)) + more)


@pytest.mark.parametrize("command", [False, "", ":", "true", ["true"]])
def test_all_variants_are_installed(command: object, workshop: Workshop) -> None:
    three(workshop, command)
    workshop.build("--install")
    package = workshop.local / "tool" / "1.0"
    assert (package / "package.py").read_text().count("['lib-") == 3
    assert sorted(path.name for path in package.iterdir() if path.is_dir()) == [
        "lib-1",
        "lib-2",
        "lib-3",
    ]
    assert not [name for name in workshop.installed() if name.rpartition("/")[2].startswith(".")]


def test_what_is_built_is_there_as_soon_as_a_build_takes_time(workshop: Workshop) -> None:
    three(workshop, "sh {root}/build.sh {variant_index}")
    (workshop.source / "build.sh").write_text(
        """
        [ "$1" = 2 ] || exit 0
        for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            grep -s lib-2 "$REZ_BUILD_INSTALL_PATH/../package.py" && exit 0
            sleep 0.5
        done
        exit 1
        """
    )
    workshop.build("--install")


@pytest.mark.parametrize("through", ["tool", "helper"])
def test_a_variant_may_need_the_ones_before_it(through: str, workshop: Workshop) -> None:
    workshop.package("helper", "1", "requires = ['tool']\n")
    more = f"""
    @early()
    def private_build_requires():
        return [{through!r}] if building and build_variant_index else []
    """
    workshop.package("other", "1")
    three(workshop, "true", more, [["lib-1"], ["other"]])
    workshop.build("--install")
    seen = (workshop.source / "build" / "other" / "build.rxt").read_text()
    assert '"subpath": "lib-1"' in seen or "tool-1.0[0]" in seen


def test_a_variant_that_cannot_be_resolved_leaves_those_before_it(workshop: Workshop) -> None:
    three(workshop, False)
    (workshop.released / "lib" / "3" / "package.py").unlink()
    done = workshop.run("build", "--install")
    assert done.returncode != 0
    assert done.stdout.count("Resolving build environment: lib-3") <= 1
    definition = (workshop.local / "tool" / "1.0" / "package.py").read_text()
    assert "lib-1" in definition and "lib-2" in definition and "lib-3" not in definition
    assert not (workshop.local / "tool" / "1.0" / "lib-3").exists()


def test_a_plain_command_finds_what_only_a_shell_makes(workshop: Workshop) -> None:
    """Functions of packages, and what `BASH_ENV` names: then a shell is started."""
    workshop.package("lib", "1", "def commands():\n    alias('greet', 'touch greeted')\n")
    workshop.write("""
        name = "tool"
        version = "1.0"
        private_build_requires = ["lib"]
        build_command = "greet"
    """)
    workshop.build()
    assert (workshop.source / "build" / "greeted").exists()
    startup = workshop.root / "startup.sh"
    startup.write_text("touch started\n")
    workshop.write("name = 'tool'\nversion = '1.0'\nbuild_command = 'true'\n")
    workshop.build(BASH_ENV=str(startup))
    assert (workshop.source / "build" / "started").exists()


def test_a_program_that_is_not_there_is_told_of_by_the_shell(workshop: Workshop) -> None:
    workshop.write("name = 'tool'\nversion = '1.0'\nbuild_command = 'no_such_program'\n")
    done = workshop.run("build")
    assert done.returncode == 1
    assert "no_such_program: command not found" in done.stderr


@pytest.mark.parametrize("instant", ["while one runs", "between two"])
def test_a_build_that_is_killed_leaves_no_temporary_files(instant: str, workshop: Workshop) -> None:
    """The directory that all commands share goes, too, also when none of them runs."""
    slow = "sleep 60" if instant == "while one runs" else "true"
    three(
        workshop,
        ["sh", "-c", f"touch {workshop.root}/runs; {slow}"],
        "    def pre_build_commands():\n        __import__('time').sleep(this.index)\n",
    )
    process = workshop.start("build", "--install")
    while not (workshop.root / "runs").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.1)
    process.kill()
    process.wait()
    for _ in range(60):
        if not list((workshop.root / "tmp").iterdir()) and not workshop.installed():
            return
        time.sleep(0.1)
    assert not list((workshop.root / "tmp").iterdir())
    assert not workshop.installed()


@pytest.mark.parametrize("name", [":", "true"])
def test_a_function_that_has_the_name_of_what_does_nothing_is_run(
    name: str, workshop: Workshop
) -> None:
    three(workshop, name)
    workshop.variables[f"BASH_FUNC_{name}%%"] = '() {  echo > "$REZ_BUILD_INSTALL_PATH/ran"\n}'
    workshop.build("--install")
    assert (workshop.local / "tool" / "1.0" / "lib-3" / "ran").is_file()


@pytest.mark.parametrize("command", ["", ":", "true"])
def test_commands_of_packages_are_run_also_for_what_does_nothing(
    command: str, workshop: Workshop
) -> None:
    place = workshop.root / "seen"
    workshop.package("odd", "1", f"def commands():\n    open({str(place)!r}, 'a').close()\n")
    three(workshop, command, variants=[["odd"]])
    workshop.build("--install")
    assert place.is_file()


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("name = 'a'\nrequires = ['b-1', 'c']\nvariants = [['d'], ['e']]\n", True),
        ("name = 'a'\ntests = {'x': {'command': 'y', 'on_variants': False}}\n", True),
        ("name = 'a'\ndef commands():\n    env.PATH.append('{root}')\n", True),
        ("import os\nname = 'a'\n", False),
        ("name = 'a'\nversion = str(1)\n", False),
        ("name = 'a'\n@early()\ndef requires():\n    return []\n", False),
        ("name = 'a'\nrequires = ['b'] if building else []\n", False),
        ("name = 'a'\nrequires = [one for one in ('b', 'c')]\n", False),
    ],
)
def test_a_definition_that_decides_nothing_is_the_same_for_all_variants(
    text: str, constant: bool
) -> None:
    assert is_constant(text.encode(), "package.py") is constant

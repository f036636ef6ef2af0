"""The environment of a build: its variables, their order, and what early functions find."""

from __future__ import annotations

from pathlib import Path

import pytest
from build.projects import Workshop

from rezfast.build.system import BuildBinding

SHOW = """
    build_command = "env > {install_path}/env"
"""


def seen(workshop: Workshop, *words: str, **extra: str) -> dict[str, str]:
    """Build and install; the environment that the command found."""
    workshop.build("--install", *words, **extra)
    text = next((workshop.local / "tool").rglob("env")).read_text()
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def test_variables_come_before_commands_and_pre_build_commands_after(workshop: Workshop) -> None:
    workshop.package(
        "lib",
        "1",
        """
        def commands():
            env.ORDER = "{env.REZ_BUILD_PROJECT_NAME}, commands"
            env.REZ_BUILD_THREAD_COUNT = "77"
        """,
    )
    workshop.write(f"""
        name = "tool"
        version = "1.2.3"
        requires = ["lib"]
        {SHOW.strip()}
        def pre_build_commands():
            env.ORDER = "{{env.ORDER}}, pre_build_commands"
            env.BUILT = "{{build.build_type}} {{build.install}} {{build.install_path}}"
            env.THIS = "{{this.name}} {{this.version.major}}"
            env.SLICE = "-".join(str(token) for token in this.version[1:])
            env.REQUIRES = " ".join(map(str, this.requires))
            env.COUNT = "{{env.REZ_BUILD_THREAD_COUNT}}"
    """)
    found = seen(workshop)
    assert found["ORDER"] == "tool, commands, pre_build_commands"
    assert found["BUILT"] == f"local True {workshop.local}/tool/1.2.3"
    assert (found["THIS"], found["SLICE"]) == ("tool 1", "2-3")
    assert found["REQUIRES"] == "lib"
    assert found["COUNT"] == "77"
    assert found["REZ_BUILD_VARIANT_INDEX"] == "0"


def test_what_pre_build_commands_find_cannot_be_changed() -> None:
    build = BuildBinding({"install": True})
    assert (build.install, build["install"], list(build)) == (True, True, ["install"])
    with pytest.raises(AttributeError, match="build is read-only"):
        build.install = False
    with pytest.raises(AttributeError, match="no attribute 'prefix'; there are install"):
        build.prefix  # noqa: B018


def test_early_functions_are_asked_again_for_each_variant(workshop: Workshop) -> None:
    for version in ("1", "2"):
        workshop.package("lib", version)
        workshop.package(f"only{version}", "1")
    workshop.write(f"""
        name = "tool"
        version = "1.0"
        variants = [["lib-1"], ["lib-2"]]
        {SHOW.strip()}
        @early()
        def requires():
            if building:
                return ["only%d" % (build_variant_index + 1)]
            return []
        @early()
        def tools():
            return ["built" if building else "installed"]
    """)
    found = seen(workshop, "--variants", "1")
    assert found["REZ_USED_REQUEST"] == "only2 lib-2"
    text = (workshop.local / "tool" / "1.0" / "package.py").read_text()
    assert "installed" in text
    assert "only" not in text


def test_included_modules_are_installed(workshop: Workshop) -> None:
    modules = workshop.root / "modules"
    modules.mkdir()
    (modules / "helpers.py").write_text("def greet(env):\n    env.GREETING = 'hello'\n")
    workshop.write("""
        name = "tool"
        version = "1.0"
        build_command = False
        @include("helpers")
        def commands():
            helpers.greet(env)
    """)
    where = {"REZ_PACKAGE_DEFINITION_PYTHON_PATH": str(modules)}
    workshop.build("-i", **where)
    include = workshop.local / "tool" / "1.0" / ".rez" / "include"
    assert sorted(path.name for path in include.iterdir()) == ["helpers.py", "helpers.sha1"]
    # they are those that were installed
    (modules / "helpers.py").write_text("def greet(env):\n    raise ValueError\n")
    assert workshop.env("tool", "--", "printenv", "GREETING") == "hello\n"


def test_words_of_a_package_are_no_commands(workshop: Workshop) -> None:
    workshop.write(f"""
        name = "tool"
        version = "1.0"
        description = "$(touch {workshop.root}/broken) `id` $HOME ' \\ {{root}}"
        {SHOW.strip()}
    """)
    found = seen(workshop)
    assert found["REZ_BUILD_PROJECT_DESCRIPTION"].startswith(
        f"$(touch {workshop.root}/broken) `id`"
    )
    assert not Path(workshop.root / "broken").exists()

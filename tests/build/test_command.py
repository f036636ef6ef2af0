"""`build_command` and what its braces stand for."""

from __future__ import annotations

import pytest

from rezfast.build.command import BuildOf, command_text, expand_build_command
from rezfast.errors import BuildError
from rezfast.version import Version

BUILD = BuildOf(
    root="/src/foo",
    build_path="/src/foo/build/a b",
    install_path="/packages/foo/1.2",
    install=True,
    name="foo",
    version=Version("1.2"),
    variant_index=3,
)
ONLY_BUILD = BuildOf("/s", "/b", "/i", False, "foo", Version(""), None)


def test_false_is_no_command() -> None:
    assert expand_build_command(False, BUILD, ["x"]) is None


@pytest.mark.parametrize(
    ("command", "expanded"),
    [
        ("bash {root}/build.sh {install}", "bash /src/foo/build.sh install"),
        ("{build_path} {install_path}", "/src/foo/build/a b /packages/foo/1.2"),
        ("{name} {variant_index} {version}", "foo 3 1.2"),
        ("{version.major} {version[1]} {name!r} {variant_index:02d}", "1 2 'foo' 03"),
        ("  echo ${{X}}  ", "echo ${X}"),
        ("", ""),
    ],
)
def test_braces(command: str, expanded: str) -> None:
    assert expand_build_command(command, BUILD) == expanded
    assert expand_build_command([command], BUILD) == [expanded]


def test_without_install_version_and_variant() -> None:
    assert expand_build_command("x {install}", ONLY_BUILD) == "x"
    words = ["x", "{install}", "{version}", "{variant_index}"]
    assert expand_build_command(words, ONLY_BUILD) == ["x", "", "", ""]


def test_extra_arguments() -> None:
    args = ["--docs", "a b", "{name}"]
    assert expand_build_command("make", BUILD, args) == "make --docs 'a b' 'foo'"
    assert expand_build_command(["make"], BUILD, args) == ["make", "--docs", "a b", "foo"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("{rooot}", "no 'rooot'"),
        ("{", "Single '{' encountered"),
        ("{}", "eplacement index 0 out of range"),
        ("{name.colour}", "has no attribute 'colour'"),
        ("{version:>10}", "unsupported format string"),
    ],
)
def test_braces_that_mean_nothing(command: str, reason: str) -> None:
    for given in (command, ["x", command]):
        with pytest.raises(BuildError) as caught:
            expand_build_command(given, BUILD)
        assert reason in str(caught.value)
        assert "there are {root} {install}" in str(caught.value)


@pytest.mark.parametrize("command", [True, ["a", 1]])
def test_what_is_no_command(command: bool | list[str]) -> None:
    with pytest.raises(BuildError, match="neither text, list of texts nor False"):
        expand_build_command(command, BUILD)


def test_commands_as_text() -> None:
    assert command_text("make all") == "make all"
    assert command_text(["make", "a b"]) == "make 'a b'"

"""Two readers of a command line: wherever the quick one answers, click answers the same."""

from __future__ import annotations

import click
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rezfast.cli.application import read_with_click
from rezfast.cli.commands import COMMANDS, command_module
from rezfast.cli.plain import read_plain

_OPTIONS = [
    (name, spelling)
    for name in COMMANDS
    for option in command_module(name).PARAMETERS.options
    for spelling in option.spellings
]
_SPELLINGS = sorted({spelling for _, spelling in _OPTIONS})
_TEXTS = st.sampled_from(
    [
        "",
        "-",
        "--",
        "-1",
        "0",
        "+5",
        " 5",
        "1_000",
        "\u0663",
        "--5",
        "-5m",
        "foo-1",
        "!foo",
        "~b<2",
        "a=b",
    ]
) | st.text(max_size=4).filter(lambda text: "\x00" not in text)
_ARGUMENTS = st.lists(
    st.sampled_from([*_SPELLINGS, "-h", "--help", "-bv", "-tnow", "--pat", "--no-json"])
    | st.builds("{}={}".format, st.sampled_from(_SPELLINGS), _TEXTS)
    | _TEXTS,
    max_size=6,
)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(sorted(COMMANDS)), _ARGUMENTS)
@example("resolve", ["foo", "--time", "-5m", "--path=/a=b", "--path", "--json", "-b"])
@example("resolve", ["--max-fails", "-1", "foo"])
def test_the_plain_reader_agrees_with_click(name: str, arguments: list[str]) -> None:
    plain = read_plain(command_module(name).PARAMETERS, arguments)
    if plain is not None:
        assert read_with_click(name, arguments) == plain


@pytest.mark.parametrize(
    "arguments",
    [
        ["maya"],
        ["maya-2024", "~houdini>=20", "!foo==1|2"],
        ["--path", "/one", "--path=/two", "maya", "--json"],
        ["-t", "-10d", "maya", "--max-fails", "3", "--time-limit=60"],
        ["maya", "--exclude", "*.beta", "--include", "maya", "--graph", "out.dot", "-v", "--stats"],
    ],
)
def test_what_people_write_is_read_without_click(arguments: list[str]) -> None:
    assert read_plain(command_module("resolve").PARAMETERS, arguments) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["maya", "--nonsense"],
        ["maya", "--path"],
        ["maya", "--json=yes"],
        ["maya", "--max-fails", "many"],
        ["--", "maya"],
        ["-bv", "maya"],
    ],
)
def test_what_is_not_plain_is_left_to_click(arguments: list[str]) -> None:
    assert read_plain(command_module("resolve").PARAMETERS, arguments) is None


def test_an_option_given_twice_counts_the_last_time() -> None:
    arguments = ["maya", "--time", "5", "--time", "7"]
    plain = read_plain(command_module("resolve").PARAMETERS, arguments)
    assert plain is not None
    assert plain["time"] == "7"


def test_click_wants_a_request() -> None:
    with pytest.raises(click.MissingParameter):
        read_with_click("resolve", ["--json"])

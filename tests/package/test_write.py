"""What a definition looks like when it is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rezfast.config.sources import ModifyList
from rezfast.errors import PackageMetadataError
from rezfast.package.definition import load_data
from rezfast.package.functions import SourceCode
from rezfast.package.write import FileFormat, check_readable, dump_package_data
from rezfast.version import Requirement, Version

Write = Callable[..., str]


def body(data: dict[str, Any], **options: Any) -> str:
    """What is written for attributes besides the name."""
    text = dump_package_data({"name": "foo", **data}, **options)
    head = "# -*- coding: utf-8 -*-\n\nname = 'foo'\n\n"
    assert text.startswith(head)
    return text.removeprefix(head)


def test_known_attributes_come_first_in_rez_order_and_others_as_given() -> None:
    data = {
        "zeta": 1,
        "timestamp": 5,
        "alpha": 2,
        "requires": ["a"],
        "version": "1",
        "name": "foo",
        "authors": None,
    }
    lines = dump_package_data(data).splitlines()
    order = [line.split(" ")[0] for line in lines if " = " in line]
    assert order == ["name", "version", "requires", "timestamp", "zeta", "alpha"]


def test_lists_have_a_line_for_each_item_when_there_are_two() -> None:
    assert body({"requires": ["a-1"]}) == "requires = ['a-1']\n"
    assert body({"variants": [["a-1", "b"], ["c"]]}) == (
        "variants = [\n    ['a-1', 'b'],\n    ['c']\n]\n"
    )


def test_long_descriptions_are_blocks() -> None:
    assert body({"description": 'It\'s "short".'}) == "description = 'It\\'s \"short\".'\n"
    assert body({"description": 'One "line".\nAnd another one, \\ and ünïcode.  '}) == (
        'description = \\\n    """\n    One \\"line\\".\n'
        '    And another one, \\\\ and ünïcode.\n    """\n'
    )


def test_long_values_go_on_the_next_line_and_dicts_are_sorted() -> None:
    assert body({"tests": {"unit": "x" * 50, "lint": "y" * 50}}) == (
        f"tests = \\\n    {{'lint': '{'y' * 50}',\n     'unit': '{'x' * 50}'}}\n"
    )


def test_configuration_is_a_scope() -> None:
    config = {"release_packages_path": "/a", "plugins": {"release_vcs": {"tag_name": "t"}}}
    assert body({"config": config}) == (
        "with scope('config') as config:\n"
        "    config.release_packages_path = '/a'\n"
        "    config.plugins.release_vcs.tag_name = 't'\n"
    )


def test_odd_configuration_can_be_read_again(write: Write) -> None:
    config = {
        "a b": 1,
        "class": {"x": {}},
        "release_hooks": ModifyList(append=["a"], prepend=["b"]),
    }
    path = write(dump_package_data({"name": "foo", "config": config}))
    read = load_data(path)["config"]
    hooks = read.pop("release_hooks")
    assert read == {"a b": 1, "class": {"x": {}}}
    assert (hooks.append, hooks.prepend) == (["a"], ["b"])
    path = write(dump_package_data({"name": "foo", "config": {}}))
    assert load_data(path).get("config", {}) == {}


def test_code_is_a_function(write: Write) -> None:
    path = write("@late()\ndef tools():\n    return ['a']\n\ndef commands():\n    env.A = 1\n")
    assert body(load_data(path)) == (
        "@late()\ndef tools():\n    return ['a']\n\ndef commands():\n    env.A = 1\n"
    )
    assert body({"commands": "env.A = 1"}) == "def commands():\n    env.A = 1\n"


def test_a_function_of_a_program_will_do() -> None:
    def commands() -> None:
        print("hello")

    assert body({"pre_test_commands": commands}) == (
        'def pre_test_commands():\n    print("hello")\n'
    )


def test_what_quotes_commands_of_rez_1_becomes_a_comment() -> None:
    text = "comment('OLD COMMAND: export A=b')\nsetenv('A', 'b')"
    assert body({"commands": text}) == (
        "def commands():\n    # comment('OLD COMMAND: export A=b')\n    setenv('A', 'b')\n"
    )


def test_versions_and_requests_are_texts_wherever_they_are() -> None:
    data = {
        "version": Version("1.2"),
        "requires": [Requirement("a-1+")],
        "mine": {"v": (Version("3"),)},
    }
    assert body(data) == "version = '1.2'\n\nrequires = ['a-1+']\n\nmine = {'v': ('3',)}\n"


def test_yaml() -> None:
    data = {
        "name": "foo",
        "version": "1.0",
        "requires": ["a"],
        "commands": SourceCode.from_text("env.A = 1\nenv.B = 2", "commands", ""),
        "config": {"hooks": ModifyList(append=["a"])},
    }
    assert dump_package_data(data, FileFormat.yaml) == (
        "name: foo\n\nversion: '1.0'\n\nrequires:\n- a\n\ncommands: 'env.A = 1\n\n"
        "  env.B = 2'\n\nconfig:\n  hooks: ModifyList(append=['a'])\n"
    )


def test_attributes_can_be_left_out() -> None:
    assert body({"version": "1", "uuid": "u"}, skip_attributes=["version"]) == "uuid = 'u'\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"version": "1"}, "it has no name"),
        ({"name": "foo", "requires": "a"}, "requires is wrong: it has to be a list"),
        ({"name": "foo", "commands": ["export A=b"]}, "commands is wrong: .* not a list"),
        ({"name": "foo", "description": 5}, "description is wrong"),
        ({"name": "foo", 5: 5}, "5 is no name of an attribute"),
    ],
)
def test_wrong_attributes_are_not_written(data: dict[Any, Any], said: str) -> None:
    with pytest.raises(PackageMetadataError, match=said):
        dump_package_data(data)


def test_there_are_two_formats() -> None:
    with pytest.raises(ValueError, match="txt"):
        dump_package_data({"name": "foo"}, "txt")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2024, 1, 1), "a date"),
        (float("nan"), "nan"),
        ({"a": [object()]}, "an object"),
        ({"a": SourceCode.from_text("return 1", "inner", "")}, "the function inner"),
    ],
)
def test_what_could_not_be_read_again_is_told(value: Any, said: str) -> None:
    with pytest.raises(PackageMetadataError, match=f"mine cannot be written: {said}") as raised:
        check_readable({"name": "foo", "mine": value})
    assert raised.value.attribute == "mine"
    check_readable({"name": "foo", "mine": {"a": [1, 1.5, None, True, ("x", b"y"), {2}]}})

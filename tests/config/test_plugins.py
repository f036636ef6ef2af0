"""Settings under `plugins`: defaults of rez's plugins, merged, checked a plugin type at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rezfast.config import Settings
from rezfast.errors import ConfigurationError


def with_plugins(plugins: dict[str, Any]) -> Settings:
    """The defaults with something under `plugins`."""
    return Settings.locked({"plugins": plugins})


def test_they_are_read_as_attributes_or_by_name() -> None:
    plugins = Settings.locked().plugins
    assert plugins.release_vcs.git.allow_no_upstream is False
    assert plugins["shell"]["zsh"]["prompt"] == "%"
    assert plugins.build_system.cmake.cmake_args == ("-Wno-dev", "--no-warn-unused-cli")
    assert list(plugins) == [
        "shell",
        "release_vcs",
        "release_hook",
        "build_system",
        "package_repository",
        "build_process",
        "command",
    ]
    assert plugins.build_process.data() == {}
    assert plugins.shell.get("fish") is None


def test_what_is_given_is_merged_into_the_defaults() -> None:
    plugins = with_plugins({"release_vcs": {"tag_name": "v", "git": {"other": 1}}}).plugins
    vcs = plugins.release_vcs
    assert (vcs.tag_name, vcs.check_tag) == ("v", False)
    assert vcs.git.data() == {"allow_no_upstream": False, "other": 1}


def test_texts_are_expanded_and_what_a_release_fills_in_is_kept() -> None:
    emailer = Settings.locked().plugins.release_hook.emailer
    assert emailer.subject.endswith("released {package.qualified_name}")
    assert "{system.user}" not in emailer.subject


def test_plugins_of_somebody_else_are_kept() -> None:
    plugins = with_plugins({"shell": {"fish": {"prompt": ["{system.platform}"]}}, "farm": {"x": 1}})
    assert plugins.plugins.shell.fish.prompt == ("linux",)
    assert plugins.plugins.farm.x == 1
    assert "farm" not in plugins.data()["plugins"]


def test_a_wrong_value_spoils_its_plugin_type_only() -> None:
    plugins = with_plugins({"release_vcs": {"check_tag": "no"}}).plugins
    assert plugins.shell.bash.prompt == ">"
    with pytest.raises(ConfigurationError, match=r"plugins\.release_vcs\.check_tag: expected a bo"):
        _ = plugins.release_vcs


def test_a_wrong_value_is_laid_on_the_file_that_gives_it(tmp_path: Path) -> None:
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_text("plugins = {\n 'release_vcs': {'check_tag': 'no'},\n}\n")
    second.write_text("plugins = {'release_vcs': {'tag_name': 'v'}}\n")
    with pytest.raises(ConfigurationError) as raised:
        _ = Settings.from_sources({}, [str(first), str(second)]).plugins.release_vcs
    assert str(raised.value).startswith(f"{first}:2: plugins.release_vcs.check_tag: expected a b")


def test_commands_of_a_release_hook() -> None:
    given = [{"command": "ls", "args": "-a -l"}, {"command": "id", "args": ["x y"], "env": {}}]
    plugins = with_plugins({"release_hook": {"command": {"pre_build_commands": given}}}).plugins
    assert plugins.release_hook.command.pre_build_commands == (
        {"command": "ls", "args": ["-a", "-l"]},
        {"command": "id", "args": ["x y"], "env": {}},
    )


@pytest.mark.parametrize("command", [{}, {"command": "ls", "arg": "x"}, {"command": 3}, "ls"])
def test_commands_that_are_none(command: Any) -> None:
    plugins = with_plugins({"release_hook": {"command": {"pre_build_commands": [command]}}})
    with pytest.raises(ConfigurationError, match="expected a list of dicts with command and any"):
        _ = plugins.plugins.release_hook


def test_a_name_that_is_not_there() -> None:
    plugins = Settings.locked().plugins
    for section in (plugins, plugins.shell, plugins.shell.bash):
        with pytest.raises(AttributeError, match="no such setting: 'colour'"):
            _ = section.colour

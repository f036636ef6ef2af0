"""Settings on top of settings: a package's, or those of code; the originals stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from rezfast.config import Settings
from rezfast.config.sources import ModifyList
from rezfast.errors import ConfigurationError

ENVIRON = {"REZ_PACKAGES_PATH": "/text", "REZ_QUIET": "1"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a file and two variables."""
    file = tmp_path / "rezconfig.py"
    file.write_text(
        "packages_path = ['/file']\n"
        "optionvars = {'role': 'artist', 'show': {'name': 'x', 'fps': 24}}\n"
        "plugins = {'release_hook': {'emailer': {'smtp_port': 26, 'sender': 'a'}}}\n"
    )
    return Settings.from_sources(ENVIRON, [str(file)])


class TestWithOverrides:
    """What a package says under `with scope("config")`, or what code gives."""

    def test_they_beat_files_and_variables(self, settings: Settings) -> None:
        package = settings.with_overrides({"packages_path": ["/a"], "release_packages_path": "/b"})
        assert package.packages_path == ("/a",)
        assert package.release_packages_path == "/b"
        assert package.quiet is True
        assert settings.packages_path == ("/text",)

    def test_dicts_are_merged_into_what_files_say(self, settings: Settings) -> None:
        package = settings.with_overrides({"optionvars": {"show": {"fps": 25}}})
        assert package.optionvars == {"role": "artist", "show": {"name": "x", "fps": 25}}
        assert settings.optionvars["show"]["fps"] == 24

    def test_a_modify_list_adds_to_what_files_say(self, settings: Settings) -> None:
        package = settings.with_overrides({"packages_path": ModifyList(append=["/z"])})
        assert package.packages_path == ("/file", "/z")

    def test_plugins_settings_stand_under_plugins(self, settings: Settings) -> None:
        overrides = {"plugins": {"release_hook": {"emailer": {"sender": "b"}}}}
        emailer = settings.with_overrides(overrides).plugins.release_hook.emailer
        assert (emailer.smtp_port, emailer.sender) == (26, "b")

    def test_they_take_the_place_of_other_overrides(self, settings: Settings) -> None:
        first = settings.with_overrides({"quiet": False})
        assert first.with_overrides({"packages_path": []}).quiet is True
        assert first.with_overrides(None).overrides == {}

    def test_a_value_is_expanded_and_checked_like_any_other(self, settings: Settings) -> None:
        package = settings.with_overrides({"tmpdir": "/{system.platform}", "quiet": "yes"})
        assert package.tmpdir == "/linux"
        with pytest.raises(ConfigurationError, match="overrides: quiet: expected a boolean"):
            _ = package.quiet

    def test_none_stays_none_where_the_machine_has_an_answer(self, settings: Settings) -> None:
        assert settings.tmpdir is not None
        assert settings.with_overrides({"tmpdir": None}).tmpdir is None

    def test_a_name_that_is_no_setting_is_passed_over(self, settings: Settings) -> None:
        assert settings.with_overrides({"colour": "red"}).get("colour", "none") == "none"


class TestOverride:
    def test_one_more(self, settings: Settings) -> None:
        more = settings.override("packages_path", ["/a"]).override("quiet", False)
        assert (more.packages_path, more.quiet) == (("/a",), False)
        assert more.is_overridden("quiet") and not settings.is_overridden("quiet")

    def test_of_a_plugin_with_dots(self, settings: Settings) -> None:
        more = settings.override("plugins.release_hook.emailer.sender", "c")
        more = more.override("plugins.release_hook.emailer.smtp_host", "mail")
        emailer = more.plugins.release_hook.emailer
        assert (emailer.sender, emailer.smtp_host, emailer.smtp_port) == ("c", "mail", 26)

    def test_taken_back(self, settings: Settings) -> None:
        more = settings.override("quiet", False).override("plugins.release_vcs.git.x", 1)
        less = more.without_override("quiet").without_override("plugins.release_vcs.git.x")
        assert (less.quiet, less.overrides) == (True, {})
        assert less.without_override("editor").overrides == {}

    @pytest.mark.parametrize(
        "field, near",
        [
            ("quite", "'quiet'"),
            ("optionvars.role", "'optionvars'"),
            ("plugins.release_hooks.emailer.sender", "'plugins.release_hook.emailer.sender'"),
            ("plugins.release_vcs", "plugins.release_vcs"),
        ],
    )
    def test_of_what_is_no_setting(self, settings: Settings, field: str, near: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            settings.override(field, 1)
        assert f"no such setting: '{field}'" in str(raised.value)
        assert near in str(raised.value)


class TestLocked:
    def test_files_and_variables_do_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REZ_QUIET", "1")
        monkeypatch.setenv("REZ_CONFIG_FILE", "/nowhere")
        locked = Settings.locked({"packages_path": ["/a"]})
        assert (locked.quiet, locked.packages_path) == (False, ("/a",))
        assert locked.searched_files == ()


class TestQuestions:
    def test_warn_and_debug_topics(self) -> None:
        environ = {"REZ_WARN_UNTIMESTAMPED": "1", "REZ_DEBUG_ALL": "1"}
        settings = Settings.from_sources(environ, [])
        assert settings.warn("untimestamped") and not settings.warn("shell_startup")
        assert settings.debug("plugins")
        assert not settings.override("debug_none", True).debug("plugins")
        assert not settings.override("quiet", True).warn("untimestamped")

    def test_nonlocal_packages_path(self) -> None:
        overrides = {"packages_path": ["/a", "/local", "/b"], "local_packages_path": "/local"}
        assert Settings.locked(overrides).nonlocal_packages_path == ("/a", "/b")

    def test_get_has_a_default_for_what_is_no_setting(self) -> None:
        locked = Settings.locked()
        assert locked.get("dot_image_format") == "png"
        assert locked.get("nothing") is None and locked.get("nothing", 1) == 1

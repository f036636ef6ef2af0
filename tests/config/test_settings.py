"""Where a setting's value comes from, and what happens when it cannot be used."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import ConfigurationError

Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file; give its path."""

    def write_file(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write_file


def test_without_sources_the_defaults_are_rez_defaults() -> None:
    settings = Settings.from_sources(environ={}, files=[])
    home = os.path.expanduser("~")
    assert settings.packages_path == (
        f"{home}/packages",
        f"{home}/.rez/packages/int",
        f"{home}/.rez/packages/ext",
    )
    assert settings.variant_select_mode == "version_priority"
    assert settings.allow_unversioned_packages is True
    assert settings.error_on_missing_variant_requires is True
    assert settings.package_filter == settings.package_orderers == ()
    assert settings.package_filenames == ("package",)
    assert settings.sourced_files == ()


class TestFiles:
    def test_a_python_file_sets_by_assignment(self, write: Write) -> None:
        path = write("studio.py", "import os\npackages_path = ['/svr' + os.sep + 'int']\n")
        settings = Settings.from_sources(environ={}, files=[path])
        assert settings.packages_path == ("/svr/int",)
        assert settings.sourced_files == (path,)

    def test_any_other_file_is_yaml(self, write: Write) -> None:
        path = write("rezconfig", "packages_path: [/svr/int]\nunknown_setting: 3\n")
        assert Settings.from_sources(environ={}, files=[path]).packages_path == ("/svr/int",)

    def test_the_py_file_beside_a_yaml_file_wins(self, write: Write) -> None:
        path = write("studio.yaml", "packages_path: [/yaml]\n")
        write("studio.py", "packages_path = ['/py']\n")
        assert Settings.from_sources(environ={}, files=[path]).packages_path == ("/py",)

    def test_later_files_win_and_missing_ones_are_passed_over(self, write: Write) -> None:
        first = write("a.py", "packages_path = ['/a']\nvariant_select_mode = 'version_priority'\n")
        second = write("b.py", "packages_path = ['/b']\n")
        settings = Settings.from_sources(environ={}, files=[first, "/does/not/exist.py", second])
        assert settings.packages_path == ("/b",)
        assert settings.sourced_files == (first, second)

    def test_modify_list_adds_to_what_is_there(self, write: Write) -> None:
        first = write("a.py", "packages_path = ['/a']\n")
        second = write("b.py", "packages_path = ModifyList(append=['/z'], prepend=['/0'])\n")
        settings = Settings.from_sources(environ={}, files=[first, second])
        assert settings.packages_path == ("/0", "/a", "/z")

    def test_modify_list_adds_to_the_defaults(self, write: Write) -> None:
        path = write("a.py", "packages_path = ModifyList(append=['/z'])\n")
        paths = Settings.from_sources(environ={}, files=[path]).packages_path
        assert len(paths) == 4 and paths[-1] == "/z"

    def test_dicts_of_two_files_are_merged(self, write: Write) -> None:
        first = write("a.py", "package_filter = {'excludes': 'glob(*.beta)'}\n")
        second = write("b.py", "package_filter = {'includes': 'glob(foo-*)'}\n")
        settings = Settings.from_sources(environ={}, files=[first, second])
        assert settings.package_filter == ({"excludes": "glob(*.beta)", "includes": "glob(foo-*)"},)

    @pytest.mark.parametrize("extension", ["yaml", "yml", "json"])
    def test_delay_load_takes_a_value_from_another_file(self, write: Write, extension: str) -> None:
        other = write(f"filter.{extension}", json.dumps([{"excludes": "glob(*.beta)"}]))
        path = write("a.py", f"package_filter = DelayLoad({other!r})\n")
        settings = Settings.from_sources(environ={}, files=[path])
        assert settings.package_filter == ({"excludes": "glob(*.beta)"},)

    def test_plugin_settings_of_the_filesystem_repository(self, write: Write) -> None:
        path = write(
            "a.py",
            "plugins = {'package_repository': {'filesystem': {"
            "'package_filenames': ['pkg', 'package'], 'file_lock_dir': '.lock'}}}\n",
        )
        settings = Settings.from_sources(environ={}, files=[path])
        assert settings.package_filenames == ("pkg", "package")
        assert settings.file_lock_dir == ".lock"
        assert settings.check_package_definition_files is False


class TestEnvironment:
    def test_the_files_are_named_by_rez_config_file_and_the_home_directory(
        self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        home = write(".rezconfig", "packages_path: [/home-file]\n")
        first, second = write("a.py", "packages_path = ['/a']\n"), write("b", "{}")
        environ = {"REZ_CONFIG_FILE": f"{first}{os.pathsep}{second}"}
        settings = Settings.from_sources(environ=environ)
        assert settings.sourced_files == (first, second, home)
        assert settings.packages_path == ("/home-file",)

        environ["REZ_DISABLE_HOME_CONFIG"] = "1"
        assert Settings.from_sources(environ=environ).packages_path == ("/a",)

    def test_a_variable_beats_its_json_form_and_both_beat_files(self, write: Write) -> None:
        files = [write("a.py", "packages_path = ['/file']\n")]
        environ = {"REZ_PACKAGES_PATH_JSON": '["/json"]'}
        assert Settings.from_sources(environ, files).packages_path == ("/json",)
        environ["REZ_PACKAGES_PATH"] = "/text::/more"
        assert Settings.from_sources(environ, files).packages_path == ("/text", "/more")

    def test_an_empty_variable_is_an_empty_value(self) -> None:
        assert Settings.from_sources({"REZ_PACKAGES_PATH": ""}, []).packages_path == ()

    @pytest.mark.parametrize("word, value", [("ON", True), ("f", False), ("0", False)])
    def test_flags_are_words(self, word: str, value: bool) -> None:
        environ = {"REZ_ALLOW_UNVERSIONED_PACKAGES": word}
        assert Settings.from_sources(environ, []).allow_unversioned_packages is value

    def test_a_list_of_words_is_separated_by_commas_or_blanks(self) -> None:
        environ = {"REZ_IMPLICIT_PACKAGES": "~a-1, ~b"}
        assert Settings.from_sources(environ, []).implicit_packages == ("~a-1", "~b")

    def test_overrides_beat_everything(self) -> None:
        environ = {"REZ_PACKAGES_PATH": "/text"}
        settings = Settings.from_sources(environ, [], {"packages_path": ["/given"]})
        assert settings.packages_path == ("/given",)

    def test_plugin_settings_do_not_look_at_the_environment(self) -> None:
        settings = Settings.from_sources({"REZ_PACKAGE_FILENAMES": "pkg"}, [])
        assert settings.package_filenames == ("package",)


class TestExpansion:
    def test_variables_home_and_system(self) -> None:
        environ = {
            "SITE": "london",
            "REZ_PACKAGES_PATH": "~/p:/$SITE/${SITE}:/$NOPE:/{system.platform}",
        }
        home = os.path.expanduser("~")
        paths = Settings.from_sources(environ, []).packages_path
        assert paths == (f"{home}/p", "/london/london", "/$NOPE", "/linux")

    def test_a_weak_request_is_not_a_home_directory(self) -> None:
        settings = Settings.from_sources({"REZ_IMPLICIT_PACKAGES": "~maya-2024"}, [])
        assert settings.implicit_packages == ("~maya-2024",)

    def test_an_unknown_field_is_left_alone_and_double_braces_are_braces(self) -> None:
        environ = {"REZ_PACKAGES_PATH": "/{project}/{system.nothing}/{{x}}"}
        paths = Settings.from_sources(environ, []).packages_path
        assert paths == ("/{project}/{system.nothing}/{x}",)

    def test_platform_map_renames_what_the_machine_is_called(self, write: Write) -> None:
        path = write("a.py", "platform_map = {'arch': {r'.*': 'abacus'}}\n")
        settings = Settings.from_sources({"REZ_PACKAGES_PATH": "/{system.arch}"}, [path])
        assert settings.packages_path[0].startswith("/abacus")
        assert "~platform==linux" in settings.implicit_packages


class TestErrors:
    """One line: the file or the variable, the setting, what was expected, what was found.

    A file that cannot be read is an error at once, a value when it is asked for.
    """

    @pytest.mark.parametrize(
        "text, message",
        [
            ("packages_path = '/a'", "a.py:1: packages_path: expected a list of paths, got '/a'"),
            (
                "\nallow_unversioned_packages = 1",
                "a.py:2: allow_unversioned_packages: expected a b",
            ),
            (
                "prune_failed_graph = 1\nprune_failed_graph = 2",
                "a.py: prune_failed_graph: expected",
            ),
            ("variant_select_mode = 'best'", "expected one of version_priority, intersection_p"),
            (
                "package_filter = ['glob(*)']",
                "package_filter: expected a dict, a list of dicts or none",
            ),
            ("plugins = []", "a.py:1: plugins: expected a dict, got []"),
            (
                "plugins = {'package_repository': {'filesystem': {'package_filenames': 'pkg'}}}",
                "plugins.package_repository.filesystem.package_filenames: expected a list",
            ),
            (
                "plugins = {'package_repository': {'filesystem': None}}",
                "a.py:1: plugins.package_repository.filesystem: expected a dict, got None",
            ),
            ("pip_install_remaps = [{}]", "expected a list of dicts with the strings record_path"),
            ("packages_path = ['/{']", "a.py:1: packages_path: '/{' is not a format"),
            ("x = 1\nraise OSError('no licence')", "a.py:2: OSError: no licence"),
            ("x = (", "a.py:1: SyntaxError"),
            (
                "package_filter = DelayLoad('/nowhere.json')",
                "a.py:1: package_filter: /nowhere.json: no such file",
            ),
            ("package_filter = DelayLoad('/a.txt')", "/a.txt: DelayLoad reads .yaml, .yml and"),
            ("packages_path = ModifyList(append='/a')", "a.py:1: ValueError: expected a list"),
            ("variant_select_mode = ModifyList(append=[''])", "ModifyList cannot add to 'version_"),
        ],
    )
    def test_in_a_python_file(self, write: Write, text: str, message: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Settings.from_sources({}, [write("a.py", text)]).data()
        assert message in str(raised.value)
        assert "\n" not in str(raised.value)

    @pytest.mark.parametrize(
        "text, message",
        [
            ("packages_path: 3", "rezconfig:1: packages_path: expected a list of paths, got 3"),
            ("- a\n- b", "rezconfig: expected settings as `key: value`, got list"),
            ("a: [", "rezconfig: not YAML: "),
        ],
    )
    def test_in_a_yaml_file(self, write: Write, text: str, message: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Settings.from_sources({}, [write("rezconfig", text)]).data()
        assert message in str(raised.value)
        assert "\n" not in str(raised.value)

    @pytest.mark.parametrize(
        "name, text, message",
        [
            ("REZ_ALLOW_UNVERSIONED_PACKAGES", "maybe", "$REZ_ALLOW_UNVERSIONED_PACKAGES: allow_"),
            ("REZ_PACKAGES_PATH_JSON", "[", "$REZ_PACKAGES_PATH_JSON: not JSON"),
            ("REZ_PACKAGES_PATH_JSON", "1", "$REZ_PACKAGES_PATH_JSON: packages_path: expected"),
            ("REZ_PACKAGE_FILTER", "glob(*)", "use $REZ_PACKAGE_FILTER_JSON"),
            ("REZ_PIP_INSTALL_REMAPS", "x", "use $REZ_PIP_INSTALL_REMAPS_JSON"),
            ("REZ_PLATFORM_MAP", "os", "platform_map: expected a dict (k1:v1,k2:v2"),
            ("REZ_BUILD_THREAD_COUNT", "0", "build_thread_count: expected a number above 0"),
            ("REZ_MAX_PACKAGE_CHANGELOG_CHARS", "2.5", "expected an integer, got '2.5'"),
            ("REZ_SUITE_VISIBILITY", "often", "expected one of never, always, parent, parent_p"),
        ],
    )
    def test_in_a_variable(self, name: str, text: str, message: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Settings.from_sources({name: text}, []).data()
        assert message in str(raised.value)

    def test_a_value_that_nobody_asks_for_does_no_harm(self, write: Write) -> None:
        path = write("a.py", "packages_path = 3\nquiet = True\n")
        assert Settings.from_sources({}, [path]).quiet is True

    def test_a_file_that_cannot_be_read(self, write: Write) -> None:
        path = write("a.py", "")
        Path(path).write_bytes(b"x = '\xff'")
        with pytest.raises(ConfigurationError, match=r"a\.py: cannot be read"):
            Settings.from_sources({}, [path])


class TestTheSettingsOfTheProcess:
    def test_are_read_once_and_can_be_replaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REZ_PACKAGES_PATH", "/first")
        previous = config.use(None)
        try:
            first = config.settings()
            monkeypatch.setenv("REZ_PACKAGES_PATH", "/second")
            assert config.settings() is first
            assert config.use(None) is first
            assert config.settings().packages_path == ("/second",)
        finally:
            config.use(previous)

    def test_are_frozen(self) -> None:
        settings = Settings.from_sources({}, [])
        with pytest.raises(AttributeError, match="frozen"):
            settings.packages_path = ()
        with pytest.raises(AttributeError, match="frozen"):
            settings.plugins.shell = {}
        with pytest.raises(AttributeError, match="frozen"):
            del settings.packages_path

    def test_have_no_attribute_that_is_no_setting(self) -> None:
        with pytest.raises(AttributeError, match="no such setting: 'pakages_path'"):
            _ = Settings.from_sources({}, []).pakages_path  # type: ignore[attr-defined]

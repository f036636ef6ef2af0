"""`rezfast config`: the settings, and where they come from."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from rezfast.config.plugin_table import PLUGINS
from rezfast.config.table import SETTINGS

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studio's config file."""
    path = tmp_path_factory.mktemp("studio") / "rezconfig.py"
    path.write_text(
        "import os\n"
        "packages_path = ModifyList(append=['/svr/packages'])\n"
        "optionvars = {'role': 'artist'}\n"
        "plugins = {\n"
        "    'release_vcs': {\n"
        "        'tag_name': 'v{version}',\n"
        "    },\n"
        "}\n"
        "def package_preprocess_function(this, data): pass\n"
    )
    return path


@pytest.fixture
def config(rezfast: Run, studio: Path) -> Run:
    """Run `rezfast config` in that studio; extra environment variables by keyword."""

    def run(*words: str, **extra: str) -> CompletedProcess[str]:
        return rezfast("config", *words, **{"REZ_CONFIG_FILE": str(studio), **extra})

    return run


class TestValues:
    def test_all_of_them_as_yaml(self, config: Run) -> None:
        done = config(REZ_QUIET="yes")
        assert (done.returncode, done.stderr) == (0, "")
        values = yaml.safe_load(done.stdout)
        assert values.keys() == {*SETTINGS, "plugins"}
        assert values["plugins"].keys() == PLUGINS.keys()
        assert values["quiet"] is True
        assert values["package_preprocess_function"].startswith("<function package_pre")

    def test_all_of_them_as_json(self, config: Run) -> None:
        values = json.loads(config("--json").stdout)
        assert values.keys() == {*SETTINGS, "plugins"}

    @pytest.mark.parametrize(
        "field, printed",
        [
            ("dot_image_format", "png\n"),
            ("quiet", "False\n"),
            ("browser", "None\n"),
            ("default_shell", "\n"),
            ("plugin_path", "[]\n"),
            ("platform_map", "{}\n"),
            ("optionvars", "role: artist\n"),
            ("optionvars.role", "artist\n"),
            ("plugins.release_vcs.tag_name", "v{version}\n"),
            ("plugins.release_vcs.git", "allow_no_upstream: false\n"),
            ("pathed_env_vars", "- '*PATH'\n"),
        ],
    )
    def test_one_of_them(self, config: Run, field: str, printed: str) -> None:
        done = config(field)
        assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")

    @pytest.mark.parametrize(
        "field, printed",
        [
            ("quiet", "false\n"),
            ("browser", "null\n"),
            ("dot_image_format", '"png"\n'),
            ("env_var_separators", '{"CMAKE_MODULE_PATH": ";", "DOXYGEN_TAGFILES": " "}\n'),
        ],
    )
    def test_one_of_them_as_json(self, config: Run, field: str, printed: str) -> None:
        assert config("--json", field).stdout == printed

    def test_what_json_prints_can_be_put_in_a_variable(self, config: Run) -> None:
        text = config("--json", "packages_path").stdout
        again = config("--json", "packages_path", REZ_PACKAGES_PATH_JSON=text).stdout
        assert again == text and text.endswith('"/svr/packages"]\n')


class TestFiles:
    def test_that_are_looked_for(
        self, config: Run, studio: Path, environment: dict[str, str]
    ) -> None:
        home = f"{environment['HOME']}/.rezconfig"
        assert config("--search-list").stdout == f"{studio}\n{home}\n"

    def test_that_are_there(self, config: Run, studio: Path) -> None:
        assert config("--source-list").stdout == f"{studio}\n"
        assert json.loads(config("--source-list", "--json").stdout) == [str(studio)]


class TestExplain:
    def test_a_setting(self, config: Run, studio: Path) -> None:
        done = config("--explain", "packages_path", REZ_PACKAGES_PATH="/mine")
        assert done.stdout.splitlines() == [
            "Repositories to search for packages; of equal versions the first path's wins.",
            "",
            "type     a list of paths",
            'value    ["/mine"]',
            "sources, strongest last:",
            f"  {'default':<{len(str(studio)) + 2}}  "
            '["~/packages", "~/.rez/packages/int", "~/.rez/packages/ext"]',
            f"""  {studio}:2  "ModifyList(append=['/svr/packages'])\"""",
            f'  {"$REZ_PACKAGES_PATH":<{len(str(studio)) + 2}}  "/mine"',
            "set it in a rezconfig file, or as $REZ_PACKAGES_PATH or $REZ_PACKAGES_PATH_JSON",
        ]

    def test_a_setting_that_has_no_plain_variable(self, config: Run) -> None:
        assert config("--explain", "package_filter").stdout.endswith(
            "set it in a rezconfig file, or as $REZ_PACKAGE_FILTER_JSON\n"
        )

    def test_a_plugin_s(self, config: Run, studio: Path) -> None:
        lines = config("--explain", "plugins.release_vcs.tag_name").stdout.splitlines()
        assert lines[-2:] == [
            f'  {studio}:6  "v{{version}}"',
            "set it in a rezconfig file; plugins' settings have no variables",
        ]

    def test_an_item_of_a_setting(self, config: Run) -> None:
        lines = config("--origin", "optionvars.role").stdout.splitlines()
        assert lines[0] == "optionvars.role is an item of optionvars."
        assert 'value    "artist"' in lines

    def test_several_settings_with_one_line_each(self, config: Run, studio: Path) -> None:
        lines = config("--explain", "plugins.release_vcs").stdout.splitlines()
        assert lines[0] == "Plugins: release_vcs"
        assert lines[1] == '  plugins.release_vcs.tag_name = "v{version}"'
        assert lines[2].endswith(f"[from {studio}:6]")
        assert len(lines) == 1 + 2 * 4

    def test_all_of_them(self, config: Run) -> None:
        out = config("--explain").stdout
        assert out.startswith("Paths\n  packages_path = ")
        assert all(f"  {name} = " in out for name in SETTINGS)

    def test_as_json(self, config: Run, studio: Path) -> None:
        explained = json.loads(config("--explain", "--json", "optionvars").stdout)
        assert explained["value"] == {"role": "artist"}
        assert explained["origin"] == f"{studio}:3"
        assert explained["section"] == "Miscellaneous"
        assert explained["sources"][0] == {"where": "default", "value": None}
        assert explained["variables"] == ["REZ_OPTIONVARS", "REZ_OPTIONVARS_JSON"]
        several = json.loads(config("--explain", "--json", "plugins.shell.sh").stdout)
        assert [each["field"] for each in several] == [
            "plugins.shell.sh.prompt",
            "plugins.shell.sh.executable_fullpath",
        ]


class TestMistakes:
    @pytest.mark.parametrize(
        "words, said",
        [
            (["pakages_path"], "no such setting: 'pakages_path'; did you mean 'packages_path'?"),
            (["xyzzy"], "no such setting: 'xyzzy'; 'rezfast config' lists them"),
            (["optionvars.rule"], "'optionvars.rule'; did you mean 'optionvars.role'?"),
            (["packages_path.first"], "packages_path is not a dict: there is no 'packages_path.f"),
            (["plugins.shel"], "no such setting: 'plugins.shel'; did you mean 'plugins.shell'?"),
            (["--explain", "quite"], "no such setting: 'quite'; did you mean 'quiet'?"),
            (["--explain", "plugins.shell.sh.promt"], "did you mean 'plugins.shell.sh.prompt'?"),
            (["quiet", "editor"], "one FIELD at a time, please; got quiet and editor"),
            (["--search-list", "quiet"], "--search-list lists files and takes no FIELD"),
            (["--search-list", "--explain"], "--search-list and --explain cannot be asked for tog"),
        ],
    )
    def test_are_one_line_and_exit_code_2(self, config: Run, words: list[str], said: str) -> None:
        done = config(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("rezfast: error: ")
        assert done.stderr.count("\n") == 1
        assert said in done.stderr

    def test_in_a_file_name_the_line(self, config: Run, tmp_path: Path) -> None:
        path = tmp_path / "broken.yaml"
        path.write_text("quiet: true\npackages_path: /svr/packages\n")
        done = config("packages_path", REZ_CONFIG_FILE=str(path))
        assert done.returncode == 2
        assert done.stderr == (
            f"rezfast: error: {path}:2: packages_path: expected a list of paths, "
            "got '/svr/packages'\n"
        )
        assert config("quiet", REZ_CONFIG_FILE=str(path)).stdout == "True\n"

    def test_a_misspelt_setting_does_not_stop_a_resolve(self, resolve: Run, tmp_path: Path) -> None:
        path = tmp_path / "rezconfig"
        path.write_text("packages_pth: [/a]\n")
        plain = resolve("maya-2024")
        warned = resolve("maya-2024", REZ_CONFIG_FILE=str(path))
        assert (warned.returncode, warned.stdout) == (0, plain.stdout)
        assert warned.stderr == (
            f"rezfast: warning: {path}:1: unknown setting 'packages_pth' is ignored; "
            "did you mean 'packages_path'?\n"
        )


def test_a_resolve_imports_no_more_of_the_configuration_than_it_reads(
    environment: dict[str, str], repository: Path, tmp_path: Path
) -> None:
    path = tmp_path / "rezconfig.py"
    path.write_text("root = '/svr'\nquiet = False\ndef helper(): pass\n")
    program = (
        "import sys; from rezfast.cli import main\n"
        f"main(['resolve', '--path', {str(repository)!r}, 'maya'])\n"
        "sys.stderr.write('MODULES ' + ' '.join(sys.modules))"
    )
    for config_file in ("", str(path)):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**environment, "REZ_CONFIG_FILE": config_file},
            capture_output=True,
            text=True,
            check=True,
        )
        imported = set(done.stderr.rpartition("MODULES ")[2].split())
        unused = {"explain", "machine", "places", "plugin_table", "plugins", "expand"}
        assert not imported & {f"rezfast.config.{name}" for name in unused}
        assert not imported & {"re", "difflib", "shutil", "json", "yaml"}

"""A key of a config file that is no setting: told once on stderr, and ignored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.config.unknown import nearest, unknown_keys, unknown_setting


def unknown(path: Path, text: str) -> list[str]:
    """The unknown keys of a file, as they are told, without its directory."""
    path.write_text(text)
    keys = unknown_keys(Settings.from_sources({}, [str(path)]).layers)
    return [str(key).replace(f"{path.parent}/", "") for key in keys]


@pytest.mark.parametrize(
    "text, told",
    [
        (
            "quiet: true\npackages_pth: []\n",
            [
                "rezconfig:2: unknown setting 'packages_pth' is ignored; "
                "did you mean 'packages_path'?"
            ],
        ),
        ("house_style: 1\n", ["rezconfig:1: unknown setting 'house_style' is ignored"]),
        ("7: 1\n", ["rezconfig:1: unknown setting '7' is ignored"]),
        (
            "plugins:\n  release_vcs:\n    tagname: x\n",
            [
                "rezconfig:3: unknown setting 'plugins.release_vcs.tagname' is ignored; "
                "did you mean 'plugins.release_vcs.tag_name'?"
            ],
        ),
        (
            "plugins:\n  shells: {}\n",
            ["rezconfig:2: unknown setting 'plugins.shells' is ignored; did you mean"],
        ),
        ("plugins:\n  shell:\n    fish:\n      prompt: x\n", []),
        ("plugins: []\n", []),
    ],
)
def test_in_yaml_every_key_counts(tmp_path: Path, text: str, told: list[str]) -> None:
    found = unknown(tmp_path / "rezconfig", text)
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


def test_in_python_only_what_looks_like_a_setting(tmp_path: Path) -> None:
    text = (
        '"""Our studio."""\n'
        "import os\n"
        "from os import path\n"
        "root = '/svr'\n"
        "package_root = root\n"
        "_packages_path = []\n"
        "def package_path(): return root\n"
        "pakcages_path = [package_path()]\n"
    )
    assert unknown(tmp_path / "rezconfig.py", text) == [
        "rezconfig.py:8: unknown setting 'pakcages_path' is ignored; did you mean 'packages_path'?"
    ]


def test_the_nearest_name() -> None:
    assert nearest("pakages_path", ["packages_path", "plugin_path"]) == "packages_path"
    assert nearest("xyzzy", ["packages_path"]) is None
    assert str(unknown_setting("xyzzy")).endswith("'rezfast config' lists them")


class TestTheProcess:
    @pytest.fixture(autouse=True)
    def misspelt(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        """A process whose config file has a key that is no setting."""
        path = tmp_path / "rezconfig.py"
        path.write_text("package_pathe = ['/a']\npackages_pathh = ['/a']\n")
        monkeypatch.setenv("REZ_CONFIG_FILE", str(path))
        monkeypatch.setenv("REZ_DISABLE_HOME_CONFIG", "1")
        monkeypatch.delenv("REZ_QUIET", raising=False)
        previous = config.use(None)
        yield path
        config.use(previous)

    def test_is_warned_once(self, misspelt: Path, capsys: pytest.CaptureFixture[str]) -> None:
        config.settings()
        config.settings()
        captured = capsys.readouterr()
        assert captured.out == ""
        lines = captured.err.splitlines()
        assert lines[-1] == (
            f"rezfast: warning: {misspelt}:2: unknown setting 'packages_pathh' is ignored; "
            "did you mean 'packages_path'?"
        )
        assert all(line.startswith("rezfast: warning: ") for line in lines)

    @pytest.mark.parametrize("how", ["a variable", "the file"])
    def test_is_not_when_it_wants_quiet(
        self,
        misspelt: Path,
        how: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        if how == "a variable":
            monkeypatch.setenv("REZ_QUIET", "yes")
        else:
            misspelt.write_text(f"{misspelt.read_text()}quiet = True\n")
        config.settings()
        assert capsys.readouterr().err == ""

    def test_is_when_quiet_is_no_boolean(
        self, misspelt: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        misspelt.write_text(f"{misspelt.read_text()}quiet = 'very'\n")
        config.settings()
        assert "packages_pathh" in capsys.readouterr().err

    def test_settings_that_are_read_from_elsewhere_do_not_speak(
        self, misspelt: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Settings.from_sources()
        assert capsys.readouterr().err == ""

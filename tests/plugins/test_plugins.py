"""Plugins: where they are found, which one of a name wins, what becomes of those that fail."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import RezPluginError
from rezfast.plugins import plugin_settings, plugins

Lay = Callable[[str, dict[str, str]], str]


@pytest.fixture(autouse=True)
def settings_of_test() -> Iterator[None]:
    before = config.use(Settings.from_sources(environ={}, files=[]))
    yield
    config.use(before)


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lays out plugins of the type `signal` in a directory, from {name: text}; its path."""

    def lay_out(directory: str, files: dict[str, str]) -> str:
        place = tmp_path / directory / "rezplugins" / "signal"
        place.mkdir(parents=True)
        (place.parent / "__init__.py").touch()
        (place / "__init__.py").touch()
        for name, text in files.items():
            (place / name).write_text(text)
        return str(tmp_path / directory)

    return lay_out


def registers(value: str) -> str:
    return f"class P:\n    value = {value!r}\n\ndef register_plugin():\n    return P\n"


def take(*paths: str) -> None:
    config.use(Settings.from_sources(environ={}, files=[], overrides={"plugin_path": list(paths)}))


def values() -> dict[str, str]:
    return {name: cls.value for name, cls in plugins("signal").classes.items()}  # type: ignore[attr-defined]


def test_without_plugins() -> None:
    assert plugins("signal").classes == {}
    assert plugins("signal").names({"a": int}) == ["a"]


def test_the_last_directory_wins(lay: Lay) -> None:
    first = lay("first", {"a.py": registers("first a"), "b.py": registers("first b")})
    last = lay("last", {"a.py": registers("last a")})
    take(first, last)
    assert values() == {"a": "last a", "b": "first b"}
    take(last, first)
    assert values() == {"a": "first a", "b": "first b"}
    take()
    assert values() == {}


def test_a_plugin_wins_over_what_is_built_in(lay: Lay) -> None:
    take(lay("one", {"a.py": registers("a")}))
    found = plugins("signal")
    assert found.get_class("a", {"a": int}) is found.classes["a"]
    assert found.get_class("b", {"b": int}) is int
    assert found.names({"a": int, "b": int}) == ["a", "b"]


def test_what_is_no_plugin(lay: Lay) -> None:
    files = {
        "_helper.py": registers("x"),
        "rezconfig.py": "",
        "notes.txt": "",
        "a.py": registers("a"),
    }
    take(lay("one", files))
    assert values() == {"a": "a"}


def test_a_directory_without_init_is_not_looked_at(tmp_path: Path, lay: Lay) -> None:
    path = lay("one", {"a.py": registers("a")})
    (tmp_path / "one" / "rezplugins" / "signal" / "__init__.py").unlink()
    take(path)
    assert values() == {}


def test_a_plugin_may_import_its_neighbours(lay: Lay) -> None:
    uses = "from ._helper import P\n\ndef register_plugin():\n    return P\n"
    take(lay("one", {"_helper.py": registers("helped"), "a.py": uses}))
    assert values() == {"a": "helped"}


def test_a_plugin_may_be_a_package(tmp_path: Path, lay: Lay) -> None:
    path = lay("one", {})
    package = tmp_path / "one" / "rezplugins" / "signal" / "a"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from .inner import P\n\ndef register_plugin():\n    return P\n"
    )
    (package / "inner.py").write_text(registers("inner"))
    take(path)
    assert values() == {"a": "inner"}


def test_plugins_inside_python_packages(
    tmp_path: Path, lay: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay("site/studio_tools", {"a.py": registers("installed"), "b.py": registers("installed")})
    own = lay("own", {"a.py": registers("own")})
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site")])
    take(own)
    assert values() == {"a": "installed", "b": "installed"}


def test_plugins_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "studio_signal.py").write_text(registers("entry"))
    info = tmp_path / "studio_signal-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: studio-signal\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[rez.plugins.signal]\na = studio_signal\nb = no_such_module\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    take("/anything/else")
    # what is installed is looked at once; a test installs something in between
    monkeypatch.setattr("rezfast.plugins._loaded", {})
    assert values() == {"a": "entry"}
    assert "No module named 'no_such_module'" in plugins("signal").failed["b"]
    sys.modules.pop("studio_signal")
    monkeypatch.setattr("rezfast.plugins._loaded", {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def register_plugin(): return 1 / 0\n", "ZeroDivisionError: division by zero"),
        ("def register_plugin(): return None\n", "it has no register_plugin() that gives a class"),
        ("", "it has no register_plugin() that gives a class"),
        ("def\n", "SyntaxError"),
    ],
)
def test_a_plugin_that_cannot_be_loaded(lay: Lay, text: str, reason: str) -> None:
    take(lay("one", {"a.py": text, "b.py": registers("b")}))
    assert values() == {"b": "b"}
    with pytest.raises(RezPluginError) as caught:
        plugins("signal").get_class("a", {})
    assert str(caught.value).startswith("signal 'a' cannot be loaded: ")
    assert reason in str(caught.value) and "\n" not in str(caught.value)


def test_a_plugin_that_is_not_there(lay: Lay) -> None:
    take(lay("one", {"b.py": registers("b")}))
    with pytest.raises(RezPluginError, match=r"there is no signal 'a' \(known: b, c\)"):
        plugins("signal").get_class("a", {"c": int})


def test_settings_that_plugins_bring_along(lay: Lay) -> None:
    files = {"b.py": registers("b"), "rezconfig.yaml": "b:\n  colour: red\n  sizes: [1, 2]\n"}
    take(lay("one", files))
    of = config.settings()
    found = plugin_settings(of, "signal").plugins.signal
    assert (found.b.colour, found.b.sizes) == ("red", (1, 2))
    stronger = of.override("plugins.release_vcs.check_tag", True).with_overrides(
        {**of.overrides, "plugins": {"signal": {"b": {"colour": "blue"}}}}
    )
    found = plugin_settings(stronger, "signal").plugins.signal
    assert (found.b.colour, found.b.sizes) == ("blue", (1, 2))

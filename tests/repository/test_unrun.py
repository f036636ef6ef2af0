"""Definitions that say nothing of what an environment asks are not run to find that out."""

from __future__ import annotations

from pathlib import Path

import pytest

from rezfast.package.resource import NOTHING_SAID, PackageResource
from rezfast.repository import clear_caches
from rezfast.repository.queries import get_package

ASKED = ("config", "pre_commands", "commands", "post_commands", "hashed_variants")


def _resource(root: Path, text: str) -> PackageResource:
    """What a package of this definition has in common with its variants."""
    place = root / "foo" / "1.0"
    place.mkdir(parents=True)
    (place / "package.py").write_text(f"name = 'foo'\nversion = '1.0'\n{text}", encoding="utf-8")
    clear_caches()
    package = get_package("foo", "1.0", [str(root)])
    assert package is not None
    return package.resource


def _was_run(resource: object) -> bool:
    return "data" in resource.__dict__


@pytest.mark.parametrize(
    "text",
    [
        "",
        "description = 'no code'\ntools = ['a']\n",
        "requires = ['bah-1']\n",
        "def preprocess(this, data):\n    pass\n",
    ],
)
def test_a_plain_definition_is_only_read(tmp_path: Path, text: str) -> None:
    resource = _resource(tmp_path, text)
    for name in ASKED:
        assert resource.said(name) is NOTHING_SAID
        assert resource.value(name) is None
    assert resource.base == str(tmp_path / "foo" / "1.0")
    assert not _was_run(resource)


def test_variants_are_those_that_the_scanner_reads(tmp_path: Path) -> None:
    resource = _resource(tmp_path, "variants = [['a-1', 'b'], ['a-2']]\n")
    places = [variant.root for variant in resource.variants()]
    assert places == [str(tmp_path / "foo" / "1.0" / sub) for sub in ("a-1/b", "a-2")]
    assert not _was_run(resource)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def commands():\n    env.A = 1\n", "commands"),
        ("hashed_variants = True\n", "hashed_variants"),
        ("with scope('config') as c:\n    c.release_packages_path = '/x'\n", "config"),
        ("x = 1\nif x:\n    def commands():\n        env.A = 1\n", "commands"),
        ("exec('def comm' + 'ands(): env.A = 1')\n", "commands"),
        ("globals()['comm' + 'ands'] = 'info(1)'\n", "commands"),
        # Python takes these letters for those of `commands`
        ("\uff43\uff4f\uff4d\uff4d\uff41\uff4e\uff44\uff53 = 'info(1)'\n", "commands"),
    ],
)
def test_what_is_there_is_found_however_it_is_said(tmp_path: Path, text: str, name: str) -> None:
    resource = _resource(tmp_path, text)
    assert resource.value(name) is not None
    assert _was_run(resource)


def test_what_was_run_is_asked(tmp_path: Path) -> None:
    resource = _resource(tmp_path, "")
    assert resource.data["name"] == "foo"
    assert resource.said("commands") is NOTHING_SAID

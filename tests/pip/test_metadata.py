"""The attributes of a package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rezfast.errors import DistributionError
from rezfast.pip.files import Remap, write_files
from rezfast.pip.metadata import package_attributes
from rezfast.pip.requires import Target, package_requirements
from rezfast.pip.wheel import Wheel
from rezfast.repository.maker import make_package

MakeWheel = Callable[..., Path]


@pytest.fixture
def attributes(remaps: Sequence[Remap], target: Target) -> Callable[[Path], dict[str, Any]]:
    """The attributes of the package that a wheel becomes."""

    def convert(made: Path) -> dict[str, Any]:
        with Wheel(str(made)) as opened:
            requirements = package_requirements(opened, target)
            return package_attributes(opened, requirements, opened.package_files(remaps))

    return convert


Attributes = Callable[[Path], dict[str, Any]]


def test_the_least_that_a_package_has(wheel: MakeWheel, attributes: Attributes) -> None:
    assert attributes(wheel()) == {
        "name": "foo",
        "version": "1.0",
        "variants": [["python-3.9"]],
        "commands": "env.PYTHONPATH.append('{root}/python')",
        "hashed_variants": True,
        "pip_name": "foo (1.0)",
        "from_pip": True,
        "is_pure_python": True,
    }


def test_all_that_a_package_may_have(wheel: MakeWheel, attributes: Attributes) -> None:
    made = wheel(
        {"Foo_Bar/__init__.py": "", "Foo_Bar.pth": "Foo_Bar\n", "{data}/scripts/b.sh": ""},
        name="Foo-Bar",
        version="1.0rc1",
        metadata=[
            "Summary: One line.",
            "Home-page: https://example.com",
            "Download-URL: https://example.com/source",
            "Author: A. Uthor",
            "Author-email: a@example.com",
            "Requires-Dist: six",
        ],
        entry_points="[console_scripts]\nfoo = Foo_Bar:main\n",
        tag="cp39-cp39-linux_x86_64",
    )
    found = attributes(made)
    variants = found.pop("variants")
    assert variants[0][-1] == "python-3.9"
    assert found == {
        "name": "Foo_Bar",
        "version": "1.0.rc1",
        "description": "One line.",
        "requires": ["six"],
        "tools": ["b.sh", "foo"],
        "commands": "env.PYTHONPATH.append('{root}/python')\n"
        "env.PYTHONPATH.append('{root}/python/Foo_Bar')\n"
        "env.PATH.append('{root}/bin')",
        "hashed_variants": True,
        "pip_name": "Foo-Bar (1.0rc1)",
        "from_pip": True,
        "is_pure_python": False,
        "help": [
            ["Home Page", "https://example.com"],
            ["Source Code", "https://example.com/source"],
        ],
        "authors": ["A. Uthor a@example.com"],
    }


def test_what_older_tools_wrote_for_nothing_is_nothing(
    wheel: MakeWheel, attributes: Attributes
) -> None:
    fields = ("Summary", "Home-page", "Download-URL", "Author", "Author-email")
    found = attributes(wheel(metadata=[f"{field}: UNKNOWN" for field in fields]))
    assert not found.keys() & {"description", "help", "authors"}


def test_a_version_with_an_epoch_names_the_distribution(
    wheel: MakeWheel, attributes: Attributes
) -> None:
    with pytest.raises(DistributionError, match=r"foo-1!2\.0-py3-none-any\.whl: the version 1!2"):
        attributes(wheel(version="1!2.0"))


def test_the_package_is_installed_as_any_other(
    wheel: MakeWheel, attributes: Attributes, remaps: Sequence[Remap], tmp_path: Path
) -> None:
    made = wheel(entry_points="[console_scripts]\nfoo = foo:main\n")
    found = attributes(made)
    with (
        Wheel(str(made)) as opened,
        make_package(
            found["name"],
            str(tmp_path / "packages"),
            make_root=lambda _, root: write_files(opened.package_files(remaps), opened, root),
        ) as package,
    ):
        for name, value in found.items():
            package[name] = value
    (variant,) = package.installed_variants
    assert variant.root is not None
    root = Path(variant.root)
    assert (root / "bin/foo").is_file()
    assert (root / "python/foo/__init__.py").read_text() == "X = 1\n"
    assert variant.parent.pip_name == "foo (1.0)"

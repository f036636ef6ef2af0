"""`preprocess` looks over a definition before it is built, and may change it or reject it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rezfast.config import Settings, use
from rezfast.errors import InvalidPackageError, PackageMetadataError, PackageRejected
from rezfast.packages import DeveloperPackage

Write = Callable[..., str]
Configure = Callable[..., None]

LOCAL = """
    name = "foo"
    authors = ["me"]
    def preprocess(this, data):
        data["description"] = data.get("description", "") + "local"
        data["authors"].append(this.name)
"""


@pytest.fixture
def configure(tmp_path: Path) -> Iterator[Configure]:
    """Puts settings in place of the defaults; `studio_preprocess` can be imported."""

    def configure(**overrides: object) -> None:
        overrides.setdefault("package_definition_build_python_paths", [str(tmp_path)])
        use(Settings.from_sources({}, [], {"packages_path": [], **overrides}))

    before = use(Settings.from_sources({}, [], {"packages_path": []}))
    yield configure
    use(before)
    sys.modules.pop("studio_preprocess", None)


@pytest.fixture(autouse=True)
def defaults(configure: Configure) -> None:
    """Nothing configured."""


def developed(path: str) -> DeveloperPackage:
    return DeveloperPackage.from_path(os.path.dirname(path))


# ---- the package's own -------------------------------------------------------------------------


def test_it_changes_attributes(write: Write, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rezfast.preprocess")
    package = developed(write(LOCAL))
    assert package.description == "local"
    assert package.authors == ["me", "foo"]
    assert package.data["authors"] == ["me", "foo"]
    assert "Applying local preprocess function" in caplog.text
    assert "Added attributes: ['description']\nChanged attributes: ['authors']" in caplog.text


def test_nothing_is_said_when_nothing_changes(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rezfast.preprocess")
    text = "name = 'foo'\ndef preprocess(this, data): pass\ndef commands(): pass"
    assert developed(write(text)).name == "foo"
    assert "were changed" not in caplog.text


def test_it_sees_the_package_and_its_file(write: Write, tmp_path: Path) -> None:
    package = developed(
        write(
            """
            name = "foo"
            version = "1"
            requires = ["bar-1"]
            def preprocess(this, data):
                import os
                data["seen"] = [
                    this.qualified_name, this.filepath, this.root, os.getcwd(), data["name"],
                    [str(request) for request in this.requires],
                ]
            """
        )
    )
    root = str(tmp_path)
    assert package.seen == ["foo-1", f"{root}/package.py", root, root, "foo", ["bar-1"]]


def test_data_is_what_the_definition_says(write: Write) -> None:
    package = developed(
        write(
            """
            name = "foo"
            requires = ["bar-1.*"]
            def preprocess(this, data):
                data["keys"] = sorted(data)
                data["requires"].append("baz-*")
            """
        )
    )
    assert package.data["keys"] == ["name", "preprocess", "requires"]
    assert package.data["requires"] == ["bar-1", "baz"]


def test_what_it_makes_of_the_package_is_checked(write: Write) -> None:
    text = "name = 'foo'\ndef preprocess(this, data):\n    data['requires'] = 'bar'\n"
    with pytest.raises(PackageMetadataError, match="requires is wrong"):
        developed(write(text))


def test_functions_that_it_adds(write: Write) -> None:
    package = developed(
        write(
            """
            name = "foo"
            def preprocess(this, data):
                def helper(): pass
                def commands(): pass
                @early()
                def tools():
                    return [this.name, str(building)]
                @late()
                def help():
                    return "late"
                data.update(helper=helper, commands=commands, tools=tools, help=help)
            """
        )
    )
    assert "helper" not in package.data
    assert package.commands is not None
    assert package.tools == ["foo", "False"]
    assert package.help == "late"


def test_settings_that_it_makes_count(write: Write) -> None:
    package = developed(
        write(
            """
            name = "foo"
            external = True
            def preprocess(this, data):
                if data.get("external"):
                    data["config"] = data.get("config", {})
                    data["config"]["release_packages_path"] = "/software/external"
            """
        )
    )
    assert package.config.release_packages_path == "/software/external"


def test_it_rejects_a_package(write: Write) -> None:
    path = write(
        """
        name = "foo"
        def preprocess(this, data):
            from rez.package_py_utils import InvalidPackageError
            raise InvalidPackageError("Invalid name, only upper case letters allowed")
        """
    )
    with pytest.raises(InvalidPackageError) as caught:
        developed(path)
    assert isinstance(caught.value, PackageRejected)
    assert str(caught.value) == f"{path}:5: Invalid name, only upper case letters allowed"


def test_any_other_error_is_logged_and_changes_are_dropped(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    package = developed(
        write(
            """
            name = "foo"
            def preprocess(this, data):
                data["description"] = "half"
                raise ValueError("not today")
            """
        )
    )
    assert package.description is None
    assert "failed to apply preprocess: ValueError: not today" in caplog.text


def test_it_cannot_end_the_program(write: Write) -> None:
    text = "name = 'foo'\ndef preprocess(this, data):\n    raise SystemExit\n"
    with pytest.raises(PackageMetadataError, match=r"py:3: called sys.exit"):
        developed(write(text))


# ---- the studio's ------------------------------------------------------------------------------

STUDIO = """
from rez.package_py_utils import expand_requires

def check(this, data):
    data["description"] = data.get("description", "") + "global"
    if this.name == "bad":
        raise InvalidPackageError("bad name")

not_a_function = 5
"""


@pytest.fixture
def studio(tmp_path: Path, configure: Configure) -> None:
    """A function for all packages, by name."""
    (tmp_path / "studio_preprocess.py").write_text(STUDIO)
    configure(package_preprocess_function="studio_preprocess.check")


@pytest.mark.usefixtures("studio")
def test_one_for_all_packages(write: Write, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rezfast.preprocess")
    assert developed(write("name = 'foo'")).description == "global"
    assert "Applying global preprocess function" in caplog.text


@pytest.mark.usefixtures("studio")
def test_it_finds_the_error_that_rejects(write: Write) -> None:
    with pytest.raises(InvalidPackageError, match=r"package.py: bad name"):
        developed(write("name = 'bad'"))


@pytest.mark.usefixtures("studio")
def test_the_packages_own_takes_its_place(write: Write) -> None:
    assert developed(write(LOCAL)).description == "local"


@pytest.mark.parametrize(
    ("mode", "description"),
    [("override", "local"), ("before", "localglobal"), ("after", "globallocal")],
)
def test_modes(
    write: Write, studio: None, configure: Configure, mode: str, description: str
) -> None:
    configure(package_preprocess_function="studio_preprocess.check", package_preprocess_mode=mode)
    assert developed(write(LOCAL)).description == description


@pytest.mark.usefixtures("studio")
def test_a_package_may_choose_the_mode(write: Write, tmp_path: Path) -> None:
    environment = {
        "REZ_PACKAGE_PREPROCESS_FUNCTION": "studio_preprocess.check",
        "REZ_PACKAGE_DEFINITION_BUILD_PYTHON_PATHS": str(tmp_path),
        "REZ_PACKAGES_PATH": str(tmp_path),
    }
    use(Settings.from_sources(environment, []))
    mode = "    with scope('config') as c:\n        c.package_preprocess_mode = 'before'\n"
    assert developed(write(LOCAL + mode)).description == "localglobal"


def test_a_function_in_the_configuration(write: Write, configure: Configure) -> None:
    def check(this: Any, data: dict[str, Any]) -> None:
        data["description"] = f"checked {this.name}"

    configure(package_preprocess_function=check)
    assert developed(write("name = 'foo'")).description == "checked foo"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("check", "has to be module.function"),
        ("not_there_at_all.check", "cannot be imported: No module named"),
        ("studio_preprocess.not_a_function", "that is no function"),
    ],
)
def test_a_function_that_cannot_be_had_is_logged(
    write: Write,
    studio: None,
    configure: Configure,
    caplog: pytest.LogCaptureFixture,
    name: str,
    message: str,
) -> None:
    configure(package_preprocess_function=name)
    assert developed(write("name = 'foo'")).description is None
    assert message in caplog.text


def test_a_module_without_the_function_is_an_error(
    write: Write, studio: None, configure: Configure
) -> None:
    configure(package_preprocess_function="studio_preprocess.chekc")
    with pytest.raises(PackageMetadataError, match=r"studio_preprocess.py has no chekc"):
        developed(write("name = 'foo'"))


def test_early_functions_and_preprocess_run_again_for_a_variant(write: Write) -> None:
    package = developed(
        write(
            """
            name = "foo"
            @early()
            def tools():
                return ["build"] if building else ["run"]
            def preprocess(this, data):
                data["tools"] = data["tools"] + ["pre"]
            """
        )
    )
    assert package.tools == ["run", "pre"]
    assert package.get_reevaluated({"building": True}).tools == ["build", "pre"]

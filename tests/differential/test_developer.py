"""Packages that are to be built, compared with rez's DeveloperPackage; wildcards with rez's.

The definitions of rez's tests, the examples of its reference, and generated ones. With
REZFAST_EXAMPLES=2000 in the environment there are that many of those.
"""

from __future__ import annotations

import linecache
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import rez
from differential.developer_cases import COMMON, VERSIONS, definitions, requests
from differential.package_facts import differences, facts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rez.config import Config, _replace_config
from rez.developer_package import DeveloperPackage as RezDeveloperPackage
from rez.package_py_utils import expand_requirement as rez_expand_requirement
from rez.package_repository import package_repository_manager
from rez.serialise import FileFormat
from rez.version import Requirement as RezRequirement

from rezfast.config import use
from rezfast.errors import RezError
from rezfast.package_py_utils import expand_requirement
from rezfast.packages import DeveloperPackage
from rezfast.repository import clear_caches

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

REZ_DATA = Path(rez.__file__).parent / "data" / "tests"
DATA = Path(__file__).parent.parent / "data"
EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "150"))

# an address in memory is part of these
ADDRESSES = ("uri", "handle", "family")


@pytest.fixture(scope="module", autouse=True)
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings for both: a search path, modules to import and to include."""
    root = tmp_path_factory.mktemp("studio")
    for name, versions in VERSIONS.items():
        for version in versions:
            directory = root / "packages" / name / version
            directory.mkdir(parents=True)
            (directory / "package.py").write_text(f"name = {name!r}\n")
    (root / "studio_common.py").write_text(COMMON)
    (root / "utils.py").write_text("def set_common_env_vars(this, env): pass\n")
    with pytest.MonkeyPatch.context() as patch:
        for variable in [name for name in os.environ if name.startswith("REZ_")]:
            patch.delenv(variable)
        patch.setenv("HOME", str(root))
        patch.setenv("REZ_PACKAGES_PATH", str(root / "packages"))
        patch.setenv("REZ_PACKAGE_DEFINITION_BUILD_PYTHON_PATHS", str(root))
        patch.setenv("REZ_PACKAGE_DEFINITION_PYTHON_PATH", str(root))
        patch.setattr(logging.getLogger("rez"), "disabled", True)
        patch.setattr(logging.getLogger("rezfast.preprocess"), "disabled", True)
        before = use(None)
        package_repository_manager.clear_caches()
        clear_caches()
        with _replace_config(Config._create_main_config()):
            yield root
        use(before)
        package_repository_manager.clear_caches()
        clear_caches()
        sys.modules.pop("studio_common", None)


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A preprocess function for all packages."""
    monkeypatch.setenv("REZ_PACKAGE_PREPROCESS_FUNCTION", "studio_common.check")
    before = use(None)
    yield
    use(before)


@contextmanager
def stumbling() -> Iterator[list[Exception]]:
    """Notes where rez stumbles over a range with nothing in its text.

    That is what it makes of `foo-*` without a package of foo; see docs/differences.md.
    """
    noted: list[Exception] = []
    text_of = RezRequirement.__str__

    def noting(self: RezRequirement) -> str:
        try:
            return str(text_of(self))
        except (IndexError, AttributeError) as error:
            noted.append(error)
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RezRequirement, "__str__", noting)
        yield noted


def compared(path: str, format: str = "py", objects: dict[str, Any] | None = None) -> list[str]:
    """How rez's package and ours differ, one line each; see `facts`."""
    linecache.clearcache()
    # anew: in rez, a setting that was read before is not replaced by a package's
    with _replace_config(Config._create_main_config()), stumbling() as stumbles:
        theirs = _told(lambda: _rez_package(path, format, objects), Exception)
    ours = _told(lambda: _package(path, format, objects), RezError)
    if isinstance(ours, RezError):
        assert "\n" not in str(ours)
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        if isinstance(theirs, Exception) and isinstance(ours, Exception):
            return []
        return [] if stumbles else [f"rez {theirs!r}, ours {ours!r}"]
    return list(differences(theirs, ours))


def _rez_package(path: str, format: str, objects: dict[str, Any] | None) -> Any:
    directory = os.getcwd()
    try:
        # rez leaves the working directory to its command line
        os.chdir(os.path.dirname(path))
        package = RezDeveloperPackage.from_path(path, FileFormat[format])
        return package if objects is None else package.get_reevaluated(objects)
    finally:
        os.chdir(directory)


def _package(path: str, format: str, objects: dict[str, Any] | None) -> DeveloperPackage:
    package = DeveloperPackage.from_path(path, format)
    return package if objects is None else package.get_reevaluated(objects)


def _told(load: Callable[[], Any], errors: type[Exception]) -> dict[str, Any] | Exception:
    try:
        package = load()
    except errors as error:
        return error
    return told_of(package, errors)


def told_of(package: Any, errors: type[Exception]) -> dict[str, Any]:
    """The facts without addresses, with what only these packages have."""
    told = facts(package, errors)
    for one in (told, *(told.get("each") or ())):
        for name in ADDRESSES:
            one.pop(name, None)
    told["places"] = package.filepath, package.root, sorted(package.includes)
    told["release"] = package.config.release_packages_path
    return told


# ---- definitions that others wrote -------------------------------------------------------------

SOURCES = sorted(path for path in REZ_DATA.rglob("package.*") if path.suffix in (".py", ".yaml"))


def test_there_are_definitions_of_rez_tests() -> None:
    assert len(SOURCES) == 88


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REZ_DATA)))
def test_definitions_of_rez_tests(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    assert compared(str(copy), path.suffix[1:]) == []


@pytest.mark.usefixtures("common")
@pytest.mark.parametrize("kind", ["local", "global", "local_preprocess_additive"])
def test_preprocess_of_rez_tests(kind: str, tmp_path: Path) -> None:
    name = f"developer_dynamic_{kind if 'preprocess' in kind else kind + '_preprocess'}"
    shutil.copy(REZ_DATA / "packages" / name / "package.py", tmp_path)
    assert compared(str(tmp_path / "package.py")) == []


def _examples() -> dict[str, str]:
    text = (DATA / "reference_examples.txt").read_text()
    found = (part.partition("\n") for part in text.split("=== ")[1:])
    return {name: body for name, _, body in found}


EXAMPLE_TEXTS = _examples()


@pytest.mark.parametrize("example", EXAMPLE_TEXTS)
def test_examples_of_the_reference(example: str, tmp_path: Path) -> None:
    path = tmp_path / "package.py"
    text = EXAMPLE_TEXTS[example]
    name = "" if "\nname = " in f"\n{text}" else "name = 'foo'\n"
    (tmp_path / "bin").mkdir()
    path.write_text(name + text)
    if example == "expand_requires":
        # rez takes requests one by one, in spite of its reference; see docs/differences.md
        path.write_text(path.read_text().replace("([", "(").replace("])", ")"))
    assert compared(str(path)) == []


# ---- generated ones ----------------------------------------------------------------------------


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "package.py"
    path.write_text(text)
    return str(path)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source tree, for one definition after another."""
    return tmp_path_factory.mktemp("source")


many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(text=definitions())
def test_generated_definitions(text: str, source: Path) -> None:
    assert compared(written(source, text)) == []


@many
@given(text=definitions(), index=st.integers(0, 2))
def test_generated_definitions_evaluated_again(text: str, index: int, source: Path) -> None:
    objects = {"building": True, "build_variant_index": index, "build_variant_requires": ["a-1"]}
    assert compared(written(source, text), objects=objects) == []


@settings(
    parent=many,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(text=definitions())
def test_generated_definitions_with_a_function_for_all(
    text: str, source: Path, common: None
) -> None:
    assert compared(written(source, text)) == []


@settings(max_examples=EXAMPLES * 4, deadline=None)
@given(request_=requests())
def test_generated_requests(request_: str) -> None:
    try:
        expected: str | None = rez_expand_requirement(request_)
    except (IndexError, AttributeError):
        return  # a wildcard without a package; see docs/differences.md
    except Exception:
        expected = None
    try:
        found: str | None = expand_requirement(request_)
    except RezError:
        found = None
    assert found == expected

"""Repositories compared with rez: on generated trees both see the same families, packages, fields.

Version directories whose names are no versions are left out of the generated trees: rez gives up on
the whole family there, rezfast passes them over (`test_a_name_that_is_no_version`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rez.config import Config as RezConfig
from rez.config import _replace_config, get_module_root_config
from rez.exceptions import PackageRequestError as RezPackageRequestError
from rez.exceptions import ResourceError as RezResourceError
from rez.package_repository import package_repository_manager
from rez.packages import Package, get_package_family_from_repository, iter_packages
from rez.version import Requirement as RezRequirement
from rez.version import Version as RezVersion
from rez.version import VersionError as RezVersionError

from rezfast import config
from rezfast._scan import Scanned
from rezfast._version import Version
from rezfast.config import Settings
from rezfast.errors import PackageDefinitionFileMissing, PackageMetadataError, PackageRequestError
from rezfast.repository import (
    MemoryRepository,
    clear_caches,
    family_names,
    find_packages,
    get_repository,
)
from rezfast.repository.combined import CombinedFamily

# how rez imports its plugins is deprecated, and an error there would leave it without any
pytestmark = pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning")

EXAMPLES = Path(__file__).parents[2] / "examples" / "packages"
FIELDS = ("requires", "variants", "build_requires", "private_build_requires")

# -- what is laid out

FAMILIES = ["foo", "bah.eek", "_x"]
requests = st.lists(
    st.sampled_from(["bah", "bah-1+<2", "~eek-2", "!foo==1", "eek-1|3", ".eph-1"]), max_size=3
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "requires": requests,
        "variants": st.lists(requests, max_size=3),
        "build_requires": requests,
        "private_build_requires": requests,
        "timestamp": st.integers(0, 2**40),
        "hashed_variants": st.booleans(),
    },
)


def literal(data: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {value!r}\n" for name, value in data.items())


def computed(data: Mapping[str, Any]) -> str:
    return "".join(f"{name} = (lambda: {value!r})()\n" for name, value in data.items())


def early(data: Mapping[str, Any]) -> str:
    return "".join(
        f"@early()\ndef {name}():\n    return {value!r}\n" for name, value in data.items()
    )


python_texts = st.one_of(
    st.builds(literal, attributes),
    st.builds(computed, attributes),
    st.builds(early, attributes),
    st.sampled_from(["requires = 3\n", "requires = ['a b c']\n", "x = (\n", "raise ValueError\n"]),
)
# JSON is YAML, and repr is close enough to JSON for these values
yaml_texts = st.one_of(
    attributes.map(lambda data: str(data).replace("True", "true").replace("False", "false")),
    st.sampled_from(["requires: 3\n", "a: [\n"]),
)

Tree = dict[str, str | None]
"""Paths to texts; None makes a directory; a text that begins with `->` makes a link."""


@st.composite
def version_entries(draw: st.DrawFn, version: str) -> Tree:
    """A version directory, or something that looks like one, and its markers."""
    tree: Tree = {}
    kind = draw(st.sampled_from(["py", "py", "py", "yaml", "both", "none", "odd", "file", "link"]))
    if kind in ("py", "both"):
        tree[f"{version}/package.py"] = draw(python_texts)
    if kind in ("yaml", "both"):
        tree[f"{version}/package.yaml"] = draw(yaml_texts)
    if kind == "odd":
        tree[f"{version}/package.py"] = None
        tree[f"{version}/pkg.py"] = draw(python_texts)
    if kind == "none":
        tree[version] = None
    if kind == "file":
        tree[version] = "a file"
    if kind == "link":
        tree[f".store{version}/package.py"] = draw(python_texts)
        tree[version] = f"->{draw(st.sampled_from(['.store' + version, 'nowhere']))}"
    for prefix in (".ignore", ".building"):
        marker = draw(st.sampled_from(["no", "no", "no", "file", "link"]))
        if marker != "no":
            tree[prefix + version] = "" if marker == "file" else "->nowhere"
    return tree


@st.composite
def directory_families(draw: st.DrawFn) -> Tree:
    tree: Tree = {".": None}
    # never two that differ in separators alone: which of them rez shows depends on a set's order
    for version in draw(
        st.lists(
            st.sampled_from(["1.0", "1-1", "1.2", "2", "10", "_a.1", "3é4", "Z"]),
            unique=True,
            max_size=5,
        )
    ):
        if draw(st.booleans()):
            version = version.replace(".", "-")
        tree.update(draw(version_entries(version)))
    if draw(st.integers(0, 5)) == 0:
        tree["package.py"] = draw(st.one_of(st.none(), python_texts))
    if draw(st.integers(0, 5)) == 0:
        tree["package.yaml"] = draw(yaml_texts)
    return tree


@st.composite
def combined_texts(draw: st.DrawFn) -> dict[str, Any]:
    data = dict(draw(attributes))
    data["name"] = "whatever"
    if draw(st.integers(0, 4)):
        data["versions"] = draw(
            st.lists(st.sampled_from(["1.0", "1-1", "2", "10", "3é0"]), unique=True, max_size=4)
        )
    if draw(st.booleans()):
        ranges = st.sampled_from(["1", "1.0", "1.0|==1.0", "2+", "", "<2"])
        data["version_overrides"] = draw(st.dictionaries(ranges, attributes, max_size=3))
    return data


@st.composite
def repositories(draw: st.DrawFn) -> Tree:
    tree: Tree = {}
    for name in FAMILIES:
        if draw(st.integers(0, 2)):
            for path, text in draw(directory_families()).items():
                tree[f"{name}/{path}"] = text
        elif draw(st.booleans()):
            tree[name] = draw(st.sampled_from(["a file", "->nowhere", "->other"]))
        for extension in (".py", ".yaml"):
            if draw(st.booleans()):
                data = draw(combined_texts())
                python = literal(data)
                yaml = str(data).replace("True", "true").replace("False", "false")
                tree[name + extension] = python if extension == ".py" else yaml
    for extra in draw(st.lists(st.sampled_from(["settings.yaml", "not-ok.py", "x.txt", "a b"]))):
        # rez cannot use a repository whose settings.yaml is empty
        tree[extra] = "disable_memcache: true"
    return tree


def lay(root: str, tree: Tree) -> None:
    for name, text in tree.items():
        path = os.path.normpath(os.path.join(root, name))
        if text is None:
            os.makedirs(path, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if text.startswith("->"):
            os.symlink(text[2:], path)
        else:
            Path(path).write_text(text, encoding="utf-8")


# -- what is seen


@contextmanager
def both_configured(overrides: dict[str, Any]) -> Iterator[None]:
    """Give both the same settings and make both look at the disk again."""
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/rezconfig.py"
        Path(path).write_text(literal(overrides))
        previous = config.use(Settings.from_sources(environ={}, files=[path]))
        clear_caches()
        package_repository_manager.clear_caches()
        try:
            with _replace_config(RezConfig([get_module_root_config(), path])):
                yield
        finally:
            config.use(previous)
            clear_caches()
            package_repository_manager.clear_caches()


def rez_fields(package: Package) -> object:
    try:
        result: list[Any] = []
        for name in FIELDS:
            value = getattr(package, name)
            result.append(value and [canonical(item) for item in value])
        return [*result, package.timestamp, package.hashed_variants]
    except RezResourceError as error:
        # by its name: to import the class from the plugin's module upsets rez's plugin manager
        return "missing" if type(error).__name__ == "PackageDefinitionFileMissing" else "broken"
    except Exception as error:
        # a YAML file that cannot be parsed comes through as PyYAML's own error
        return "broken" if "yaml" in type(error).__module__ else error


def our_fields(record: Scanned | Exception) -> object:
    if isinstance(record, PackageDefinitionFileMissing):
        return "missing"
    if isinstance(record, PackageMetadataError):
        return "broken"
    if isinstance(record, Exception):
        return record
    result: list[Any] = []
    for name in FIELDS:
        value = getattr(record, name)
        result.append(value and [canonical(item) for item in value])
    return [*result, record.timestamp, record.hashed_variants]


def canonical(request: Any) -> Any:
    if isinstance(request, list):
        return [canonical(item) for item in request]
    return str(RezRequirement(str(request)))


Seen = dict[str, tuple[str | None, object]] | str


def seen_by_rez(name: str, paths: list[str]) -> Seen:
    try:
        packages = list(iter_packages(name, paths=paths))
        return {str(package.version): (package.uri, rez_fields(package)) for package in packages}
    except RezResourceError:
        return "broken"


def seen_by_us(name: str, paths: list[str]) -> Seen:
    try:
        packages = find_packages(name, paths)
    except PackageMetadataError:
        return "broken"
    seen: dict[str, tuple[str | None, object]] = {}
    for family, index in packages:
        fields = our_fields(family.load([index])[0])
        uri = None if fields == "missing" else family.uri(index)
        seen[family.versions[index]] = (uri, fields)
    return seen


# -- comparisons

configurations = st.fixed_dictionaries(
    {
        "allow_unversioned_packages": st.sampled_from([True, True, True, False]),
        "plugins": st.sampled_from(
            [
                {},
                {},
                {"package_repository": {"filesystem": {"package_filenames": ["pkg", "package"]}}},
                {"package_repository": {"filesystem": {"check_package_definition_files": True}}},
            ]
        ),
    }
)


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.lists(repositories(), min_size=1, max_size=3), configurations)
def test_the_same_packages_are_seen(trees: list[Tree], configuration: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as directory, both_configured(configuration):
        directory = os.path.realpath(directory)
        paths = [f"{directory}/{index}" for index in range(len(trees))]
        for path, tree in zip(paths, trees, strict=True):
            os.mkdir(path)
            lay(path, tree)
        for path in paths:
            repository = package_repository_manager.get_repository(path)
            names = {family.name for family in repository.iter_package_families()}
            assert set(get_repository(path).family_names()) == names
        for name in [*FAMILIES, "nothing", "settings"]:
            if not configuration["allow_unversioned_packages"] and lists_no_versions(name, paths):
                continue
            assert seen_by_us(name, paths) == seen_by_rez(name, paths)


def lists_no_versions(name: str, paths: list[str]) -> bool:
    """Whether one is a combined family without `versions`: rez ends in a TypeError there."""
    for path in paths:
        family = get_repository(path).get_family(name)
        try:
            if isinstance(family, CombinedFamily) and family.versions == []:
                return True
        except PackageMetadataError:
            continue
    return False


def test_the_example_packages_are_seen_in_the_same_way() -> None:
    path = str(EXAMPLES)
    with both_configured({}):
        for name in family_names([path]):
            if name == "studio_farm":
                continue  # its requirements are late bound
            assert seen_by_us(name, [path]) == seen_by_rez(name, [path])


@hypothesis_settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(FAMILIES),
        st.dictionaries(st.sampled_from(["1.0", "2", "10", "1-0", "_NO_VERSION"]), attributes),
        max_size=2,
    )
)
def test_memory_repositories(data: dict[str, dict[str, dict[str, Any]]]) -> None:
    with both_configured({}):
        theirs = package_repository_manager.get_repository("memory@here")
        theirs.data = data
        ours = get_repository("memory@here")
        assert isinstance(ours, MemoryRepository)
        ours.data = data
        assert ours.family_names() == sorted(f.name for f in theirs.iter_package_families())
        for name in FAMILIES:
            assert seen_by_us(name, ["memory@here"]) == seen_by_rez(name, ["memory@here"])
            family = ours.get_family(name)
            if family is not None:
                packages = theirs.get_package_family(name).iter_packages()
                assert family.versions == [package.get("version", "") for package in packages]


names = st.one_of(
    st.text(alphabet="aZ0_.- é/\n", max_size=5),
    st.sampled_from(["__pycache__", "a.b", "_", "a..b"]),
)


@given(names)
def test_the_same_names_may_be_asked_for(name: str) -> None:
    def refused(ask: Any, error: type[Exception]) -> bool:
        try:
            return ask() is not None
        except error:
            return True

    theirs = refused(
        lambda: get_package_family_from_repository(name, "/does/not/exist"), RezPackageRequestError
    )
    ours = refused(lambda: get_repository("/does/not/exist").get_family(name), PackageRequestError)
    assert ours == theirs


def test_a_name_that_is_no_version(tmp_path: Path) -> None:
    """rez cannot use the family at all; rezfast passes the directory over and says why."""
    path = str(tmp_path)
    lay(path, {"foo/1/package.py": "", "foo/1..2/package.py": ""})
    with both_configured({}):
        with pytest.raises(RezVersionError):
            list(iter_packages("foo", paths=[path]))
        family = get_repository(path).get_family("foo")
        assert family is not None
        assert family.versions == ["1"]
        assert [name for name, _ in family.skipped] == ["1..2"]


def test_versions_of_one_family_that_differ_in_separators_alone(tmp_path: Path) -> None:
    """rez shows one of them, which one depends on a set; here it is the first in text order."""
    path = str(tmp_path)
    lay(path, {"foo/1.0/package.py": "", "foo/1-0/package.py": ""})
    with both_configured({}):
        (package,) = iter_packages("foo", paths=[path])
        assert package.version == RezVersion("1.0")
        ((family, index),) = find_packages("foo", [path])
        assert family.versions[index] == "1-0"
        assert Version("1-0") == Version("1.0")

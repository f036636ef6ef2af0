"""Queries compared with rez's, on repositories with every kind of family."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import rez
import rez.packages as theirs
from rez.package_repository import package_repository_manager
from rez.package_search import ResourceSearcher, ResourceSearchResultFormatter

import rezfast.packages as ours
from rezfast.cli.search_results import Search, lines_of
from rezfast.repository import clear_caches

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

DATA = Path(rez.__file__).parent / "data" / "tests"
PY = str(DATA / "packages" / "py_packages")
YAML = str(DATA / "packages" / "yaml_packages")
SOLVER = str(DATA / "solver" / "packages")
PATHS = [[PY], [YAML], [PY, YAML], [YAML, PY, SOLVER], [str(DATA / "no_such_place")]]

NAMES = ["multi", "timestamped", "versioned", "unversioned", "unversioned_py", "single_versioned",
         "pyfoo", "nada", "nothing", "no name", "", "empty"]  # fmt: skip
RANGES = [None, "", "1", "1.0", "2+", "<2", "==1.0", "1.1+<2|3", "99+"]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    package_repository_manager.clear_caches()
    clear_caches()


def asked(module: Any, function: str, *arguments: Any, **named: Any) -> Any:
    """What a query gives, as plain data; the name of the error that it raises."""
    try:
        return told(getattr(module, function)(*arguments, **named))
    except Exception as error:
        return type(error).__name__


def told(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, set):
        return sorted(value)
    if hasattr(value, "handle"):
        return value.handle.to_dict()
    return sorted((told(item) for item in value), key=repr)


def same(function: str, *arguments: Any, **named: Any) -> Any:
    expected = asked(theirs, function, *arguments, **named)
    assert asked(ours, function, *arguments, **named) == expected
    return expected


@pytest.mark.parametrize("paths", PATHS)
def test_families(paths: list[str]) -> None:
    same("iter_package_families", paths=paths)


@pytest.mark.parametrize("paths", PATHS)
def test_packages(paths: list[str]) -> None:
    answers = set()
    for name, range_ in itertools.product(NAMES, RANGES):
        answers.add(str(same("iter_packages", name, range_, paths=paths)))
        same("get_latest_package", name, range_, paths=paths)
        same("get_latest_package", name, range_, paths=paths, error=True)
    assert len(answers) > 1


@pytest.mark.parametrize("paths", PATHS)
def test_one_package(paths: list[str]) -> None:
    for name in NAMES:
        same("get_last_release_time", name, paths=paths)
        for version in ("", "1.0", "2.0", "1-0", "3.5", "9", "1..0"):
            same("get_package", name, version, paths=paths)
            for path in paths:
                same("get_package_from_repository", name, version, path)
        for path in paths:
            same("get_package_family_from_repository", name, path)


@pytest.mark.parametrize("paths", PATHS)
def test_texts(paths: list[str]) -> None:
    for text in ("multi-1.0", "multi", "multi-1", "multi==1.0", "unversioned", "!multi-2", "a b",
                 "timestamped-1.1+<2", "~timestamped", ".eph-1", "", "multi-1.*"):  # fmt: skip
        same("get_package_from_string", text, paths=paths)
        same("get_latest_package_from_string", text, paths=paths)
        same("get_latest_package_from_string", text, paths=paths, error=True)


@pytest.mark.parametrize("paths", PATHS)
def test_completions(paths: list[str]) -> None:
    prefixes = ["", "m", "mu", "multi", "multi-", "multi-1", "!multi-1", "~t", "t", "un", "x",
                "timestamped-1.", "timestamped@1", "timestamped#", "sing", "-", "!"]  # fmt: skip
    for prefix, family_only in itertools.product(prefixes, (False, True)):
        same("get_completions", prefix, paths=paths, family_only=family_only)


@pytest.mark.parametrize("paths", PATHS)
def test_uris_and_handles(paths: list[str]) -> None:
    for name in NAMES[:8]:
        for package in theirs.iter_packages(name, paths=paths):
            same("get_package_from_handle", package.handle.to_dict())
            if package.handle.key.endswith("combined"):
                continue  # rez does not find them by their uri
            same("get_package_from_uri", package.uri, paths=paths)
            if package.qualified_name == "versioned-2.0":
                continue  # it cannot be loaded
            for variant in package.iter_variants():
                same("get_variant", variant.handle.to_dict())
                same("get_variant_from_uri", variant.uri, paths=paths)


@pytest.mark.parametrize("kind", [None, "family", "package", "variant"])
@pytest.mark.parametrize("latest", [False, True])
def test_searches(kind: str | None, latest: bool) -> None:
    patterns = [None, "*", "multi", "multi-1+", "time*", "?ulti", "nothing", "timestamped<2", "py*",
                "timestamped==2.0.0", "[mt]*", "multi-1.*", "variants_py"]  # fmt: skip
    templates = [None, "{name}|{vers}|{time}|{nope}", "{root}\\n{requires}", "{num}{index}{uri}"]
    for pattern, times in itertools.product(patterns, [(0, 0), (4000, 0), (0, 4000)]):
        # one of them cannot be loaded, on which rez ends
        paths = [YAML, SOLVER] if kind == "variant" or latest else [YAML]
        after, before = times
        rez_kind, results = ResourceSearcher(
            paths, kind, latest=latest, after_time=after, before_time=before
        ).search(pattern)
        our_kind, found = Search(
            paths=paths, kind=kind, no_local=False, latest=latest, after=after, before=before,
            validate=False,
        ).run(pattern)  # fmt: skip
        assert our_kind == rez_kind
        for template in templates:
            lines = ResourceSearchResultFormatter(template).format_search_results(results)
            expected = [text for text, _ in lines]
            assert [line for one in found for line, _ in lines_of(one, template, False)] == expected

"""Contexts against rez's: answers, files, environments, actions, requests, differences."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rez
from differential.context_cases import (
    ContextCase,
    PackageCase,
    benchmark_packages,
    context_cases,
    rxt_data,
    write_repository,
)
from differential.context_runs import both_settings, described, run
from hypothesis import HealthCheck, given, settings
from rez.package_order import PackageOrderList as RezPackageOrderList
from rez.resolved_context import PatchLock as RezPatchLock
from rez.resolved_context import ResolvedContext as RezContext
from rez.resolved_context import get_lock_request as rez_lock_request
from rez.utils.formatting import PackageRequest
from rez.version import Version as RezVersion

from rezfast.context.patch import PatchLock, get_lock_request
from rezfast.context.resolved import ResolvedContext
from rezfast.solve.orderers import PackageOrderList
from rezfast.version import Version

DATA = Path(__file__).parents[1] / "data"


@given(context_cases())
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_made_up_contexts_are_equal_and_each_tool_reads_the_others_file(case: ContextCase) -> None:
    with tempfile.TemporaryDirectory() as directory:
        write_repository(case.packages, f"{directory}/packages")
        outcomes = run(case, f"{directory}/packages", directory)
    expected = outcomes.pop("rez")
    for name, found in outcomes.items():
        assert found == expected, name


def recorded_answers() -> list[Any]:
    with gzip.open(DATA / "benchmark-188.json.gz") as file:
        return [entry["resolved"] for entry in json.load(file) if entry["resolved"]]


_SPLIT = {"type": "version_split", "first_version": "2.6.8"}


@pytest.mark.parametrize(
    ("directory", "request_", "testing", "orderers"),
    [
        ("builds", ["testing_obj"], True, []),
        ("solver", ["pyvariants", "!nada"], False, []),
        ("solver", ["pyvariants", "!nada"], False, [
            {"type": "per_family", "orderers": [{"packages": ["python"], **_SPLIT}]}
        ]),
        ("solver", ["python"], False, [_SPLIT]),
        ("solver", ["python"], False, [{"packages": ["python"], **_SPLIT}]),
        ("solver", ["python"], False, [{"packages": ["pyfoo"], **_SPLIT}]),
    ],
)  # fmt: skip
def test_contexts_of_rez_s_own_tests(
    directory: str,
    request_: list[str],
    testing: bool,
    orderers: list[dict[str, Any]],
    tmp_path: Path,
) -> None:
    packages = Path(rez.__file__).parent / "data" / "tests" / directory / "packages"
    file = tmp_path / "context.rxt"
    with both_settings({"packages_path": [str(packages)]}):
        # rez reads orderers of the configuration once a process
        theirs = RezContext(
            request_, testing=testing, package_orderers=RezPackageOrderList.from_pod(orderers)
        )
        ours = ResolvedContext(
            request_, testing=testing, package_orderers=PackageOrderList.from_pod(orderers)
        )
        assert [one.qualified_name for one in ours.resolved_packages or ()] == [
            one.qualified_name for one in theirs.resolved_packages
        ]
        moments = {"REZ_USED", "REZ_USED_TIMESTAMP"}
        mine, other = ours.get_environ({}), theirs.get_environ({})
        assert mine.keys() == other.keys()
        assert {name for name in mine if mine[name] != other[name]} <= moments
        ours.save(str(file))
        loaded = ResolvedContext.load(str(file))
    assert loaded == ours
    left_out = ("load_path", "graph")
    plain, again = ours.to_dict(), loaded.to_dict()
    assert [name for name in plain if plain[name] != again[name] and name not in left_out] == []


@pytest.mark.parametrize("number", range(0, 187, 17))
def test_recorded_answers_with_commands_give_the_same_environment(
    number: int, tmp_path: Path
) -> None:
    answer = recorded_answers()[number]
    repository = str(tmp_path / "packages")
    write_repository(benchmark_packages([answer]), repository)
    data = rxt_data(answer, repository)
    environ = {"PATH": "/parent/bin", "HOME": "/home/u", "ROOTS": "/parent"}
    with both_settings({}):
        expected = described(RezContext.from_dict(data), environ)
        found = described(ResolvedContext.from_dict(data), environ)
    assert isinstance(expected.environ, dict), expected.message
    assert found == expected


# ---- .rxt files ---------------------------------------------------------------------------------


def test_a_file_goes_through_both_tools_byte_for_byte(tmp_path: Path) -> None:
    packages = [PackageCase("foo", "1", ["bar", ".eph-1"]), PackageCase("bar", "2", [], [["v"]])]
    write_repository([*packages, PackageCase("v", "")], str(tmp_path / "packages"))
    with both_settings({"package_filter": [{"excludes": ["*.beta"]}]}):
        context = ResolvedContext(["foo"], package_paths=[str(tmp_path / "packages")])
        context.save(str(tmp_path / "ours.rxt"))
        RezContext.load(str(tmp_path / "ours.rxt")).save(str(tmp_path / "rez.rxt"))
        ResolvedContext.load(str(tmp_path / "rez.rxt")).save(str(tmp_path / "again.rxt"))
    ours = (tmp_path / "ours.rxt").read_bytes()
    assert (tmp_path / "rez.rxt").read_bytes() == ours
    assert (tmp_path / "again.rxt").read_bytes() == ours


@pytest.mark.parametrize("path", sorted(Path(rez.__path__[0]).glob("data/tests/contexts/*")))
def test_contexts_that_rez_keeps_of_old_releases(path: Path) -> None:
    with both_settings({}):
        expected = RezContext.load(str(path))
        found = ResolvedContext.load(str(path))
        assert found.to_dict() == expected.to_dict()
        assert str(found) == str(expected)


# what each format added, newest first: without it a file is one of the format before
ADDED = (
    ("4.9", "testing"),
    ("4.8", "package_cache_async"),
    ("4.6", "resolved_ephemerals"),
    ("4.5", "package_caching"),
    ("4.4", "append_sys_path"),
    ("4.3", "num_loaded_packages"),
    ("4.2", "package_orderers"),
    ("4.1", "package_filter"),
    ("4.0", "from_cache"),
    ("3", "patch_locks"),
    ("2", "parent_suite_path"),
    ("1", "requested_timestamp"),
)


@pytest.mark.parametrize("as_yaml", [False, True])
@pytest.mark.parametrize("number", range(len(ADDED) + 1))
def test_files_of_every_older_format(number: int, as_yaml: bool, tmp_path: Path) -> None:
    repository = str(tmp_path / "packages")
    write_repository([PackageCase("foo", "1.2", code={"commands": "env.A = '{root}'"})], repository)
    with both_settings({}):
        data = RezContext(["foo"], package_paths=[repository]).to_dict()
        for version, name in ADDED[:number]:
            del data[name]
            major, _, minor = version.partition(".")
            before = f"{major}.{int(minor) - 1}" if int(minor or 0) else "3.9"
            data["serialize_version"] = before if minor else str(int(major) - 1)
        if number > 8:  # handles were other things before 4.0
            data["serialize_version"] = "3.9"
            variables = {"name": "foo", "version": "1.2", "index": None, "search_path": repository}
            path = f"{repository}/foo/1.2/package.py"
            data["resolved_packages"] = [{"path": path, "variables": variables}]
        text = json.dumps(data)
        if as_yaml:
            import yaml

            text = yaml.safe_dump(data)
        (tmp_path / "old.rxt").write_text(text)
        expected = described(RezContext.load(str(tmp_path / "old.rxt")), {})
        assert described(ResolvedContext.load(str(tmp_path / "old.rxt")), {}) == expected
    assert isinstance(expected.environ, dict)
    assert expected.environ["A"] == f"{repository}/foo/1.2"


def test_locks_that_rezfast_saves_are_read_by_rez(tmp_path: Path) -> None:
    write_repository([PackageCase("foo", "1.2")], str(tmp_path / "packages"))
    with both_settings({}):
        context = ResolvedContext(["foo"], package_paths=[str(tmp_path / "packages")])
        context.patch_locks = {"foo": PatchLock.lock_3}
        context.save(str(tmp_path / "a.rxt"))
        assert RezContext.load(str(tmp_path / "a.rxt")).patch_locks == {"foo": RezPatchLock.lock_3}
        assert ResolvedContext.load(str(tmp_path / "a.rxt")).patch_locks == context.patch_locks


# ---- patched requests and differences -----------------------------------------------------------

VERSIONS = ("1", "1.2", "1.2.3", "1.2.4", "1.3.0.1", "2.0.beta", "2.1")
PATCHES = ("foo-1", "!foo-2", "~foo-1.2", "bar", "bar-2", "!bar-9", "new-1", "~new", "^foo", "^bar")


def versioned_repository(directory: str) -> None:
    names = ("foo", "bar", "new", "baz")
    write_repository([PackageCase(name, text) for name in names for text in VERSIONS], directory)


def test_patched_requests_are_rezs(tmp_path: Path) -> None:
    versioned_repository(str(tmp_path))
    random = Random(1)
    asked = ("foo", "foo-1.2", "!foo-2", "bar-1", "~baz-1", "baz==1.2.3", "new<2")
    with both_settings({}):
        for _ in range(300):
            request = random.sample(asked, random.randint(1, 4))
            theirs = RezContext(request, package_paths=[str(tmp_path)])
            ours = ResolvedContext(request, package_paths=[str(tmp_path)])
            if not theirs.success:
                assert not ours.success
                continue
            changes = random.sample(PATCHES, random.randint(0, 3))
            without = random.choice((None, [], ["foo"], ["bar", "baz"]))
            strict, rank = random.random() < 0.3, random.randint(0, 4)
            expected = theirs.get_patched_request(
                # with a rank rez takes objects alone
                [one if one[0] == "^" else PackageRequest(one) for one in changes],
                list(without) if without is not None else None,
                strict,
                rank,
            )
            found = ours.get_patched_request(changes, without, strict, rank)
            assert list(map(str, found)) == list(map(str, expected))
            exact = theirs.get_resolve_as_exact_requests()
            assert list(map(str, ours.get_resolve_as_exact_requests())) == list(map(str, exact))


@pytest.mark.parametrize("weak", [True, False])
@pytest.mark.parametrize("version", ["", *VERSIONS])
@pytest.mark.parametrize("lock", [one.name for one in PatchLock])
def test_lock_requests_are_rezs(lock: str, version: str, weak: bool) -> None:
    def text(make: Any) -> str:
        try:
            return str(make())
        except Exception as error:
            return type(error).__name__

    theirs, ours = RezPatchLock[lock], PatchLock[lock]
    expected = text(lambda: rez_lock_request("foo", RezVersion(version), theirs, weak))
    assert text(lambda: get_lock_request("foo", Version(version), ours, weak)) == expected
    assert ours.rank == theirs.rank


def test_the_locks_are_rezs() -> None:
    assert [one.name for one in PatchLock] == [one.name for one in RezPatchLock]


def test_differences_are_rezs(tmp_path: Path) -> None:
    versioned_repository(str(tmp_path))
    random = Random(2)

    def plain(difference: Any) -> Any:
        return {
            part: {name: [str(one.version) for one in found[name]] for name in found}
            if isinstance(found, dict)
            else sorted(one.qualified_name for one in found)
            for part, found in difference.items()
        }

    with both_settings({"packages_path": [str(tmp_path)]}):
        for _ in range(100):
            requests = [
                [
                    f"{name}=={random.choice(VERSIONS)}"
                    for name in random.sample(("foo", "bar", "new", "baz"), random.randint(1, 4))
                ]
                for _ in range(2)
            ]
            expected = RezContext(requests[0]).get_resolve_diff(RezContext(requests[1]))
            found = ResolvedContext(requests[0]).get_resolve_diff(ResolvedContext(requests[1]))
            assert plain(found) == plain(expected)


def test_retargeted_contexts_are_rezs(tmp_path: Path) -> None:
    for place in ("here", "there"):
        versioned_repository(str(tmp_path / place))
    # another definition is another package
    write_repository([PackageCase("bar", "2.1", tools=["x"])], str(tmp_path / "there"))
    there = [str(tmp_path / "there")]
    with both_settings({}):
        theirs = RezContext(["foo", "bar"], package_paths=[str(tmp_path / "here")])
        ours = ResolvedContext(["foo", "bar"], package_paths=[str(tmp_path / "here")])
        for options in ({"package_names": ["foo"]}, {"skip_missing": True}):
            expected = theirs.retargeted(there, **options).to_dict()["resolved_packages"]
            assert ours.retargeted(there, **options).to_dict()["resolved_packages"] == expected
        for context in (theirs, ours):
            with pytest.raises(Exception, match="bar") as caught:
                context.retargeted(there)
            assert type(caught.value).__name__ == "PackageNotFoundError"

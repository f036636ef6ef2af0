"""Packages installed by rezfast and by rez: the same steps leave the same definitions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rez.exceptions import RezError as RezRezError
from rez.package_maker import make_package as rez_make_package
from rez.package_repository import package_repository_manager
from rez.packages import create_package as rez_create_package
from rez.packages import get_package_from_repository as rez_get_package
from rez.vendor.lockfile import LockTimeout
from rez.vendor.lockfile.linklockfile import LinkLockFile
from rez.vendor.lockfile.mkdirlockfile import MkdirLockFile
from rez.vendor.lockfile.symlinklockfile import SymlinkLockFile
from rez.vendor.schema.schema import SchemaError

from rezfast.errors import PackageRepositoryError, RezError
from rezfast.repository import clear_caches
from rezfast.repository.developer import create_package
from rezfast.repository.install import install_variant
from rezfast.repository.locks import package_lock
from rezfast.repository.maker import make_package
from rezfast.repository.queries import get_package_from_repository

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning")

EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "60"))
Step = dict[str, Any]

STEPS = st.lists(
    st.fixed_dictionaries(
        {"timestamp": st.sampled_from([5, 6])},
        optional={
            "variants": st.lists(
                st.sampled_from([["a-1"], ["a-2"], ["b", "a-1"], ["c>=2"]]),
                min_size=1,
                max_size=3,
                unique_by=tuple,
            ),
            "description": st.sampled_from(["one", "  two\n", "three words and many more " * 3]),
            "requires": st.sampled_from([["x"], ["x", "y-1+<2"]]),
            "tools": st.just(["t"]),
            "uuid": st.sampled_from(["u", "u", "v"]),
            "vcs": st.just("git"),
            "release_message": st.sampled_from(["first", "second"]),
            "commands": st.sampled_from(["env.A = 1", "env.B = 2"]),
            "config": st.just({"build_directory": "out"}),
            "build_command": st.just("make"),
            "mine": st.sampled_from([1, {"a": ["b"]}]),
        },
    ),
    min_size=1,
    max_size=4,
)


def fresh() -> None:
    clear_caches()
    package_repository_manager.clear_caches()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    fresh()
    yield
    fresh()


def blocks(root: Path) -> list[str]:
    """What a definition says; rez writes attributes without a place of their own in any order."""
    text = (root / "foo" / "1.0" / "package.py").read_text()
    head, *rest = text.rstrip("\n").split("\n\n")
    return [head, *sorted(rest)]


@given(STEPS)
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_same_steps_leave_the_same_definition(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    root = tmp_path_factory.mktemp("installed")
    for step in steps:
        theirs = _step(rez_make_package, root / "rez", step)
        ours = _step(make_package, root / "rezfast", step)
        assert ours == theirs
        if (root / "rez").exists():
            assert blocks(root / "rezfast") == blocks(root / "rez")
    # either goes on with what the other one left
    assert _step(make_package, root / "rez", steps[0]) == _step(
        rez_make_package, root / "rezfast", steps[0]
    )
    assert blocks(root / "rezfast") == blocks(root / "rez")


def _step(make: Any, path: Path, step: Step) -> Any:
    """What was installed and what was not, by index; "refused" when they do not go together."""
    try:
        with make("foo", str(path), warn_on_skip=False) as package:
            package.version = "1.0"
            for name, value in step.items():
                setattr(package, name, value)
    except (RezError, RezRezError, SchemaError):
        return "refused"
    finally:
        fresh()
    return [
        [variant.index for variant in variants]
        for variants in (package.installed_variants, package.skipped_variants)
    ]


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"name": "bar"},
        {"version": "2"},
        {"timestamp": 9, "description": "other", "mine": 3, "new": [1, 2]},
    ],
)
@pytest.mark.parametrize("there", [False, True])
def test_overrides(tmp_path: Path, overrides: dict[str, Any], there: bool) -> None:
    data = {"version": "1.0", "variants": [["a"], ["b"]], "mine": 1, "timestamp": 5}
    texts = []
    for kind, create in (("rez", rez_create_package), ("rezfast", create_package)):
        package = create("foo", dict(data))
        for variant in list(package.iter_variants())[: 2 if there else 1]:
            if kind == "rez":
                installed = variant.install(str(tmp_path / kind), overrides=overrides)
            else:
                found = install_variant(variant, str(tmp_path / kind), overrides=overrides)
                installed = found
            fresh()
        assert installed is not None
        definition = Path(installed.uri.rpartition("[")[0])
        assert definition.relative_to(tmp_path / kind).parts[:2] == (
            overrides.get("name", "foo"),
            overrides.get("version", "1.0"),
        )
        texts.append(sorted(definition.read_text().split("\n\n")))
    assert texts[0] == texts[1]


def test_each_reads_what_the_other_installed(tmp_path: Path) -> None:
    for path, make in (("rez", rez_make_package), ("rezfast", make_package)):
        with make("foo", str(tmp_path / path)) as package:
            package.version = "1.0"
            package.variants = [["a-1"], ["b"]]
            package.description = 'several lines\nand "quotes" that make a block of it'
            package.help = [["docs", "https://example.com"], ["wiki", "x"]]
            package.commands = "env.PATH.append('{root}')\nx = '''a\n\nb'''"
            package.timestamp = 5
        fresh()
    seen = []
    for path in ("rez", "rezfast"):
        for get in (rez_get_package, get_package_from_repository):
            found: Any = get("foo", "1.0", str(tmp_path / path))
            assert found is not None
            seen.append(
                (
                    found.description,
                    found.help,
                    found.commands.source,
                    found.timestamp,
                    [[str(each) for each in variant] for variant in found.variants],
                )
            )
    assert seen.count(seen[0]) == 4


def test_locks_exclude_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rezfast.repository.locks._timeout", lambda: 0.1)
    name = str(tmp_path / ".lock.foo-1.0")
    for kind in (LinkLockFile, MkdirLockFile, SymlinkLockFile):
        with package_lock(str(tmp_path), "foo", "1.0"), pytest.raises(LockTimeout):
            kind(name).acquire(timeout=0.1)
        lock = kind(name)
        lock.acquire(timeout=0.1)
        with (
            pytest.raises(PackageRepositoryError, match="somebody else"),
            package_lock(str(tmp_path), "foo", "1.0"),
        ):
            pass
        lock.release()
    assert os.listdir(tmp_path) == []

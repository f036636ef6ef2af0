"""Distributions as packages, by rez and by rezfast.

What rez gets wrong is judged by `packaging`: a specifier that rez converts rightly for a version is
converted rightly here. `REZFAST_EXAMPLES=50000` runs more of the generated cases.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rez.pip
from differential.pip_cases import (
    LOCALS,
    MARKERS,
    OPERATORS,
    RELEASES,
    REQUIREMENTS,
    SPELLINGS,
    SUFFIXES,
    VERSIONS,
    specifiers,
)
from differential.wheels import make_wheel
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.markers import Marker, default_environment
from packaging.specifiers import SpecifierSet
from packaging.version import Version as PipVersion
from rez.exceptions import PackageRequestError as RezPackageRequestError
from rez.package_repository import package_repository_manager
from rez.packages import get_package_from_repository as rez_get_package
from rez.utils import pip as rez_pip
from rez.vendor.distlib.database import DistributionPath
from rez.vendor.packaging.specifiers import SpecifierSet as RezSpecifierSet
from rez.version import Version as RezVersion
from rez.version import VersionError as RezVersionError
from rez.version import VersionRange as RezVersionRange

from rezfast.config import Settings
from rezfast.errors import PackageRequestError
from rezfast.pip.make import make_packages, plan
from rezfast.pip.markers import system_packages
from rezfast.pip.requirements import rez_package_name, rez_range, rez_version
from rezfast.pip.requires import Target, package_requirements
from rezfast.pip.unpack import WheelCache
from rezfast.pip.wheel import Wheel
from rezfast.version import Version, VersionRange

# rez loads its plugins in a way that Python deprecates
pytestmark = [
    pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*LegacyVersion.*:DeprecationWarning"),
]

EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "150"))
RELEASED: dict[str, list[str]] = json.loads(
    (Path(__file__).parent.parent / "data/pip/releases.json").read_text()
)
SETTINGS = Settings.locked()
TARGET = Target(dict(default_environment()), SETTINGS.system)  # type: ignore[arg-type]

# rez's cases: what a specifier of PEP 440 admits in rez's notation
SPECIFIERS = {
    "==1": "1+<1.1",
    ">1": "1.1+",
    "<1": "<1",
    ">=1": "1+",
    "<=1": "<1.1",
    "~=1.2": "1.2+<2",
    "~=1.2.3": "1.2.3+<1.3",
    "!=1": "<1|1.1+",
    "!=1.2": "<1.2|1.2.1+",
    "!=1.*": "<1|2+",
    "!=1.2.*": "<1.2|1.3+",
    "==1.*": "1",
    ">=2.6, !=3.0.*, !=3.1.*, !=3.2.*, <4": "2.6+<3.0|3.3+<4",
}
VERSION_CASES = {
    "1.0.0": "1.0.0",
    "0.9": "0.9",
    "1.0a1": "1.0.a1",
    "1.0.post1": "1.0.post1",
    "1.0.dev1": "1.0.dev1",
    "1.0+abc.7": "1.0-abc.7",
    "2.0b1pl0": "2.0b1pl0",
}


def rez_admitted(text: str) -> RezVersionRange | None:
    """What rez converts specifiers to, or None when it fails."""
    try:
        return rez_pip.pip_specifier_to_rez_requirement(RezSpecifierSet(text))
    except (RezPackageRequestError, RezVersionError):
        return None


def admitted(text: str, version: str) -> bool:
    # as pip does it when it is told which version to take
    return SpecifierSet(text).contains(version, prereleases=True)


# ---- versions and specifiers


@pytest.mark.parametrize(("pip", "wanted"), SPECIFIERS.items())
def test_rez_own_cases_of_specifiers(pip: str, wanted: str) -> None:
    assert rez_range(pip) == VersionRange(wanted)
    assert rez_admitted(pip) == RezVersionRange(wanted)


@pytest.mark.parametrize(("pip", "wanted"), VERSION_CASES.items())
def test_rez_own_cases_of_versions(pip: str, wanted: str) -> None:
    assert rez_version(pip) == rez_pip.pip_to_rez_version(pip) == wanted


def test_rez_own_cases_that_rezfast_answers_better() -> None:
    # rez: 1.2.a1+, which 1.2 is not in, although it is the later one
    assert "1.2" in SpecifierSet(">=1.2.a1")
    assert RezVersion("1.2") not in RezVersionRange("1.2.a1+")
    assert Version("1.2") in rez_range(">=1.2.a1")
    # rez: 2.3.4, which would be earlier than 3
    with pytest.raises(PackageRequestError, match="epoch"):
        rez_version("1!2.3.4")


def test_rez_own_cases_of_the_rest() -> None:
    with pytest.raises(PackageRequestError):
        rez_range("<2,>3")
    for name in ("asd", "package-name"):
        assert rez_package_name(name) == rez_pip.pip_to_rez_package_name(name)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.one_of(VERSIONS, SPELLINGS))
def test_versions_are_written_as_rez_writes_them(text: str) -> None:
    assert rez_version(text) == rez_pip.pip_to_rez_version(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(specifiers(RELEASES), min_size=1, max_size=4).map(",".join))
def test_specifiers_of_releases_are_converted_as_rez_does_it(text: str) -> None:
    theirs = rez_admitted(text)
    if theirs is None:
        with pytest.raises(PackageRequestError, match="no version is admitted"):
            rez_range(text)
    else:
        assert str(rez_range(text)) == str(theirs)


@settings(max_examples=EXAMPLES, deadline=None)
@given(specifiers(VERSIONS), VERSIONS)
@example(">=2.0b1", "2.0")
@example("<2.0a1", "2.0")
@example("~=2.2.post3", "2.9")
@example("==2.0.1+cu118", "2.0.1+cu118")
@example(">=1.0rc1", "1.0.dev1")
@example(">=1.0b1", "1.0+local")
def test_what_rez_converts_rightly_is_converted_rightly(text: str, version: str) -> None:
    theirs = rez_admitted(text)
    if theirs is None:
        rez_range(text)
        return
    right = admitted(text, version)
    if (RezVersion(rez_version(version)) in theirs) == right and not padded(text, version):
        assert (Version(rez_version(version)) in rez_range(text)) == right


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.sampled_from([">=", "<=", ">", "<", "==", "!="]),
    RELEASES,
    SUFFIXES,
    st.one_of(st.just(""), SUFFIXES, LOCALS),
)
def test_a_suffix_is_where_pep_440_has_it(
    operator: str, release: str, suffix: str, other: str
) -> None:
    text, version = f"{operator}{release}{suffix}", f"{release}{other}"
    if operator == "<" and ".post" in suffix and PipVersion(version).is_prerelease:
        # packaging keeps these out, though they are earlier
        return
    assert (Version(rez_version(version)) in rez_range(text)) == admitted(text, version)


def padded(specifier: str, version: str) -> bool:
    """Whether zeros at the end of the release tell apart what PEP 440 takes for the same.

    rez's ranges know 1 and 1.0 as two versions. What one of them admits by chance, and only where
    `~=` of a suffix reaches too short, is no merit.
    """
    named = PipVersion(specifier.lstrip("=!<>~").removesuffix(".*"))
    given_version = PipVersion(version)
    return named.release != given_version.release and specifier.startswith("~=")


def is_version(text: str) -> bool:
    # not so 2013d, which specifiers of PEP 440 say nothing of
    try:
        PipVersion(text)
    except ValueError:
        return False
    return True


def test_released_versions_are_in_before_and_after() -> None:
    """For each project: specifiers that name its releases, asked about all of its releases."""
    counts: Counter[str] = Counter()
    for project, released in RELEASED.items():
        versions = [version for version in released if is_version(version)]
        chosen = random.Random(project).sample(versions, 12)
        converted = [
            (one, Version(rez_version(one)), RezVersion(rez_version(one))) for one in versions
        ]
        for text in (operator + version for version in chosen for operator in OPERATORS):
            try:
                specifier = SpecifierSet(text)
            except ValueError:  # ~= of one number
                continue
            ours, theirs = rez_range(text), rez_admitted(text)
            assert theirs is not None
            for version, our_version, rez_version_ in converted:
                right = specifier.contains(version, prereleases=True)
                here = (our_version in ours) == right
                there = (rez_version_ in theirs) == right
                counts[f"{here} {there}"] += 1
                assert here or not there, (project, text, version)
    assert counts["True True"] > 50 * (counts["True False"] + counts["False False"])
    assert counts["True False"] > 0


@settings(max_examples=EXAMPLES, deadline=None)
@given(MARKERS)
def test_markers_depend_on_what_rez_finds_in_them(text: str) -> None:
    marker = Marker(text)
    assert system_packages(marker) == set(rez_pip.get_marker_sys_requirements(str(marker)))


# ---- distributions


@contextlib.contextmanager
def installed(wheel: Path) -> Iterator[Path]:
    """The metadata of a wheel as pip leaves it in a directory."""
    with tempfile.TemporaryDirectory() as target, zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
        yield Path(target)


@settings(max_examples=max(EXAMPLES // 5, 30), deadline=None)
@given(st.lists(REQUIREMENTS, max_size=5), st.booleans(), st.sampled_from(["", "console_scripts"]))
def test_packages_require_what_rez_has_them_require(
    requires: list[str], pure: bool, group: str
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = make_wheel(
            Path(directory),
            metadata=[f"Requires-Dist: {one}" for one in requires],
            entry_points=f"[{group}]\nfoo = foo:main\n" if group else "",
            tag="py3-none-any" if pure else "py3-none-linux_x86_64",
        )
        with Wheel(str(path)) as wheel, installed(path) as target:
            ours = package_requirements(wheel, TARGET)
            (distribution,) = DistributionPath([str(target)]).get_distributions()
            # as a package of python has it; without one rez says 3.11.7.final.0, which is no
            # version to the markers
            version = RezVersion(".".join(map(str, sys.version_info[:3])))
            theirs = rez_pip.get_rez_requirements(distribution, version)
    # rez's are in the order of a set, and may be there twice
    assert set(ours.requires) == set(theirs["requires"])
    assert set(ours.variant) == set(theirs["variant_requires"])
    count = sum(request.startswith(("platform-", "arch-", "python-")) for request in ours.variant)
    assert ours.variant[:count] == theirs["variant_requires"][:count]


# what pip leaves in a directory, for itself
OF_PIP = ("INSTALLER", "REQUESTED", "direct_url.json")
WHEELS: list[dict[str, Any]] = [
    {"name": "plain"},
    {
        "name": "Full-Name",
        "version": "1.0rc1",
        "files": {
            "full/__init__.py": "def main(): print('full')\n",
            "full/data/x.json": "{}",
            "{data}/scripts/full-script": "#!python\nprint(1)\n",
            "{data}/purelib/pure.py": "",
            "{data}/platlib/plat.py": "",
            "{data}/data/lib/python/late.py": "",
        },
        "metadata": [
            "Summary: A package with everything.",
            "Home-page: https://example.com",
            "Download-URL: https://example.com/d",
            "Project-URL: Docs, https://example.com/docs",
            "Author: A. Uthor",
            "Author-email: a@example.com",
            "Requires-Dist: plain (>=1.0)",
            'Requires-Dist: mixed-Case; python_version > "3"',
        ],
        "entry_points": "[console_scripts]\nfull = full:main\nafull = full:main\n",
    },
    {
        "name": "Mixed-case",
        "metadata": ["Summary: Compiled.", "Author-email: only@example.com"],
        "tag": "cp{}{}-abi3-linux_x86_64".format(*sys.version_info[:2]),
    },
]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Wheel], Path, Path]]:
    """Wheels, rez's packages of them and ours."""
    wheels = tmp_path_factory.mktemp("wheels")
    paths = [str(make_wheel(wheels, **one)) for one in WHEELS]
    packages, ours = tmp_path_factory.mktemp("rez"), tmp_path_factory.mktemp("rezfast")
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        # no rez package of a python: the one that runs
        patch.setattr(rez.pip, "find_pip", lambda *_: (sys.executable, None))
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        rez.pip.pip_install_package(
            paths[0],
            prefix=str(packages),
            extra_args=["--no-index", "--no-deps", "--quiet", *paths[1:]],
        )
        opened = [stack.enter_context(Wheel(path)) for path in paths]
        make_packages(plan(opened, TARGET, {}, str(ours)), str(ours), WheelCache(None))
        yield opened, packages, ours
    package_repository_manager.clear_caches()


def rez_package(wheel: Wheel, packages: Path) -> Any:
    """A wheel's package as rez reads it."""
    name, version = rez_package_name(wheel.name), rez_version(wheel.version)
    found = rez_get_package(name, version, str(packages))
    assert found is not None
    return found


def test_packages_have_the_attributes_that_rez_gives_them(
    target: tuple[list[Wheel], Path, Path],
) -> None:
    for wheel in target[0]:
        theirs, ours = (read(rez_package(wheel, packages)) for packages in target[1:])
        # rez takes METADATA's missing summary for the text UNKNOWN
        if theirs.get("description") == "UNKNOWN":
            del theirs["description"]
        assert ours == theirs


def read(package: Any) -> dict[str, Any]:
    """The attributes of a package, by rez."""
    data = package.validated_data()
    found = {name: data[name] for name in data if name not in ("base", "timestamp", "config")}
    return {**found, "commands": found["commands"].source}


def test_packages_have_the_files_that_rez_gives_them(
    target: tuple[list[Wheel], Path, Path],
) -> None:
    for wheel in target[0]:
        theirs, ours = (payload(rez_package(wheel, packages)) for packages in target[1:])
        of_pip = {path for path in theirs if Path(path).name in OF_PIP or path.endswith(".pyc")}
        assert ours.keys() == theirs.keys() - of_pip
        for path, file in ours.items():
            assert_same_file(file, theirs[path], path)


def payload(package: Any) -> dict[str, Path]:
    """The files of a package's only variant, by their places."""
    (variant,) = package.iter_variants()
    root = Path(variant.root)
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}


def assert_same_file(ours: Path, theirs: Path, path: str) -> None:
    """The same but for the interpreter in scripts, and what RECORD says of them."""
    if path.startswith("bin/"):
        # a tool can be run in any case
        assert os.access(ours, os.X_OK)
        assert ours.read_bytes().startswith(b"#!/usr/bin/env python\n")
        assert theirs.read_bytes().startswith(f"#!{sys.executable}\n".encode())
        return
    assert ours.stat().st_mode == theirs.stat().st_mode
    if not path.endswith("/RECORD"):
        assert ours.read_bytes() == theirs.read_bytes()

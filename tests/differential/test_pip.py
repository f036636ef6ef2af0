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
from rezfast.pip.files import PackageFile
from rezfast.pip.installed import InstalledDistribution, installed_distributions
from rezfast.pip.markers import system_packages
from rezfast.pip.metadata import package_attributes
from rezfast.pip.requirements import rez_package_name, rez_range, rez_version
from rezfast.pip.requires import Target, package_requirements
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


RECORD = "".join(f"foo-1.0.dist-info/{name},,\n" for name in ("METADATA", "RECORD", "WHEEL"))


@contextlib.contextmanager
def installed(metadata: str, **files: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as target:
        info = Path(target, "foo-1.0.dist-info")
        info.mkdir()
        for name, text in {"METADATA": metadata, "RECORD": RECORD, **files}.items():
            (info / name).write_text(text)
        yield info


@settings(max_examples=max(EXAMPLES // 5, 30), deadline=None)
@given(st.lists(REQUIREMENTS, max_size=5), st.booleans(), st.sampled_from(["", "console_scripts"]))
def test_packages_require_what_rez_has_them_require(
    requires: list[str], pure: bool, group: str
) -> None:
    text = "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n"
    text += "".join(f"Requires-Dist: {one}\n" for one in requires)
    entry_points = f"[{group}]\nfoo = foo:main\n" if group else ""
    with installed(
        text, WHEEL=f"Root-Is-Purelib: {pure}\n", **{"entry_points.txt": entry_points}
    ) as info:
        ours = package_requirements(InstalledDistribution(str(info)), TARGET)
        (distribution,) = DistributionPath([str(info.parent)]).get_distributions()
        # as a package of python has it; without one rez says 3.11.7.final.0, which is no version to
        # the markers
        version = RezVersion(".".join(map(str, sys.version_info[:3])))
        theirs = rez_pip.get_rez_requirements(distribution, version)
    # rez's are in the order of a set, and may be there twice
    assert set(ours.requires) == set(theirs["requires"])
    assert set(ours.variant) == set(theirs["variant_requires"])
    count = sum(request.startswith(("platform-", "arch-", "python-")) for request in ours.variant)
    assert ours.variant[:count] == theirs["variant_requires"][:count]


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
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A directory that pip has installed wheels into, and rez's packages of it."""
    wheels = tmp_path_factory.mktemp("wheels")
    paths = [str(make_wheel(wheels, **one)) for one in WHEELS]
    packages = tmp_path_factory.mktemp("packages")
    kept = tmp_path_factory.mktemp("pip")
    with pytest.MonkeyPatch.context() as patch:
        # no rez package of a python: the one that runs; and what pip installed is kept
        patch.setattr(rez.pip, "find_pip", lambda *_: (sys.executable, None))
        patch.setattr(rez.pip, "mkdtemp", lambda **_: str(kept))
        patch.setattr(rez.pip, "safe_rmtree", lambda _: None)
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        rez.pip.pip_install_package(
            paths[0],
            prefix=str(packages),
            extra_args=["--no-index", "--no-deps", "--quiet", *paths[1:]],
        )
    yield kept, packages
    package_repository_manager.clear_caches()


def test_packages_have_the_attributes_that_rez_gives_them(target: tuple[Path, Path]) -> None:
    kept, packages = target
    distributions = installed_distributions(str(kept))
    assert len(distributions) == len(WHEELS)
    for distribution in distributions:
        files = distribution.package_files(SETTINGS.pip_install_remaps)
        requirements = package_requirements(distribution, TARGET, others=distributions)
        ours = package_attributes(distribution, requirements, files)
        theirs = rez_get_package(ours["name"], ours["version"], str(packages))
        assert theirs is not None
        data = theirs.validated_data()
        # rez takes METADATA's missing summary for the text UNKNOWN
        if data.get("description") == "UNKNOWN":
            del data["description"]
        found = {name: data[name] for name in data if name not in ("base", "timestamp")}
        commands = found.pop("commands").source
        assert ours.pop("commands") == commands
        found["version"] = str(found["version"])
        found["requires"] = [str(request) for request in found.get("requires") or ()]
        found["variants"] = [[str(one) for one in variant] for variant in found["variants"]]
        found["help"] = found.get("help")
        assert {"requires": [], "help": None, **ours} == found


def test_packages_have_the_files_that_rez_gives_them(target: tuple[Path, Path]) -> None:
    kept, packages = target
    for distribution in installed_distributions(str(kept)):
        name, version = rez_package_name(distribution.name), rez_version(distribution.version)
        theirs = rez_get_package(name, version, str(packages))
        assert theirs is not None
        (variant,) = theirs.iter_variants()
        root = Path(variant.root)
        found = {
            path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()
        }
        ours = {
            file.destination: file
            for file in distribution.package_files(SETTINGS.pip_install_remaps)
        }
        assert ours.keys() == found.keys()
        for place, file in ours.items():
            assert_same_file(file, found[place])


def assert_same_file(ours: PackageFile, theirs: Path) -> None:
    """The same but for the interpreter in scripts, and what RECORD says of them."""
    # a tool can be run in any case
    assert ours.executable == (os.access(theirs, os.X_OK) or bool(ours.tool))
    if ours.content is None:
        assert ours.source is not None
        return
    assert ours.tool or ours.destination.endswith("/RECORD")
    if ours.tool:
        assert ours.content.startswith(b"#!/usr/bin/env python\n")
        assert theirs.read_bytes().startswith(f"#!{sys.executable}\n".encode())

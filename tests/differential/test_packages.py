"""Package objects compared with rez's: every attribute, of every definition there is to compare.

The definitions of rez's own tests, a sample of its benchmark repository, the examples of its
reference, and generated ones. `run_package_cases.py` compares very many, by hand.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import rez
from differential.package_cases import definitions
from differential.package_facts import compare
from hypothesis import HealthCheck, given, settings
from rez.packages import iter_package_families as rez_families

from rezfast.repository import family_names

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

REZ = Path(rez.__file__).parent
DATA = Path(__file__).parent.parent / "data"
BENCHMARK = REZ / "data" / "benchmarking" / "packages.tar.gz"
EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "150"))


def differences(path: Path) -> tuple[int, list[str]]:
    """Compare every package of a repository."""
    names = sorted({family.name for family in rez_families([str(path)])})
    assert names == family_names([str(path)])
    count, found = 0, []
    for name in names:
        compared, lines = compare(name, str(path))
        count += compared
        # what has no definition has no uri in rez; see docs/differences.md
        found += [line for line in lines if ".uri: rez ('NoneType', None)" not in line]
    return count, found


@pytest.mark.parametrize(
    ("place", "count"),
    [
        ("builds/packages", 12),
        ("commands/packages", 4),
        ("packages/py_packages", 19),
        ("packages/yaml_packages", 8),
        ("release/variants", 5),
        ("solver/packages", 39),
        ("suites", 4),
    ],
)
def test_the_packages_of_rez_tests(place: str, count: int) -> None:
    assert differences(REZ / "data" / "tests" / place) == (count, [])


def test_a_sample_of_the_benchmark_repository(tmp_path: Path) -> None:
    wanted = 0
    with tarfile.open(BENCHMARK) as archive:
        for index, member in enumerate(archive):
            if index % 401 == 0 and member.name.endswith("/package.py"):
                file = archive.extractfile(member)
                assert file is not None
                target = tmp_path.joinpath(*Path(member.name).parts[-3:])
                target.parent.mkdir(parents=True)
                target.write_bytes(file.read())
                wanted += 1
    assert wanted > 20
    assert differences(tmp_path) == (wanted, [])


def _reference() -> Iterator[tuple[str, str]]:
    text = (DATA / "reference_examples.txt").read_text()
    for part in text.split("=== ")[1:]:
        title, _, source = part.partition("\n")
        if title == "expand_requires":
            # rez takes no list, in spite of its reference; see docs/differences.md
            source = source.replace("([", "(").replace("])", ")")
        yield title, source


@pytest.mark.parametrize(
    "source", [pytest.param(source, id=title) for title, source in _reference()]
)
def test_the_examples_of_the_reference(source: str, tmp_path: Path) -> None:
    (tmp_path / "foo" / "1.0").mkdir(parents=True)
    (tmp_path / "foo" / "1.0" / "package.py").write_text(source)
    (tmp_path / "foo" / "1.0" / "bin").mkdir()
    assert differences(tmp_path) == (1, [])


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(source=definitions())
def test_generated_definitions(source: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    # a place of its own for each: rez keeps what it has read of a path
    place = tmp_path_factory.mktemp("generated")
    (place / "foo" / "1.0").mkdir(parents=True)
    (place / "foo" / "1.0" / "package.py").write_text(source, encoding="utf-8")
    assert differences(place) == (1, []), source

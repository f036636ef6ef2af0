"""A family in one file: its versions, and what an override does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from rezfast._scan import Scanned
from rezfast.errors import PackageMetadataError
from rezfast.repository import PackageFamily, get_repository

Lay = Callable[[Mapping[str, str]], str]

PYTHON = """
name = "foo"
versions = ["1.0", "2-1", "10"]
requires = ["base"]
variants = [["a"], ["b"]]
version_overrides = {
    "2+": {"requires": ["newer"]},
    "10": {"variants": []},
}
"""

YAML = """
name: foo
versions: ['1.0', '1.1']
requires: [base]
version_overrides:
  '1.1+': {requires: [newer]}
"""


def family_of(path: str) -> PackageFamily:
    family = get_repository(path).get_family("foo")
    assert family is not None
    return family


def fields(outcome: Scanned | Exception) -> tuple[list[str] | None, list[list[str]] | None]:
    assert isinstance(outcome, Scanned), outcome
    return outcome.requires, outcome.variants


def test_versions_come_in_the_order_of_the_file(lay: Lay) -> None:
    assert family_of(lay({"foo.py": PYTHON})).versions == ["1.0", "2-1", "10"]


def test_python_beats_yaml(lay: Lay) -> None:
    path = lay({"foo.py": PYTHON, "foo.yaml": YAML})
    assert family_of(path).uri(0) == f"{path}/foo.py<1.0>"


def test_an_override_replaces_whole_attributes_of_the_versions_in_its_range(lay: Lay) -> None:
    outcomes = family_of(lay({"foo.py": PYTHON})).load([2, 0, 1])
    assert [fields(outcome) for outcome in outcomes] == [
        (["newer"], []),
        (["base"], [["a"], ["b"]]),
        (["newer"], [["a"], ["b"]]),
    ]


def test_yaml(lay: Lay) -> None:
    path = lay({"foo.yaml": YAML})
    family = family_of(path)
    assert [fields(outcome)[0] for outcome in family.load([0, 1])] == [["base"], ["newer"]]
    assert family.uri(1) == f"{path}/foo.yaml<1.1>"


def test_without_versions_it_is_an_unversioned_package(
    lay: Lay, use_settings: Callable[..., None]
) -> None:
    path = lay({"foo.py": "requires = ['bah']\nversion_overrides = {'': {'requires': []}}"})
    family = family_of(path)
    assert family.versions == [""]
    assert fields(family.load([0])[0])[0] == ["bah"]
    assert family.uri(0) == f"{path}/foo.py<>"

    use_settings(allow_unversioned_packages=False)
    assert family_of(lay({"foo.py": ""})).versions == []


@pytest.mark.parametrize(
    "text, message",
    [
        ("versions = '1.0'", "versions: expected a list, got '1.0'"),
        ("versions = [1.0]", "versions: expected strings, got 1.0"),
        ("versions = ['1..0']", "versions: "),
        ("versions = (", ""),
    ],
)
def test_a_file_that_does_not_tell_its_versions_is_an_error(
    lay: Lay, text: str, message: str
) -> None:
    path = lay({"foo.py": text})
    family = family_of(path)
    with pytest.raises(PackageMetadataError) as raised:
        _ = family.versions
    assert f"{path}/foo.py" in str(raised.value)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "overrides, message",
    [
        ("['1']", "version_overrides: expected a dict with a range or more, got ['1']"),
        ("{}", "version_overrides: expected a dict with a range or more, got {}"),
        ("{'1': []}", "expected a dict of attributes for each range, got '1': []"),
        ("{'<': {}}", "version_overrides: "),
        ("{'1': {}, '1|==1': {}}", "version_overrides: '1|==1' is there twice"),
        ("{'1': {'requires': 3}}", "requires"),
    ],
)
def test_overrides_that_cannot_be_used_are_errors_in_their_place(
    lay: Lay, overrides: str, message: str
) -> None:
    path = lay({"foo.py": f"versions = ['1', '2']\nversion_overrides = {overrides}"})
    (outcome,) = family_of(path).load([0])
    assert isinstance(outcome, PackageMetadataError)
    assert message in str(outcome)
    assert f"{path}/foo.py" in str(outcome)


def test_a_range_must_be_text(lay: Lay) -> None:
    path = lay({"foo.yaml": "versions: ['1']\nversion_overrides: {1: {}}"})
    (outcome,) = family_of(path).load([0])
    assert isinstance(outcome, PackageMetadataError)
    assert "expected a dict of attributes for each range, got 1: {}" in str(outcome)

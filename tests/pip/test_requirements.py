"""Names, versions and specifiers of PEP 440 in rez's notation."""

from __future__ import annotations

import pytest

from rezfast.errors import PackageRequestError, VersionError
from rezfast.pip.requirements import (
    parse_requirement,
    rez_package_name,
    rez_range,
    rez_requirement,
    rez_version,
)
from rezfast.version import Version


def admits(specifiers: str, version: str) -> bool:
    return Version(rez_version(version)) in rez_range(specifiers)


def test_hyphens_of_names_become_underscores_and_case_stays() -> None:
    assert rez_package_name("ruamel.yaml") == "ruamel.yaml"
    assert rez_package_name("PySide6-Essentials") == "PySide6_Essentials"


def test_a_name_that_no_family_can_have_is_refused() -> None:
    with pytest.raises(PackageRequestError, match=r"'foo\.\.bar' is not the name"):
        rez_package_name("foo..bar")


@pytest.mark.parametrize(
    ("pip", "rez"),
    [
        ("1.0.0", "1.0.0"),
        ("1.0a1", "1.0.a1"),
        ("1.0-ALPHA.1", "1.0.a1"),
        ("1.0c2", "1.0.rc2"),
        ("1.0-1", "1.0.post1"),
        ("1.0.rev3", "1.0.post3"),
        ("1.0.dev", "1.0.dev0"),
        ("1.0a1.post2.dev3", "1.0.a1.post2.dev3"),
        ("2.0.1+cu118", "2.0.1-cu118"),
        ("1.0+Ubuntu_1", "1.0-ubuntu.1"),
        ("v2022.01", "2022.1"),
        ("2.0b1pl0", "2.0b1pl0"),
        ("1.0-SNAPSHOT", "1.0-snapshot"),
    ],
)
def test_versions(pip: str, rez: str) -> None:
    assert rez_version(pip) == rez


def test_texts_that_are_no_versions_may_be_ruled_out() -> None:
    with pytest.raises(VersionError, match=r"'2\.0b1pl0' is not a version of PEP 440"):
        rez_version("2.0b1pl0", allow_legacy=False)
    for text in ("one two", "1.0/../../etc", "..", "1..0"):
        with pytest.raises(VersionError, match="cannot be the version of a package"):
            rez_version(text)


def test_an_epoch_is_refused_since_without_it_the_order_is_wrong() -> None:
    with pytest.raises(PackageRequestError, match=r"the version 1!2\.3 has an epoch \(1!\)"):
        rez_version("1!2.3")
    with pytest.raises(PackageRequestError, match="has an epoch"):
        rez_range(">=1!2.0")


@pytest.mark.parametrize(
    ("pip", "rez"),
    [
        ("", ""),
        ("==1.2", "1.2+<1.2.1"),
        ("!=1.2", "<1.2|1.2.1+"),
        ("==1.2.*", "1.2"),
        ("!=1.2.*", "<1.2|1.3+"),
        (">=1.2", "1.2+"),
        (">1.2", "1.2.1+"),
        ("<=1.2", "<1.2.1"),
        ("<1.2", "<1.2"),
        ("~=1.2.3", "1.2.3+<1.3"),
        ("===1.2", "==1.2"),
        ("===2.0b1pl0", "==2.0b1pl0"),
        (">=2.6,!=3.0.*,!=3.1.*,<4", "2.6+<3.0|3.2+<4"),
    ],
)
def test_specifiers_of_releases(pip: str, rez: str) -> None:
    assert str(rez_range(pip)) == rez


@pytest.mark.parametrize(
    ("pip", "rez"),
    [
        ("==1.0a1", "1.0.a1"),
        ("!=1.0.post1", "<1.0.post1|1.0.post2+"),
        ("==2.0.1+cu118", "==2.0.1-cu118"),
        ("!=2.0.1+cu118", "<2.0.1-cu118|>2.0.1-cu118"),
        (">=2.0b1", "2.0+<2.0.a0|2.0.a_+<2.0.b0|2.0.b1+<2.0.dev0|2.0.dev_+"),
        (">=2.0.dev0", "2.0+"),
        ("<2.0.dev0", "<2.0"),
        ("<2.0a1", "<2.0|2.0.a0+<2.0.a1|2.0.dev0+<2.0.dev_"),
        (">1.0.post1", "1.0.post2+<1.0.post_|1.0.0+"),
        ("~=2.2.post3", "2.2.post3+<2.2.post_|2.2.0+<3"),
    ],
)
def test_specifiers_with_a_suffix(pip: str, rez: str) -> None:
    assert str(rez_range(pip)) == rez


def test_a_release_is_on_the_right_side_of_its_pre_releases() -> None:
    assert admits(">=2.0b1", "2.0")
    assert admits(">=2.0b1", "2.0.post1")
    assert admits(">2.0b1", "2.0.post1")
    assert admits(">=2.0b1", "2.0+cu118")
    assert not admits(">=2.0b1", "2.0a5")
    assert not admits("<2.0a1", "2.0")
    assert not admits("<=2.0rc1", "2.0")
    assert admits(">1.0.post1", "1.0.post2")
    assert not admits("<=1.0.post1", "1.0.post2")


def test_a_pin_of_a_pre_release_is_no_other() -> None:
    assert admits("==1.0a1", "1.0a1")
    assert not any(admits("==1.0a1", other) for other in ("1.0a2", "1.0b1", "1.0rc1", "1.0.post1"))


def test_compatible_releases_of_a_suffix_count_the_release_only() -> None:
    assert admits("~=2.2.post3", "2.9")
    assert not admits("~=2.2.post3", "3.0")
    assert admits("~=1.4.5a4", "1.4.9")
    assert not admits("~=1.4.5a4", "1.5")


def test_old_metadata_has_wildcards_where_none_are_allowed() -> None:
    assert str(rez_range(">=2.7.*")) == "2.7+"
    assert str(rez_requirement(parse_requirement("foo (>=2.7.*,<4)"))) == "foo-2.7+<4"


def test_requirements() -> None:
    assert str(rez_requirement(parse_requirement("foo-bar[extra]>=1,<3"))) == "foo_bar-1+<3"
    assert str(rez_requirement(parse_requirement("foo"))) == "foo"
    assert str(rez_requirement(parse_requirement("foo @ https://example.com/foo.whl"))) == "foo"
    assert str(rez_requirement(parse_requirement("pyqt>=1"), "PyQt")) == "PyQt-1+"


def test_what_cannot_be_read_or_met_says_so() -> None:
    with pytest.raises(PackageRequestError, match="the requirement 'foo >dev' cannot be read: "):
        parse_requirement("foo >dev")
    with pytest.raises(PackageRequestError, match="'>dev' is not a specifier"):
        rez_range(">dev")
    with pytest.raises(PackageRequestError, match="no version is admitted by '<2,>3'"):
        rez_range("<2,>3")
    with pytest.raises(PackageRequestError, match="the requirement 'foo>=1!2': the version 1!2"):
        rez_requirement(parse_requirement("foo>=1!2"))

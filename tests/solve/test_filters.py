"""Package filters: how rules are written, what they match, and how they combine."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rezfast.errors import ConfigurationError
from rezfast.solve.filters import (
    FilterablePackage,
    GlobRule,
    PackageFilter,
    PackageFilterBase,
    PackageFilterList,
    RangeRule,
    RegexRule,
    Rule,
    TimestampRule,
    needs_timestamp,
    no_filter,
    parse_rule,
    with_timestamp,
)
from rezfast.version import Requirement, Version


@dataclass
class Package:
    name: str
    version: Version
    timestamp: int | None = None

    @property
    def qualified_name(self) -> str:
        return f"{self.name}-{self.version}" if self.version else self.name


def package(text: str, timestamp: int | None = None) -> Package:
    name, _, version = text.partition("-")
    return Package(name, Version(version), timestamp)


def visible(package_filter: PackageFilterBase, *packages: Package) -> list[str]:
    return [x.qualified_name for x in packages if not package_filter.excludes(x)]


FOO_1 = package("foo-1.0")
FOO_2 = package("foo-2.0.beta")
BAR_2 = package("bar-2.0.beta")
TOOL = package("tool")


# Rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule_type", "written"),
    [
        ("glob(*.beta)", GlobRule, "glob(*.beta)"),
        ("regex(foo-.*)", RegexRule, "regex(foo-.*)"),
        ("range(foo-2+)", RangeRule, "range(foo-2+)"),
        ("before(100)", TimestampRule, "before(100)"),
        ("after(foo:100)", TimestampRule, "after(foo:100)"),
        ("*.beta", GlobRule, "glob(*.beta)"),
        ("foo-5+", RangeRule, "range(foo-5+)"),
        ("foo", RangeRule, "range(foo)"),
    ],
)
def test_a_rule_is_a_label_and_a_text_and_two_kinds_need_no_label(
    text: str, rule_type: type[Rule], written: str
) -> None:
    rule = parse_rule(text)
    assert type(rule) is rule_type
    assert str(rule) == repr(rule) == written
    assert str(Rule.parse_rule(written)) == written


@pytest.mark.parametrize(
    ("rule", "matched"),
    [
        ("*.beta", ["foo-2.0.beta", "bar-2.0.beta"]),
        ("glob(foo-*)", ["foo-1.0", "foo-2.0.beta"]),
        ("glob(foo)", []),
        ("glob(too?)", ["tool"]),
        ("regex(.*-2)", ["foo-2.0.beta", "bar-2.0.beta"]),
        ("regex(.*-2$)", []),
    ],
)
def test_patterns_are_held_against_the_qualified_name(rule: str, matched: list[str]) -> None:
    packages = [FOO_1, FOO_2, BAR_2, TOOL]
    assert [x.qualified_name for x in packages if parse_rule(rule).match(x)] == matched


def test_a_range_matches_what_the_requirement_allows() -> None:
    assert parse_rule("foo<2").match(FOO_1)
    assert not parse_rule("foo<2").match(FOO_2)
    assert parse_rule("!foo-1").match(FOO_2)
    assert not parse_rule("!foo-1").match(FOO_1)
    assert parse_rule("~foo").match(FOO_1)


def test_a_time_matches_packages_released_before_or_after() -> None:
    early, late, unknown = package("foo-1", 100), package("foo-2", 200), package("foo-3")
    before, after = TimestampRule.before(100), TimestampRule.after(100)
    assert [before.match(early), before.match(late)] == [True, False]
    assert [after.match(early), after.match(late)] == [False, True]
    assert not before.match(unknown)
    assert not after.match(unknown)
    assert TimestampRule(100, match_untimestamped=True).match(unknown)


def test_a_rule_knows_the_family_that_it_is_about() -> None:
    assert GlobRule("foo-*").family() == "foo"
    assert GlobRule("*.beta").family() is None
    assert RegexRule(r"foo-.*\.beta").family() == "foo"
    assert RangeRule(Requirement("foo-1")).family() == "foo"
    assert TimestampRule.after(5).family() is None
    assert TimestampRule.after(5, family="foo").family() == "foo"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prefix(foo)", "'prefix' is not a rule type; use one of glob, regex, range"),
        ("regex([)", "regex([)"),
        ("foo-1<>2", "1<>2"),
        ("before(yesterday)", "yesterday"),
        ("after(foo:soon)", "soon"),
    ],
)
def test_a_rule_that_cannot_be_read_is_named(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        parse_rule(text)
    assert repr(text) in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


# Filters ------------------------------------------------------------------------------------


def test_an_empty_filter_hides_nothing() -> None:
    for empty in (PackageFilter(), PackageFilterList(), no_filter):
        assert not empty
        assert visible(empty, FOO_1, TOOL) == ["foo-1.0", "tool"]


def test_an_inclusion_is_an_exception_to_an_exclusion() -> None:
    package_filter = PackageFilter.from_pod({"excludes": "*.beta", "includes": ["foo"]})
    assert visible(package_filter, FOO_1, FOO_2, BAR_2) == ["foo-1.0", "foo-2.0.beta"]


def test_an_inclusion_alone_hides_nothing() -> None:
    package_filter = PackageFilter.from_pod({"includes": ["foo-1"]})
    assert not package_filter
    assert visible(package_filter, FOO_1, FOO_2) == ["foo-1.0", "foo-2.0.beta"]


def test_the_rule_that_hides_a_package_is_told() -> None:
    package_filter = PackageFilter.from_pod({"excludes": ["*.beta", "foo-2"]})
    assert str(package_filter.excludes(FOO_2)) == "range(foo-2)"
    assert str(package_filter.excludes(BAR_2)) == "glob(*.beta)"


def test_a_list_hides_what_any_of_its_filters_hides() -> None:
    filters = PackageFilterList.from_pod(
        [{"excludes": ["*.0"]}, {"excludes": ["*-2.*"], "includes": ["bar"]}]
    )
    assert visible(filters, FOO_1, FOO_2, BAR_2, TOOL) == ["bar-2.0.beta", "tool"]


def test_a_rule_added_to_a_list_joins_its_last_filter_and_an_inclusion_all() -> None:
    filters = PackageFilterList.from_pod([{"excludes": ["foo-1"]}, {"excludes": ["*.beta"]}])
    filters.add_exclusion(parse_rule("tool"))
    assert filters.to_pod()[1] == {"excludes": ["glob(*.beta)", "range(tool)"]}
    filters.add_inclusion(parse_rule("foo"))
    assert visible(filters, FOO_1, FOO_2, BAR_2, TOOL) == ["foo-1.0", "foo-2.0.beta"]


def test_filters_are_ordered_by_cost_so_that_few_packages_are_loaded() -> None:
    slow = PackageFilter.from_pod({"excludes": ["after(5)"]})
    family = PackageFilter.from_pod({"excludes": ["foo-1"]})
    general = PackageFilter.from_pod({"excludes": ["*.beta"]})
    assert (slow.cost, family.cost, general.cost) == (1000.0, 1.0, 10.0)
    filters = PackageFilterList()
    for package_filter in (slow, general, family):
        filters.add_filter(package_filter)
    assert filters.filters == [family, general, slow]


def test_a_copy_goes_its_own_way() -> None:
    original = PackageFilterList.from_pod({"excludes": "foo-1"})
    copy = original.copy()
    copy.add_exclusion(parse_rule("foo-2"))
    copy.add_inclusion(parse_rule("foo-1"))
    assert visible(original, FOO_1, FOO_2) == ["foo-2.0.beta"]
    assert visible(copy, FOO_1, FOO_2) == ["foo-1.0"]


def test_two_filters_combine_into_one_of_all_their_rules() -> None:
    left = PackageFilter.from_pod({"excludes": ["foo-1", "foo-2"], "includes": "foo-2"})
    right = PackageFilter.from_pod({"excludes": ["*.beta", "tool"], "includes": "bar"})
    both = left & right
    assert both.to_pod() == {
        "excludes": ["range(foo-1)", "range(foo-2)", "glob(*.beta)", "range(tool)"],
        "includes": ["range(foo-2)", "range(bar)"],
    }
    assert left.to_pod() == {
        "excludes": ["range(foo-1)", "range(foo-2)"], "includes": ["range(foo-2)"],
    }  # fmt: skip


def test_plain_data_may_be_one_filter_several_or_none() -> None:
    one = {"excludes": "foo-1"}
    assert PackageFilterList.from_pod(None).to_pod() == []
    written = [{"excludes": ["range(foo-1)"]}]
    assert PackageFilterList.from_pod(one).to_pod() == written
    assert PackageFilterList.from_pod([one]).to_pod() == written


@pytest.mark.parametrize("data", ["foo", ["foo"], [{"excludes": [5]}]])
def test_plain_data_of_another_form_is_refused(data: object) -> None:
    with pytest.raises(ConfigurationError):
        PackageFilterList.from_pod(data)  # type: ignore[arg-type]


def test_equal_filters_have_equal_hashes() -> None:
    one = PackageFilter.from_pod({"excludes": ["foo-1", "bar-1"]})
    other = PackageFilter.from_pod({"excludes": ["bar-1", "foo-1"]})
    assert one.sha1 == other.sha1
    assert one.sha1 != PackageFilter().sha1
    assert repr(one) == "PackageFilter(([('bar', [range(bar-1)]), ('foo', [range(foo-1)])], []))"


# The time of a resolve ----------------------------------------------------------------------


def test_a_resolve_of_a_time_sees_nothing_released_later() -> None:
    early, late, unknown = package("foo-1", 100), package("foo-2", 200), package("foo-3")
    for package_filter in (None, no_filter, PackageFilterList.from_pod({"excludes": "bar"})):
        limited = with_timestamp(package_filter, 150)
        assert limited is not None
        assert visible(limited, early, late, unknown) == ["foo-1", "foo-3"]
    assert not no_filter


def test_a_resolve_without_a_time_has_its_filter_as_it_is() -> None:
    package_filter = PackageFilterList.from_pod({"excludes": "foo-1"})
    assert with_timestamp(package_filter, None) is package_filter
    assert with_timestamp(package_filter, 0) is package_filter
    assert with_timestamp(None, None) is None


def test_an_inclusion_of_the_last_filter_escapes_the_time() -> None:
    package_filter = PackageFilterList.from_pod({"excludes": "foo-1", "includes": "bar"})
    limited = with_timestamp(package_filter, 150)
    assert limited is not None
    assert visible(limited, package("foo-2", 200), package("bar-1", 200)) == ["bar-1"]


@pytest.mark.parametrize(
    ("data", "foo", "bar"),
    [
        (None, False, False),
        ({"excludes": ["*.beta", "foo-1"]}, False, False),
        ({"excludes": "after(5)"}, True, True),
        ({"excludes": "after(foo:5)"}, True, False),
        ({"excludes": "foo-1", "includes": "before(5)"}, True, False),
        ({"includes": "before(5)"}, False, False),
    ],
)
def test_only_a_rule_about_time_needs_packages_to_be_loaded(
    data: dict[str, str] | None, foo: bool, bar: bool
) -> None:
    package_filter = PackageFilterList.from_pod(data)
    assert needs_timestamp(package_filter, "foo") is foo
    assert needs_timestamp(package_filter, "bar") is bar
    assert needs_timestamp(package_filter) is (foo or bar)


def test_a_rule_of_ones_own_is_taken_to_look_at_the_time() -> None:
    class Odd(Rule):
        def match(self, package: FilterablePackage) -> bool:
            return len(str(package.version)) % 2 == 1

        def cost(self) -> int:
            return 5

        @classmethod
        def _parse(cls, label: str, text: str) -> Odd:
            return cls()

        def __str__(self) -> str:
            return "odd"

    package_filter = PackageFilter()
    package_filter.add_exclusion(Odd())
    assert needs_timestamp(package_filter)
    assert visible(package_filter, FOO_1, package("foo-10.0")) == ["foo-10.0"]

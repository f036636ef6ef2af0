"""Package orderers: which version is tried first, and which variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from rezfast.errors import ConfigurationError
from rezfast.solve.orderers import (
    FallbackComparable,
    NullPackageOrder,
    PackageOrder,
    PackageOrderList,
    PerFamilyOrder,
    SortedOrder,
    TimestampPackageOrder,
    VariantSelectMode,
    VersionSplitPackageOrder,
    from_pod,
    get_orderer,
    is_default,
    register_orderer,
    to_pod,
    variant_order,
    version_order,
)
from rezfast.version import Requirement, RequirementList, Version, VersionRange

DESCENDING = SortedOrder(descending=True)
ASCENDING = SortedOrder(descending=False)


def ordered(orderer: PackageOrder, versions: str, family: str = "foo") -> str:
    texts = versions.split()
    order = version_order(orderer, family, [Version(x) for x in texts])
    return " ".join(texts[i] for i in order)


def released(text: str) -> list[tuple[Version, int | None]]:
    """`1.0@5 2.0` is 1.0 released at 5, and 2.0 that nobody knows the time of."""
    pairs = [item.partition("@") for item in text.split()]
    return [(Version(version), int(time) if time else None) for version, _, time in pairs]


# The order of versions ----------------------------------------------------------------------


def test_sorted_goes_by_version() -> None:
    assert ordered(DESCENDING, "1 3 2.1 2") == "3 2.1 2 1"
    assert ordered(ASCENDING, "1 3 2.1 2") == "1 2 2.1 3"


def test_no_order_keeps_the_order_of_the_repository() -> None:
    assert ordered(NullPackageOrder(), "1 3 2.1 2") == "1 3 2.1 2"


def test_version_split_starts_at_a_version() -> None:
    assert ordered(VersionSplitPackageOrder(Version("3")), "5 4 3 2 1") == "3 2 1 5 4"
    assert ordered(VersionSplitPackageOrder(Version("2.5")), "1 2 2.6 3") == "2 1 3 2.6"


TIMED = "1.0.5@1 1.0.6@2 1.1.0@3 1.1.1@4 1.2.0@5 2.0.0@6 2.1.0@7 2.1.5@8"


@pytest.mark.parametrize(
    ("time", "rank", "expected"),
    [
        (3, 0, "1.1.0 1.0.6 1.0.5 1.1.1 1.2.0 2.0.0 2.1.0 2.1.5"),
        (3, 3, "1.1.1 1.1.0 1.0.6 1.0.5 1.2.0 2.0.0 2.1.5 2.1.0"),
        (3, 2, "1.2.0 1.1.1 1.1.0 1.0.6 1.0.5 2.1.5 2.1.0 2.0.0"),
        (7, 3, "2.1.5 2.1.0 2.0.0 1.2.0 1.1.1 1.1.0 1.0.6 1.0.5"),
        (0, 3, "1.0.6 1.0.5 1.1.1 1.1.0 1.2.0 2.0.0 2.1.5 2.1.0"),
        (99, 0, "2.1.5 2.1.0 2.0.0 1.2.0 1.1.1 1.1.0 1.0.6 1.0.5"),
    ],
)
def test_soft_timestamp_prefers_what_was_released_by_then(
    time: int, rank: int, expected: str
) -> None:
    releases = released(TIMED)
    orderer = TimestampPackageOrder(time, rank).bind(lambda family: releases)
    assert ordered(orderer, "1.0.5 1.0.6 1.1.0 1.1.1 1.2.0 2.0.0 2.1.0 2.1.5") == expected


def test_versions_of_unknown_time_are_passed_over_by_soft_timestamp() -> None:
    orderer = TimestampPackageOrder(5).bind(lambda family: released("1@3 2 3@7 4 5@9"))
    assert ordered(orderer, "1 2 3 4 5") == "2 1 3 4 5"
    orderer = TimestampPackageOrder(5).bind(lambda family: released("1 2 3"))
    assert ordered(orderer, "1 2 3") == "3 2 1"


def test_a_family_without_packages_counts_as_released() -> None:
    orderer = TimestampPackageOrder(5, rank=2).bind(lambda family: [])
    assert ordered(orderer, "1 2") == "2 1"


def test_binding_leaves_the_orderer_itself_alone() -> None:
    orderer = TimestampPackageOrder(5)
    asked = []

    def source(family: str) -> list[tuple[Version, int | None]]:
        asked.append(family)
        return released("1@3 2@7")

    bound = orderer.bind(source)
    assert ordered(bound, "1 2 3") == "1 2 3"
    assert ordered(bound, "2 3") == "2 3"
    assert asked == ["foo"]
    assert bound == orderer
    assert ordered(bound.bind(lambda family: released("1@3 2@4")), "1 2 3") == "3 2 1"
    with pytest.raises(ConfigurationError, match=r"bind\(\)"):
        ordered(orderer, "1 2")


def test_each_family_may_have_its_own_order() -> None:
    orderer = PerFamilyOrder(
        {"foo": ASCENDING, "bar": VersionSplitPackageOrder(Version("2"))},
        default_order=NullPackageOrder(),
    )
    assert ordered(orderer, "2 1 3", "foo") == "1 2 3"
    assert ordered(orderer, "2 1 3", "bar") == "2 1 3"
    assert ordered(orderer, "2 1 3", "baz") == "2 1 3"


def test_a_family_that_nothing_is_listed_for_is_ordered_as_usual() -> None:
    assert ordered(PerFamilyOrder({"foo": ASCENDING}), "2 1 3", "bar") == "3 2 1"
    nested = PerFamilyOrder({"foo": PerFamilyOrder({"bar": ASCENDING})})
    assert ordered(nested, "2 1 3", "foo") == "3 2 1"
    assert ordered(PerFamilyOrder({"*": ASCENDING}), "2 1 3", "foo") == "1 2 3"


def test_binding_reaches_orderers_inside_others() -> None:
    soft = TimestampPackageOrder(5)
    inner = PerFamilyOrder({"foo": soft, "bar": soft}, default_order=soft)
    orderers = PackageOrderList([PerFamilyOrder({"foo": inner})]).bind(
        lambda family: released("1@3 2@7")
    )
    assert ordered(get_orderer("foo", orderers), "1 2 3") == "1 2 3"
    assert orderers.to_pod() == PackageOrderList([PerFamilyOrder({"foo": inner})]).to_pod()


# Packages in an order -----------------------------------------------------------------------


@dataclass
class Package:
    name: str
    version: Version
    timestamp: int | None = None


def packages(text: str) -> list[Package]:
    return [Package("foo", version, time) for version, time in released(text)]


def test_reorder_sorts_packages_or_things_that_have_one() -> None:
    one, two = packages("1 2")
    assert DESCENDING.reorder([one, two]) == [two, one]
    assert DESCENDING.reorder(iter([one, two])) == [two, one]
    by_name = {"one": one, "two": two}
    assert ASCENDING.reorder(["two", "one"], key=by_name.__getitem__) == ["one", "two"]
    assert DESCENDING.reorder([]) == []


def test_reorder_takes_release_times_from_the_packages() -> None:
    one, two, three = packages("1@3 2@4 3@7")
    assert TimestampPackageOrder(3).reorder([three, one, two]) == [one, two, three]
    orderer = PerFamilyOrder({"foo": TimestampPackageOrder(3)})
    assert orderer.reorder([three, one, two]) == [one, two, three]


def test_reorder_says_none_when_no_orderer_is_for_the_family() -> None:
    orderer = PerFamilyOrder({"bar": ASCENDING})
    assert orderer.reorder(packages("1 2")) is None
    assert orderer.reorder([]) is None


# Orderers of a resolve ----------------------------------------------------------------------


def test_the_first_orderer_that_names_a_family_counts_then_one_for_all() -> None:
    by_name = NullPackageOrder(packages=["foo", "bar"])
    late = SortedOrder(False, packages="foo")
    for_all = SortedOrder(False)
    orderers = PackageOrderList([for_all, by_name, late])
    assert get_orderer("foo", orderers) is by_name
    assert get_orderer("baz", orderers) is for_all
    assert orderers.get("baz") is None
    assert get_orderer("foo", PackageOrderList()) == DESCENDING
    assert get_orderer("foo") == DESCENDING
    assert get_orderer("foo", {"foo": late}) is late


def test_the_default_of_a_per_family_orderer_is_not_reached_by_a_resolve() -> None:
    orderers = PackageOrderList([PerFamilyOrder({"foo": ASCENDING}, default_order=ASCENDING)])
    assert get_orderer("bar", orderers) == DESCENDING


def test_a_list_of_orderers_notices_every_change() -> None:
    orderers = PackageOrderList([ASCENDING])
    assert orderers.dirty
    assert get_orderer("foo", orderers) is ASCENDING
    assert not orderers.dirty
    orderers[0] = DESCENDING
    assert get_orderer("foo", orderers) is DESCENDING
    orderers.insert(0, ASCENDING)
    orderers += [NullPackageOrder(packages=["foo"])]
    assert get_orderer("foo", orderers) == NullPackageOrder()
    orderers.reverse()
    assert orderers.dirty
    del orderers[1:]
    assert get_orderer("bar", orderers) == DESCENDING


def test_packages_changed_in_place_need_a_refresh() -> None:
    orderer = NullPackageOrder(packages=["foo"])
    orderers = PackageOrderList([orderer])
    assert get_orderer("bar", orderers) == DESCENDING
    orderer.packages = ["bar"]
    orderers.refresh()
    assert get_orderer("bar", orderers) is orderer
    assert orderers.by_package == {"bar": orderer}


@pytest.mark.parametrize(
    ("orderers", "default"),
    [
        (None, True),
        ([], True),
        ([DESCENDING], True),
        ([ASCENDING], False),
        ([DESCENDING, ASCENDING], True),  # the second is never asked
        ([SortedOrder(True, packages=["foo"]), ASCENDING], False),
        ([PerFamilyOrder({"foo": DESCENDING})], True),
        ([PerFamilyOrder({"foo": ASCENDING})], False),
        ([PerFamilyOrder({"foo": PerFamilyOrder({"foo": DESCENDING}, ASCENDING)})], False),
        ([NullPackageOrder()], False),
        ([TimestampPackageOrder(5)], False),
        ([{"type": "sorted", "descending": True}], True),
        ({"foo": ASCENDING}, False),
        ({"foo": DESCENDING}, True),
    ],
)
def test_plain_descending_order_is_recognised(orderers: Any, default: bool) -> None:
    assert is_default(orderers) is default


# Plain data ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"type": "no_order", "packages": ["bar", "foo"]},
        {"type": "sorted", "descending": False, "packages": ["*"]},
        {"type": "version_split", "first_version": "4.0.5", "packages": ["foo"]},
        {"type": "soft_timestamp", "timestamp": 1234567, "rank": 3, "packages": ["foo"]},
        {
            "type": "per_family",
            "orderers": [
                {"type": "version_split", "first_version": "2", "packages": ["bah", "foo"]},
                {"type": "sorted", "descending": False, "packages": ["python"]},
            ],
            "default_order": {"type": "sorted", "descending": True, "packages": ["*"]},
        },
        {"type": "per_family", "orderers": []},
    ],
)
def test_plain_data_goes_both_ways(data: dict[str, Any]) -> None:
    orderer = from_pod(data)
    assert to_pod(orderer) == data
    assert from_pod(to_pod(orderer)) == orderer
    assert PackageOrderList.from_pod([data]).to_pod() == [data]
    assert PackageOrderList.from_pod(data) == PackageOrderList([orderer])
    assert PackageOrderList([data]).to_pod() == [data]


def test_plain_data_of_old_is_a_pair() -> None:
    orderer = from_pod(("version_split", {"first_version": "1.2.3"}))
    assert orderer == VersionSplitPackageOrder(Version("1.2.3"))


def test_one_family_need_not_be_a_list() -> None:
    data = {"type": "per_family", "orderers": [{"type": "no_order", "packages": "foo"}]}
    assert from_pod(data) == PerFamilyOrder({"foo": NullPackageOrder()})
    assert from_pod({"type": "no_order", "packages": "foo"}).packages == ["foo"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"type": "sortd"}, "'sortd' is not a package orderer type; use one of no_order, sorted"),
        ({}, "None is not a package orderer type"),
        ({"type": "sorted"}, "type 'sorted': 'descending' is missing"),
        ({"type": "version_split"}, "'first_version' is missing"),
        ({"type": "version_split", "first_version": 2.5}, "a version in quotes, not 2.5"),
        ({"type": "version_split", "first_version": "1."}, "a version in quotes, not '1.'"),
        ({"type": "soft_timestamp"}, "'timestamp' is missing"),
        ({"type": "soft_timestamp", "timestamp": "today"}, "must be numbers, not 'today' and 0"),
        ({"type": "per_family"}, "'orderers' is missing"),
        ({"type": "per_family", "orderers": [{"type": "no_order"}]}, "'packages' is missing"),
        ("sorted", "must be a dict with a 'type'"),
    ],
)
def test_plain_data_that_is_no_orderer_is_named(data: Any, told: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        from_pod(data)
    assert told in str(error.value)


def test_the_hash_of_an_orderer_is_that_of_its_text() -> None:
    assert repr(NullPackageOrder()) == "NullPackageOrder({})"
    assert NullPackageOrder().sha1 == "bf7c2fa4e6bd198c02adeea2c3a382cf57242051"
    assert repr(ASCENDING) == "SortedOrder(False)"
    assert repr(TimestampPackageOrder(1, rank=2)) == "TimestampPackageOrder((1, 2))"
    orderer = PerFamilyOrder({"family1": VersionSplitPackageOrder(Version("2.6.0"))})
    assert repr(orderer) == "PerFamilyOrder(([('family1', '2.6.0')], 'None'))"


def test_orderers_of_the_same_kind_and_settings_are_equal() -> None:
    assert SortedOrder(True) == SortedOrder(True)
    assert SortedOrder(True) != SortedOrder(False)
    assert VersionSplitPackageOrder(Version("1.0")) == VersionSplitPackageOrder(Version("1-0"))
    assert TimestampPackageOrder(1, 1) != TimestampPackageOrder(1, 2)
    assert PerFamilyOrder({"foo": ASCENDING}) == PerFamilyOrder({"foo": SortedOrder(False)})
    assert PerFamilyOrder({"foo": ASCENDING}) != PerFamilyOrder({"foo": ASCENDING}, ASCENDING)
    assert NullPackageOrder() != "no_order"


# An orderer of one's own --------------------------------------------------------------------


class LongestFirst(PackageOrder):
    name = "longest"

    def sort_key_implementation(self, package_name: str, version: Version) -> int:
        return len(str(version))


def test_an_orderer_of_ones_own_needs_only_a_key() -> None:
    assert ordered(LongestFirst(), "1 1.10 20") == "1.10 20 1"
    assert LongestFirst().bind(lambda family: []) == LongestFirst()
    assert repr(LongestFirst(["foo"])) == "LongestFirst({'packages': ['foo']})"


def test_a_registered_orderer_can_be_written_in_configuration() -> None:
    with pytest.raises(ConfigurationError):
        from_pod({"type": "longest"})
    assert register_orderer(LongestFirst)
    assert from_pod({"type": "longest", "packages": ["foo"]}) == LongestFirst(["foo"])
    assert not register_orderer(PackageOrder)  # type: ignore[type-abstract]
    assert not register_orderer("longest")  # type: ignore[arg-type]


# Keys ---------------------------------------------------------------------------------------


def test_keys_that_cannot_be_compared_leave_it_to_the_versions() -> None:
    low, high = FallbackComparable(("text",), 1), FallbackComparable((5,), 2)
    assert low < high
    assert high > low
    assert low <= high
    assert high >= low
    assert FallbackComparable(1, 2) == FallbackComparable(1, 3)
    assert FallbackComparable(1, 2) != 1


def test_a_range_goes_by_its_ends() -> None:
    def key(text: str) -> Any:
        return DESCENDING.sort_key("foo", VersionRange(text))

    by_key = sorted(["2", "1+", "", "1|3", "==1", ">1", "1"], key=key)
    assert by_key == ["", "==1", "1", "1|3", "1+", ">1", "2"]
    assert DESCENDING.sort_key("foo", None) < key("")


def test_only_versions_and_ranges_have_a_key() -> None:
    with pytest.raises(TypeError, match="neither a Version"):
        DESCENDING.sort_key("foo", "1.0")  # type: ignore[arg-type]


def test_an_open_end_is_later_than_any_version_to_soft_timestamp() -> None:
    orderer = TimestampPackageOrder(5, rank=2).bind(lambda family: released("1@3 2@7 3@8"))
    ranges = ["2+", "2+<9", "1"]
    keys = {text: orderer.sort_key("foo", VersionRange(text)) for text in ranges}
    assert sorted(ranges, key=keys.__getitem__, reverse=True) == ["1", "2+<9", "2+"]


# The order of variants ----------------------------------------------------------------------


def tried(
    request: str,
    *variants: str,
    orderers: PackageOrderList | Mapping[str, PackageOrder] | None = None,
    mode: VariantSelectMode = VariantSelectMode.version_priority,
) -> list[int]:
    def requirements(text: str) -> list[Requirement]:
        return list(RequirementList([Requirement(x) for x in text.split()]))

    numbered = [(index, requirements(text)) for index, text in enumerate(variants)]
    return variant_order(requirements(request), orderers, mode, numbered)


def test_the_best_version_of_what_is_requested_comes_first() -> None:
    assert tried("foo python", "python-2", "python-3", "python-2.7") == [1, 2, 0]


def test_requests_count_in_their_order() -> None:
    variants = ["maya-1 python-3", "maya-2 python-2"]
    assert tried("maya python", *variants) == [1, 0]
    assert tried("python maya", *variants) == [0, 1]


def test_then_fewer_other_packages_then_their_versions_then_later_names() -> None:
    assert tried("foo", "a-9 b-9", "a-1") == [1, 0]
    assert tried("foo", "a-1", "a-2") == [1, 0]
    assert tried("foo", "a-1", "b-1") == [1, 0]


def test_at_last_the_higher_index_comes_first() -> None:
    assert tried("foo", "a-1", "a-1", "a-1") == [2, 1, 0]


def test_intersection_priority_counts_the_requested_first() -> None:
    variants = ["maya-2", "maya-1 python-2"]
    assert tried("maya python", *variants) == [0, 1]
    by_count = VariantSelectMode.intersection_priority
    assert tried("maya python", *variants, mode=by_count) == [1, 0]


def test_a_conflict_in_the_request_is_no_request() -> None:
    assert tried("!python-2 maya", "python-3 maya-1", "maya-1") == [1, 0]


def test_a_conflict_in_a_variant_counts_as_what_it_names() -> None:
    assert tried("python", "python-1", "!python-2") == [1, 0]
    assert tried("foo", "a-1 !python-2", "a-1") == [1, 0]


def test_a_variant_that_allows_anything_is_tried_after_those_that_do_not() -> None:
    assert tried("python", "~python", "python-1", "python") == [1, 2, 0]
    ascending = PackageOrderList([ASCENDING])
    assert tried("python", "~python", "python-1", "python", orderers=ascending) == [2, 1, 0]


def test_orderers_decide_which_version_is_the_best() -> None:
    orderers = PackageOrderList([SortedOrder(False, packages=["python"])])
    assert tried("python", "python-3", "python-2", orderers=orderers) == [1, 0]
    assert tried("foo", "python-3", "python-2", orderers=orderers) == [1, 0]
    assert tried("foo", "ruby-3", "ruby-2", orderers=orderers) == [0, 1]


def test_a_package_without_variants_has_one_without_an_index() -> None:
    assert variant_order([], None, VariantSelectMode.version_priority, [(None, [])]) == [0]

"""What a solve answers, behaviour by behaviour, each in a repository of its own.

A manual of rez's resolve algorithm by example. A package is written as `{version: requires}`, or as
`{version: {"requires": [...], "variants": [...]}}`; an answer as `name-version[variant index]`.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from rezfast import Solver
from rezfast.errors import (
    PackageFamilyNotFoundError,
    PackageMetadataError,
    PackageNotFoundError,
    PackageRequestError,
    ResolveError,
    VersionError,
)
from rezfast.repository import MemoryRepository
from rezfast.solve.filters import PackageFilterList
from rezfast.solve.orderers import PackageOrderList

Packages = dict[str, dict[str, Any]]


def repository(packages: Packages) -> MemoryRepository:
    """A repository from the shorthand of this file."""
    return MemoryRepository.create_repository(
        {
            family: {
                version: content if isinstance(content, dict) else {"requires": content}
                for version, content in versions.items()
            }
            for family, versions in packages.items()
        }
    )


def solver(packages: Packages | list[Packages], request: str, **options: Any) -> Solver:
    """A solver that has run, for a request of words."""
    several = packages if isinstance(packages, list) else [packages]
    result = Solver(request.split(), [repository(each) for each in several], **options)
    result.solve()
    return result


def answer(packages: Packages | list[Packages], request: str, **options: Any) -> list[str]:
    """The packages of a solve, then its ephemerals; the solve must succeed."""
    solved = solver(packages, request, **options)
    assert solved.status.name == "solved"
    assert solved.resolved_packages is not None and solved.resolved_ephemerals is not None
    return [
        *(
            f"{p.name}{f'-{p.version}' if p.version else ''}[{'' if p.index is None else p.index}]"
            for p in solved.resolved_packages
        ),
        *(str(ephemeral) for ephemeral in solved.resolved_ephemerals),
    ]


def failure(packages: Packages, request: str, **options: Any) -> str:
    """The kind of a failure; the solve must fail, whatever the order of the request."""
    for order in permutations(request.split()):
        other = solver(packages, " ".join(order), **options)
        assert other.status.name == "failed"
        assert other.resolved_packages is None and other.resolved_ephemerals is None
    return type(solver(packages, request, **options).failure_reason()).__name__


PYTHON: Packages = {"python": {"2.5.2": [], "2.6.0": [], "2.6.8": [], "2.7.0": []}}


# a request by itself


def test_an_empty_request_is_solved_with_nothing() -> None:
    assert answer({}, "") == []


def test_the_newest_version_in_range_is_taken() -> None:
    assert answer(PYTHON, "python") == ["python-2.7.0[]"]
    assert answer(PYTHON, "python-2.6") == ["python-2.6.8[]"]
    assert answer(PYTHON, "python<2.6.8") == ["python-2.6.0[]"]


def test_requests_for_one_family_are_merged() -> None:
    assert answer(PYTHON, "python-2.6 python-2.6.5+") == ["python-2.6.8[]"]
    assert answer(PYTHON, "python python-0+<2.6") == ["python-2.5.2[]"]


def test_a_conflict_request_excludes_its_range() -> None:
    assert answer(PYTHON, "python-2.6 !python-2.6.8") == ["python-2.6.0[]"]
    assert answer(PYTHON, "!python-2.6+ python") == ["python-2.5.2[]"]


def test_a_weak_request_limits_a_family_that_something_else_wants() -> None:
    assert answer(PYTHON, "python ~python<2.6") == ["python-2.5.2[]"]
    assert answer(PYTHON, "python ~python") == ["python-2.7.0[]"]


@pytest.mark.parametrize("request_", ["~python", "~python-2.6", "!python", "!python-2.6"])
def test_weak_and_conflict_requests_bring_no_package(request_: str) -> None:
    assert answer(PYTHON, request_) == []


def test_weak_and_conflict_requests_need_no_such_family() -> None:
    assert answer({}, "~nowhere-1 !nothing") == []


def test_an_unversioned_package_resolves_without_version() -> None:
    assert answer({"site": {"_NO_VERSION": []}}, "site") == ["site[]"]


def test_an_unversioned_package_hides_the_versions_of_its_family() -> None:
    assert answer({"site": {"_NO_VERSION": [], "1": []}}, "site") == ["site[]"]


@pytest.mark.parametrize(
    "request_", ["python !python", "python-2.6 ~python-2.7", "python<2.6 python-2.6+"]
)
def test_a_request_that_contradicts_itself_fails_before_any_step(request_: str) -> None:
    solved = solver(PYTHON, request_)
    assert solved.status.name == "failed"
    assert (solved.num_solves, solved.num_fails) == (0, 1)
    assert failure(PYTHON, request_) == "DependencyConflicts"


# dependencies and their order


def test_a_dependency_comes_before_what_wants_it() -> None:
    packages = {**PYTHON, "pyfx": {"3": ["python-2.6"]}}
    assert answer(packages, "pyfx") == ["python-2.6.8[]", "pyfx-3[]"]


def test_otherwise_the_order_is_that_of_the_request() -> None:
    packages: Packages = {"b": {"1": []}, "a": {"1": []}, "c": {"1": ["a"]}}
    assert answer(packages, "b a") == ["b-1[]", "a-1[]"]
    assert answer(packages, "b c a") == ["b-1[]", "a-1[]", "c-1[]"]


def test_an_older_package_is_taken_when_the_newest_does_not_fit() -> None:
    packages = {**PYTHON, "pyfx": {"4": ["python-2.6"], "5": ["python-2.5"]}}
    assert answer(packages, "pyfx") == ["python-2.5.2[]", "pyfx-5[]"]
    assert answer(packages, "pyfx !python-2.5") == ["python-2.6.8[]", "pyfx-4[]"]


def test_what_is_requested_first_keeps_the_newer_version() -> None:
    packages = {**PYTHON, "pyfx": {"4": ["python-2.6"], "5": ["python-2.5"]}}
    assert answer(packages, "python pyfx") == ["python-2.6.8[]", "pyfx-4[]"]
    assert answer(packages, "pyfx python") == ["python-2.5.2[]", "pyfx-5[]"]


def test_versions_that_want_different_things_are_tried_apart() -> None:
    packages: Packages = {
        **PYTHON,
        "tool": {"1": ["old"], "2": ["new"]},
        "new": {"1": ["python-2.7"]},
        "old": {"1": ["python-2.5"]},
    }
    assert answer(packages, "tool") == ["python-2.7.0[]", "new-1[]", "tool-2[]"]
    assert answer(packages, "tool ~python-2.5") == ["python-2.5.2[]", "old-1[]", "tool-1[]"]


def test_a_wrong_choice_is_taken_back() -> None:
    packages: Packages = {
        "shot": {"1": [], "2": ["comp"]},
        "anim": {"1": [], "2": ["rig"]},
        "comp": {"1": ["lib-1"]},
        "rig": {"1": ["lib-2"]},
        "lib": {"1": [], "2": []},
    }
    solved = solver(packages, "shot anim")
    assert answer(packages, "shot anim") == ["lib-1[]", "comp-1[]", "shot-2[]", "anim-1[]"]
    assert solved.num_fails == 1


def test_a_conflict_requirement_of_a_package_counts_while_the_package_is_there() -> None:
    packages: Packages = {**PYTHON, "nopy": {"2": ["!python-2.7"], "1": ["!python"]}}
    assert answer(packages, "nopy-2 python") == ["nopy-2[]", "python-2.6.8[]"]
    assert answer(packages, "nopy-2") == ["nopy-2[]"]
    assert failure(packages, "nopy-1 python") == "TotalReduction"


def test_a_weak_requirement_of_a_package_holds_once_the_family_is_there() -> None:
    packages: Packages = {**PYTHON, "tool": {"1": ["~python-2.6"]}, "other": {"1": ["python"]}}
    assert answer(packages, "tool") == ["tool-1[]"]
    assert answer(packages, "tool other") == ["tool-1[]", "python-2.6.8[]", "other-1[]"]


def test_what_a_package_says_against_itself_is_passed_over() -> None:
    assert answer({"tool": {"1": ["!tool-1"], "2": ["~tool-1"]}}, "tool-1") == ["tool-1[]"]


def test_a_request_that_is_already_excluded_keeps_its_place() -> None:
    """A weak request that something makes real stays where it was: it is split first."""
    packages: Packages = {
        "lib": {"1": ["base-1"], "2": ["base-2"]},
        "base": {"1": [], "2": [], "3": []},
        "tool": {"1": ["lib"]},
    }
    request = "~lib-1|2 base<3 tool"
    assert answer(packages, request) == ["base-2[]", "lib-2[]", "tool-1[]"]


# failures


def test_two_requirements_that_cannot_meet_are_a_dependency_conflict() -> None:
    packages: Packages = {**PYTHON, "a": {"1": ["python-2.6"]}, "b": {"1": ["python-2.7"]}}
    assert failure(packages, "a b") == "DependencyConflicts"
    assert solver(packages, "a b").failure_description() == (
        "The following package conflicts occurred: (python-2.6 <--!--> python-2.7)"
    )


def test_alternatives_are_in_conflict_as_one_joined_range() -> None:
    packages: Packages = {**PYTHON, "a": {"1": ["python-2.6"], "2": ["python-2.7"]}}
    assert failure(packages, "python-2.5 a") == "DependencyConflicts"
    assert solver(packages, "python-2.5 a").failure_description() == (
        "The following package conflicts occurred: (python-2.6|2.7 <--!--> python==2.5.2)"
    )


def test_a_package_of_which_nothing_is_left_is_a_total_reduction() -> None:
    packages: Packages = {
        "a": {"1": [], "2": []},
        "b": {"1": ["!a-1"], "2": ["!a-1", "c"]},
        "c": {"1": []},
    }
    assert failure(packages, "a-1 b") == "TotalReduction"
    text = solver(packages, "a-1 b").failure_description()
    assert text.startswith("A package was completely reduced: (b-")
    assert "(b-1[] (dep(!a-1) <--!--> a==1))" in text
    assert "(b-2[] (dep(!a-1) <--!--> a==1))" in text


def test_the_first_failure_is_the_one_reported() -> None:
    packages: Packages = {
        "tool": {"1": ["old"], "2": ["new"]},
        "new": {"1": ["lib-2"]},
        "old": {"1": ["lib-3"]},
        "lib": {"1": [], "2": [], "3": []},
    }
    solved = solver(packages, "tool lib-1")
    assert solved.num_fails == 2
    newest, oldest = (
        f"The following package conflicts occurred: (lib-{version} <--!--> lib==1)"
        for version in (2, 3)
    )
    assert solved.failure_description() == newest
    assert [solved.failure_description(i) for i in (0, 1, -1)] == [newest, oldest, oldest]


def test_a_failure_that_did_not_happen_cannot_be_asked_for() -> None:
    solved = solver(PYTHON, "python")
    with pytest.raises(IndexError):
        solved.failure_reason(0)


def test_max_fails_ends_a_solve_with_its_latest_failure() -> None:
    packages: Packages = {
        "tool": {"1": [], "2": ["new"]},
        "new": {"1": ["lib-2"]},
        "lib": {"1": [], "2": []},
    }
    assert answer(packages, "tool lib-1") == ["tool-1[]", "lib-1[]"]
    stopped = solver(packages, "tool lib-1", max_fails=1)
    assert stopped.status.name == "failed"
    assert stopped.num_fails == 1


# cycles


def test_packages_that_want_each_other_are_a_cycle() -> None:
    packages: Packages = {"mum": {"1": ["dad-1"]}, "dad": {"1": ["son-1"]}, "son": {"1": ["mum-1"]}}
    for request in packages:
        assert failure(packages, request) == "Cycle"
    description = solver(packages, "mum").failure_description()
    assert description.startswith("A cyclic dependency was detected: ")
    assert {"mum-1", "dad-1", "son-1"} <= set(description.split())


def test_a_package_that_wants_itself_is_a_cycle() -> None:
    assert failure({"ego": {"1": ["ego"]}}, "ego") == "Cycle"


def test_a_cycle_that_contradicts_itself_is_a_conflict() -> None:
    packages: Packages = {"mum": {"1": [], "2": ["dad-2"]}, "dad": {"2": ["mum-1"]}}
    assert failure(packages, "mum-2") == "DependencyConflicts"


def test_a_cycle_ends_the_solve_though_another_choice_has_none() -> None:
    packages: Packages = {"mum": {"1": [], "2": ["dad"]}, "dad": {"1": ["mum"]}}
    solved = solver(packages, "mum")
    assert solved.status.name == "failed"
    assert type(solved.failure_reason()).__name__ == "Cycle"


def test_a_weak_requirement_closes_no_cycle() -> None:
    packages: Packages = {"mum": {"1": ["dad"]}, "dad": {"1": ["~mum-1"]}}
    assert answer(packages, "mum") == ["dad-1[]", "mum-1[]"]


# variants


def test_one_variant_is_chosen_and_its_index_told() -> None:
    packages: Packages = {**PYTHON, "tool": {"1": {"variants": [["python-2.6"], ["python-2.7"]]}}}
    assert answer(packages, "tool") == ["python-2.7.0[]", "tool-1[1]"]
    assert answer(packages, "tool python-2.6") == ["python-2.6.8[]", "tool-1[0]"]


def test_an_empty_list_of_variants_is_none() -> None:
    assert answer({"tool": {"1": {"variants": []}}}, "tool") == ["tool-1[]"]


def test_a_variant_without_requirements_has_an_index() -> None:
    assert answer({"tool": {"1": {"variants": [[]]}}}, "tool") == ["tool-1[0]"]


def test_variants_add_to_what_the_package_requires() -> None:
    packages: Packages = {
        **PYTHON,
        "lib": {"1": []},
        "tool": {"1": {"requires": ["lib"], "variants": [["python-2.5"], ["python-2.6"]]}},
    }
    assert answer(packages, "tool") == ["lib-1[]", "python-2.6.8[]", "tool-1[1]"]


def test_the_variant_with_fewer_packages_beside_the_request_is_preferred() -> None:
    packages: Packages = {
        "extra": {"1": []},
        "more": {"1": []},
        "tool": {"1": {"variants": [["extra"], ["extra", "more"]]}},
    }
    assert answer(packages, "tool") == ["extra-1[]", "tool-1[0]"]


def test_of_equal_variants_later_names_then_the_higher_index_come_first() -> None:
    packages: Packages = {
        "alpha": {"1": []},
        "beta": {"1": []},
        "tool": {"1": {"variants": [["beta"], ["alpha"]]}, "2": {"variants": [["beta"], ["beta"]]}},
    }
    assert answer(packages, "tool-1") == ["beta-1[]", "tool-1[0]"]
    assert answer(packages, "tool-2") == ["beta-1[]", "tool-2[1]"]


PREFERENCES: Packages = {
    **PYTHON,
    "nada": {"_NO_VERSION": []},
    "tool": {
        "2": {"variants": [["python-2.7.0"], ["python-2.6.8", "nada"], ["python-2.6.8"], ["nada"]]}
    },
}


def test_version_priority_prefers_newer_versions_of_what_is_requested() -> None:
    mode = {"variant_select_mode": "version_priority"}
    assert answer(PREFERENCES, "tool python", **mode) == ["python-2.7.0[]", "tool-2[0]"]
    wanted = ["python-2.7.0[]", "tool-2[0]", "nada[]"]
    assert answer(PREFERENCES, "tool python nada", **mode) == wanted


def test_intersection_priority_prefers_more_of_what_is_requested() -> None:
    mode = {"variant_select_mode": "intersection_priority"}
    assert answer(PREFERENCES, "tool python", **mode) == ["python-2.7.0[]", "tool-2[0]"]
    wanted = ["python-2.6.8[]", "nada[]", "tool-2[1]"]
    assert answer(PREFERENCES, "tool python nada", **mode) == wanted


def test_a_variant_goes_when_it_conflicts_with_what_is_there() -> None:
    packages: Packages = {
        "start": {"1": {"variants": [["mid_a-1"], ["mid_b-2"]]}},
        "mid_a": {"1": {"variants": [["end-2"], ["end-1"]]}},
        "mid_b": {"2": {"variants": [["end-1"], ["end-3"]]}},
        "end": {
            "1": {"variants": [["!mid_b"], ["!start-2"]]},
            "2": {"variants": [["!start"], ["!mid_a"]]},
            "3": {"variants": [["!start"], ["!mid_b"]]},
        },
    }
    assert answer(packages, "start") == ["end-1[1]", "mid_b-2[0]", "start-1[1]"]


def test_an_internal_conflict_matters_only_for_a_variant_that_is_looked_at() -> None:
    packages: Packages = {**PYTHON, "tool": {"1": ["python-2.6", "python-2.7"], "2": ["python"]}}
    assert answer(packages, "tool-2") == ["python-2.7.0[]", "tool-2[]"]
    with pytest.raises(ResolveError):
        solver(packages, "tool")


# ephemerals


def test_a_requested_ephemeral_is_part_of_the_answer() -> None:
    assert answer({}, ".lighting-1") == [".lighting-1"]
    assert answer({}, ".lighting-2.5+ .lighting-2") == [".lighting-2.5+<2_"]


def test_a_conflict_with_an_ephemeral_is_not() -> None:
    assert answer({}, "!.lighting") == []
    assert answer({}, "!.lighting-2.5+") == []


def test_ephemerals_are_narrowed_by_packages() -> None:
    packages: Packages = {**PYTHON, "pyfx": {"3": ["python-2.5", ".eek-3+"]}}
    assert answer(packages, "pyfx") == ["python-2.5.2[]", "pyfx-3[]", ".eek-3+"]
    assert answer(packages, "pyfx .eek-4.5") == ["python-2.5.2[]", "pyfx-3[]", ".eek-4.5"]


def test_ephemerals_can_conflict() -> None:
    packages: Packages = {"a": {"1": [".eek-1"]}, "b": {"1": [".eek-2"]}}
    assert failure({}, ".eek-1 .eek-2") == "DependencyConflicts"
    assert failure({}, ".eek-2.5 !.eek-2") == "DependencyConflicts"
    assert failure(packages, "a b") == "DependencyConflicts"
    assert failure(packages, "a !.eek-1") == "DependencyConflicts"


def test_a_request_may_conflict_with_an_ephemeral_but_a_definition_may_not() -> None:
    assert answer({}, "!.eek-1") == []
    with pytest.raises(PackageMetadataError):
        solver({"a": {"1": ["!.eek-1"]}}, "a")


# ranges


def test_versions_without_a_common_requirement_are_no_alternatives_to_each_other() -> None:
    """Alternatives of one requirement are joined; requirements of others come with the choice."""
    packages: Packages = {
        **PYTHON,
        "tool": {"5": [], "6": ["python-2.6"], "7": ["python-2.7"]},
    }
    assert answer(packages, "tool python-2.5") == ["tool-5[]", "python-2.5.2[]"]
    assert answer(packages, "~python<2.6 tool") == ["tool-5[]"]


def test_joined_ranges_can_hold_more_than_each_of_them() -> None:
    """`1+<5`, `2..3` and `>5<6` join to `1+<6`: then the reduction sorts it out."""
    packages: Packages = {
        "lib": {"4": [], "5": [], "5.5": []},
        "tool": {"1": {"variants": [["lib-1+<5"], ["lib-2..3"], ["lib>5<6"]]}},
    }
    assert failure(packages, "lib==5 tool") == "TotalReduction"


def test_versions_are_equal_whatever_separates_their_tokens() -> None:
    packages: Packages = {"lib": {"1-0": []}, "tool": {"1": ["lib==1.0"]}}
    assert answer(packages, "tool") == ["lib-1-0[]", "tool-1[]"]


def test_letters_and_padding_order_versions_as_rez_does() -> None:
    versions = ["1.0.Z", "1.0._", "1.0.a", "1.0.01", "1.0.1"]
    packages: Packages = {"lib": {version: [] for version in versions}}
    for i, version in enumerate(versions):
        assert answer(packages, f"lib<={version}") == [f"lib-{version}[]"]
        if i:
            assert answer(packages, f"lib<{version}") == [f"lib-{versions[i - 1]}[]"]


# what is not there


def test_an_unknown_family_in_the_request_is_an_error_at_once() -> None:
    with pytest.raises(PackageFamilyNotFoundError):
        Solver(["nowhere"], [repository(PYTHON)])


def test_a_range_without_packages_in_the_request_is_an_error_at_once() -> None:
    with pytest.raises(PackageNotFoundError):
        Solver(["python-3"], [repository(PYTHON)])


def test_a_required_range_without_packages_is_an_error_of_the_solve() -> None:
    started = Solver(["tool"], [repository({**PYTHON, "tool": {"1": ["python-3"]}})])
    with pytest.raises(PackageNotFoundError):
        started.solve()


def test_a_gap_between_the_versions_there_are_is_a_conflict_not_an_error() -> None:
    packages: Packages = {**PYTHON, "tool": {"1": ["python-3"]}}
    assert solver(packages, "tool python").status.name == "failed"


MISSING: Packages = {"tool": {"1": {"variants": [["nowhere"], ["nada"]]}}, "nada": {"1": []}}


def test_a_missing_family_that_a_variant_requires_is_an_error_by_default() -> None:
    with pytest.raises(PackageFamilyNotFoundError):
        solver(MISSING, "tool", error_on_missing_variant_requires=True)


def test_a_missing_family_that_a_variant_requires_can_be_passed_over() -> None:
    options = {"error_on_missing_variant_requires": False}
    assert answer(MISSING, "tool", **options) == ["nada-1[]", "tool-1[1]"]


def test_a_solve_that_fails_over_a_missing_family_knows_no_reason() -> None:
    packages: Packages = {"tool": {"1": ["nowhere"]}}
    failed = solver(packages, "tool", error_on_missing_variant_requires=False)
    assert failed.status.name == "failed"
    assert failed.failure_reason() is None


def test_a_weak_request_for_a_missing_family_is_an_error_once_it_is_wanted() -> None:
    packages: Packages = {"tool": {"1": ["nowhere"]}}
    with pytest.raises(PackageFamilyNotFoundError):
        solver(packages, "~nowhere-1 tool", error_on_missing_variant_requires=False)


# wrong input


def test_a_request_that_is_no_requirement_is_an_error() -> None:
    with pytest.raises(VersionError):
        Solver(["python-2+<1"], [repository(PYTHON)])
    with pytest.raises(PackageRequestError):
        Solver(["not a name"], [repository(PYTHON)])


def test_a_broken_requirement_matters_only_for_a_package_that_is_looked_at() -> None:
    packages: Packages = {"lib": {"1": [], "2": ["not a name"]}}
    assert answer(packages, "lib-1") == ["lib-1[]"]
    with pytest.raises(PackageMetadataError):
        solver(packages, "lib")


def test_broken_build_requires_matter_only_when_building() -> None:
    packages: Packages = {"lib": {"1": {"build_requires": ["not a name"]}}}
    assert answer(packages, "lib") == ["lib-1[]"]
    with pytest.raises(PackageMetadataError):
        solver(packages, "lib", building=True)


def test_a_solve_runs_once() -> None:
    solved = solver(PYTHON, "python")
    with pytest.raises(ResolveError):
        solved.solve()


# options


def test_build_requires_count_when_building_and_private_ones_never() -> None:
    packages: Packages = {
        "cmake": {"3": []},
        "gtest": {"1": []},
        "lib": {"1": {"build_requires": ["cmake"], "private_build_requires": ["gtest"]}},
    }
    assert answer(packages, "lib") == ["lib-1[]"]
    assert answer(packages, "lib", building=True) == ["cmake-3[]", "lib-1[]"]


def test_a_package_of_an_earlier_repository_hides_the_same_one_of_a_later() -> None:
    local: Packages = {"lib": {"1.0": ["site"]}, "site": {"1": []}}
    shared: Packages = {"lib": {"1-0": [], "0.9": []}}
    assert answer([local, shared], "lib") == ["site-1[]", "lib-1.0[]"]
    assert answer([shared, local], "lib") == ["lib-1-0[]"]
    assert answer([local, shared], "lib<1") == ["lib-0.9[]"]


@pytest.mark.parametrize(
    ("rules", "version"),
    [
        ({"excludes": ["python-2.7"]}, "2.6.8"),
        ({"excludes": ["range(python-2.6+)"]}, "2.5.2"),
        ({"excludes": ["*.0"]}, "2.6.8"),
        ({"excludes": [r"regex(.*\.[08]$)"]}, "2.5.2"),
        ({"excludes": ["after(20)"]}, "2.6.0"),
        ({"excludes": ["before(python:30)"]}, "2.7.0"),
        ({"excludes": ["*"], "includes": ["python-2.6"]}, "2.6.8"),
        ({"excludes": ["other-*"]}, "2.7.0"),
    ],
)
def test_a_filter_hides_packages(rules: dict[str, list[str]], version: str) -> None:
    packages: Packages = {
        "python": {text: {"timestamp": 10 * (i + 1)} for i, text in enumerate(PYTHON["python"])}
    }
    hidden = PackageFilterList.from_pod([rules])
    assert answer(packages, "python", package_filter=hidden) == [f"python-{version}[]"]


def test_a_family_that_a_filter_empties_has_no_package() -> None:
    hidden = PackageFilterList.from_pod([{"excludes": ["python"]}])
    with pytest.raises(PackageNotFoundError):
        Solver(["python"], [repository(PYTHON)], package_filter=hidden)


@pytest.mark.parametrize(
    ("orderer", "version"),
    [
        ({"type": "sorted", "descending": True}, "2.7.0"),
        ({"type": "sorted", "descending": False}, "2.5.2"),
        ({"type": "sorted", "descending": False, "packages": ["other"]}, "2.7.0"),
        ({"type": "version_split", "first_version": "2.6.0"}, "2.6.0"),
        ({"type": "no_order"}, "2.6.0"),
        ({"type": "soft_timestamp", "timestamp": 25}, "2.6.0"),
        ({"type": "soft_timestamp", "timestamp": 25, "rank": 3}, "2.6.8"),
        ({"type": "soft_timestamp", "timestamp": 5}, "2.5.2"),
        (
            {
                "type": "per_family",
                "orderers": [{"packages": ["python"], "type": "sorted", "descending": False}],
            },
            "2.5.2",
        ),
    ],
)
def test_an_orderer_decides_which_version_comes_first(
    orderer: dict[str, Any], version: str
) -> None:
    released = {"2.6.0": 20, "2.5.2": 10, "2.7.0": 40, "2.6.8": 30}
    packages: Packages = {"python": {text: {"timestamp": at} for text, at in released.items()}}
    orderers = PackageOrderList.from_pod([orderer])
    assert answer(packages, "python", package_orderers=orderers) == [f"python-{version}[]"]


def test_an_orderer_decides_between_variants_too() -> None:
    packages: Packages = {**PYTHON, "tool": {"1": {"variants": [["python-2.6"], ["python-2.7"]]}}}
    ascending = PackageOrderList.from_pod([{"type": "sorted", "descending": False}])
    wanted = ["python-2.6.0[]", "tool-1[0]"]
    assert answer(packages, "tool", package_orderers=ascending) == wanted


def test_of_two_orderers_for_a_family_the_first_counts() -> None:
    orderers = PackageOrderList.from_pod(
        [
            {"type": "sorted", "descending": False, "packages": ["python"]},
            {"type": "sorted", "descending": True, "packages": ["python"]},
        ]
    )
    assert answer(PYTHON, "python", package_orderers=orderers) == ["python-2.5.2[]"]
